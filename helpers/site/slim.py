"""What of each wheel goes into a browser, and in which form: compiled, without what a lab never opens."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from pathlib import Path

from tools import HERE, node, run
from wheels import dist

FIGURE_SCRIPT = "plotly/package_data/widgetbundle.js"
# fmt: off
RARE_TRACES = (
    "barpolar", "candlestick", "carpet", "choropleth", "choroplethmap", "cone", "contourcarpet", "densitymap",
    "funnel", "funnelarea", "histogram2dcontour", "icicle", "image", "isosurface", "ohlc", "parcats",
    "parcoords", "quiver", "sankey", "scattercarpet", "scattergeo", "scattermap", "scatterpolar",
    "scatterpolargl", "scattersmith", "scatterternary", "splom", "streamtube", "sunburst", "treemap", "volume",
    "waterfall",
)
# fmt: on
# What no lab imports or opens. The page has its own copy of the scripts among it.
LEAVE_OUT = {
    "plotly": (
        "plotly/labextension/",
        "plotly/package_data/plotly.min.js",
        "plotly/package_data/datasets/",
        "plotly/matplotlylib/",
        "plotly/figure_factory/",
        "plotly/express/",
        # The parts of the rarer kinds of traces: a thousand files, each unpacked at every start.
        *(f"plotly/graph_objs/{kind}/" for kind in RARE_TRACES),
    ),
    "anywidget": ("anywidget/nbextension/",),
    "ipywidgets": ("ipywidgets/tests/", "ipywidgets/widgets/tests/"),
    # The kernel insists on jedi. It brings 5,600 files for completing code as one types; IPython does without.
    "jedi": ("jedi/",),
    "parso": ("parso/",),
}
# Of these folders only these modules: the languages that IPython may colour, out of three hundred.
ONLY = {
    "pygments": {
        "pygments/lexers": (
            *("__init__", "_mapping", "_css_builtins", "_lilypond_builtins", "_scheme_builtins", "css", "data", "html"),
            *("javascript", "jvm", "lilypond", "lisp", "markup", "perl", "python", "ruby", "shell", "special"),
        )
    },
}
# Their modules keep their explanations out of the site: nobody reads them in a lab, and they are a third of the bytes.
WITHOUT_DOCSTRINGS = ("plotly", "narwhals", "pygments")


def take_script(raw: Path, folder: Path) -> str:
    """Write the script that draws plotly's figures as a file of the site and return its address there.

    A figure sends its script to the page as text, five megabytes through the kernel for every lab. From a file the
    page loads it once, keeps it compiled, and can begin before Python is awake.
    """
    (wheel,) = raw.glob("plotly-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        content = archive.read(FIGURE_SCRIPT)
    name = f"plotly-{hashlib.sha256(content).hexdigest()[:12]}.js"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return f"static/{name}"


def compile_wheels(raw: Path, target: Path, pyodide: Path, work: Path, script: str) -> None:
    """Let Pyodide compile the modules of every wheel in `raw` into wheels in `target`."""
    # The page that shows a figure is one folder below the start of the site.
    loader = f'export default (await import(new URL("../{script}", document.baseURI).href)).default;\n'
    target.mkdir(parents=True)
    shutil.copytree(raw, work / "in")
    (work / "out").mkdir()
    plan = {
        wheel.name: {
            "leave_out": LEAVE_OUT.get(dist(wheel), ()),
            "only": ONLY.get(dist(wheel), {}),
            "with_source": dist(wheel) == "osteolab",
            "replace": {FIGURE_SCRIPT: loader} if dist(wheel) == "plotly" else {},
            "optimize": 2 if dist(wheel) in WITHOUT_DOCSTRINGS else 0,
        }
        for wheel in raw.glob("*.whl")
    }
    (work / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    run(node("node"), HERE / "compile_wheels.mjs", pyodide, work)
    for wheel in sorted((work / "out").glob("*.whl")):
        shutil.copy(wheel, target / wheel.name)
