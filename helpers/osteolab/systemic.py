"""The systemic factors of the course, computed: what each does to the crew, to bone and to its quality.

Every figure compares two lives of the same person, one with the factor and one without. Nothing is
typed in: another parameter value gives another table.
"""

from __future__ import annotations

from dataclasses import dataclass

from osteolab import data
from osteolab.endocrine import usual
from osteolab.errors import number
from osteolab.person import OLDEST, YOUNGEST, Person
from osteolab.simulate import simulate
from osteolab.treatments import Course

FACTORS = {
    "optimal_hormones": "Sex hormones as in a young adult",
    "chronic_cortisol": "Chronic high cortisol",
    "insulin_resistance": "Insulin resistance",
    "chronic_inflammation": "Chronic inflammation",
}
_CONDITION = {
    "chronic_cortisol": "cushing",
    "insulin_resistance": "type2_diabetes",
    "chronic_inflammation": "rheumatoid_arthritis",
}
SITE = "lumbar_spine"


@dataclass(frozen=True)
class SystemicRow:
    """What one factor does, in percent of the same life without it.

    Attributes
    ----------
    factor, label : str
        Name in code, name for a reader.
    builders_early : float
        Formation while the pace of demolition is held by hand: what the factor does to the builders
        themselves. Rebuilding follows demolition, so `formation` may move the other way.
    formation_early, resorption_early : float
        Pace of construction and of demolition, mean of the first months.
    formation_late, resorption_late : float
        The same after some years.
    bone : float
        Bone volume after those years.
    density : float
        Bone density after those years.
    quality : float
        Strength beyond density after those years (connections and age of the matrix).
    """

    factor: str
    label: str
    builders_early: float
    formation_early: float
    formation_late: float
    resorption_early: float
    resorption_late: float
    bone: float
    density: float
    quality: float


def systemic_courses(person: Person, factor: str, start: float, parameters=None) -> tuple[Course, ...]:
    """Return the courses that bring a factor of FACTORS into a life from the age `start` (years)."""
    p = data.parameters() if parameters is None else parameters
    if factor != "optimal_hormones":
        return (Course(_CONDITION[factor], 1, "on", start),)
    testosterone = Course("testosterone", usual("testosterone", person.sex, YOUNGEST), "ng/dL", start)
    if person.sex == "male":
        return (testosterone,)  # his estradiol follows
    return testosterone, Course("estradiol", p.estradiol_young_female, "pg/mL", start)


def systemic_table(person: Person, start=None, *, months=3.0, years=5.0, parameters=None):
    """Return the table of systemic factors for one person.

    Parameters
    ----------
    person : Person
        Who. "Optimal hormones" says little in someone young, whose hormones are optimal already.
    start : float, optional
        Age from which each factor acts, years; the person's age if left out.
    months, years : float
        The early figures are means over the first `months`, the late ones are read after `years`.
    parameters : Parameters, optional
        Other parameter values than those of the data package.

    Returns
    -------
    tuple of SystemicRow
        One row for each of FACTORS.

    Raises
    ------
    InputError
        If an age or a time is outside the limits of the calculator.
    """
    months = number(months, "months", "months", 0.5, 24, "early means the first weeks to two years")
    years = number(years, "years", "years", 0.5, 40, "late means within a life")
    start = number(
        person.age if start is None else start,
        "start",
        "years of age",
        YOUNGEST,
        OLDEST - years,
        "the life ends at 100",
    )
    compare = _Comparison(person, start, months, years, parameters)
    return tuple(compare.row(factor) for factor in FACTORS)


class _Comparison:
    """Lives of one person with and without a factor."""

    def __init__(self, person, start, months, years, parameters):
        self.person, self.start, self.parameters = person, start, parameters
        self.early = [start + months / 12 * (i + 0.5) / 12 for i in range(12)]
        self.late = start + years
        self.hand = Course("resorption_pace", 100, "percent", start)
        self.usual, self.usual_by_hand = self._life(), self._life(self.hand)

    def _life(self, *courses):
        return simulate(self.person, courses, until=self.late, parameters=self.parameters)

    def row(self, factor):
        courses = systemic_courses(self.person, factor, self.start, self.parameters)
        life, by_hand = self._life(*courses), self._life(*courses, self.hand)
        return SystemicRow(
            factor,
            FACTORS[factor],
            _difference(by_hand, self.usual_by_hand, "formation", self.early),
            _difference(life, self.usual, "formation", self.early),
            _difference(life, self.usual, "formation", [self.late]),
            _difference(life, self.usual, "resorption", self.early),
            _difference(life, self.usual, "resorption", [self.late]),
            _difference(life, self.usual, "bone_volume", [self.late]),
            _difference(life, self.usual, "bmd", [self.late]),
            100 * (self._quality(life) / self._quality(self.usual) - 1),
        )

    def _quality(self, life):
        power = life.parameters.strength_density_exponent
        return life.value("strength", self.late, SITE) / life.value("bmd", self.late, SITE) ** power


def _difference(life, other, quantity, ages):
    """Percent difference of the mean of a quantity at some ages between two lives."""
    return 100 * (sum(life.series(quantity, SITE, ages)) / sum(other.series(quantity, SITE, ages)) - 1)
