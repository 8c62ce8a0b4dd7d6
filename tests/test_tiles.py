"""The tiles: a word before each number that could frighten, people of 1,000 beside the ratio, the caveat under both."""

import re
from html import unescape

import pytest

from osteolab import simulate
from osteolab.lab import RemodelingLab, lesson
from osteolab.lab.words import readings
from osteolab.lab.words.tiles import NOT_A_FORECAST, higher_or_lower
from osteolab.person import Person
from osteolab.risk import absolute_risk

MOVES = {
    "00": [{}, {"estradiol": 40}, {"estradiol": 120, "scan_age": 60}, {"scan_age": 48}],
    "01": [{"formation_pace": 150}, {"formation_pace": 70}, {"resorption_pace": 300, "scan_age": 31}],
    "02": [{"estradiol": 5}, {"estradiol": 60}, {"person": "anna", "scan_age": 70}, {"igf1": 100}],
    "03": [{"peak_bone_mass_sd": 1}, {"peak_bone_mass_sd": -1}, {"site": "total_hip"}, {"menopause_age": 56}],
}
STATES = [(number, moves) for number, several in MOVES.items() for moves in several]


def state(number, moves, pinned=False):
    lab = lesson(number).lab()
    lab.unveil().reset()
    if pinned:
        lab.pin()
    elif lab.scenario.pinned:
        lab.unpin()
    return lab.set(**moves)


def tile(lab, label):
    """Return label, value and context of a tile as text."""
    parts = re.findall(r'class="ol-(?:what|value|context)">(.*?)</div>', lab.desk.frame.readout.value)
    words = [unescape(re.sub(r"<[^>]+>", "", part)).strip() for part in parts]
    rows = [words[i : i + 3] for i in range(0, len(words), 3)]
    return next(row for row in rows if row[0].startswith(label))


def numbers_of(text):
    return [float(found.replace("−", "-")) for found in re.findall(r"−?\d+(?:\.\d+)?", text)]


@pytest.mark.parametrize("pinned", [False, True])
@pytest.mark.parametrize(("number", "moves"), STATES)
def test_a_word_stands_before_strength_and_risk_and_is_true_of_the_numbers_below(number, moves, pinned):
    lab = state(number, moves, pinned)
    label, value, context = tile(lab, "Strength")
    (now, *_), (beside, *_) = numbers_of(value), numbers_of(context)
    wanted = "alike" if now == beside else "higher" if now > beside else "lower"
    assert label == f"Strength: {wanted}" and value.startswith(f"{now:.0f}\u202f%")
    label, value, _ = tile(lab, "Fracture risk")
    times = numbers_of(value)[0]
    assert label == f"Fracture risk: {'alike' if times == 1 else 'higher' if times > 1 else 'lower'}"


def test_the_words_are_not_always_the_same():
    words = {tile(state(*one), name)[0] for one in STATES for name in ("Strength", "Fracture risk")}
    assert len(words) >= 4


@pytest.mark.parametrize(("now", "beside", "word"), [(50.4, 49.6, "alike"), (51, 50, "higher"), (49, 50, "lower")])
def test_what_is_printed_alike_is_called_alike(now, beside, word):
    assert higher_or_lower("strength", now, beside) == word


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("age", [52, 64, 74, 85])
def test_people_of_1000_are_those_of_the_risk_over_a_year(sex, age):
    life = simulate(Person(sex, 50), until=95)
    year = [readings.breaks_in_a_year(life, age + i / 10) for i in range(11)]
    assert sum(year) / len(year) == pytest.approx(absolute_risk(life, age, 1, readings.MAJOR).per_1000, rel=0.02)


def test_no_count_is_given_where_no_rate_was_published():
    assert readings.breaks_in_a_year(simulate(Person("female", 50), until=95), 49) is None
    assert readings.breaks_in_a_year(simulate(Person("female", 50), until=95), 91) is None
    assert readings.breaks_in_a_year(simulate(Person("female", 55), until=65, ageing=False), 60) is None


@pytest.mark.parametrize(("number", "moves"), STATES)
def test_the_caveat_stands_under_the_numbers_and_in_the_text(number, moves):
    lab = state(number, moves)
    assert lab.desk.frame.readout.value.count(NOT_A_FORECAST) == 1 and NOT_A_FORECAST in repr(lab)
    count = re.search(r"about (\d+) of 1,000 such (women|men) break", lab.desk.frame.readout.value)
    assert (count is None) == (number == "01" or lab.scenario.scan_age < 50)
    if count:
        there = readings.breaks_in_a_year(lab.life, lab.scenario.scan_age)
        assert int(count[1]) == round(there) and (count[2] == "men") == (lab.life.person.sex == "male")


def test_no_count_stands_where_no_trial_measured_the_outcome():
    lab = RemodelingLab("ben", ("igf1",), people=("ben",))
    assert "of 1,000" in repr(lab)
    lab.set(igf1=400)
    assert "of 1,000" not in repr(lab) and NOT_A_FORECAST in repr(lab)
    label, value, _ = tile(lab, "Fracture risk")
    assert label == "Fracture risk" and "no trial" in value


def test_a_small_risk_is_not_printed_as_none():
    lab = state("01", {"formation_pace": 400})
    label, value, _ = tile(lab, "Fracture risk")
    assert (label, value) == ("Fracture risk: lower", "× <\u202f0.1") and "× <\u202f0.1 of a woman" in repr(lab)


def test_before_the_start_nothing_was_yet():
    assert tile(state("00", {"scan_age": 48}), "Strength")[2].startswith("79 at 52")
    assert tile(state("00", {"scan_age": 60}), "Strength")[2].startswith("was 79 at 52")
