// The browser asks before a page is closed or loaded again once a lab was moved: where its sliders stand is kept nowhere.

/** Return whether leaving now would lose something: there is a change to undo, Python lives, and nobody chose to go. */
export function wouldLose(root, focus) {
  if (root.classList.contains("ol-lost") || focus?.closest?.("#ol-bar")) return false; // the bar leads on on purpose
  return Boolean(root.querySelector(".ol-undo:not(.ol-hide)"));
}

/** Let the browser ask; returned is what ends that. */
export function watchLeave(root) {
  const ask = (event) => {
    if (wouldLose(root, document.activeElement)) event.preventDefault();
  };
  window.addEventListener("beforeunload", ask);
  return () => window.removeEventListener("beforeunload", ask);
}
