// What keeps Python from starting, as one sentence that says what to do. Nothing here starts or changes anything.

const SCRIPT = /^(text|application)\/(x-)?(java|ecma)script\b/i;
const WANTED = [
  [/\.m?js$/, SCRIPT, "text/javascript"],
  [/\.wasm$/, /^application\/wasm\b/i, "application/wasm"],
];
const TELL = "Please tell whoever put this site up";

function nameOf(address) {
  return new URL(address).pathname.split("/").pop();
}

/** Return a sentence if a file is not there or comes with a type that a browser refuses, else undefined. */
export async function wrongFile(addresses, get = fetch) {
  for (const address of addresses) {
    const answer = await get(address, { method: "HEAD" }).catch(() => null);
    const name = nameOf(address);
    if (answer?.status === 404) return `The file ${name} is missing from this site. ${TELL}.`;
    // Some hosts do not answer to a question for the headers alone; that says nothing about the file.
    if (!answer?.ok) continue;
    const type = answer.headers.get("Content-Type") ?? "";
    const [, right, wanted] = WANTED.find(([ending]) => ending.test(name)) ?? [];
    if (right && !right.test(type)) {
      const got = type ? `as ${type}` : "without a type";
      return `The server sends ${name} ${got}; browsers need ${wanted}. ${TELL}: the page on hosting lists the types.`;
    }
  }
  return undefined;
}

async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Return a sentence if a file of the folder is not what `files.sha256` of the site says, else undefined. */
export async function damagedFile(root, folder, get = fetch) {
  // Only a page from https or this computer may compute a hash.
  if (!globalThis.crypto?.subtle) return undefined;
  const list = await get(new URL("files.sha256", root), { cache: "no-store" }).catch(() => null);
  if (!list?.ok) return undefined;
  for (const row of (await list.text()).split("\n")) {
    const [hash, path] = row.split("  ");
    if (!path?.startsWith(folder)) continue;
    try {
      const answer = await get(new URL(path, root));
      if (answer.ok && (await digest(await answer.arrayBuffer())) === hash) continue;
    } catch {
      return `The file ${nameOf(new URL(path, root))} could not be fetched. Look at the network, then reload the page.`;
    }
    const name = nameOf(new URL(path, root));
    return `The file ${name} is damaged. Empty the browser's cache and reload the page; if that does not help, ${TELL.replace("P", "p")}.`;
  }
  return undefined;
}

/** Return a sentence if the browser keeps nothing for this page, or has no room left, else undefined. */
export async function shutStorage(page = globalThis) {
  const probe = "OsteoLab probe";
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  try {
    const database = await done(page.indexedDB.open(probe));
    database.close();
    await done(page.indexedDB.deleteDatabase(probe));
  } catch (error) {
    if (error?.name === "QuotaExceededError")
      return "This browser has no room left for this page. Free some space on the device, then reload the page.";
    return "This browser does not let the page keep anything, and notebooks need that. Allow site data (cookies) for this page, then reload it.";
  }
  return undefined;
}
