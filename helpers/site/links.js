// Links in the text of a notebook. JupyterLite leads them to the bare files, which a browser shows as raw text or not at
// all; here they lead to the notebooks as notebooks, and to the pages of the site that are made of the others.

/** Return the address within the site for an address of a file below `files`, or undefined where there is none. */
export function pageFor(site, files, address) {
  if (!site || !address.startsWith(files)) return undefined;
  const [, path, part = ""] = /^([^?#]*)[^#]*(#.*)?$/.exec(address.slice(files.length));
  const name = decodeURIComponent(path).replace(/\/+$/, "");
  if (site.notebooks?.[name]) return { notebook: name };
  const page = site.pages?.[name];
  return page && { page: page + part };
}

/**
 * Let every link lead to its page before it is looked at, reached or followed.
 *
 * A page opens in a tab of its own, so that the sliders and answers beside it stay; `go` follows a link to a notebook.
 */
export function leadLinks(root, siteNow, { addressOf, addressOfNotebook, go }) {
  const led = new WeakSet();
  const lead = (event) => {
    const link = event.target.closest?.(".jp-RenderedMarkdown a[href]");
    if (!link) return;
    const found = pageFor(siteNow(), addressOf("files/"), link.href);
    if (found) {
      led.add(link);
      if (found.page) Object.assign(link, { href: addressOf(found.page), target: "_blank", rel: "noopener" });
      else Object.assign(link, { href: addressOfNotebook(found.notebook), target: "_self" });
    }
    if (event.type !== "click" || !led.has(link)) return;
    event.stopPropagation(); // JupyterLab listens on the link itself and would open the file
    if (link.target === "_self") go(event);
  };
  for (const kind of ["pointerover", "focusin", "click"]) root.addEventListener(kind, lead, true);
}
