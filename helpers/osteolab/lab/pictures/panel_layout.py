"""The layout of the three panels: where they lie, their axes and ranges, titles, T-score bands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor

from osteolab import data
from osteolab.lab.palette import FONT, colours
from osteolab.lab.pictures.curves import Curves
from osteolab.lab.pictures.figure import font
from osteolab.lab.words import numbers
from osteolab.quantities import quantity, sites
from osteolab.readouts import class_limits

FAR = 1e4  # a vertical line drawn this far up and down always spans its panel
# Where the panels lie in the drawing area, by form of the card: x of 1 and 2, x of 3, y of 1, 2 and 3.
DOMAINS = {
    "wide": ((0, 0.42), (0.50, 1), (0.51, 0.915), (0, 0.345), (0, 0.915)),
    "column": ((0, 1), (0, 1), (0.285, 0.475), (0, 0.19), (0.58, 0.955)),
}
# Height of the figure by form, px at k = 1; the margins left, right, top, bottom.
HEIGHTS = {"wide": 350, "narrow": 334, "short": 290, "column": 680}
MARGIN = (34, 88, 2, 26)
LETTERS_ONLY = 34  # right margin where a phone shows several plans: letters stand in it, and no names
LINE = 18  # px from the middle of one line of words to that of the next, so that they do not touch
TITLE = 22  # px above a panel that its title takes
# The ranges a lab starts from; they grow to hold every person and preset of the lab.
DENSITY = {
    "lumbar_spine": (0.65, 1.14),
    "total_hip": (0.60, 1.10),
    "femoral_neck": (0.50, 1.00),
    "trabecular_spine": (40, 200),
}
TURNOVER, BALANCE, NET = (72, 180), (-24, 8), (-30, 15)
GROW = {"turnover": 20, "balance": 5, "net": 5}
NAME_OF_TWO_LINES = 0.22  # share of panel 3 that such a name and the scan age above it take


@dataclass(frozen=True)
class Ranges:
    """The y ranges of the three panels: percent, percent, density of the site; `net` is panel 1 with several plans."""

    turnover: tuple[float, float]
    balance: tuple[float, float]
    density: tuple[float, float]
    net: tuple[float, float] = NET

    def holding(self, curves: Curves, density_step: float) -> Ranges:
        """Return ranges that hold the curves: these, or grown by whole steps."""
        flows = curves.resorption + curves.formation
        return Ranges(
            _grown(self.turnover, flows, GROW["turnover"]),
            _grown(self.balance, curves.balance, GROW["balance"]),
            _grown(self.density, curves.bmd, density_step),
            self.net,
        )

    def holding_net(self, curves: Curves) -> Ranges:
        """Return ranges whose panel 1 holds formation minus resorption."""
        return replace(self, net=_grown(self.net, curves.net, GROW["net"]))

    def with_room(self, curves: Curves, density_step: float) -> Ranges:
        """Return ranges with room above the band of the density for a name of two lines and the scan age."""
        (low, high), top = self.density, max(curves.bmd_high)
        short = (top - NAME_OF_TWO_LINES * low) / (1 - NAME_OF_TWO_LINES) - high
        return replace(self, density=(low, round(high + density_step * max(0, ceil(short / density_step)), 4)))


def density_step(site: str) -> float:
    """Return by how much a density range grows: g/cm2, or mg/cm3 for QCT."""
    return 10 if quantity("bmd", site).decimals == 0 else 0.05


def _grown(span, values, step):
    low, high = span
    least, most = min(values), max(values)
    margin = 0.02 * (high - low)
    if least < low + margin:
        low -= step * ceil((low + margin - least) / step)
    if most > high - margin:
        high += step * ceil((most + margin - high) / step)
    return round(low, 4), round(high, 4)


@dataclass(frozen=True)
class Look:
    """How the figure looks: site, ages, ranges, theme, scale, form of the card, size; `net`: with several plans."""

    site: str
    since: float
    until: float
    ranges: Ranges
    dark: bool = False
    k: float = 1.0
    form: str = "wide"
    width: float = 848.0
    height: float = 350.0
    net: bool = False


def layout(look: Look) -> dict:
    """Return the whole layout of a look: axes, titles, T-score bands, margins, fonts."""
    ink, k = colours(look.dark), look.k
    left, right, top, bottom = (round(m * k) for m in margins(look))
    return {
        "template": {},
        "autosize": True,
        "height": round(look.height * k),
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13 * k, "color": ink["ink2"]},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": ink["surface"], "bordercolor": ink["control"], "font": font(13 * k, ink["ink"])},
        "shapes": _shapes(look, ink),
        "annotations": _titles(look, ink) + _band_names(look, ink),
        **_axes(look, ink),
    }  # fmt: skip


def margins(look: Look) -> tuple[int, int, int, int]:
    """Return the margins left, right, top and bottom, px at k = 1."""
    left, right, top, bottom = MARGIN
    return left, LETTERS_ONLY if look.net and look.form == "column" else right, top, bottom


def _axes(look, ink):
    k = look.k
    x1, x3, y1, y2, y3 = domains(look)
    ticks = [a for a in range(10 * ceil(look.since / 10), int(look.until) + 1, 10) if a > look.since + 1]
    names = [f"age {a}" if a == ticks[-1] else str(a) for a in ticks]
    ticks_font = font(13 * k, ink["ink2"])
    plain = {"showgrid": False, "zeroline": False, "fixedrange": True, "tickfont": ticks_font}
    x = plain | {
        "range": [look.since, look.until], "tickmode": "array", "tickvals": ticks, "ticktext": names,
        "ticks": "outside",
        "ticklen": 5 * k, "tickcolor": ink["control"], "showline": True, "linecolor": ink["control"], "linewidth": 1,
    }  # fmt: skip
    y = plain | {"showline": False, "ticks": "", "tickmode": "array"}
    return {
        "xaxis": x | {"domain": x1, "anchor": "y2"},
        "xaxis2": x | {"domain": x3, "anchor": "y3"},
        "yaxis": y | _y_axis(y1, look.ranges.net if look.net else look.ranges.turnover, "x", 0),
        "yaxis2": y | _y_axis(y2, look.ranges.balance, "x", 0),
        "yaxis3": y | _y_axis(y3, look.ranges.density, "x2", min(1, quantity("bmd", look.site).decimals)),
    }


def _y_axis(domain, span, anchor, decimals):
    ticks = nice_ticks(span[0], span[1], 5 if anchor == "x2" else 3.5)
    texts = [numbers.printed(t, decimals) for t in ticks]
    return {"domain": domain, "range": list(span), "anchor": anchor, "tickvals": ticks, "ticktext": texts}


def nice_ticks(low: float, high: float, most: float = 3.5) -> list[float]:
    """Return round ticks inside a range, at most about `most` steps of them."""
    for step in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 500):
        if (high - low) / step <= most:
            return [round(i * step, 3) for i in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]
    return [low, high]


def limits(site: str) -> tuple[float, float]:
    """Return the densities at the two limits of the classes at a site, the upper one first.

    They lie at T −1 and T −2.5 (data/bmd_reference.csv); where QCT measures they are densities of their own
    (data/density_classes.csv), because no T-score is agreed on there.
    """
    if by_qct(site):
        low, high = class_limits("qct")
        return high, low
    for row in data.rows("bmd_reference"):
        if row["site"] == site and row["use"] == "t_score":
            mean, sd = float(row["mean"]), float(row["sd"])
            return mean - sd, mean - 2.5 * sd
    raise KeyError(site)


def by_qct(site: str) -> bool:
    """Return whether a site is measured by QCT, in mg/cm3, and not by DXA."""
    return quantity("bmd", site).unit == "mg/cm3"


def _limit_names(site):
    """Return the limits as they are written beside the panel."""
    if by_qct(site):
        return tuple(f"<b>{numbers.printed(limit)}</b>" for limit in limits(site))
    return f"<b>T {numbers.printed(-1)}</b>", f"<b>T {numbers.printed(-2.5, 1)}</b>"


def _shapes(look, ink):
    one, two = limits(look.site)
    band = {"type": "rect", "xref": "x2 domain", "yref": "y3", "x0": 0, "x1": 1, "layer": "below", "line": {"width": 0}}
    rule = {"type": "line", "xref": "x2 domain", "x0": 0, "x1": 1, "yref": "y3", "layer": "below"}
    dotted = {"color": ink["limit"], "width": 1.1 * look.k, "dash": "2px,3px"}
    even = 0 if look.net else 100
    across = {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "layer": "below"}
    return [
        band | {"y0": two, "y1": one, "fillcolor": ink["low"]},
        band | {"y0": -FAR, "y1": two, "fillcolor": ink["osteoporosis"]},
        rule | {"y0": one, "y1": one, "line": dotted},
        rule | {"y0": two, "y1": two, "line": dotted},
        across | {"yref": "y", "y0": even, "y1": even, "line": dotted | {"color": ink["control"], "width": 1}},
        across | {"yref": "y2", "y0": 0, "y1": 0, "line": {"color": ink["control"], "width": 1}},
    ]


def _titles(look, ink):
    x1, x3, y1, y2, y3 = domains(look)
    unit = quantity("bmd", look.site).shown_unit
    first = ("1 Net turnover", "formation − resorption, %") if look.net else ("1 Turnover", "% of young adult")
    first = ("1 Formation − resorption", "%") if look.net and look.form == "column" else first
    site = sites()[look.site].short_button.lower() if look.form == "column" else numbers.site_name(look.site)
    texts = [
        (*first, x1[0], y1[1]),
        ("2 Balance", f"% of bone since {numbers.age(look.since)}", x1[0], y2[1]),
        ("3 Bone density", f"{site}, {unit}", x3[0], y3[1]),
    ]
    return [
        {
            "text": f'<b>{name}</b> <span style="color:{ink["ink2"]}">{rest}</span>', "xref": "paper", "yref": "paper",
            "x": x, "y": y, "xanchor": "left", "yanchor": "bottom", "yshift": 5 * look.k, "xshift": 1,
            "showarrow": False, "align": "left", "font": font(14 * look.k, ink["ink"]),
        }
        for name, rest, x, y in texts
    ]  # fmt: skip


def _band_names(look, ink):
    """Return the names of the bands: in the right margin, or inside at the left where letters stand in the margin."""
    one, two = limits(look.site)
    low, high = look.ranges.density
    at_one, at_two = _limit_names(look.site)
    if look.net:
        upper, lower = low < one < high, low < two < high
        places = [
            (at_one, one, "bottom", upper),
            ("low bone<br>mass", one, "top", upper),
            (at_two, two, "bottom", lower),
            ("osteoporosis", two, "top", lower),
            ("", low, "top", False),
        ]
        if look.form == "column":  # on a phone the curves cross what stands under the upper limit
            places[1:4] = [
                ("low bone mass", two, "bottom", lower),
                (f"{at_two}<br>osteoporosis", two, "top", lower),
                ("", low, "top", False),
            ]
        where = {"xref": "x2 domain", "x": 0, "xshift": 4 * look.k}
    else:
        # The name of the middle band has two lines, which must stand between the names of its limits.
        roomy = min(one, high) - max(two, low) > px(look, "density", 3 * LINE)
        places = [
            ("normal", max((max(one, low) + high) / 2, one + px(look, "density", LINE)), "middle", one < high),
            ("low bone<br>mass", (max(two, low) + min(one, high)) / 2, "middle", low < one and two < high and roomy),
            ("osteoporosis", min((low + min(two, high)) / 2, two - px(look, "density", LINE)), "middle", low < two),
            (at_one, one, "middle", low < one < high),
            (at_two, two, "middle", low < two < high),
        ]
        where = {"xref": "paper", "x": 1, "xshift": 6 * look.k}
    return [
        {
            **where, "text": text if shown else "", "xanchor": "left", "yref": "y3",
            "y": y if shown else (low + high) / 2, "yanchor": side,
            "showarrow": False, "align": "left", "font": font(13 * look.k, ink["ink2"]),
        }
        for text, y, side, shown in places
    ]  # fmt: skip


def domains(look: Look) -> tuple[tuple[float, float], ...]:
    """Return where the panels lie; in a low figure the upper ones end earlier, so that their titles have room."""
    x1, x3, y1, y2, y3 = DOMAINS["column" if look.form == "column" else "wide"]
    if look.form == "column":
        return x1, x3, y1, y2, y3
    top = min(y1[1], 1 - TITLE / (look.height - MARGIN[2] - MARGIN[3]))
    return (
        x1,
        x3,
        (y1[0], top),
        (y2[0], min(y2[1], y1[0] - TITLE / (look.height - MARGIN[2] - MARGIN[3]))),
        (y3[0], top),
    )


def px(look: Look, panel: str, pixels: float) -> float:
    """Return the height of some pixels (at k = 1) in the unit of a panel."""
    index = {"turnover": 2, "net": 2, "balance": 3, "density": 4}[panel]
    low, high = domains(look)[index]
    span = getattr(look.ranges, panel)
    inner = (look.height - MARGIN[2] - MARGIN[3]) * (high - low)
    return pixels * (span[1] - span[0]) / inner


def years_per_px(look: Look, panel: str) -> float:
    """Return the years that one pixel of a panel spans."""
    left, right = domains(look)[1 if panel == "density" else 0]
    inner = (look.width - sum(margins(look)[:2]) * look.k) * (right - left)
    return (look.until - look.since) / max(inner, 100)
