"""Every task of the repository: `python3 -m nox -s lab` opens the course, `-s tests` checks it.

All sessions but the ones named after another Python share one environment, `.nox/osteolab`. It is set up
from requirements.lock the first time and left alone until the lock or the package's description changes.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nox
from nox.command import CommandFailed

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
DESCRIPTION = ROOT / "pyproject.toml"
SITE = ROOT / "helpers" / "site"
TOOLS_LOCK, BROWSER_LOCK = SITE / "tools.lock", SITE / "browser.lock"
AUDIT = ROOT / "helpers" / "audit"
AUDIT_LOCK = AUDIT / "tools.lock"
WORKFLOWS = ".github/workflows"
JAVASCRIPT = ROOT / "helpers" / "javascript"
# What runs in a page: that of a lab, that of the site, and the tests of both.
PAGE_FOLDERS = ("helpers/osteolab/lab/page", "helpers/site", "tests/page")
LAB_SETTINGS = ROOT / "helpers" / "jupyter_settings"
START = "notebooks/00_start_here.ipynb"
SUPPORTED = ("3.11", "3.12", "3.13")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ASK_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"

nox.options.sessions = ["tests", "lint", "types"]
# The environment is shared and kept, so set_up() makes it; nox has one for each session.
nox.options.default_venv_backend = "none"


def version_of(python: str | Path) -> str | None:
    """Return the version that this command starts, or None; a shim on the path may start nothing."""
    ask = [str(python), "-c", ASK_VERSION]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, timeout=30, check=False)
    except OSError:
        return None
    return answer.stdout.strip() or None


def find_python(version: str) -> str | None:
    """Return the path of a Python of this version that really starts, or None."""
    home = Path.home()
    places = [shutil.which(f"python{version}")]
    for pattern in (".pyenv/versions/{}.*/bin/python", ".local/share/uv/python/cpython-{}.*/bin/python3"):
        places += sorted(map(str, home.glob(pattern.format(version))), reverse=True)
    return next((place for place in places if place and version_of(place) == version), None)


def own_python() -> str | None:
    """Return the Python to use: the one that runs nox if it is supported, otherwise the newest found."""
    if "{}.{}".format(*sys.version_info[:2]) in SUPPORTED:
        return sys.executable
    return next(filter(None, map(find_python, reversed(SUPPORTED))), None)


def fingerprint(lock: Path) -> str:
    """Return a digest of what decides the content of an environment, its place included."""
    digest = hashlib.sha256(str(ROOT).encode())
    for file in (lock, DESCRIPTION, *sorted(LAB_SETTINGS.glob("*.json"))):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def set_up(session: nox.Session, version: str | None = None, name: str = "osteolab", lock: Path = LOCK) -> str:
    """Make sure that the environment is as locked, and return the path of its Python."""
    folder = ROOT / ".nox" / (f"{name}-{version}" if version else name)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    python = str(programs / "python")
    session.env["VIRTUAL_ENV"] = str(folder)
    session.env["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
    stamp = folder / "osteolab-setup.txt"
    works = version_of(python) in SUPPORTED
    if works and stamp.exists() and stamp.read_text(encoding="utf-8") == fingerprint(lock):
        session.log("The environment is up to date.")
        return python
    session.log("Setting up the environment. This happens once and takes a minute or two.")
    stamp.unlink(missing_ok=True)
    if not works:
        create(session, folder, version)
    try:
        install_with_uv(session, python, lock)
    except CommandFailed:
        session.warn("uv could not install the packages; trying once more with pip, which is slower.")
        install_with_pip(session, python, lock)
    stamp.write_text(fingerprint(lock), encoding="utf-8")
    return python


def create(session: nox.Session, folder: Path, version: str | None) -> None:
    """Create an empty environment with the virtualenv that nox brings along."""
    base = find_python(version) if version else own_python()
    if base is None:
        session.error(f"OsteoLab needs Python {version or ' or '.join(SUPPORTED)}; none was found here.")
    session.run_install(sys.executable, "-m", "virtualenv", "--quiet", "--clear", "--python", base, str(folder))


def install_with_uv(session: nox.Session, python: str, lock: Path) -> None:
    """Bring uv into the environment from the lock, and let it install everything else."""
    only_uv = Path(python).parents[1] / "uv.lock.txt"
    only_uv.write_text(locked_lines("uv"), encoding="utf-8")
    install = (python, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes")
    session.run_install(*install, "-r", str(only_uv))
    # Bytecode is compiled now, so that kernels start fast where Python is told not to write any later.
    env = {"UV_COMPILE_BYTECODE": "1"}
    uv = (python, "-m", "uv", "pip", "--quiet")
    session.run_install(*uv, "sync", "--python", python, "--require-hashes", str(lock), env=env)
    alone = ("--no-deps", "--no-build-isolation")
    session.run_install(*uv, "install", "--python", python, *alone, "--editable", str(ROOT), env=env)


def install_with_pip(session: nox.Session, python: str, lock: Path) -> None:
    """Install everything with pip alone, for a network that uv cannot pass."""
    install = (python, "-m", "pip", "install", "--quiet", "--no-deps")
    session.run_install(*install, "--require-hashes", "-r", str(lock))
    session.run_install(*install, "--no-build-isolation", "--editable", str(ROOT))


def locked_lines(name: str) -> str:
    """Return the lines of the lock that pin one package, hashes included."""
    lines = rf"^{re.escape(name)}==.*\n(?:    --hash=.*\n)+"
    found = re.search(lines, LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise ValueError(f"requirements.lock does not pin {name}")
    return found.group()


def run_tests(session: nox.Session, python: str, measured: bool = True) -> None:
    """Run the unit and property tests, the labs in process, and every notebook; `measured` counts the lines run."""
    notebooks = ("--nbval", "--nbval-current-env", "--nbval-cell-timeout=60")
    spread = ("-n", "auto", "--dist", "loadfile")
    # nbval hands the name to every kernel; a bare --cov leaves the kernels waiting until they time out.
    coverage = ("--cov=osteolab", "--cov-report=term") if measured else ()
    what = session.posargs or (*spread, *coverage, "--ignore=tests/browser", "tests", "notebooks")
    session.run(python, "-m", "pytest", *notebooks, *what, env=quiet_kernel())


def quiet_kernel() -> dict[str, str]:
    """Return the environment in which nobody's own start-up files change what a cell prints."""
    folder = ROOT / ".nox" / "ipython"
    folder.mkdir(parents=True, exist_ok=True)
    # Workers that each start a thread for every core wait for each other: one thread each is twice as fast.
    return {"IPYTHONDIR": str(folder), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@nox.session
def lab(session: nox.Session) -> None:
    """Open the course in JupyterLab; options after -- are passed on to JupyterLab."""
    python = set_up(session)
    # Without a root, JupyterLab would serve the folder of the notebook, and links out of it would fail.
    root = f"--ServerApp.root_dir={ROOT}"
    session.run(python, "-m", "jupyterlab", root, START, *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Check the calculator, the labs, the data and the saved output of every notebook."""
    run_tests(session, set_up(session))


@nox.session(name="tests-3.12")
def tests_on_3_12(session: nox.Session) -> None:
    """Run the tests on Python 3.12, in an environment of its own."""
    tests_on(session, "3.12")


@nox.session(name="tests-3.13")
def tests_on_3_13(session: nox.Session) -> None:
    """Run the tests on Python 3.13, in an environment of its own."""
    tests_on(session, "3.13")


def tests_on(session: nox.Session, version: str) -> None:
    """Run the tests on another Python, or say that it is missing."""
    if find_python(version) is None:
        session.skip(f"Python {version} is not on this machine.")
    run_tests(session, set_up(session, version), measured=False)  # counting lines doubles the time; once is enough


@nox.session
def execute(session: nox.Session) -> None:
    """Run every notebook again and save it clean; name notebooks after -- to run only those."""
    python = set_up(session)
    session.run(python, ".ci/execute_notebooks.py", *session.posargs, env=quiet_kernel())


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style of the code and that it is formatted."""
    python = set_up(session)
    session.run(python, "-m", "ruff", "check", ".")
    session.run(python, "-m", "ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the package."""
    session.run(set_up(session), "-m", "mypy", *session.posargs)


@nox.session
def page(session: nox.Session) -> None:
    """Check the page's side: format and lint of JavaScript and CSS, and its tests with node; -- --write formats."""
    python = set_up(session, name="site", lock=TOOLS_LOCK)
    node = str(Path(python).with_name("node"))
    biome = str(set_up_javascript(session, python) / "node_modules" / "@biomejs" / "biome" / "bin" / "biome")
    options = ("--error-on-warnings", "--config-path", str(JAVASCRIPT), *session.posargs)
    session.run(node, biome, "check", *options, *(folder for folder in PAGE_FOLDERS if (ROOT / folder).is_dir()))
    # The scripts of a page say by their syntax alone that they are modules; node mentions the time that this costs.
    session.run(node, "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--test", "tests/page/*.test.js")


def set_up_javascript(session: nox.Session, python: str) -> Path:
    """Make sure that the tools for JavaScript are as locked, and return the folder that holds their node_modules."""
    folder = ROOT / ".nox" / "javascript"
    described = ("package.json", "package-lock.json", ".npmrc")
    text = "".join((JAVASCRIPT / name).read_text(encoding="utf-8") for name in described)
    stamp = folder / "osteolab-setup.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == text:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in described:
        shutil.copy(JAVASCRIPT / name, folder / name)
    session.run_install(str(Path(python).with_name("npm")), "ci", "--silent", "--prefix", str(folder))
    stamp.write_text(text, encoding="utf-8")
    return folder


@nox.session
def browser(session: nox.Session) -> None:
    """Use the labs in a real browser, by mouse and by keyboard; options after -- go to pytest."""
    if not any(map(shutil.which, BROWSERS)):
        reason = "No Chromium or Chrome was found; install one to run the browser tests."
        if os.environ.get("CI"):
            session.error(reason)
        session.skip(reason)
    pytest = (set_up(session), "-m", "pytest")
    if session.posargs:
        session.run(*pytest, *session.posargs)
        return
    # A page that never answers would hold a test for ever: it ends with the name of the test, and the others go on.
    pytest = (*pytest, "-o", "faulthandler_timeout=420", "-o", "faulthandler_exit_on_timeout=true")
    # Each worker has a JupyterLab and a browser of its own; two keep a small machine busy.
    session.run(*pytest, "-n", "2", "--dist", "loadgroup", "-m", "not quiet", "tests/browser")
    session.run(*pytest, "-m", "quiet", "tests/browser")


@nox.session
def site(session: nox.Session) -> None:
    """Build the course as a folder of static files with its own Python: _site/; add -- --full for the open internet."""
    python = set_up(session, name="site", lock=TOOLS_LOCK)
    session.run(python, str(SITE / "build.py"), *session.posargs)


@nox.session
def serve(session: nox.Session) -> None:
    """Serve _site/ to this computer and print the address; options after -- go to helpers/site/serve.py."""
    session.run(sys.executable, str(SITE / "serve.py"), "--folder", str(ROOT / "_site"), *session.posargs)


@nox.session
def workflow(session: nox.Session) -> None:
    """Check the workflow file of the code host against its schema and for known mistakes of safety."""
    python = set_up(session, name="audit", lock=AUDIT_LOCK)
    files = sorted(str(path) for path in Path(WORKFLOWS).glob("*.yml"))
    session.run(python, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *files)
    session.run(str(Path(python).with_name("zizmor")), "--offline", "--no-progress", "--quiet", *files)


@nox.session
def audit(session: nox.Session) -> None:
    """Ask the database of known weaknesses about every locked version; fails too if it cannot be reached."""
    session.run(set_up(session, name="audit", lock=AUDIT_LOCK), str(AUDIT / "weaknesses.py"))


@nox.session
def bench(session: nox.Session) -> None:
    """Time the calculator and the redraw of a lab; name a script and its options after -- to run only that."""
    python = set_up(session)
    scripts = [session.posargs] if session.posargs else [[str(path)] for path in sorted(Path("bench").glob("*.py"))]
    for script in scripts:
        session.run(python, *script)


@nox.session
def calibrate(session: nox.Session) -> None:
    """Fit the calculator to the published results and write data/ and docs/model/fit.md (a quarter of an hour)."""
    session.run(set_up(session), ".ci/calibrate.py", *session.posargs, env={"OMP_NUM_THREADS": "1"})


@nox.session
def settings(session: nox.Session) -> None:
    """Check random settings of the calculator and write docs/model/settings.md; -- 4000 for fewer than 20,000."""
    session.run(set_up(session), ".ci/check_settings.py", *session.posargs, env={"OMP_NUM_THREADS": "1"})


@nox.session
def crossvalidate(session: nox.Session) -> None:
    """Predict each study from the others; write data/unseen.csv, data/misfit.csv, docs/model/unseen.md (an hour)."""
    session.run(set_up(session), ".ci/crossvalidate.py", *session.posargs, env={"OMP_NUM_THREADS": "1"})


@nox.session
def lock(session: nox.Session) -> None:
    """Write the five locks anew (course, tools and Python of the site, audit, Biome), and the list of their parts."""
    python = set_up(session)
    compile_ = (python, "-m", "uv", "pip", "compile", "--quiet", "--generate-hashes", "--no-header", DESCRIPTION.name)
    compile_ += ("--no-emit-index-url", "--no-emit-find-links", *session.posargs)
    universal = ("--universal", "--python-version", SUPPORTED[0], "--fork-strategy", "fewest")
    setup = ("--group", "pyproject.toml:setup")
    extras = ("--extra", "course", "--extra", "test", "--extra", "checks")
    session.run(*compile_, *universal, *extras, *setup, "--annotation-style", "line", "--output-file", LOCK.name)
    # The other three may differ from the first in what they hold, never in a version.
    same = ("--constraint", LOCK.name, "--no-annotate")
    tools = ("--group", "pyproject.toml:site", "--output-file", str(TOOLS_LOCK.relative_to(ROOT)))
    session.run(*compile_, *universal, *setup, *same, *tools)
    looking = ("--group", "pyproject.toml:audit", "--output-file", str(AUDIT_LOCK.relative_to(ROOT)))
    session.run(*compile_, *universal, *setup, *same, *looking)
    browser = ("--group", "pyproject.toml:browser", "--output-file", str(BROWSER_LOCK.relative_to(ROOT)))
    wasm = ("--python-version", "3.14", "--python-platform", "wasm32-pyodide2024")
    session.run(*compile_, *wasm, *same, *browser)
    npm = Path(set_up(session, name="site", lock=TOOLS_LOCK)).with_name("npm")
    session.run(str(npm), "install", "--package-lock-only", "--silent", "--prefix", str(JAVASCRIPT))
    session.run(set_up(session, name="audit", lock=AUDIT_LOCK), str(AUDIT / "sbom.py"))
