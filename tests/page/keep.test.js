// A prediction kept in the storage of a browser, which may be shut, full, or hold anything.
import assert from "node:assert/strict";
import { test } from "node:test";
import { forgetAnswer, keepAnswer, keptAnswer } from "../../helpers/osteolab/lab/page/parts/keep.js";

const NAME = "osteolab:prediction:02:0123456789";

/** Return a stand-in for the storage of a page. */
function storage(held = {}) {
  const map = new Map(Object.entries(held));
  return {
    map,
    getItem: (name) => map.get(name) ?? null,
    setItem: (name, text) => map.set(name, text),
    removeItem: (name) => map.delete(name),
  };
}

function shut() {
  const refuse = () => {
    throw new Error("shut");
  };
  return { getItem: refuse, setItem: refuse, removeItem: refuse };
}

test("a letter, a table of signs and a line come back as they were kept", () => {
  for (const answer of ["B", ["+0-", "000"], [0.965, 0.95]]) {
    const area = storage();
    keepAnswer(NAME, answer, area);
    assert.deepEqual(keptAnswer(NAME, area), answer);
  }
});

test("a forgotten answer is gone, and others stay", () => {
  const area = storage({ [NAME]: '{"answer":"A"}', other: "mine" });
  forgetAnswer(NAME, area);
  assert.equal(keptAnswer(NAME, area), undefined);
  assert.deepEqual([...area.map.keys()], ["other"]);
});

test("what is no answer is dropped", () => {
  const bad = [
    "",
    "{",
    "null",
    "[]",
    "1",
    '{"answer":null}',
    '{"answer":{"a":1}}',
    '{"answer":[["+"]]}',
    '{"answer":[null]}',
  ];
  for (const text of bad) {
    const area = storage({ [NAME]: text });
    assert.equal(keptAnswer(NAME, area), undefined, text);
    assert.equal(area.map.size, 0, text);
  }
});

test("a lab that keeps nothing has no name to keep it under", () => {
  const area = storage();
  keepAnswer("", "A", area);
  assert.equal(area.map.size, 0);
  assert.equal(keptAnswer("", area), undefined);
});

test("a storage that is shut or missing stops nothing", () => {
  for (const area of [shut(), null, undefined]) {
    keepAnswer(NAME, "A", area);
    assert.equal(keptAnswer(NAME, area), undefined);
    forgetAnswer(NAME, area);
  }
});
