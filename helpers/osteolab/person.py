"""Who the calculator follows: sex, age, menopause, peak bone mass; and ready-made people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from osteolab import data
from osteolab.errors import InputError, choice, number, shown, text

YOUNGEST, OLDEST = 20.0, 100.0
LONGEST_NAME = 120


def adult_age(age: object, name: str = "age", unit: str = "years") -> float:
    """Return an age that the calculator follows, years (20 to 100), or raise `InputError`."""
    return number(age, name, unit, YOUNGEST, OLDEST, f"the calculator follows adults from {YOUNGEST:g} to {OLDEST:g}")


@dataclass(frozen=True)
class Person:
    """An average person of a given sex, age and history.

    Parameters
    ----------
    sex : {"female", "male"}
        Biological sex, for reference levels and reference densities.
    age : float
        Age today, years (20 to 100).
    menopause_age : float, "usual" or None
        Age at the last period, years (35 to 62); "usual" is the mean of data/parameters.csv;
        None means that she still has periods throughout. Men have None.
    name : str
        For labels only, at most 120 characters.
    peak_bone_mass_sd : float
        Peak bone mass, in standard deviations from the mean of that sex (-3 to 3).
    """

    sex: str
    age: float
    # "usual" is replaced on the way in: what is read here is a number or None.
    menopause_age: float | None = "usual"  # type: ignore[assignment]
    name: str = ""
    peak_bone_mass_sd: float = 0.0

    def __post_init__(self):
        choice(self.sex, "sex", ("female", "male"))
        text(self.name, "name", LONGEST_NAME)
        self._set("age", adult_age(self.age))
        self._set("menopause_age", self._menopause())
        self._set(
            "peak_bone_mass_sd",
            number(self.peak_bone_mass_sd, "peak bone mass", "SD", -3, 3, "99.7 % of people lie there"),
        )

    def _set(self, name, value):
        object.__setattr__(self, name, value)

    def _menopause(self) -> float | None:
        given: float | str | None = self.menopause_age
        if self.sex == "male":
            if given is not None and not _usual(given):
                raise InputError(f"menopause_age is {shown(given)} for a man; leave it out")
            return None
        if given is None:
            return None
        if _usual(given):
            return float(data.parameters().menopause_age_usual)
        why = "earlier or later last periods are outside the published results"
        return number(given, "menopause_age", "years", 35, 62, why)

    @classmethod
    def preset(cls, name: str) -> Person:
        """Return a ready-made person of data/people.csv by name."""
        people = presets()
        choice(name, "preset", people)
        return people[name]

    def describe(self) -> str:
        """Return who this is in one line, such as "Anna, 52, last period at 50"."""
        who = self.name or ("a woman" if self.sex == "female" else "a man")
        text = f"{who}, {self.age:g}"
        if self.sex == "male" or self.menopause_age is None:
            return text
        if self.menopause_age > self.age:
            return f"{text}, still has periods"
        return f"{text}, last period at {self.menopause_age:g}"


def _usual(given: object) -> bool:
    return isinstance(given, str) and given == "usual"


@cache
def presets() -> dict[str, Person]:
    """Return the ready-made people of data/people.csv by name."""
    return {row["name"]: _from_row(row) for row in data.rows("people")}


def _from_row(row):
    menopause = None if row["menopause_age"] in ("", "none") else float(row["menopause_age"])
    return Person(
        row["sex"],
        float(row["age"]),
        menopause,
        row["name"].capitalize(),
        float(row["peak_bone_mass_sd"] or 0),
    )
