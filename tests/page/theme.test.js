// The ground a lab is drawn for: JupyterLab's theme, or the reader's own where the reader forces colours.
import assert from "node:assert/strict";
import { test } from "node:test";
import { watchTheme } from "../../helpers/osteolab/lab/page/parts/theme.js";

/** Return a page with a theme of JupyterLab and two wishes of the reader, and the ground that a lab in it is told of. */
function groundOf({ light, forced, dark }) {
  const wishes = { "(forced-colors: active)": forced, "(prefers-color-scheme: dark)": dark };
  const ignored = { addEventListener() {}, removeEventListener() {} };
  globalThis.window = { matchMedia: (query) => ({ matches: wishes[query], ...ignored }) };
  globalThis.document = { body: { dataset: { jpThemeLight: String(light) } } };
  globalThis.MutationObserver = class {
    observe() {}
    disconnect() {}
  };
  const classes = new Map();
  const told = [];
  const root = { classList: { toggle: (name, on) => classes.set(name, on) } };
  watchTheme(root, (now) => told.push(now))();
  assert.deepEqual(told, [classes.get("ol-dark")]);
  return told[0];
}

test("a lab follows the theme of JupyterLab", () => {
  assert.equal(groundOf({ light: true, forced: false, dark: true }), false);
  assert.equal(groundOf({ light: false, forced: false, dark: false }), true);
});

test("where colours are forced, a lab is drawn for the ground that the reader has", () => {
  assert.equal(groundOf({ light: true, forced: true, dark: true }), true);
  assert.equal(groundOf({ light: false, forced: true, dark: false }), false);
});
