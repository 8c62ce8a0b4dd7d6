// The copies of notebooks that JupyterLite keeps in this browser: list them, forget one, forget everything.
// Used by the landing page and by the course bar. No database is created here: a reader who never changed
// anything should leave nothing behind.

const FILES = "OsteoLab";
const WINDOWS = "OsteoLab workspaces";
const DATABASES = [FILES, "OsteoLab settings", WINDOWS];
// JupyterLab and JupyterLite begin their keys like this; other pages of the same host keep theirs.
const OWN_KEY = /^(@?jupyter|OsteoLab)/i;
// A lab keeps a prediction, and that a task was solved, under these, the two digits of its notebook, a colon and a name.
const KEPT = ["osteolab:prediction:", "osteolab:task:"];

export class HeldElsewhere extends Error {
  constructor() {
    super("Close the other tabs of this course and try again.");
  }
}

/** Return what the site holds now (site.json): {version, notebooks: {path: {title, version, stamp}}}. */
export async function readSite() {
  const answer = await fetch(new URL("./site.json", import.meta.url), { cache: "no-store" });
  if (!answer.ok) throw new Error(`site.json: ${answer.status}`);
  return answer.json();
}

/** Return the two digits that name a notebook, or its file name. */
export function shortName(path) {
  const file = path.split("/").pop();
  return /^\d\d(?=_)/.exec(file)?.[0] ?? file;
}

/**
 * Return the copies kept in this browser, in the order of their paths.
 *
 * Each is {path, file, title, changed, version, known, older, sentence, content, format}. `known` says whether the
 * site has a notebook of this path; `older` whether the copy was made from another text than the site's.
 */
export async function listCopies(site) {
  const database = await openExisting(FILES);
  if (!database) return [];
  try {
    if (!database.objectStoreNames.contains("files")) return [];
    const store = database.transaction("files").objectStore("files");
    const [keys, values] = await Promise.all([answerOf(store.getAllKeys()), answerOf(store.getAll())]);
    const all = keys.map((path, at) => describe(String(path), values[at], site));
    return all.filter(Boolean).sort((a, b) => (a.path < b.path ? -1 : 1));
  } finally {
    database.close();
  }
}

/** Return the question to ask before a notebook is reset, or a file of the reader's own deleted. */
export function resetQuestion(path, verb = "Reset") {
  return `${verb} ${shortName(path)}? What you changed in it is deleted for good, and so is a prediction made in it, and which tasks were solved.`;
}

/** Forget the copy of one notebook, the predictions made in it and the tasks solved in it; the next time it opens as the site has it. */
export async function resetCopy(path) {
  await change(FILES, ["files", "checkpoints"], (store) => store.delete(path));
  const own = KEPT.map((begin) => `${begin}${shortName(path)}:`);
  forget(window.localStorage, (key) => own.some((begin) => key.startsWith(begin)));
}

function forget(area, chosen) {
  for (const key of Object.keys(area)) if (chosen(key)) area.removeItem(key);
}

/** Forget which notebooks were open side by side; no notebook and no setting is touched. */
export function forgetWindows() {
  return change(WINDOWS, ["statedb"], (store) => store.clear());
}

/** Do something to those of the named stores that exist, and wait until it is written. */
async function change(name, stores, act) {
  const database = await openExisting(name);
  if (!database) return;
  try {
    const present = stores.filter((store) => database.objectStoreNames.contains(store));
    if (!present.length) return;
    const writing = database.transaction(present, "readwrite");
    for (const store of present) act(writing.objectStore(store));
    await new Promise((resolve, reject) => {
      writing.oncomplete = resolve;
      writing.onerror = writing.onabort = () => reject(writing.error);
    });
  } finally {
    database.close();
  }
}

/** Forget every copy, every prediction, every solved task, every setting and the arrangement of the windows. */
export async function resetAll() {
  for (const name of DATABASES) await deleteDatabase(name);
  for (const area of [window.localStorage, window.sessionStorage]) forget(area, (key) => OWN_KEY.test(key));
}

/** Hand a copy to the reader as a file. */
export function downloadCopy(copy) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytesOf(copy)], { type: "application/octet-stream" }));
  link.download = copy.file.replace(/(\.[^.]*)?$/, " (my copy)$1");
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

function bytesOf({ content, format }) {
  if (format === "base64") return Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  return typeof content === "string" ? content : JSON.stringify(content, null, 1);
}

function describe(path, value, site) {
  if (!value || value.type === "directory" || value.content == null) return null;
  const now = site?.notebooks?.[path];
  const made = value.content?.metadata?.osteolab ?? {};
  const older = Boolean(now) && made.stamp !== now.stamp;
  return {
    path,
    file: path.split("/").pop(),
    title: now?.title ?? "",
    changed: value.last_modified ? new Date(value.last_modified) : null,
    version: made.version ?? "",
    known: Boolean(now),
    older,
    sentence: older ? olderSentence(made, site) : "",
    content: value.content,
    format: value.format,
  };
}

function olderSentence(made, site) {
  const advice = "Reset it to get the new text; download it first if you typed anything you want to keep.";
  if (!made.version) return `This copy does not say its version; the site now has ${site.version}. ${advice}`;
  if (made.version === site.version) {
    return `This copy is from an earlier text of version ${made.version}; the site now has a newer one. ${advice}`;
  }
  return `This copy is from version ${made.version}; the site now has ${site.version}. ${advice}`;
}

async function openExisting(wanted) {
  if (!window.indexedDB) return null;
  if (indexedDB.databases) {
    const found = await indexedDB.databases();
    if (!found.some(({ name }) => name === wanted)) return null;
  }
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(wanted);
    // Runs only if there was no such database: stop before it comes into being.
    request.onupgradeneeded = () => request.transaction.abort();
    request.onsuccess = () => {
      // Never stand in the way of JupyterLite, which may want to add a store.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => (request.error?.name === "AbortError" ? resolve(null) : reject(request.error));
    request.onblocked = () => reject(new HeldElsewhere());
  });
}

function deleteDatabase(name) {
  if (!window.indexedDB) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = resolve;
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new HeldElsewhere());
  });
}

function answerOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
