"""One sentence that says what was moved, what the cells did, and what it means at the scan age.

Every word of judgement follows a computed sign. At most 210 characters, three pairs of numbers, no advice.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from osteolab.lab.words.numbers import age as years
from osteolab.lab.words.numbers import listed, lower_first, percent, printed, site_name

LONGEST = 210
SAME_T, FAST_LOSS, GAIN = 0.1, -0.3, 0.3  # T-score; percent a year; percent a year
VISIBLE = 3.0  # percentage points of turnover that count as a change
MATCHED = 5.0  # percent of pace within which demolition and construction count as equal
NO_TRIAL = "no adequate trial has measured this"
NEAR_ZERO = 1.5  # percent of bone that a balance near zero may have lost or gained


@dataclass(frozen=True)
class Move:
    """One slider that was moved: what, its value as printed, and whether it is above or below nature."""

    name: str
    kind: str
    label: str
    value: str
    direction: int = 0


@dataclass(frozen=True)
class Facts:
    """The computed numbers a sentence is made of.

    `resorption` and `formation` are (at the start, with, without), percent of a young adult. T-scores and slopes
    (percent a year) are at the scan age. `lag` is formation's half-way time minus resorption's, years; `gap_early`
    is formation minus resorption a year after the start; `balance` is the bone gained since the start, percent;
    `bone_change` and `mineral_change` are against the life without what was moved, percent. `levels` holds
    (without, with, unit) of hormones in blood. `beside` names what "without" is: "pinned", "plan A", or nothing for the
    same person with nothing changed. `unmeasured` says that no adequate human trial measured the outcome.
    """

    who: str
    scan_age: float
    start: float
    site: str = "lumbar_spine"
    moves: tuple[Move, ...] = ()
    stop: float | None = None
    beside: str = ""
    t_score: float = 0.0
    t_without: float = 0.0
    slope: float = 0.0
    slope_without: float = 0.0
    slope_at_start: float = 0.0
    bmd_share_of_past: float = 1.0
    resorption: tuple[float, float, float] = (100.0, 100.0, 100.0)  # at the start, with, without
    formation: tuple[float, float, float] = (100.0, 100.0, 100.0)
    lag: float = 0.0
    gap_early: float = 0.0
    balance: float = 0.0
    bone_change: float = 0.0
    mineral_change: float = 0.0
    dip_months: int = 0
    unmeasured: bool = False
    levels: dict[str, tuple[float, float, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sentence:
    """The lead phrase, which is set in bold, and the rest."""

    lead: str
    rest: str

    def __str__(self) -> str:
        return f"{self.lead}{self.rest}"


def compose(facts: Facts, longest: int = LONGEST) -> Sentence:
    """Return the sentence of some facts, shortened by whole clauses until it has at most `longest` characters."""
    if not facts.moves:
        return Sentence("", _opening(facts))
    lead = _lead(facts)
    rests = [_untried(rest) for rest in _rests(facts)] if facts.unmeasured else _rests(facts)
    variants = [Sentence(lead, rest) for rest in rests]
    return next((s for s in variants if len(str(s)) <= longest), variants[-1])


def _untried(rest):
    """Return the rest with the reservation at its end, once."""
    return rest if NO_TRIAL in rest else f"{rest.rstrip('.')}; {NO_TRIAL}."


def _opening(facts):
    if not facts.beside:
        return f"{facts.who} Nothing has been changed yet. Move a slider."
    rest = _at_scan(facts, _verdict(facts))
    return f"{facts.who} Nothing has been changed. {rest}"


# the lead: what was moved, value, unit, since when


def _lead(facts):
    when = _when(facts)
    moves = tuple(m for m in facts.moves if m.kind != "timing") or facts.moves
    paces = {m.name: m.value for m in moves if m.name in ("resorption_pace", "formation_pace")}
    if len(moves) == 2 and len(paces) == 2 and len(set(paces.values())) == 1:
        return f"Demolition and construction both at {moves[0].value} {when}"
    if len(moves) == 1:
        return _lead_of_one(moves[0], when)
    parts = [f"{lower_first(m.label)} {m.value}".strip() for m in moves[:2]]
    parts[0] = parts[0][0].upper() + parts[0][1:]
    if len(moves) > 2:
        return f"{', '.join(parts)} and {len(moves) - 2} more {when}".strip()
    return f"{listed(parts)} {when}".strip()


def _lead_of_one(move, when):
    pattern = {
        "level": "{label} held at {value} {when}",
        "control": "{label} at {value} {when}",
        "mix": "An imbalance of {value} {when}",
        "treatment": "{label} {value} {when}",
        "person": "{label} {value}",
        "timing": "{label} {value}",
    }[move.kind]
    label = _INSIDE_LEAD.get(move.name, move.label)
    return pattern.format(label=label, value=move.value, when=when).strip()


_INSIDE_LEAD = {
    "resorption_pace": "Demolition",
    "formation_pace": "Construction",
    "formation_delay": "A delay",
}


def _only_person(facts):
    return all(m.kind in ("person", "timing") for m in facts.moves)


def _when(facts):
    if _only_person(facts):
        return ""
    if facts.stop is None:
        return f"from age {years(facts.start)}"
    return f"from age {years(facts.start)} to {years(facts.stop)}"


# the rest: cause, cells, scan, verdict; from the longest form to the shortest


def _rests(facts):
    names = {m.name for m in facts.moves}
    if names <= {"resorption_pace", "formation_pace", "formation_delay", "imbalance", "imbalance_years"}:
        return _hand_on_the_crew(facts)
    if _only_person(facts):
        return [f": {_lower(_at_scan(facts, v))}" for v in _verdicts(facts)]
    special = _aromatase(facts) if names <= {"anastrozole", "aromatase_activity"} else []
    if names == {"igf1"}:
        special = _igf1(facts)
    if special:
        return special
    return _usual_rests(facts)


def _usual_rests(facts):
    cause = _cause(facts)
    opening = f" {cause}: " if cause else ": "
    long, short = _cells(facts), _cells(facts, short=True)
    full, *half = _verdicts(facts)
    brief = full.replace("has stopped, but not all of it", "stops, but not all")
    forms = [
        (opening, long, full),
        (opening, short, full),
        (opening, short, brief),
        (": ", long, full),
        (": ", short, full),
    ]
    forms += [(opening, short, verdict) for verdict in half] + [(": ", short, verdict) for verdict in half]
    rests = [f"{start}{cells}. {_at_scan(facts, verdict)}" for start, cells, verdict in forms]
    return [*rests, *(f". {_at_scan(facts, verdict)}" for verdict in (full, *half))]


def _cause(facts):
    if len(facts.moves) != 1 or facts.moves[0].direction == 0:
        return ""
    move = facts.moves[0]
    return _CAUSES.get((move.name, move.direction), _CAUSES.get((move.kind, move.direction), ""))


_CAUSES = {
    ("estradiol", 1): "puts the brake back",
    ("estradiol", -1): "takes the brake off",
    ("testosterone", 1): "drives the builders and becomes estradiol",
    ("testosterone", -1): "leaves less drive and less estradiol",
    ("cortisol", 1): "silences the builders",
    ("il6", 1): "calls for demolition",
    ("conjugated_estrogens", 1): "puts the brake back",
    ("oral_estradiol", 1): "puts the brake back",
    ("transdermal_estradiol", 1): "puts the brake back",
}


def _cells(facts, short=False):
    start, now, without = facts.resorption
    effect = now - without
    if abs(effect) < VISIBLE and abs(facts.formation[1] - facts.formation[2]) < VISIBLE:
        return "demolition and construction hardly change"
    if abs(effect) < VISIBLE:
        return f"resorption hardly changes, {_formation_alone(facts)}"
    if effect * (now - start) > 0 and abs(now - start) >= VISIBLE:
        resorption = f"resorption {_verb(now - start)} from {percent(start)} to {percent(now)}"
    else:
        resorption = f"resorption is {percent(now)} instead of {percent(without)}"
    resorption += "" if short else " of young adult"
    return f"{resorption} and {_formation_beside(facts, effect)}"


def _formation_beside(facts, resorption_effect):
    effect = facts.formation[1] - facts.formation[2]
    if abs(effect) < VISIBLE:
        return "formation hardly changes"
    if effect * resorption_effect < 0:
        return f"formation {_verb(effect)} to {percent(facts.formation[1])}"
    return "formation follows" if facts.lag > 0.04 else "formation goes with it"


def _formation_alone(facts):
    _, now, without = facts.formation
    return f"formation is {percent(now)} instead of {percent(without)}"


def _verb(change):
    return "rises" if change > 0 else "falls"


def _at_scan(facts, verdict):
    place = site_name(facts.site)
    now, other = printed(facts.t_score, 1), printed(facts.t_without, 1)
    if now == other or abs(facts.t_score - facts.t_without) < SAME_T:
        beside = _as_beside(facts) or ("as before" if _only_person(facts) else "as without it")
        return f"At {years(facts.scan_age)} the {place} is at T{_nb}{now}, about the same {beside}."
    return f"At {years(facts.scan_age)} the {place} is at T{_nb}{now} instead of {other}{_in_plan(facts)}: {verdict}."


def _as_beside(facts):
    if not facts.beside:
        return ""
    return "as pinned" if facts.beside == "pinned" else f"as in {facts.beside}"


def _in_plan(facts):
    """Return which plan a number beside another is of; what is pinned and the untouched life are named elsewhere."""
    return f" in {facts.beside}" if facts.beside.startswith("plan") else ""


_nb = "\u00a0"


def _lower(sentence):
    return sentence[:1].lower() + sentence[1:]


# the verdict, from computed signs


def _verdicts(facts):
    """Return the verdict in full and, if the sentence gets too long, without its second half."""
    full = _verdict(facts)
    return list(dict.fromkeys([full, full.split(",")[0]]))


def _verdict(facts):
    difference = facts.t_score - facts.t_without
    if abs(difference) < SAME_T:
        return "about the same"
    if difference < 0:
        return _worse(facts)
    return _better(facts)


def _worse(facts):
    if facts.slope >= FAST_LOSS:
        return "less bone"
    return "the loss is faster" if facts.slope < facts.slope_without - 0.1 else "less bone, and still falling"


def _better(facts):
    if facts.slope < FAST_LOSS:
        return "the loss is slower, but it goes on" if facts.slope > facts.slope_without else "more bone, but falling"
    if facts.slope > GAIN:
        head = "density is rising"
    else:
        head = "the fast loss has stopped" if facts.slope_at_start < FAST_LOSS else "more bone"
    return f"{head}, but not all of it comes back" if facts.bmd_share_of_past < 0.995 else head


# sentences of their own


def _hand_on_the_crew(facts):
    matched, match = _match(facts)
    at, density = f"At {years(facts.scan_age)}", facts.bone_change + facts.mineral_change
    beside = " than pinned" if facts.beside == "pinned" else f" than in {facts.beside}" if facts.beside else ""
    if abs(density) < 0.5:
        other = f"the same density {_as_beside(facts) or 'as without it'}"
        other = "the pinned density" if facts.beside == "pinned" else other
        return [f": {match}. {at} the {site_name(facts.site)} has {other}."]
    amount = percent(abs(density))
    if matched:
        more = "lower" if density < 0 else "higher"
        return [f": {match}. {at} density is {amount} {more}{beside}{_why_lower(facts, density)}."]
    scores = f"T{_nb}{printed(facts.t_score, 1)} instead of {printed(facts.t_without, 1)}"
    bone = f"there is {amount} {'more' if density > 0 else 'less'} bone{beside}"
    return [f": {match}. {at} {bone}, and the {site_name(facts.site)} is at {scores}.", f": {match}. {at} {bone}."]


def _match(facts):
    """Return whether the two paces match, and the words for how they compare."""
    pace = (facts.resorption[1] + facts.formation[1]) / 2
    if abs(facts.gap_early) <= MATCHED / 100 * pace and abs(facts.balance) < NEAR_ZERO:
        return True, "they still match, so the balance stays near zero"
    names = {move.name for move in facts.moves}
    late = any(move.name == "formation_delay" and move.direction > 0 for move in facts.moves)
    if late and facts.balance < 0:
        return False, "construction comes late, so more pits stand open"
    if facts.gap_early > 0:
        return False, "construction outruns demolition"
    if names & {"formation_pace", "imbalance"}:
        return False, "demolition outruns construction"
    return False, "construction follows, but does not catch up"


def _why_lower(facts, density):
    if density > 0:
        return ""
    if facts.mineral_change < facts.bone_change:
        return ", because young bone holds less mineral"
    return ", because more pits are open at once"


def _aromatase(facts):
    if "testosterone" not in facts.levels:
        return []
    (t0, t1, t_unit), (e0, e1, e_unit) = facts.levels["testosterone"], facts.levels["estradiol"]
    if abs(e1 - e0) < 0.5:
        return []
    blood = f"testosterone {_verb(t1 - t0)} from {printed(t0)} to {printed(t1)} {t_unit}, "
    if abs(t1 - t0) < 0.02 * max(t0, 1):
        blood = "testosterone stays, "
    blood += f"estradiol {_verb(e1 - e0)} from {printed(e0)} to {printed(e1)} {e_unit}"
    verdict = _verdict(facts)
    if (t1 - t0) > 0 and facts.t_score - facts.t_without <= -SAME_T:
        verdict = "more testosterone, less bone"
    why = ", and estradiol is the brake"
    return [f": {blood}{why}. {_at_scan(facts, verdict)}", f": {blood}. {_at_scan(facts, verdict)}"]


def _igf1(facts):
    if facts.moves[0].direction <= 0 or not facts.dip_months:
        return []
    months = "a month" if facts.dip_months == 1 else f"{facts.dip_months} months"
    now, other = printed(facts.t_score, 1), printed(facts.t_without, 1)
    model = f"At {years(facts.scan_age)} the model says T{_nb}{now} instead of {other}"
    if abs(facts.t_score - facts.t_without) < SAME_T:
        model = f"At {years(facts.scan_age)} the model says about the same T-score"
    first = f": turnover rises and density dips for {months} before it grows. {model}"
    return [f"{first}; {NO_TRIAL}.", f"{first}.", f". {model}."]
