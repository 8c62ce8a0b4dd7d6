// What of an address is a saved setting of a lab.
import assert from "node:assert/strict";
import { test } from "node:test";
import { savedSetting } from "../../helpers/site/link.js";

test("a saved setting is handed on as it stands behind the #", () => {
  assert.equal(savedSetting("#osteolab=1.eyJhIjoxfQ"), "osteolab=1.eyJhIjoxfQ");
});

test("a heading or an empty end of the address is no setting", () => {
  for (const hash of ["", "#", "#Sources", "#x&osteolab=1.a"]) assert.equal(savedSetting(hash), undefined);
});
