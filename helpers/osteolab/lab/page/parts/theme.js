// JupyterLab says on the body of the page whether its theme is light; elsewhere the labs are light.

/** Set the class `ol-dark` on a root as the theme says, and tell it at once and after every change. */
export function watchTheme(root, told = () => {}) {
  const read = () => {
    const dark = document.body.dataset.jpThemeLight === "false";
    root.classList.toggle("ol-dark", dark);
    told(dark);
  };
  const seen = new MutationObserver(read);
  seen.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  read();
  return () => seen.disconnect();
}
