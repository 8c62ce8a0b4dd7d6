// The browser asks before a page is closed or loaded again once a lab was moved: where its sliders stand is kept nowhere.

const ON_PURPOSE = "#ol-bar a, #ol-bar .danger"; // the way on and the reset, in the bar of the browser edition

/** Return whether leaving now would lose something: there is a change to undo, Python lives, and nobody chose to go. */
export function wouldLose(root, clicked) {
  if (root.classList.contains("ol-lost") || clicked?.closest?.(ON_PURPOSE)) return false;
  return Boolean(root.querySelector(".ol-undo:not(.ol-hide)"));
}

/** Let the browser ask; returned is what ends that. */
export function watchLeave(root) {
  let clicked = null;
  const click = (event) => {
    clicked = event.target;
  };
  const ask = (event) => {
    if (wouldLose(root, clicked)) event.preventDefault();
  };
  document.addEventListener("click", click, true);
  window.addEventListener("beforeunload", ask);
  return () => {
    document.removeEventListener("click", click, true);
    window.removeEventListener("beforeunload", ask);
  };
}
