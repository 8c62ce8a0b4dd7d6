// The line that a reader draws: what a ring can be, where it stands, and what keys do.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  labelPoint,
  linePath,
  ringAfter,
  ringPoints,
  ringText,
  ringValue,
  valueUnder,
  withRing,
} from "../../helpers/osteolab/lab/page/parts/rings.js";

const SPEC = { ages: [55, 62], start: [52, 0.927], low: 0.7, high: 1.14, step: 0.005, decimals: 3 };
// An axis as plotly has it: px from a value and back, inside a panel that begins at an offset.
const axis = (offset, scale, zero) => ({
  _offset: offset,
  c2p: (value) => (value - zero) * scale,
  p2c: (px) => zero + px / scale,
});
const ACROSS = axis(40, 10, 45);
const DOWN = axis(20, -500, 1.14);

test("a ring stays inside the panel and has the decimals that are read", () => {
  assert.equal(ringValue(0.96549, SPEC), 0.965);
  assert.equal(ringValue(5, SPEC), 1.14);
  assert.equal(ringValue(-5, SPEC), 0.7);
  assert.equal(ringValue(123.6, { low: 40, high: 200, decimals: 0 }), 124);
});

test("arrows move a ring by a step, pages by five, Home and End to the edges", () => {
  const moves = { ArrowUp: 0.905, ArrowDown: 0.895, PageUp: 0.925, PageDown: 0.875, Home: 0.7, End: 1.14 };
  for (const [key, value] of Object.entries(moves)) assert.equal(ringAfter(key, 0.9, SPEC), value, key);
  assert.equal(ringAfter("ArrowUp", 1.14, SPEC), 1.14);
  assert.equal(ringAfter("Tab", 0.9, SPEC), undefined);
});

test("a hundred steps up and down lead back to the same value", () => {
  let value = 0.9;
  for (let i = 0; i < 40; i += 1) value = ringAfter("ArrowUp", value, SPEC);
  for (let i = 0; i < 40; i += 1) value = ringAfter("ArrowDown", value, SPEC);
  assert.equal(value, 0.9);
});

test("moving one ring leaves the others and the old values alone", () => {
  const values = [0.9, 0.8];
  assert.deepEqual(withRing(values, 1, 0.85), [0.9, 0.85]);
  assert.deepEqual(values, [0.9, 0.8]);
});

test("the line begins today and its rings stand where the axes of the figure put them", () => {
  const points = ringPoints(SPEC, [0.94, 0.84], ACROSS, DOWN);
  assert.deepEqual(
    points.map(({ x, y }) => [x, Number(y.toFixed(1))]),
    [
      [110, 126.5],
      [140, 120],
      [210, 170],
    ],
  );
  assert.equal(linePath(points), "M110 126.5L140 120L210 170");
});

test("a ring pulled to a height has the value of that height", () => {
  for (const value of [0.7, 0.888, 1.14]) {
    const [, { y }] = ringPoints(SPEC, [value, 0.8], ACROSS, DOWN);
    assert.equal(valueUnder(y, DOWN, SPEC), value);
  }
  assert.equal(valueUnder(-1000, DOWN, SPEC), 1.14);
});

test("the words stand above the last stretch where it is longer than they are", () => {
  const points = [
    { x: 0, y: 50 },
    { x: 100, y: 50 },
    { x: 200, y: 70 },
  ];
  assert.deepEqual(labelPoint(points, 30, 14, 0), { x: 150, y: 46 });
});

test("on a narrow card the words touch no ring", () => {
  const points = [
    { x: 0, y: 90 },
    { x: 80, y: 40 },
    { x: 100, y: 60 },
    { x: 140, y: 50 },
  ];
  assert.deepEqual(labelPoint(points, 30, 14, 0), { x: 120, y: 26 }, "above the highest of the three");
  assert.deepEqual(labelPoint(points, 30, 14, 20), { x: 120, y: 88 }, "below the lowest where the panel ends above");
});

test("a value is read with all its decimals", () => {
  assert.equal(ringText(0.95, SPEC), "0.950");
});
