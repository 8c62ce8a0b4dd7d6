// A text under a saved picture, in lines that are no wider than the picture.
import assert from "node:assert/strict";
import { test } from "node:test";
import { wrapText, wrapTexts } from "../../helpers/osteolab/lab/page/parts/save.js";

const measure = (text) => text.length;

test("words fill a line as long as they fit", () => {
  assert.deepEqual(wrapText("one two three four", 9, measure), ["one two", "three", "four"]);
  assert.deepEqual(wrapText("one two three four", 10, measure), ["one two", "three four"]);
});

test("a word that is wider than the line has a line of its own", () => {
  assert.deepEqual(wrapText("a remodeling b", 4, measure), ["a", "remodeling", "b"]);
});

test("an empty text has no line", () => {
  assert.deepEqual(wrapText("", 10, measure), []);
});

test("several texts begin on lines of their own", () => {
  const pen = { measureText: (text) => ({ width: text.length }) };
  assert.deepEqual(wrapTexts(pen, ["one two", "three"], 5), ["one", "two", "three"]);
});
