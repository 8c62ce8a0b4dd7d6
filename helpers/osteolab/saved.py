"""What JupyterLab saves of a notebook of the course: text in place of a view of sliders that ends with its Python.

A server extension, switched on by ``etc/jupyter/jupyter_server_config.d/osteolab.json``. Without it a notebook that was
saved and is opened another day says "model not found" where a lab was.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

VIEW = "application/vnd.jupyter.widget-view+json"
TEXT = "text/plain"


def drop_view(output: MutableMapping[str, Any]) -> None:
    """Drop the view of a widget from one output of a cell, in place, where its text remains."""
    data = output.get("data", {})
    if TEXT in data:
        data.pop(VIEW, None)


def drop_views(model: MutableMapping[str, Any], **_: Any) -> None:
    """Drop the views from a notebook of the course that is about to be saved; leave every other file alone.

    Parameters
    ----------
    model : dict
        A file as Jupyter's contents manager describes it.
    **_
        What else the manager says.
    """
    notebook = model.get("content")
    if model.get("type") != "notebook" or not notebook or "osteolab" not in notebook.get("metadata", {}):
        return
    for cell in notebook.get("cells", []):
        for output in cell.get("outputs", []):
            drop_view(output)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "osteolab.saved"}]


def _load_jupyter_server_extension(server: Any) -> None:
    server.contents_manager.register_pre_save_hook(drop_views)
