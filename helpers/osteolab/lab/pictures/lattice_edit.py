"""How the controls of the lattice lab move the twins' plans, both at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from osteolab.errors import InputError, choice, number
from osteolab.lab.edit import PlanEditor, Span
from osteolab.lab.shown import Result
from osteolab.plan import Plan, Scenario
from osteolab.rescue import PACE, WITH, Bone, Rescue, rescue_of
from osteolab.simulate import simulate

VIEW_NAMES = ("surface", "section")
TWINS = "ab"
NAMES = ("age", "rescue_a", "rescue_b", "with_a", "with_b", PACE, "view")


class TwinsEditor(PlanEditor):
    """How age, rescues, demolition and view are set; plan A is one twin, plan B the other.

    Parameters
    ----------
    bone : Bone
        The piece that both share.
    missing : str
        A package that is needed to compute a rescue and not installed, or nothing.
    *arguments
        Those of `PlanEditor`.
    """

    def __init__(self, bone: Bone, missing: str, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.bone, self.missing = bone, missing

    # reading a scenario

    def rescues(self, scenario: Scenario) -> tuple[Rescue, Rescue]:
        """Return the rescue of each twin; the age of one that is switched off is remembered."""
        a, b = (self._rescue(scenario, plan, letter) for plan, letter in zip(scenario.plans, TWINS, strict=True))
        return a, b

    def _rescue(self, scenario, plan, letter):
        found, _ = rescue_of(self.bone, plan)
        return (
            found if plan.without(PACE).courses else Rescue(found.kind, scenario.setting(f"rescue_{letter}", found.age))
        )

    def span(self, scenario: Scenario, plan: Plan) -> Span:
        """Return from when the words speak: the first age."""
        return Span(plan.person.age)

    def moved(self, scenario: Scenario, plan: Plan) -> dict[str, float]:
        """Return demolition if it is held."""
        pace = scenario.setting(PACE)
        return {} if pace is None else {PACE: pace}

    def values(self, scenario: Scenario, result: Result) -> dict[str, Any]:
        """Return where each handle and each switch stands."""
        pace = scenario.setting(PACE)
        found: dict[str, Any] = {PACE: natural_pace(self.bone) if pace is None else round(pace)}
        for letter, rescue in zip(TWINS, self.rescues(scenario), strict=True):
            found |= {f"rescue_{letter}": rescue.age, f"with_{letter}": rescue.kind}
        return found

    def settings(self, scenario: Scenario, results: Sequence[Result]) -> dict[str, Any]:
        """Return every setting by the name that `changed` takes."""
        moved = list(self.moved(scenario, scenario.plan))
        view = {"view": scenario.setting("view", VIEW_NAMES[0]), "moved": moved}
        return {"age": int(scenario.scan_age)} | self.values(scenario, results[0]) | view

    # changing it

    def accepted(self, scenario: Scenario) -> Scenario:
        """Return a scenario that came from outside, if it is one of twins with this piece of bone."""
        if len(scenario.plans) != len(TWINS):
            raise InputError(f"there are {len(scenario.plans)} plans; this lab shows two, one for each twin")
        found = [rescue_of(self.bone, plan) for plan in scenario.plans]
        paces = {pace for _, pace in found if pace is not None}
        if len(paces) > 1:
            raise InputError(
                f"demolition is held at {' and '.join(f'{p:g}' for p in sorted(paces))}; twins share one pace"
            )
        view = choice(scenario.setting("view", VIEW_NAMES[0]), "view", VIEW_NAMES)
        pace = next(iter(paces), scenario.setting(PACE))
        for rescue, _ in found:
            on_record(self.bone, rescue.age)
        scenario = scenario.with_settings(view=view, **{PACE: pace})
        return replace(scenario, chosen=0, pinned=None, units="US", scan_age=self._recorded_age(scenario.scan_age))

    def changed(self, scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
        """Return the scenario with some of NAMES changed; `moved` says whether demolition counts as held."""
        values = dict(changes)
        moved = values.pop("moved", None)
        for name in values:
            choice(name, "setting of this lab", [*NAMES, "moved"])
        if "age" in values:
            scenario = replace(scenario, scan_age=self._recorded_age(values["age"]))
        if "view" in values:
            scenario = scenario.with_settings(view=choice(values["view"], "view", VIEW_NAMES))
        if PACE in values:
            held = values[PACE] if moved is None or PACE in moved else None
            scenario = scenario.with_settings(**{PACE: None if held is None else checked_pace(held, self.missing)})
        rescues = [
            self._changed_rescue(rescue, letter, values)
            for letter, rescue in zip(TWINS, self.rescues(scenario), strict=True)
        ]
        bone = replace(self.bone, resorption_pace=scenario.setting(PACE))
        for place, (letter, rescue) in enumerate(zip(TWINS, rescues, strict=True)):
            plan = replace(scenario.plans[place], courses=rescue.courses(bone))
            scenario = scenario.with_plan(plan, place).with_settings(**{f"rescue_{letter}": rescue.age})
        return scenario

    def _changed_rescue(self, rescue, letter, values):
        kind, age = values.get(f"with_{letter}"), values.get(f"rescue_{letter}")
        if kind is not None:
            rescue = replace(rescue, kind=choice(kind, "drug", WITH))
        return rescue if age is None else replace(rescue, age=on_record(self.bone, age))

    def _recorded_age(self, age):
        bone = self.bone
        age = number(age, "age", "years", bone.since, bone.until, "the ages of the picture")
        return float(min(bone.ages, key=lambda one: abs(one - age)))


def recorded_span(bone: Bone) -> tuple[int, int]:
    """Return the first and the last age at which a rescue can begin, years."""
    return bone.ages[1], bone.ages[-2]


def on_record(bone: Bone, age: Any) -> int:
    """Return the age of a rescue (years), if the bone is recorded there."""
    age = number(
        age, "start of the drug", "years", *recorded_span(bone), "it begins between the first picture and the last"
    )
    if age not in bone.ages:
        raise InputError(
            f"the drug begins at {age:g} years; it can begin every {bone.step} years from {recorded_span(bone)[0]}, "
            "where the bone is recorded"
        )
    return int(age)


def checked_pace(pace: Any, missing: str) -> float:
    """Return a pace that the osteoclasts can be held at, percent of a young adult."""
    if missing:
        raise InputError(f"demolition cannot be moved here, because {missing} is not installed")
    return float(number(pace, "demolition pace", "%", 100, 400, "less than a young adult is no menopause"))


@cache
def natural_pace(bone: Bone) -> int:
    """Return the pace of the osteoclasts three years after the last period, percent of a young adult."""
    last = bone.last_period
    life = simulate(bone.person, (), until=bone.until)
    age = min(bone.until, (bone.since if last is None else last) + 3)
    return round(100 * life.value("osteoclasts", age))
