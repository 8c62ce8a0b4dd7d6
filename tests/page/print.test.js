// Ctrl+P is the browser's; a card is printed alone and then stands among the others again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { keepPrintKey, printAlone } from "../../helpers/osteolab/lab/page/parts/print.js";

function pageWithEars(t) {
  const heard = {};
  globalThis.window = {
    addEventListener: (kind, act) => (heard[kind] = act),
    removeEventListener: (kind) => delete heard[kind],
  };
  t.after(() => delete globalThis.window);
  return heard;
}

test("Ctrl+P is kept from JupyterLab while the lab is in sight, other keys are not", (t) => {
  const heard = pageWithEars(t);
  const root = { offsetParent: {} };
  const stop = keepPrintKey(root);
  const kept = (given) => {
    let stopped = false;
    heard.keydown({ key: "p", ...given, stopPropagation: () => (stopped = true) });
    return stopped;
  };
  assert.deepEqual([kept({ ctrlKey: true }), kept({ metaKey: true, key: "P" })], [true, true]);
  assert.deepEqual(
    [kept({}), kept({ ctrlKey: true, key: "s" }), kept({ ctrlKey: true, shiftKey: true })],
    [false, false, false],
  );
  root.offsetParent = null;
  assert.equal(kept({ ctrlKey: true }), false);
  stop();
  assert.deepEqual(heard, {});
});

test("a card is alone while it is printed, and only then", (t) => {
  const heard = pageWithEars(t);
  const classes = new Set();
  const card = { classList: { add: (name) => classes.add(name), remove: (name) => classes.delete(name) } };
  window.print = () => assert.ok(classes.has("ol-alone"));
  printAlone(card);
  heard.afterprint();
  assert.equal(classes.size, 0);
});
