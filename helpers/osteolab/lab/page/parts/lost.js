// A lab whose Python is gone: it stands still and says what to do, in place of a red sign on every control.

const LOST = ".jupyter-widgets-disconnected"; // Jupyter puts it on a control that reaches no kernel any more
const SENTENCE =
  "Python has stopped, so this lab stands still. In the menu Kernel, choose Restart Kernel and Run All Cells.";

/** Say so, or take it back, if the controls of a lab have lost their Python. */
export function showLost(root) {
  const lost = root.matches(LOST) || Boolean(root.querySelector(LOST));
  if (root.classList.contains("ol-lost") === lost) return;
  root.classList.toggle("ol-lost", lost);
  root.querySelector(".ol-lab").inert = lost;
  root.querySelector(".ol-stopped")?.remove();
  if (!lost) return;
  const said = document.createElement("p");
  said.className = "ol-stopped";
  said.setAttribute("role", "alert");
  said.textContent = SENTENCE;
  root.prepend(said);
}
