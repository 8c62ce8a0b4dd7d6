"""What the build of the browser edition writes, checked without building it."""

from __future__ import annotations

import http.client
import importlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from osteolab.lab.palette import DARK, LIGHT

SITE = Path(__file__).resolve().parents[1] / "helpers" / "site"
PARTS = ("tools", "wheels", "runtime", "slim", "pages", "colours", "licences", "own_pages", "record", "build")
SHEETS = ("landing.css", "course_bar.css")
ADDRESS = "https://packages.invalid/v1/full/"
ORIGINAL = {
    "info": {"python": "3.14.2"},
    "packages": {
        "numpy": {"name": "numpy", "file_name": "numpy.whl", "depends": []},
        "pandas": {"name": "pandas", "file_name": "pandas.whl", "depends": ["numpy", "six"]},
        "scipy": {"name": "scipy", "file_name": "scipy.whl", "depends": ["numpy"]},
        "six": {"name": "six", "file_name": "six.whl", "depends": []},
        "other": {"name": "other", "file_name": "other.whl", "depends": []},
    },
}


@pytest.fixture(scope="module")
def parts():
    """Import the modules of the build from their folder; the recipe itself last, which needs all of them."""
    sys.path.insert(0, str(SITE))
    try:
        return SimpleNamespace(**{name: importlib.import_module(name) for name in PARTS})
    finally:
        sys.path.remove(str(SITE))


@pytest.fixture
def wheels(tmp_path):
    """Return a folder with two wheels, one asking for the other, for an absent one and for an extra."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    asks = "Requires-Dist: small_part>=1\nRequires-Dist: absent\nRequires-Dist: six; extra == 'more'\n"
    for name, lines in (("big_one", asks), ("small_part", "")):
        with zipfile.ZipFile(folder / f"{name}-1.2-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}/__init__.pyc", b"")
            wheel.writestr(f"{name}-1.2.dist-info/METADATA", f"Name: {name}\nVersion: 1.2\n{lines}\nThe words.\n")
    return folder


def test_the_list_of_packages_holds_the_wheels_and_nothing_from_elsewhere(parts, wheels):
    packages = parts.runtime.package_list(ORIGINAL, wheels)["packages"]
    assert set(packages) == {"big-one", "small-part"}
    assert packages["big-one"]["depends"] == ["small-part"]
    assert packages["big-one"]["imports"] == ["big_one"]
    assert packages["big-one"]["file_name"] == "wheels/big_one-1.2-py3-none-any.whl"
    assert packages["big-one"]["sha256"] == parts.tools.sha256(wheels / "big_one-1.2-py3-none-any.whl")


def test_the_full_variant_adds_numpy_pandas_and_scipy_with_what_they_need(parts, wheels):
    packages = parts.runtime.package_list(ORIGINAL, wheels, ADDRESS)["packages"]
    assert set(packages) == {"big-one", "small-part", "numpy", "pandas", "scipy", "six"}
    assert packages["six"]["file_name"] == ADDRESS + "six.whl"


def test_the_address_of_the_distribution_is_read_from_pyodide(parts, tmp_path):
    (tmp_path / "package.json").write_text('{"version": "9.8.7"}', encoding="utf-8")
    script = "u=k(e.base??`https://packages.invalid/pyodide/v${U}/full/`)"
    (tmp_path / "pyodide.mjs").write_text(script, encoding="utf-8")
    assert parts.runtime.distribution_address(tmp_path) == "https://packages.invalid/pyodide/v9.8.7/full/"
    (tmp_path / "pyodide.mjs").write_text("nothing", encoding="utf-8")
    with pytest.raises(SystemExit, match="does not say where"):
        parts.runtime.distribution_address(tmp_path)


def test_the_stand_in_for_the_installer_keeps_the_names_and_installs_nothing(parts, tmp_path, capsys):
    for name in ("piplite-0.8.6", "micropip-0.11.1"):
        with zipfile.ZipFile(tmp_path / f"{name}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name.split('-')[0]}/__init__.py", "import this")
            wheel.writestr(f"{name}.dist-info/METADATA", "Name: x\n\n")
    parts.wheels.replace_installer(tmp_path)
    with zipfile.ZipFile(tmp_path / "piplite-0.8.6-py3-none-any.whl") as wheel:
        assert {"piplite/piplite.py", "piplite/cli.py", "piplite-0.8.6.dist-info/METADATA"} <= set(wheel.namelist())
        said = wheel.read("piplite/piplite.py").decode()
    with zipfile.ZipFile(tmp_path / "micropip-0.11.1-py3-none-any.whl") as wheel:
        assert wheel.namelist() == ["micropip-0.11.1.dist-info/METADATA"]
    assert "Nothing can be installed in this edition" in said


def test_the_locks_name_versions_and_hashes_and_no_address():
    course = (SITE.parents[1] / "requirements.lock").read_text(encoding="utf-8")
    for name in ("browser.lock", "tools.lock"):
        lock = (SITE / name).read_text(encoding="utf-8")
        pinned = re.findall(r"^([a-z0-9][a-z0-9.-]*)==([^ \\]+)", lock, re.MULTILINE)
        assert len(pinned) > 15 and "://" not in lock
        assert lock.count("--hash=sha256:") >= len(pinned)
        # A package of two locks has one version.
        other = dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==([^ \\]+)", course, re.MULTILINE))
        assert {name: version for name, version in pinned if other.get(name, version) != version} == {}
    assert re.fullmatch(r"sha512-[A-Za-z0-9+/]+=*", json.loads((SITE / "pyodide.json").read_text())["integrity"])


def test_the_wheels_of_the_browser_have_no_compiled_part():
    lock = (SITE / "browser.lock").read_text(encoding="utf-8")
    assert not re.search(r"^(numpy|pandas|scipy|psutil|pexpect)==", lock, re.MULTILINE)


@pytest.mark.parametrize("name", SHEETS)
def test_a_style_sheet_has_the_colours_of_the_labs_in_both_themes(parts, name):
    made = parts.colours.fill((SITE / name).read_text(encoding="utf-8"), parts.colours.palette())
    used = set(re.findall(r"var\(--([\w-]+)", made)) - {"ol-bar-height"}
    assert {"surface", "ink", "accent", "on-accent", "control", "bad"} <= used
    for colours in (LIGHT, DARK):
        assert all(made.count(f"--{role}: {colours[role]};") == 1 for role in used)
    assert "--palette" not in made


@pytest.mark.parametrize("name", SHEETS)
def test_no_colour_stands_in_a_style_sheet_itself(name):
    text = (SITE / name).read_text(encoding="utf-8")
    assert re.findall(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})\b|\b(?:rgb|hsl|oklch)a?\(", text, re.IGNORECASE) == []
    assert re.findall(r"--palette: \w+", text) == ["--palette: light", "--palette: dark"]


def test_a_colour_that_the_palette_does_not_have_is_named(parts):
    themes = {"light": {"ink": "#111111"}, "dark": {"ink": "#EEEEEE"}}
    sheet = "a {\n  --palette: dark;\n  --own: 1px;\n  color: var(--ink);\n  margin: var(--own);\n}\n"
    assert parts.colours.fill(sheet, themes).startswith("a {\n  --ink: #EEEEEE;\n  --own: 1px;\n")
    with pytest.raises(ValueError, match="no colour for inc"):
        parts.colours.fill(sheet.replace("var(--ink)", "var(--inc)"), themes)


@pytest.fixture
def served(tmp_path):
    """Return the port at which the script of the site serves a small folder."""
    (tmp_path / "index.html").write_text("<h1>Start</h1>", encoding="utf-8")
    fixed = tmp_path / "static" / "pyodide-0123456789ab"
    fixed.mkdir(parents=True)
    for name in ("pyodide.mjs", "pyodide.asm.wasm", "a.whl"):
        (fixed / name).write_bytes(b"x")
    command = [sys.executable, str(SITE / "serve.py"), "--folder", str(tmp_path), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    yield int(re.search(r":(\d+)/", process.stdout.readline())[1])
    process.terminate()
    process.wait(10)
    process.stdout.close()


def test_files_are_served_with_the_types_that_browsers_ask_for(served):
    folder = "/static/pyodide-0123456789ab"
    wanted = {
        "/": ("text/html", "no-cache"),
        f"{folder}/pyodide.mjs": ("text/javascript", "immutable"),
        f"{folder}/pyodide.asm.wasm": ("application/wasm", "immutable"),
        f"{folder}/a.whl": ("application/zip", "immutable"),
    }
    for path, (kind, kept) in wanted.items():
        connection = http.client.HTTPConnection("127.0.0.1", served, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith(kind)
        assert kept in answer.headers["Cache-Control"]
        connection.close()


def test_serving_a_folder_without_a_site_says_how_to_build_one(tmp_path):
    command = [sys.executable, str(SITE / "serve.py"), "--folder", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode != 0
    assert "nox -s site" in done.stderr


def licensed_wheel(folder, headers, text=""):
    """Write a wheel of which the headers and the text of its licence are given."""
    path = folder / "part-1.2-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("part-1.2.dist-info/METADATA", f"Name: part\nVersion: 1.2\n{headers}\nLicense: in the words\n")
        if text:
            wheel.writestr("part-1.2.dist-info/licenses/LICENSE", text)
    return path


@pytest.mark.parametrize(
    ("headers", "licence"),
    [
        ("License-Expression: MIT\nLicense: other\n", "MIT"),
        ("License: BSD 3-Clause License\n", "BSD 3-Clause License"),
        ("Classifier: License :: OSI Approved :: MIT License\nClassifier: Topic :: X\n", "MIT License"),
        ("License-File: LICENSE\n", "The Small License"),
    ],
)
def test_a_wheel_says_its_licence_in_any_of_four_ways(parts, tmp_path, headers, licence):
    item = parts.licences.of_wheel(licensed_wheel(tmp_path, headers, "The Small License\n\nYou may.\n"))
    assert (item.name, item.version, item.licence) == ("part", "1.2", licence)
    assert ("You may." in item.text) is ("License-File" in headers)


def test_a_wheel_without_a_licence_stops_the_build(parts, tmp_path):
    with pytest.raises(SystemExit, match=r"part-1\.2-py3-none-any\.whl names no licence"):
        parts.licences.of_wheel(licensed_wheel(tmp_path, "Summary: x\n"))


def test_the_page_of_licences_holds_pyodide_its_libraries_wheels_scripts_and_extensions(parts, tmp_path):
    site, raw, pyodide = (tmp_path / name for name in ("site", "raw", "pyodide"))
    for folder in (site / "build", site / "extensions" / "maps", raw, pyodide):
        folder.mkdir(parents=True)
    licensed_wheel(raw, "License-Expression: MIT\nLicense-File: LICENSE\n", "Copyright <someone>")
    (pyodide / "package.json").write_text('{"version": "9.8.7", "license": "MPL-2.0"}', encoding="utf-8")
    (pyodide / "pyodide-lock.json").write_text('{"info": {"python": "3.99.1"}}', encoding="utf-8")
    (pyodide / "pyodide.asm.wasm").write_bytes(b"..SQLite format 3..")
    script = {"name": "@a/script", "versionInfo": "3.4", "licenseId": "ISC", "extractedText": ""}
    (site / "build" / parts.licences.SCRIPTS).write_text(json.dumps({"packages": [script]}), encoding="utf-8")
    about = {"name": "maps", "version": "5.6", "license": "BSD-3-Clause"}
    (site / "extensions" / "maps" / "package.json").write_text(json.dumps(about), encoding="utf-8")
    parts.licences.add_licences(site, "0.1.0", raw, pyodide)
    page = (site / "licences.html").read_text(encoding="utf-8")
    assert "8 entries" in page
    for wanted in (
        "Pyodide 9.8.7</strong>: MPL-2.0",
        "library 3.99.1</strong>: PSF-2.0",
        "SQLite</strong>: public domain",
    ):
        assert wanted in page
    for wanted in (
        "part 1.2</strong>: MIT",
        "@a/script 3.4</strong>: ISC",
        "maps 5.6</strong>: BSD-3-Clause",
        "CC-BY-4.0",
    ):
        assert wanted in page
    assert "Copyright &lt;someone&gt;" in page and "<someone>" not in page
    assert "zlib" not in page


def test_the_start_page_leads_to_the_licences():
    assert 'href="licences.html"' in (SITE / "index.html").read_text(encoding="utf-8")
