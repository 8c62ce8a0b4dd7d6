"""A still picture shows what its lab says today: the words and numbers that were on the page when it was taken."""

import html
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / ".ci"))

from make_stills import STILLS, lab_of, said_in  # noqa: E402

TILE = re.compile(
    r'class="ol-what">(?P<what>.*?)</div>.*?<b>(?P<value>.*?)</b>.*?class="ol-context">(?P<context>.*?)</div>',
    re.DOTALL,
)
LEFT_OUT = re.compile(r" \((CTX|P1NP)\)")  # words that a narrow card leaves out


def plain(text):
    """Return what is read of a piece of HTML, as the page tells it: without spaces that only keep words together."""
    return html.unescape(re.sub(r"<.*?>", "", text)).replace("\u00a0", " ").strip()


def tiles_of(lab):
    """Return label, value and context of every tile."""
    shown = str(lab.picture.numbers(lab.shown))
    return [tuple(plain(tile[part]) for part in ("what", "value", "context")) for tile in TILE.finditer(shown)]


def bars_of(lab):
    """Return the bars below each piece of bone."""
    names = {"density": "Density", "connections": "Connections", "strength": "Strength"}
    read = lab.reading
    return [" ".join(f"{word} {read[f'{name}_{twin}']} %" for name, word in names.items()) for twin in "ab"]


@pytest.mark.parametrize("target", STILLS)
def test_a_still_picture_shows_what_the_lab_says_today(target):
    said, lab = said_in(ROOT / target), lab_of(*STILLS[target])
    assert said["sentence"].replace("\u202f", " ") == plain(lab.sentence).replace("\u202f", " "), (
        "run python .ci/make_stills.py"
    )
    boxes = {name: row.box.value for name, row in lab.desk.frame.rows.items()}
    assert said["boxes"].items() <= boxes.items()
    if "bars" in said:
        assert [re.sub(r"\s+", " ", bar) for bar in said["bars"]] == bars_of(lab)
        assert said["age"] == lab.settings()["age"]
    else:
        labelled = [(LEFT_OUT.sub("", what), *rest) for what, *rest in said["tiles"]]
        assert labelled == [(LEFT_OUT.sub("", what), *rest) for what, *rest in tiles_of(lab)]
        assert said["scan_age"] == lab.settings()["scan_age"]


def test_every_still_picture_of_the_course_is_one_of_these():
    found = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("notebooks/images/*_lab.png")}
    assert found == {name for name in STILLS if name.startswith("notebooks/")}
