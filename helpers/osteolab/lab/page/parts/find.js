// Where a widget stands: its view is made before it is put into the page, so its root is looked for until it is there.

const SOON = 400; // looks that follow each other quickly; later ones are for a page that is still busy
const LAST = 600;
const WAIT = [25, 500]; // ms between two looks, first and later

/**
 * Call `found(root)` once the element stands inside `selector`, and once that root holds `needs`.
 *
 * Returned is what ends the search, or what `found` has begun if it returned a function.
 */
export function findRoot(el, selector, found, needs = "") {
  let stop = () => {};
  let timer = 0;
  let looks = 0;
  const look = () => {
    const root = el.closest(selector);
    if (root && (!needs || root.querySelector(needs))) {
      stop = found(root) ?? stop;
      return;
    }
    looks += 1;
    if (looks < LAST) timer = setTimeout(look, WAIT[Number(looks > SOON)]);
  };
  look();
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** Return the part of a notebook that scrolls around a widget, or nothing outside of a notebook. */
export function scrollerOf(el) {
  return el.closest(".jp-WindowedPanel-outer") ?? el.closest(".jp-Notebook");
}
