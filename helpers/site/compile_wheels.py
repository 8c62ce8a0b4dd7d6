"""Runs inside Pyodide: compiles the modules of every wheel in a folder for exactly that Python.

A browser would otherwise compile some eight hundred files at every start. Compiled files carry a hash of
their source and no time, so the same wheels give the same bytes.
"""

import json
import marshal
import sys
import zipfile
from importlib import _bootstrap_external as importer
from importlib.util import source_hash
from pathlib import Path

STAMP = (1980, 1, 1, 0, 0, 0)


def bytecode(source: bytes, name: str, optimize: int) -> bytes:
    """Return the content of a .pyc file that is never checked against its source."""
    code = compile(source, name, "exec", dont_inherit=True, optimize=optimize)
    data = importer._code_to_hash_pyc(code, source_hash(source), False)
    assert marshal.loads(data[16:]).co_name == "<module>"
    return bytes(data)


def keep(name: str, todo: dict) -> bool:
    """Say whether a file of a wheel is wanted; what is left out is never imported by a lab."""
    if ".data/data/" in name:  # for the folders of JupyterLab, which is the page and not in here
        return False
    folder, _, file = name.rpartition("/")
    if folder in todo["only"] and file.partition(".")[0] not in todo["only"][folder]:
        return False
    return not any(name == part or (part.endswith("/") and name.startswith(part)) for part in todo["leave_out"])


def kept_records(content: bytes, todo: dict) -> bytes:
    """Return the list of files of a wheel without those left out; some wheels list thousands."""
    lines = content.decode().splitlines(keepends=True)
    return "".join(line for line in lines if keep(line.partition(",")[0], todo)).encode()


def rewrite(wheel: Path, target: Path, todo: dict) -> None:
    """Write a wheel again: in place of each module, its compiled form; fixed order, fixed dates."""
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name in sorted(old.namelist()):
            if name.endswith("/") or not keep(name, todo):
                continue
            content = todo["replace"].get(name, "").encode() or old.read(name)
            if name.endswith(".dist-info/RECORD"):
                content = kept_records(content, todo)
            if name.endswith(".py") and ".data/" not in name:
                folder, _, file = name.rpartition("/")
                if todo["with_source"]:
                    add(new, name, content)
                    cached = f"{folder}/__pycache__/{file[:-3]}.{sys.implementation.cache_tag}.pyc"
                    add(new, cached, bytecode(content, file, 0))
                else:
                    add(new, name + "c", bytecode(content, name, todo["optimize"]))
            else:
                add(new, name, content)


def add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a file with a fixed date and mode."""
    entry = zipfile.ZipInfo(name, STAMP)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def main(folder: str) -> None:
    """Rewrite every wheel of `folder`/in into `folder`/out, as `folder`/plan.json says."""
    plan = json.loads(Path(folder, "plan.json").read_text(encoding="utf-8"))
    for wheel in sorted(Path(folder, "in").glob("*.whl")):
        rewrite(wheel, Path(folder, "out", wheel.name), plan[wheel.name])
