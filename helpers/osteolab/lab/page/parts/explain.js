// A tap on a tile, or Enter on its words, says what the word means. The kernel draws tiles anew at every move, so the
// explanation stands beside them; it goes with the next tap, key or scroll.

const EDGE = 8; // px between the explanation, its tile and the window

/** Return where a box of some width stands under or above a tile, inside the window. */
export function placeBeside(tile, box, view) {
  const left = Math.max(EDGE, Math.min(tile.left, view.width - box.width - EDGE));
  const above = tile.top - box.height - EDGE;
  return { left, top: above >= EDGE ? above : tile.bottom + EDGE };
}

/** Show what a tile means when it is tapped; `say` speaks it. Returns what ends this. */
export function watchTiles(root, el, say) {
  const note = document.createElement("div");
  note.className = "ol-over ol-explained";
  note.setAttribute("aria-hidden", "true"); // the voice says it
  note.popover = "manual"; // above everything, wherever the lab stands in its frames
  el.append(note);
  let open = null;
  const hide = () => {
    open?.setAttribute("aria-expanded", "false");
    open = null;
    if (note.matches(":popover-open")) note.hidePopover();
  };
  const show = (word) => {
    open = word;
    word.setAttribute("aria-expanded", "true");
    note.textContent = word.dataset.explained;
    note.showPopover?.();
    const view = { width: window.innerWidth, height: window.innerHeight };
    const place = placeBeside(word.closest(".ol-tile").getBoundingClientRect(), note.getBoundingClientRect(), view);
    for (const [side, px] of Object.entries(place)) note.style[side] = `${px}px`;
    say(note.textContent);
  };
  const tap = ({ target }) => {
    const tile = root.contains(target) && target.closest(".ol-tile");
    const word = tile ? tile.querySelector("[data-explained]") : null;
    const again = word && word === open;
    hide();
    if (word && !again) show(word);
  };
  const key = (event) => {
    if (!open || event.key === "Enter" || event.key === " ") return; // they tap
    if (event.key === "Escape") event.stopPropagation();
    hide();
  };
  document.addEventListener("click", tap, true);
  document.addEventListener("keydown", key, true);
  document.addEventListener("scroll", hide, true);
  return () => {
    hide();
    document.removeEventListener("click", tap, true);
    document.removeEventListener("keydown", key, true);
    document.removeEventListener("scroll", hide, true);
    note.remove();
  };
}
