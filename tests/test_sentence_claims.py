"""Every claim of a lab's sentence (direction, cause, comparison) holds in the life that it is about.

Each lab is moved to many settings; what the sentence says is read from its words and looked up in the lives anew.
"""

import itertools
import re
from dataclasses import replace

import pytest

from osteolab.lab import RemodelingLab, lesson
from osteolab.lab.words.readings import JUST_AFTER

EVERY = ("estradiol", "testosterone", "aromatase_activity", "igf1", "cortisol", "il6", "transdermal_estradiol")
NUMBER = r"(−?\d+(?:\.\d+)?)"
ENDS = r"(?: without it| without them| (?:as|than) pinned(?: for \w+)?| in plan [AB](?: for \w+)?)"


def number(text):
    return float(text.replace("−", "-"))


def crew():
    lab = lesson("01").lab()
    paces = [{"resorption_pace": a} | {"formation_pace": b} for a, b in itertools.product((50, 100, 400), (70, 400))]
    paces += [{"resorption_pace": 300}, {"resorption_pace": 50}, {"formation_pace": 400}, {"formation_pace": 70}]
    paces += [{"resorption_pace": 20, "formation_pace": 20}, {"formation_pace": 95}, {"resorption_pace": 120}]
    delayed = [{"resorption_pace": 200, "formation_pace": 200, "formation_delay": d} for d in (76, 300)]
    return lab, [*paces, *delayed, {"formation_delay": 300}], (30, 31, 40, 55)


def conductor():
    lab = lesson("02").lab()
    moves = [{"estradiol": e} for e in (0, 15, 25, 60, 140)] + [{"testosterone": t} for t in (20, 200, 700)]
    moves += [{"aromatase_activity": a} for a in (0, 50, 180)] + [{"igf1": i} for i in (60, 160, 300)]
    moves += [{"estradiol": 10, "testosterone": 700}, {"igf1": 250, "testosterone": 100}]
    return lab, moves, (60, 66, 75, 80)


def deficit():
    moves = [{"peak_bone_mass_sd": p, "menopause_age": m} for p, m in ((1, 50), (-1, 50), (0, 45), (0, 57), (1.5, 42))]
    return lesson("03").lab(), moves, (46, 55, 65, 84)


def first():
    return lesson("00").lab(), [{"estradiol": e} for e in (0, 2, 8, 20, 40, 120)], (48, 52, 53, 60, 72)


def everything():
    lab = RemodelingLab(sliders=(*EVERY, "treatment_years"), people=("anna", "ben", "maria", "tom"))
    moves = [
        {"estradiol": 40},
        {"cortisol": 25},
        {"cortisol": 8},
        {"il6": 8},
        {"il6": 0.5},
        {"transdermal_estradiol": 50},
    ]
    moves += [{"transdermal_estradiol": 50, "treatment_years": 3}, {"estradiol": 40, "treatment_years": 5}]
    return lab, moves, (52, 54, 58, 66, 79)


LABS = {made.__name__: made for made in (first, crew, conductor, deficit, everything)}
BESIDE = ("nothing", "pinned", "somebody else pinned")


def states(make):
    """Yield the lab in each of its states: person, what is pinned, what is moved, age of the scan."""
    lab, moves, ages = make()
    lab.unveil()
    people = list(lab.editor.people.items())
    home, people = lab.scenario, list(lab.editor.people)
    for key, beside in itertools.product(people, BESIDE):
        other = next((name for name in people if name != key), None)
        if beside == "somebody else pinned" and other is None:
            continue
        lab.show(replace(home, pinned=None))
        if beside != "nothing":
            lab.reset().set(person=other if beside.startswith("some") else key)
            lab.show(replace(lab.scenario, pinned=lab.scenario.plan))
        untouched = lab.reset().set(person=key).scenario
        for move, age in itertools.product(moves, ages):
            if lab.editor.since < age < lab.editor.until:
                yield lab.show(untouched).set(**move).set(scan_age=age)


class Claims:
    """What can be looked up to judge a sentence, computed here and not by the code of the sentence."""

    def __init__(self, lab):
        shown = lab.shown
        self.lab, self.text, self.site = lab, lab.sentence, shown.scenario.site
        self.life, self.age, self.start = shown.result.life, shown.scenario.scan_age, shown.result.start
        self.seen = min(self.age, shown.result.stop or self.age)
        self.boxes = min(self.start + JUST_AFTER, self.life.until)  # when the boxes read their levels
        self.alone = shown.result.natural
        self.other = shown.other.life if shown.other else self.alone
        self.pace = ("resorption", "formation") if shown.turnover == "pace" else ("ctx", "p1np")
        self.same_person = shown.other is None or shown.other.base == shown.result.base

    def of(self, life, name, age=None):
        return life.value(name, self.age if age is None else age, self.site)

    def effect(self, name, beside=None, age=None):
        """Return the difference against another life at an age."""
        return self.of(self.life, name, age) - self.of(beside or self.other, name, age)

    def grows(self, life, after=0.25):
        """Return the change of density over the next months, percent a year."""
        return 100 / after * (self.of(life, "bmd", self.age + after) / self.of(life, "bmd") - 1)

    def holds(self):
        for words, check in CHECKS.items():
            if (found := re.search(words, self.text)) and not check(self, *found.groups()):
                yield f"{words!r} does not hold in: {self.text}"


def close(printed, value, by=0.51):
    return abs(number(printed) - value) <= by


def compares(c, now, without):
    return close(now, c.of(c.life, "t_score"), 0.051) and close(without, c.of(c.other, "t_score"), 0.051)


def beside_named(c, name=""):
    return (c.lab.shown.pinned is not None) and (bool(name) != c.same_person)


def course(c, which, verb, first, last):
    life = [c.of(c.life, c.pace[which], age) for age in (c.start, c.seen)]
    return close(first, life[0]) and close(last, life[1]) and (life[1] > life[0]) == (verb == "rises")


def bone(c, amount, more):
    ratio = 100 * (c.of(c.life, "bone_volume") / c.of(c.other, "bone_volume") - 1)
    return close(amount, abs(ratio)) and (ratio > 0) == (more == "more") and c.same_person


def density(c, amount, more):
    ratio = 100 * (c.of(c.life, "bmd") / c.of(c.other, "bmd") - 1)
    return close(amount, abs(ratio)) and (ratio > 0) == (more == "higher")


def gained(c, age=None):
    return c.of(c.life, "bone_volume", age) - c.of(c.life, "bone_volume", c.start)


def equal_paces(c):
    """Return whether the hand holds both teams at one pace; None where it does not hold both."""
    held = c.lab.shown.result.moved
    both = [held.get(name) for name in ("resorption_pace", "formation_pace")]
    return None if None in both else both[0] == both[1]


def bone_and_density(c, sign):
    return all(sign * (c.of(c.life, n) - c.of(c.other, n)) > 0 for n in ("bone_volume", "bmd")) and c.same_person


PERCENT = f"{NUMBER}\u202f%"
CHECKS = {
    f"T\u00a0{NUMBER} instead of {NUMBER}": compares,
    r"as pinned for (\w+)": lambda c, name: beside_named(c, name),
    r"as pinned(?! for)": lambda c: beside_named(c),
    "without (?:it|them)": lambda c: c.lab.shown.other is None,
    "about the same": lambda c: abs(c.effect("t_score")) <= 0.15,
    f"resorption (rises|falls) from {PERCENT} to {PERCENT}": lambda c, *found: course(c, 0, *found),
    f"resorption is {PERCENT} instead of {PERCENT}": lambda c, a, b: (
        close(a, c.of(c.life, c.pace[0], c.seen)) and close(b, c.of(c.other, c.pace[0], c.seen))
    ),
    f"formation is {PERCENT} instead of {PERCENT}": lambda c, a, b: (
        close(a, c.of(c.life, c.pace[1], c.seen)) and close(b, c.of(c.other, c.pace[1], c.seen))
    ),
    r"formation (?:follows|goes with it)": lambda c: (
        (c.of(c.life, c.pace[1], c.seen) - c.of(c.life, c.pace[1], c.start))
        * (c.of(c.life, c.pace[0], c.seen) - c.of(c.life, c.pace[0], c.start))
        > 0
    ),
    "demolition and construction are hardly different": lambda c: (
        max(abs(c.effect(name, age=c.seen)) for name in c.pace) < 3
    ),
    "nothing has changed yet": lambda c: c.age <= c.start and abs(c.effect("bmd", c.alone)) < 1e-6,
    "holds the osteoclasts back": lambda c: c.effect(c.pace[0], c.alone, c.seen) <= -2.9,
    "lets the osteoclasts go": lambda c: c.effect(c.pace[0], c.alone, c.seen) >= 2.9,
    "holds the osteoblasts back": lambda c: c.effect(c.pace[1], c.alone, c.seen) <= -2.9,
    "calls fewer osteoblasts": lambda c: c.effect(c.pace[1], c.alone, c.seen) <= -2.9,
    "(?:back|go|estradiol|osteoblasts|demolition): demolition and construction are hardly": lambda _: False,
    "calls for demolition": lambda c: c.effect(c.pace[0], c.alone, c.seen) >= 2.9,
    "becomes estradiol in part": lambda c: c.effect("estradiol", c.alone, c.seen) > 0,
    "leaves less estradiol": lambda c: c.effect("estradiol", c.alone, c.seen) < 0,
    f"testosterone is {NUMBER} instead of {NUMBER}": lambda c, a, b: (
        close(a, c.of(c.life, "testosterone", c.boxes)) and close(b, c.of(c.other, "testosterone", c.boxes))
    ),
    "more testosterone": lambda c: c.effect("testosterone", age=c.seen) > 0 and c.effect("bmd") < 0,
    f"there is {PERCENT} (more|less) bone than": bone,
    f"density is {PERCENT} (higher|lower) than": density,
    r": less bone": lambda c: bone_and_density(c, -1),
    r": more bone": lambda c: bone_and_density(c, 1),
    r": (?:higher|lower) density": lambda c: c.text.count("higher") == (c.effect("bmd") > 0),
    "the loss is faster": lambda c: c.grows(c.life) < min(0, c.grows(c.other)),
    "still falling|but falling": lambda c: c.grows(c.life) < 0,
    "loss is slower, but it goes on": lambda c: (
        c.grows(c.other) < c.grows(c.life) < 0 and c.of(c.life, "bmd") < c.of(c.life, "bmd", c.start)
    ),
    "the fast loss is over": lambda c: (
        c.age > c.start
        and "Last period" not in c.text
        and c.of(c.alone, "bmd", c.start + 0.5) / c.of(c.alone, "bmd", c.start - 0.5) < 0.99
        and c.grows(c.life) > -0.5
        and c.grows(c.other) < 0
        and c.same_person
    ),
    "density is rising": lambda c: c.grows(c.life) > 0,
    r"below the density at (\d+)": lambda c, age: c.of(c.life, "bmd") < c.of(c.life, "bmd", float(age)),
    "the balance stays near zero": lambda c: abs(gained(c)) < 1.5,
    "they still match": lambda c: equal_paces(c) is True,
    "the two nearly match": lambda c: equal_paces(c) is not True and abs(gained(c)) < 0.5,
    "construction outran demolition": lambda c: gained(c) > 0 and equal_paces(c) is not True,
    "demolition outran construction|did not keep up": lambda c: gained(c) < 0 and equal_paces(c) is not True,
    "construction follows": lambda c: c.of(c.life, c.pace[1]) > c.of(c.life, c.pace[1], c.start),
    "more pits stand open": lambda c: gained(c) < 0,
    "most of the extra pits are filled": lambda c: gained(c) > gained(c, c.start + 1) / 2,
    "so nothing changes": lambda c: abs(c.effect("bmd", c.alone)) < 0.006,
    f"formation is (down|up) to {PERCENT}: (thick|thin) bone": lambda c, way, now, how: (
        close(now, c.of(c.life, "formation"))
        and (c.of(c.life, "formation") < 100 * c.of(c.life, "osteoblasts")) == (way == "down")
        and (gained(c) > 0) == (how == "thick")
    ),
    "young bone with less mineral": lambda c: c.of(c.life, "mineral") < c.of(c.other, "mineral"),
    "older bone": lambda c: c.of(c.life, "mineral") > c.of(c.other, "mineral"),
    "more open pits": lambda c: c.effect("bone_volume") < 0 < c.effect(c.pace[0]),
    r"dips for (\d+) months": lambda c, months: (
        c.effect("bmd", c.alone, c.start + 1 / 12) < 0 <= c.effect("bmd", c.alone, c.start + (int(months) + 1) / 12)
    ),
    "no adequate trial": lambda c: c.lab.picture.unmeasured(c.lab.shown) or c.age <= c.start,
}


@pytest.mark.parametrize("name", LABS)
def test_every_claim_of_a_sentence_holds_in_the_life_it_is_about(name):
    wrong, said = [], set()
    for lab in states(LABS[name]):
        claims = Claims(lab)
        wrong += claims.holds()
        said |= {words for words in CHECKS if re.search(words, claims.text)}
        for number_beside in re.findall(r"instead of [^;:.]*?\.?\d[^;:.]*", claims.text)[-1:]:
            assert re.search(ENDS, claims.text), f"compared with nothing that is named, {number_beside}: {claims.text}"
    assert not wrong, "\n".join(sorted(set(wrong))[:20])
    assert len(said) >= 6, "the settings bring out too few claims to judge"


def test_the_check_of_claims_finds_a_wrong_one():
    lab = lesson("02").lab()
    lab.unveil()
    claims = Claims(lab.set(estradiol=5))
    assert list(claims.holds()) == []
    claims.text = claims.text.replace("lets the osteoclasts go", "holds the osteoclasts back").replace("rises", "falls")
    assert len(list(claims.holds())) >= 1
