// What is spoken, and when: after the hand has rested, never twice in two seconds, and at once what was asked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeVoice } from "../../helpers/osteolab/lab/page/parts/voice.js";

/** Return a voice, what it says with the time of each saying (ms), and a clock that is moved by hand. */
function speaking(t) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let now = 0;
  t.mock.method(globalThis.performance, "now", () => now);
  const said = [];
  const region = { setAttribute() {} };
  Object.defineProperty(region, "textContent", {
    get: () => said.at(-1)?.[1] ?? "",
    set: (text) => said.push([now, text]),
  });
  globalThis.document = { createElement: () => region };
  t.after(() => delete globalThis.document);
  const voice = makeVoice({ append() {} });
  const wait = (ms) => {
    for (let i = 0; i < ms; i += 10) {
      now += 10;
      t.mock.timers.tick(10);
    }
  };
  return { voice, wait, words: () => said.filter(([, text]) => text) };
}

test("only the last of many changes is spoken, once the hand rests", (t) => {
  const { voice, wait, words } = speaking(t);
  for (const text of ["one", "two", "three"]) {
    voice.later(text);
    wait(300);
  }
  assert.deepEqual(words(), []);
  wait(500);
  assert.deepEqual(
    words().map(([, text]) => text),
    ["three"],
  );
});

test("two sayings are two seconds apart", (t) => {
  const { voice, wait, words } = speaking(t);
  voice.later("one");
  wait(800);
  voice.later("two");
  wait(3000);
  const [[first], [second]] = words();
  assert.ok(second - first >= 2000);
});

test("what was asked for is spoken at once, and what waits comes after it", (t) => {
  const { voice, wait, words } = speaking(t);
  voice.later("sentence");
  wait(100);
  voice.say("Link copied");
  wait(50);
  assert.deepEqual(
    words().map(([, text]) => text),
    ["Link copied"],
  );
  wait(3000);
  assert.equal(words().at(-1)[1], "sentence");
});
