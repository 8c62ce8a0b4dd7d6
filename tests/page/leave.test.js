// Leaving a lab: asked only when something would be lost; and back to a lab that the page jumped past.
import assert from "node:assert/strict";
import { test } from "node:test";
import { jumpedPast } from "../../helpers/osteolab/lab/page/parts/bring.js";
import { wouldLose } from "../../helpers/osteolab/lab/page/parts/leave.js";

const UNDO = ".ol-undo:not(.ol-hide)";

/** Return a stand-in for a lab with or without a change to undo. */
function lab(changed, lost = false) {
  return { classList: { contains: () => lost }, querySelector: (name) => (name === UNDO && changed ? {} : null) };
}

const inBar = { closest: (name) => (name.startsWith("#ol-bar a") ? {} : null) };
const elsewhere = { closest: () => null };

test("a lab that was moved asks before the page goes", () => {
  assert.equal(wouldLose(lab(true), elsewhere), true);
  assert.equal(wouldLose(lab(true), null), true);
});

test("an untouched lab, one whose Python is gone and the way on in the bar ask nothing", () => {
  assert.equal(wouldLose(lab(false), elsewhere), false);
  assert.equal(wouldLose(lab(true, true), elsewhere), false);
  assert.equal(wouldLose(lab(true), inBar), false);
});

/** Return a stand-in for a cell that begins at this height; `then` are the cells after it. */
function cell(top, ...then) {
  return {
    compareDocumentPosition: (other) => (then.includes(other) ? 4 : 2),
    getBoundingClientRect: () => ({ top, bottom: top + 100 }),
  };
}

const view = cell(0);
view.getBoundingClientRect = () => ({ top: 0, bottom: 700 });

test("the page jumped past a lab if a later cell is the one that is seen", () => {
  const last = cell(500);
  assert.equal(jumpedPast(cell(-3000, last), last, view), true);
});

test("it did not if the reader scrolled away from that cell, or if no later cell is the next", () => {
  const away = cell(4000);
  assert.equal(jumpedPast(cell(100, away), away, view), false);
  assert.equal(jumpedPast(cell(100), cell(-300), view), false);
  const own = cell(100);
  assert.equal(jumpedPast(own, own, view), false);
  assert.equal(jumpedPast(own, null, view), false);
});
