"""Build the course as a folder of static files that brings its own Python: `python3 -m nox -s site`.

What is made, in order:

1. the project's own wheel, from this checkout, data included;
2. the pure wheels of ``browser.lock``, fetched with their hashes checked;
3. Pyodide, the Python that runs in a browser, in the version and with the hash of ``pyodide.json``;
4. the same wheels again with their modules compiled by that very Python, without what a lab never opens;
5. JupyterLite (the pages of JupyterLab and Jupyter Notebook) with the notebooks as they are;
6. the settings that make all of it self-contained, the landing page, the bar above each notebook;
7. ``site.json`` (versions, what the pages need) and ``files.sha256`` (every file with its hash).

No address of any host is written here: pip and npm use whatever registry they are set up for.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import landing
import sources

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NOTEBOOKS = ROOT / "notebooks"
LOCK = HERE / "browser.lock"
KERNEL_EXTENSION = "@jupyterlite/pyodide-kernel-extension"
KERNEL_PLUGIN = f"{KERNEL_EXTENSION}:kernel"
# Loaded in one go at the start; a package that is missing here would be looked for later, one at a time.
AT_START = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython", "osteolab")
# From the kernel's own folder of wheels: small stand-ins for packages that need a computer's Python.
FROM_KERNEL = ("ipykernel-", "piplite-", "pyodide_kernel-", "widgetsnbextension-4")
# Wheels of the lock that only serve JupyterLab's side; the stand-ins above or the page itself replace them.
NOT_IN_KERNEL = ("jupyterlab_widgets", "widgetsnbextension")
FIGURE_SCRIPT = "plotly/package_data/widgetbundle.js"
PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
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
# Services that nobody here needs; each costs a request, a pop-up or a copy that goes stale.
DISABLED = (
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlite/application-extension:service-worker-manager",
    "@jupyterlite/services-extension:service-worker-manager",
    "@jupyterlite/apputils:service-worker-manager",
)
# As in JupyterLab: cells out of sight stay in the page and are not laid out at each redraw.
SETTINGS = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "contentVisibility"}}
PAGES = ("landing.css", "landing.js", "copies.js", "course_bar.css", "course_bar.js", "serve.py")
EPOCH = "315532800"  # 1980-01-01: the first date that a zip file can hold


def run(*command: str | Path, **options) -> None:
    """Run a command; stop the build with its output if it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise SystemExit(f"{Path(str(command[0])).name} failed:\n{(done.stdout + done.stderr)[-3000:]}")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def say(text: str) -> None:
    """Print a line at once, so that a slow step is not taken for a hang."""
    print(text, flush=True)


# wheels


def fetch_wheels(folder: Path, full: bool) -> None:
    """Fetch the locked wheels, with their hashes checked, and build the project's own."""
    folder.mkdir(parents=True)
    options = ("--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--disable-pip-version-check")
    platform = ("--platform", "any", "--python-version", "3.14")
    run(sys.executable, "-m", "pip", "download", *options, *platform, "-r", LOCK, "-d", folder)
    for name in NOT_IN_KERNEL:
        for wheel in folder.glob(f"{name}-*.whl"):
            wheel.unlink()
    source = Path(sys.prefix, "share", "jupyter", "labextensions", KERNEL_EXTENSION, "static", "pypi")
    for wheel in sorted(source.glob("*.whl")):
        if wheel.name.startswith(FROM_KERNEL):
            shutil.copy(wheel, folder / wheel.name)
    if not full:
        replace_installer(folder)
    own = os.environ | {"SOURCE_DATE_EPOCH": EPOCH}
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT, env=own)


def replace_installer(folder: Path) -> None:
    """Put a stand-in for the kernel's installer, and leave only the name of what it would have imported."""
    (wheel,) = folder.glob("piplite-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        about = {name: archive.read(name) for name in archive.namelist() if ".dist-info/" in name}
    with zipfile.ZipFile(wheel, "w") as archive:
        for path in sorted((HERE / "piplite").glob("*.py")):
            archive.writestr(zipfile.ZipInfo(f"piplite/{path.name}"), path.read_bytes())
        for name, content in about.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    (unused,) = folder.glob("micropip-*.whl")
    rewritten = unused.with_suffix(".tmp")
    with zipfile.ZipFile(unused) as old, zipfile.ZipFile(rewritten, "w") as new:
        for name in old.namelist():
            if ".dist-info/" in name:
                new.writestr(zipfile.ZipInfo(name), old.read(name))
    rewritten.replace(unused)


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


def dist(wheel: Path) -> str:
    """Return the name of the distribution in a wheel, as the index of Pyodide spells it."""
    return re.sub(r"[-_.]+", "-", wheel.name.split("-")[0]).lower()


# Pyodide


def node(program: str) -> Path:
    """Return the path of node or npm: the one installed with the build tools, else the system's."""
    own = Path(sys.executable).with_name(program)
    found = own if own.exists() else shutil.which(program)
    if not found:
        raise SystemExit(
            f"{program} was not found; `python3 -m nox -s site` installs it into an environment of its own"
        )
    return Path(found)


def fetch_pyodide(work: Path) -> Path:
    """Fetch the pinned package of Pyodide, check its hash, and return the folder of its files."""
    pin = json.loads((HERE / "pyodide.json").read_text(encoding="utf-8"))
    work.mkdir(parents=True)
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    run(node("npm"), "pack", "--silent", f"pyodide@{pin['version']}", cwd=work, env=env)
    (archive,) = work.glob("*.tgz")
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != pin["integrity"]:
        raise SystemExit(f"Pyodide {pin['version']}: the hash is {found}, pyodide.json says {pin['integrity']}")
    with tarfile.open(archive) as tar:
        tar.extractall(work, filter="data")
    return work / "package"


def entry(wheel: Path, requires: list[str]) -> dict:
    """Return what Pyodide's list of packages says about one wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0].removesuffix(".pyc").removesuffix(".py") for name in names}
    return {
        "name": dist(wheel),
        "version": wheel.name.split("-")[1],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": sha256(wheel),
        "package_type": "package",
        "imports": sorted(top for top in tops if re.fullmatch(r"[A-Za-z]\w*", top)),
        "depends": requires,
        "unvendored_tests": False,
    }


def requirements(wheel: Path, available: set[str]) -> list[str]:
    """Return the distributions among `available` that a wheel asks for without an extra."""
    from packaging.requirements import Requirement

    with zipfile.ZipFile(wheel) as archive:
        metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        lines = archive.read(metadata).decode("utf-8").split("\n\n")[0].splitlines()
    asked = [Requirement(line.removeprefix("Requires-Dist: ")) for line in lines if line.startswith("Requires-Dist: ")]
    plain = [item for item in asked if not (item.marker and "extra" in str(item.marker))]
    return sorted({re.sub(r"[-_.]+", "-", item.name).lower() for item in plain} & available)


# The full variant lets the browser fetch these from Pyodide's own distribution.
FROM_DISTRIBUTION = ("numpy", "pandas", "scipy")


def package_list(original: dict, wheels: Path, address: str = "") -> dict:
    """Return Pyodide's list of packages: the wheels of this site, with an address also those of FROM_DISTRIBUTION."""
    own = sorted(wheels.glob("*.whl"))
    available = {dist(wheel) for wheel in own}
    packages = {dist(wheel): entry(wheel, requirements(wheel, available)) for wheel in own}
    for item in packages.values():
        item["file_name"] = f"{wheels.name}/{item['file_name']}"
    for name in closure(original["packages"], FROM_DISTRIBUTION) - available if address else ():
        foreign = original["packages"][name]
        packages[name] = foreign | {"file_name": address + foreign["file_name"]}
    return {"info": original["info"], "packages": dict(sorted(packages.items()))}


def closure(packages: dict, names: tuple[str, ...]) -> set[str]:
    """Return packages with everything that they need."""
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += packages[name]["depends"]
    return found


def distribution_address(pyodide: Path) -> str:
    """Return the address of Pyodide's own distribution, as Pyodide itself knows it."""
    version = json.loads((pyodide / "package.json").read_text(encoding="utf-8"))["version"]
    script = (pyodide / "pyodide.mjs").read_text(encoding="utf-8")
    found = re.search(r"`(https://[^`$]+/v)\$\{\w+\}(/full/)`", script)
    if found is None:
        raise SystemExit(f"Pyodide {version} does not say where its packages are; the full variant cannot be built")
    return f"{found[1]}{version}{found[2]}"


# the site


def stage(folder: Path) -> None:
    """Copy what a reader can open into one folder, links between the files intact."""
    ignored = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
    for name in ("notebooks", "docs", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("README.md", "CHANGELOG.md", "LICENSE", "LICENSE-text.md", "CITATION.cff"):
        shutil.copy(ROOT / name, folder / name)


def build_pages(lite: Path, site: Path) -> None:
    """Let JupyterLite make the pages of JupyterLab and Jupyter Notebook around the staged files."""
    settings = {
        "LiteBuildConfig": {
            "apps": ["lab", "notebooks"],
            "contents": ["."],
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
            "output_dir": str(site),
            "cache_dir": str(lite.with_name("cache")),
        }
    }
    (lite.with_name("lite.json")).write_text(json.dumps(settings), encoding="utf-8")
    program = Path(sys.executable).with_name("jupyter-lite")
    env = os.environ | {"SOURCE_DATE_EPOCH": EPOCH, "JUPYTER_PREFER_ENV_PATH": "1"}
    run(program, "build", "--config", lite.with_name("lite.json"), cwd=lite, env=env)


def configure(site: Path, runtime: str, full: bool) -> None:
    """Point the pages at their own Python, and switch off what would ask elsewhere."""
    path = site / "jupyter-lite.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    config = settings["jupyter-config-data"]
    config |= {
        "appName": "OsteoLab",
        "exposeAppInBrowser": True,
        "contentsStorageName": "OsteoLab",
        "settingsStorageName": "OsteoLab settings",
        "workspacesStorageName": "OsteoLab workspaces",
        "disabledExtensions": sorted({*config.get("disabledExtensions", ()), *DISABLED}),
    }
    config.setdefault("litePluginSettings", {})[KERNEL_PLUGIN] = {
        "pyodideUrl": f"./static/{runtime}/pyodide.mjs",
        "disablePyPIFallback": True,
        "pipliteUrls": [],
        "loadPyodideOptions": {"packages": [*AT_START, *(FROM_DISTRIBUTION if full else ())]},
    }
    overrides = ROOT / "helpers" / "jupyter_settings" / "osteolab.json"
    config["settingsOverrides"] = json.loads(overrides.read_text(encoding="utf-8")) | SETTINGS
    path.write_text(json.dumps(settings, indent=1, sort_keys=True), encoding="utf-8")


def install_runtime(site: Path, pyodide: Path, wheels: Path, full: bool) -> str:
    """Put Pyodide and its packages into a folder named after their content, and return its name."""
    original = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))
    packages = package_list(original, wheels, distribution_address(pyodide) if full else "")
    text = json.dumps(packages, indent=1, sort_keys=True)
    digest = hashlib.sha256(text.encode() + b"".join(sha256(pyodide / name).encode() for name in PYODIDE_FILES))
    # A changed site has a changed folder: no browser can mix an old list with a new wheel.
    folder = site / "static" / f"pyodide-{digest.hexdigest()[:12]}"
    folder.mkdir(parents=True)
    for name in PYODIDE_FILES:
        shutil.copy(pyodide / name, folder / name)
    shutil.copytree(wheels, folder / wheels.name)
    (folder / "pyodide-lock.json").write_text(text, encoding="utf-8")
    return folder.name


def add_own_pages(site: Path, version: str, filled: dict[str, str], full: bool) -> None:
    """Write the landing page, put the course bar above every notebook, and drop JupyterLite's own start page."""
    existing, planned = landing.course((ROOT / "README.md").read_text(encoding="utf-8"), NOTEBOOKS)
    # The pages of JupyterLite look for their settings in every index.html above them.
    settings = '<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{}</script></body>'
    start = landing.page(version, existing, planned, full).replace("</body>", settings)
    (site / "index.html").write_text(start, encoding="utf-8")
    shutil.copy(ROOT / "docs" / "images" / "lab.png", site / "lab.png")
    texts = {name: (HERE / name).read_text(encoding="utf-8") for name in PAGES}
    for name in PAGES:
        for place, value in ({"__OSTEOLAB_VERSION__": version} | filled).items():
            texts[name] = texts[name].replace(place, value)
        (site / name).write_text(texts[name], encoding="utf-8")
    stamp = hashlib.sha256("".join(texts.values()).encode()).hexdigest()[:8]
    head = f'<link rel="stylesheet" href="../course_bar.css?v={stamp}">'
    head += f'<script type="module" src="../course_bar.js?v={stamp}"></script>'
    head += '<link rel="icon" href="../lab/favicon.ico">'
    for app in ("lab", "notebooks"):
        # Before JupyterLab reads a picture from the notebook's folder, the page asks for it beside itself.
        shutil.copytree(NOTEBOOKS / "images", site / app / "images")
        path = site / app / "index.html"
        html = path.read_text(encoding="utf-8").replace("<title>JupyterLite</title>", "<title>OsteoLab</title>")
        if html.count("</head>") != 1:
            raise SystemExit(f"{app}/index.html has changed; the course bar cannot be put in")
        path.write_text(html.replace("</head>", head + "</head>"), encoding="utf-8")


def describe(site: Path, version: str, raw: Path, wheels: Path, full: bool) -> None:
    """Write site.json (versions and stamps) and files.sha256 (every file)."""
    pin = json.loads((HERE / "pyodide.json").read_text(encoding="utf-8"))
    notebooks = {}
    for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
        content = json.loads(path.read_text(encoding="utf-8"))
        title = re.search(r"^# (.+)$", "".join(content["cells"][0]["source"]), re.MULTILINE)
        notebooks[f"notebooks/{path.name}"] = {
            "title": title[1] if title else path.stem,
            **content["metadata"]["osteolab"],
        }
    packages = [
        {"file": path.name, "published_sha256": sha256(raw / path.name), "compiled_sha256": sha256(path)}
        for path in sorted(wheels.glob("*.whl"))
    ]
    # A browser compares the stamps with those of the copies that it keeps.
    about = {
        "version": version,
        "full": full,
        "source": sources.digest(),
        "pyodide": pin,
        "notebooks": notebooks,
        "packages": packages,
    }
    (site / "site.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
    files = [path for path in sorted(site.rglob("*")) if path.is_file() and path.name != "files.sha256"]
    lines = [f"{sha256(path)}  {path.relative_to(site).as_posix()}\n" for path in files]
    (site / "files.sha256").write_text("".join(lines), encoding="utf-8")


def main() -> None:
    """Build the site."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="let the browser fetch numpy, pandas and scipy")
    parser.add_argument("--output", type=Path, default=ROOT / "_site")
    parser.add_argument("--work", type=Path, default=ROOT / ".nox" / "site-work", help="folder for what is in between")
    options = parser.parse_args()
    site, work = options.output.resolve(), options.work.resolve()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    shutil.rmtree(work, ignore_errors=True)
    say("Fetching the wheels and Pyodide ...")
    fetch_wheels(work / "raw", options.full)
    pyodide = fetch_pyodide(work / "npm")
    say("Compiling the wheels for the Python of the browser ...")
    script = take_script(work / "raw", work / "static")
    compile_wheels(work / "raw", work / "wheels", pyodide, work / "compile", script)
    say("Building the pages ...")
    stage(work / "lite")
    # JupyterLite puts back the dates of everything in the folder around its output, so it gets a folder of its own.
    build_pages(work / "lite", work / "pages" / "site")
    shutil.rmtree(site, ignore_errors=True)
    shutil.move(work / "pages" / "site", site)
    runtime = install_runtime(site, pyodide, work / "wheels", options.full)
    shutil.copy(work / script, site / script)
    configure(site, runtime, options.full)
    filled = {"__FIGURE_SCRIPT__": script, "__PYTHON__": f"static/{runtime}/{PYODIDE_FILES[2]}"}
    add_own_pages(site, version, filled, options.full)
    describe(site, version, work / "raw", work / "wheels", options.full)
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    say(f"The site is in {site.name}/: {size / 1e6:.0f} MB. Serve it with `python3 -m nox -s serve`.")


if __name__ == "__main__":
    main()
