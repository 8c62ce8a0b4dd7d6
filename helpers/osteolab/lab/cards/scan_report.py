"""A scan report like the print-out of a DXA machine, filled in by the lab."""

from __future__ import annotations

from typing import Any

from osteolab.errors import InputError
from osteolab.lab.card.parts import html, put
from osteolab.lab.cards.card import Card, head, text
from osteolab.lab.words.markup import Html
from osteolab.lab.words.numbers import listed, printed
from osteolab.lab.words.tiles import NO_TRIAL
from osteolab.life import Life, Scan
from osteolab.person import adult_age
from osteolab.quantities import quantity, sites
from osteolab.readouts import who_class

DECIMALS = quantity("bmd").decimals
SITES = ("lumbar_spine", "femoral_neck", "total_hip")  # in the order of a print-out
LOWEST_T, HIGHEST_T = -5.0, 2.0
IN_PLAIN_WORDS = {"low bone mass": "low bone mass (osteopenia)"}
NOTICE = (
    "Computed for teaching. Not a measurement and not a diagnosis. "
    "A real scan is read by a clinician together with age, past fractures and other risks."
)
TERMS = (
    ("BMD", "bone mineral density: grams of mineral behind each square centimetre of the picture"),
    ("T-score", "distance from the mean of young women, in standard deviations; the classes are made of it"),
    ("Z-score", "distance from people of the same sex and age"),
)


class ScanReport(Card):
    """One card: who, which sites, density, T-score, Z-score, class, and what these words mean.

    Parameters
    ----------
    source : Lab or Life
        A lab (the report then follows its sliders and its scan age) or a life.
    age : float, optional
        Age at the scan for a life, years; the age of the person by default.
    """

    def __init__(self, source: Any, age: float | None = None) -> None:
        if not isinstance(source, Life) and not hasattr(source, "life"):
            raise InputError(f"the scan report was given {type(source).__name__}; it takes a lab or a life")
        self.source, self._age = source, None if age is None else adult_age(age, "age at the scan")
        self._page = html("ol-reportbox")
        super().__init__([self._page], "Scan report", "report")
        if not isinstance(source, Life):
            source.observe(self._refresh, names="revision")
        self._refresh()

    def close(self) -> None:
        """Close the card, and follow the lab no more."""
        if self.comm is not None and not isinstance(self.source, Life):
            self.source.unobserve(self._refresh, names="revision")
        super().close()

    @property
    def life(self) -> Life:
        """The life that is scanned."""
        return self.source if isinstance(self.source, Life) else self.source.life

    @property
    def age(self) -> float:
        """Age at the scan, years."""
        if self._age is not None:
            return float(self._age)
        if isinstance(self.source, Life):
            return float(min(self.life.person.age, self.life.until))
        return float(self.source.settings().get("scan_age") or self.life.person.age)

    def scans(self) -> list[tuple[str, Scan]]:
        """Return name and scan of every site of the report."""
        return [(sites()[site].title, self.life.at(self.age, site)) for site in SITES]

    @property
    def veiled(self) -> bool:
        """Say whether the lab still keeps the future back for a prediction."""
        return not isinstance(self.source, Life) and not self.source.reading

    @property
    def classified(self) -> bool:
        """Say whether the WHO classes are used for this person at this age."""
        return bool(self.life.who_class_applies(self.age))

    def lowest(self) -> Scan:
        """Return the scan with the lowest T-score, which is the one that names the class."""
        return min((scan for _, scan in self.scans()), key=lambda scan: scan.t_score)

    @property
    def unmeasured(self) -> bool:
        """Say whether no adequate human trial measured what the lab shows."""
        return bool(getattr(self.source, "unmeasured", False))

    def between_people(self) -> str:
        """Return what the ± is, and how far people differ beside it, in one sentence."""
        own = "No adequate trial has measured this" if self.unmeasured else "Each ± is the calculator's own error"
        spread = listed(
            f"± {printed(scan.between_people_sd, DECIMALS)} at the {name.lower()}" for name, scan in self.scans()
        )
        return f"{own}; people of this age and sex differ by {spread} (BMD, g/cm²)."

    def summary(self) -> str:
        """Return the report in one or two sentences."""
        if self.veiled:
            return "The report is printed once the lab above has your prediction."
        scan = self.lowest()
        name = next(name for name, other in self.scans() if other.site == scan.site).lower()
        if not self.classified:
            lowest = printed(min(scan.z_score for _, scan in self.scans()), 1)
            return (
                "The classes are made for women after menopause and men from 50 and are not used at this age. "
                f"Beside people of the same age, the lowest Z-score is {lowest}."
            )
        return f"The lowest T-score is {printed(scan.t_score, 1)} at the {name}: {class_words(scan)}."

    def _refresh(self, _change=None) -> None:
        put(self._page, Html(self._html()))
        self.chrome.announce = self.summary()

    def _html(self) -> str:
        if self.veiled:
            return f'{head("Bone density scan", "")}<div class="ol-feedback ol-neutral">{text(self.summary())}</div>'
        rows = "".join(self._row(name, scan) for name, scan in self.scans())
        terms = "".join(f"<div><dt>{word}</dt><dd>{text(plain)}</dd></div>" for word, plain in TERMS)
        return (
            f'<div class="ol-head"><b>Bone density scan</b><span>{text(self._who())}</span></div>'
            f'<table class="ol-scan"><caption class="ol-unseen">Bone density by site</caption><thead><tr>'
            f'<th scope="col">Site</th><th scope="col">BMD, g/cm²</th><th scope="col">T-score</th>'
            f'<th scope="col">Z-score</th><th scope="col">Class</th>'
            f'<th scope="col" class="ol-scale">{_scale_head()}</th>'
            f"</tr></thead><tbody>{rows}</tbody></table>"
            f'<div class="ol-feedback ol-neutral"><b>{text(self.summary())}</b></div>'
            f'<dl class="ol-terms">{terms}</dl><p class="ol-notice">{text(self.between_people())} {text(NOTICE)}</p>'
            f'<button type="button" class="ol-link ol-print">Print this report</button>'
        )

    def _row(self, name: str, scan: Scan) -> str:
        shown = class_words(scan) if self.classified else "not used at this age"
        own, of_t = f"± {printed(scan.bmd_sd, DECIMALS)}", f"± {printed(scan.t_score_sd, 1)}"
        if self.unmeasured:
            own = of_t = NO_TRIAL
        return (
            f'<tr><th scope="row">{name}</th><td>{printed(scan.bmd, DECIMALS)} <small>{own}</small></td>'
            f"<td><b>{printed(scan.t_score, 1)}</b> <small>{of_t}</small></td>"
            f'<td>{printed(scan.z_score, 1)}</td><td>{shown}</td><td class="ol-scale">{_scale(scan.t_score)}</td></tr>'
        )

    def _who(self) -> str:
        person = self.life.person
        parts = [person.name, f"{'woman' if person.sex == 'female' else 'man'}, {printed(self.age)} at the scan"]
        if person.sex == "female":
            last = person.menopause_age
            past = last is not None and float(last) <= self.age
            parts.append(f"last period at {printed(float(last or 0))}" if past else "still has periods")
        return ", ".join(part for part in parts if part)

    def __repr__(self) -> str:
        if self.veiled:
            return f"Scan report: {self.summary()}"
        lines = [f"Scan report: {self._who()}"]
        for name, scan in self.scans():
            shown = f", {class_words(scan)}" if self.classified else ""
            lines.append(
                f"{name}: BMD {printed(scan.bmd, DECIMALS)} g/cm², T {printed(scan.t_score, 1)}, "
                f"Z {printed(scan.z_score, 1)}{shown}"
            )
        return "\n".join([*lines, self.between_people(), self.summary()])


def class_words(scan: Scan) -> str:
    """Return the WHO class in plain words, of the T-score as it is printed."""
    found = who_class(scan.t_score)
    return IN_PLAIN_WORDS.get(found, found)


def _place(t_score: float) -> float:
    """Position on the T-score scale, 0 to 100."""
    return 100 * (min(max(t_score, LOWEST_T), HIGHEST_T) - LOWEST_T) / (HIGHEST_T - LOWEST_T)


def _scale_head() -> str:
    """Names of the bands and of their limits, above the scale."""
    limits = "".join(f'<i style="left:{_place(t):.1f}%">{printed(t, 1).removesuffix(".0")}</i>' for t in (-2.5, -1))
    names = ((-3.75, "osteoporosis"), (-1.75, "low"), (0.5, "normal"))
    bands = "".join(f'<em style="left:{_place(t):.1f}%">{name}</em>' for t, name in names)
    spoken = '<span class="ol-unseen">T-score scale from −5 to +2</span>'
    return f'{spoken}<span class="ol-bands" aria-hidden="true">{bands}{limits}</span>'


def _scale(t_score: float) -> str:
    """Draw the T-score as a mark on its bands; the number stands in the table."""
    low, high = _place(-2.5), _place(-1)
    return (
        f'<svg class="ol-tscale" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="t-os" x="0" y="0" width="{low:.2f}" height="12"/>'
        f'<rect class="t-low" x="{low:.2f}" y="0" width="{high - low:.2f}" height="12"/>'
        f'<path class="t-limit" d="M{low:.2f} 0V12M{high:.2f} 0V12"/></svg>'
        f'<span class="ol-mark" style="left:{_place(t_score):.1f}%" aria-hidden="true"></span>'
    )
