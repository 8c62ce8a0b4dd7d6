"""Names of curves in the panels stay where they can be read."""

import pytest

from osteolab.lab import RemodelingLab


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
