// The crew at work: plays the calendar it is sent, by hand, by keys or by itself. It decides nothing.

import { readCalendar } from "./parts/calendar.js";
import { CREW_KEY, describeCrew, drawCrew } from "./parts/crew_scene.js";
import { watchLost } from "./parts/lost.js";
import { watchTheme } from "./parts/theme.js";
import { makeVoice } from "./parts/voice.js";

const DAYS_PER_FRAME = 2;
const FRAME_MS = 100;
const STEP_DAYS = 7;
const LARGE_ROOM = 1500; // px from which everything is drawn larger
const MONTH = 30.44; // days
let copies = 0;

function keyHtml() {
  const small = { s: 0.7 };
  const rows = CREW_KEY.map(
    ([words, glyph, width]) =>
      `<li><svg width="${width}" height="24" aria-hidden="true">${glyph(small)}</svg>${words}</li>`,
  );
  return `<ul class="ol-key">${rows.join("")}</ul>`;
}

function build(el) {
  el.classList.add("ol-crew");
  el.setAttribute("role", "region");
  el.setAttribute("aria-label", "The crew at work on a bone surface");
  el.innerHTML =
    `<div class="ol-bar ol-plain"><button type="button" class="ol-fill" data-do="play">▶ Play</button>` +
    `<button type="button" data-do="step">Step 1 week</button>` +
    `<button type="button" data-do="again">Start again</button>` +
    `<input type="range" min="0" step="1" aria-label="Day" data-lm-suppress-shortcuts="true"><output></output></div>` +
    `<svg class="ol-scene" role="img" xmlns="http://www.w3.org/2000/svg"></svg>${keyHtml()}<p class="ol-say"></p>`;
  const one = (selector) => el.querySelector(selector);
  return {
    play: one("[data-do=play]"),
    step: one("[data-do=step]"),
    again: one("[data-do=again]"),
    scrub: one("input"),
    out: one("output"),
    svg: one("svg.ol-scene"),
    say: one(".ol-say"),
  };
}

/** Stop with the space bar wherever the focus is; the press is then used up, or the button under it would start again. */
function stopBySpace(isPlaying, stop) {
  let used = false;
  const press = (event) => {
    if (event.key !== " ") return;
    if (event.type === "keydown" && isPlaying()) {
      used = true;
      stop();
    }
    if (!used) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.type === "keyup") used = false;
  };
  for (const event of ["keydown", "keyup"]) document.addEventListener(event, press, true);
  return () => {
    for (const event of ["keydown", "keyup"]) document.removeEventListener(event, press, true);
  };
}

function render({ model, el }) {
  copies += 1;
  const ui = build(el);
  const voice = makeVoice(el);
  const id = `ol-crew-clip-${copies}-${Math.random().toString(36).slice(2)}`;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let read = readCalendar(model.get("calendar"));
  let day = model.get("day");
  let timer = null;
  let frame = 0;

  const paint = () => {
    const width = Math.max(320, el.clientWidth - 34 || 1100);
    const k = el.clientWidth >= LARGE_ROOM ? 1.3 : 1;
    const { days } = read.plan;
    el.classList.toggle("ol-large", k > 1);
    const drawn = drawCrew(read, day, width, k, id);
    ui.svg.setAttribute("viewBox", `0 0 ${drawn.width} ${drawn.height}`);
    ui.svg.innerHTML = drawn.body;
    ui.scrub.max = days;
    ui.scrub.value = day;
    const month = `month ${Math.floor(day / MONTH) + 1} of ${Math.round(days / MONTH)}`;
    ui.out.innerHTML = `<b>Day ${Math.round(day)}</b>, ${month}`;
    ui.scrub.setAttribute("aria-valuetext", `day ${Math.round(day)}`);
  };
  const tell = (aloud) => {
    const words = describeCrew(read, day);
    ui.svg.setAttribute("aria-label", words);
    if (aloud) voice.later(words);
  };
  const send = () => {
    model.set("day", day);
    model.save_changes();
  };
  const go = (to, aloud) => {
    day = Math.min(read.plan.days, Math.max(0, to));
    paint();
    if (aloud === undefined) return;
    tell(aloud);
    send();
  };
  const stop = () => {
    if (timer === null) return;
    clearInterval(timer);
    timer = null;
    ui.play.textContent = "▶ Play";
    tell(true);
    send();
  };
  const beat = () => {
    if (!el.isConnected || day >= read.plan.days) {
      stop();
      return;
    }
    go(day + DAYS_PER_FRAME);
    frame += 1;
    if (frame % 5 === 0) send();
  };
  const start = () => {
    if (timer !== null || calm.matches) return;
    if (day >= read.plan.days) day = 0;
    ui.play.textContent = "❚❚ Pause";
    timer = setInterval(beat, FRAME_MS);
  };
  const words = () => {
    const small = document.createElement("span");
    small.textContent = model.get("caption");
    ui.say.replaceChildren(model.get("sentence"), small);
  };
  const manners = () => {
    if (calm.matches) stop();
    ui.play.hidden = calm.matches;
    ui.step.classList.toggle("ol-fill", calm.matches);
  };
  const renew = () => {
    read = readCalendar(model.get("calendar"));
    paint();
    tell(false);
  };
  const follow = () => {
    // another view of the same picture was moved
    if (timer !== null || model.get("day") === day) return;
    day = model.get("day");
    paint();
    tell(false);
  };

  ui.play.addEventListener("click", () => (timer === null ? start() : stop()));
  ui.step.addEventListener("click", () => {
    stop();
    go(day + STEP_DAYS, true);
  });
  ui.again.addEventListener("click", () => {
    stop();
    model.send({ kind: "again" });
    go(0, true);
  });
  ui.scrub.addEventListener("input", () => {
    stop();
    go(Number(ui.scrub.value));
  });
  ui.scrub.addEventListener("change", () => {
    tell(true);
    send();
  });
  model.on("change:calendar", renew);
  model.on("change:day", follow);
  model.on("change:sentence change:caption", words);
  const resized = new ResizeObserver(() => requestAnimationFrame(paint));
  resized.observe(el);
  calm.addEventListener("change", manners);
  const stops = [watchTheme(el), watchLost(el, model), stopBySpace(() => timer !== null, stop), voice.stop];
  manners();
  words();
  renew();
  return () => {
    clearInterval(timer);
    resized.disconnect();
    calm.removeEventListener("change", manners);
    model.off("change:calendar", renew);
    model.off("change:day", follow);
    model.off("change:sentence change:caption", words);
    for (const one of stops) one();
  };
}

export default { render };
