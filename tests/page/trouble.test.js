// What keeps Python from starting, in one sentence that names the file and says what to do.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { damagedFile, shutStorage, wrongFile } from "../../helpers/site/trouble.js";

const ROOT = "https://course.example/bone/";
const SCRIPT = `${ROOT}static/pyodide-1/pyodide.mjs`;
const WASM = `${ROOT}static/pyodide-1/pyodide.asm.wasm`;

/** Return a stand-in for fetch that answers each file with a status and a type. */
function server(types, status = 200) {
  return async (address) => {
    const type = types[new URL(address).pathname.split("/").pop()];
    return new Response(null, { status, headers: type ? { "Content-Type": type } : {} });
  };
}

test("a script that the server calls plain text is named with the type that came", async () => {
  const said = await wrongFile([SCRIPT], server({ "pyodide.mjs": "text/plain" }));
  assert.match(said, /sends pyodide\.mjs as text\/plain; browsers need text\/javascript/);
});

test("Python with a wrong type or with none is named", async () => {
  const other = server({ "pyodide.asm.wasm": "application/octet-stream" });
  assert.match(await wrongFile([WASM], other), /pyodide\.asm\.wasm as application\/octet-stream; .* application\/wasm/);
  assert.match(await wrongFile([WASM], server({})), /pyodide\.asm\.wasm without a type/);
});

test("a missing file is named", async () => {
  assert.match(await wrongFile([SCRIPT], server({}, 404)), /pyodide\.mjs is missing/);
});

test("right types, hosts that answer no such question and a lost network are no wrong type", async () => {
  const right = { "pyodide.mjs": "application/javascript; charset=utf-8", "pyodide.asm.wasm": "application/wasm" };
  assert.equal(await wrongFile([SCRIPT, WASM], server(right)), undefined);
  assert.equal(await wrongFile([SCRIPT], server({}, 405)), undefined);
  assert.equal(await wrongFile([SCRIPT], () => Promise.reject(new TypeError("gone"))), undefined);
});

/** Return a stand-in for a site whose list of hashes is that of `listed`, and whose files are `sent`. */
function site(listed, sent) {
  const rows = Object.entries(listed).map(([path, text]) => {
    return `${createHash("sha256").update(text).digest("hex")}  ${path}\n`;
  });
  return async (address) => {
    const path = new URL(address).href.slice(ROOT.length);
    if (path === "files.sha256") return new Response(rows.join(""));
    if (sent[path] === undefined) throw new TypeError("gone");
    return new Response(sent[path]);
  };
}

const WHOLE = { "index.html": "start", "static/p/a.wasm": "python", "static/p/b.whl": "package" };

test("a damaged file of Python is named, and one elsewhere is not looked at", async () => {
  const damaged = { ...WHOLE, "index.html": "other", "static/p/b.whl": "pack" };
  assert.match(await damagedFile(ROOT, "static/p/", site(WHOLE, damaged)), /The file b\.whl is damaged\. Empty/);
  assert.equal(await damagedFile(ROOT, "static/p/", site(WHOLE, { ...WHOLE, "index.html": "other" })), undefined);
});

test("a file that cannot be fetched is a matter of the network", async () => {
  const { "static/p/a.wasm": _, ...rest } = WHOLE;
  assert.match(
    await damagedFile(ROOT, "static/p/", site(WHOLE, rest)),
    /a\.wasm could not be fetched\. Look at the net/,
  );
});

test("a site without a list of hashes says nothing of damage", async () => {
  assert.equal(await damagedFile(ROOT, "static/p/", async () => new Response("", { status: 404 })), undefined);
});

/** Return a stand-in for a page whose database opens, or fails with an error of that name. */
function page(failure) {
  const request = (result) => {
    const made = { result, error: failure && Object.assign(new Error("no"), { name: failure }) };
    queueMicrotask(() => (failure ? made.onerror() : made.onsuccess()));
    return made;
  };
  return { indexedDB: { open: () => request({ close() {} }), deleteDatabase: () => request() } };
}

test("blocked and full storage are told apart, and open storage is no trouble", async () => {
  assert.equal(await shutStorage(page()), undefined);
  assert.match(await shutStorage(page("QuotaExceededError")), /no room left.*Free some space/);
  assert.match(await shutStorage(page("SecurityError")), /does not let the page keep anything.*Allow site data/);
  assert.match(await shutStorage({}), /does not let the page keep anything/);
});
