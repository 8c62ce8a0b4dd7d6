"""Names of curves in the panels stay where they can be read."""

import pytest

from osteolab.lab import RemodelingLab
from osteolab.lab.pictures.panel_layout import px


@pytest.mark.parametrize("last_period", [38, 58])
def test_the_name_of_the_lower_of_two_curves_stays_inside_the_panel(last_period):
    lab = RemodelingLab("anna", sliders=("menopause_age", "peak_bone_mass_sd")).set(peak_bone_mass_sd=-1.5)
    lab.pin().set(menopause_age=last_period)
    view, names = lab.picture._look_before, lab.trace("scan_3")
    low, high = view.ranges.density
    line = 18 * (high - low) / view.height
    rows = zip(names.text, names.y, names.textposition, strict=True)
    hanging = [y - line for text, y, place in rows if text and place.startswith("bottom")]
    assert len(hanging) == 1 and hanging[0] >= low


@pytest.mark.parametrize("pace", [(40, 40), (60, 70), (100, 100), (175, 175), (200, 190), (325, 200)])
def test_the_names_of_the_two_flows_stay_inside_panel_1_and_apart(pace):
    lab = RemodelingLab("maria", sliders=("resorption_pace", "formation_pace"))
    lab.set(resorption_pace=pace[0], formation_pace=pace[1])
    view, names = lab.picture._look_before, lab.trace("scan_1")
    foot, top = view.ranges.turnover
    line = px(view, "turnover", 14)
    rows = zip(names.text, names.y, names.textposition, strict=True)
    spans = sorted((y, y + line) if place.startswith("top") else (y - line, y) for text, y, place in rows if text)
    assert len(spans) == 2
    assert foot <= spans[0][0] and spans[0][1] <= spans[1][0] and spans[1][1] <= top
