"""What the build of the browser edition writes, checked without building it."""

from __future__ import annotations

import functools
import http.client
import importlib
import json
import re
import socket
import struct
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from osteolab.lab.palette import DARK, LIGHT

SITE = Path(__file__).resolve().parents[1] / "helpers" / "site"
PARTS = (
    "tools",
    "wheels",
    "runtime",
    "slim",
    "pages",
    "colours",
    "licences",
    "own_pages",
    "record",
    "build",
    "serve",
)
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
    with (tmp_path.parent / "said.txt").open("w+", encoding="utf-8") as said:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True)
        yield int(re.search(r":(\d+)/", process.stdout.readline())[1])
        process.terminate()
        process.wait(10)
        process.stdout.close()
        said.seek(0)
        assert said.read() == ""


def ask(port, path="/", method="GET", headers=()):
    """Return the answer of the served folder, its body read."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers=dict(headers))
    answer = connection.getresponse()
    answer.body = answer.read()
    connection.close()
    return answer


def send(port, line):
    """Return all that the server says to a line that a browser would not send."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(line)
        return b"".join(iter(lambda: connection.recv(4096), b""))


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


def test_a_tab_closed_while_a_file_is_sent_leaves_no_word_on_the_screen(served, tmp_path):
    (tmp_path / "long.bin").write_bytes(bytes(20_000_000))
    for _ in range(5):
        connection = socket.create_connection(("127.0.0.1", served), timeout=10)
        connection.sendall(b"GET /long.bin HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.recv(10)
        # Closed with an answer on its way, and without a farewell.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    # The fixture looks at what was printed; the server is still there.
    assert ask(served).status == 200


@pytest.mark.parametrize("line", [b"nonsense\r\n\r\n", b"\r\n", b"GET / HTTP/x\r\n\r\n", b"\x16\x03\x01\r\n\r\n"])
def test_a_line_that_is_no_request_is_answered(served, line):
    assert re.match(rb"HTTP/1\.\d 400 ", send(served, line))


@pytest.mark.parametrize("path", ["/a%00b", "/" + "n" * 5000, "/..%2f..%2fetc/passwd", "/%ff", "http://[/"])
def test_an_address_that_leads_nowhere_is_refused(served, path):
    line = f"GET {path} HTTP/1.1\r\nConnection: close\r\n\r\n".encode()
    assert re.match(rb"HTTP/1\.\d (400|404) ", send(served, line))


def test_a_silent_connection_is_let_go(parts, tmp_path, monkeypatch):
    monkeypatch.setattr(parts.serve.Handler, "timeout", 0.2)
    handler = functools.partial(parts.serve.Handler, directory=str(tmp_path), policy="")
    with parts.serve.listen("127.0.0.1", 0, handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        with socket.create_connection(server.server_address, timeout=10) as connection:
            assert connection.recv(1) == b""
        server.shutdown()


@pytest.mark.parametrize(
    ("asked", "status", "body", "part"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=5-500", 206, b"56789", "bytes 5-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=-0", 416, b"", "bytes */10"),
        ("bytes=0-1,4-5", 200, b"0123456789", None),
        ("bytes=-", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
def test_a_part_of_a_file_can_be_asked_for(served, tmp_path, asked, status, body, part):
    (tmp_path / "ten.bin").write_bytes(b"0123456789")
    answer = ask(served, "/ten.bin", headers={"Range": asked})
    assert (answer.status, answer.body, answer.headers["Content-Range"]) == (status, body, part)


def test_a_part_of_a_file_that_has_changed_is_the_whole_file(served, tmp_path):
    (tmp_path / "ten.bin").write_bytes(b"0123456789")
    now = ask(served, "/ten.bin").headers["Last-Modified"]
    old = "Thu, 01 Jan 1998 00:00:00 GMT"
    parts = {
        date: ask(served, "/ten.bin", headers={"Range": "bytes=1-2", "If-Range": date}).body for date in (now, old)
    }
    assert parts == {now: b"12", old: b"0123456789"}


@pytest.mark.parametrize("path", ["/static", "/static/", "/static/pyodide-0123456789ab/"])
def test_the_files_of_a_folder_are_not_listed(served, path):
    answer = ask(served, path)
    assert b".mjs" not in answer.body
    assert answer.status == 404 or answer.headers["Location"] == f"{path}/"


def test_no_link_leads_out_of_the_served_folder(served, tmp_path, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "index.html").write_text("private", encoding="utf-8")
    (tmp_path / "folder").symlink_to(outside)
    (tmp_path / "file.html").symlink_to(outside / "index.html")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "index.html").symlink_to(outside / "index.html")
    (tmp_path / "inner.html").symlink_to(tmp_path / "index.html")
    for path in ("/folder/", "/folder/index.html", "/file.html", "/sub/", "/sub/index.html"):
        assert ask(served, path).status == 404, path
        assert ask(served, path, headers={"Range": "bytes=0-3"}).status == 404, path
    assert ask(served, "/inner.html").status == 200


def test_every_answer_forbids_guessing_types_and_loading_from_elsewhere(served):
    for path in ("/", "/static/pyodide-0123456789ab/pyodide.mjs", "/nothing"):
        headers = ask(served, path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        rules = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
        assert rules["default-src"] == "'self'"
        assert "https:" not in headers["Content-Security-Policy"]


def test_the_full_edition_may_fetch_its_packages(parts, tmp_path):
    (tmp_path / "site.json").write_text(json.dumps({"full": True}), encoding="utf-8")
    assert "connect-src 'self' data: blob: https:" in parts.serve.policy(tmp_path)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--port", "99999"], "from 0 to 65535"),
        (["--port", "-1"], "from 0 to 65535"),
        (["--port", "web"], "from 0 to 65535"),
        (["--bind", "203.0.113.7"], "203.0.113.7 is no address of this computer"),
        (["--bind", "300.1.1.1"], "300.1.1.1 is no address of this computer"),
    ],
)
def test_a_wrong_port_or_address_is_named(tmp_path, options, sentence):
    (tmp_path / "index.html").write_text("", encoding="utf-8")
    command = [sys.executable, str(SITE / "serve.py"), "--folder", str(tmp_path), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


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
