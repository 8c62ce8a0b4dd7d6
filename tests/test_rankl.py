"""RANKL and its decoy OPG as a life shows them: the published size, and never a hand on resorption."""

import math
from pathlib import Path

import numpy as np
import pytest

from osteolab import Course, Person, data, simulate
from osteolab.interpolation import linear
from osteolab.levels import Levels
from osteolab.signals import SIGNALS, Signals

ANNA = Person("female", 65, menopause_age=50)
EARLY = 52.0


def lived(*courses, until=70.0, **changed):
    parameters = data.parameters().replace(**changed) if changed else None
    return simulate(ANNA, [Course(*course) for course in courses], until=until, parameters=parameters)


def test_a_young_adult_has_one_of_each():
    for sex in ("female", "male"):
        life = simulate(Person(sex, 30), until=60, ageing=False)
        for name in ("rankl", "opg"):
            assert life.series(name) == pytest.approx([1] * len(life.ages), abs=1e-9)


def test_early_after_menopause_rankl_is_two_to_three_times_that_of_before():
    """Eghbali-Fatourechi 2003: RANKL on marrow cells, 12 women early after menopause against 12 before it."""
    life = lived()
    assert 2 < life.value("rankl", EARLY) / life.value("rankl", 42) < 3


@pytest.mark.parametrize(
    "course", [("conjugated_estrogens", 0.625, "mg/day", 50), ("transdermal_estradiol", 100, "ug/day", 50)]
)
def test_early_after_menopause_rankl_is_two_to_three_times_that_of_women_on_estrogen(course):
    """Eghbali-Fatourechi 2003: against 12 women of the same age on estrogen."""
    assert 2 < lived().value("rankl", EARLY) / lived(course).value("rankl", EARLY) < 3


def test_the_page_of_equations_has_the_sizes_that_are_computed():
    page = (Path(__file__).resolve().parents[1] / "docs/model/equations.md").read_text(encoding="utf-8")
    life, patches = lived(), [lived(("transdermal_estradiol", dose, "ug/day", 50)) for dose in (50, 100)]
    after, before = life.value("rankl", EARLY), life.value("rankl", 42)
    weak, strong = (after / patch.value("rankl", EARLY) for patch in patches)
    beyond = life.parameters.rankl_estrogen_lack - life.parameters.weights["estrogen_lack", "rankl"]
    columns = list(zip(*life._columns.track.levels, strict=True))
    lack = [
        Signals("female", life.parameters).signals(Levels(*(linear(life.ages, c, age) for c in columns)))[0]
        for age in (42, EARLY)
    ]
    own = after / before / math.exp(beyond * (lack[1] - lack[0]))
    assert f"ρ rises by {100 * own - 100:.0f} % only" in page
    assert f"λ = {life.parameters.rankl_estrogen_lack:g} makes {after / before:.1f} times" in page
    assert f"{weak:.1f} times against a 50 µg patch and {strong:.1f} against one of 100 µg" in page


def test_after_menopause_opg_is_not_lower():
    """Mainini 2011: higher in serum, not lower; estrogen for six months left it as it was (Menopause 2008)."""
    life, treated = lived(), lived(("transdermal_estradiol", 50, "ug/day", 52))
    assert life.value("opg", EARLY) == pytest.approx(life.value("opg", 42), abs=0.002)
    assert treated.series("opg") == pytest.approx([1] * len(treated.ages), abs=0.002)


def test_the_shown_rankl_moves_no_bone():
    usual, other = lived(), lived(rankl_estrogen_lack=0.0, opg_share=1.0)
    assert other.value("rankl", EARLY) < usual.value("rankl", EARLY)
    for name in ("bmd", "ctx", "osteoclasts", "resorption"):
        assert other.series(name) == usual.series(name)


def test_denosumab_binds_rankl_while_it_lasts_and_leaves_opg():
    given, none = lived(("denosumab", 60, "mg/6month", 65, 66)), lived()
    free = [given.value("rankl", age) / none.value("rankl", age) for age in (65.1, 65.3, 68)]
    # Nobody has measured free RANKL on denosumab: the least that can be left is set by CTX (-86 % in a month).
    least = 1 - given.parameters.denosumab_most
    assert least < free[0] < 1.2 * least and free[0] < free[1] < 0.1 and free[2] == pytest.approx(1, abs=1e-6)
    assert given.series("opg") == pytest.approx([1] * len(given.ages), abs=0.002)


def test_free_rankl_and_osteoclasts_fall_together_on_denosumab():
    given = lived(("denosumab", 60, "mg/6month", 65, 66))
    assert given.value("rankl", 65.2) < 0.1 * given.value("rankl", 65)
    assert given.value("osteoclasts", 65.2) < 0.2 * given.value("osteoclasts", 65)


@pytest.mark.parametrize("course", [("prednisone", 30, "mg/day", 65), ("teriparatide", 20, "ug/day", 65)])
def test_cortisol_and_teriparatide_raise_rankl_and_lower_opg(course):
    given, none = lived(course), lived()
    assert given.value("rankl", 66) > 1.01 * none.value("rankl", 66)
    assert given.value("opg", 66) < 0.99 * none.value("opg", 66)


def test_inflammation_raises_rankl_alone():
    sick, well = lived(("rheumatoid_arthritis", 1, "on", 65)), lived()
    assert sick.value("rankl", 66) > 1.1 * well.value("rankl", 66)
    assert sick.value("opg", 66) == well.value("opg", 66)


def test_a_man_without_testosterone_has_more_rankl_and_one_on_estradiol_beside_it_has_not():
    castrate, ben = Course("testosterone", 20, "ng/dL", 60), Person("male", 60)
    alone, both = (
        simulate(ben, courses, until=62).value("rankl", 61)
        for courses in ([castrate], [castrate, Course("estradiol", 25, "pg/mL", 60)])
    )
    assert alone > 2 > 1.2 > both


def test_rankl_over_opg_is_that_of_resorption_times_what_estrogen_does_beyond_it():
    """Written out again, from the states and signals of a life with most of what can move it."""
    life = lived(
        ("prednisone", 10, "mg/day", 60),
        ("teriparatide", 20, "ug/day", 63, 65),
        ("romosozumab", 210, "mg/month", 65, 66),
        ("denosumab", 60, "mg/6month", 66),
    )
    p, track = life.parameters, life._columns.track
    estrogen, cortisol = SIGNALS.index("estrogen_lack"), SIGNALS.index("cortisol")
    for i in range(0, len(life.ages), 25):
        x, drive, signals = track.states[i], track.drives[i], Signals("female", p).signals(track.levels[i])
        exponent = sum(w * signals[SIGNALS.index(s)] for (s, h), w in p.weights.items() if h == "rankl")
        exponent += signals[estrogen] * (p.rankl_estrogen_lack - p.weights["estrogen_lack", "rankl"])
        exponent += p.teriparatide_rankl * x.teriparatide_slow
        exponent += p.sclerostin_rankl * (math.log(x.sclerostin) - p.compensation_share * math.log(x.compensation))
        level = drive.drugs.denosumab
        free = 1 - p.denosumab_most * level / (level + p.denosumab_half_effect)
        opg = math.exp(
            -p.opg_share
            * (p.weights["cortisol", "rankl"] * signals[cortisol] + p.teriparatide_rankl * x.teriparatide_slow)
        )
        assert life.series("opg")[i] == pytest.approx(opg, rel=1e-12)
        assert life.series("rankl")[i] / opg == pytest.approx(free * math.exp(exponent), rel=1e-12)


def test_arrays_of_parameters_give_the_numbers_of_each_alone():
    sizes = np.array([0.75, 1.2])
    together = lived(rankl_estrogen_lack=sizes)
    for i, size in enumerate(sizes):
        alone = lived(rankl_estrogen_lack=float(size))
        assert together.value("rankl", EARLY)[i] == pytest.approx(alone.value("rankl", EARLY), rel=1e-12)
