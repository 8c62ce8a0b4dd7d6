"""Words in the panels that were found on top of each other or cut at the edge."""

from dataclasses import replace

import pytest

from osteolab.lab.pictures.curves import Curves
from osteolab.lab.pictures.panel_layout import DENSITY, LINE, Look, Ranges, layout, px, years_per_px
from osteolab.lab.pictures.panel_traces import Marks, Veiled, choices, picture

FORMS = {"wide": (848.0, 350.0), "column": (340.0, 680.0)}


def look(site, form):
    width, height = FORMS[form]
    return Look(site, 45, 80, Ranges((72, 180), (-24, 8), DENSITY[site]), form=form, width=width, height=height)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("site", DENSITY)
def test_the_names_of_the_classes_keep_off_their_limits(site, form):
    this = look(site, form)
    named = {one["text"]: one["y"] for one in layout(this)["annotations"] if one["yref"] == "y3" and one["text"]}
    limits = [y for text, y in named.items() if text.startswith("<b>")]
    lines = [named[name] for name in ("normal", "osteoporosis") if name in named]
    assert limits and lines
    assert all(abs(y - limit) >= 0.999 * px(this, "density", LINE) for y in lines for limit in limits)


def test_on_a_phone_the_title_of_the_density_is_short_enough():
    titles = {site: layout(look(site, "column"))["annotations"][2]["text"] for site in DENSITY}
    assert "neck, g/cm²" in titles["femoral_neck"] and "femoral" not in titles["femoral_neck"]
    assert "femoral neck" in layout(look("femoral_neck", "wide"))["annotations"][2]["text"]


@pytest.mark.parametrize(("form", "side"), [("wide", "middle right"), ("column", "middle left")])
def test_what_starts_is_named_on_the_side_that_has_room(form, side):
    ages = [45.0, 65.0, 80.0]
    flat = Curves(ages, *([[100.0] * 3] * 2), [0.0] * 3, *([[0.9] * 3] * 3), [-1.0] * 3)
    marks = Marks(70, 62, None, "estradiol from 62", "estradiol 5")
    density = picture(flat, None, marks, look("lumbar_spine", form))["scan_3"]
    assert density["text"][-1].strip("\u00a0") == "estradiol from 62"
    assert density["textposition"][-1] == side


def flat_density(level):
    """Return curves that stand still, with the density at a level."""
    ages = [45.0, 65.0, 80.0]
    return Curves(ages, *([[100.0] * 3] * 2), [0.0] * 3, *([[level] * 3] * 3), [-1.0] * 3)


@pytest.mark.parametrize("level", [0.93, 0.94])
def test_the_name_of_a_curve_keeps_off_the_circle_of_the_prediction(level):
    this = look("lumbar_spine", "wide")
    free = picture(flat_density(0.9), None, Marks(75, None, None, "", "Anna"), this)["scan_3"]["y"][7]
    said = picture(flat_density(0.9), None, Marks(75, None, None, "", "Anna", circle=(75, level)), this)["scan_3"]
    # The name stands on its place: its lower edge is the value given.
    assert free < level < free + px(this, "density", 29), "the circle would lie on the name"
    assert said["textposition"][7] == "top left"
    assert said["y"][7] >= level + px(this, "density", 11)


@pytest.mark.parametrize(("form", "side"), [("wide", "middle right"), ("column", "middle left")])
def test_the_age_of_the_scan_stands_on_the_side_that_has_room(form, side):
    marks = Marks(70, None, None, "", "Anna")
    said = picture(flat_density(0.9), None, marks, look("lumbar_spine", form))["scan_3"]
    place = [text.strip("\u00a0") for text in said["text"]].index("scan at 70")
    assert said["textposition"][place] == side


def test_circles_of_near_levels_stand_beside_each_other():
    this = look("lumbar_spine", "wide")
    step = px(this, "density", 12)
    xs = choices(Veiled(52, (("A", 0.8), ("B", 0.8 + step), ("C", 1.0))), 65, this)["x"]
    assert xs[0] == xs[2] == 65
    assert abs(xs[1] - 65) >= 19 * years_per_px(this, "density")


def test_a_band_too_low_for_its_name_has_none():
    wide = replace(look("lumbar_spine", "wide"), ranges=Ranges((72, 180), (-24, 8), (0.4, 2.4)))
    names = [one["text"] for one in layout(wide)["annotations"]]
    assert "osteoporosis" in names and not any("low bone" in name for name in names)


def test_a_name_without_room_above_its_curve_stands_below_it():
    this = look("lumbar_spine", "wide")
    top = this.ranges.density[1]
    said = picture(flat_density(top), None, Marks(60, None, None, "", "Anna"), this)["scan_3"]
    assert said["textposition"][7] == "bottom left" and said["y"][7] < top
