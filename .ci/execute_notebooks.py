"""Run the notebooks from top to bottom and save them clean, so that a difference means a changed result.

Removed: the state of widgets (megabytes), the random numbers of widget views, the time a cell took,
and the version of the Python that happened to run it. Kept: what a cell says, as text.
"""

from __future__ import annotations

import hashlib
import sys
import time
import tomllib
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from osteolab.saved import drop_view

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}
CELL_TIMEOUT = 120


def clean(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Drop from an executed notebook, in place, everything that differs between two equal runs."""
    about = {"version": version(), "stamp": stamp(notebook)}
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE, "osteolab": about})
    count = 0
    for cell in notebook.cells:
        kept = ("tags",) if cell.cell_type == "code" else ("tags", "editable")
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in kept if key in cell.metadata})
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        for output in cell.outputs:
            clean_output(output, count)
    return notebook


def version() -> str:
    """Return the version of the course."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def stamp(notebook: nbformat.NotebookNode) -> str:
    """Return a digest of what is written in the cells: a kept copy with another stamp is an older edition."""
    text = "\0".join(f"{cell.cell_type}\0{cell.source}" for cell in notebook.cells)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def clean_output(output: nbformat.NotebookNode, count: int) -> None:
    """Drop the widget view of one output where its text remains, and number it like its cell."""
    if output.output_type == "execute_result":
        output.execution_count = count
    if output.output_type in ("execute_result", "display_data"):
        output.metadata = nbformat.from_dict({})
        drop_view(output)


def execute(path: Path) -> None:
    """Run one notebook in the folder it lies in and save it clean."""
    start = time.perf_counter()
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name=KERNEL["name"],
        resources=resources,
        record_timing=False,
        store_widget_state=False,
    )
    client.execute()
    nbformat.write(clean(notebook), path)
    print(f"{path.name}: {time.perf_counter() - start:.1f} s, {path.stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Execute the notebooks named on the command line, or all of them."""
    for path in map(Path, sys.argv[1:] or sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))):
        execute(path.resolve())


if __name__ == "__main__":
    main()
