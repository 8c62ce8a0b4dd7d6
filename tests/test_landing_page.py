"""The start page of the browser edition: what it offers, what it says, what it must not contain."""

from __future__ import annotations

import html.parser
import json
import re
import struct
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

SITE = Path(__file__).resolve().parents[1] / "helpers" / "site"
PAGES = (
    "index.html",
    "landing.css",
    "landing.js",
    "copies.js",
    "link.js",
    "trouble.js",
    "stale.js",
    "offline.js",
    "course_bar.css",
    "course_bar.js",
)
MOST_BYTES = 40_000


@pytest.fixture(scope="module")
def landing():
    """Import the module from its folder, as the build does."""
    sys.path.insert(0, str(SITE))
    try:
        import landing
    finally:
        sys.path.remove(str(SITE))
    return landing


class Page(html.parser.HTMLParser):
    """Collect the tags, and the text inside links."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append([tag, dict(attrs), ""])
        if tag == "a":
            self.open.append(self.tags[-1])

    def handle_endtag(self, tag):
        if tag == "a":
            self.open.pop()

    def handle_data(self, data):
        self.words.append(data)
        for link in self.open:
            link[2] += data

    def all(self, name):
        return [(attrs, text) for tag, attrs, text in self.tags if tag == name]

    def buttons(self):
        return {text: attrs["href"] for attrs, text in self.all("a") if attrs.get("class") == "button"}

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def lists(landing, root):
    return landing.course((root / "README.md").read_text(encoding="utf-8"), root / "notebooks")


@pytest.fixture(scope="module")
def source(landing, lists):
    return landing.page("0.1.0", *lists, False)


@pytest.fixture(scope="module")
def page(source):
    return Page(source)


def test_lists_hold_every_notebook(lists, root):
    existing, planned = lists
    assert [item["file"] for item in existing] == sorted(
        path.name for path in (root / "notebooks").glob("[0-9]*.ipynb")
    )
    numbers = sorted(item["number"] for item in [*existing, *planned])
    assert numbers == [f"{number:02}" for number in range(14)]
    assert all("file" not in item for item in planned)


def test_lists_take_their_words_from_readme_and_notebook(lists):
    first = lists[0][0]
    assert first == {
        "number": "00",
        "level": "Start",
        "title": "Start here",
        "file": "00_start_here.ipynb",
        "time": "20 minutes in class, 15 minutes alone",
        "promise": "Move one slider and watch thirty years of bone answer.",
        "moves": "one estradiol slider",
        "learns": "how a lab works, and whether the installation is sound",
    }
    levels = {item["number"]: item["level"] for items in lists for item in items}
    assert (levels["01"], levels["04"], levels["08"], levels["13"]) == (
        "Fundamentals",
        "Intermediate",
        "Academic",
        "Case",
    )


def test_every_existing_notebook_has_one_button(page, lists):
    start = "notebooks/index.html?path=notebooks/"
    wanted = {f"Open {item['number']} {item['title']}": start + item["file"] for item in lists[0]}
    assert page.buttons() == wanted
    assert sum(attrs.get("class") == "button" for attrs, _ in page.all("a")) == len(wanted)


def test_planned_notebooks_say_so(page, source, lists):
    for item in lists[1]:
        row = re.search(rf'<li class="planned" id="n{item["number"]}">.*?</li>', source)
        assert row and row[0].endswith('<div class="go">not yet</div></li>') and "<a " not in row[0]
        assert item["title"] in page.text


def test_links_inside_the_page_lead_somewhere(page):
    ids = [attrs["id"] for _, attrs, _ in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    asked = [attrs["href"][1:] for attrs, _ in page.all("a") if attrs["href"].startswith("#")]
    asked += [attrs["aria-labelledby"] for _, attrs, _ in page.tags if "aria-labelledby" in attrs]
    assert asked and set(asked) <= set(ids)


def test_text_is_escaped(landing):
    evil = "<script>alert('x') & \"y\"</script>"
    item = dict.fromkeys(("level", "title", "time", "promise", "moves", "learns"), evil) | {"number": "00"}
    made = landing.page(evil, [item | {"file": 'a" b&c.ipynb'}], [item | {"number": "01"}], False)
    assert "<script>alert" not in made and "&lt;script&gt;alert" in made
    assert Page(made).buttons() == {f"Open 00 {evil}": "notebooks/index.html?path=notebooks/a%22%20b%26c.ipynb"}


@pytest.mark.parametrize("name", PAGES)
def test_no_outside_address(name):
    text = (SITE / name).read_text(encoding="utf-8")
    assert not re.search(r"https?:|[\"'(]//\w|\bdoi\b", text, re.IGNORECASE)


def test_page_has_no_outside_address(source):
    assert "://" not in source and "doi.org" not in source


def test_page_is_a_sound_document(page, source):
    assert source.startswith("<!DOCTYPE html>")
    assert page.all("html")[0][0]["lang"] == "en"
    assert re.search(r"<title>OsteoLab\b[^<]+</title>", source)
    for tag in ("h1", "main", "header", "footer", "nav"):
        assert len(page.all(tag)) == 1, tag
    levels = [int(tag[1]) for tag, _, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_picture_has_size_and_words(page, root):
    ((attrs, _),) = page.all("img")
    with (root / "docs" / "images" / "lab.png").open("rb") as file:
        size = struct.unpack(">II", file.read(24)[16:])
    assert (attrs["src"], attrs["loading"]) == ("lab.png", "lazy")
    assert (int(attrs["width"]), int(attrs["height"])) == size
    assert len(attrs["alt"]) > 40


def test_educational_use_is_said_as_in_the_first_notebook(page, root):
    cells = json.loads((root / "notebooks" / "00_start_here.ipynb").read_text(encoding="utf-8"))["cells"]
    notice = "".join(cells[1]["source"]).partition("> **For learning only.** ")[2].strip()
    assert notice and f"For learning only. {notice}" in page.text


def test_citation_is_that_of_the_repository(page, root):
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    assert f"{citation['title']}, version {citation['version']}." in page.text
    assert citation["authors"][0]["name"] in page.text
    assert "MIT license" in page.text and "CC BY 4.0" in page.text


def test_version_stands_on_the_page(landing, lists):
    made = landing.page("9.8.7", *lists, False)
    assert 'data-version="9.8.7"' in made and "version 9.8.7" in Page(made).text
    assert "$" not in made


def test_full_edition_says_that_it_needs_the_network(landing, lists, source):
    full = landing.page("0.1.0", *lists, True)
    assert landing.FULL in full and landing.PLAIN not in full
    assert landing.PLAIN in source and landing.FULL not in source


def test_page_is_small(source):
    rest = sum((SITE / name).stat().st_size for name in ("landing.css", "landing.js", "copies.js"))
    assert len(source.encode()) + rest < MOST_BYTES


def test_page_works_without_script_but_for_the_copies(source, page):
    assert "<noscript>" in source and all("onclick" not in attrs for _, attrs, _ in page.tags)
    hidden = {attrs["id"] for _, attrs, _ in page.tags if "hidden" in attrs}
    assert {"kept", "reset", "none", "unable"} == hidden


def test_first_cell_without_the_usual_form_is_named(landing, tmp_path):
    (tmp_path / "00_a.ipynb").write_text('{"cells": [{"source": ["# A\\n"]}]}', encoding="utf-8")
    readme = "\n## The course\n| 00 | | [A](notebooks/00_a.ipynb) | b | c |\n"
    with pytest.raises(ValueError, match=r"00_a\.ipynb: the first cell"):
        landing.course(readme, tmp_path)
    with pytest.raises(FileNotFoundError):
        landing.course(readme.replace("00_a", "00_b"), tmp_path)
    with pytest.raises(ValueError, match="no table"):
        landing.course("# Nothing\n", tmp_path)
