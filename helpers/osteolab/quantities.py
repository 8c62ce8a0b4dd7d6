"""What a life can show: every quantity with its words, unit and decimals, and the sites it is read at.

The tables are data/quantities.csv and data/sites.csv; levels in blood bring their own row in data/levels.csv.
Tiles, tasks, sentences, tables and the heads of CSV files read them here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from osteolab import data
from osteolab.errors import choice

SHOWN_BY_A_LIFE = ("blood", "body", "marker", "crew", "site", "core", "fracture", "error")
ERRORS_AT_A_SITE = ("bmd_sd", "t_score_sd", "strength_sd", "between_people_sd")
FRACTURES = ("vertebral_fracture", "hip_fracture", "nonvertebral_fracture", "any_fracture")
OF_A_MAN = ("lh",)  # what the calculator knows for men only: it closes their axis and not a woman's
NO_SITE = ("serum", "systemic")  # where a table says that levels, markers and the crew are read
USUAL_SITE = {"site": "lumbar_spine", "fracture": "any_fracture"}


@dataclass(frozen=True)
class Quantity:
    """One quantity as it is called, measured and printed.

    Attributes
    ----------
    name : str
        Name in code.
    kind : str
        Where it is read: blood, body, marker, crew, site, core (spongy bone), fracture, error, derived, lattice.
    label, short_label : str
        Words above a number, and words before a number in a sentence.
    unit, shown_unit : str
        Unit of the tables, and as printed (empty where the words say it).
    decimals : int
        As printed.
    column : str
        Head of a CSV column, with its unit.
    description : str
        What it is, in one line.
    """

    name: str
    kind: str
    label: str
    short_label: str
    unit: str
    shown_unit: str
    decimals: int
    column: str
    description: str

    def rounded(self, value: float) -> float:
        """Return a value rounded as it is printed (never minus zero)."""
        return round(float(value), self.decimals) + 0.0


@dataclass(frozen=True)
class Site:
    """One site of the skeleton: its name in code, in a sentence, as a title, on a wide and on a narrow button.

    `measured` is "scan" for a site that a lab can show, "published" for one that only published results use.
    """

    name: str
    label: str
    title: str
    button: str
    short_button: str
    measured: str


@cache
def catalogue() -> dict[tuple[str, str], Quantity]:
    """Return every quantity by (name, site); the site is empty where the row holds for all sites."""
    found = {(row["name"], ""): _of_level(row) for row in data.rows("levels")}
    return found | {(row["name"], row["site"]): _of_row(row) for row in data.rows("quantities")}


def _of_level(row: dict[str, str]) -> Quantity:
    name, label, unit = row["name"], row["label"], row["unit"]
    plain = unit.lower().replace("/", "_").replace("-", "_")
    return Quantity(
        name,
        "blood",
        label,
        label if label[:2].isupper() else label[:1].lower() + label[1:],
        unit,
        unit.replace("ug", "µg"),
        int(row["decimals"]),
        name if plain == name else f"{name}_{plain}",
        row["description"],
    )


def _of_row(row: dict[str, str]) -> Quantity:
    texts = {name: row[name] for name in ("name", "kind", "label", "short_label", "unit", "shown_unit")}
    return Quantity(**texts, decimals=int(row["decimals"]), column=row["column"], description=row["description"])


def quantity(name: str, site: str = "") -> Quantity:
    """Return a quantity at a site.

    Raises
    ------
    InputError
        If there is no such quantity; it names those there are.
    """
    found = catalogue().get((name, site)) or catalogue().get((name, "")) or catalogue().get((name, "lattice"))
    if found is None:
        choice(name, "quantity", dict.fromkeys(known for known, _ in catalogue()))
        raise AssertionError(name)
    return found


@cache
def _shown() -> dict[str, Quantity]:
    rows = {name: found for (name, site), found in catalogue().items() if not site}
    return {name: found for name, found in rows.items() if found.kind in SHOWN_BY_A_LIFE}


@cache
def units() -> dict[str, str]:
    """Return every quantity that a Life can show, with its unit (that of the spine where sites differ)."""
    return {name: found.unit for name, found in _shown().items()}


@cache
def named(kind: str) -> tuple[str, ...]:
    """Return the names of the quantities of a kind, in the order of the table."""
    return tuple(dict.fromkeys(name for (name, _), found in catalogue().items() if found.kind == kind))


@cache
def sites() -> dict[str, Site]:
    """Return every site of data/sites.csv by name."""
    return {row["name"]: Site(**row) for row in data.rows("sites")}


def scanned_sites() -> tuple[str, ...]:
    """Return the sites that a lab can show."""
    return tuple(name for name, site in sites().items() if site.measured == "scan")


def defined(name: str, sex: str) -> bool:
    """Whether a life of that sex shows a quantity."""
    return sex == "male" or name not in OF_A_MAN


def place(name: str, site: str | None) -> str | None:
    """Return where a quantity is read: the site given or the usual one, None where a site says nothing.

    Raises
    ------
    InputError
        Unknown quantity, or a site that this quantity is not read at.
    """
    choice(name, "quantity", _shown())
    kind = _shown()[name].kind
    if kind == "site" or name in ERRORS_AT_A_SITE:
        return str(choice(USUAL_SITE["site"] if site is None else site, "site", sites()))
    if kind == "fracture":
        return str(choice(USUAL_SITE["fracture"] if site is None else site, "site", FRACTURES))
    if site is not None:
        choice(site, "site", (*sites(), *FRACTURES, *NO_SITE), f"{name} is the same at all of them")
    return None
