"""The computed facts of a state of the lab: what was moved, what the cells did, what it means at the scan age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from osteolab.lab.shown import Result, Shown
from osteolab.lab.sliders import PERSON, TIMING, SliderSpec, catalogue, evidence_missing, spec
from osteolab.lab.words import numbers, readings
from osteolab.lab.words.sentence import Facts, Move
from osteolab.person import Person

LONGEST_LABEL = 26  # characters of a curve's name in the picture
SHORT = {
    "resorption_pace": "demolition",
    "formation_pace": "construction",
    "transdermal_estradiol": "patch",
    "menopause_age": "last period",
    "peak_bone_mass_sd": "peak",
}
LEVEL_REACHED = 0.5  # years after the start: what is injected or rubbed in has its usual level by then
BLOOD = ("testosterone", "estradiol")


def unmeasured(result: Result) -> bool:
    """Say whether no adequate human trial measured what a plan does to bone."""
    if harmful(result):
        return True
    given = {course.what: course.amount for course in result.plan.courses if course.unit != "ratio_to_age_normal"}
    return evidence_missing(given, result.person, result.start)


def harmful(result: Result) -> bool:
    """Say whether a plan gives a woman more testosterone than is usual in women, soon after its start.

    Such levels deepen the voice and let hair grow, in part for good (Davis 2019 J Clin Endocrinol Metab 104:4660-4666).
    """
    person, when = result.person, min(result.start + LEVEL_REACHED, result.life.until)
    if person.sex != "female" or not result.life.courses:
        return False
    usual = spec("testosterone").usual(person, when)
    return usual is not None and result.life.value("testosterone", when) > usual.high


def unmeasured_at(result: Result, age: float) -> bool:
    """Say whether this holds at an age (years): before the start everything is as measured."""
    return unmeasured(result) and age > result.start


def facts(shown: Shown, natural: Mapping[str, float]) -> Facts:
    """Return the computed numbers of the sentence; `natural` is where each slider stands untouched."""
    now, result, site = shown.scenario, shown.result, shown.scenario.site
    beside = shown.other
    life, other = result.life, beside.life if beside else result.natural
    age, start, stop = now.scan_age, result.start, result.stop
    seen, early, settled = min(age, stop or age), min(start + 1, life.until), min(start + 3, life.until)
    just_after = min(start + readings.JUST_AFTER, life.until)  # where the boxes read their levels
    resorption, formation = readings.TURNOVER[shown.turnover]
    turns = [turn for one in (result, beside or result) for turn in (one.start, one.stop) if turn is not None]

    def three(name):
        return life.value(name, start, site), life.value(name, seen, site), other.value(name, seen, site)

    def change(name):
        return 100 * (life.value(name, age, site) / other.value(name, age, site) - 1)

    def gained(when):
        return 100 * (life.value("bone_volume", when, site) / life.value("bone_volume", start, site) - 1)

    def half(name):
        return readings.half_way(life, name, site, start, settled)

    return Facts(
        who=introduction(result.person),
        scan_age=age,
        start=start,
        stop=stop,
        site=site,
        moves=moves(shown, natural),
        since=shown.since,
        beside=shown.other_name,
        beside_who=_another(result, beside),
        t_score=life.value("t_score", age, site),
        t_without=other.value("t_score", age, site),
        slope=readings.slope(life, age, site, turns),
        slope_without=readings.slope(other, age, site, turns),
        slope_at_start=readings.slope(result.natural, start, site),
        since_start=100 * (life.value("bmd", age, site) / life.value("bmd", start, site) - 1),
        bmd_share_of_past=life.value("bmd", age, site) / life.value("bmd", shown.since, site),
        resorption=three(resorption),
        formation=three(formation),
        lag=half(formation) - half(resorption),
        gap_early=life.value("formation", early, site) - life.value("resorption", early, site),
        balance_early=gained(early),
        balance=gained(age),
        bone_change=change("bone_volume"),
        density_change=change("bmd"),
        untouched=_untouched(shown, result.natural, seen, just_after),
        cells=_cells_of_a_hand(result, seen),
        dip_months=readings.dip_months(life, result.natural, site, start, life.until),
        levels=_blood(shown, other, just_after),
        unmeasured=unmeasured(result),
        harmful=harmful(result),
    )


def _another(result, beside):
    """Return whose the other life is if it is not the life of the same person."""
    if beside is None or beside.base == result.base:
        return ""
    return beside.base.name or ("a woman" if beside.base.sex == "female" else "a man")


def _untouched(shown, natural, age, just_after):
    """Return resorption and formation at an age and estradiol just after the start, with nothing changed."""
    site, slider = shown.scenario.site, spec("estradiol")
    resorption, formation = (natural.value(name, age, site) for name in readings.TURNOVER[shown.turnover])
    return resorption, formation, slider.boxed(natural.value("estradiol", just_after), shown.si)


def _cells_of_a_hand(result, age):
    """Return the pace (percent) of osteoblasts that a hand holds, None where the hormones drive them."""
    if not any(course.what == "formation_pace" for course in result.life.courses):
        return None
    return 100 * result.life.value("osteoblasts", age)


def _blood(shown, other, age):
    found = {}
    for name in BLOOD:
        slider = spec(name)
        without, now = (slider.boxed(life.value(name, age), shown.si) for life in (other, shown.result.life))
        found[name] = (without, now, numbers.shown_unit(slider.unit_in(shown.si)))
    return found


def moves(shown: Shown, natural: Mapping[str, float]) -> tuple[Move, ...]:
    """Return what was moved, in the order of the rail, and after that what the plan holds beside it."""
    values = shown.result.moved
    moved = [slider for slider in shown.specs if slider.name in values]
    return tuple(
        [_move(slider, values[slider.name], natural[slider.name], shown.si) for slider in moved]
        + [_move(catalogue()[course.what], course.amount, None, shown.si) for course in _beside_the_rail(shown)]
    )


def _beside_the_rail(shown):
    """Return the courses of the plan that no slider of this lab moves and that have words, each name once."""
    by_rail = {slider.name for slider in shown.specs} | {"resorption_pace", "formation_pace"}
    found = {c.what: c for c in reversed(shown.result.plan.courses) if c.what not in by_rail and c.what in catalogue()}
    return tuple(found.values())


def _move(slider, value, natural, si):
    direction = 0 if natural is None else (value > natural) - (value < natural)
    return Move(slider.name, slider.kind, slider.label, value_text(slider, value, si), direction)


def introduction(person: Person) -> str:
    """Return who this is as a sentence: "Anna is 52; her last period was at 50."."""
    name = person.name or ("She" if person.sex == "female" else "He")
    text = f"{name} is {numbers.age(person.age)}"
    if person.sex == "male":
        return f"{text}."
    if person.menopause_age is None or float(person.menopause_age) > person.age:
        return f"{text} and still has periods."
    return f"{text}; her last period was at {numbers.age(float(person.menopause_age))}."


def value_text(slider: SliderSpec, value: float, si: bool) -> str:
    """Return the value of a moved slider as it stands in a sentence."""
    if slider.name == "peak_bone_mass_sd":
        return f"{numbers.printed(value, 1, sign=True)} SD"
    if slider.name.endswith("age"):
        return numbers.age(value)
    return slider.text(value, si)


def short(specs: Sequence[SliderSpec], result: Result, si: bool) -> str:
    """Return a plan as a curve's name: its label, or what was moved ("estradiol 40"); empty if nothing was."""
    if result.plan.label:
        return result.plan.label
    values, parts = result.moved, []
    for slider in specs:
        if slider.name in values and slider.kind != TIMING:
            shown = numbers.printed(slider.boxed(values[slider.name], si), slider.decimals_in(si))
            parts.append(f"{SHORT.get(slider.name) or numbers.lower_first(slider.label)} {shown}")
    joined = ", ".join(parts)
    return joined if len(joined) <= LONGEST_LABEL else f"{len(parts)} changes"


def pinned_words(shown: Shown) -> str:
    """Return what is pinned as a curve's name, and whose life it is where that is not the person shown."""
    assert shown.pinned is not None
    label, name = short(shown.specs, shown.pinned, shown.si) or "no change", shown.pinned.base.name
    another = shown.pinned.base != shown.result.base and name and not label.startswith(f"{name}, ")
    return f"{name}, {label}" if another else label


def span(result: Result) -> str:
    """Return since when a plan does something, such as "from 52 to 57"."""
    stop = "" if result.stop is None else f" to {numbers.age(result.stop)}"
    return f"from {numbers.age(result.start)}{stop}"


def course_words(shown: Shown) -> str:
    """Return what begins at the start of the chosen plan, such as "estradiol from 52"; empty without a course."""
    result = shown.result
    if not result.life.courses:
        return ""
    named = [s for s in shown.specs if s.name in result.moved and s.kind not in (PERSON, TIMING)]
    what = numbers.lower_first(named[0].label) if len(named) == 1 else "changes"
    return f"{what} {span(result)}"
