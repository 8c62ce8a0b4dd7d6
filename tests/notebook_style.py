"""The rules that every notebook of the course keeps, as functions that return what is wrong."""

from __future__ import annotations

import ast
import html.parser
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / ".ci"))

from execute_notebooks import stamp

ANATOMY = (
    "You will be able to",
    "Predict",
    "Lab",
    "Explain",
    "Try",
    "What this model leaves out",
    "Quiz",
    "Sources",
    "Next",
)
MOST_CODE_LINES = 15
MOST_BYTES = 200_000
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# They redraw everything, flicker, and leave an output that cannot be compared.
BANNED_NAMES = {"interact", "interact_manual", "interactive", "interactive_output", "Output"}
BANNED_NODES = {
    ast.FunctionDef: "a function",
    ast.AsyncFunctionDef: "a function",
    ast.ClassDef: "a class",
    ast.Lambda: "a lambda",
}
NO_TOKEN = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(\s*<?(?P<target>[^)\s>]+)")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(\s*<?(?P<target>[^)\s>]+)")
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.DOTALL | re.MULTILINE)


def problems(path: Path) -> list[str]:
    """Return what is wrong with one notebook, one sentence each; an empty list if nothing is."""
    notebook = nbformat.read(path, as_version=4)
    rules = (anatomy, code_size, code_kind, execution, outputs, metadata)
    found = [problem for rule in rules for problem in rule(notebook)]
    if path.stat().st_size >= MOST_BYTES:
        found.append(f"is {path.stat().st_size} bytes; the limit is {MOST_BYTES}")
    return found + list(pictures_and_links(notebook, path.parent))


def code_cells(notebook) -> list:
    """Return the code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def headings(source: str) -> list[tuple[int, str]]:
    """Return level and text of the headings of a Markdown text, those inside code left out."""
    plain = CODE.sub("", source)
    return [(len(mark), text.strip(" #")) for mark, text in re.findall(r"^(#{1,6}) +(.+)$", plain, re.MULTILINE)]


def anatomy(notebook) -> Iterator[str]:
    """Check for one H1 on top and the fixed H2 headings in order."""
    found = [item for cell in notebook.cells if cell.cell_type == "markdown" for item in headings(cell.source)]
    titles = [text for level, text in found if level == 1]
    if len(titles) != 1 or found[0][0] != 1:
        yield f"has {len(titles)} H1 headings; it needs one, at the top"
    sections = [text for level, text in found if level == 2]
    if sections != list(ANATOMY):
        yield f"has the H2 headings {sections}; they are always {list(ANATOMY)}"


def code_lines(source: str) -> int:
    """Count the lines of a cell that hold code."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return sum(bool(line.strip()) for line in source.splitlines())
    spans = [range(token.start[0], token.end[0] + 1) for token in tokens if token.type not in NO_TOKEN]
    lines = {line for span in spans for line in span}
    return len({line for line in lines if source.splitlines()[line - 1 : line] not in ([], [""])})


def code_size(notebook) -> Iterator[str]:
    """Check that there is little code."""
    total = sum(code_lines(cell.source) for cell in code_cells(notebook))
    if total > MOST_CODE_LINES:
        yield f"has {total} lines of code; the limit is {MOST_CODE_LINES}"


def code_kind(notebook) -> Iterator[str]:
    """Check that the code is plain Python that only imports and calls."""
    for number, cell in enumerate(code_cells(notebook), start=1):
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:
            yield f"code cell {number} is not plain Python"
            continue
        for node in ast.walk(tree):
            if type(node) in BANNED_NODES:
                yield f"code cell {number} defines {BANNED_NODES[type(node)]}"
            yield from (f"code cell {number} uses {name}" for name in names(node) & BANNED_NAMES)


def names(node: ast.AST) -> set[str]:
    """Return the names that one node of the code uses or imports."""
    if isinstance(node, ast.ImportFrom | ast.Import):
        return {alias.name.rpartition(".")[2] for alias in node.names}
    return {getattr(node, "id", ""), getattr(node, "attr", "")}


def execution(notebook) -> Iterator[str]:
    """Check that all code cells were run once, from top to bottom."""
    counts = [cell.execution_count for cell in code_cells(notebook)]
    if not counts:
        yield "has no code cell, so no lab"
    if counts != list(range(1, len(counts) + 1)):
        yield f"was not run from top to bottom: execution counts {counts}"


def outputs(notebook) -> Iterator[str]:
    """Check for errors, warnings, outputs without text, and a lab that says nothing."""
    for number, cell in enumerate(code_cells(notebook), start=1):
        for output in cell.outputs:
            yield from (f"code cell {number}: {problem}" for problem in output_problems(output))
    if "Lab" in sections_of_outputs(notebook):
        return
    yield "has no saved output under the heading Lab"


def output_problems(output) -> Iterator[str]:
    """Check one output of a cell."""
    if output.output_type == "error":
        yield f"saved the error {output.ename}"
    if output.output_type == "stream" and output.name == "stderr":
        yield "saved a warning"
    if output.output_type not in ("display_data", "execute_result"):
        return
    text = output.data.get("text/plain", "")
    if not text.strip():
        yield "has an output without text/plain"
    if re.search(r" at 0x[0-9a-f]{6,}", text):
        yield "has a memory address in its text"
    if WIDGET_VIEW in output.data:
        yield "saved a widget view; run `nox -s execute`"


def sections_of_outputs(notebook) -> set[str]:
    """Return the H2 headings under which an output with text was saved."""
    section, found = "", set()
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            section = ([section] + [text for level, text in headings(cell.source) if level == 2])[-1]
        elif any("text/plain" in output.get("data", {}) for output in cell.get("outputs", [])):
            found.add(section)
    return found


def metadata(notebook) -> Iterator[str]:
    """Check that nothing was saved that changes from run to run."""
    if "widgets" in notebook.metadata:
        yield "saved the state of its widgets"
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        yield "does not name the kernel python3"
    if "version" in notebook.metadata.get("language_info", {}):
        yield "names the version of one Python"
    if notebook.metadata.get("osteolab", {}).get("stamp") != stamp(notebook):
        yield "carries the stamp of another text"
    if any("execution" in cell.metadata for cell in notebook.cells):
        yield "saved the time that its cells took"


class _Tags(html.parser.HTMLParser):
    """Collect the images and the targets of the HTML inside Markdown."""

    def __init__(self):
        super().__init__()
        self.images: list[tuple[str, str]] = []
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "img":
            self.images.append((given.get("alt") or "", given.get("src") or ""))
        elif tag == "a" and given.get("href"):
            self.links.append(given["href"])


def pictures_and_links(notebook, folder: Path) -> Iterator[str]:
    """Check that images have alternative text and that relative links lead somewhere."""
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        source = CODE.sub("", cell.source)
        tags = _Tags()
        tags.feed(source)
        images = [(found["alt"], found["target"]) for found in IMAGE.finditer(source)] + tags.images
        yield from (f"shows {target} without alternative text" for alt, target in images if not alt.strip())
        links = [found["target"] for found in LINK.finditer(source)] + tags.links
        targets = [target for _, target in images] + links
        yield from (f"links to {target}, which does not exist" for target in targets if is_dead(target, cell, folder))


def is_dead(target: str, cell, folder: Path) -> bool:
    """Tell whether a target inside the repository, or attached to the cell, is missing."""
    parts = urlsplit(target)
    if parts.scheme == "attachment":
        return unquote(parts.path) not in cell.get("attachments", {})
    if parts.scheme or parts.netloc or not parts.path:
        return False
    return parts.path.startswith("/") or not (folder / unquote(parts.path)).exists()
