"""Everything of OsteoLab that needs a screen: the lab itself and the cards around it.

The names are imported when they are first asked for, so that `import osteolab` stays light.
"""

from __future__ import annotations

from importlib import import_module

_HOME = {
    "Lab": "lab",
    "RemodelingLab": "factories",
    "LatticeLab": "factories",
    "SliderSpec": "sliders",
    "Predict": "predict",
    "PredictChoice": "predict",
    "PredictDrawn": "predict",
    "PredictTable": "predict",
    "Quiz": "cards.quiz",
    "Task": "cards.task",
    "Tasks": "cards.task",
    "CrewAnimation": "pictures.crew",
    "ScanReport": "cards.scan_report",
    "lesson": "lessons",
}
__all__ = sorted(_HOME)


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
