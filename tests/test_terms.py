"""A tile of a lab carries one or two plain sentences that say what it is, from the glossary."""

from __future__ import annotations

import re
from html import unescape

import pytest

from osteolab import data
from osteolab.lab import lesson
from osteolab.lab.words.terms import TERMS, explained
from osteolab.lab.words.tiles import tiles_html

EXPLAINED = re.compile(r'data-explained="([^"]+)"')


@pytest.mark.parametrize("name", TERMS)
def test_a_tile_is_explained_in_the_words_of_the_glossary(name):
    plain = {row["term"]: row["plain"] for row in data.rows("glossary")}
    text = explained(name)
    assert all(plain[term][1:] in text for term in TERMS[name])
    assert 1 <= text.count(".") - text.count("2.5") <= 2


@pytest.mark.parametrize("number", ["01", "02"])
def test_every_tile_of_a_lab_explains_itself(number):
    found = [unescape(text) for text in EXPLAINED.findall(tiles_html(lesson(number).lab().shown))]
    assert len(found) == 6 and set(found) <= set(map(explained, TERMS))
    first = "CTX" if number == "02" else "Bone resorption"
    assert found[2].startswith(first)
