"""A notebook that JupyterLab saves: text where a view would outlive its Python; every other file as it is."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from jupyter_server.services.contents.filemanager import FileContentsManager

import osteolab.saved
from osteolab.saved import VIEW, drop_views

SETTINGS = Path(__file__).resolve().parents[1] / "helpers" / "jupyter_settings" / "server.json"
LAB = {"output_type": "display_data", "metadata": {}, "data": {VIEW: {"model_id": "1"}, "text/plain": "Anna, 52"}}
BARE = {"output_type": "display_data", "metadata": {}, "data": {VIEW: {"model_id": "2"}}}
SAID = {"output_type": "stream", "name": "stdout", "text": "hello"}


def model(outputs, about="osteolab"):
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "words"}]
    cells += [{"cell_type": "code", "metadata": {}, "source": "", "execution_count": 1, "outputs": outputs}]
    content = {"cells": cells, "metadata": {about: {}}, "nbformat": 4, "nbformat_minor": 4}
    return {"type": "notebook", "format": "json", "content": copy.deepcopy(content)}


def outputs(given):
    return given["content"]["cells"][1]["outputs"]


def test_a_view_gives_way_to_its_text_and_what_has_no_text_stays():
    given = model([LAB, BARE, SAID])
    drop_views(given, path="x.ipynb")
    assert outputs(given) == [{**LAB, "data": {"text/plain": "Anna, 52"}}, BARE, SAID]


@pytest.mark.parametrize(
    "other", [model([LAB], about="mine"), {"type": "file", "content": "text"}, {"type": "notebook"}]
)
def test_what_is_no_notebook_of_the_course_is_left_alone(other):
    before = copy.deepcopy(other)
    drop_views(other)
    assert other == before


def test_the_server_saves_a_notebook_of_the_course_without_views(tmp_path):
    manager = FileContentsManager(root_dir=str(tmp_path))
    (point,) = osteolab.saved._jupyter_server_extension_points()
    assert point["module"] in json.loads(SETTINGS.read_text(encoding="utf-8"))["ServerApp"]["jpserver_extensions"]
    osteolab.saved._load_jupyter_server_extension(type("Server", (), {"contents_manager": manager}))
    manager.save(model([LAB]), "lab.ipynb")
    saved = (tmp_path / "lab.ipynb").read_text(encoding="utf-8")
    assert "Anna, 52" in saved and VIEW not in saved
