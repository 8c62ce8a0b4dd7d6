// A lab whose Python is gone stands still and says what to do, once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lostSentence, watchLost } from "../../helpers/osteolab/lab/page/parts/lost.js";

/** Return a stand-in for a signal of Jupyter. */
function signal() {
  const heard = new Set();
  return {
    connect: (act) => heard.add(act),
    disconnect: (act) => heard.delete(act),
    emit: (value) => {
      for (const act of heard) act(null, value);
    },
    heard,
  };
}

/** Return a stand-in for a card in a page, with or without the bar of the browser edition. */
function card(bar = null) {
  const names = new Set();
  const root = {
    children: [{ inert: false }, { inert: false }],
    classList: { add: (name) => names.add(name), contains: (name) => names.has(name) },
    prepend: (said) => root.said.push(said.textContent),
    said: [],
  };
  globalThis.document = { createElement: () => ({ setAttribute() {} }), querySelector: () => bar };
  return root;
}

function kernel() {
  return { statusChanged: signal(), disposed: signal() };
}

for (const status of ["restarting", "autorestarting", "dead", "terminating"]) {
  test(`a kernel that says ${status} stops the card, once`, () => {
    const [root, one] = [card(), kernel()];
    watchLost(root, { widget_manager: { kernel: one } });
    one.statusChanged.emit("busy");
    one.statusChanged.emit("idle");
    assert.deepEqual(root.said, []);
    one.statusChanged.emit(status);
    one.statusChanged.emit(status);
    assert.equal(root.said.length, 1);
    assert.match(root.said[0], /Python has stopped.*Restart Kernel and Run All Cells/);
    assert.ok(root.children.every((part) => part.inert));
  });
}

test("a kernel that was shut down stops the card too", () => {
  const [root, one] = [card(), kernel()];
  watchLost(root, { widget_manager: { kernel: one } });
  one.disposed.emit();
  assert.equal(root.said.length, 1);
});

test("what to do is said in the words of each edition", () => {
  card({});
  assert.match(lostSentence(), /Run this notebook at the top/);
  card();
  assert.match(lostSentence(), /in the menu Kernel/);
});

test("a view that is gone listens no more, and a page without a kernel is no fault", () => {
  const [root, one] = [card(), kernel()];
  watchLost(root, { widget_manager: { kernel: one } })();
  assert.equal(one.statusChanged.heard.size + one.disposed.heard.size, 0);
  watchLost(root, {})();
  watchLost(root, { widget_manager: { kernel: null } })();
});
