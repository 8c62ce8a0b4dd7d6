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
