// Links in the text of a notebook. JupyterLite has no viewer that shows a page or a table whole, so they lead to the
// pages of the site that are made of them, beside the notebook: its sliders and answers stay.

const LINK = "a[data-commandlinker-args]"; // a link that JupyterLab would open itself

/** Return the page of the site for a link of JupyterLab, or undefined where it shows the file itself. */
export function pageFor(pages, args) {
  let asked = {};
  try {
    asked = JSON.parse(args);
  } catch {} // not a link to a file
  const page = pages?.[(asked.path ?? "").replace(/\/+$/, "")];
  return page && page + (asked.id ?? "");
}

/** Let every link of a text lead to its page before it is looked at, reached or followed. */
export function leadLinks(root, pagesNow, addressOf) {
  const lead = ({ target }) => {
    const link = target.closest?.(LINK);
    const page = link && pageFor(pagesNow(), link.dataset.commandlinkerArgs);
    if (!page) return;
    Object.assign(link, { href: addressOf(page), target: "_blank", rel: "noopener" });
    delete link.dataset.commandlinkerCommand;
    delete link.dataset.commandlinkerArgs;
  };
  for (const kind of ["pointerover", "focusin", "click"]) root.addEventListener(kind, lead, true);
}
