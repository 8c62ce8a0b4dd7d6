"""The page's side as text: parts that can be joined, no colour, no outside address, every class of a style in use."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from osteolab.lab.card.host import LabHost
from osteolab.lab.card.plans import PlansStrip
from osteolab.lab.card.question import DrawnLine, SignTable
from osteolab.lab.cards.card import CardChrome
from osteolab.lab.page import HERE, ROOTS, SURFACE, page, style, tokens
from osteolab.lab.palette import DARK, LIGHT
from osteolab.lab.pictures.crew import CrewAnimation
from osteolab.lab.pictures.figure import PanelFigure
from osteolab.lab.pictures.lattice_view import LatticeView

WIDGETS = (LabHost, PlansStrip, SignTable, DrawnLine, CardChrome, CrewAnimation, PanelFigure, LatticeView)
SCRIPTS, STYLES = sorted(HERE.rglob("*.js")), sorted(HERE.rglob("*.css"))
LAB = HERE.parent
NAMED = re.compile(r"^(?:async )?(?:function|class|const|let)\s+(?:\{([^}]*)\}|(\w+))", re.MULTILINE)
COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})\b|\b(?:rgb|hsl)a?\(\s*\d")
ADDRESS = re.compile(r"\b(?:https?:)?//[\w.-]+\.\w+|\burl\((?!#)|@import|\bfetch\(|XMLHttpRequest|\bWebSocket\(")
SVG = "http://www.w3.org/2000/svg"  # a name, not an address
# Classes that come from ipywidgets and noUiSlider, from JupyterLab, and from plotly.
FOREIGN = re.compile(
    r"^(jp-|jupyter-|widget-|noUi-|lm-|mod-|js-|plot-|svg-|cursor-|annotation-|slider-container$|btn-group$)"
)


def names_of(script):
    """Return the names a joined script declares at its top level, in order."""
    found = (one[1] or one[0] for one in NAMED.findall(script))
    return [name.strip() for names in found for name in names.split(",")]


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)
def test_the_parts_of_a_widget_join_into_one_module(widget):
    names = names_of(widget._esm)
    assert sorted(set(names)) == sorted(names), "two parts give a name to different things"
    assert "import " not in re.sub(r"//.*", "", widget._esm).split("export default")[0].replace("import(", "")
    assert len(re.findall(r"^export ", widget._esm, re.MULTILINE)) == 1
    assert re.search(r"^export default", widget._esm, re.MULTILINE)


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)
def test_a_joined_module_can_be_parsed(widget, tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node on this machine; nox -s page brings one")
    (tmp_path / "joined.mjs").write_text(widget._esm, encoding="utf-8")
    ran = subprocess.run([node, "--check", tmp_path / "joined.mjs"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_what_a_file_imports_comes_before_it_and_once():
    text = page("lab")
    assert text.count("export default") == 1 and text.rstrip().endswith("export default { render };")
    assert text.count("function setAttribute(") == 1
    assert text.index("function setAttribute(") < text.index("function watchMenu(") < text.index("function attach(")
    assert page("find", "theme", "lab").count("function findRoot(") == 1, "naming a part twice joins it once"
    with pytest.raises(FileNotFoundError):
        page("no_such_part")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_import_leads_to_a_file_that_exports_the_name(path):
    for names, source in re.findall(r'import \{([^}]*)\} from "([^"]+)";', path.read_text(encoding="utf-8")):
        target = (path.parent / source).resolve()
        assert HERE in target.parents
        text = target.read_text(encoding="utf-8")
        for name in filter(None, (name.strip() for name in names.split(","))):
            assert re.search(rf"^export (?:async )?(?:function|const|class) {name}\b", text, re.MULTILINE), name


@pytest.mark.parametrize("path", SCRIPTS + STYLES, ids=lambda path: path.name)
def test_no_colour_and_no_outside_address_stands_in_a_file_of_the_page(path):
    text = path.read_text(encoding="utf-8").replace(SVG, "")
    assert COLOUR.findall(text) == []
    assert ADDRESS.findall(text) == []
    assert len(text.splitlines()) <= 500


def test_the_tokens_are_the_palette_light_and_dark():
    assert set(LIGHT) == set(DARK)
    light, dark = tokens().split("}")[:2]
    for block, ink in ((light, LIGHT), (dark, DARK)):
        told = dict(re.findall(r"--ol-([\w-]+): (#[0-9A-F]{6});", block))
        assert told == ink
    assert all(f"{root}.ol-dark" in dark for root in ROOTS)
    assert style("card", roots=(".ol-lab",)).startswith(tokens())


@pytest.mark.parametrize("widget", [LabHost, CardChrome, CrewAnimation], ids=lambda widget: widget.__name__)
def test_the_common_look_of_cards_comes_first_and_for_the_roots_of_a_sheet_alone(widget):
    sheet = widget._css
    assert SURFACE not in sheet
    found = re.findall(r":is\((\.ol-[^)]*)\) \{", sheet)
    assert len(found) == 1
    own = sheet.removeprefix(tokens()).partition("/* For a screen reader alone */")[2]
    assert all(re.search(rf"^{re.escape(root)} \{{", own, re.MULTILINE) for root in found[0].split(", "))
    border = "border: 1px solid var(--ol-line);\n  border-radius: 10px;"
    assert sheet.count(border) == 1, "a root is given again what all have"


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_uses_only_colours_of_the_palette_and_stands_under_classes_of_our_own(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert set(re.findall(r"var\(--ol-([\w-]+)", text)) <= {*LIGHT, "font"}
    for selectors in re.findall(r"(?:^|\})\s*([^@{}]+)\{", text):
        for selector in selectors.split(","):
            assert ".ol-" in selector or ")" in selector, selector


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_every_class_of_a_style_is_given_somewhere(path):
    texts = Path(__file__).resolve().parents[1].glob("notebooks/*.ipynb")
    given = "".join(file.read_text(encoding="utf-8") for file in [*SCRIPTS, *LAB.rglob("*.py"), *texts])
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for name in set(re.findall(r"\.([A-Za-z][\w-]+)", re.sub(r"[\d.]+px|\d+\.\d+", "", text))):
        start = name.rsplit("-", 1)[0]
        assert FOREIGN.match(name) or name in given or f"{start}-{{" in given or f"{start}-$" in given, name
