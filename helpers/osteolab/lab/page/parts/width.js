// How much room there is: a lab tells its model, a card takes a larger type on a projector.

const LARGE = 1500; // px from which a cell counts as a projector's
const ONE_COLUMN = 860;
const NARROW = 1040;
const LOW = 700; // px of a window under which the card is lower
const LARGER = 1.3; // what "Larger text" multiplies every size with

/** Return what a lab is told of a cell of this width in a window of this height. */
export function formOf(width, windowHeight, larger) {
  const room = width / (larger && width < LARGE ? LARGER : 1);
  const form = room < ONE_COLUMN ? "column" : room < NARROW ? "narrow" : "wide";
  return { form, large: width >= LARGE, short: windowHeight < LOW && form !== "column" };
}

/**
 * Tell the model the form of the card and the width of its picture, now and whenever the room changes.
 *
 * A view only speaks when its own room is another than when it last spoke: two views of one lab would else answer
 * each other for ever.
 */
export function watchWidth(root, model) {
  let timer = 0;
  let last = "";
  const stage = root.querySelector(".ol-figure");
  const report = () => {
    if (!root.clientWidth || window.matchMedia("print").matches) return;
    const now = formOf(root.clientWidth, window.innerHeight, model.get("larger"));
    now.width = Math.round((stage?.clientWidth || root.clientWidth) / 20) * 20;
    root.style.setProperty("--drawn", stage?.clientWidth || root.clientWidth); // for paper, see print.css
    root.classList.toggle("ol-short", now.short);
    if (JSON.stringify(now) === last) return;
    last = JSON.stringify(now);
    const changed = Object.entries(now).filter(([name, value]) => model.get(name) !== value);
    for (const [name, value] of changed) model.set(name, value);
    if (changed.length) model.save_changes();
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(report, 60);
  };
  const seen = new ResizeObserver(later);
  seen.observe(root);
  if (stage) seen.observe(stage);
  model.on("change:larger", later);
  report();
  return () => {
    model.off("change:larger", later);
    seen.disconnect();
    clearTimeout(timer);
  };
}

/** Give a card the class `ol-large` while the cell around it is as wide as a projector's. */
export function watchRoom(card) {
  const room = card.parentElement;
  const seen = new ResizeObserver(() => card.classList.toggle("ol-large", room.clientWidth >= LARGE));
  seen.observe(room);
  return () => seen.disconnect();
}

/** Let plotly measure its box: it opens 700 px wide and learns its real width from a resize of the window. */
export function settleWidth() {
  for (const wait of [100, 600]) setTimeout(() => window.dispatchEvent(new Event("resize")), wait);
}
