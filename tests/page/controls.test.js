// Small decisions of the page: form of the card, keys in a list, words of a value, places of plans, cells of a table.
import assert from "node:assert/strict";
import { test } from "node:test";
import { spokenValue } from "../../helpers/osteolab/lab/page/parts/aria.js";
import { endKeys, placeAfter, watchChoices } from "../../helpers/osteolab/lab/page/parts/keys.js";
import { formOf } from "../../helpers/osteolab/lab/page/parts/width.js";
import { placesOf } from "../../helpers/osteolab/lab/page/plans.js";
import { withSign, wordsOf } from "../../helpers/osteolab/lab/page/sign_table.js";

test("the form of a card follows the room in its cell", () => {
  const form = (width, height = 900, larger = false) => formOf(width, height, larger);
  assert.deepEqual(form(1186), { form: "wide", large: false, short: false });
  assert.deepEqual(form(1000), { form: "narrow", large: false, short: false });
  assert.deepEqual(form(390), { form: "column", large: false, short: false });
  assert.deepEqual(form(1740), { form: "wide", large: true, short: false });
  assert.equal(form(1186, 660).short, true);
  assert.equal(form(390, 660).short, false, "one column scrolls anyway");
  assert.equal(form(1186, 900, true).form, "narrow", "larger text needs more room");
  assert.equal(form(1740, 900, true).form, "wide", "a projector has its larger text already");
});

test("arrows go round in a list, Home and End to its ends, other keys nowhere", () => {
  assert.deepEqual(
    ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft", "Home", "End"].map((key) => placeAfter(key, 2, 3)),
    [0, 1, 0, 1, 0, 2],
  );
  assert.equal(placeAfter("ArrowUp", 0, 3), 2);
  assert.equal(placeAfter("Enter", 0, 3), undefined);
  assert.equal(placeAfter("Home", 0, 0), undefined);
});

test("a value is said with its unit and beside what is usual", () => {
  const spec = { unit: "pg/mL", factor: 1, decimals: 0, low: 10, high: 30 };
  assert.equal(spokenValue(40, spec), "40 pg/mL, above usual for this age");
  assert.equal(spokenValue(5, spec), "5 pg/mL, below usual for this age");
  assert.equal(spokenValue(10, spec), "10 pg/mL, usual for this age");
  for (const low of [null, undefined]) assert.equal(spokenValue(10, { ...spec, low }), "10 pg/mL");
  assert.equal(spokenValue(40, { unit: "pmol/L", factor: 3.671, decimals: 0 }), "147 pmol/L");
});

test("only the next free place of the strip can be filled", () => {
  const places = placesOf({ letters: ["A", "B", "C", "D"], names: ["nothing changed", "estradiol 40"], chosen: 1 });
  assert.deepEqual(
    places.map(({ kind, words, name, chosen }) => [kind, words, name, chosen]),
    [
      ["plan", "A", "Plan A: nothing changed", false],
      ["plan", "B", "Plan B: estradiol 40", true],
      ["add", "+ C", "Add plan C, a copy of plan B", false],
      ["later", "+ D", "Add plan D, a copy of plan B", false],
    ],
  );
});

test("four plans leave no place to fill", () => {
  const places = placesOf({ letters: ["A", "B"], names: ["one", "two"], chosen: 0 });
  assert.ok(places.every(({ kind }) => kind === "plan"));
});

test("a sign goes into one cell of a table", () => {
  const signs = ["+ -", "   "];
  assert.deepEqual(withSign(signs, 1, 2, "0"), ["+ -", "  0"]);
  assert.deepEqual(withSign(signs, 0, 0, "-"), ["- -", "   "]);
  assert.deepEqual(signs, ["+ -", "   "]);
});

test("a marked cell says what was said and what the model has", () => {
  assert.equal(wordsOf("+", "+"), "You said higher: right.");
  assert.equal(wordsOf("0", "-"), "You said the same; the model has lower.");
});

test("arrows choose among radio buttons that share no name, and no key gets past the lab", () => {
  const listeners = [];
  const root = { addEventListener: (_, act) => listeners.push(act), removeEventListener: () => {} };
  const done = [];
  const radios = [0, 1, 2, 3].map((i) => ({
    matches: () => true,
    closest: () => ({ querySelectorAll: () => radios }),
    focus: () => done.push(`focus ${i}`),
    click: () => done.push(`click ${i}`),
  }));
  watchChoices(root);
  const press = (key, target) => {
    const event = { key, target, preventDefault: () => done.push("kept"), stopPropagation: () => done.push("ended") };
    for (const act of listeners) act(event);
    return done.splice(0);
  };
  assert.deepEqual(press("ArrowDown", radios[0]), ["kept", "ended", "focus 1", "click 1"]);
  assert.deepEqual(press("ArrowUp", radios[0]), ["kept", "ended", "focus 3", "click 3"]);
  assert.deepEqual(press("Tab", radios[0]), [], "Tab goes on as usual");
  assert.deepEqual(press("ArrowDown", { matches: () => false }), [], "a slider keeps its keys");
  endKeys(root);
  assert.deepEqual(press("Tab", radios[0]), ["ended"]);
});
