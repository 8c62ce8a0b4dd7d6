"""The sentence under the picture: every verdict follows a computed sign, and no sentence is too long."""

import itertools

import pytest

from osteolab.lab import lesson
from osteolab.lab.words.sentence import LONGEST, Facts, Move, compose
from osteolab.quantities import sites

ESTRADIOL = Move("estradiol", "level", "Estradiol", "40 pg/mL", 1)
BASE = {
    "who": "Anna is 52; her last period was at 50.",
    "scan_age": 65,
    "start": 52,
    "moves": (ESTRADIOL,),
    "t_score": -0.9,
    "t_without": -2.1,
    "slope": -0.1,
    "slope_without": -0.9,
    "slope_at_start": -2.0,
    "bmd_share_of_past": 0.94,
    "resorption": (164, 109, 147),
    "formation": (140, 104, 131),
    "lag": 0.3,
    "bone_change": 10.0,
    "density_change": 14.0,
}


def said(**changes):
    return str(compose(Facts(**{**BASE, **changes})))


def test_pattern_of_the_first_example():
    sentence = compose(Facts(**BASE))
    assert sentence.lead == "Estradiol held at 40 pg/mL from age 52"
    assert "holds the osteoclasts back" in str(compose(Facts(**BASE), longest=260))
    assert "resorption falls from 164\u202f% to 109\u202f%" in sentence.rest
    assert "formation follows" in sentence.rest
    assert "At 65 the spine is at T\u00a0−0.9 instead of −2.1" in sentence.rest
    assert "instead of −2.1 without it: the fast loss is over, but below the density at 45" in sentence.rest


def test_nothing_moved():
    text = said(moves=())
    assert text == "Anna is 52; her last period was at 50. Nothing has been changed yet. Move a slider."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"t_score": -2.05}, "about the same"),
        ({"slope": -0.2}, "the fast loss"),
        ({"slope": -0.2, "slope_at_start": -0.1}, "more bone"),
        ({"slope": -0.2, "slope_at_start": -0.6}, "more bone"),
        ({"slope": -0.2, "bone_change": -1.0, "slope_at_start": -0.1}, "higher density"),
        ({"slope": -0.6, "since_start": 2.0}, "more bone, but falling"),
        ({"slope": -0.6}, "the loss is slower"),
        ({"slope": -1.2}, "more bone, but falling"),
        ({"slope": 0.5}, "density is rising"),
        ({"t_score": -2.6, "slope": -1.4}, "the loss is faster"),
        ({"t_score": -2.6, "slope": -0.8, "bone_change": -3.0}, "less bone, and still falling"),
        ({"t_score": -2.6, "slope": 0.0, "bone_change": -3.0}, "less bone"),
    ],
)
def test_verdict_follows_the_computed_sign(changes, words):
    assert words in said(**changes)


def test_all_of_it_comes_back_only_when_it_does():
    assert "below the density" not in said(bmd_share_of_past=1.0)


def test_falling_is_not_said_of_what_rises():
    text = said(
        moves=(Move("estradiol", "level", "Estradiol", "2 pg/mL", -1),),
        resorption=(120, 150, 117),
        formation=(110, 140, 112),
        t_score=-2.6,
        slope=-1.5,
    )
    assert "lets the osteoclasts go" in text
    assert "resorption rises from 120\u202f% to 150\u202f%" in text
    assert "falls" not in text


def test_a_change_that_nature_would_have_made_too_is_not_claimed():
    text = said(resorption=(129, 118, 117), formation=(114, 113, 112), t_score=-2.1)
    assert "hardly different" in text


def test_formation_is_said_to_follow_only_with_a_lag():
    assert "formation goes with it" in said(lag=0.0)


def test_both_paces_alike():
    moves = (
        Move("resorption_pace", "control", "Pace of demolition", "200\u202f%", 1),
        Move("formation_pace", "control", "Pace of construction", "200\u202f%", 1),
    )
    text = said(
        moves=moves,
        start=30,
        scan_age=40,
        resorption=(100, 200, 100),
        formation=(100, 202, 100),
        gap_early=2.0,
        bone_change=-2.0,
        density_change=-3.0,
    )
    assert text.startswith("Demolition and construction both at 200\u202f% from age 30: they still match")
    assert "density is 3\u202f% lower than without them: more open pits and young bone" in text


@pytest.mark.parametrize(("construction", "balance"), [(95, -0.9), (102, 0.8)])
def test_paces_that_differ_are_not_said_to_match_once_bone_is_lost_or_gained(construction, balance):
    move = Move("formation_pace", "control", "Pace of construction", f"{construction}\u202f%", construction - 100)
    changes = {"balance": balance, "bone_change": balance, "density_change": balance, "gap_early": balance}
    text = said(moves=(move,), start=30, scan_age=40, resorption=(100,) * 3, formation=(100,) * 3, **changes)
    assert "match" not in text and "open pits" not in text
    assert ("construction outran demolition" if balance > 0 else "demolition outran construction") in text


def test_equal_slow_paces_match_whatever_share_of_them_a_small_gap_is():
    moves = tuple(Move(name, "control", name, "20\u202f%", -1) for name in ("resorption_pace", "formation_pace"))
    changes = {"balance": 0.2, "balance_early": 0.9, "bone_change": 0.1, "density_change": 3.0, "gap_early": 1.6}
    text = said(moves=moves, start=30, scan_age=40, resorption=(100, 20, 100), formation=(100, 21, 100), **changes)
    assert "they still match, so the balance stays near zero" in text and "older bone" in text


@pytest.mark.parametrize("scan_age", [50, 54])
def test_a_later_last_period_has_not_ended_a_loss(scan_age):
    move = Move("menopause_age", "person", "Last period at", "56", 1)
    slopes = {"slope": -0.1, "slope_without": -2.0, "slope_at_start": -2.0, "bmd_share_of_past": 0.98}
    text = said(moves=(move,), scan_age=scan_age, start=52, t_score=-0.5, t_without=-0.7, bone_change=2, **slopes)
    assert "fast loss is over" not in text and "more bone" in text


def test_no_cause_is_named_beside_a_life_in_which_the_cells_do_as_much():
    move = Move("estradiol", "level", "Estradiol", "5 pg/mL", -1)
    same = {"resorption": (98, 144, 144), "formation": (95, 136, 136), "untouched": (97.0, 95.0, 20.0)}
    text = said(moves=(move,), beside="pinned", t_without=-2.2, t_score=-2.2, **same)
    assert "hardly different" in text and "lets the osteoclasts go" not in text


def test_less_igf_1_calls_fewer_osteoblasts():
    move = Move("igf1", "level", "IGF-1", "20 ng/mL", -1)
    text = said(moves=(move,), resorption=(98, 56, 98), formation=(95, 40, 95), t_score=-2.1, t_without=-1.4)
    assert "calls fewer osteoblasts: resorption falls" in text


def test_demolition_alone():
    text = said(
        moves=(Move("resorption_pace", "control", "Pace of demolition", "150\u202f%", 1),),
        resorption=(100, 140, 100),
        formation=(100, 120, 100),
        gap_early=-40.0,
        balance=-12.0,
        bone_change=-12.0,
        density_change=-14.0,
    )
    assert "construction follows, but did not keep up" in text
    assert "there is 12\u202f% less bone" in text


def test_a_gap_between_two_hands_and_a_late_construction():
    paces = (
        Move("resorption_pace", "control", "Pace of demolition", "150\u202f%", 1),
        Move("formation_pace", "control", "Pace of construction", "100\u202f%", 0),
    )
    gap = {"resorption": (100, 140, 100), "formation": (100, 110, 100), "gap_early": -30.0, "balance": -12.0}
    gap |= {"bone_change": -12.0, "density_change": -13.0}
    assert "demolition outran construction" in said(moves=paces, **gap)
    even = (paces[0], Move("formation_pace", "control", "Pace of construction", "150\u202f%", 1))
    delay = (*even, Move("formation_delay", "control", "Delay", "300 days", 1))
    late = gap | {"gap_early": 5.0, "balance_early": -4.0}
    assert "construction comes late" in said(moves=delay, **late | {"balance": -4.0})
    assert "most of the extra pits are filled" in said(moves=delay, **late | {"balance": -1.0})


def test_timing_is_said_as_a_span_only():
    text = said(moves=(ESTRADIOL, Move("treatment_years", "timing", "Lasts for", "5 years", -1)), stop=57)
    assert text.startswith("Estradiol held at 40 pg/mL from age 52 to 57")


def test_anastrozole_names_both_hormones():
    text = said(
        moves=(Move("anastrozole", "treatment", "Anastrozole", "1 mg/day", 1),),
        start=65,
        scan_age=70,
        t_score=-0.6,
        t_without=-0.4,
        bone_change=-2.0,
        levels={"testosterone": (420, 590, "ng/dL"), "estradiol": (24, 16, "pg/mL")},
    )
    assert "testosterone is 590 instead of 420 ng/dL" in text
    assert "estradiol 16 instead of 24 pg/mL" in text
    assert "more testosterone, less bone" in text


def test_igf1_says_what_no_trial_has_measured():
    igf1 = {"moves": (Move("igf1", "level", "IGF-1", "250 ng/mL", 1),), "dip_months": 9, "t_score": -1.1}
    igf1 |= {"t_without": -1.4, "resorption": (100, 130, 100), "formation": (100, 135, 100)}
    text = said(**igf1, unmeasured=True)
    assert "dips for 9 months before it grows" in text
    assert "no adequate trial has measured this" in text
    assert "no adequate trial" not in said(**igf1)


def test_a_pinned_life_is_named_where_nothing_was_moved():
    assert "Nothing has been changed." in said(moves=(), beside="pinned")


def test_stop_is_said():
    assert "from age 52 to 57" in said(stop=57)


KINDS = [
    (Move("estradiol", "level", "Estradiol", "104 pg/mL", 1),),
    (Move("homa_ir", "level", "Insulin resistance", "4.5 HOMA-IR", 1),),
    (Move("conjugated_estrogens", "treatment", "Conjugated estrogens", "0.625 mg/day", 1),),
    (Move("menopause_age", "person", "Last period at", "45", -1),),
    (Move("igf1", "level", "IGF-1", "250 ng/mL", 1), Move("cortisol", "level", "Cortisol", "18.0 µg/dL", 1)),
    (Move("testosterone_enanthate", "treatment", "Testosterone enanthate", "200 mg/2 wk", 1), *(ESTRADIOL,) * 4),
]


@pytest.mark.parametrize("moves", KINDS)
def test_length_words_and_numbers(moves):
    values = itertools.product(("lumbar_spine", "femoral_neck"), (-1.0, -2.2, -3.3), (-2.0, 0.0, 1.0), (None, 57.5))
    for site, t_score, slope, stop in values:
        text = said(moves=moves, site=site, t_score=t_score, slope=slope, stop=stop, scan_age=65.5, start=52.5)
        assert len(text) <= LONGEST, text
        assert "-" not in text.replace("IGF-1", "").replace("HOMA-IR", "").replace("T-score", ""), (
            "a true minus is wanted"
        )
        assert "should" not in text and "!" not in text
        assert text.endswith(".")


@pytest.mark.parametrize("moved", [{"aromatase_activity": 30}, {"aromatase_activity": 40}, {"aromatase_activity": 20}])
def test_the_sentence_names_the_levels_that_stand_in_the_boxes(moved):
    lab = lesson("02").lab().unveil().reset()
    lab.set(**moved)
    boxes = lab.settings()
    assert f"testosterone is {boxes['testosterone']:.0f} instead of" in lab.sentence
    assert f"estradiol {boxes['estradiol']:.0f} instead of" in lab.sentence


@pytest.mark.parametrize("site", ["lumbar_spine", "total_hip"])
def test_the_fracture_risk_says_which_site_it_is_read_from(site):
    lab = lesson("02").lab().unveil().set(site=site)
    said = f"his is read from the density at the {sites()[site].label}; another site can give another number"
    assert lab.desk.frame.readout.value.count(said) == 2, "tooltip and description"
