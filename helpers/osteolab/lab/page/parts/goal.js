// A task is read below the lab and done in the lab: on the way up its goal, its reading and its Check come along.

import { element } from "./element.js";

const SHOWN = [".ol-askbox", ".ol-nowbox", ".ol-saidbox"]; // of the card: goal, what the lab reads, verdict

/** Return the lab that stands last above a card, or nothing. */
function labAbove(card) {
  const above = (lab) => lab.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING;
  return [...document.querySelectorAll(".ol-host")].filter(above).at(-1);
}

/** Build the strip and keep its words those of the card; return it and what takes it away. */
function stripFor(card, back) {
  const act = (words, kind, click) => {
    const button = element("button", { type: "button", class: kind }, words);
    button.addEventListener("click", click);
    return button;
  };
  const words = element("div", { class: "ol-goal-words" });
  const check = act("Check", "ol-fill", () => card.querySelector(".ol-check").click());
  const buttons = element("div", { class: "ol-goal-buttons" }, check, act("Back to the task", "ol-line", back));
  // The voice of the card says what changes.
  const strip = element(
    "div",
    { class: "ol-over ol-plain ol-goal", role: "group", "aria-label": "Task", popover: "manual" },
    words,
    buttons,
  );
  const copy = () => {
    words.replaceChildren(...SHOWN.map((part) => card.querySelector(part)?.cloneNode(true) ?? ""));
  };
  const seen = new MutationObserver(copy);
  seen.observe(card, { childList: true, characterData: true, subtree: true });
  copy();
  return [strip, () => [seen.disconnect(), strip.remove()]];
}

/** Let "To the lab" of the card of a task scroll to the lab and take the goal along until the card is seen again. */
export function bringGoal(card) {
  let end = () => {};
  const back = () => {
    card.scrollIntoView({ block: "center" });
    card.querySelector(".ol-check").focus({ preventScroll: true });
    end();
  };
  const go = (event) => {
    const lab = event.target.closest(".ol-to-lab") && labAbove(card);
    if (!lab) return;
    end();
    document.querySelector(".ol-goal")?.remove(); // that of another task
    const [strip, take] = stripFor(card, back);
    let gone = false;
    const seen = new IntersectionObserver(([{ isIntersecting }]) => {
      if (isIntersecting && gone) end();
      gone ||= !isIntersecting;
    });
    end = () => [seen.disconnect(), take()];
    lab.append(strip);
    strip.showPopover?.();
    lab.scrollIntoView({ block: "start" });
    lab.querySelector(".ol-rail .noUi-handle")?.focus({ preventScroll: true });
    seen.observe(card);
  };
  card.addEventListener("click", go);
  return () => {
    card.removeEventListener("click", go);
    end();
  };
}
