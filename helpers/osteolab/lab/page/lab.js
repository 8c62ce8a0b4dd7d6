// The invisible part of a lab: theme, width, names, voice, menu, files, links, and a prediction that is kept.
// Nothing is fetched from anywhere.

import { nameLab } from "./parts/aria.js";
import { bringBack } from "./parts/bring.js";
import { watchTiles } from "./parts/explain.js";
import { findRoot, scrollerOf } from "./parts/find.js";
import { watchHand } from "./parts/hand.js";
import { forgetAnswer, keepAnswer, keptAnswer } from "./parts/keep.js";
import { endKeys, keepKeys, nameMenu, watchChoices, watchMenu } from "./parts/keys.js";
import { watchLeave } from "./parts/leave.js";
import { addressWith, chooseFile, copyText, isStudents, takeLink } from "./parts/link.js";
import { watchLost } from "./parts/lost.js";
import { keepPrintKey, keepStills } from "./parts/print.js";
import { savePicture, saveText } from "./parts/save.js";
import { tellState } from "./parts/state.js";
import { watchTheme } from "./parts/theme.js";
import { makeVoice, watchSentence } from "./parts/voice.js";
import { settleWidth, watchWidth } from "./parts/width.js";

const TOLD = 2000; // ms for which "Link copied" stands beside the button
let brought = false; // whether the reader was brought to this lab
const views = []; // of this lab, the one that was used last before the others; this text runs once for each lab

/** Keep in mind which view is used: what the kernel asks of the page is asked of all views of a lab. */
function watchUse(root) {
  const mark = () => {
    for (const view of views) view.olInUse = view === views[0]; // pictures look here before they hand out a file
  };
  const leave = () => {
    views.splice(views.indexOf(root), 1);
    mark();
  };
  const used = () => {
    if (views[0] === root) return;
    views.splice(views.indexOf(root), 1);
    views.unshift(root);
    mark();
  };
  views.push(root);
  mark();
  for (const event of ["pointerdown", "keydown"]) root.addEventListener(event, used, true);
  return () => {
    for (const event of ["pointerdown", "keydown"]) root.removeEventListener(event, used, true);
    leave();
  };
}

// ---- the link ----

async function copyLink(root, voice, { link }) {
  const address = addressWith(location.href, link);
  if (!(await copyText(address))) {
    showAddress(root, address);
    return;
  }
  voice.say("Link copied");
  const note = document.createElement("span");
  note.className = "ol-copied";
  note.textContent = "Link copied";
  note.setAttribute("aria-hidden", "true"); // it is spoken
  root.querySelector(".ol-save").append(note);
  setTimeout(() => note.remove(), TOLD);
}

/** Show the address in a field, where the reader can copy it: the page may not. */
function showAddress(root, address) {
  root.querySelector(".ol-address")?.remove();
  const box = document.createElement("label");
  box.className = "ol-address";
  const field = document.createElement("input");
  Object.assign(field, { type: "text", readOnly: true, value: address });
  box.append("Copy this link", field);
  root.querySelector(".ol-save").append(box);
  field.addEventListener("blur", () => box.remove());
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    root.querySelector(".ol-save-button").focus();
  });
  field.focus();
  field.select();
}

// ---- after the prediction ----

const FRAMES = 40; // frames in which the sentence and the answer must come

/** Put the focus, which was on a button that is gone now, on the sentence in its place, and show the answer below. */
function showAnswer(root, left = FRAMES) {
  const sentence = root.querySelector(".ol-lab .ol-sentence");
  const answer = root.querySelector(".ol-after");
  if (!(sentence && answer)) {
    if (left) requestAnimationFrame(() => showAnswer(root, left - 1));
    return;
  }
  sentence.tabIndex = -1;
  sentence.focus({ preventScroll: true });
  scrollTowards(answer, root);
}

/** Scroll a part into view, but no further than the top of its lab, whose sliders are wanted next. */
function scrollTowards(part, root) {
  const view = scrollerOf(root);
  if (!view) return;
  const [seen, top] = [view.getBoundingClientRect(), root.getBoundingClientRect().top];
  const wanted = Math.min(part.getBoundingClientRect().bottom - seen.bottom, top - seen.top);
  if (wanted > 0) view.scrollBy(0, wanted);
}

// ---- what the page tells the kernel when a lab is first shown ----

function openLink(model) {
  const link = takeLink();
  if (link) model.send({ do: "link", text: link });
  return Boolean(link);
}

function openAsLeft(model) {
  if (openLink(model)) return;
  const answer = keptAnswer(model.get("keep"));
  if (answer !== undefined) model.send({ do: "kept", answer });
}

// ---- together ----

/** Return what is done when the kernel asks; each gets the message. */
function doings(root, model, voice) {
  const toOne = (act) => (message) => {
    if (root.olInUse) act(message);
  };
  return {
    download: toOne(saveText),
    picture: toOne((message) => savePicture(root, message)),
    copy: toOne((message) => copyLink(root, voice, message)),
    choose_file: toOne(() => chooseFile((text) => model.send({ do: "settings", text }))),
    say: ({ text }) => voice.say(text),
    keep: ({ answer }) => keepAnswer(model.get("keep"), answer),
    forget: () => forgetAnswer(model.get("keep")),
    answered: toOne(() => showAnswer(root)),
    resize: settleWidth,
  };
}

/** Look at the lab again before the next frame whenever anything in it has changed. */
function watchChanges(root, model, refresh) {
  let waiting = 0;
  const soon = () => {
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      refresh();
    });
  };
  const seen = new MutationObserver(soon);
  const attributeFilter = ["aria-valuenow", "class"];
  seen.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter });
  model.on("change:spoken", soon);
  return () => {
    seen.disconnect();
    cancelAnimationFrame(waiting);
    model.off("change:spoken", soon);
  };
}

function attach(root, model, el) {
  root.dataset.olId = `ol-lab-${Math.random().toString(36).slice(2)}`;
  root.closest(".jp-Notebook")?.classList.add("ol-course");
  keepKeys(root);
  tellState(root);
  const voice = makeVoice(el);
  const readSentence = watchSentence(root, voice);
  const refresh = () => {
    nameLab(root, model.get("spoken"));
    nameMenu(root);
    readSentence();
  };
  const enlarge = () => {
    root.classList.toggle("ol-larger", model.get("larger"));
    settleWidth();
  };
  const act = doings(root, model, voice);
  const asked = (message) => act[message.do]?.(message);
  const dark = (now) => {
    if (model.get("dark") === now) return;
    model.set("dark", now);
    model.save_changes();
  };
  const forStudents = () => root.classList.toggle("ol-student", isStudents());
  const otherLink = () => {
    forStudents();
    openLink(model);
  };
  window.addEventListener("hashchange", otherLink);
  model.on("change:larger", enlarge);
  model.on("msg:custom", asked);
  const stops = [watchUse(root), watchTheme(root, dark), watchWidth(root, model), watchMenu(root), watchHand(root, el)];
  stops.push(watchChoices(root), endKeys(root), watchLost(root, model), watchLeave(root));
  stops.push(watchTiles(root, el, voice.say), keepPrintKey(root), keepStills(root));
  refresh();
  enlarge();
  forStudents();
  stops.push(watchChanges(root, model, refresh), voice.stop);
  openAsLeft(model);
  if (!brought) stops.push(bringBack(root));
  brought = true;
  return () => {
    window.removeEventListener("hashchange", otherLink);
    model.off("change:larger", enlarge);
    model.off("msg:custom", asked);
    for (const stop of stops) stop();
  };
}

function render({ model, el }) {
  return findRoot(el, ".ol-host", (root) => attach(root, model, el), ".ol-figure");
}

export default { render };
