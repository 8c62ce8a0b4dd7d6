"""The house: imports go one way, the calculator knows no screen, a noun means one thing, no file is long."""

import ast
from pathlib import Path

import pytest

HELPERS = Path(__file__).resolve().parents[1] / "helpers"
PACKAGE = HELPERS / "osteolab"
SCREEN = ("osteolab.lab", "ipywidgets", "anywidget", "plotly", "traitlets", "IPython")
MOST_LINES = 500
# The rooms of the screen, from the ground up: a room uses its own floor and those below.
FLOORS = (
    ("words", "sliders", "shown", "palette", "page"),
    ("card",),
    ("edit", "predict", "exercises"),
    ("pictures",),
    ("lives", "setup", "say", "answer", "desk", "lab", "factories"),
    ("cards",),
    ("lessons",),
)
LAB = "osteolab.lab."
# What the card of a lab may know: text as HTML, numbers as text, files of the page. Nothing of bone.
KNOWN_TO_A_CARD = tuple(f"osteolab.lab.{room}" for room in ("card", "page", "palette", "words.markup", "words.numbers"))
SAID_TWICE = {"Shows"}  # every picture is one


def module_name(path: Path) -> str:
    parts = path.relative_to(HELPERS).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in PACKAGE.rglob("*.py")}
CALCULATOR = sorted(name for name in MODULES if not f"{name}.".startswith("osteolab.lab."))


def imported(name: str) -> set[str]:
    """Return what a module imports at any depth: `from osteolab import data` is osteolab.data.

    Optional libraries are asked for by name, `need("pandas", ...)`, and count as well.
    """
    found = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} has a relative import; the house writes where a thing comes from"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {one if one in MODULES else node.module for one in inner}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "need":
            found |= {arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    return found


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Return modules that import each other in a loop, or nothing."""
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for other in sorted(graph.get(name, ())):
            if loop := walk(other, [*way, name]):
                return loop
        done.add(name)
        return []

    return next((loop for name in graph if (loop := walk(name, []))), [])


@pytest.fixture(scope="module")
def graph():
    return {name: imported(name) for name in CALCULATOR}


def test_no_import_of_the_calculator_runs_in_a_circle(graph):
    assert circle({name: found & set(CALCULATOR) for name, found in graph.items()}) == []


def test_a_circle_would_be_found():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
    assert imported("osteolab.life") >= {"osteolab.quantities", "osteolab.readouts", "pandas"}, "also within functions"


def test_the_calculator_knows_nothing_of_the_screen(graph):
    seen = {
        (name, other)
        for name, found in graph.items()
        for other in found
        if any(f"{other}.".startswith(f"{screen}.") for screen in SCREEN)
    }
    assert seen == set()


def floor(name: str) -> int:
    """Return on which floor of the screen a module stands."""
    room = name.removeprefix(LAB).split(".")[0]
    return next(i for i, rooms in enumerate(FLOORS) if room in rooms)


SCREEN_ROOMS = sorted(name for name in MODULES if name.startswith(LAB))


def test_every_room_of_the_screen_uses_only_what_stands_below():
    up = [
        (name, other)
        for name in SCREEN_ROOMS
        for other in imported(name)
        if other.startswith(LAB) and floor(other) > floor(name)
    ]
    assert up == []
    assert circle({name: imported(name) & set(SCREEN_ROOMS) for name in SCREEN_ROOMS}) == []
    assert floor("osteolab.lab.words.tiles") < floor("osteolab.lab.pictures.panels") < floor("osteolab.lab.lab")


def test_the_card_knows_nothing_of_bone():
    rooms = [name for name in SCREEN_ROOMS if name.startswith("osteolab.lab.card.")]
    known = {other for name in rooms for other in imported(name) if other.startswith("osteolab")}
    assert rooms and {other for other in known if not other.startswith(KNOWN_TO_A_CARD)} == set()


def test_text_becomes_html_in_one_place():
    outside = [
        name
        for name in SCREEN_ROOMS
        if name != "osteolab.lab.card.parts"
        and ("w.HTML(" in (text := MODULES[name].read_text(encoding="utf-8")) or '.value = f"<' in text)
    ]
    assert outside == [], "an HTML widget is made and filled by card/parts.py, which escapes"


def nouns(name: str) -> set[str]:
    """Return the public classes that a module defines."""
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")}


def test_one_noun_means_one_thing():
    homes: dict[str, list[str]] = {}
    for name in MODULES:
        for noun in nouns(name) - SAID_TWICE:
            homes.setdefault(noun, []).append(name)
    assert {noun: rooms for noun, rooms in homes.items() if len(rooms) > 1} == {}
    assert {"Plan", "Scenario", "Lab", "Life"} <= set(homes)


def test_no_file_is_named_twice_for_two_jobs():
    # words that meant two or three things each: what is printed, what is read, what is planned, what is looked at
    gone = {"figure", "reading", "plan", "names", "view", "condition", "telling"}
    rooms = {name.removeprefix(LAB).split(".")[-1] for name in SCREEN_ROOMS} - {"figure"}
    assert not gone & rooms


def test_no_file_is_long():
    root = HELPERS.parent
    folders = [root / name for name in ("helpers", "tests", "bench", ".ci")]
    files = [path for folder in folders for kind in ("py", "js", "mjs", "css") for path in folder.rglob(f"*.{kind}")]
    files = [root / "noxfile.py", *(path for path in files if "node_modules" not in path.parts)]
    lines = {path.relative_to(root).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}
    assert len(lines) > 150
