"""One sentence that says what was moved, what the cells did, and what it means at the scan age.

Every word of judgement follows a computed sign. At most 210 characters, three pairs of numbers, no advice.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from osteolab.lab.words.numbers import age as years
from osteolab.lab.words.numbers import listed, lower_first, percent, printed, site_name

LONGEST = 210
SAME_T = 0.1  # T-score
FAST_LOSS, LOSS, GAIN = -1.0, -0.3, 0.3  # percent a year: as after menopause, worth a word, worth a word
VISIBLE = 3.0  # percentage points of turnover that count as a change
NO_TRIAL = "no adequate trial has measured this"
HARM = "so much testosterone harms a woman"
NEAR_ZERO = 1.5  # percent of bone that a balance near zero may have lost or gained
HARDLY = 0.5  # percent of bone or density: it is printed as nothing, so nothing is said of it
IN_BOX = 0.5  # pg/mL or pmol/L of estradiol: half of what the last digit of its box is worth
FILLED = 10.0  # percent by which thick or thin bone changes what the cells make before a word is said


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
    is formation minus resorption a year after the start, and `balance_early` the bone gained by then, percent;
    `balance` is the bone gained from the start to the scan; `bone_change` and `density_change` are against the other
    life, percent; `since_start` is the change of density from the start to the scan, percent; `bmd_share_of_past` the
    density at the scan over that at `since`. `levels` holds (without, with, unit) of
    hormones in blood. `beside` names what "without" is: "pinned", "plan A", or nothing for the same person with nothing
    changed; `beside_who` is whose life that is where it is another person. `untouched` holds resorption, formation
    (percent) and estradiol of the same person with nothing changed: a cause is named only if they bear it out. `cells`
    is the pace of the osteoblasts themselves. `unmeasured` says that no adequate human trial measured the outcome,
    `harmful` that a woman has a man's testosterone.
    """

    who: str
    scan_age: float
    start: float
    site: str = "lumbar_spine"
    moves: tuple[Move, ...] = ()
    stop: float | None = None
    since: float = 45
    beside: str = ""
    beside_who: str = ""
    t_score: float = 0.0
    t_without: float = 0.0
    slope: float = 0.0
    slope_without: float = 0.0
    slope_at_start: float = 0.0
    since_start: float = -1.0
    bmd_share_of_past: float = 1.0
    resorption: tuple[float, float, float] = (100.0, 100.0, 100.0)  # at the start, with, without
    formation: tuple[float, float, float] = (100.0, 100.0, 100.0)
    lag: float = 0.0
    gap_early: float = 0.0
    balance_early: float = 0.0
    balance: float = 0.0
    bone_change: float = 0.0
    density_change: float = 0.0
    untouched: tuple[float, float, float] | None = None
    cells: float | None = None
    dip_months: int = 0
    unmeasured: bool = False
    harmful: bool = False
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
    rests = [_untried(facts, rest) for rest in _rests(facts)] if facts.unmeasured else _rests(facts)
    variants = [Sentence(lead, rest) for rest in rests]
    return next((s for s in variants if len(str(s)) <= longest), variants[-1])


def _untried(facts, rest):
    """Return the rest with the reservation at its end, and the harm if there is one."""
    harm = f"; {HARM}" if facts.harmful else ""
    return f"{rest.rstrip('.')}{harm}; {NO_TRIAL}."


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
    if facts.scan_age > facts.start and names <= {
        "resorption_pace",
        "formation_pace",
        "formation_delay",
        "imbalance",
        "imbalance_years",
    }:
        return _hand_on_the_crew(facts)
    if _only_person(facts):
        return [f": {_lower(_at_scan(facts, v))}" for v in _verdicts(facts)]
    if facts.scan_age <= facts.start:
        early = f": at {years(facts.scan_age)} nothing has changed yet. "
        return [
            f"{early}{_at_scan(facts, _verdict(facts))}",
            f"{early}{_at_scan(facts, '')}",
            f". {_at_scan(facts, '')}",
        ]
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
    forms = [
        (opening, long, full),
        (opening, short, full),
        (": ", long, full),
        (": ", short, full),
    ]
    forms += [(opening, short, verdict) for verdict in half] + [(": ", short, verdict) for verdict in half]
    rests = [f"{start}{cells}. {_at_scan(facts, verdict)}" for start, cells, verdict in forms]
    return [*rests, *(f". {_at_scan(facts, verdict)}" for verdict in (full, *half, ""))]


def _cause(facts):
    """Return what one move does to the cells, if the life bears it out against the same person with nothing changed.

    Beside a life in which the cells do as much, a cause would contradict the words after it.
    """
    if len(facts.moves) != 1 or _hardly_different(facts):
        return ""
    move = facts.moves[0]
    words, what, sign = _CAUSES.get((move.name, move.direction), ("", "resorption", 0))
    least = IN_BOX if what == "estradiol" else VISIBLE
    return words if sign * _own_effects(facts)[what] >= least and sign else ""


def _own_effects(facts):
    """Return how far resorption, formation and estradiol are from those of the same person with nothing changed."""
    estradiol, now, _ = facts.levels.get("estradiol", (0.0, 0.0, ""))
    untouched = facts.untouched or (facts.resorption[2], facts.formation[2], estradiol)
    own = (facts.resorption[1], facts.formation[1], now)
    names = ("resorption", "formation", "estradiol")
    return {name: a - b for name, a, b in zip(names, own, untouched, strict=True)}


_HOLDS = ("holds the osteoclasts back", "resorption", -1)
_CAUSES = {
    ("estradiol", 1): _HOLDS,
    ("estradiol", -1): ("lets the osteoclasts go", "resorption", 1),
    ("testosterone", 1): ("becomes estradiol in part", "estradiol", 1),
    ("testosterone", -1): ("leaves less estradiol", "estradiol", -1),
    ("igf1", -1): ("calls fewer osteoblasts", "formation", -1),
    ("cortisol", 1): ("holds the osteoblasts back", "formation", -1),
    ("il6", 1): ("calls for demolition", "resorption", 1),
    ("conjugated_estrogens", 1): _HOLDS,
    ("oral_estradiol", 1): _HOLDS,
    ("transdermal_estradiol", 1): _HOLDS,
}


def _hardly_different(facts):
    """Return whether the cells do as much as in the other life."""
    return all(abs(now - other) < VISIBLE for _, now, other in (facts.resorption, facts.formation))


def _cells(facts, short=False):
    start, now, without = facts.resorption
    effect = now - without
    if _hardly_different(facts):
        return "demolition and construction are hardly different"
    if abs(effect) < VISIBLE:
        return f"resorption is hardly different, formation is {_beside_number(facts.formation)}"
    moved = effect * (now - start) > 0 and abs(now - start) >= VISIBLE
    if moved:
        resorption = f"resorption {_verb(now - start)} from {percent(start)} to {percent(now)}"
    else:
        resorption = f"resorption is {_beside_number(facts.resorption)}"
    resorption += "" if short else " of young adult"
    return f"{resorption} and {_formation_beside(facts, moved)}"


def _formation_beside(facts, resorption_moved):
    """Return what formation does: it follows only what is told as a course in time and went the same way later."""
    start, now, without = facts.formation
    if abs(now - without) < VISIBLE:
        return "formation is hardly different"
    same_way = (now - start) * (facts.resorption[1] - facts.resorption[0]) > 0 and abs(now - start) >= VISIBLE
    if resorption_moved and same_way and (now - without) * (now - start) > 0:
        return "formation follows" if facts.lag > 0.04 else "formation goes with it"
    return f"formation is {_beside_number(facts.formation)}"


def _beside_number(three):
    _, now, without = three
    return f"{percent(now)} instead of {percent(without)}"


def _verb(change):
    return "rises" if change > 0 else "falls"


def _at_scan(facts, verdict):
    place = site_name(facts.site)
    now, other = printed(facts.t_score, 1), printed(facts.t_without, 1)
    if now == other or abs(facts.t_score - facts.t_without) < SAME_T:
        return f"At {years(facts.scan_age)} the {place} is at T{_nb}{now}, about the same{_as(facts)}{_beside(facts)}."
    end = f": {verdict}" if verdict else ""
    return f"At {years(facts.scan_age)} the {place} is at T{_nb}{now} instead of {other}{_beside(facts)}{end}."


def _as(facts):
    return "" if facts.beside == "pinned" else " as"


def _beside(facts):
    """Return what a number is compared with, at the end of "instead of −2.1" or "the same"."""
    if not facts.beside:
        return " without it" if len(_told(facts)) < 2 else " without them"
    whose = f" for {facts.beside_who}" if facts.beside_who else ""
    return f" as pinned{whose}" if facts.beside == "pinned" else f" in {facts.beside}{whose}"


def _told(facts):
    return [m for m in facts.moves if m.kind != "timing"]


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
    less = _bone(facts, "less bone", "lower density")
    if facts.slope >= LOSS:
        return less
    return "the loss is faster" if facts.slope < facts.slope_without - 0.1 else f"{less}, and still falling"


def _better(facts):
    more = _bone(facts, "more bone", "higher density")
    if facts.slope < LOSS:
        slower = facts.slope > facts.slope_without and facts.since_start < 0
        return "the loss is slower, but it goes on" if slower else f"{more}, but falling"
    if facts.slope > GAIN:
        head = "density is rising"
    else:
        # Only what moved the sliders may have ended it: in the other life the loss goes on, or it is another person.
        # A later last period ends nothing: it has put the loss off.
        over = facts.slope_at_start < FAST_LOSS and facts.slope_without < LOSS and not facts.beside_who
        over = over and facts.scan_age > facts.start and not _only_person(facts)
        head = "the fast loss is over" if over else more
    return (
        f"{head}, but below the density at {years(facts.since)}" if facts.bmd_share_of_past < 1 - HARDLY / 100 else head
    )


def _bone(facts, words, otherwise):
    """Return words about bone where its amount differs as density does, else words about density alone."""
    same = facts.bone_change * (facts.t_score - facts.t_without) > 0 and not facts.beside_who
    return words if same else otherwise


# sentences of their own


def _hand_on_the_crew(facts):
    if {move.name for move in facts.moves} == {"formation_delay"} and abs(facts.density_change) < HARDLY:
        return [f": demolition keeps its pace, so nothing changes. Move a pace too. {_at_scan(facts, _verdict(facts))}"]
    matched, match = _match(facts)
    at, place = f"At {years(facts.scan_age)}", site_name(facts.site)
    if abs(facts.density_change) < HARDLY:
        return [f": {match}. {at} the {place} has the same density{_as(facts)}{_beside(facts)}."]
    amount, more = percent(abs(facts.density_change)), "higher" if facts.density_change > 0 else "lower"
    if matched or facts.beside_who or abs(facts.bone_change) < HARDLY:
        told = f"{at} density is {amount} {more} than{_than(facts)}"
        return [f": {match}. {told}{_why_denser(facts)}.", f": {match}. {told}."]
    bone = f"{percent(abs(facts.bone_change))} {'more' if facts.bone_change > 0 else 'less'} bone"
    told = f"{at} there is {bone} than{_than(facts)}"
    scores = f"T{_nb}{printed(facts.t_score, 1)} instead of {printed(facts.t_without, 1)}"
    why, rest = _why_not_the_pace(facts), f", and the {place} is at {scores}"
    return list(dict.fromkeys(f": {match}. {told}{ending}." for ending in (f"{why}{rest}", why or rest, "")))


def _than(facts):
    """Return what a number is compared with, after "than"."""
    if facts.beside.startswith("plan") or not facts.beside:
        return _beside(facts)
    return _beside(facts).replace(" as pinned", " pinned")


def _match(facts):
    """Return whether the two paces match, and the words for how they compare."""
    names = {move.name for move in facts.moves}
    paces = [move.value for move in facts.moves if move.name in ("resorption_pace", "formation_pace")]
    equal = len(paces) == 2 and len(set(paces)) == 1
    if equal and abs(facts.balance) < NEAR_ZERO and facts.balance_early > -1:
        return True, "they still match, so the balance stays near zero"
    if not equal and abs(facts.balance) < HARDLY and abs(facts.balance_early) < NEAR_ZERO:
        return True, "the two nearly match, so the balance stays near zero"
    late = any(move.name == "formation_delay" and move.direction > 0 for move in facts.moves)
    if late and facts.balance_early < 0 and equal:
        if facts.balance > facts.balance_early / 2:
            return True, "construction came late, but by now most of the extra pits are filled"
        return False, "construction comes late, so more pits stand open"
    if (facts.balance if abs(facts.balance) > 0.05 else facts.gap_early) > 0:
        return False, "construction outran demolition"
    follows = facts.formation[1] > facts.formation[0] and facts.resorption[1] > facts.resorption[0]
    if names & {"formation_pace", "imbalance"} or not follows:
        return False, "demolition outran construction"
    return False, "construction follows, but did not keep up"


def _why_denser(facts):
    """Return why density differs where both paces match: open pits, and the mineral of younger or older bone."""
    if facts.beside_who:
        return ""
    bone, mineral = facts.bone_change, facts.density_change - facts.bone_change
    sign = 1 if facts.density_change > 0 else -1
    pits, young = ("fewer open pits", "older bone") if sign > 0 else ("more open pits", "young bone with less mineral")
    parts = sorted(((sign * bone, pits), (sign * mineral, young)), reverse=True)
    return f": {listed(words for part, words in parts if part >= abs(facts.density_change) / 4)}"


def _why_not_the_pace(facts):
    """Return why formation is not what the hand asks for: thick bone calls for less of it, thin bone for more."""
    if facts.cells is None or abs(facts.formation[1] - facts.cells) < FILLED:
        return ""
    if facts.formation[1] < facts.cells and facts.balance > 0:
        return f"; formation is down to {percent(facts.formation[1])}: thick bone calls for less"
    if facts.formation[1] > facts.cells and facts.balance < 0:
        return f"; formation is up to {percent(facts.formation[1])}: thin bone calls for more"
    return ""


def _aromatase(facts):
    if "testosterone" not in facts.levels:
        return []
    (t0, t1, t_unit), (e0, e1, e_unit) = facts.levels["testosterone"], facts.levels["estradiol"]
    if abs(e1 - e0) < IN_BOX:
        return []
    blood = f"testosterone is {printed(t1)} instead of {printed(t0)} {t_unit}, "
    if abs(t1 - t0) < 0.02 * max(t0, 1):
        blood = "testosterone is hardly different, "
    blood += f"estradiol {printed(e1)} instead of {printed(e0)} {e_unit}"
    verdict = _verdict(facts)
    if (t1 - t0) > 0 and facts.t_score - facts.t_without <= -SAME_T:
        verdict = f"more testosterone, {_bone(facts, 'less bone', 'lower density')}"
    return [f": {blood}. {_at_scan(facts, verdict)}"]


def _igf1(facts):
    if facts.moves[0].direction <= 0 or not facts.dip_months or _own_effects(facts)["resorption"] < VISIBLE:
        return []
    months = "a month" if facts.dip_months == 1 else f"{facts.dip_months} months"
    first = f": turnover rises, and density dips for {months} before it grows"
    scans = [_at_scan(facts, verdict) for verdict in (*_verdicts(facts), "")]
    return [f"{first}. {scan}" for scan in scans] + [f". {scan}" for scan in scans]
