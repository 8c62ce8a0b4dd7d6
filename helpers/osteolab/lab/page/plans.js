// The strip of plans: one button a place, over the line of its plan. The chosen plan is the one the sliders move;
// the next free place copies it.

import { setAttribute } from "./parts/aria.js";
import { keepKeys, placeAfter } from "./parts/keys.js";
import { lineSample } from "./parts/line_sample.js";

/** Return what each place shows: a plan, the place that can be filled next, or one that has to wait. */
export function placesOf({ letters = [], names = [], chosen = 0 }) {
  return letters.map((letter, place) => {
    if (place < names.length) {
      return { kind: "plan", words: letter, name: `Plan ${letter}: ${names[place]}`, chosen: place === chosen };
    }
    const name = `Add plan ${letter}, a copy of plan ${letters[chosen]}`;
    return { kind: place === names.length ? "add" : "later", words: `+ ${letter}`, name, chosen: false };
  });
}

function build(el, spec) {
  keepKeys(el);
  el.innerHTML =
    `<span class="ol-label" aria-hidden="true">Plans</span><div class="ol-places" role="radiogroup" aria-label="Plans">` +
    `${spec.letters.map(() => '<div><button type="button"></button><span></span></div>').join("")}</div>`;
  return [...el.querySelectorAll("button")];
}

function showPlace(button, place, look) {
  const isPlan = place.kind === "plan";
  if (button.textContent !== place.words) button.textContent = place.words;
  button.className = `ol-${place.kind}`;
  button.disabled = place.kind === "later";
  button.tabIndex = isPlan && !place.chosen ? -1 : 0;
  button.title = place.name;
  setAttribute(button, "aria-label", place.name);
  if (isPlan) {
    setAttribute(button, "role", "radio");
    setAttribute(button, "aria-checked", String(place.chosen));
  } else {
    button.removeAttribute("role");
    button.removeAttribute("aria-checked");
  }
  const sample = isPlan ? lineSample(look) : "";
  if (button.dataset.sample !== sample) {
    button.dataset.sample = sample;
    button.nextElementSibling.innerHTML = sample;
  }
}

function render({ model, el }) {
  const spec = () => model.get("spec");
  let buttons = [];
  const show = () => {
    if (!spec().letters) return;
    if (!buttons.length) buttons = build(el, spec());
    const held = buttons.indexOf(document.activeElement);
    placesOf(spec()).forEach((place, i) => {
      showPlace(buttons[i], place, model.get("looks")[i]);
    });
    // the focus goes along with what it has just made, moved or emptied
    if (held >= 0) buttons[spec().chosen].focus();
  };
  const tell = (what, place) => model.send({ do: what, place });
  const kindAt = (place) => placesOf(spec())[place]?.kind;
  const choose = (place) => {
    buttons[place].focus();
    if (place !== spec().chosen) tell("choose", place);
  };
  const press = (event) => {
    const place = buttons.indexOf(event.target.closest("button"));
    if (kindAt(place) === "plan") choose(place);
    if (kindAt(place) === "add") tell("add", place);
  };
  const key = (event) => {
    const place = buttons.indexOf(event.target);
    if (kindAt(place) !== "plan") return;
    const next = placeAfter(event.key, place, spec().names.length);
    if (event.key === "Delete") tell("empty", place);
    else if (next !== undefined) choose(next);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  el.addEventListener("click", press);
  el.addEventListener("keydown", key);
  model.on("change:spec", show);
  show();
  return () => model.off("change:spec", show);
}

export default { render };
