// Paper: the browser prints the page as print.css lays it out; one card can be printed alone.

/** Leave Ctrl+P to the browser while a lab is in sight: JupyterLab would print the notebook without its labs. */
export function keepPrintKey(root) {
  const key = (event) => {
    const asked = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (asked && event.key.toLowerCase() === "p" && root.offsetParent) event.stopPropagation();
  };
  window.addEventListener("keydown", key, true);
  return () => window.removeEventListener("keydown", key, true);
}

/** Print a card and nothing else. */
export function printAlone(card) {
  card.classList.add("ol-alone");
  window.addEventListener("afterprint", () => card.classList.remove("ol-alone"), { once: true });
  window.print();
}

/** Lay a still of each picture in three dimensions over it while the page is printed: what WebGL drew is gone by then. */
export function keepStills(root) {
  let stills = [];
  const lay = () => {
    for (const plot of root.querySelectorAll(".js-plotly-plot")) {
      for (const { _scene: scene } of Object.values(plot._fullLayout ?? {}).filter((part) => part?._scene?.glplot)) {
        const { glplot, container } = scene;
        const still = document.createElement("canvas");
        Object.assign(still, { className: "ol-still", width: glplot.canvas.width, height: glplot.canvas.height });
        glplot.redraw();
        still.getContext("2d").drawImage(glplot.canvas, 0, 0);
        container.append(still);
        stills.push(still);
      }
    }
  };
  const lift = () => {
    for (const still of stills) still.remove();
    stills = [];
  };
  window.addEventListener("beforeprint", lay);
  window.addEventListener("afterprint", lift);
  return () => {
    lift();
    window.removeEventListener("beforeprint", lay);
    window.removeEventListener("afterprint", lift);
  };
}
