// Links of a notebook: to other notebooks, and to what the site shows as a page of its own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { leadLinks, pageFor } from "../../helpers/site/links.js";

const FILES = "https://example.org/course/files/";
const SITE = {
  notebooks: { "notebooks/01_a b.ipynb": {} },
  pages: { "docs/glossary.md": "read/docs/glossary.html", data: "read/data/index.html" },
};
const found = (path) => pageFor(SITE, FILES, FILES + path);

test("a link to a page or a folder of tables leads to the page of the site, at its part", () => {
  assert.deepEqual(found("docs/glossary.md#strut"), { page: "read/docs/glossary.html#strut" });
  assert.deepEqual(found("docs/glossary.md?download=1#strut"), { page: "read/docs/glossary.html#strut" });
  assert.deepEqual(found("data/"), { page: "read/data/index.html" });
});

test("a link to a notebook leads to the notebook and not to its file", () => {
  assert.deepEqual(found("notebooks/01_a%20b.ipynb#Lab"), { notebook: "notebooks/01_a b.ipynb" });
});

test("other links stay as they are", () => {
  assert.equal(found("docs/none.md"), undefined);
  assert.equal(pageFor(SITE, FILES, "https://elsewhere.org/docs/glossary.md"), undefined);
  assert.equal(pageFor(null, FILES, `${FILES}docs/glossary.md`), undefined, "site.json is not here yet");
});

test("a link opens its page in a tab of its own, a notebook in this one, and JupyterLab does not hear of either", () => {
  const heard = {};
  const root = { addEventListener: (kind, act) => (heard[kind] = act) };
  const gone = [];
  const addressOf = (page) => `https://example.org/course/${page}`;
  const addressOfNotebook = (path) => `https://example.org/course/open?path=${path}`;
  leadLinks(root, () => SITE, { addressOf, addressOfNotebook, go: ({ target }) => gone.push(target.href) });
  const reach = (path, ...kinds) => {
    const link = { href: FILES + path, closest: () => link };
    let stopped = false;
    const stopPropagation = () => (stopped = true);
    for (const type of kinds) heard[type]({ type, target: link, stopPropagation });
    return [link.href.replace("https://example.org/course/", ""), link.target, stopped];
  };
  const page = "read/docs/glossary.html#pth";
  assert.deepEqual(reach("docs/glossary.md#pth", "pointerover"), [page, "_blank", false]);
  assert.deepEqual(reach("docs/glossary.md#pth", "click"), [page, "_blank", true]);
  assert.deepEqual(reach("docs/glossary.md#pth", "pointerover", "focusin", "click"), [page, "_blank", true]);
  assert.deepEqual(gone, []);
  const notebook = "open?path=notebooks/01_a b.ipynb";
  assert.deepEqual(reach("notebooks/01_a%20b.ipynb", "focusin", "click"), [notebook, "_self", true]);
  assert.deepEqual(gone, [`https://example.org/course/${notebook}`]);
  assert.deepEqual(reach("a.zip", "pointerover", "click"), ["files/a.zip", undefined, false]);
  heard.click({ type: "click", target: { closest: () => null } });
});
