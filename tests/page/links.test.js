// Links of a notebook to what the site shows as a page of its own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { leadLinks, pageFor } from "../../helpers/site/links.js";

const PAGES = { "docs/glossary.md": "read/docs/glossary.html", data: "read/data/index.html" };
const args = (path, id) => JSON.stringify({ path, id });

test("a link to a page or a folder of tables leads to the page of the site, at its part", () => {
  assert.equal(pageFor(PAGES, args("docs/glossary.md", "#strut")), "read/docs/glossary.html#strut");
  assert.equal(pageFor(PAGES, args("data/", "")), "read/data/index.html");
});

test("a notebook, an unknown file and what is no link stay with JupyterLab", () => {
  assert.equal(pageFor(PAGES, args("notebooks/01.ipynb", "")), undefined);
  assert.equal(pageFor(undefined, args("docs/glossary.md", "")), undefined, "site.json is not here yet");
  for (const text of ["", "no JSON", "{}"]) assert.equal(pageFor(PAGES, text), undefined);
});

test("a link that is reached opens its page in a tab of its own, and JupyterLab does not open it too", () => {
  const heard = {};
  const root = { addEventListener: (kind, act) => (heard[kind] = act) };
  leadLinks(
    root,
    () => PAGES,
    (page) => `https://example.org/${page}`,
  );
  const link = { dataset: { commandlinkerCommand: "open", commandlinkerArgs: args("docs/glossary.md", "#pth") } };
  const other = { dataset: { commandlinkerCommand: "open", commandlinkerArgs: args("a.ipynb") } };
  for (const kind of ["pointerover", "focusin", "click"]) heard[kind]({ target: { closest: () => other } });
  heard.focusin({ target: { closest: () => link } });
  heard.click({ target: { closest: () => null } });
  assert.deepEqual(link, {
    dataset: {},
    href: "https://example.org/read/docs/glossary.html#pth",
    target: "_blank",
    rel: "noopener",
  });
  assert.equal(other.dataset.commandlinkerCommand, "open");
});
