// Which notebook a copy belongs to, said in two digits.
import assert from "node:assert/strict";
import { test } from "node:test";
import { shortName } from "../../helpers/site/copies.js";

test("a notebook of the course is named by its two digits", () => {
  assert.equal(shortName("notebooks/02_the_hormonal_conductor.ipynb"), "02");
});

test("a file of the reader keeps its whole name", () => {
  assert.equal(shortName("notebooks/my_notes.ipynb"), "my_notes.ipynb");
  assert.equal(shortName("2_short.ipynb"), "2_short.ipynb");
});
