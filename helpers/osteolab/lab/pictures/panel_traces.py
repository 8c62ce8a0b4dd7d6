"""The data of every trace of the three panels, for one plan and what is pinned."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from html import escape

from osteolab.lab.palette import colours, tint
from osteolab.lab.pictures.curves import Curves
from osteolab.lab.pictures.figure import apart, points, verticals
from osteolab.lab.pictures.panel_layout import FAR, Look, by_qct, limits, px, years_per_px
from osteolab.lab.words import numbers

GAP = "\u00a0"  # keeps a label off the line it belongs to
NOT_MEASURED = "not measured in people"
CIRCLE = 11  # px from the middle of a lettered circle that no word comes nearer than

TURNOVER_AXES, BALANCE_AXES, DENSITY_AXES = ("x", "y"), ("x", "y2"), ("x2", "y3")
TRACES = {
    "pinned_resorption": TURNOVER_AXES,
    "pinned_formation": TURNOVER_AXES,
    "lower": TURNOVER_AXES,
    "formation": TURNOVER_AXES,
    "upper": TURNOVER_AXES,
    "resorption": TURNOVER_AXES,
    "course_1": TURNOVER_AXES,
    "scan_1": TURNOVER_AXES,
    "loss": BALANCE_AXES,
    "gain": BALANCE_AXES,
    "pinned_balance": BALANCE_AXES,
    "balance": BALANCE_AXES,
    "course_2": BALANCE_AXES,
    "scan_2": BALANCE_AXES,
    "bmd_low": DENSITY_AXES,
    "bmd_high": DENSITY_AXES,
    "pinned_bmd": DENSITY_AXES,
    "bmd": DENSITY_AXES,
    "course_3": DENSITY_AXES,
    "scan_3": DENSITY_AXES,
}
VEIL = {"veil_1": TURNOVER_AXES, "veil_2": BALANCE_AXES, "veil_3": DENSITY_AXES}
CHOICES = {"choices": DENSITY_AXES}


@dataclass(frozen=True)
class Marks:
    """What is written into the panels: scan age, start and stop of the course, names of the curves.

    `unmeasured`: no adequate human trial measured what the course does; from its start on the uncertainty is hatched.
    `circle`: age and density of the choice that was predicted, which no word may lie on.
    """

    scan_age: float
    start: float | None
    stop: float | None
    course: str
    curve: str
    pinned: str = ""
    unmeasured: bool = False
    circle: tuple[float, float] | None = None


@dataclass(frozen=True)
class Veiled:
    """A prediction before it is made: nothing after `today` is drawn; levels are lettered circles."""

    today: float
    levels: tuple[tuple[str, float], ...] = ()
    chosen: str = ""


def picture(now: Curves, pinned: Curves | None, marks: Marks, look: Look) -> dict[str, dict]:
    """Return the data of every trace of TRACES for a life, a pinned life and the marks."""
    lower = [min(r, f) for r, f in zip(now.resorption, now.formation, strict=True)]
    upper = [max(r, f) for r, f in zip(now.resorption, now.formation, strict=True)]
    since = marks.start if marks.unmeasured else None
    data = {
        "lower": points(now.ages, lower),
        "formation": points(now.ages, now.formation),
        "upper": points(now.ages, upper),
        "resorption": points(now.ages, now.resorption),
        "loss": points(now.ages, [min(b, 0.0) for b in now.balance]),
        "gain": points(now.ages, [max(b, 0.0) for b in now.balance]),
        "balance": points(now.ages, now.balance),
        "bmd_low": _from(since, now.ages, now.bmd_low),
        "bmd_high": _from(since, now.ages, now.bmd_high) | {"fillpattern": hatching(marks.unmeasured, look)},
        "bmd": points(now.ages, now.bmd) | {"customdata": hover(now, look.site, since)},
    }
    for name in ("resorption", "formation", "balance", "bmd"):
        data[f"pinned_{name}"] = points(pinned.ages, getattr(pinned, name)) if pinned else points([], [])
    course = [age for age in (marks.start, marks.stop) if age is not None]
    data |= {f"course_{i}": verticals(course, FAR) for i in (1, 2, 3)}
    data["scan_1"] = _scan_of_turnover(now, marks, look)
    data["scan_2"] = _scan_of_balance(now, pinned, marks)
    data["scan_3"] = _scan_of_density(now, pinned, marks, look)
    return data


def picture_of_the_past(now: Curves, veiled: Veiled, look: Look, scan_age: float) -> dict[str, dict]:
    """Return the traces with everything after today left out: the future is not sent."""
    past = now.part(0, veiled.today)
    data = picture(past, None, Marks(veiled.today, veiled.today, None, "", ""), look)
    gone = [None] * 4
    data["scan_2"] = points([veiled.today] * 2 + gone, gone + [None] * 2, [""] * 6, ["top left"] * 6)
    data["scan_3"] = _today(past, veiled, look, scan_age)
    texts = [""] * 7 + [f"{GAP}<b>Resorption</b>{GAP}", "", f"{GAP}<b>Formation</b>{GAP}"]
    age, side = _side_of_today(veiled.today, look, "Resorption")
    # On the left the curves run between the two words.
    between = px(look, "turnover", 16 if side == "middle right" and age == veiled.today else 38)
    formation, resorption = apart((past.formation[-1], past.resorption[-1]), between)
    ys = [None] * 7 + [resorption, None, formation]
    data["scan_1"] = points([age] * 10, ys, texts, [side] * 10)
    for name, panel in (("veil_1", "turnover"), ("veil_2", "balance"), ("veil_3", "density")):
        low, high = getattr(look.ranges, panel)
        data[name] = points([veiled.today, look.until, look.until, veiled.today], [low, low, high, high])
    data["choices"] = choices(veiled, scan_age, look)
    return data


def choices(veiled: Veiled, scan_age: float, look: Look) -> dict:
    """Return the lettered circles of a prediction; the chosen one is filled."""
    ink = colours(look.dark)
    letters = [letter for letter, _ in veiled.levels]
    chosen = [letter == veiled.chosen for letter in letters]
    return {
        "x": _abreast(scan_age, [level for _, level in veiled.levels], look),
        "y": [level for _, level in veiled.levels],
        "text": [f"<b>{letter}</b>" if c else letter for letter, c in zip(letters, chosen, strict=True)],
        "marker_color": [ink["accent"] if c else ink["surface"] for c in chosen],
        "marker_line_color": [ink["accent"] if c else ink["control"] for c in chosen],
        "textfont_color": [ink["on-accent"] if c else ink["ink2"] for c in chosen],
    }


def _abreast(age, levels, look):
    """Return where circles stand: one that would lie on another stands beside it, away from the words."""
    aside = 2 * CIRCLE * look.k * years_per_px(look, "density")
    aside = -aside if _your_words(age, look)[1] == "middle right" else aside
    found: list[float] = []
    for level in levels:
        near = [x for x, other in zip(found, levels, strict=False) if abs(other - level) < px(look, "density", 20)]
        found.append(age + aside if age in near else age)
    return found


def unveiled(chosen: tuple[str, float] | None, scan_age: float, look: Look) -> dict[str, dict]:
    """Return the veil traces after the prediction: no veil, and the filled circle that was chosen."""
    data = {f"veil_{i}": points([], []) for i in (1, 2, 3)}
    kept = Veiled(scan_age, (chosen,), chosen[0]) if chosen else Veiled(scan_age)
    return data | {"choices": choices(kept, scan_age, look)}


def _from(start, x, y):
    """Return the points from an age on, all of them without one: what went before was not hatched."""
    n = 0 if start is None else sum(1 for age in x if age < start)
    return points(x[n:], y[n:])


def hatching(on: bool, look: Look) -> dict:
    """Return the fill of the uncertainty: lines for what no trial has measured, else plain; a pattern, not a shade."""
    if not on:
        return {"shape": ""}
    ink = colours(look.dark)
    return {
        "shape": "\\", "size": 7 * look.k, "solidity": 0.22,
        "fgcolor": ink["uncertainty"], "bgcolor": tint(ink["uncertainty"], 0.06),
    }  # fmt: skip


def hover(c: Curves, site: str, unmeasured_from: float | None = None) -> list[str]:
    """Return what is said of each point of the density: value, unit, range, and by DXA the T-score."""
    digits, unit = numbers.density(site)
    rows = zip(c.ages, c.bmd, c.bmd_low, c.bmd_high, c.t_score, strict=True)
    return [
        f"{numbers.printed(bmd, digits)} {unit} "
        f"({'no trial' if unmeasured_from is not None and age >= unmeasured_from else _range(low, high, digits)})"
        f"{'' if by_qct(site) else f' · T {numbers.printed(t, 1)}'}"
        for age, bmd, low, high, t in rows
    ]


def _range(low, high, digits):
    return f"{numbers.printed(low, digits)}–{numbers.printed(high, digits)}"


def _scan_of_turnover(now, marks, look):
    age, end = marks.scan_age, now.ages[-1]
    res, form = now.at("resorption", age), now.at("formation", age)
    on_top = now.resorption[-1] >= now.formation[-1]
    over, under = ("resorption", "formation") if on_top else ("formation", "resorption")
    width = 74 * look.k
    high = max(_extreme(now, name, look, width, max) for name in (over, under)) + px(look, "turnover", 3)
    low = min(_extreme(now, name, look, width, min) for name in (over, under)) - px(look, "turnover", 3)
    ys, places = {over: high, under: low}, {over: "top left", under: "bottom left"}
    (foot, top), line = look.ranges.turnover, px(look, "turnover", 15)
    # Where one name has no room on its side, both stand on the other.
    if low - line < foot:
        ys, places = {over: high + line, under: high}, dict.fromkeys(places, "top left")
    elif high + line > top:
        ys, places = {over: low, under: low - line}, dict.fromkeys(places, "bottom left")
    x = [age, age, None, age, None, age, None, end, None, end]
    y = [-FAR, FAR, None, res, None, form, None, ys["resorption"], None, ys["formation"]]
    text = [""] * 7 + ["<b>Resorption</b>", "", "<b>Formation</b>"]
    return points(x, y, text, ["middle center"] * 7 + [places["resorption"], "top left", places["formation"]])


def _scan_of_balance(now, pinned, marks):
    age = marks.scan_age
    other = pinned.at("balance", age) if pinned else None
    x = [age, age, None, age, None, age]
    return points(x, [-FAR, FAR, None, now.at("balance", age), None, other], [""] * 6, ["top left"] * 6)


def _scan_of_density(now, pinned, marks, look):
    age, end = marks.scan_age, look.until
    other = pinned.at("bmd", age) if pinned else None
    curve_y, curve_place, pinned_y, pinned_place = _density_labels(now, pinned, marks, look)
    low = look.ranges.density[0]
    start = marks.start if marks.course else None
    scan, scan_side, scan_half = _beside(age, f"scan at {numbers.age(age)}", look)
    course, course_side, course_half = _beside(start or age, escape(marks.course), look, 0.6)
    x = [age, age, None, age, None, age, None, end, None, end if pinned else None, None, age, None, start]
    y = [-FAR, FAR, None, now.at("bmd", age), None, other, None, curve_y, None, pinned_y, None]
    names, untried = _lines(marks.curve, look), _untried(marks, look)
    named = [(curve_y, curve_place, names + untried), (pinned_y, pinned_place, _lines(marks.pinned, look))]
    scan_y = _free_of(named, age, scan, scan_side, scan_half, look)
    y += [scan_y, None, low + px(look, "density", 3 + course_half)]
    text = [""] * 7 + [
        "<br>".join([*(f"<b>{escape(line)}</b>" for line in names), *untried]),
        "",
        "<br>".join(map(escape, _lines(marks.pinned, look))),
        "",
        scan,
        "",
        course,
    ]
    places = ["middle center"] * 7 + [curve_place, "", pinned_place, "", scan_side, "", course_side]
    return points(x, y, text, [p or "top left" for p in places])


def _beside(age, words, look, share=1.0, width=6.2, gaps=1):
    """Return words as they fit beside an age in the panel of density, on which side, and half their height (px).

    They stand on one line or on two, at the right if they have room there up to a share of the years, and a gap to the
    edge; where they would be cut they are left out. `width` is that of a letter, a little more than it is; `gaps` are
    those between the words and the age.
    """
    per = years_per_px(look, "density") * look.k
    late = age > look.since + share * (look.until - look.since)
    after = 0 if late else (look.until - age) / per - 8
    rooms = {"middle right": after, "middle left": (age - look.since) / per}
    for text in (words, _on_two_lines(words)):
        needed = width * max(map(len, text.split("<br>"))) + 4 * (gaps - 1)
        side = next((side for side, room in rooms.items() if room >= needed), "")
        if side:
            lines = [f"{GAP * gaps}{line}{GAP * gaps}" for line in text.split("<br>")]
            return "<br>".join(lines), side, 9 * len(lines)
    return "", "middle right", 9


def _on_two_lines(words):
    """Return words with a break at the space that leaves the shorter lines."""
    places = [i for i, letter in enumerate(words) if letter == " "]
    at = min(places, key=lambda i: max(i, len(words) - i - 1), default=None)
    return words if at is None else f"{words[:at]}<br>{words[at + 1 :]}"


def _free_of(named, age, words, side, half, look):
    """Return how high words beside an age stand: at the top, or below that where the name of a curve has the place.

    `named`: height, position and lines of each name, which end at the right edge.
    """
    per, top = years_per_px(look, "density") * look.k, look.ranges.density[1] - px(look, "density", 2 + half)
    end = age if side == "middle left" else age + 6.2 * per * max(map(len, words.split("<br>")))
    taken = []
    for y, place, lines in named:
        if lines and end > look.until - 7.6 * per * max(map(len, lines)):
            tall = px(look, "density", 18 * len(lines))
            taken.append((y, y + tall) if place.startswith("top") else (y - tall, y))
    places = [top - px(look, "density", 3 * n) for n in range(60)]
    gap = px(look, "density", half)
    return next((y for y in places if all(y < low - gap or y > high + gap for low, high in taken)), top)


def _untried(marks, look):
    """Return the lines that say that nothing was measured in people, where that is so."""
    return _lines(NOT_MEASURED, look) if marks.unmeasured else []


def _density_labels(now, pinned, marks, look):
    """Return where the names of the two density curves stand: the upper one above its curve, the lower below."""
    names, other_names = _lines(marks.curve, look), _lines(marks.pinned, look)
    width = 7.6 * look.k * max([6, *map(len, names)])
    other_width = 7.0 * look.k * max(map(len, other_names), default=0)
    untried = _untried(marks, look)
    width = max([width, *(7.0 * look.k * len(line) for line in untried)])
    gap, lines, other_lines = px(look, "density", 4), len(names) + len(untried), len(other_names)

    def own(y, side):
        if side == "top" and y + px(look, "density", 18 * lines) > look.ranges.density[1]:
            y, side = _extreme(now, "bmd_low", look, width, min) - gap, "bottom"  # above it would be cut
        return _off_the_limits(_off_the_circle(y, side, width, marks, look, lines), side, look, lines)

    def others(y, side):
        y = _off_the_circle(y, side, other_width, marks, look, other_lines)
        return _off_the_limits(y, side, look, other_lines)

    above = _extreme(now, "bmd_high", look, width, max) + gap
    if not pinned:
        return *own(above, "top"), None, "top left"
    other = _extreme(pinned, "bmd", look, other_width, max) + gap
    if now.bmd[-1] < pinned.bmd[-1]:
        return *own(_extreme(now, "bmd_low", look, width, min) - gap, "bottom"), *others(other, "top")
    other -= gap / 2
    if _extreme(now, "bmd_low", look, other_width, min) - other < px(look, "density", 18):
        return *own(above, "top"), *others(_extreme(pinned, "bmd", look, other_width, min) - gap, "bottom")
    return *own(above, "top"), *others(other, "top")


def _lines(name, look):
    """Return the name of a curve in lines that the panel of density holds."""
    room = (look.until - look.since) / years_per_px(look, "density")
    return textwrap.wrap(name, max(6, int(room / (7.6 * look.k))), break_long_words=False)


def _off_the_circle(y, side, width, marks, look, lines=1):
    """Move a label of a width (px) that would lie on the circle of the choice that was predicted to its far side."""
    if not marks.circle:
        return y
    (age, level), clear = marks.circle, px(look, "density", CIRCLE)
    if age < look.until - (width + CIRCLE) * years_per_px(look, "density"):
        return y
    up = 1 if side == "top" else -1
    low, high = sorted((y, y + up * px(look, "density", 18 * lines)))
    return level + up * clear if low - clear < level < high + clear else y


def _off_the_limits(y, side, look, lines=1):
    """Move a label of so many lines that a dotted limit would run through to its far side; return its place.

    One that hangs below its curve ends at the foot of the panel at the latest.
    """
    up = 1 if side == "top" else -1
    half, near, clear = (px(look, "density", n) for n in (9 * lines, 9 * lines + 1, 2))
    for limit in limits(look.site):
        if abs(y + up * half - limit) < near:
            y = limit + up * clear
    if side == "bottom":
        y = max(y, look.ranges.density[0] + px(look, "density", 18 * lines))
    return y, f"{side} left"


def _today(past, veiled, look, scan_age):
    """Return the end of the past in panel 3, with the word for it and the prediction beside its circle."""
    x, y, text = [None] * 14, [None] * 14, [""] * 14
    level = dict(veiled.levels).get(veiled.chosen)
    words, beside, tall = _your_words(scan_age, look)
    if level is not None:
        x[7], y[7], text[7] = scan_age, level, words
    text[11], side, half = _beside(veiled.today, f"today, {numbers.age(veiled.today)}", look)
    # Words at the right may reach the circles, and what stands at the left of one.
    taken = [(circle, CIRCLE) for _, circle in veiled.levels]
    taken += [(level, tall)] if level is not None and beside == "middle left" else []
    gap, low = px(look, "density", 3 + half), look.ranges.density[0]
    places = [past.bmd_low[-1] - gap, past.bmd_high[-1] + gap]
    places += [places[0] - px(look, "density", 4 * n) for n in range(1, 60)]
    free = (p for p in places if all(abs(p - one) >= px(look, "density", size + half) for one, size in taken))
    x[11], y[11] = veiled.today, max(next(free, places[0]), low + px(look, "density", half))
    return points(x, y, text, [beside] * 11 + [side] + [beside] * 2)


def _your_words(scan_age, look):
    """Return the words beside the circle that was chosen, their side and half their height (px)."""
    words, side, half = _beside(scan_age, f"your prediction at {numbers.age(scan_age)}", look, width=7, gaps=4)
    return "<br>".join(f"<b>{line}</b>" for line in words.split("<br>") if line), side, half


def _side_of_today(today, look, words):
    """Return where words of turnover begin or end, and their side: beside today, or from the left edge on."""
    needed = 8.5 * look.k * len(words) * years_per_px(look, "turnover")
    if look.until - today > needed:
        return today, "middle right"
    return (today, "middle left") if today - look.since > 0.9 * needed else (look.since, "middle right")


def _extreme(curves, name, look, width_px, pick):
    """Highest or lowest value of a curve under a label of a width that ends at the right edge."""
    first = look.until - width_px * years_per_px(look, "density" if name.startswith("bmd") else "turnover")
    values = [v for a, v in zip(curves.ages, getattr(curves, name), strict=True) if a >= first]
    return pick(values or getattr(curves, name)[-1:])
