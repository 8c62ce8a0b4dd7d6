// Where the explanation of a tile stands.
import assert from "node:assert/strict";
import { test } from "node:test";
import { placeBeside } from "../../helpers/osteolab/lab/page/parts/explain.js";

const BOX = { width: 360, height: 80 };
const VIEW = { width: 1366, height: 768 };

test("an explanation stands above its tile and begins where the tile begins", () => {
  assert.deepEqual(placeBeside({ left: 400, top: 500, bottom: 570 }, BOX, VIEW), { left: 400, top: 412 });
});

test("it stays inside the window on both sides, and goes below where there is no room above", () => {
  assert.equal(placeBeside({ left: 1300, top: 500, bottom: 570 }, BOX, VIEW).left, 998);
  assert.equal(placeBeside({ left: -40, top: 500, bottom: 570 }, BOX, VIEW).left, 8);
  assert.equal(placeBeside({ left: 400, top: 60, bottom: 130 }, BOX, VIEW).top, 138);
  assert.equal(placeBeside({ left: 30, top: 500, bottom: 570 }, BOX, { width: 376, height: 700 }).left, 8);
});
