// A voice for those who do not see the page: polite, and not more than once in two seconds.

const QUIET = 700; // ms without a change before anything is said
const APART = 2000; // ms between two sayings

/** Return `later(text)` for what changes under the hand, `say(text)` for what is said at once, and `stop()`. */
export function makeVoice(el) {
  const region = document.createElement("div");
  region.className = "ol-voice";
  region.setAttribute("aria-live", "polite");
  el.append(region);
  let timer = 0;
  let spoken = -APART;
  const say = (text) => {
    spoken = performance.now();
    // A live region is silent when it is given the words it holds already.
    if (region.textContent === text) region.textContent = "";
    setTimeout(() => {
      region.textContent = text;
    }, 20);
  };
  const wait = (text, ms) => {
    timer = setTimeout(() => {
      const left = spoken + APART - performance.now();
      if (left > 0) wait(text, left);
      else say(text);
    }, ms);
  };
  const later = (text) => {
    clearTimeout(timer);
    wait(text, QUIET);
  };
  return { say, later, stop: () => clearTimeout(timer) };
}

/** Return `read()`, which lets the voice say the sentence of a lab after it has changed. */
export function watchSentence(root, voice) {
  const now = () => root.querySelector(".ol-sentence:not(.ol-error)")?.textContent ?? "";
  let last = now();
  return () => {
    const text = now();
    if (text === last) return;
    last = text;
    voice.later(text);
  };
}
