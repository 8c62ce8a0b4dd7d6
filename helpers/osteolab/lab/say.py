"""What the page is told about the controls: names, units, usual ranges, plans."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from osteolab.lab.card.rail import Description
from osteolab.lab.edit import PlanEditor
from osteolab.lab.shown import LETTERS, Result, Shown
from osteolab.lab.sliders import CONTROL, MIX, SliderSpec
from osteolab.lab.words import numbers
from osteolab.person import Person
from osteolab.plan import MOST_PLANS


def description(spec: SliderSpec, person: Person, age: float, si: bool) -> Description:
    """Return the words of a slider for a person at an age (years)."""
    usual = spec.usual(person, age)
    young = usual.young if usual else (spec.default if spec.kind in (CONTROL, MIX) else None)
    lines = spec.about(person, age, si)
    unit = numbers.shown_unit(spec.unit_in(si))
    told = {
        "label": spec.label,
        "spoken": numbers.spoken_unit(spec.unit_in(si)),
        "unit": unit,
        "about": ". ".join(line for line in lines if line),
        "min": spec.minimum,
        "max": spec.maximum,
        "factor": spec.si_factor if si else 1.0,
        "decimals": spec.decimals_in(si),
        "young": young,
        "low": usual.low if usual else None,
        "high": usual.high if usual else None,
    }
    return Description(unit, lines, told)


def scan_words(editor: PlanEditor) -> dict[str, Any]:
    """Return what the page is told of the slider of the scan age."""
    told = {"label": "Scan at age", "spoken": "years", "unit": "years", "factor": 1.0, "decimals": 0}
    told |= {"about": "Age of the scan line in all three panels", "min": editor.since, "max": editor.until}
    return told | {"young": None, "low": None, "high": None}


def spoken(
    title: str, picture: Any, question: str, about: Mapping[str, Description], editor: PlanEditor
) -> dict[str, Any]:
    """Return the accessible names of a lab."""
    sliders = {name: dict(one.spoken) for name, one in about.items()}
    if picture.tells:
        sliders["scan_age"] = scan_words(editor)
    groups = {f"ol-w-{switch.name}": switch.spoken for switch in picture.switches()}
    return {"lab": title, "question": question, "figure": picture.figure_name, "groups": groups, "sliders": sliders}


def plan_strip(shown: Shown, label: Callable[[Shown, Result], str]) -> dict[str, Any]:
    """Return what the strip of plans shows."""
    names = [label(shown, result) or "nothing changed" for result in shown.results]
    return {"letters": list(LETTERS[:MOST_PLANS]), "names": names, "chosen": shown.scenario.chosen}
