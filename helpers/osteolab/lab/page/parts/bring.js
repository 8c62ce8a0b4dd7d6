// "Run All Cells" ends at the last cell of a notebook. The reader is brought back to its lab, once, unless a hand is faster.

import { scrollerOf } from "./find.js";

const BACK_AT = [0, 80, 250, 600, 1000, 1500]; // ms; the page moves on while what stands below the lab grows
const HANDS = ["wheel", "touchmove", "pointerdown", "keydown"];

/** Return whether the page jumped past a lab: the cell that Jupyter went on to follows it, and is what is seen. */
export function jumpedPast(lab, next, view) {
  if (!(lab && next) || !(lab.compareDocumentPosition(next) & 4)) return false; // 4: follows
  const [cell, room] = [next.getBoundingClientRect(), view.getBoundingClientRect()];
  return cell.top < room.bottom && cell.bottom > room.top;
}

/** Scroll to the first lab of a notebook if the page jumped past it; returned is what ends that. */
export function bringBack(root) {
  const view = scrollerOf(root);
  // The bar of the browser edition keeps the place itself.
  if (!view || document.querySelector("#ol-bar") || view.querySelector(".ol-host") !== root) return () => {};
  if (!jumpedPast(root.closest(".jp-Cell"), view.querySelector(".jp-Cell.jp-mod-active"), view)) return () => {};
  const timers = BACK_AT.map((wait) => setTimeout(() => root.scrollIntoView({ block: "start" }), wait));
  const stop = () => {
    for (const timer of timers) clearTimeout(timer);
    for (const hand of HANDS) document.removeEventListener(hand, stop, true);
  };
  for (const hand of HANDS) document.addEventListener(hand, stop, { capture: true, passive: true });
  setTimeout(stop, BACK_AT.at(-1) + 100);
  return stop;
}
