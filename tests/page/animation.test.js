// Which changes of a figure can be drawn by an animation, and which lines have to go along.
import assert from "node:assert/strict";
import { test } from "node:test";
import { animationOf, canAnimate, goingAlong } from "../../helpers/osteolab/lab/page/parts/animation.js";

const line = (more = {}) => ({ x: [1, 2], y: [3, 4], xaxis: "x", yaxis: "y", ...more });
const change = (traces, data, layout = {}) => ({ style_traces: traces, style_data: data, layout_data: layout });

test("new coordinates and words are a change of data", () => {
  const traces = [line(), line()];
  assert.ok(canAnimate(change([1], { x: [[1]], y: [[2]], text: [["a"]], textposition: [["top"]] }), traces));
});

test("a look or a layout is more than data", () => {
  assert.ok(!canAnimate(change([0], { "line.color": ["ink"] }), [line()]));
  assert.ok(!canAnimate(change([0], { y: [[2, 3]] }, { "yaxis.range": [0, 1] }), [line()]));
});

test("a line that comes or goes is drawn in full", () => {
  assert.ok(!canAnimate(change([0], { x: [[]], y: [[]] }), [line()]));
  assert.ok(!canAnimate(change([0], { x: [[1]], y: [[2]] }), [line({ x: [], y: [] })]));
  assert.ok(!canAnimate(change([0], { text: [["a"]] }), [line({ x: [], y: [] })]));
  assert.ok(!canAnimate(change([0], { y: [[2, 3]] }), [{ type: "scatter" }]));
});

test("what a trace of the message is not given stays as it is", () => {
  const traces = [line(), line()];
  const message = change([0, 1], { x: [[5, 6], "_undefined_"], y: ["_undefined_", [7, 8]] });
  assert.ok(canAnimate(message, traces));
  assert.deepEqual(animationOf(message, traces), { data: [{ x: [5, 6] }, { y: [7, 8] }], traces: [0, 1] });
});

test("no view of a figure shares an array with the message", () => {
  const message = change([0], { y: [[7, 8]] });
  assert.notEqual(animationOf(message, [line()]).data[0].y, message.style_data.y[0]);
});

test("one line of every other panel goes along, and none that is empty", () => {
  const traces = [line(), line({ yaxis: "y2" }), line({ yaxis: "y2" }), line({ yaxis: "y2", x: [] })];
  assert.deepEqual(goingAlong(traces, [0]), [2]);
  assert.deepEqual(animationOf(change([0], { y: [[0, 0]] }), traces).data[1], { x: [1, 2], y: [3, 4] });
});

test("both lines of a fill go along, and those that are tied to them", () => {
  const filled = { fill: "tonexty" };
  const traces = [line(), line(filled), line(filled), line()];
  for (const place of [0, 1, 2]) assert.deepEqual(goingAlong(traces, [place]).length, 2, place);
  assert.deepEqual(goingAlong(traces, [3]), []);
  const gap = [line(), line({ x: [] }), line(filled)];
  assert.deepEqual(goingAlong(gap, [2]), [0], "an empty line between the two counts for nothing");
});

test("a fill to zero ties nothing", () => {
  assert.deepEqual(goingAlong([line(), line({ fill: "tozeroy" })], [1]), []);
});
