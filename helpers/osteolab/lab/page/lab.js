// Invisible part of a lab: theme, width, accessible names, a polite voice for the sentence, downloads.
// Nothing is fetched from anywhere.

const QUIET = 700; // ms without a change before the sentence is spoken
let labs = 0;

function setAttribute(node, name, value) {
  if (node && node.getAttribute(name) !== value) node.setAttribute(name, value);
}

// ---- sliders: names, value text, and the marks on the track ----

function share(value, spec) {
  const span = spec.max - spec.min;
  return Math.max(0, Math.min(100, (100 * (value - spec.min)) / span));
}

function spokenValue(row, spec, handle) {
  const now = parseFloat(handle.getAttribute("aria-valuenow"));
  const shown = (now * spec.factor).toFixed(spec.decimals);
  let text = `${shown} ${spec.unit}`;
  if (spec.low != null) {
    const place = now < spec.low ? "below usual" : now > spec.high ? "above usual" : "usual";
    text += `, ${place} for this age`;
  }
  return text;
}

// What is not there is null from a kernel beside the page and undefined from one inside it; `== null` is both.
function markTrack(row, spec) {
  const style = row.style;
  const set = (name, value) => { if (style.getPropertyValue(name) !== value) style.setProperty(name, value); };
  set("--yn", spec.young == null ? "-100" : share(spec.young, spec).toFixed(2));
  set("--lo", spec.low == null ? "0" : share(spec.low, spec).toFixed(2));
  set("--hi", spec.low == null ? "0" : share(spec.high, spec).toFixed(2));
  row.classList.toggle("ol-no-usual", spec.low == null);
  row.classList.toggle("ol-no-young", spec.young == null);
}

function nameSlider(row, spec, id) {
  markTrack(row, spec);
  const handle = row.querySelector(".noUi-handle");
  const box = row.querySelector(".ol-number input");
  if (handle) {
    setAttribute(handle, "aria-label", `${spec.label}, ${spec.spoken}`.replace(/, $/, ""));
    setAttribute(handle, "aria-valuetext", spokenValue(row, spec, handle));
    setAttribute(handle, "aria-description", spec.about);
  }
  if (box) {
    setAttribute(box, "aria-label", `${spec.label}, type a value`);
    setAttribute(box, "aria-invalid", String(row.classList.contains("ol-bad")));
    setAttribute(box, "step", "any");
  }
}

function nameOthers(root, model) {
  setAttribute(root, "role", "region");
  setAttribute(root, "aria-label", model.get("names").lab || "Bone remodelling lab");
  for (const group of root.querySelectorAll(".widget-toggle-buttons")) {
    const unit = group.classList.contains("ol-units");
    const own = Object.entries(model.get("names").groups || {}).find(([kind]) => group.classList.contains(kind));
    setAttribute(group, "role", "group");
    setAttribute(group, "aria-label", own ? own[1] : unit ? "Units" : "Site of the scan");
    for (const button of group.querySelectorAll("button")) {
      setAttribute(button, "aria-pressed", String(button.classList.contains("mod-active")));
      button.removeAttribute("title");
    }
  }
  for (const select of root.querySelectorAll("select")) setAttribute(select, "aria-label", "Person or preset");
  for (const box of root.querySelectorAll(".widget-radio-box")) {
    setAttribute(box, "role", "radiogroup");
    setAttribute(box, "aria-label", model.get("names").question || "Choices");
    box.querySelectorAll("input").forEach((input) => { input.name = root.dataset.olId; });
  }
  for (const header of root.querySelectorAll("button.ol-group")) {
    setAttribute(header, "aria-expanded", String(!header.classList.contains("ol-folded")));
  }
  const figure = root.querySelector(".ol-figure .js-plotly-plot");
  setAttribute(figure, "role", "img");
  setAttribute(figure, "tabindex", "0");
  setAttribute(figure, "aria-label", model.get("names").figure || "Three charts; the text below says the same");
}

function nameAll(root, model) {
  const specs = model.get("names").sliders || {};
  for (const [name, spec] of Object.entries(specs)) {
    const row = root.querySelector(`.ol-s-${name}`);
    if (row) nameSlider(row, spec);
  }
  nameOthers(root, model);
}

// ---- theme and width ----

function watchTheme(root, model) {
  const read = () => {
    const dark = document.body.dataset.jpThemeLight === "false";
    root.classList.toggle("ol-dark", dark);
    if (model.get("dark") !== dark) { model.set("dark", dark); model.save_changes(); }
  };
  const seen = new MutationObserver(read);
  seen.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  read();
  return () => seen.disconnect();
}

function watchWidth(root, model) {
  let timer = 0;
  const report = () => {
    const width = root.clientWidth;
    if (!width) return;
    const stage = root.querySelector(".ol-figure");
    const room = width / (model.get("larger") && width < 1500 ? 1.3 : 1);
    const form = room < 860 ? "column" : room < 1040 ? "narrow" : "wide";
    const now = {
      form, large: width >= 1500, short: window.innerHeight < 700 && form !== "column",
      width: Math.round((stage ? stage.clientWidth : width) / 20) * 20,
    };
    root.classList.toggle("ol-short", now.short);
    let changed = false;
    for (const [name, value] of Object.entries(now)) {
      if (model.get(name) !== value) { model.set(name, value); changed = true; }
    }
    if (changed) model.save_changes();
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(report, 60); };
  const seen = new ResizeObserver(later);
  seen.observe(root);
  const stage = root.querySelector(".ol-figure");
  if (stage) seen.observe(stage);
  model.on("change:larger", later);
  report();
  return () => { model.off("change:larger", later); seen.disconnect(); clearTimeout(timer); };
}

// plotly opens 700 px wide and learns its real width from a resize of the window
function settleWidth() {
  for (const wait of [100, 600]) setTimeout(() => window.dispatchEvent(new Event("resize")), wait);
}

// ---- the sentence, spoken once the hand rests ----

function watchSentence(root, voice) {
  let timer = 0, last = null;
  const read = () => {
    const node = root.querySelector(".ol-sentence:not(.ol-error)");
    const text = node ? node.textContent : "";
    if (last === null) { last = text; return; }
    if (text === last) return;
    last = text;
    clearTimeout(timer);
    timer = setTimeout(() => { voice.textContent = text; }, QUIET);
  };
  read();
  return { read, stop: () => clearTimeout(timer) };
}

// ---- downloads ----

function save(name, href) {
  const link = document.createElement("a");
  link.download = name;
  link.href = href;
  document.body.append(link);
  link.click();
  link.remove();
}

function saveText({ name, text, mime }) {
  const href = URL.createObjectURL(new Blob([text], { type: `${mime};charset=utf-8` }));
  save(name, href);
  setTimeout(() => URL.revokeObjectURL(href), 10000);
}

function figureAsSvg(plot, width, height) {
  const all = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  all.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  all.setAttribute("width", width);
  all.setAttribute("height", height);
  for (const part of plot.querySelectorAll("svg.main-svg")) {
    const copy = part.cloneNode(true);
    const shown = part.querySelectorAll("text, tspan");
    copy.querySelectorAll("text, tspan").forEach((node, i) => {
      const style = getComputedStyle(shown[i]);
      node.style.fill = style.fill;
      node.style.fontFamily = style.fontFamily;
      node.style.fontSize = style.fontSize;
      node.style.fontWeight = style.fontWeight;
    });
    copy.style.background = "transparent";
    all.append(copy);
  }
  return new XMLSerializer().serializeToString(all);
}

function wrap(context, text, width) {
  const lines = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (line && context.measureText(longer).width > width) { lines.push(line); line = word; } else line = longer;
  }
  return line ? [...lines, line] : lines;
}

function savePicture(root, { name, caption }) {
  const plot = root.querySelector(".ol-figure .js-plotly-plot");
  if (!plot) return;
  const look = getComputedStyle(root.querySelector(".ol-lab"));
  const width = plot.clientWidth, height = plot.clientHeight, pad = 16, scale = 2, step = 22;
  const font = `14px ${look.fontFamily}`;
  const picture = new Image();
  picture.onload = () => {
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d");
    pen.font = font;
    const lines = caption.flatMap((text) => wrap(pen, text, width));
    canvas.width = (width + 2 * pad) * scale;
    canvas.height = (height + lines.length * step + 3 * pad) * scale;
    pen.scale(scale, scale);
    pen.fillStyle = look.getPropertyValue("--surface").trim() || "#FFFFFF";
    pen.fillRect(0, 0, width + 2 * pad, height + lines.length * step + 3 * pad);
    pen.drawImage(picture, pad, pad, width, height);
    pen.font = font;
    pen.fillStyle = look.getPropertyValue("--ink").trim() || "#1B2430";
    lines.forEach((line, i) => pen.fillText(line, pad, height + 2 * pad + i * step + 10));
    save(name, canvas.toDataURL("image/png"));
  };
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(figureAsSvg(plot, width, height))}`;
}

// ---- keys ----

// Escape closes the menu; JupyterLab must not take keys that belong to a control of the lab.
function watchKeys(root) {
  root.dataset.lmSuppressShortcuts = "true";
  const keep = (event) => {
    if (event.key === "Escape") {
      const open = root.querySelector(".ol-save.ol-open button.ol-save-button");
      if (open) { open.click(); open.focus(); event.stopPropagation(); }
    }
  };
  root.addEventListener("keydown", keep);
  return () => root.removeEventListener("keydown", keep);
}

// ---- together ----

function attach(root, model, el) {
  root.dataset.olId = `ol-lab-${++labs}`;
  const voice = document.createElement("div");
  voice.className = "ol-voice";
  voice.setAttribute("aria-live", "polite");
  el.append(voice);
  const sentence = watchSentence(root, voice);
  let waiting = 0;
  const refresh = () => {
    waiting = 0;
    nameAll(root, model);
    sentence.read();
    root.classList.toggle("ol-larger", model.get("larger"));
  };
  const soon = () => { if (!waiting) waiting = requestAnimationFrame(refresh); };
  const seen = new MutationObserver(soon);
  seen.observe(root, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["aria-valuenow", "class"],
  });
  model.on("change:names change:larger change:veiled", soon);
  model.on("change:larger", () => { soon(); settleWidth(); });
  const said = (message) => {
    if (message.do === "download") saveText(message);
    if (message.do === "picture") savePicture(root, message);
    if (message.do === "resize") settleWidth();
  };
  model.on("msg:custom", said);
  const stops = [watchTheme(root, model), watchWidth(root, model), watchKeys(root)];
  refresh();
  settleWidth();
  return () => {
    seen.disconnect();
    sentence.stop();
    cancelAnimationFrame(waiting);
    model.off("msg:custom", said);
    model.off("change:names change:larger change:veiled", soon);
    stops.forEach((stop) => stop());
  };
}

function render({ model, el }) {
  let stop = () => {}, timer = 0, tries = 0;
  const find = () => {
    const root = el.closest(".ol-host");
    if (root && root.querySelector(".ol-figure")) { stop = attach(root, model, el); return; }
    if (++tries < 400) timer = setTimeout(find, 25);
  };
  find();
  return () => { clearTimeout(timer); stop(); };
}

export default { render };
