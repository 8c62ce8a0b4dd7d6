// A table of signs: in each cell one of + 0 −, by mouse or by keys. With marks it is locked, and shows cell by cell
// what the model has.

import { element } from "./parts/element.js";
import { keepKeys, placeAfter } from "./parts/keys.js";

const SIGNS = ["+", "0", "-"];
const SHOWN = { "+": "+", 0: "0", "-": "−" };
const SPOKEN = { "+": "higher", 0: "the same", "-": "lower" };
const TYPED = { "+": "+", 0: "0", "-": "-", "−": "-" };

/** Return rows of signs with one cell changed. */
export function withSign(signs, row, column, sign) {
  return signs.map((line, i) => (i === row ? line.slice(0, column) + sign + line.slice(column + 1) : line));
}

/** Return what is said of a marked cell. */
export function wordsOf(sign, mark) {
  const said = `You said ${SPOKEN[sign] ?? "nothing"}`;
  return sign === mark ? `${said}: right.` : `${said}; the model has ${SPOKEN[mark]}.`;
}

function cellToFill(label) {
  const buttons = SIGNS.map((sign) =>
    element("button", { type: "button", role: "radio", "data-sign": sign, "aria-label": SPOKEN[sign] }, SHOWN[sign]),
  );
  return element("div", { role: "radiogroup", "aria-label": label, class: "ol-cell" }, ...buttons);
}

function cellMarked() {
  const signs = SIGNS.map((sign) => element("span", { "data-sign": sign }, SHOWN[sign]));
  const hidden = element("span", { class: "ol-unseen" });
  const seen = element("span", { "aria-hidden": "true", class: "ol-cell" }, ...signs);
  return element("div", { class: "ol-marked-cell" }, seen, element("i", { "aria-hidden": "true" }), hidden);
}

function build(spec, locked) {
  const heads = spec.times.map((time) => element("th", { scope: "col", role: "columnheader" }, time));
  const corner = element("th", { scope: "col", role: "columnheader", class: "ol-corner" }, spec.corner);
  const head = element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, corner, ...heads));
  const rows = spec.rows.map(({ label, note }) => {
    const words = [element("b", {}, label), ...(note ? [" ", element("span", {}, note)] : [])];
    const name = element("th", { scope: "row", role: "rowheader" }, ...words);
    const cells = spec.times.map((time) => {
      const cell = locked ? cellMarked() : cellToFill(`${label} ${note ?? ""}, ${time}`.replace(" ,", ","));
      return element("td", { role: "cell", "data-time": time }, cell);
    });
    return element("tr", { role: "row" }, name, ...cells);
  });
  const body = element("tbody", { role: "rowgroup" }, ...rows);
  return element(
    "table",
    { role: "table", "aria-label": "Your prediction", ...(locked && { class: "ol-locked" }) },
    head,
    body,
  );
}

function showChoice(cell, sign) {
  const buttons = [...cell.children];
  const chosen = buttons.findIndex((button) => button.dataset.sign === sign);
  buttons.forEach((button, i) => {
    button.setAttribute("aria-checked", String(i === chosen));
    button.tabIndex = i === Math.max(chosen, 0) ? 0 : -1;
  });
}

function showMark(cell, sign, mark) {
  const [signs, verdict, hidden] = cell.children;
  for (const one of signs.children) {
    one.classList.toggle("ol-as-model", one.dataset.sign === mark);
    one.classList.toggle("ol-not-model", one.dataset.sign === sign && sign !== mark);
  }
  verdict.textContent = sign === mark ? "✓" : "✕";
  verdict.className = sign === mark ? "ol-right" : "ol-wrong";
  hidden.textContent = wordsOf(sign, mark);
}

function render({ model, el }) {
  let cells = [];
  let locked = null;
  const signs = () => model.get("signs");
  const make = () => {
    locked = model.get("marks").length > 0;
    const table = build(model.get("spec"), locked);
    el.replaceChildren(table);
    cells = [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.firstElementChild));
  };
  const show = () => {
    const marks = model.get("marks");
    if (locked !== marks.length > 0) make();
    cells.forEach((row, i) => {
      row.forEach((cell, j) => {
        const sign = signs()[i]?.[j] ?? " ";
        cell.parentElement.dataset.sign = sign.trim();
        if (locked) showMark(cell, sign, marks[i][j]);
        else showChoice(cell, sign);
      });
    });
  };
  const choose = (cell, sign) => {
    const row = cells.findIndex((line) => line.includes(cell));
    model.set("signs", withSign(signs(), row, cells[row].indexOf(cell), sign));
    model.save_changes();
    cell.querySelector(`[data-sign="${sign}"]`).focus();
  };
  const press = (event) => {
    const button = event.target.closest("button");
    if (button) choose(button.parentElement, button.dataset.sign);
  };
  const key = (event) => {
    const button = event.target.closest("button");
    if (!button || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = placeAfter(event.key, SIGNS.indexOf(button.dataset.sign), SIGNS.length);
    const sign = TYPED[event.key] ?? SIGNS[next];
    if (sign === undefined) return;
    choose(button.parentElement, sign);
    event.preventDefault();
    event.stopPropagation();
  };
  keepKeys(el);
  el.addEventListener("click", press);
  el.addEventListener("keydown", key);
  model.on("change:signs change:marks", show);
  show();
  return () => model.off("change:signs change:marks", show);
}

export default { render };
