"""A digest of everything the site is made from, so that a stale site can be told from a fresh one."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("notebooks", "helpers", "data", "docs")
FILES = (
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff", "LICENSE", "LICENSE-text.md"),
    *("pyproject.toml", "tests/prose/README.md"),
)
IGNORED = {"__pycache__", ".ipynb_checkpoints"}


def digest() -> str:
    """Return the SHA-256 of the names and contents of the sources."""
    inside = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    chosen = [path for path in inside if not IGNORED.intersection(path.parts)] + [ROOT / name for name in FILES]
    whole = hashlib.sha256()
    for path in sorted(chosen):
        whole.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()
