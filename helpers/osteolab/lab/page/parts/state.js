// What can be seen of a card, as data: for tests in a browser, and for whoever looks at a lab from the console.

const SLIDER = "ol-s-"; // begins the class of a row that names its slider
const SWITCH = "ol-w-";

/** Return the text of an element as it is read, without spaces that only keep words together. */
export function textOf(node) {
  // biome-ignore lint/performance/useDomNodeTextContent: what is hidden is not read
  return (node?.innerText ?? "").replaceAll("\u00a0", " ").trim();
}

/** Return the elements of a root that can be seen. */
export function seen(root, css) {
  return [...root.querySelectorAll(css)].filter((node) => node.offsetParent);
}

function nameFrom(node, start) {
  return [...node.classList].find((name) => name.startsWith(start))?.slice(start.length);
}

function boxesOf(rows) {
  return Object.fromEntries(
    rows.map((row) => [nameFrom(row, SLIDER), Number(row.querySelector(".ol-number input").value)]),
  );
}

function pressed(group) {
  return textOf(group.querySelector("button.mod-active"));
}

function tilesOf(root) {
  return [...root.querySelectorAll(".ol-tile")].map((tile) => [
    textOf(tile.firstElementChild),
    textOf(tile.querySelector("b")),
    textOf(tile.querySelector(".ol-context")),
  ]);
}

function plansOf(root) {
  return seen(root, ".ol-plans [role=radio]").map((plan) => [
    plan.getAttribute("aria-label"),
    plan.getAttribute("aria-checked") === "true",
  ]);
}

function signsOf(root) {
  return seen(root, ".ol-signs tbody tr").map((row) =>
    [...row.querySelectorAll("td")].map((cell) => cell.dataset.sign),
  );
}

/** Return by how many px the words of the sentence run into the tiles below. */
function overlapOf(root) {
  const [said, under] = [".ol-sentence", ".ol-tiles"].map((css) => root.querySelector(css));
  if (!said || !under) return 0;
  const words = document.createRange();
  words.selectNodeContents(said);
  return Math.round(words.getBoundingClientRect().bottom - under.getBoundingClientRect().top);
}

/** Return what a reader can see of the card of a lab, without its picture. */
export function cardState(root) {
  const rows = seen(root, ".ol-row");
  const scan = root.querySelector(".ol-s-scan_age input");
  return {
    overlap: overlapOf(root),
    tiles: tilesOf(root),
    sentence: textOf(root.querySelector(".ol-sentence")),
    error: textOf(root.querySelector(".ol-error")),
    question: textOf(root.querySelector(".ol-question")),
    table: textOf(root.querySelector(".ol-table")),
    scan_age: scan ? Number(scan.value) : null,
    boxes: boxesOf(rows),
    units: rows.map((row) => textOf(row.querySelector(".ol-unit"))),
    switches: Object.fromEntries(
      seen(root, `[class*="${SWITCH}"]`).map((one) => [nameFrom(one, SWITCH), pressed(one)]),
    ),
    plans: plansOf(root),
    signs: signsOf(root),
  };
}

/** Return the words of a card that lie outside it or do not fit their place. */
export function cutOff(card) {
  const edge = card.getBoundingClientRect();
  const kinds = "button, select, input, .ol-tile > *, .ol-sentence, .ol-unit, .ol-question, .ol-signs td";
  const parts = seen(card, kinds).filter((part) => !part.closest(".ol-menu"));
  const outside = parts.filter((part) => {
    const box = part.getBoundingClientRect();
    return box.right > edge.right + 1 || box.bottom > edge.bottom + 1 || box.left < edge.left - 1;
  });
  const words = document.createRange();
  const tooWide = parts.filter((part) => {
    if (!part.matches("button, .ol-tile > *") || !textOf(part)) return false;
    words.selectNodeContents(part);
    const [said, place] = [words.getBoundingClientRect(), part.getBoundingClientRect()];
    return said.right > place.right + 1 || said.left < place.left - 1;
  });
  return [...outside, ...tooWide].map((part) => textOf(part) || part.className);
}

/** Let a root tell its state: the card's own part and what each picture on it reports. */
export function tellState(root) {
  root.olState = () => {
    const pictures = [...root.querySelectorAll("[data-ol-state]")].filter((node) => node.olState);
    return Object.assign(cardState(root), ...pictures.map((node) => node.olState()));
  };
  root.olCutOff = () => cutOff(root.querySelector(".ol-lab"));
}
