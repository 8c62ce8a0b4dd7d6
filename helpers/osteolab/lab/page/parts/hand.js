// A hand on a slider: what it does not see is shown beside it, and on glass a swipe over a track scrolls the page.

const HAND_ROOM = 200; // px above a handle that the sentence needs; where there is less, it stands at the lower edge
const HAND_GAP = 40; // px between the handle and the sentence: name and number of the slider stay in sight

/** Let a finger that begins on a track, not on the handle, scroll the page; where it only taps, the handle goes there. */
function letSwipesPass(root) {
  const pass = (event) => {
    const { target } = event;
    // The slider would jump to the finger at once. Of a tap the browser makes clicks of a mouse, which the slider takes.
    if (target.closest?.(".noUi-target") && !target.closest(".noUi-handle")) event.stopPropagation();
  };
  root.addEventListener("touchstart", pass, { capture: true, passive: true });
  return () => root.removeEventListener("touchstart", pass, { capture: true });
}

/** Whether an element can be read as the page stands. */
function inView(element) {
  const box = element.getBoundingClientRect();
  const seen = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height - 2, 12));
  return box.top >= 0 && box.bottom <= window.innerHeight && Boolean(seen && element.contains(seen));
}

/** Show the sentence of a lab beside the hand while a handle is held and the sentence is out of sight. */
function showSentence(root, el) {
  const note = document.createElement("div");
  note.className = "ol-over ol-hand";
  note.setAttribute("aria-hidden", "true"); // the voice says it
  note.popover = "manual"; // above everything, wherever the lab stands in its frames
  el.append(note);
  const sentence = () => root.querySelector(".ol-sentence");
  const write = () => {
    const text = sentence()?.textContent ?? "";
    if (note.textContent !== text) note.textContent = text; // it stands in the lab too, and would be seen to change
  };
  const changes = new MutationObserver(write);
  const hide = () => {
    changes.disconnect();
    if (note.matches(":popover-open")) note.hidePopover();
  };
  const show = (event) => {
    const handle = event.target.closest?.(".noUi-handle");
    if (!handle || !note.showPopover || !sentence() || inView(sentence())) return;
    write();
    const { top } = handle.getBoundingClientRect();
    note.style.bottom = top < HAND_ROOM ? "" : `${window.innerHeight - top + HAND_GAP}px`; // a hand covers what is under it
    changes.observe(root, { childList: true, characterData: true, subtree: true });
    note.showPopover();
  };
  const ends = ["pointerup", "touchend", "touchcancel", "blur"];
  root.addEventListener("pointerdown", show, true);
  for (const end of ends) window.addEventListener(end, hide, true);
  return () => {
    hide();
    root.removeEventListener("pointerdown", show, true);
    for (const end of ends) window.removeEventListener(end, hide, true);
    note.remove();
  };
}

/** Watch the hand on the sliders of a lab, and return what ends it. */
export function watchHand(root, el) {
  const stops = [letSwipesPass(root), showSentence(root, el)];
  return () => {
    for (const stop of stops) stop();
  };
}
