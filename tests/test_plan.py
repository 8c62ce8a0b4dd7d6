"""Plans and scenarios: as values, as JSON and as a link; whatever comes from outside is refused in one sentence."""

import base64
import dataclasses
import json
import os
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from osteolab import Course, InputError, Person, Plan, Scenario, simulate
from osteolab.plan import DAMAGED, LONGEST_LABEL, LONGEST_LINK, LONGEST_TEXT, MOST_COURSES
from osteolab.quantities import scanned_sites
from osteolab.treatments import conditions, controls, treatments

MANY = settings(
    max_examples=300 if os.environ.get("CI") else 60,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
ANNA = Person("female", 52, 50, "Anna")
PATCH = Plan("patch", ANNA, (Course("transdermal_estradiol", 50, "ug/day", 52, 57),))
TABLES = [
    ("estradiol", "pg/mL", 0.0, 1000.0),
    ("estradiol", "pmol/L", 0.0, 3000.0),
    ("igf1", "ratio_to_age_normal", 0.05, 6.0),
    *[
        (row["name"], row["unit"], float(row["minimum"]), float(row["maximum"]))
        for table in (conditions(), treatments(), controls())
        for row in table.values()
    ],
]
LABELS = st.text(st.characters(exclude_categories=["Cs"]), max_size=LONGEST_LABEL)


@st.composite
def courses(draw):
    what, unit, low, high = draw(st.sampled_from(TABLES))
    start = draw(st.floats(20, 99))
    stop = draw(st.one_of(st.none(), st.floats(min(start + 0.001, 100), 100).filter(lambda age: age > start)))
    level = draw(st.sampled_from([low, high]) if unit == "on" else st.floats(low, high))
    return Course(what, level, unit, start, stop)


@st.composite
def people(draw):
    sex = draw(st.sampled_from(["female", "male"]))
    menopause = None if sex == "male" else draw(st.one_of(st.none(), st.floats(35, 62)))
    return Person(sex, draw(st.floats(20, 100)), menopause, draw(LABELS), draw(st.floats(-3, 3)))


def plans():
    return st.builds(Plan, LABELS, people(), st.lists(courses(), max_size=6, unique_by=_dates))


def _dates(course):
    return course.holds or course, course.start, course.stop


PLAIN = st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9), LABELS)


@st.composite
def scenarios(draw):
    compared = draw(st.lists(plans(), min_size=1, max_size=4))
    return Scenario(
        compared,
        chosen=draw(st.integers(0, len(compared) - 1)),
        scan_age=draw(st.floats(20, 100)),
        site=draw(st.sampled_from(scanned_sites())),
        units=draw(st.sampled_from(["US", "SI"])),
        pinned=draw(st.one_of(st.none(), plans())),
        veiled=draw(st.sampled_from([None, True, False])),
        settings=draw(st.dictionaries(LABELS, PLAIN, max_size=4)),
    )


def said(make) -> str:
    """Return the sentence with which something is refused."""
    with pytest.raises(InputError) as caught:
        make()
    sentence = str(caught.value)
    assert sentence and "\n" not in sentence and len(sentence) < 1000
    return sentence


# There and back


@given(plans())
@MANY
def test_a_plan_survives_its_dict(plan):
    assert Plan.from_dict(plan.to_dict()) == plan
    assert Plan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan


@given(scenarios())
@MANY
def test_a_scenario_survives_dict_json_and_link(scenario):
    assert Scenario.from_dict(scenario.to_dict()) == scenario
    assert Scenario.from_json(scenario.to_json()) == scenario
    link = scenario.to_link()
    if len(link) <= LONGEST_LINK:
        assert Scenario.from_link(link) == scenario
        assert Scenario.from_link(f"  https://example.org/lab.html?a=b#osteolab={link} ") == scenario
    assert set(link) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_a_settings_file_says_what_it_is_and_can_be_read_by_a_person():
    text = Scenario(PATCH).to_json()
    raw = json.loads(text)
    assert (raw["format"], raw["version"]) == ("osteolab-scenario", 1)
    assert text.count("\n") > 10 and text.endswith("\n")


def test_what_a_file_leaves_out_gets_its_default():
    plan = {"person": {"sex": "female", "age": 52, "menopause_age": 50, "name": "Anna"}}
    assert Scenario.from_dict({"plans": [plan]}) == Scenario(Plan("", ANNA))


def test_a_case_of_four_plans_with_six_courses_each_is_a_short_link():
    given = [
        ("estradiol", 37.5, "pg/mL"),
        ("testosterone_gel", 50, "mg/day"),
        ("prednisone", 7.5, "mg/day"),
        ("alendronate", 10, "mg/day"),
        ("denosumab", 60, "mg/6month"),
        ("teriparatide", 20, "ug/day"),
    ]
    case = []
    for i, name in enumerate(("Anna, untreated", "patch first", "brake, then builder", "builder, then brake")):
        treated = [Course(*one, start=50.25 + i + 2.5 * k, stop=52 + i + 2.5 * k) for k, one in enumerate(given)]
        case.append(Plan(name, Person("female", 52 + i, 49.5, f"Anna {i}", -0.4 * i), treated))
    scenario = Scenario(case, pinned=case[1], settings={"view": "calendar", "since": 50})
    assert len(scenario.to_link()) < 2000
    assert Scenario.from_link(scenario.to_link()) == scenario


# Values


def test_plans_and_scenarios_are_frozen():
    for value, field in ((PATCH, "label"), (Scenario(PATCH), "scan_age")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, field, 1)


def test_equal_plans_are_equal_and_can_be_keys():
    again = Plan("patch", Person("female", 52, 50, "Anna"), [Course("transdermal_estradiol", 50, "µg/day", 52, 57)])
    assert again == PATCH and {again: 1}[PATCH] == 1
    assert Scenario(PATCH, settings={"b": 1, "a": 2}) == Scenario([again], settings={"a": 2, "b": 1})
    assert Plan("gel", PATCH.person, PATCH.courses) != PATCH


def test_courses_of_a_plan_are_found_and_left_out_by_name():
    gel = Course("testosterone_gel", 50, "mg/day", 60)
    plan = Plan("both", ANNA, [*PATCH.courses, gel])
    assert plan.of("testosterone_gel", "prednisone") == (gel,)
    assert plan.without("testosterone_gel") == Plan("both", ANNA, PATCH.courses)
    assert Plan("one", ANNA, gel).courses == (gel,)


def test_a_scenario_is_changed_by_making_another():
    first = Scenario([PATCH, Plan("none", ANNA)], chosen=1)
    changed = first.with_plan(Plan("gel", ANNA))
    assert [plan.label for plan in changed.plans] == ["patch", "gel"] and changed.plan.label == "gel"
    assert first.with_plan(Plan("gel", ANNA), 0).plans[0].label == "gel"
    assert [plan.label for plan in first.plans] == ["patch", "none"]


def test_settings_are_set_read_and_dropped():
    scenario = Scenario(PATCH).with_settings(view="calendar", since=50)
    assert (scenario.setting("view"), scenario.setting("since"), scenario.setting("zoom", 2)) == ("calendar", 50, 2)
    assert scenario.with_settings(view=None).settings == (("since", 50),)


@pytest.mark.parametrize("until", [60, 80])
def test_a_plan_is_lived_as_its_person_with_its_courses(until):
    one, two = simulate(PATCH, until=until), simulate(ANNA, PATCH.courses, until)
    assert one.at(until) == two.at(until) and one.series("ctx") == two.series("ctx")
    assert (one.person, one.courses) == (ANNA, PATCH.courses)


# What is refused


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Plan(5, ANNA), ["label", "5"]),
        (lambda: Plan("x" * 121, ANNA), ["label", "at most 120"]),
        (lambda: Plan("half a \ud83d", ANNA), ["label", "text"]),
        (lambda: Plan("a", "anna"), ["'anna'", "Person"]),
        (lambda: Plan("a", ANNA, ["patch"]), ["'patch'", "Course"]),
        (lambda: Plan("a", ANNA, 5), ["5", "Courses"]),
        (lambda: Person("female", 52, name=["Anna"]), ["name", "text"]),
        (lambda: Course(["estradiol"], 5, "pg/mL", 52), ["course", "text"]),
        (lambda: Scenario(()), ["one to 4"]),
        (lambda: Scenario([PATCH] * 5), ["one to 4"]),
        (lambda: Scenario(["patch"]), ["'patch'", "Plans"]),
        (lambda: Scenario(PATCH, chosen=1), ["1", "0 to 0"]),
        (lambda: Scenario(PATCH, chosen=True), ["True"]),
        (lambda: Scenario(PATCH, scan_age=150), ["150", "20 to 100"]),
        (lambda: Scenario(PATCH, scan_age=10**400), ["1000000", "20 to 100"]),
        (lambda: Scenario(PATCH, site="skull"), ["'skull'", "lumbar_spine"]),
        (lambda: Scenario(PATCH, site="distal_radius"), ["'distal_radius'", "lumbar_spine"]),
        (lambda: Scenario(PATCH, units="UK"), ["'UK'", "US, SI"]),
        (lambda: Scenario(PATCH, pinned="patch"), ["'patch'", "Plan or None"]),
        (lambda: Scenario(PATCH, veiled=1), ["1", "True, False or None"]),
        (lambda: Scenario(PATCH, settings={"view": [1]}), ["'view'", "[1]"]),
        (lambda: Scenario(PATCH, settings={"view": float("nan")}), ["'view'", "finite"]),
        (lambda: Scenario(PATCH, settings={"view": 10**5000}), ["'view'", "too long to print", "smaller"]),
        (lambda: Scenario(PATCH, settings={5: 1}), ["setting", "5"]),
        (lambda: Scenario(PATCH, settings="view"), ["'view'", "names with values"]),
    ],
)
def test_bad_values_are_refused_in_one_sentence(make, words):
    sentence = said(make)
    assert all(word in sentence for word in words), sentence


def changed(**parts):
    """Return a scenario as plain values with some of them changed."""
    return Scenario(PATCH).to_dict() | parts


def with_plan(**parts):
    return changed(plans=[PATCH.to_dict() | parts])


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ([], ["object"]),
        (5, ["object"]),
        (changed(format="another"), ["'another'", "osteolab-scenario"]),
        (changed(version=2), ["version 2", "reads version 1"]),
        (changed(version=0), ["version 0"]),
        (changed(version="1"), ["'1'"]),
        (changed(plans=[]), ["one to 4"]),
        (changed(plans=[PATCH.to_dict()] * 5), ["at most 4"]),
        (changed(plans={"a": 1}), ["at most 4"]),
        (changed(plans=["patch"]), ["'patch'", "object"]),
        (changed(colour="red"), ["'colour'", "scan_age"]),
        (changed(pinned=5), ["5", "object"]),
        (with_plan(dose=5), ["'dose'", "courses"]),
        (with_plan(person=None), ["None", "object"]),
        (with_plan(person={"sex": "female"}), ["needs sex, age"]),
        (with_plan(person={"sex": "girl", "age": 52}), ["'girl'", "female, male"]),
        (with_plan(person={"sex": "female", "age": 52, "name": 5}), ["name", "5"]),
        (with_plan(courses=[{"what": "patch"}]), ["needs what, level"]),
        (with_plan(courses=[{"what": [], "level": 1, "unit": "on", "start": 50}]), ["[]"]),
        (with_plan(courses=[{"what": "cushing", "level": 1, "unit": [[]], "start": 50}]), ["unit", "[[]]"]),
        (with_plan(courses=[PATCH.to_dict()["courses"][0]] * (MOST_COURSES + 1)), [f"at most {MOST_COURSES}"]),
    ],
)
def test_plain_values_that_are_no_scenario_are_refused_in_one_sentence(raw, words):
    sentence = said(lambda: Scenario.from_json(json.dumps(raw)))
    assert all(word in sentence for word in words), sentence


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=10), inner, max_size=4)),
    max_leaves=10,
)


def replaced(raw, path, value):
    """Return plain values with the one at a path of keys exchanged."""
    if not path:
        return value
    key, *rest = path
    copy = list(raw) if isinstance(raw, list) else dict(raw)
    copy[key] = replaced(raw[key], rest, value)
    return copy


def paths(raw, here=()):
    """Yield the path of every value in plain values."""
    yield here
    for key in raw if isinstance(raw, dict) else range(len(raw)) if isinstance(raw, list) else ():
        yield from paths(raw[key], (*here, key))


FULL = Scenario([PATCH, Plan("none", ANNA)], pinned=PATCH, veiled=True, settings={"view": "calendar"}).to_dict()


@given(st.sampled_from(sorted(paths(FULL), key=repr)), JSON)
@MANY
def test_any_other_value_anywhere_is_taken_or_refused_in_one_sentence(path, value):
    try:
        made = Scenario.from_json(json.dumps(replaced(FULL, path, value)))
    except InputError as error:
        assert "\n" not in str(error) and len(str(error)) < 1000
    else:
        assert Scenario.from_link(made.to_link()) == made


@given(st.data())
@MANY
def test_a_damaged_link_is_refused_in_one_sentence(data):
    link = Scenario.from_dict(FULL).to_link()
    place = data.draw(st.integers(0, len(link) - 1))
    how = data.draw(st.sampled_from(["cut", "drop", "swap", "add"]))
    other = data.draw(st.characters())
    damaged = {
        "cut": link[:place],
        "drop": link[:place] + link[place + 1 :],
        "swap": link[:place] + other + link[place + 1 :],
        "add": link[:place] + other + link[place:],
    }[how]
    try:
        made = Scenario.from_link(damaged)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert made == Scenario.from_dict(FULL), "a link with a fault means what it meant, or nothing"


@given(st.text(max_size=60))
@MANY
def test_any_text_is_refused_as_link_and_as_file(text):
    said(lambda: Scenario.from_link(text))
    said(lambda: Scenario.from_json(text))


@pytest.mark.parametrize("text", [None, 5, b"1.abc", "", "osteolab=", "1.", "2.abc", "1.====", "1.Ünicode"])
def test_what_is_no_link_is_refused(text):
    said(lambda: Scenario.from_link(text))


def packed(plain: bytes) -> str:
    return "1." + base64.urlsafe_b64encode(zlib.compress(plain, 9)).decode().rstrip("=")


@pytest.mark.parametrize(
    "plain",
    [b"", b"\xff\xfe", b"[" * 100_000, b"1" * 10_000, b'{"plans": NaN}', b'"a\nb"', b"null"],
    ids=["nothing", "no text", "deep", "a long number", "not a number", "a line break", "null"],
)
def test_a_link_with_something_else_in_it_is_refused(plain):
    said(lambda: Scenario.from_link(packed(plain)))


def test_links_and_files_that_are_too_long_are_not_unpacked(monkeypatch):
    monkeypatch.setattr(zlib, "decompressobj", lambda: pytest.fail("a link that is too long was unpacked"))
    monkeypatch.setattr(json, "loads", lambda text: pytest.fail("a file that is too long was read"))
    assert "too long" in said(lambda: Scenario.from_link("1." + "A" * LONGEST_LINK))
    assert "too long" in said(lambda: Scenario.from_json(" " * (LONGEST_TEXT + 1)))


def test_a_small_link_does_not_become_a_large_text(monkeypatch):
    """A zip bomb: no more is unpacked than a settings file may have."""
    bomb = packed(b" " * 5_000_000)
    assert len(bomb) < LONGEST_LINK
    unpacked, whole = [], zlib.decompressobj

    class Watched:
        def __init__(self):
            self.unpack = whole()

        def decompress(self, given, most):
            plain = self.unpack.decompress(given, most)
            unpacked.append(len(plain))
            return plain

        def __getattr__(self, name):
            return getattr(self.unpack, name)

    monkeypatch.setattr(zlib, "decompressobj", Watched)
    assert said(lambda: Scenario.from_link(bomb)) == DAMAGED
    assert sum(unpacked) <= LONGEST_TEXT + 1


def test_a_link_followed_by_more_is_refused():
    link = Scenario(PATCH).to_link()
    tail = base64.urlsafe_b64decode(link[2:] + "=" * (-len(link[2:]) % 4)) + b"tail"
    assert said(lambda: Scenario.from_link("1." + base64.urlsafe_b64encode(tail).decode().rstrip("="))) == DAMAGED
