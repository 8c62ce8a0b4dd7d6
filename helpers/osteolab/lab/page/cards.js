// The invisible part of a card below a lab: theme, width, accessible names, a voice for what changes,
// and that a task was solved is kept.

import { nameChoices, setAttribute } from "./parts/aria.js";
import { findRoot } from "./parts/find.js";
import { bringGoal } from "./parts/goal.js";
import { keepAnswer, keptAnswer } from "./parts/keep.js";
import { watchLost } from "./parts/lost.js";
import { printAlone } from "./parts/print.js";
import { watchTheme } from "./parts/theme.js";
import { makeVoice } from "./parts/voice.js";
import { watchRoom } from "./parts/width.js";

function attach(card, model) {
  const id = `ol-card-${Math.random().toString(36).slice(2)}`;
  const name = () => {
    setAttribute(card, "role", "region");
    setAttribute(card, "aria-label", model.get("name"));
    nameChoices(card, model.get("group") || "choices", id);
  };
  const seen = new MutationObserver(name);
  seen.observe(card, { childList: true, subtree: true });
  model.on("change:name change:group", name);
  name();
  const print = ({ target }) => {
    if (target.closest(".ol-print")) printAlone(card);
  };
  card.addEventListener("click", print);
  const stops = [watchTheme(card), watchRoom(card), watchLost(card, model), bringGoal(card)];
  return () => {
    seen.disconnect();
    card.removeEventListener("click", print);
    model.off("change:name change:group", name);
    for (const stop of stops) stop();
  };
}

function render({ model, el }) {
  const voice = makeVoice(el);
  const speak = () => voice.later(model.get("announce"));
  const asked = ({ do: what }) => {
    if (what === "keep") keepAnswer(model.get("keep"), "solved");
  };
  model.on("change:announce", speak);
  model.on("msg:custom", asked);
  if (keptAnswer(model.get("keep")) !== undefined) model.send({ do: "kept" });
  const stop = findRoot(el, ".ol-card", (card) => attach(card, model));
  return () => {
    stop();
    voice.stop();
    model.off("change:announce", speak);
    model.off("msg:custom", asked);
  };
}

export default { render };
