// The bar of the course above JupyterLab and Jupyter Notebook: one button to run the notebook, the way to the next one,
// and a word when this browser shows an old copy.
import {
  downloadCopy,
  forgetWindows,
  listCopies,
  readSite,
  resetCopy,
  resetQuestion,
  shortName,
} from "./copies.js?v=__OSTEOLAB_VERSION__";
import { savedSetting } from "./link.js?v=__OSTEOLAB_VERSION__";
import { leadLinks } from "./links.js?v=__OSTEOLAB_VERSION__";
import { dropViews } from "./stale.js?v=__OSTEOLAB_VERSION__";
import { damagedFile, shutStorage, wrongFile } from "./trouble.js?v=__OSTEOLAB_VERSION__";

const VERSION = "__OSTEOLAB_VERSION__";
const APP = document.body?.dataset.notebook ?? (location.pathname.includes("/notebooks/") ? "notebooks" : "lab");
const PATH = new URLSearchParams(location.search).get("path");
const OPENED_WITH_PATH = PATH !== null;
const OPENING = "Opening the notebook…";
const LOADING = "Starting Python… The first time, it is fetched.";
const SLOW = "Python is still starting. A slow computer or line takes a minute or more; please wait.";
const NO_NETWORK = "There is no network, and Python is not here yet. Connect, then reload the page.";
const SLOW_AFTER = 20000;
const PYTHON = "__PYTHON__";
const PYTHON_FOLDER = PYTHON.slice(0, PYTHON.lastIndexOf("/") + 1);
const RESTARTED = "Python was restarted. Run the notebook again.";
const LINKED = "Once you run the notebook, its lab opens with a saved setting.";
// Kernels whose Python answered; a restarted kernel has to answer anew.
const answered = new WeakSet();
const asked = new WeakSet();
const followed = new WeakSet();
// Notebooks whose Python was restarted and that were not run since.
const restarted = new WeakSet();
// What the cells of a notebook said when it was opened or last saved.
const texts = new WeakMap();

let app = null;
let panel = null;
let site = null;
let running = false;
let failed = false;
let slow = false;
let trouble = "";
let stripFor = null;
let link = savedSetting(location.hash);
let linkUsed = false;

offerLink();
leadLinks(document, () => site, { addressOf, addressOfNotebook, go: saveAndGo });
window.addEventListener("hashchange", () => {
  // A heading of the notebook can be in the address too; it takes nothing away.
  const other = savedSetting(location.hash);
  if (other) [link, linkUsed] = [other, false];
  update();
});
// Otherwise JupyterLab opens the notebooks of the last visit beside this one, each with a Python of its own. This takes
// some milliseconds; JupyterLab has not even been fetched yet.
if (APP === "lab" && OPENED_WITH_PATH) forgetWindows().catch(() => {});
// Python's ten megabytes are compiled while JupyterLab is still being read; the worker that starts Python finds them done.
// biome-ignore lint/correctness/noUnusedVariables: held, so that what was compiled is not thrown away before that
let python = OPENED_WITH_PATH && WebAssembly.compileStreaming(fetch(addressOf(PYTHON))).catch(() => {});
const bar = build();

function make(tag, options = {}, ...children) {
  const element = Object.assign(document.createElement(tag), options);
  element.append(...children);
  return element;
}

function button(text, className, onclick) {
  return make("button", { type: "button", textContent: text, className, onclick });
}

function build() {
  const parts = {
    home: make("a", { className: "home", href: addressOf("index.html"), textContent: "OsteoLab" }),
    title: make("p", { className: "title", hidden: true }),
    run: button("Starting…", "run", runAll),
    status: make("span", { className: "status" }),
    previous: make("a", { textContent: "Previous", hidden: true }),
    next: make("a", { textContent: "Next", hidden: true }),
    reset: button("Reset this notebook", "", askToReset),
    strip: make("div", { className: "strip" }),
    ask: make("div", { className: "ask", hidden: true }),
    trouble: make("p", { className: "trouble", hidden: true }),
  };
  parts.home.setAttribute("aria-label", "OsteoLab, all notebooks");
  parts.status.setAttribute("role", "status");
  parts.status.setAttribute("aria-live", "polite");
  parts.strip.setAttribute("role", "status");
  parts.ask.setAttribute("role", "group");
  parts.trouble.setAttribute("role", "alert");
  parts.run.disabled = true;
  parts.reset.hidden = true;
  const links = make("div", { className: "links" }, parts.previous, parts.next, parts.reset);
  const row = make("div", { className: "row" }, parts.home, parts.title, parts.run, parts.status, links);
  parts.frame = make("section", { id: "ol-bar" }, row, parts.trouble, parts.ask, parts.strip);
  parts.frame.setAttribute("aria-label", "Course");
  for (const link of [parts.home, parts.previous, parts.next]) link.addEventListener("click", saveAndGo);
  document.body.prepend(parts.frame);
  new ResizeObserver(() => fit(parts.frame)).observe(parts.frame);
  return parts;
}

function addressOf(page) {
  return new URL(page, import.meta.url).href;
}

function addressOfNotebook(path) {
  return addressOf(`${APP}/index.html?path=${path.split("/").map(encodeURIComponent).join("/")}`);
}

/** Keep the saved setting of a link for the lab of the notebook that the address names, and for no other. */
function offerLink() {
  globalThis.osteolabLink = atTheLink() ? link : "";
}

function atTheLink() {
  return !panel || panel.context.path === PATH;
}

/** Let the app begin where the bar ends; it measures itself when the window changes. */
function fit(frame) {
  document.documentElement.style.setProperty("--ol-bar-height", `${frame.offsetHeight}px`);
  window.dispatchEvent(new Event("resize"));
}

function kernelOf(notebook) {
  return notebook?.sessionContext?.session?.kernel ?? null;
}

/** Return the notebook in front, or null; a table or a text file may be open instead. */
function notebookInFront() {
  const widget = app?.shell?.currentWidget;
  return isNotebook(widget) ? widget : null;
}

function isNotebook(widget) {
  return Boolean(widget?.sessionContext && widget.context?.path?.endsWith(".ipynb") && widget.content?.widgets);
}

function openNotebooks() {
  return [...(app?.shell?.widgets("main") ?? [])].filter(isNotebook);
}

function update() {
  panel = notebookInFront();
  offerLink();
  for (const notebook of openNotebooks()) {
    if (!followed.has(notebook)) follow(notebook);
    leaveUnchanged(notebook);
  }
  showPlace();
  const there = Boolean(panel?.context.isReady && kernelOf(panel));
  bar.run.disabled = !there;
  bar.run.hidden = Boolean(app) && !panel && (!OPENED_WITH_PATH || Boolean(app.shell.currentWidget));
  bar.run.textContent = there ? "Run this notebook" : "Starting…";
  bar.run.setAttribute("aria-disabled", String(running));
  bar.reset.hidden = !panel;
  if (panel) askPython(kernelOf(panel));
  showStatus();
}

function showStatus() {
  const kernel = kernelOf(panel);
  let text = "";
  let bad = false;
  const waits = !answered.has(kernel);
  showTrouble(waits);
  if (waits && trouble) [text, bad] = ["Python has not started.", true];
  else if (!panel) text = OPENED_WITH_PATH && !app?.shell?.currentWidget ? OPENING : "";
  else if (kernel?.status === "dead") [text, bad] = ["Python has stopped. Reload the page to start it again.", true];
  else if (waits) text = slow ? SLOW : LOADING;
  else if (running) text = "Running…";
  else if (failed) [text, bad] = ["A cell stopped with an error. Run the notebook again, or reset it.", true];
  else if (restarted.has(panel)) text = RESTARTED;
  else if (link && !linkUsed && atTheLink()) text = LINKED;
  else text = "Ready";
  // A live region speaks every time it is written to, also with the same words.
  if (bar.status.textContent !== text) bar.status.textContent = text;
  bar.status.classList.toggle("bad", bad);
  bar.status.classList.toggle("ready", text === "Ready");
}

/** Say what keeps Python from starting, for as long as it does. */
function showTrouble(waits) {
  const text = waits ? trouble : "";
  if (bar.trouble.textContent !== text) bar.trouble.textContent = text;
  bar.trouble.hidden = !text;
}

/** Ask one question after the other until one finds what is wrong. */
async function lookFor(...questions) {
  for (const question of questions) trouble ||= (await question().catch(() => undefined)) ?? "";
  update();
}

/** What can be known at once: no file is fetched for it. */
function lookAtOnce() {
  const scripts = [`${PYTHON_FOLDER}pyodide.mjs`, PYTHON].map(addressOf);
  return lookFor(shutStorage, () => wrongFile(scripts));
}

/** What takes some seconds, and is asked only when Python is late: every file of it against its hash. */
function lookClosely() {
  return lookFor(
    async () => (navigator.onLine ? "" : NO_NETWORK),
    () => damagedFile(addressOf("."), PYTHON_FOLDER),
  );
}

function showPlace() {
  const path = panel?.context.path ?? "";
  const paths = Object.keys(site?.notebooks ?? {});
  const at = paths.indexOf(path);
  bar.title.hidden = !panel;
  const name = site?.notebooks?.[path]?.title ?? "";
  const words = [shortName(path), name];
  if (panel && bar.title.dataset.words !== words.join(" ")) {
    bar.title.dataset.words = bar.title.title = words.join(" ").trim();
    bar.title.replaceChildren(make("span", { className: "number", textContent: words[0] }), ` ${name}`);
  }
  point(bar.previous, "Previous", at > 0 ? paths[at - 1] : "");
  point(bar.next, "Next", at >= 0 ? (paths[at + 1] ?? "") : "");
  if (site && stripFor !== path) showStrip(path);
}

function point(link, word, path) {
  link.hidden = !path;
  if (!path) return;
  link.href = addressOfNotebook(path);
  link.setAttribute("aria-label", `${word}: ${shortName(path)} ${site.notebooks[path].title}`);
}

function textOf(notebook) {
  return JSON.stringify(notebook.content.model.sharedModel.cells.map((cell) => [cell.cell_type, cell.getSource()]));
}

/**
 * Running a notebook is no change: only what somebody typed is worth a copy in the browser.
 *
 * JupyterLab calls a notebook changed as soon as it is opened with this kernel. It would keep a copy of every
 * notebook ever seen, hide each new text of the site behind it, and ask before the page may be left.
 */
function leaveUnchanged(notebook) {
  const { model } = notebook.context;
  if (!site?.notebooks?.[notebook.context.path] || !model.dirty || !texts.has(notebook)) return;
  if (texts.get(notebook) === textOf(notebook)) model.dirty = false;
}

function follow(notebook) {
  followed.add(notebook);
  const remember = () => texts.set(notebook, textOf(notebook));
  const opened = () => {
    remember();
    dropViews(notebook);
  };
  notebook.context.ready.then(opened).then(update, update);
  notebook.context.saveState.connect((_, state) => state === "completed" && remember());
  notebook.sessionContext.kernelChanged.connect(update);
  notebook.sessionContext.statusChanged.connect((_, status) => {
    const kernel = kernelOf(notebook);
    if (kernel && /restarting/.test(status)) {
      answered.delete(kernel);
      asked.delete(kernel);
      restarted.add(notebook);
    }
    update();
  });
}

/** Ask Python for nothing; when it answers, it is there. */
async function askPython(kernel) {
  if (!kernel || asked.has(kernel) || /restarting|dead/.test(kernel.status)) return;
  asked.add(kernel);
  try {
    await kernel.requestExecute({ code: "", silent: true, store_history: false }).done;
    answered.add(kernel);
    slow = false;
  } catch {
    asked.delete(kernel);
  }
  showStatus();
}

async function runAll() {
  if (running || !panel) return;
  running = true;
  failed = false;
  restarted.delete(panel);
  linkUsed ||= atTheLink();
  update();
  const stay = keepPlace(panel);
  try {
    failed = (await app.commands.execute("notebook:run-all-cells")) === false;
  } catch {
    failed = true;
  } finally {
    running = false;
    update();
    stay();
  }
}

/** JupyterLab ends at the last cell; the reader should stay where the question is. Returns what brings them back. */
function keepPlace(notebook) {
  const { content } = notebook;
  const cell = content.activeCellIndex;
  const view = content.node.querySelector(".jp-WindowedPanel-outer") ?? content.node;
  let top = view.scrollTop;
  let byHand = 0;
  const hand = () => (byHand = performance.now());
  const moved = () => {
    if (performance.now() - byHand < 500) top = view.scrollTop;
  };
  const marks = ["wheel", "touchmove", "pointerdown", "keydown"];
  for (const mark of marks) view.addEventListener(mark, hand, { passive: true });
  view.addEventListener("scroll", moved, { passive: true });
  return async () => {
    content.activeCellIndex = cell;
    // The list of cells moves twice more while it measures the new outputs.
    for (const wait of [0, 50, 150, 300, 500]) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (performance.now() - byHand > 500) view.scrollTop = top;
    }
    for (const mark of marks) view.removeEventListener(mark, hand);
    view.removeEventListener("scroll", moved);
  };
}

/** Keep what was typed before the page goes; otherwise the browser would ask. */
async function saveAndGo(event) {
  openNotebooks().forEach(leaveUnchanged);
  const typed = openNotebooks().filter((notebook) => notebook.context.model.dirty);
  if (!typed.length || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { href } = event.target.closest("a");
  await Promise.allSettled(typed.map((notebook) => notebook.context.save()));
  location.assign(href);
}

function askToReset() {
  const { path } = panel.context;
  const question = resetQuestion(path);
  const back = () => {
    bar.ask.hidden = true;
    bar.reset.focus();
  };
  const no = button("No, keep it", "", back);
  const yes = button("Yes, reset it", "danger", () => reset(path));
  bar.ask.setAttribute("aria-label", question);
  bar.ask.replaceChildren(make("span", { textContent: question }), no, yes);
  bar.ask.onkeydown = (event) => {
    if (event.key === "Escape") back();
  };
  bar.ask.hidden = false;
  no.focus();
}

async function reset(path) {
  const notebook = panel;
  try {
    // A save after this would bring the copy back, and the browser would ask before it reloads.
    notebook.context.model.dirty = false;
    await resetCopy(path);
    notebook.context.model.dirty = false;
    location.assign(addressOfNotebook(path));
  } catch (error) {
    bar.ask.replaceChildren(make("span", { textContent: `This browser did not allow it. ${error?.message ?? ""}` }));
  }
}

/** Say so if the page or this browser's copy of the notebook is not what the site has now. */
async function showStrip(path) {
  stripFor = path;
  const lines = [];
  if (!VERSION.startsWith("__") && site.version !== VERSION) {
    const text = `This page is from version ${VERSION}; the site now has ${site.version}. Reload the page to get the new one.`;
    lines.push(
      line(
        text,
        button("Reload", "", () => location.reload()),
      ),
    );
  }
  const copies = path ? await listCopies(site).catch(() => []) : [];
  const copy = copies.find((one) => one.path === path && one.older);
  if (copy)
    lines.push(
      line(
        copy.sentence,
        button("Download my copy", "", () => downloadCopy(copy)),
      ),
    );
  if (stripFor === path) bar.strip.replaceChildren(...lines);
}

function line(text, act) {
  const whole = make("p", {}, make("span", { textContent: text }), act);
  whole.append(button("Hide", "", () => whole.remove()));
  return whole;
}

/** The list of files opens on its own, some time after the notebook; the lab needs the width. */
async function closeFileList() {
  for (let turn = 0; turn < 10; turn += 1) {
    if (!app.shell.leftCollapsed) app.shell.collapseLeft?.();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/**
 * Start Python for the notebook of the address while the page around it is still being built.
 *
 * The notebook looks for a Python that already runs under its path, and takes this one. If that fails, it starts its own.
 */
async function startPython() {
  const { kernelspecs, sessions } = app.serviceManager;
  for (let turn = 0; turn < 100 && !kernelspecs.specs?.default; turn += 1) {
    await kernelspecs.refreshSpecs().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { default: name } = kernelspecs.specs;
  if (!PATH.endsWith(".ipynb") || kernelOf(notebookInFront())) return;
  const options = { path: PATH, name: PATH.split("/").pop(), type: "notebook", kernel: { name } };
  // The sliders belong to the connection of the notebook, not to this one.
  const connection = await sessions.startNew(options, { kernelConnectionOptions: { handleComms: false } });
  connection.dispose();
}

/** After a while, a kernel that never came and one that never answered are the same to a reader. */
function watchStart() {
  lookAtOnce();
  setTimeout(() => {
    if (answered.has(kernelOf(panel))) return;
    slow = true;
    lookClosely();
  }, SLOW_AFTER);
  // Where the browser allows it, a page that cannot be reached says so itself.
  navigator.serviceWorker?.register(addressOf("offline.js")).catch(() => {});
}

async function main() {
  if (OPENED_WITH_PATH) watchStart();
  readSite().then(
    (answer) => {
      site = answer;
      update();
    },
    () => {},
  );
  while (!window.jupyterapp?.shell) await new Promise((resolve) => setTimeout(resolve, 20));
  app = window.jupyterapp;
  if (OPENED_WITH_PATH) startPython().catch(() => {});
  app.shell.currentChanged?.connect(update);
  // Not every change has a signal, for instance a renamed notebook or a kernel that comes late.
  setInterval(update, 1000);
  await Promise.race([app.restored, new Promise((resolve) => setTimeout(resolve, 20000))]);
  update();
  const opened = () => app.shell.currentWidget?.context?.isReady;
  while (OPENED_WITH_PATH && !opened()) await new Promise((resolve) => setTimeout(resolve, 100));
  if (APP === "lab" && OPENED_WITH_PATH) closeFileList();
  // While Python wakes up in its worker, the page has time to read the five megabytes that draw the figures.
  while (OPENED_WITH_PATH && !kernelOf(notebookInFront())) await new Promise((resolve) => setTimeout(resolve, 50));
  python = null;
  if (OPENED_WITH_PATH) import(`${new URL("./__FIGURE_SCRIPT__", import.meta.url)}`).catch(() => {});
}

main();
