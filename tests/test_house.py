"""The house: imports of the calculator go one way, it knows nothing of the screen, and no module is long."""

import ast
from pathlib import Path

import pytest

HELPERS = Path(__file__).resolve().parents[1] / "helpers"
PACKAGE = HELPERS / "osteolab"
SCREEN = ("osteolab.lab", "ipywidgets", "anywidget", "plotly", "traitlets", "IPython")
MOST_LINES = 500
STILL_LONGER = {  # of the screen; to be divided
    "osteolab/lab/figure.py",
    "osteolab/lab/lattice_lab.py",
    "osteolab/lab/remodeling_lab.py",
}


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


def test_no_module_is_long():
    lines = {path.relative_to(HELPERS).as_posix(): path for path in HELPERS.rglob("*.py")}
    long = {name for name, path in lines.items() if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES}
    assert long - STILL_LONGER == set()
    assert all(name.startswith("osteolab/lab/") for name in STILL_LONGER)
