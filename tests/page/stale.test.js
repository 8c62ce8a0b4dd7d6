// A kept notebook: text in place of views that ended with their Python.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dropViews, withoutViews } from "../../helpers/site/stale.js";

const VIEW = "application/vnd.jupyter.widget-view+json";
const LAB = { output_type: "execute_result", data: { [VIEW]: { model_id: "1" }, "text/plain": "Anna, 52" } };
const BARE = { output_type: "display_data", data: { [VIEW]: { model_id: "2" } } };
const SAID = { output_type: "stream", text: "hello" };

test("a view with a text gives way to it; what has no text stays", () => {
  const left = withoutViews([LAB, BARE, SAID]);
  assert.deepEqual(left, [{ output_type: "execute_result", data: { "text/plain": "Anna, 52" } }, BARE, SAID]);
  assert.ok(LAB.data[VIEW], "what is given stays as it is");
});

test("only cells that hold a view are touched", () => {
  const set = [];
  const cell = (outputs) => ({ model: { outputs: { toJSON: () => outputs, fromJSON: (now) => set.push(now) } } });
  dropViews({ content: { widgets: [cell([LAB]), cell([SAID]), { model: {} }] } });
  assert.equal(set.length, 1);
});
