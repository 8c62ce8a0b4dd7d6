"""What the finished site says of itself: ``site.json`` (versions and stamps) and ``files.sha256`` (every file)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import reading
import sources
from runtime import PIN
from tools import NOTEBOOKS, sha256


def describe(site: Path, version: str, raw: Path, wheels: Path, full: bool) -> None:
    """Write site.json (versions and stamps) and files.sha256 (every file)."""
    pin = json.loads(PIN.read_text(encoding="utf-8"))
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
        "pages": reading.addresses(),
        "packages": packages,
    }
    (site / "site.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
    files = [path for path in sorted(site.rglob("*")) if path.is_file() and path.name != "files.sha256"]
    lines = [f"{sha256(path)}  {path.relative_to(site).as_posix()}\n" for path in files]
    (site / "files.sha256").write_text("".join(lines), encoding="utf-8")
