// What every picture of SVG does in the page: it draws what it is told, and reports what it shows.
// `draw` and `state` are those of the picture that is joined before this file.

import { reportState } from "./parts/report.js";

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "ol-part";
  el.append(root);
  const tell = (message) => model.send(message);
  const show = () => draw(model.get("spec"), root, tell);
  reportState(el, () => state(root));
  model.on("change:spec", show);
  const sized = new ResizeObserver(() => requestAnimationFrame(show));
  sized.observe(root);
  show();
  return () => {
    model.off("change:spec", show);
    sized.disconnect();
  };
}

export default { render };
