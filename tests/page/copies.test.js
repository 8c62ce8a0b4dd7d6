// What is kept of a notebook in a browser: its name in two digits, and what a reset forgets.
import assert from "node:assert/strict";
import { test } from "node:test";
import { resetAll, resetCopy, resetQuestion, shortName } from "../../helpers/site/copies.js";

/** Return a stand-in for the storage of a page that holds these keys and nothing else that can be listed. */
function storage(...keys) {
  const area = Object.fromEntries(keys.map((key) => [key, "kept"]));
  return Object.defineProperty(area, "removeItem", { value: (key) => delete area[key] });
}

const KEYS = [
  "osteolab:prediction:02:spine",
  "osteolab:prediction:02:hip",
  "osteolab:prediction:12:spine",
  "other:02:",
];

test("a notebook of the course is named by its two digits", () => {
  assert.equal(shortName("notebooks/02_the_hormonal_conductor.ipynb"), "02");
});

test("a file of the reader keeps its whole name", () => {
  assert.equal(shortName("notebooks/my_notes.ipynb"), "my_notes.ipynb");
  assert.equal(shortName("2_short.ipynb"), "2_short.ipynb");
});

test("a reset forgets the predictions of that notebook and of no other", async () => {
  globalThis.window = { localStorage: storage(...KEYS) };
  await resetCopy("notebooks/02_the_hormonal_conductor.ipynb");
  assert.deepEqual(Object.keys(window.localStorage), ["osteolab:prediction:12:spine", "other:02:"]);
});

test("a reset of everything leaves what other pages of the host keep", async () => {
  globalThis.window = { localStorage: storage(...KEYS, "@jupyterlab/x"), sessionStorage: storage("OsteoLab", "mine") };
  await resetAll();
  assert.deepEqual(Object.keys(window.localStorage), ["other:02:"]);
  assert.deepEqual(Object.keys(window.sessionStorage), ["mine"]);
});

test("the question before a reset names the notebook and says that the prediction goes too", () => {
  assert.match(resetQuestion("notebooks/02_the_hormonal_conductor.ipynb"), /^Reset 02\? .*prediction/);
  assert.match(resetQuestion("my_notes.ipynb", "Delete"), /^Delete my_notes\.ipynb\? /);
});
