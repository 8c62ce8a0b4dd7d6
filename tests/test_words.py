"""One word, one thing: the table of words in CONTRIBUTING is kept where a reader meets the words."""

import json
import re
from pathlib import Path

import pytest

from osteolab import data

ROOT = Path(__file__).resolve().parents[1]
DRUGS = re.compile(r"\b(?:brak(?:e|es|ed|ing)|builders?)\b", re.IGNORECASE)
CHART = re.compile(r"\bpictures? [123]\b", re.IGNORECASE)
OF_CELLS = ("00", "01", "02", "03")  # notebooks without drugs, where only a hormone or a cell could be meant
TABLES = {"levels": "description", "bmu": "note", "glossary": "meaning"}


def lesson_texts(number, tasks=True):
    """Return every text of a lesson."""
    found = json.loads((ROOT / "data" / "lessons" / f"{number}.json").read_text(encoding="utf-8"))
    if not tasks:
        found.pop("tasks")
    return json.dumps(found, ensure_ascii=False)


def notebook_text(number):
    """Return the prose of a notebook without the tasks, which are texts of its lesson."""
    (path,) = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    prose = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    return "\n".join(text for text in prose if not text.startswith("## Try"))


@pytest.mark.parametrize("number", OF_CELLS)
def test_brake_and_builder_are_drugs_and_never_a_hormone_or_a_cell(number):
    assert DRUGS.findall(notebook_text(number) + lesson_texts(number, tasks=False)) == []


def test_tables_that_a_reader_sees_call_cells_by_their_names():
    rows = [row for table in TABLES for row in data.rows(table)]
    assert [row for row in rows if DRUGS.search(" ".join(row.values()))] == []


def test_the_sentence_calls_cells_by_their_names():
    words = ROOT / "helpers" / "osteolab" / "lab" / "words"
    assert [path.name for path in words.glob("*.py") if DRUGS.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("number", [*OF_CELLS, "09"])
def test_a_chart_of_a_lab_is_a_panel(number):
    assert CHART.findall(notebook_text(number) + lesson_texts(number)) == []


@pytest.mark.parametrize("number", [*OF_CELLS, "09"])
def test_every_notebook_says_that_it_is_for_learning_only_before_its_first_number(number):
    before, found, _ = notebook_text(number).partition("**For learning only.**")
    assert found and "## Lab" not in before


def test_the_checks_find_what_breaks_the_table():
    assert DRUGS.search("the brake is off") and DRUGS.search("Builders gather") and not DRUGS.search("building site")
    assert CHART.search("the falling curve in picture 2") and not CHART.search("the picture of 2020")


def test_the_table_of_words_stands_in_contributing():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert all(f"| {word} |" in text for word in ("brake", "builder", "panel 1, 2, 3"))
