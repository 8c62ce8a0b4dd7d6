"""Published models as published: against reference outputs noted earlier and against an independent package."""

import importlib
import os

import numpy as np
import pytest

from osteolab import InputError, published
from osteolab.published import Dose, joerg2022, lemaire2004, lemaire2004_steady_state, repeated

# Joerg 2022

START = 67
HALF_YEAR, MONTH = published.DAYS / 2, published.DAYS / 12
DENOSUMAB = repeated("denosumab", 60, START, HALF_YEAR, 6)
ROMOSOZUMAB = repeated("romosozumab", 210, START, MONTH, 12)
THEN_DENOSUMAB = repeated("denosumab", 60, START + 1, HALF_YEAR, 6)


def change(output, doses, *months):
    """Percent change of an output from age 67, without treatment until then."""
    course = joerg2022([START, *(START + month / 12 for month in months)], doses)
    before = joerg2022([START])[output][0]
    return 100 * course[output][1:] / before - 100


def test_joerg_natural_history():
    course = joerg2022([50, 52, 55, 60, 70, 80])
    bmd = [-4.69, -5.76, -8.36, -12.12, -18.06, -23.69]
    assert 100 * course["bmd"] - 100 == pytest.approx(np.array(bmd), abs=0.015)
    assert course["ctx"] == pytest.approx(np.array([1.00, 1.29, 1.28, 1.11, 1.02, 1.01]), abs=0.006)


def test_joerg_steady_state():
    course = joerg2022([20])
    expected = {
        "pre_osteoblasts": 215.94,
        "osteoblasts": 107.50,
        "osteocytes": 612.45,
        "pre_osteoclasts": 1723.99,
        "osteoclasts": 41.99,
        "sclerostin": 11092.9,
    }
    assert {name: course[name][0] for name in expected} == pytest.approx(expected, rel=1e-4)
    assert course["resorption"][0] * published.DAYS == pytest.approx(0.0585, abs=1e-4)


@pytest.mark.parametrize(
    ("output", "doses", "months", "expected", "tolerance"),
    [
        ("bmd", DENOSUMAB, (6, 12, 24, 36, 48, 60), (1.55, 2.35, 3.26, 3.95, 0.26, -1.75), 0.01),
        ("ctx", DENOSUMAB, (48,), (77,), 0.5),
        ("bmd", repeated("alendronate", 70, START, 7, 156), (12, 24, 36), (0.31, 1.01, 1.73), 0.01),
        ("ctx", repeated("alendronate", 70, START, 7, 156), (12, 24, 36, 48), (-73, -77, -77, -41), 0.5),
        ("bmd", ROMOSOZUMAB, (12, 36), (2.54, 0), 0.01),
        ("bmd", ROMOSOZUMAB + THEN_DENOSUMAB, (24, 36, 48), (4.75, 5.50, 6.12), 0.01),
        # Given evenly over the day; the reference run is not written out, hence the wider limits.
        ("ctx", [Dose("teriparatide", START, 20, START + 2)], (3,), (98,), 1),
        ("p1np", [Dose("teriparatide", START, 20, START + 2)], (6,), (176,), 2),
        ("bmd", [Dose("teriparatide", START, 20, START + 2)], (12, 24), (0.5, 2.7), 0.75),
    ],
)
def test_joerg_treatments(output, doses, months, expected, tolerance):
    assert change(output, doses, *months) == pytest.approx(np.array(expected, dtype=float), abs=tolerance)


def test_joerg_result_does_not_depend_on_the_ages_asked_for():
    few, many = joerg2022([68, 70], DENOSUMAB), joerg2022([20, 55, 67, 68, 69, 69.5, 70], DENOSUMAB)
    assert few["bmd"] == pytest.approx(many["bmd"][[3, 6]], rel=1e-6)


def test_joerg_refuses_what_it_does_not_have():
    with pytest.raises(InputError, match="zoledronate"):
        joerg2022([50], [Dose("zoledronate", 45, 5)])
    with pytest.raises(InputError, match="tau"):
        joerg2022([50], tau=3)
    with pytest.raises(InputError, match="19"):
        joerg2022([19])


# Lemaire 2004

NORMAL = (7.734e-4, 7.282e-4, 9.127e-4)
RESPONSES = [
    ({"K_O_P": 1e5}, (1.46, 1.21, 1.35)),
    ({"K_O_P": 2e4}, (3.38, 1.84, 2.67)),
    ({"K_L_P": 6e6}, (1.49, 1.22, 1.37)),
    ({"k_B": 0.189 * 1.5}, (0.79, 0.59, 0.83)),
    ({"D_R": 3.5e-4}, (0.48, 0.49, 0.98)),
    ({"D_A": 0.49}, (1.23, 1.11, 1.18)),
    ({"I_P": 1000}, (5.3, 2.3, 4.1)),
    ({"I_O": 2e5}, (0.09, 0.29, 0.04)),
]


def test_lemaire_steady_state_to_four_digits():
    # The osteoblasts come to 7.2834e-4; the noted 7.282e-4 is the published start value.
    assert lemaire2004_steady_state() == pytest.approx(NORMAL, rel=2.5e-4)


@pytest.mark.parametrize(("changes", "expected"), RESPONSES)
def test_lemaire_relative_responses(changes, expected):
    ratios = np.array(lemaire2004_steady_state(changes)) / lemaire2004_steady_state()
    digits = 0.051 if "I_P" in changes else 0.006  # the noted ratios have two decimals
    assert ratios == pytest.approx(np.array(expected), abs=digits)


def test_lemaire_goes_to_its_steady_state_and_back():
    course = lemaire2004([0, 1000, 3000], [(0, {"K_O_P": 1e5}), (1000, {})])
    cells = np.array(course[1:4])
    assert cells[:, 1] == pytest.approx(np.array(lemaire2004_steady_state({"K_O_P": 1e5})), rel=1e-6)
    assert cells[:, 2] == pytest.approx(np.array(lemaire2004_steady_state()), rel=1e-6)
    assert course.bone_volume[0] == 1 > course.bone_volume[1]


def test_lemaire_refuses_unknown_parameters():
    with pytest.raises(InputError, match="K_OPG"):
        lemaire2004_steady_state({"K_OPG": 1})


# Lemaire 2004 against the package bone-models

NAMES = {"I_R": "OBp", "I_B": "OBa", "I_C": "OCa", "I_P": "PTH", "I_O": "OPG", "I_L": "RANKL"}


@pytest.fixture(scope="module")
def bone_models():
    if os.environ.get("CI"):
        return importlib.import_module("bone_models")
    return pytest.importorskip("bone_models", reason="bone-models is not installed; it is in the extra `checks`")


def package_case(bone_models, number):
    """Return the model of the package with load case `number`, the case, and what it gives by our names."""
    cases = importlib.import_module("bone_models.load_cases.lemaire_load_cases")
    case = getattr(cases, f"Lemaire_Load_Case_{number}")()
    given = {ours: getattr(case, f"{theirs}_injection") for ours, theirs in NAMES.items()}
    return bone_models.models.Lemaire_Model(case), case, given


@pytest.mark.parametrize("number", range(1, 10))
def test_lemaire_rates_equal_those_of_bone_models(bone_models, number):
    model, case, given = package_case(bone_models, number)
    generator = np.random.default_rng(number)
    for _ in range(20):
        cells = np.array(NORMAL) * generator.uniform(0.2, 5, 3)
        ours = published._lemaire_rates(cells, published._lemaire_parameters(given))
        theirs = model.bone_cell_population_model(cells, (case.start_time + case.end_time) / 2)
        assert np.array(ours) == pytest.approx(np.array(theirs), rel=1e-10, abs=1e-18)


def test_lemaire_steady_state_equals_that_of_bone_models(bone_models):
    model = package_case(bone_models, 1)[0]
    assert lemaire2004_steady_state() == pytest.approx(tuple(model.calculate_steady_state()), rel=1e-6)


# Case 8 takes away more cells than there are; they turn negative and both solutions break down.
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 7, 9])
def test_lemaire_course_equals_that_of_bone_models(bone_models, number):
    """From the start of the injection to its end, with the solver of the package (absolute error 1e-8 pM a step)."""
    model, case, given = package_case(bone_models, number)
    theirs = model.solve_bone_cell_population_model([case.start_time, case.end_time])
    ours = lemaire2004(theirs.t - case.start_time, [(0, given)])
    assert np.array(ours[1:4]) == pytest.approx(theirs.y, rel=1e-4, abs=1e-7)
