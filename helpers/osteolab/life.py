"""A life as it is handed out: any quantity over time, at an age, as a scan or as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING

from osteolab import quantities
from osteolab.data import Parameters
from osteolab.equations import Track
from osteolab.errors import choice, listed, need, number
from osteolab.gain import parts_of_gain
from osteolab.interpolation import linear
from osteolab.levels import Levels
from osteolab.misfit import MISFITS, Misfit, bmd_parts
from osteolab.person import YOUNGEST, Person
from osteolab.readouts import READOUTS, Columns, density_class, reference
from osteolab.treatments import Course
from osteolab.values import Value

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class Scan:
    """All that is read at one age and site. A name ending in `_sd` is one standard error of the calculator."""

    age: float
    site: str
    bmd: float
    bmd_reading: float
    bmd_unit: str
    t_score: float
    t_score_own_sex: float
    z_score: float
    who_class: str
    who_class_applies: bool
    ctx: float
    p1np: float
    resorption: float
    formation: float
    bone_volume: float
    bone_balance: float
    mineral: float
    strength: float
    connectivity: float
    thickness: float
    fracture_risk: float
    bmd_sd: float
    t_score_sd: float
    ctx_sd: float
    p1np_sd: float
    strength_sd: float
    between_people_sd: float


@cache
def _scanned() -> tuple[str, ...]:
    """Return the quantities of a Scan."""
    return tuple(field.name for field in fields(Scan) if field.name in quantities.units())


class Life:
    """One person's life as computed: levels, cells, bone and readouts from age 20 to `until`.

    Attributes
    ----------
    person, courses, until, ageing, parameters, links
        What was asked; `links` are the names of those between systems that acted.
    ages : tuple of float
        The time grid, years. At a start or stop the values are those just before it.
    """

    def __init__(
        self,
        person: Person,
        courses: tuple[Course, ...],
        until: float,
        ageing: bool,
        parameters: Parameters,
        track: Track,
        variants: Callable[[], Sequence[Life]] | None = None,
        links: frozenset[str] = frozenset(),
    ) -> None:
        """Take a life as it was computed.

        `variants` returns the same life and those with the parameters one standard error away in each direction, all
        on one time grid; without it a ± is the distance from group means alone (`osteolab.misfit`).
        """
        self.person, self.courses, self.until, self.ageing = person, courses, until, ageing
        self.links = links
        self.parameters, self.ages = parameters, (*(age for age in track.ages if age < until), until)
        self._columns = Columns(person, ageing, parameters, track, courses)
        self._variants = variants
        self._lives: Sequence[Life] | None = None
        self._cache: dict[tuple[str, str | None], list[Value]] = {}

    def __repr__(self) -> str:
        scan = self.at(min(self.until, max(self.person.age, 50)))
        return (
            f"Life of {self.person.describe()}, to {self.until:g}: spine {scan.bmd:.3f} {scan.bmd_unit} at {scan.age:g}"
        )

    @property
    def own_parameters(self) -> bool:
        """Whether it was computed with other parameters than those of the data package."""
        return self._variants is None

    def series(self, quantity: str, site: str | None = None, ages: Sequence[float] | None = None) -> list[Value]:
        """Return a quantity over time.

        Parameters
        ----------
        quantity : str
            One of `osteolab.quantities.units()`.
        site : str, optional
            One of `osteolab.quantities.sites()` for a quantity that is read at a site (spine by default), one of its
            FRACTURES for a fracture rate (any by default); ignored otherwise.
        ages : sequence of float, optional
            Ages in years; without them the time grid of the Life. Between grid points: linear.

        Returns
        -------
        list of float (of arrays if the parameters were arrays)
            In the unit of `unit`.

        Raises
        ------
        InputError
            An unknown quantity, or a site it is not read at; it names those there are. A quantity of the other sex.
            An age outside the life.
        """
        values = self._grid(quantity, quantities.place(quantity, site))
        if ages is None:
            return list(values)
        return [linear(self.ages, values, self._age(age)) for age in listed(ages, "ages", "ages in years")]

    def value(self, quantity: str, age: float, site: str | None = None) -> Value:
        """Return a quantity at one age (years, 20 to `until`), see `series`."""
        age = self._age(age)
        return linear(self.ages, self._grid(quantity, quantities.place(quantity, site)), age)

    def _age(self, age: float, name: str = "age") -> float:
        """Return an age in years that lies in this life, or raise `InputError`."""
        return number(age, name, "years", YOUNGEST, self.until, "that is the life that was computed")

    def unit(self, quantity: str, site: str | None = None) -> str:
        """Return the unit of a quantity at a site (data/quantities.csv, data/levels.csv)."""
        return quantities.quantity(quantity, quantities.place(quantity, site) or "").unit

    def at(self, age: float, site: str = "lumbar_spine") -> Scan:
        """Return all readouts at an age (years) and site."""
        age, site = (
            self._age(age),
            str(choice(site, "site", quantities.scanned_sites(), "a scan reads all that is read there")),
        )
        values = {name: self.value(name, age, site) for name in _scanned()}
        return Scan(
            age=age,
            site=site,
            bmd_unit=self.unit("bmd", site),
            who_class=density_class(site, values["bmd"], values["t_score"]),
            who_class_applies=self.who_class_applies(age),
            bone_balance=values["bone_volume"] - 100,
            **values,
        )

    def gain(self, from_age: float, to_age: float, site: str = "lumbar_spine") -> dict[str, Value]:
        """Return what a change of density is made of, percent of the density at `from_age`.

        Parameters
        ----------
        from_age, to_age : float
            Ages in years, 20 to `until`. `to_age` may be the earlier one: the same bone then turns its sign, and the
            percent are of the density at `from_age` all the same.
        site : str
            One of `osteolab.quantities.sites()`.

        Returns
        -------
        dict of float
            `refilled`: remodelling space closed (opened, if negative); `mineral`: mineral ripened (or diluted);
            `bone`: bone built (or lost) beyond that; `total`: their sum, which is the change of `bmd`.

        Raises
        ------
        InputError
            An age outside the life, or an unknown site.

        Notes
        -----
        Exact, without a rest: see `osteolab.gain`. The three parts are those of Hernandez 2001 Bone 29:511-516; the
        remodelling space and why it misleads are in Heaney 1997 J Bone Miner Res 12:1143-1151.

        Examples
        --------
        >>> from osteolab import Course, Person, simulate
        >>> life = simulate(Person("female", 65, 50), [Course("zoledronate", 5, "mg/year", 65)])
        >>> {part: round(percent, 1) for part, percent in life.gain(65, 66).items()}
        {'refilled': 3.0, 'mineral': 0.7, 'bone': 0.4, 'total': 4.1}
        """
        ages = self._age(from_age, "from_age"), self._age(to_age, "to_age")
        return parts_of_gain(self._columns, ages, str(choice(site, "site", quantities.sites())))

    def who_class_applies(self, age: float) -> bool:
        """Whether the WHO classes are meant for this person: women after menopause, men from 50."""
        age = self._age(age)
        if self.person.sex == "male":
            return age >= 50
        return self.person.menopause_age is not None and age >= self.person.menopause_age

    def table(self, ages: Sequence[float] | None = None) -> DataFrame:
        """Return a tidy pandas DataFrame: age_years, quantity, site, value, unit.

        One row for each quantity and site at each of `ages` (years; the time grid of the Life if left out).
        """
        pandas = need("pandas", "a table of a life")
        times = [self._age(age) for age in listed(self.ages if ages is None else ages, "ages", "ages in years")]
        parts = [
            {
                "age_years": times,
                "quantity": name,
                "site": site,
                "value": self.series(name, site, None if ages is None else times),
                "unit": self.unit(name, site),
            }
            for name, site in _all_columns()
            if quantities.defined(name, self.person.sex)
        ]
        found: DataFrame = pandas.concat([pandas.DataFrame(part) for part in parts], ignore_index=True)
        return found

    def _grid(self, quantity: str, site: str | None) -> list[Value]:
        key = quantity, site
        if key not in self._cache:
            self._cache[key] = self._ended(self._compute(quantity, site))
        return self._cache[key]

    def _ended(self, column: list[Value]) -> list[Value]:
        """Return a column of the time grid, whose last age may lie behind `until`, with its last value at `until`."""
        return [*column[:-1], linear(self._columns.ages, column, self.until)]

    def _compute(self, quantity: str, site: str | None) -> list[Value]:
        if quantity in READOUTS:
            return self._columns.column(READOUTS[quantity], *_where(site))
        kind = quantities.quantity(quantity).kind
        if quantity in Levels._fields:
            return [getattr(levels, quantity) for levels in self._columns.track.levels]
        if kind == "crew":
            return [getattr(state, quantity) for state in self._columns.states]
        if quantity == "t_score_sd" and site is not None:
            sd = reference(site, "female").sd
            return [x / sd for x in self._compute("bmd_sd", site)]
        return self._standard_error(quantity.removesuffix("_sd"), site)

    def _standard_error(self, quantity: str, site: str | None) -> list[Value]:
        """Return one standard error: the uncertainty of the parameters, and the distance from unseen group means."""
        misfits = self._columns.column(MISFITS[quantity], *_where(site))
        lives = self.variants()
        if not lives:
            return list(misfits)
        usual, *_ = lives
        base, *others = (life._compute(quantity, site) for life in lives)
        squares = [sum((x - value) ** 2 for x in moved) for value, *moved in zip(base, *others, strict=True)]
        sizes = [square**0.5 for square in squares]
        moves = [linear(usual._columns.ages, sizes, age) for age in self._columns.ages]
        return [(move**2 + misfit**2) ** 0.5 for move, misfit in zip(moves, misfits, strict=True)]

    def misfit(self, site: str = "lumbar_spine") -> list[Misfit]:
        """Return, for each of `ages`, the part of `bmd_sd` that does not come from the fitted parameters.

        It is the usual distance from group means that were not seen (`osteolab.misfit`), in the unit of `bmd`: of what
        came before anything was done, and of what has changed since.
        """
        parts = self._columns.column(bmd_parts, str(choice(site, "site", quantities.sites())))
        return [*parts[:-1], Misfit(*linear(self._columns.ages, parts, self.until))]

    def variants(self) -> Sequence[Life]:
        """Return this life and those with the parameters one standard error away in each direction, computed once.

        All are on one grid of longer steps, so only their differences are of use. Empty where `own_parameters`.
        """
        if self._lives is None:
            self._lives = () if self._variants is None else self._variants()
        return self._lives


def _where(site: str | None) -> tuple[str, ...]:
    return () if site is None else (site,)


def _all_columns() -> list[tuple[str, str]]:
    """Return (quantity, site) of every column of the table."""
    columns = [(name, "serum") for kind in ("blood", "marker") for name in quantities.named(kind)]
    columns += [(name, "systemic") for name in quantities.named("crew")]
    columns += [(name, site) for site in quantities.scanned_sites() for name in quantities.named("site")]
    return columns + [(name, "trabecular_spine") for name in quantities.named("core")]
