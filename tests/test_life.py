"""What a Life hands out."""

import pickle
import sys

import pytest

from osteolab import Course, Person, data, simulate
from osteolab.errors import MissingLibrary
from osteolab.quantities import defined, quantity, scanned_sites, units
from osteolab.readouts import density_class, reference, who_class

ANNA = Person("female", 52, 50, name="Anna")


@pytest.fixture(scope="module")
def life():
    return simulate(ANNA, [Course("estradiol", 40, "pg/mL", start=52, stop=60)], until=80)


def test_table_is_tidy_and_complete(life):
    table = life.table(ages=[50, 60, 70])
    assert list(table.columns) == ["age_years", "quantity", "site", "value", "unit"]
    assert not table.isna().any().any()
    assert not table.duplicated(["age_years", "quantity", "site"]).any()
    assert set(table["age_years"]) == {50, 60, 70}
    assert {"bmd", "t_score", "ctx", "estradiol", "connectivity", "osteoclasts"} <= set(table["quantity"])
    row = table.query("quantity == 'bmd' and site == 'total_hip' and age_years == 60")
    assert row["value"].item() == pytest.approx(life.at(60, "total_hip").bmd)
    assert row["unit"].item() == "g/cm2"


def test_every_quantity_has_a_unit_and_a_series(life):
    man = simulate(Person("male", 60), until=65)
    for name, unit in units().items():
        assert unit and len(man.series(name)) == len(man.ages)
        assert not defined(name, "female") or len(life.series(name)) == len(life.ages)


def test_a_table_holds_what_is_defined_for_the_sex(life):
    man = simulate(Person("male", 60), until=65)
    assert set(man.table([60])["quantity"]) - set(life.table([60])["quantity"]) == {"lh"}


def test_scan_reads_what_the_series_show(life):
    scan = life.at(65, "femoral_neck")
    assert scan.bmd == pytest.approx(life.value("bmd", 65, "femoral_neck"))
    assert scan.t_score == pytest.approx((scan.bmd - 0.858) / 0.120)
    assert scan.who_class == who_class(scan.t_score)
    assert scan.bone_balance == pytest.approx(scan.bone_volume - 100)


def test_a_start_is_read_just_before_it_acts(life):
    assert life.value("estradiol", 52) < 10 < life.value("estradiol", 52.1)
    assert life.value("estradiol", 60) == pytest.approx(40)
    assert life.value("estradiol", 60.1) < 10


def test_who_classes_have_the_published_limits():
    assert [who_class(t) for t in (-1.0, -1.1, -2.4, -2.5)] == [
        "normal",
        "low bone mass",
        "low bone mass",
        "osteoporosis",
    ]


def test_the_class_is_that_of_the_t_score_as_it_is_printed():
    for t_score in (i / 100 for i in range(-310, -39)):
        shown = float(f"{t_score:.1f}")
        expected = "osteoporosis" if shown <= -2.5 else "low bone mass" if shown < -1 else "normal"
        assert (quantity("t_score").rounded(t_score), who_class(t_score)) == (shown, expected)


@pytest.mark.parametrize(
    ("t_score", "shown", "expected"),
    [
        (-1.04, "-1.0", "normal"),
        (-1.06, "-1.1", "low bone mass"),
        (-2.44, "-2.4", "low bone mass"),
        (-2.46, "-2.5", "osteoporosis"),
        (-2.48, "-2.5", "osteoporosis"),
    ],
)
def test_at_the_edges_a_printed_t_score_and_its_class_agree(t_score, shown, expected):
    assert (f"{quantity('t_score').rounded(t_score):.1f}", who_class(t_score)) == (shown, expected)
    assert density_class("total_hip", 0.7, t_score) == expected


def test_in_spongy_bone_the_class_is_that_of_the_density_as_it_is_printed():
    expected = {79.4: "osteoporosis", 79.6: "low bone mass", 120.4: "low bone mass", 120.6: "normal"}
    assert {bmd: density_class("trabecular_spine", bmd, 0.0) for bmd in expected} == expected


def test_classes_apply_after_menopause_and_to_men_from_fifty():
    young, old = simulate(Person("male", 30)), simulate(ANNA)
    assert not young.at(45).who_class_applies and young.at(55).who_class_applies
    assert not old.at(45).who_class_applies and old.at(55).who_class_applies


def test_a_man_has_two_t_scores():
    scan = simulate(Person("male", 30)).at(30, "total_hip")
    own, women = reference("total_hip", "male"), reference("total_hip", "female")
    assert scan.t_score_own_sex == pytest.approx((scan.bmd - own.mean) / own.sd)
    assert scan.t_score == pytest.approx((scan.bmd - women.mean) / women.sd) and scan.t_score > scan.t_score_own_sex


def test_peak_bone_mass_moves_the_whole_curve():
    low, high = (simulate(Person("female", 30, 51, peak_bone_mass_sd=sd)) for sd in (-1, 1))
    assert high.at(25).t_score - low.at(25).t_score == pytest.approx(2, abs=0.05)


def test_worn_joints_add_to_the_reading_and_not_to_the_bone(life):
    assert life.at(50).bmd_reading == pytest.approx(life.at(50).bmd)
    assert life.at(75).bmd_reading > life.at(75).bmd
    assert life.at(75, "total_hip").bmd_reading == life.at(75, "total_hip").bmd


def test_the_woman_fracture_risk_is_compared_with_has_a_risk_of_one():
    untreated = simulate(Person("female", 65, 51)).at(65)
    scan = simulate(Person("female", 65, 51, peak_bone_mass_sd=(-1 - untreated.t_score) * 1.16)).at(65)
    assert scan.fracture_risk == pytest.approx(2.3 ** (-1 - scan.t_score), rel=0.02)


def test_lower_density_never_lowers_fracture_risk(life):
    for site in scanned_sites():
        risk = life.series("fracture_risk", site, [70, 75, 80])
        assert risk == sorted(risk)


def test_describe_says_who(life):
    assert ANNA.describe() == "Anna, 52, last period at 50"
    assert Person("male", 65, name="Ben").describe() == "Ben, 65"
    assert Person("female", 30).describe() == "a woman, 30, still has periods"
    assert "Anna" in repr(life)


def test_a_life_can_be_stored_and_goes_on_with_its_errors(life):
    again = pickle.loads(pickle.dumps(life))
    assert again.at(65) == life.at(65) and again.series("bmd_sd") == life.series("bmd_sd")
    assert not again.own_parameters


def test_with_other_parameters_an_error_is_the_distance_from_published_means_alone(life):
    p = data.parameters()
    own = simulate(ANNA, life.courses, until=80, parameters=p)
    assert own.own_parameters
    assert own.value("bmd", 65) == life.value("bmd", 65)
    assert 0 < own.value("ctx_sd", 65) < life.value("ctx_sd", 65)
    *parts, last = (part.whole for part in own.misfit())
    assert own.series("bmd_sd") == [*parts, pytest.approx(last, rel=1e-5)], "the end is read between two grid points"


def test_a_table_without_pandas_is_refused_in_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    life = simulate(Person("female", 52, 50), until=60)
    with pytest.raises(MissingLibrary, match=r"A table of a life needs pandas, which this installation does not have"):
        life.table()
    monkeypatch.setattr(sys, "platform", "emscripten")
    with pytest.raises(MissingLibrary, match="full edition") as caught:
        life.table()
    # A notebook shows these lines in place of a traceback.
    assert caught.value._render_traceback_() == [str(caught.value)]
