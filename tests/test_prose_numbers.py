"""Every number that the prose prints is compared with the calculator, and none is made up."""

import json
import shutil
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / ".ci"))

import fit_perforation  # noqa: E402
import lattice_ages  # noqa: E402
import page_rows  # noqa: E402
import prose_numbers  # noqa: E402
from execute_notebooks import stamp  # noqa: E402
from prose_unlisted import stale, unlisted  # noqa: E402
from prose_values import WrongLineError, computed  # noqa: E402

TABLES = prose_numbers.tables()
LESSONS = sorted(name for name in TABLES if name.isdigit())
PLANS = {"anna": {"person": "anna"}, "held": {"person": "anna", "courses": [
    {"what": "estradiol", "level": 60, "unit": "pg/mL", "start": 52}]}}  # fmt: skip
LOSS = {"kind": "change", "plan": "anna", "quantity": "bmd", "since": 52, "age": 72, "times": -1}


@pytest.mark.parametrize("name", TABLES)
def test_the_prose_prints_what_the_calculator_computes(name):
    _, found, wrong = prose_numbers.check(TABLES[name])
    assert wrong == []
    assert [str(one) for one in found if not one.agrees] == [], "run python .ci/prose_numbers.py --write"
    assert found


@pytest.mark.parametrize("name", LESSONS)
def test_no_number_of_a_lesson_is_made_up(name):
    assert unlisted(TABLES[name]) == [], "a line in tests/prose says where a number comes from"
    assert stale(TABLES[name]) == []


def test_every_notebook_and_lesson_has_a_table():
    files = {file for name in LESSONS for file in TABLES[name]["files"]}
    here = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("data/lessons/*.json")]
    assert files == {path.relative_to(ROOT).as_posix() for path in here}


# A page of its own, small enough to compute by hand


@pytest.fixture
def page(tmp_path):
    """Return a function that writes a page, checks it against lines, and says what was found and what stands there."""

    def judge(words, *lines, write=True):
        (tmp_path / "page.md").write_text(words, encoding="utf-8")
        table = {"files": ["page.md"], "plans": PLANS, "numbers": list(lines)}
        texts, found, wrong = prose_numbers.check(table, tmp_path)
        if write:
            prose_numbers.write(texts, found)
        return found, wrong, (tmp_path / "page.md").read_text(encoding="utf-8")

    return judge


def exact(line):
    return computed(line, PLANS)


def test_new_digits_are_put_in_and_nothing_else(page):
    loss = exact(LOSS)
    line = LOSS | {"says": "She loses {} % by 72."}
    found, wrong, text = page(f"At 52.\nShe loses\n{loss + 0.6:.1f} % by 72. End.", line)
    assert not wrong and not found[0].agrees and not found[0].again
    assert text == f"At 52.\nShe loses\n{loss:.1f} % by 72. End."
    assert all(one.agrees for one in page(text, line)[0])


def test_a_word_stays_a_word(page):
    lost = LOSS | {"age": 62}
    word = prose_numbers.WORDS[round(exact(lost))]
    before = prose_numbers.WORDS[round(exact(lost)) - 1]
    assert page(f"some {before} percent", lost | {"says": "some {} percent"})[2] == f"some {word} percent"


@pytest.mark.parametrize(
    ("factor", "why"), [(-1, "another sign"), (1.5, "far away"), (0.7, "far away"), (1.08, ""), (1.0, "")]
)
def test_a_sentence_that_may_say_something_else_is_left_alone(page, factor, why):
    printed = f"{factor * exact(LOSS):.2f}"
    found, _, text = page(f"falls by {printed} %", LOSS | {"says": "falls by {} %"})
    assert found[0].again == why
    assert (text == f"falls by {printed} %") == (bool(why) or factor == 1.0)


def test_two_numbers_that_change_places_are_read_again(page):
    low, high = exact(LOSS), exact(LOSS | {"age": 73})
    assert low < high
    line = LOSS | {"says": "{} and {} %", "each": [{}, {"age": 73}]}
    words = f"{high + 0.2:.1f} and {low + 0.2:.1f} %"
    found, _, text = page(words, line)
    assert {one.again for one in found} == {"another order"} and text == words
    assert page(words, line | {"free": True})[2] == f"{low:.1f} and {high:.1f} %"


def test_words_can_be_bounded(page):
    loss = exact(LOSS)
    says = LOSS | {"says": "hardly any"}
    assert page("hardly any", says | {"between": [loss - 1, loss + 1]})[0][0].agrees
    assert page("hardly any", says | {"between": [0, 1]})[0][0].again.startswith("outside")


def test_a_rough_number_may_be_near(page):
    line = LOSS | {"says": "about {} %", "within": 2}
    rough = f"about {exact(LOSS) + 1.4:.0f} %"
    assert page(rough, line)[0][0].agrees
    assert not page(rough, line | {"within": 0.1})[0][0].agrees


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"says": "these words {} are missing"}, "stand nowhere"),
        ({"kind": "guess"}, "kind is 'guess'"),
        ({"quantity": "bone"}, "'bone'"),
        ({"plan": "berta"}, "'berta' is missing"),
        ({"each": [{}, {}]}, "1 numbers in the sentence, 2 in the line"),
    ],
)
def test_a_wrong_line_is_named_with_its_sentence(page, change, said):
    line = LOSS | {"says": "loses {} %"} | change
    _, wrong, _ = page("loses 9 %", line)
    assert len(wrong) == 1 and said in wrong[0] and line["says"] in wrong[0]


def test_kinds_agree_with_each_other():
    there = {"plan": "held", "minus": "anna", "quantity": "bmd", "age": 72}
    assert exact(there | {"kind": "ratio"}) == pytest.approx(1 + exact(there | {"kind": "percent_difference"}) / 100)
    own = [exact({"plan": name, "quantity": "bmd", "age": 72}) for name in ("held", "anna")]
    assert exact(there | {"kind": "difference"}) == pytest.approx(own[0] - own[1])
    moved = [exact(LOSS | {"plan": name, "times": 1}) for name in ("held", "anna")]
    assert exact(there | {"kind": "points", "since": 52}) == pytest.approx(moved[0] - moved[1])
    assert exact({"kind": "lab", "lesson": "00", "read": "bmd"}) == round(own[1], 3)


def test_a_setting_is_the_first_at_which_the_goal_is_met():
    line = {"kind": "setting", "lesson": "00", "move": "estradiol", "over": [5, 60], "by": 1, "read": "t_score"}
    here = exact({"kind": "lab", "lesson": "00", "set": {"estradiol": 20}, "read": "t_score"})
    found = exact(line | {"reaches": here})
    assert exact({"kind": "lab", "lesson": "00", "set": {"estradiol": found - 1}, "read": "t_score"}) < here
    with pytest.raises(WrongLineError, match="does not reach"):
        exact(line | {"reaches": 3})


# A notebook and its lesson, with a sentence more


@pytest.fixture
def copy(tmp_path):
    """Return notebook 00 and its lesson in a folder of their own."""
    table = TABLES["00"]
    for file in table["files"]:
        (tmp_path / file).parent.mkdir(parents=True)
        shutil.copy(ROOT / file, tmp_path / file)
    return table, tmp_path, *(tmp_path / file for file in table["files"])


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("Estrogen adds 6 % to her spine.", ["6 %"]),
        ("At 65 she has lost seven percent, and at 80 T is −2.7.", ["seven percent", "−2.7"]),
        ("A third of the struts is gone, ten times as many.", ["third", "ten times"]),
        ("Density is 0.874 g/cm² at 60.", ["0.874"]),
        ("At 65 she takes 10 mg a day, as in Liberman 1995 and notebook 09.", []),
    ],
)
def test_a_made_up_number_is_found_in_a_notebook_and_in_a_lesson(copy, words, numbers):
    table, root, notebook, lesson = copy
    whole = nbformat.read(notebook, as_version=4)
    whole.cells[7].source += "\n\n" + words
    nbformat.write(whole, notebook)
    raw = json.loads(lesson.read_text(encoding="utf-8"))
    raw["quiz"][0]["choices"][0]["feedback"] += " " + words
    lesson.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
    found = [problem.split("'")[1].strip(" .,") for problem in unlisted(table, root)]
    assert found == numbers * 2


def test_explained_words_that_are_gone_are_named(copy):
    table, root, *_ = copy
    gone = {"says": "words that stand nowhere", "why": "a test"}
    assert stale(table | {"others": [*table["others"], gone]}, root) == [gone["says"]]
    assert stale(table | {"others": [{"says": "Start here"}]}, root) == ["Start here"]


def test_a_notebook_gets_new_digits_and_the_stamp_of_its_new_text(copy):
    table, root, notebook, _ = copy
    line = next(entry for entry in table["numbers"] if entry["says"].startswith("At the spine the mean"))
    table = table | {"numbers": [line | {"files": None, "times": 1.05}]}
    whole = notebook.read_bytes()
    texts, found, wrong = prose_numbers.check(table, root)
    prose_numbers.write(texts, found)
    assert not wrong and {one.again for one in found} == {""} and notebook.read_bytes() != whole
    after = nbformat.read(notebook, as_version=4)
    assert after.metadata["osteolab"]["stamp"] == stamp(after)
    texts, found, _ = prose_numbers.check(table, root)
    assert all(one.agrees for one in found)
    prose_numbers.write(texts, found)
    prose_numbers.write(*prose_numbers.check(TABLES["00"] | {"numbers": [line]}, root)[:2])
    assert notebook.read_bytes() == whole, "the numbers of before give the notebook of before, byte for byte"


# Rows that scripts write


def test_rows_are_exchanged_below_their_heading_and_nowhere_else(tmp_path, monkeypatch):
    monkeypatch.setattr(page_rows, "PAGE", tmp_path / "page.md")
    text = "| 1 | a |\n## Second\nwords\n\n| 1 | b |\n| mean | c |\n"
    page_rows.PAGE.write_text(text, encoding="utf-8")
    page_rows.exchange("## Second", {"1": "| 1 | B |"})
    assert page_rows.PAGE.read_text(encoding="utf-8") == text.replace("b", "B")
    for heading, name in (("## Third", "1"), ("## Second", "2")):
        with pytest.raises(ValueError, match="has"):
            page_rows.exchange(heading, {name: "| x |"})


def test_rows_of_the_lattice_page_keep_their_form():
    page = page_rows.PAGE.read_text(encoding="utf-8").splitlines()
    piece = dict.fromkeys(
        ["bv_tv", "perforations", "snapped_struts", "relative_stiffness", *lattice_ages.DECIMALS], 1.0
    )
    rows = [lattice_ages.row(age, [piece, piece | {"tb_th_um": 3.0}]) for age in lattice_ages.AGES]
    assert rows[0] == "| 20 | 1.000 | 2 ± 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 |"
    plans = {name: np.array([[1, 0.9], [1, 0.92]]) for name in fit_perforation.PLANS if name != fit_perforation.CONTROL}
    rows += dict(fit_perforation.page_rows(plans, plans_at(0.95, plans), dict.fromkeys(plans, 0.5))).values()
    for row in rows:
        known = [line for line in page if line.startswith("| " + row.split("|")[1].strip() + " |")]
        assert any(line.count("|") == row.count("|") for line in known), row
    assert rows[4] == "| last period at 51 | 0.5 points | 91.0 ± 1.0 % | 95.0 % |"


def plans_at(share, plans):
    return {name: [1, share] for name in plans}
