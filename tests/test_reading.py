"""The glossary is one page that notebooks lead to; every link of a notebook and of a page has its target."""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from osteolab import data
from page_links import ID, dead

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
LINK = re.compile(r"(?<!!)\[(?P<words>[^\]]*)\]\((?P<target>[^)\s]+)\)")
GLOSSARY = "../docs/glossary.md"
# Words of every day, and those whose meaning is said in the same breath wherever the course uses them.
EVERYDAY = {"hormone", "menopause", "model", "estrogen", "placebo", "remodeling", "plate", "rod"}
ALSO = {"SD"}  # stands under another word


def cells(path):
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == "markdown"]


def prose(path):
    """Return the text of a notebook without headings, pictures, formulas, questions and tasks, which hold no links."""
    whole = "\n".join(text for text in cells(path) if not text.startswith("## Try"))
    for gone in (
        r"^#.*$",
        r"!\[[^\]]*\]\([^)]*\)",
        r"\$\$(?s:.*?)\$\$",
        r"\$[^$\n]*\$",
        r"^- \*\*[A-D]\*\* .*$",
        r"^\*\*.*…\*\*$",
    ):
        whole = re.sub(gone, "", whole, flags=re.MULTILINE)
    return LINK.sub(lambda link: link[0] if link["target"].startswith(GLOSSARY) else "", whole)


def first_use(term, text):
    exact = any(letter.isupper() for letter in term[1:])
    return re.search(rf"(?<![\w./#-]){re.escape(term)}(?:s|es)?\b", text, 0 if exact else re.IGNORECASE)


def unlinked(text):
    """Return the terms of art that are not linked where a text first uses them."""
    spans = [link.span() for link in LINK.finditer(text) if link["target"].startswith(GLOSSARY)]
    terms = {row["term"] for row in data.rows("glossary")} - EVERYDAY | ALSO
    found = []
    for term in terms:
        use = first_use(term, text)
        if use and not any(start < use.start() < end for start, end in spans):
            found.append(term)
    return sorted(found)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_term_of_art_is_linked_where_a_notebook_first_uses_it(path):
    assert unlinked(prose(path)) == []


def test_an_unlinked_term_is_found():
    linked = f"A [strut]({GLOSSARY}#strut) and a strut. [Precursors]({GLOSSARY}#precursor) wait."
    assert unlinked(linked) == []
    assert unlinked("RANKL, struts and SHBG. " + linked) == ["RANKL", "SHBG", "strut"]


@pytest.fixture(scope="module")
def glossary():
    sys.path.insert(0, str(ROOT / ".ci"))
    try:
        return importlib.import_module("make_glossary")
    finally:
        sys.path.remove(str(ROOT / ".ci"))


def test_the_glossary_page_holds_the_table(glossary):
    assert glossary.PAGE.read_text(encoding="utf-8") == glossary.page(), "run python .ci/make_glossary.py"


def test_each_term_of_the_glossary_has_an_address_of_its_own(glossary):
    names = [glossary.anchor(row["term"]) for row in data.rows("glossary")]
    assert len(set(names)) == len(names) and all(re.fullmatch(r"[a-z0-9-]+", name) for name in names)


def test_the_glossary_links_of_the_notebooks_name_a_term(glossary):
    names = {glossary.anchor(row["term"]) for row in data.rows("glossary")}
    links = [link["target"] for path in NOTEBOOKS for text in cells(path) for link in LINK.finditer(text)]
    parts = [target.partition("#")[2] for target in links if target.startswith(f"{GLOSSARY}#")]
    assert len(parts) > 40 and set(parts) <= names


@pytest.fixture(scope="module")
def reading():
    """Return the module that writes the pages of the site that are read."""
    sys.path.insert(0, str(ROOT / "helpers" / "site"))
    try:
        return importlib.import_module("reading")
    finally:
        sys.path.remove(str(ROOT / "helpers" / "site"))


@pytest.fixture(scope="module")
def pages(reading, tmp_path_factory):
    """Return the folder of a site that holds nothing but these pages."""
    site = tmp_path_factory.mktemp("site")
    reading.add_reading(site, "0.1.0")
    return site


def test_every_link_of_a_page_that_is_read_has_its_target(pages):
    made = sorted((pages / "read").rglob("*.html"))
    assert len(made) > 50
    assert {page.name: dead(pages, page, ("index.html", "landing.css")) for page in made} == {
        page.name: [] for page in made
    }


def test_every_link_of_a_notebook_has_its_page_on_the_site_and_its_part_on_that_page(reading, pages):
    known, lost = reading.addresses(), []
    for path in NOTEBOOKS:
        for link in (found for text in cells(path) for found in LINK.finditer(text)):
            target, _, part = link["target"].partition("#")
            if urlsplit(target).scheme:
                continue
            name = (path.parent / target).resolve().relative_to(ROOT).as_posix()
            if name.endswith(".ipynb"):
                found = (ROOT / name).exists()
            else:
                page = pages / known.get(name, "none")
                found = page.exists() and (not part or part in ID.findall(page.read_text(encoding="utf-8")))
            lost += [] if found else [(path.stem, link["target"])]
    assert lost == []


def test_a_page_has_no_address_twice(pages):
    for page in (pages / "read").rglob("*.html"):
        found = ID.findall(page.read_text(encoding="utf-8"))
        assert len(found) == len(set(found)), page.name


def test_a_link_that_leads_nowhere_stops_the_build(reading):
    with pytest.raises(SystemExit, match=r"README\.md leads to none\.md"):
        reading._from_markdown("README.md", "[a](none.md)")


def test_a_link_keeps_its_part_and_a_notebook_opens_in_its_page(reading):
    made = reading._from_markdown(
        "docs/model/README.md", "[a](../glossary.md#rankl) [b](../../notebooks/00_start_here.ipynb)"
    )
    assert 'href="../glossary.html#rankl"' in made
    assert 'href="../../../notebooks/index.html?path=notebooks/00_start_here.ipynb"' in made


def test_a_table_is_a_page_and_its_cells_are_no_html(reading, pages, tmp_path, monkeypatch):
    shown = (pages / "read" / "data" / "glossary.html").read_text(encoding="utf-8")
    assert shown.count("<tr>") == len(data.rows("glossary")) + 1
    monkeypatch.setattr(reading, "ROOT", tmp_path)
    (tmp_path / "a.csv").write_text("name\n<b>x</b>\n", encoding="utf-8")
    assert "<td>&lt;b&gt;x&lt;/b&gt;</td>" in reading._table("a.csv")
