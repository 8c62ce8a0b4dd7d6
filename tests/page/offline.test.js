// The service worker: a page that cannot be reached says so; everything else goes its way.
import assert from "node:assert/strict";
import { test } from "node:test";

const heard = {};
globalThis.self = { addEventListener: (name, act) => (heard[name] = act), skipWaiting() {} };
await import("../../helpers/site/offline.js");

function ask(mode) {
  let answer;
  heard.fetch({ request: { mode }, respondWith: (given) => (answer = given) });
  return answer;
}

test("a page that cannot be reached is answered with what to do", async () => {
  globalThis.fetch = () => Promise.reject(new TypeError("gone"));
  const answer = await ask("navigate");
  assert.equal(answer.status, 503);
  assert.match(await answer.text(), /cannot be reached.*Look at the network.*reload/s);
});

test("a page that can be reached is the site's own", async () => {
  globalThis.fetch = async () => new Response("course");
  assert.equal(await (await ask("navigate")).text(), "course");
});

test("files, Python and packages do not pass through it", () => {
  assert.equal(ask("cors"), undefined);
  assert.equal(ask("no-cors"), undefined);
});
