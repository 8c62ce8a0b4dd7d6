// Names, values in words and groups for a screen reader; and the marks on the tracks of the sliders.

/** Set an attribute if it differs: every change of the page is looked at again. */
export function setAttribute(node, name, value) {
  if (node && node.getAttribute(name) !== value) node.setAttribute(name, value);
}

// What is not there is null from a kernel beside the page and undefined from one inside it.
function given(value) {
  return value !== null && value !== undefined;
}

function share(value, spec) {
  return Math.max(0, Math.min(100, (100 * (value - spec.min)) / (spec.max - spec.min)));
}

/** Return the value of a handle in words: "40 pg/mL, above usual for this age". */
export function spokenValue(now, spec) {
  const shown = `${(now * spec.factor).toFixed(spec.decimals)} ${spec.unit}`;
  if (!given(spec.low)) return shown;
  const place = now < spec.low ? "below usual" : now > spec.high ? "above usual" : "usual";
  return `${shown}, ${place} for this age`;
}

function markTrack(row, spec) {
  const set = (name, value) => {
    if (row.style.getPropertyValue(name) !== value) row.style.setProperty(name, value);
  };
  set("--yn", given(spec.young) ? share(spec.young, spec).toFixed(2) : "-100");
  set("--lo", given(spec.low) ? share(spec.low, spec).toFixed(2) : "0");
  set("--hi", given(spec.low) ? share(spec.high, spec).toFixed(2) : "0");
  row.classList.toggle("ol-no-usual", !given(spec.low));
  row.classList.toggle("ol-no-young", !given(spec.young));
}

function nameSlider(row, spec) {
  markTrack(row, spec);
  const handle = row.querySelector(".noUi-handle");
  const box = row.querySelector(".ol-number input");
  if (handle) {
    const now = Number.parseFloat(handle.getAttribute("aria-valuenow"));
    setAttribute(handle, "aria-label", spec.spoken ? `${spec.label}, ${spec.spoken}` : spec.label);
    setAttribute(handle, "aria-valuetext", spokenValue(now, spec));
    setAttribute(handle, "aria-description", spec.about);
  }
  if (box) {
    setAttribute(box, "aria-label", `${spec.label}, type a value`);
    setAttribute(box, "aria-invalid", String(row.classList.contains("ol-bad")));
    setAttribute(box, "step", "any");
  }
}

function nameSwitches(root, groups) {
  for (const group of root.querySelectorAll(".widget-toggle-buttons")) {
    const own = Object.entries(groups).find(([kind]) => group.classList.contains(kind));
    const usual = group.classList.contains("ol-units") ? "Units" : "Site of the scan";
    setAttribute(group, "role", "group");
    setAttribute(group, "aria-label", own ? own[1] : usual);
    for (const button of group.querySelectorAll("button")) {
      setAttribute(button, "aria-pressed", String(button.classList.contains("mod-active")));
      button.removeAttribute("title");
    }
  }
}

/** Name the groups of radio buttons; they arrive without a name, so arrow keys would not move between them. */
export function nameChoices(root, label, id) {
  for (const box of root.querySelectorAll(".widget-radio-box")) {
    setAttribute(box, "role", "radiogroup");
    setAttribute(box, "aria-label", label);
    for (const input of box.querySelectorAll("input[type=radio]")) {
      if (input.name !== id) input.name = id;
      setAttribute(input, "data-lm-suppress-shortcuts", "true");
    }
  }
}

/** Return the name of a lab among others of the page: a second one of the same name is numbered. */
function nameAmongOthers(root, name) {
  root.dataset.olName = name;
  const same = [...document.querySelectorAll(".ol-host")].filter((other) => other.dataset.olName === name);
  const place = same.indexOf(root);
  return place > 0 ? `${name} ${place + 1}` : name;
}

/** Name everything of a lab that can be reached. */
export function nameLab(root, spoken) {
  for (const [name, spec] of Object.entries(spoken.sliders ?? {})) {
    const row = root.querySelector(`.ol-s-${name}`);
    if (row) nameSlider(row, spec);
  }
  setAttribute(root, "role", "region");
  setAttribute(root, "aria-label", nameAmongOthers(root, spoken.lab || "Bone remodelling lab"));
  nameSwitches(root, spoken.groups ?? {});
  nameChoices(root, spoken.question || "Choices", root.dataset.olId);
  for (const select of root.querySelectorAll("select")) setAttribute(select, "aria-label", "Person or preset");
  for (const header of root.querySelectorAll("button.ol-group")) {
    setAttribute(header, "aria-expanded", String(!header.classList.contains("ol-folded")));
  }
  const figure = root.querySelector(".ol-figure .js-plotly-plot");
  setAttribute(figure, "role", "img");
  setAttribute(figure, "tabindex", "0");
  setAttribute(figure, "aria-label", spoken.figure || "Three charts; the text below says the same");
}
