// JupyterLab says on the body of the page whether its theme is light; elsewhere the labs are light. Where the reader forces
// colours of their own, the ground is theirs, and the curves are drawn for it.

/** Set the class `ol-dark` on a root as the ground is, and tell it at once and after every change. */
export function watchTheme(root, told = () => {}) {
  const forced = window.matchMedia("(forced-colors: active)");
  const darkGround = window.matchMedia("(prefers-color-scheme: dark)");
  const read = () => {
    const dark = forced.matches ? darkGround.matches : document.body.dataset.jpThemeLight === "false";
    root.classList.toggle("ol-dark", dark);
    told(dark);
  };
  const seen = new MutationObserver(read);
  seen.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  for (const query of [forced, darkGround]) query.addEventListener("change", read);
  read();
  return () => {
    seen.disconnect();
    for (const query of [forced, darkGround]) query.removeEventListener("change", read);
  };
}
