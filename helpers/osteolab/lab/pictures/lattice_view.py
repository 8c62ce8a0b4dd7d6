"""The page's side of the lattice lab: it holds every frame, meshes the voxels, plays, and shows bars and sentence."""

from __future__ import annotations

import anywidget
import plotly.graph_objects as go
import traitlets as t

from osteolab.lab.page import page, sheet
from osteolab.lab.palette import colours
from osteolab.lab.pictures.figure import CALM, PanelFigure

SCENES = ("scene", "scene2")
CAMERA = {
    "eye": {"x": 1.3, "y": 1.4, "z": 0.62},
    "center": {"x": 0, "y": 0, "z": -0.12},
    "projection": {"type": "perspective"},
}
LIGHT = {"ambient": 0.62, "diffuse": 0.75, "specular": 0.08, "roughness": 0.75, "fresnel": 0.05}
NAMES = ("bone_a", "lost_a", "bone_b", "lost_b")


PARTS = ("find", "theme", "save", "mesh", "lattice")


class LatticeView(anywidget.AnyWidget):
    """Frames in, picture out. The kernel is not asked when the age changes; it is only told.

    Attributes
    ----------
    frames : dict
        `ages`; `size` (voxels along an edge); `titles`; `bars` (for each plan and age: density,
        connections and strength, percent of the first age); `cut` (plates and struts cut, for each plan and age);
        `sentences` (HTML, for each age); `base` (first age); `unit` (what the bars are shares of).
    pack_a, pack_b : bytes
        See :class:`osteolab.rescue.Fate`.
    age : float
        Age on the screen, years; one of `frames["ages"]`.
    view : {"surface", "section"}
    progress : float
        Share of a computation that is done, 0 to 1; below 0 nothing is computed.
    """

    _esm = page(*PARTS)
    _css = sheet("lattice")
    frames = t.Dict().tag(sync=True)
    pack_a = t.Bytes(b"").tag(sync=True)
    pack_b = t.Bytes(b"").tag(sync=True)
    age = t.Float(0.0).tag(sync=True)
    view = t.Unicode("surface").tag(sync=True)
    progress = t.Float(-1.0).tag(sync=True)

    def picture(self, name: str, caption: list[str]) -> None:
        """Let the page save what it shows as a picture, with lines of text under it."""
        self.send({"do": "picture", "name": name, "caption": caption})

    def turn_back(self) -> None:
        """Let the page show both bones from where they were first seen."""
        self.send({"do": "turn_back", "camera": CAMERA})


def empty_figure() -> PanelFigure:
    """Return the figure with its two scenes; the page fills the meshes from the frames it holds."""
    widget = PanelFigure({"data": _traces(), "layout": _layout()})
    # Twice as many pixels, plotly's habit, turn four times slower where there is no graphics card.
    widget._config = CALM | {"plotGlPixelRatio": 1}
    widget.add_class("ol-fig")
    return widget


def _traces():
    found, ink = [], colours(False)
    for name in NAMES:
        lost = name.startswith("lost")
        found.append(
            go.Mesh3d(
                name=name, scene=SCENES[name.endswith("b")], x=[], y=[], z=[], i=[], j=[], k=[], intensity=[],
                cmin=0, cmax=1, showscale=False, hoverinfo="skip", flatshading=False, opacity=1,
                colorscale=[[0, ink["resorption" if lost else "plate"]], [1, ink["resorption" if lost else "rod"]]],
                lighting=LIGHT | ({"ambient": 0.85} if lost else {}), lightposition={"x": 1200, "y": 2000, "z": 3000},
            )
        )  # fmt: skip
    return found


def _layout():
    # The scenes keep the camera of the reader through every change.
    axis = {"visible": False, "showspikes": False, "range": [0, 1], "autorange": False}
    scene = {
        "xaxis": axis, "yaxis": axis, "zaxis": axis, "aspectmode": "cube", "camera": CAMERA, "dragmode": "turntable",
        "bgcolor": "rgba(0,0,0,0)", "hovermode": False, "uirevision": "turned by hand",
    }  # fmt: skip
    domains = {"scene": [0, 0.495], "scene2": [0.505, 1]}
    return {
        "template": {},
        "autosize": True,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": False,
        "uirevision": "turned by hand",
        **{name: scene | {"domain": {"x": x, "y": [0, 1]}} for name, x in domains.items()},
    }
