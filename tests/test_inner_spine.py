import re

import pytest

from osteolab.lab import RemodelingLab
from osteolab.lab.pictures.panel_layout import limits
from osteolab.readouts import class_limits


def test_the_inner_spine_has_its_own_unit():
    lab = RemodelingLab(sites=("trabecular_spine",))
    assert lab.reading["people_sd"] == round(lab.life.at(65, "trabecular_spine").between_people_sd)
    assert "people_sd_mg_cm3" in lab.rows()[0] and "bmd_g_cm2" not in lab.rows()[0]
    assert "BMD in mg/cm³: ± " in lab.to_text()


@pytest.mark.parametrize("several", [False, True])
def test_the_inner_spine_has_its_own_classes_and_no_t_scores(several):
    lab = RemodelingLab(sites=("lumbar_spine", "trabecular_spine"))
    lab.set(site="trabecular_spine")
    if several:
        lab.add_plan()
    low, high = class_limits("qct")
    edges = {shape.y0 for shape in lab.figure.layout.shapes if shape.yref == "y3"}
    assert limits("trabecular_spine") == (high, low) and {low, high} <= edges
    named = " ".join(one.text for one in lab.figure.layout.annotations)
    assert f"<b>{low:.0f}</b>" in named and f"<b>{high:.0f}</b>" in named and "T −" not in named
    said = lab.trace("bmd_a" if several else "bmd").customdata[0]
    assert re.fullmatch(r"\d+ mg/cm³ \(\d+–\d+\)", said)
    lab.set(site="lumbar_spine")
    said = lab.trace("bmd_a" if several else "bmd").customdata[0]
    assert re.fullmatch(r"\d\.\d{3} g/cm² \(\d\.\d{3}–\d\.\d{3}\) · T −?\d\.\d", said)
