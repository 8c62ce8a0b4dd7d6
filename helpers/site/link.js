// A link to a saved setting of a lab: what stands behind the # of the address of a notebook. The lab asks for it when
// its notebook is run; by then JupyterLab has rewritten the address, so the bar keeps it in globalThis.osteolabLink.

const BEGIN = "osteolab=";

/** Return the saved setting in the last part of an address, without the #, or undefined. */
export function savedSetting(hash) {
  const text = hash.replace(/^#/, "");
  return text.startsWith(BEGIN) ? text : undefined;
}
