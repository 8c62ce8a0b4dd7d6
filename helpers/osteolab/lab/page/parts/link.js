// A saved setting comes into a lab by a link, what stands behind the # of the address, or by a settings file.

const BEGIN = "osteolab=";
const FORMAT = "1.";
const NO_TEACHER = "teacher=off";
const STUDENT = "osteolab:student";
const TAKEN = "__osteolabLinkTaken"; // which link of this page a lab has taken
export const LONGEST_FILE = 200000; // bytes

/** Return the link in the last part of an address, with or without its #; empty if there is none. */
export function linkIn(hash) {
  const text = String(hash ?? "").replace(/^#/, "");
  return text.startsWith(BEGIN + FORMAT) ? text.slice(BEGIN.length).split("&")[0] : "";
}

/** Return an address with a link in place of its last part. */
export function addressWith(address, link) {
  return `${address.split("#")[0]}#${BEGIN}${link}`;
}

/**
 * Return the link of a page, empty without one.
 *
 * The browser edition keeps it in a variable. JupyterLab takes the end off the address when it strips something else
 * from it; how the page was opened is still known then.
 */
export function linkOf(page = globalThis) {
  const { osteolabLink } = page;
  if (osteolabLink !== undefined && osteolabLink !== null) return linkIn(osteolabLink);
  return linkIn(page.location.hash) || linkIn(endAtOpening(page));
}

function endAtOpening(page) {
  const [opening] = page.performance?.getEntriesByType?.("navigation") ?? [];
  return opening?.name?.split("#")[1] ?? "";
}

/** Say whether this tab is a student's: an address in it has ended with teacher=off, here or in an earlier notebook. */
export function isStudents(page = globalThis) {
  const ends = `${page.location.hash}&${endAtOpening(page)}`.split(/[#&]/);
  const now = ends.includes(NO_TEACHER);
  try {
    if (now) page.sessionStorage.setItem(STUDENT, "yes");
    return page.sessionStorage.getItem(STUDENT) === "yes";
  } catch {
    return now; // storage is shut
  }
}

/** Return the link of a page for the first lab that asks; empty for all others, until there is another link. */
export function takeLink(page = globalThis) {
  const link = linkOf(page);
  if (!link || page[TAKEN] === link) return "";
  page[TAKEN] = link;
  return link;
}

/** Put a text on the clipboard; return whether that was possible. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text); // no secure context, or not allowed
  }
}

function copyBySelection(text) {
  const area = document.createElement("textarea");
  const before = document.activeElement;
  area.value = text;
  area.readOnly = true;
  area.className = "ol-copying";
  document.body.append(area);
  area.select();
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch {
    // the reader copies it from a field
  }
  area.remove();
  before?.focus?.();
  return done;
}

/** Let the reader choose a settings file; `told` gets its text, "" if it cannot be read, null if it is too large. */
export function chooseFile(told) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = ".json,.txt,application/json,text/plain"; // the settings, or everything as text
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (file) told(await textInFile(file));
  });
  input.click();
}

async function textInFile(file) {
  if (file.size > LONGEST_FILE) return null;
  try {
    return await file.text();
  } catch {
    return "";
  }
}
