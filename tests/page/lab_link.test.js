// A saved setting in the address of a lab: found, taken once, and written into an address.
import assert from "node:assert/strict";
import { test } from "node:test";
import { addressWith, isStudents, linkIn, linkOf, takeLink } from "../../helpers/osteolab/lab/page/parts/link.js";

const LINK = "1.eJyrVkrLz1eyUkpKLFKqBQAd";
const HASH = `#osteolab=${LINK}`;

/** Return a stand-in for a page that was opened at an address; it may since have lost the end of it. */
function page(hash, { opened = hash, ...more } = {}) {
  const getEntriesByType = () => [{ name: `http://here/lab/tree/02.ipynb${opened}` }];
  return { location: { hash }, performance: { getEntriesByType }, ...more };
}

test("a link is found with and without its #", () => {
  assert.equal(linkIn(HASH), LINK);
  assert.equal(linkIn(HASH.slice(1)), LINK);
});

test("a heading, an empty end and a link of a later format are no link", () => {
  for (const hash of ["", "#", "#Sources", "#osteolab=", "#osteolab=2.abc", undefined, null]) {
    assert.equal(linkIn(hash), "");
  }
});

test("a link that was taken off the address is still known from how the page was opened", () => {
  assert.equal(linkOf(page("", { opened: HASH })), LINK);
  assert.equal(linkOf(page("#Sources", { opened: HASH })), LINK);
  assert.equal(linkOf(page("#Sources")), "");
});

test("the browser edition keeps the link itself, and says when it is for another notebook", () => {
  assert.equal(linkOf(page("", { osteolabLink: HASH.slice(1) })), LINK);
  assert.equal(linkOf(page(HASH, { osteolabLink: "" })), "");
});

test("the first lab of a page takes the link, and no other", () => {
  const here = page(HASH);
  assert.equal(takeLink(here), LINK);
  assert.equal(takeLink(here), "");
  assert.equal(takeLink(page(HASH)), LINK, "a page that is loaded again takes it again");
});

test("another link in the same page is taken too", () => {
  const here = page(HASH);
  takeLink(here);
  here.location.hash = "#osteolab=1.other";
  assert.equal(takeLink(here), "1.other");
});

test("the address that is copied has the link as its end", () => {
  assert.equal(addressWith("http://here/lab/tree/02.ipynb#Sources", LINK), `http://here/lab/tree/02.ipynb${HASH}`);
  assert.equal(
    addressWith("http://here/index.html?path=02.ipynb", LINK),
    `http://here/index.html?path=02.ipynb${HASH}`,
  );
});

/** Return a stand-in for what a tab keeps. */
function storage(kept = {}) {
  return { getItem: (name) => kept[name] ?? null, setItem: (name, value) => Object.assign(kept, { [name]: value }) };
}

test("an address that ends with teacher=off makes a tab a student's, with a link too and when it was taken off", () => {
  for (const hash of ["#teacher=off", `${HASH}&teacher=off`]) {
    assert.ok(isStudents(page(hash, { sessionStorage: storage() })));
    assert.ok(isStudents(page("", { opened: hash, sessionStorage: storage() })));
  }
  assert.equal(linkIn(`${HASH}&teacher=off`), LINK);
  for (const hash of ["", "#Sources", HASH, "#teacher=on", "#teacher=offer"]) {
    assert.ok(!isStudents(page(hash, { sessionStorage: storage() })));
  }
});

test("the next notebook in a student's tab is a student's too, and a tab that keeps nothing follows its address", () => {
  const sessionStorage = storage();
  assert.ok(isStudents(page("#teacher=off", { sessionStorage })));
  assert.ok(isStudents(page("", { sessionStorage })));
  const getItem = () => {
    throw new Error("shut");
  };
  assert.ok(isStudents(page("#teacher=off", { sessionStorage: { getItem, setItem: getItem } })));
  assert.ok(!isStudents(page("", { sessionStorage: { getItem, setItem: getItem } })));
});
