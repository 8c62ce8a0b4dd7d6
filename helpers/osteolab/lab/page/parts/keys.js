// The keys of a lab. JupyterLab must not take those that belong to a control, and the Save menu is a menu:
// it opens with the focus on its first entry, arrows, Home and End move in it, Escape leads back to its button.

import { setAttribute } from "./aria.js";

const OPEN = "ol-open";

/** Return where a key leads in a list of so many places, or undefined if it leads nowhere. */
export function placeAfter(key, place, count) {
  if (!count) return undefined;
  const next = {
    ArrowDown: (place + 1) % count,
    ArrowRight: (place + 1) % count,
    ArrowUp: (place - 1 + count) % count,
    ArrowLeft: (place - 1 + count) % count,
    Home: 0,
    End: count - 1,
  };
  return next[key];
}

/**
 * Keep JupyterLab from taking keys that are pressed inside an element: its shortcuts, and the notebook itself, which
 * moves the focus into a text cell at any key that reaches it while that cell is being edited.
 */
export function keepKeys(el) {
  el.dataset.lmSuppressShortcuts = "true";
}

/** Let no key that is pressed inside an element go further than this element; returns what undoes it. */
export function endKeys(el) {
  const end = (event) => event.stopPropagation();
  el.addEventListener("keydown", end);
  return () => el.removeEventListener("keydown", end);
}

/**
 * Let arrows, Home and End choose among the radio buttons of an element, and Tab enter them at one place.
 *
 * A browser does this alone only while the buttons share a name, and each time ipywidgets draws them anew they do not.
 */
export function watchChoices(root) {
  const key = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.target.matches?.("input[type=radio]")) return;
    const all = [...event.target.closest(".widget-radio-box").querySelectorAll("input[type=radio]:not([disabled])")];
    const next = placeAfter(event.key, all.indexOf(event.target), all.length);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    all[next].focus();
    all[next].click();
  };
  root.addEventListener("keydown", key, true);
  return () => root.removeEventListener("keydown", key, true);
}

/** Name the Save menu of a lab and its parts. */
export function nameMenu(root) {
  const save = root.querySelector(".ol-save");
  const menu = save?.querySelector(".ol-menu");
  if (!menu) return;
  const button = save.querySelector(".ol-save-button");
  setAttribute(button, "aria-haspopup", "menu");
  setAttribute(button, "aria-expanded", String(save.classList.contains(OPEN)));
  setAttribute(menu, "role", "menu");
  setAttribute(menu, "aria-label", "Save");
  for (const entry of menu.querySelectorAll("button")) setAttribute(entry, "role", "menuitem");
  for (const rule of menu.querySelectorAll(".ol-line")) setAttribute(rule, "role", "separator");
}

/**
 * Open and close the Save menu of a lab.
 *
 * It is opened here and not by the kernel: at once, and only in the view whose button was pressed. What is listened to
 * is the whole lab, because the parts of the menu may come later than this.
 */
export function watchMenu(root) {
  const save = () => root.querySelector(".ol-save");
  const isOpen = () => save()?.classList.contains(OPEN);
  const entries = () => [...save().querySelectorAll(".ol-menu button")].filter((entry) => entry.offsetParent);
  const show = (open, place) => {
    save().classList.toggle(OPEN, open);
    nameMenu(root);
    if (open) entries().at(place)?.focus();
  };
  const close = (back) => {
    if (!isOpen()) return;
    show(false);
    if (back) save().querySelector(".ol-save-button").focus();
  };
  const press = (event) => {
    if (!event.target.closest(".ol-save-button")) return;
    event.stopPropagation();
    if (isOpen()) close(true);
    else show(true, 0);
  };
  const choose = (event) => {
    if (event.target.closest(".ol-menu button")) close(true);
  };
  const key = (event) => {
    if (!save()?.contains(event.target)) return;
    if (isOpen() ? keyInMenu(event) : keyOnButton(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const keyInMenu = (event) => {
    const list = entries();
    const next = placeAfter(event.key, list.indexOf(document.activeElement), list.length);
    if (next !== undefined) list[next].focus();
    if (event.key === "Escape" || event.key === "Tab") close(true); // Tab goes on from the button
    return next !== undefined || event.key === "Escape";
  };
  const keyOnButton = (event) => {
    const place = { ArrowDown: 0, ArrowUp: -1 }[event.key];
    if (place === undefined || !event.target.closest(".ol-save-button")) return false;
    show(true, place);
    return true;
  };
  const elsewhere = (event) => {
    if (!save()?.contains(event.target)) close(false);
  };
  root.addEventListener("click", press, true);
  root.addEventListener("click", choose);
  root.addEventListener("keydown", key);
  document.addEventListener("pointerdown", elsewhere, true);
  return () => {
    root.removeEventListener("click", press, true);
    root.removeEventListener("click", choose);
    root.removeEventListener("keydown", key);
    document.removeEventListener("pointerdown", elsewhere, true);
  };
}
