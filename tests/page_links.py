"""The links of a page of the site, followed to their targets."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
ID = re.compile(r'\bid="([^"]+)"')
HREF = re.compile(r'\b(?:href|src)="([^"]+)"')


def dead(site: Path, page: Path, ours: tuple[str, ...] = ()) -> list[str]:
    """Return the links of a page that lead nowhere; `ours` are addresses that other parts of the build make."""
    found = []
    for target in HREF.findall(page.read_text(encoding="utf-8")):
        if not urlsplit(target).scheme and not _there(site, page, target, ours):
            found.append(target)
    return found


def _there(site, page, target, ours):
    parts = urlsplit(target)
    aim = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    notebook = parse_qs(parts.query).get("path")
    if notebook:
        return (ROOT / notebook[0]).exists()
    if not aim.exists():
        return aim.relative_to(site.resolve()).as_posix() in ours
    if parts.fragment and aim.suffix == ".html":
        return parts.fragment in ID.findall(aim.read_text(encoding="utf-8"))
    return True
