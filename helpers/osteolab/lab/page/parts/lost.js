// A lab or a card whose Python is gone: it stands still and says what to do, in place of a red sign on every control.

const GONE = /restarting|dead|terminating/; // what a kernel says of itself; whatever it held before is lost then
const IN_COURSE = "press Run this notebook at the top. If that does not help, reload the page.";
const IN_JUPYTER = "choose Restart Kernel and Run All Cells in the menu Kernel.";

/** Return what is done to bring a lab back; `page` has the bar of the course in the browser edition. */
export function lostSentence(page = document) {
  const how = page.querySelector("#ol-bar") ? IN_COURSE : IN_JUPYTER;
  return `Python has stopped, so this stands still. To go on, ${how}`;
}

function standStill(root) {
  if (root.classList.contains("ol-lost")) return;
  root.classList.add("ol-lost");
  for (const part of root.children) part.inert = true;
  const said = document.createElement("p");
  said.className = "ol-stopped";
  if (!document.querySelector(".ol-stopped")) said.setAttribute("role", "alert"); // spoken once for the whole page
  said.textContent = lostSentence();
  root.prepend(said);
}

/** Let a lab or a card stand still as soon as the kernel of its model is gone; returned is what ends the watch. */
export function watchLost(root, model) {
  const kernel = model.widget_manager?.kernel;
  const heard = (_, status) => {
    if (GONE.test(status)) standStill(root);
  };
  const ended = () => standStill(root);
  kernel?.statusChanged?.connect(heard);
  kernel?.disposed?.connect(ended);
  return () => {
    kernel?.statusChanged?.disconnect(heard);
    kernel?.disposed?.disconnect(ended);
  };
}
