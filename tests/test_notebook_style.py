"""Every notebook keeps the rules of the course; and the checker of those rules does find what breaks them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from notebook_style import ANATOMY, WIDGET_VIEW, code_lines, problems, stamp

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LAB = "from osteolab.lab import RemodelingLab\n\nRemodelingLab()  # a comment"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_keeps_the_rules(path):
    assert problems(path) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_text_is_not_edited_by_accident(path):
    texts = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown"]
    assert texts and all(cell.metadata.get("editable") is False for cell in texts)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_says_how_to_run_it_before_anything_is_asked(path):
    first = nbformat.read(path, 4).cells[0].source
    assert "**Run this notebook**" in first and "**Run All Cells**" in first


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_tasks_in_words_stand_in_a_box_that_steps_back_for_their_cards(path):
    cells = nbformat.read(path, 4).cells
    place, cards = next((i, cell) for i, cell in enumerate(cells) if ".tasks(" in cell.source)
    before, box, words = cells[place - 1].source.partition('<div class="ol-in-words">\n\n')
    assert box and words.endswith("\n\n</div>") and "**Task" not in before
    goals = re.findall(r"^Task (\d): (.*)", cards.outputs[0].data["text/plain"], re.MULTILINE)
    assert re.findall(r"^\*\*Task (\d)\.\*\* (.*)", words, re.MULTILINE) == goals


def test_a_double_click_on_text_shows_no_raw_code():
    settings = json.loads((ROOT / "helpers/jupyter_settings/osteolab.json").read_text(encoding="utf-8"))
    assert settings["@jupyterlab/notebook-extension:tracker"]["showEditorForReadOnlyMarkdown"] is False


def test_the_table_of_the_course_links_to_every_notebook_in_order():
    rows = re.findall(r"^\| (\d\d) \|.*?\|(.*?)\|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [number for number, _ in rows] == [f"{number:02d}" for number in range(14)]
    linked = [link for _, title in rows for link in re.findall(r"\(notebooks/(.*?)\)", title)]
    assert linked == [path.name for path in NOTEBOOKS]


def lab_output(text="RemodelingLab: spine 1.04 g/cm2", **more):
    return new_output("execute_result", data={"text/plain": text, **more}, execution_count=1)


@pytest.fixture
def notebook():
    """Return a notebook that keeps all rules."""
    cells = [new_markdown_cell("# A title\n\nA promise.")]
    cells += [new_markdown_cell(f"## {heading}\n\nWords.") for heading in ANATOMY]
    cells.insert(4, new_code_cell(LAB, execution_count=1, outputs=[lab_output()]))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}}
    return new_notebook(cells=cells, metadata=kernel)


@pytest.fixture
def check(tmp_path):
    """Return a function that saves a notebook and returns its problems."""

    def save_and_check(notebook):
        path = tmp_path / "00_a_notebook.ipynb"
        notebook.metadata.setdefault("osteolab", {"stamp": stamp(notebook)})
        nbformat.write(notebook, path)
        return problems(path)

    return save_and_check


def test_good_notebook_has_no_problem(notebook, check):
    assert check(notebook) == []


def swap_sections(notebook):
    notebook.cells[1], notebook.cells[2] = notebook.cells[2], notebook.cells[1]


def drop_section(notebook):
    del notebook.cells[-1]


def add_section(notebook):
    notebook.cells.append(new_markdown_cell("## And more"))


def second_title(notebook):
    notebook.cells.append(new_markdown_cell("# Another title"))


def long_code(notebook):
    notebook.cells[4].source += "\nprint()" * 14


def add_code(source):
    def change(notebook):
        notebook.cells[4].source += "\n" + source

    return change


def add_words(source):
    def change(notebook):
        notebook.cells[5].source += "\n" + source

    return change


def never_run(notebook):
    notebook.cells[4].execution_count = None


def run_out_of_order(notebook):
    notebook.cells[4].execution_count = 3


def no_lab_output(notebook):
    notebook.cells[4].outputs = []


def replace_output(output):
    def change(notebook):
        notebook.cells[4].outputs.append(output)

    return change


def widget_state(notebook):
    notebook.metadata["widgets"] = {"state": {}}


def timing(notebook):
    notebook.cells[4].metadata["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00Z"}


def python_version(notebook):
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11.7"}


def older_text(notebook):
    notebook.metadata["osteolab"] = {"stamp": "0" * 12}


def other_kernel(notebook):
    notebook.metadata["kernelspec"]["name"] = "my-env"


def too_big(notebook):
    notebook.cells[5].source += "x" * 200_000


BAD = {
    "swapped sections": (swap_sections, "H2 headings"),
    "missing section": (drop_section, "H2 headings"),
    "extra section": (add_section, "H2 headings"),
    "second H1": (second_title, "H1"),
    "too much code": (long_code, "16 lines of code"),
    "function": (add_code("def f():\n    pass"), "a function"),
    "class": (add_code("class C:\n    pass"), "a class"),
    "lambda": (add_code("f = lambda: 1"), "a lambda"),
    "magic": (add_code("%matplotlib inline"), "not plain Python"),
    "interact": (add_code("from ipywidgets import interact"), "uses interact"),
    "Output": (add_code("widgets.Output()"), "uses Output"),
    "never run": (never_run, "not run from top to bottom"),
    "run out of order": (run_out_of_order, "not run from top to bottom"),
    "no lab output": (no_lab_output, "no saved output"),
    "error": (replace_output(new_output("error", ename="InputError", evalue="", traceback=[])), "InputError"),
    "warning": (replace_output(new_output("stream", name="stderr", text="careful")), "a warning"),
    "no text": (replace_output(new_output("display_data", data={"text/html": "<b>1</b>"})), "text/plain"),
    "address": (replace_output(lab_output("<object at 0x7f12ab34cd56>")), "memory address"),
    "widget view": (replace_output(lab_output(**{WIDGET_VIEW: {"model_id": "1"}})), "widget view"),
    "widget state": (widget_state, "state of its widgets"),
    "timing": (timing, "the time"),
    "Python version": (python_version, "version of one Python"),
    "older text": (older_text, "the stamp of another text"),
    "other kernel": (other_kernel, "kernel python3"),
    "too big": (too_big, "bytes"),
    "image without alt": (add_words("![](https://example.org/a.png)"), "without alternative text"),
    "img without alt": (add_words('<img src="https://example.org/a.png">'), "without alternative text"),
    "missing image": (add_words("![A bone](images/none.png)"), "does not exist"),
    "missing attachment": (add_words("![A bone](attachment:none.png)"), "does not exist"),
    "dead link": (add_words("[Next](01_none.ipynb#lab)"), "does not exist"),
    "dead HTML link": (add_words('<a href="01_none.ipynb">Next</a>'), "does not exist"),
    "absolute link": (add_words("[Next](/notebooks)"), "does not exist"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_notebook_is_found(case, notebook, check):
    change, words = BAD[case]
    change(notebook)
    found = check(notebook)
    assert len(found) == 1 and words in found[0], found


def test_good_links_are_accepted(notebook, check, tmp_path):
    (tmp_path / "next one.ipynb").touch()
    words = ("[a](next%20one.ipynb#Lab)", "[b](#Quiz)", "[c](https://example.org)", "`![](in code.png)`")
    add_words("\n".join(words))(notebook)
    assert check(notebook) == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("", 0),
        ("# only a comment\n", 0),
        ("a = 1  # why\n\n\nb = 2", 2),
        ("f(\n    1,\n)", 3),
        ("%magic\n", 1),
    ],
)
def test_code_lines(source, lines):
    assert code_lines(source) == lines


@pytest.mark.parametrize("path", sorted((NOTEBOOKS[0].parent / "images").glob("*.svg")), ids=lambda path: path.name)
def test_drawings_are_plain_ascii(path):
    # In a browser JupyterLite hands a drawing on with btoa, which stops at the first letter beyond Latin-1.
    assert path.read_bytes().isascii()
