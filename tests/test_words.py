"""One word, one thing: the table of words in CONTRIBUTING is kept where a reader meets the words."""

import json
import re
from pathlib import Path

import pytest

from osteolab import data
from osteolab.lab import lesson
from osteolab.lab.palette import DARK, LIGHT

ROOT = Path(__file__).resolve().parents[1]
DRUGS = re.compile(r"\b(?:brak(?:e|es|ed|ing)|builders?)\b", re.IGNORECASE)
CHART = re.compile(r"\bpictures? [123]\b", re.IGNORECASE)
OF_CELLS = ("00", "01", "02", "03")  # notebooks without drugs, where only a hormone or a cell could be meant
NAMES = ("lab", "settings", "pinned", "setting", "read", "reads", "op", "value", "measure")  # keys without words
# What would frighten, or read as advice, in a course that advises nobody.
FRIGHTENS = re.compile(
    r"\brescu\w*|\bcut for good\b|% of its strength left|\b(?:raise|increase) (?:your )?estradiol", re.I
)
TABLES = {"levels": "description", "bmu": "note", "glossary": "meaning"}


def texts_in(found):
    """Yield every text in nested lists and dicts, names of settings left out."""
    if isinstance(found, dict):
        found = [value for key, value in found.items() if key not in NAMES]
    if isinstance(found, str):
        yield found
    elif isinstance(found, list):
        for one in found:
            yield from texts_in(one)


def lesson_texts(number):
    """Return every text of a lesson that a reader sees."""
    found = json.loads((ROOT / "data" / "lessons" / f"{number}.json").read_text(encoding="utf-8"))
    return "\n".join(texts_in(found))


def notebook_text(number):
    """Return the prose of a notebook."""
    (path,) = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


@pytest.mark.parametrize("number", OF_CELLS)
def test_brake_and_builder_are_drugs_and_never_a_hormone_or_a_cell(number):
    assert DRUGS.findall(notebook_text(number) + lesson_texts(number)) == []


@pytest.mark.parametrize("number", [*OF_CELLS, "09"])
def test_no_text_speaks_of_rescue_or_reads_as_a_dose(number):
    assert FRIGHTENS.findall(notebook_text(number) + lesson_texts(number)) == []


def test_what_a_reader_sees_of_the_lattice_lab_speaks_of_no_rescue():
    lab = lesson("09").lab()
    lab.unveil().set(with_a="nothing", age=80)
    seen = [repr(lab), lab.sentence, lab.desk.frame.why.value, lab.picture.closed]
    for row in lab.picture.controls():
        seen += [row.label, row.tooltip, row.reason]
    seen += [switch.spoken for switch in lab.picture.switches()]
    assert FRIGHTENS.findall(" ".join(seen)) == [] and "Anna: no drug" in repr(lab)
    legend = ROOT / "helpers" / "osteolab" / "lab" / "page" / "parts" / "lattice_words.js"
    assert FRIGHTENS.findall(legend.read_text(encoding="utf-8")) == []
    rows = [row for table in ("quantities", "people") for row in data.rows(table)]
    words = ("label", "short_label", "description", "note")
    assert FRIGHTENS.findall(" ".join(row.get(name) or "" for row in rows for name in words)) == []


def test_tables_that_a_reader_sees_call_cells_by_their_names():
    rows = [row for table in TABLES for row in data.rows(table)]
    assert [row for row in rows if DRUGS.search(" ".join(row.values()))] == []


def test_the_sentence_calls_cells_by_their_names():
    words = ROOT / "helpers" / "osteolab" / "lab" / "words"
    assert [path.name for path in words.glob("*.py") if DRUGS.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks" / "images").glob("*.svg")), ids=lambda path: path.stem)
def test_drawings_call_cells_by_their_names(path):
    assert DRUGS.findall(path.read_text(encoding="utf-8")) == []


def test_bone_is_drawn_in_no_colour_of_a_team_and_a_drawing_uses_the_colours_of_the_labs():
    for colours in (LIGHT, DARK):
        for role in ("plate", "thin"):  # blue is construction and orange is demolition: bone itself is grey
            red, green, blue = (int(colours[role][i : i + 2], 16) for i in (1, 3, 5))
            assert max(red, green, blue) - min(red, green, blue) < 30, role
    drawing = (ROOT / "notebooks" / "images" / "09_plate_to_rod.svg").read_text(encoding="utf-8")
    assert set(re.findall(r"#[0-9A-F]{6}", drawing)) <= set(LIGHT.values())
    assert all(LIGHT[role] in drawing for role in ("plate", "rod", "resorption", "formation"))


@pytest.mark.parametrize("number", [*OF_CELLS, "09"])
def test_a_chart_of_a_lab_is_a_panel(number):
    assert CHART.findall(notebook_text(number) + lesson_texts(number)) == []


@pytest.mark.parametrize("number", [*OF_CELLS, "09"])
def test_every_notebook_says_that_it_is_for_learning_only_before_its_first_number(number):
    before, found, _ = notebook_text(number).partition("**For learning only.**")
    assert found and "## Lab" not in before


def test_the_checks_find_what_breaks_the_table():
    assert DRUGS.search("the brake is off") and DRUGS.search("Builders gather") and not DRUGS.search("building site")
    assert FRIGHTENS.search("a late rescue") and FRIGHTENS.search("raise estradiol to 120 pg/mL")
    assert CHART.search("the falling curve in picture 2") and not CHART.search("the picture of 2020")


def test_the_table_of_words_stands_in_contributing():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert all(f"| {word} |" in text for word in ("brake", "builder", "panel 1, 2, 3"))
