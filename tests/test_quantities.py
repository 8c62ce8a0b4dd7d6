"""One table of quantities and one of sites: complete, without doubles, and true to the other tables."""

import re

import pytest

from osteolab import InputError, Person, data, quantities, simulate
from osteolab.quantities import FRACTURES, defined, named, place, quantity, scanned_sites, sites, units

KINDS = ("blood", "body", "marker", "crew", "site", "core", "fracture", "error", "derived", "lattice")
COLUMN = re.compile(r"[a-z][a-z0-9_]*")


@pytest.fixture(scope="module")
def life():
    return simulate(Person("female", 52, 50), until=60)


@pytest.fixture(scope="module")
def man():
    return simulate(Person("male", 60), until=65)


def places(name):
    """Return every place at which a life shows a quantity."""
    if quantity(name).kind == "fracture":
        return FRACTURES
    return scanned_sites() if place(name, None) else (None,)


@pytest.mark.parametrize("name", sorted(units()))
def test_every_quantity_of_a_life_has_words_unit_decimals_and_a_column(name, life, man):
    life = life if defined(name, "female") else man
    for site in places(name):
        shown = quantity(name, site or "")
        assert shown.label and shown.short_label and shown.unit and shown.description
        assert 0 <= shown.decimals <= 3 and COLUMN.fullmatch(shown.column)
        assert len(life.series(name, site)) == len(life.ages)
        assert life.unit(name, site) == shown.unit


@pytest.mark.parametrize("kind", KINDS)
def test_columns_are_not_used_twice_in_a_kind(kind):
    columns = [found.column for found in quantities.catalogue().values() if found.kind == kind]
    assert columns and len(columns) == len(set(columns))


def test_there_are_no_other_kinds_and_every_name_is_of_one_kind_at_a_place():
    assert {found.kind for found in quantities.catalogue().values()} == set(KINDS)
    assert [name for kind in KINDS for name in named(kind) if quantity(name).kind != kind] == [
        "strength",
        "resorption",
        "formation",
    ], "these are read in a site and in the lattice"


def test_a_row_for_one_site_differs_from_the_row_for_all():
    for (name, site), found in quantities.catalogue().items():
        if site and site != "lattice":
            assert site in sites()
            assert found.unit != quantity(name).unit and found.kind == quantity(name).kind


def test_sites_of_the_calculator_stand_in_the_table():
    shares = {row["name"].removeprefix("share_") for row in data.rows("parameters") if row["name"].startswith("share_")}
    measured = {row["site"] for table in ("bmd_reference", "bmd_by_age") for row in data.rows(table)}
    assert (shares - {"skeleton"}) | measured <= set(sites())
    gradients = {row["name"] for row in data.rows("parameters")}
    assert all(f"fracture_gradient_{site}" in gradients for site in scanned_sites())
    assert {site.measured for site in sites().values()} == {"scan", "published"}


def test_published_results_name_sites_of_the_table():
    known = {*sites(), *FRACTURES, "serum"}
    assert {row["site"] for row in data.rows("published_outcomes")} <= known


def test_every_site_has_its_words():
    for site in sites().values():
        assert all((site.label, site.title, site.button, site.short_button))
        assert len(site.short_button) <= len(site.button) and site.label == site.label.lower()


# Units


def test_levels_have_the_unit_and_decimals_of_their_own_table():
    rows = {row["name"]: row for row in data.rows("levels")}
    assert tuple(rows) == named("blood")
    for name, row in rows.items():
        assert (quantity(name).unit, quantity(name).decimals) == (row["unit"], int(row["decimals"]))
        assert quantity(name).label == row["label"]


@pytest.mark.parametrize("table", ["bmd_reference", "bmd_by_age"])
def test_densities_have_the_unit_of_their_reference(table):
    for row in data.rows(table):
        for name in ("bmd", "bmd_reading", "bmd_sd", "between_people_sd"):
            assert quantity(name, row["site"]).unit == row["unit"], (name, row["site"])


def test_units_say_which_quantities_a_life_shows(life):
    assert units()["bmd"] == "g/cm2" and life.unit("bmd", "trabecular_spine") == "mg/cm3"
    assert "density_gap" not in units() and "scan_age" not in units()


def test_only_what_is_of_a_man_is_not_defined_for_a_woman():
    assert all(defined(name, "male") for name in units())
    assert [name for name in units() if not defined(name, "female")] == ["lh"]


# Reading


@pytest.mark.parametrize(
    ("name", "site", "where"),
    [
        ("bmd", None, "lumbar_spine"),
        ("bmd", "total_hip", "total_hip"),
        ("bmd_sd", None, "lumbar_spine"),
        ("ctx_sd", "total_hip", None),
        ("ctx", "total_hip", None),
        ("osteoclasts", None, None),
        ("connectivity", "total_hip", None),
        ("fracture_rate", None, "any_fracture"),
        ("fracture_rate", "hip_fracture", "hip_fracture"),
    ],
)
def test_a_quantity_is_read_at_its_place(name, site, where):
    assert place(name, site) == where


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda life: place("bones", None), ["'bones'", "bmd"]),
        (lambda life: place("bmd", "skull"), ["'skull'", "femoral_neck"]),
        (lambda life: place("fracture_rate", "total_hip"), ["'total_hip'", "hip_fracture"]),
        (lambda life: place("bmd", ["hip"]), ["['hip']", "total_hip"]),
        (lambda life: quantity("bones"), ["'bones'", "bmd"]),
        (lambda life: life.unit("density_gap"), ["'density_gap'", "bmd"]),
    ],
)
def test_what_is_not_in_the_table_is_refused_in_one_sentence(life, ask, words):
    with pytest.raises(InputError) as caught:
        ask(life)
    text = str(caught.value)
    assert "\n" not in text and all(word in text for word in words)


def test_a_value_is_rounded_as_printed_and_never_minus_zero():
    assert quantity("bmd").rounded(0.98765) == 0.988
    assert quantity("bmd", "trabecular_spine").rounded(123.4) == 123
    assert str(quantity("t_score").rounded(-0.04)) == "0.0"


@pytest.mark.parametrize("name", ["bmd", "bmd_reading", "t_score", "z_score", "strength", "fracture_risk", "bmd_sd"])
def test_what_cannot_be_read_at_a_site_of_published_results_is_refused_in_one_sentence(life, name):
    with pytest.raises(InputError, match="site is 'iliac_crest'; no density of young adults was found there"):
        life.series(name, "iliac_crest")


@pytest.mark.parametrize(
    ("name", "words"),
    [("z_score", "no density of people by age"), ("fracture_risk", "no fracture risk by density there")],
)
def test_the_wrist_has_a_density_of_young_adults_and_no_more(life, name, words):
    assert len(life.series("t_score", "distal_radius")) == len(life.ages)
    with pytest.raises(InputError, match=f"site is 'distal_radius'; .*{words}"):
        life.series(name, "distal_radius")
