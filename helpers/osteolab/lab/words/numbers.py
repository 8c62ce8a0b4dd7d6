"""Numbers and names as text: a true minus sign, a thin space before %, units as they are printed and spoken."""

from __future__ import annotations

from osteolab.quantities import Quantity, quantity, sites

MINUS, THIN = "\u2212", "\u202f"
SHOWN = {
    "percent": "%",
    "ug/dL": "µg/dL",
    "ug/day": "µg/day",
    "g/cm2": "g/cm²",
    "mg/cm3": "mg/cm³",
    "mg/2wk": "mg/2 wk",
    "on": "",
}
SPOKEN = {
    "pg/mL": "picograms per millilitre",
    "pmol/L": "picomoles per litre",
    "ng/dL": "nanograms per decilitre",
    "nmol/L": "nanomoles per litre",
    "ng/mL": "nanograms per millilitre",
    "ug/dL": "micrograms per decilitre",
    "HOMA-IR": "HOMA index",
    "percent": "percent",
    "mg/day": "milligrams a day",
    "ug/day": "micrograms a day",
    "mg/2wk": "milligrams every two weeks",
    "SD": "standard deviations",
}  # fmt: skip


def printed(value: float, decimals: int = 0, sign: bool = False) -> str:
    """Return a number as text with a true minus sign: ``−0.9``, never ``−0.0``."""
    rounded = round(float(value), decimals) + 0.0
    shown = f"{rounded:+.{decimals}f}" if sign and rounded else f"{rounded:.{decimals}f}"
    return shown.replace("-", MINUS)


def percent(value: float, decimals: int = 0) -> str:
    """Return a number with a thin space and a percent sign: ``109 %``."""
    return f"{printed(value, decimals)}{THIN}%"


def amount(value: float, decimals: int, unit: str) -> str:
    """Return a number with its unit as printed: ``40 pg/mL``, ``8.0 µg/dL``, ``100 %``."""
    if unit == "percent":
        return percent(value, decimals)
    return f"{printed(value, decimals)} {shown_unit(unit)}".rstrip()


def shown_unit(unit: str) -> str:
    """Return a unit of the tables as it is printed on the screen."""
    return SHOWN.get(unit, unit)


def spoken_unit(unit: str) -> str:
    """Return a unit of the tables as a screen reader should say it."""
    return SPOKEN.get(unit, unit)


def age(value: float) -> str:
    """Return an age in years without a needless decimal: ``65`` or ``65.5``."""
    return f"{round(float(value), 1):g}"


def listed(items) -> str:
    """Return items as an English list: ``a``, ``a and b``, ``a, b and c``."""
    items = list(items)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def lower_first(text: str) -> str:
    """Return a label as it stands inside a sentence: ``estradiol``, but ``IGF-1`` unchanged."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def site_name(site: str) -> str:
    """Return a site as it stands in a sentence: ``spine``."""
    return sites()[site].label


def spoken_quantity(found: Quantity, value: float) -> str:
    """Return a quantity with its words and unit as it stands in a sentence: ``CTX 109 %``, ``T −0.9``.

    A density goes without words: its unit says what it is.
    """
    shown = printed(value, found.decimals)
    unit = f"{THIN}%" if found.shown_unit == "%" else f" {found.shown_unit}".rstrip()
    return f"{'' if found.name == 'bmd' else found.short_label} {shown}{unit}".strip()


def density(site: str) -> tuple[int, str]:
    """Return the decimals and the unit of a density at a site."""
    found = quantity("bmd", site)
    return found.decimals, found.shown_unit


def capital(text: str) -> str:
    """Return a text with its first letter in upper case."""
    return f"{text[:1].upper()}{text[1:]}"
