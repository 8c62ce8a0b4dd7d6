// What is said below the two pieces of bone while a plan is computed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { busyWords } from "../../helpers/osteolab/lab/page/parts/lattice_words.js";

test("the share done is said at once, and the time left as soon as it can be told", () => {
  assert.match(busyWords(0, 0), /month by month: 0\u202f%$/);
  assert.match(busyWords(0.05, 10), /: 5\u202f%$/);
  assert.match(busyWords(0.25, 10), /: 25\u202f%, about 30 seconds left$/);
  assert.match(busyWords(0.1, 20), /about 3 minutes left$/);
});
