"""A level that is usual at an age is not said to be enough for bone."""

from __future__ import annotations

from osteolab import Course, Person, simulate
from osteolab.lab import RemodelingLab
from osteolab.lab.sliders import NOT_ENOUGH, spec


def test_a_level_at_which_ben_loses_bone_is_called_usual_and_not_enough():
    ben = Person.preset("ben")
    usual = spec("estradiol").usual(ben, 65)
    life = simulate(ben, (Course("estradiol", usual.low, "pg/mL", start=65),), until=75)
    assert life.at(75).bmd < 0.97 * life.at(65).bmd
    lab = RemodelingLab("ben", sliders=("estradiol",))
    row = lab.desk.frame.rows["estradiol"]
    assert NOT_ENOUGH in row.name.value
    assert "usual, not “enough”" in lab.desk.frame.key.value


def test_a_control_without_a_usual_range_says_nothing_of_enough():
    ben, pace = Person.preset("ben"), spec("resorption_pace")
    assert pace.usual(ben, 65) is None
    assert NOT_ENOUGH not in " ".join(pace.about(ben, 65, False))
