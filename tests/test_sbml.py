"""The SBML export, run by libRoadRunner, against the calculator.

An independent solver, and a second writing of the equations: whoever changes an equation meets this test.
"""

import importlib
import os

import numpy as np
import pytest

from osteolab import Course, InputError, Person, data, sbml, simulate
from osteolab.equations import Driver, State, rates, young_state
from osteolab.integrate import time_grid


def needed(name):
    """Import a package that only tests need; where it is missing, skip, but never on the build server."""
    if os.environ.get("CI"):
        return importlib.import_module(name)
    return pytest.importorskip(name, reason=f"{name} is not installed; it is in the extra `checks`")


@pytest.fixture(scope="module")
def roadrunner():
    needed("antimony")
    package = needed("roadrunner")
    package.Logger.disableLogging()
    return package


ANNA = Person("female", 65, menopause_age=50)
GRACE = Person("female", 30, menopause_age=None)
# name: person, courses, until, ageing, relative tolerance of the bone volume of spine and hip.
# The fast integrator is the coarser of the two; docs/model/independent-checks.md has the figures.
LIVES = {
    "healthy young adult": (GRACE, (), 70, False, 1e-12),
    "menopause as a step": (GRACE, (Course("estradiol", 5, "pg/mL", 30),), 60, False, 1e-4),
    "menopause": (ANNA, (), 80, True, 1e-4),
    "estrogen restored and stopped": (ANNA, (Course("estradiol", 40, "pg/mL", 52, 60),), 70, True, 1e-4),
    "a man's axis and prednisone": (
        Person("male", 60),
        (
            Course("testosterone_gel", 50, "mg/day", 60, 70),
            Course("anastrozole", 1, "mg/day", 62, 70),
            Course("prednisone", 10, "mg/day", 65, 66),
        ),
        68,
        True,
        1e-4,
    ),
    "hands on the crew": (
        GRACE,
        (
            Course("resorption_pace", 200, "percent", 30, 33),
            Course("formation_pace", 150, "percent", 31, 35),
            Course("formation_delay", 200, "days", 30, 36),
        ),
        34,
        True,
        2e-4,
    ),
    "teriparatide": (ANNA, (Course("teriparatide", 20, "ug/day", 65, 67),), 66.5, True, 5e-4),
    "romosozumab": (ANNA, (Course("romosozumab", 210, "mg/month", 65, 66),), 70, True, 5e-4),
    "zoledronate": (ANNA, (Course("zoledronate", 5, "mg/year", 65, 68),), 70, True, 1e-3),
    "alendronate": (ANNA, (Course("alendronate", 10, "mg/day", 65, 68),), 67, True, 1e-3),
    "denosumab": (ANNA, (Course("denosumab", 60, "mg/6month", 65, 67),), 70, True, 1e-2),
}


@pytest.fixture(scope="module")
def exported(roadrunner):
    """Return (life, loaded model) by the name of a life, made once."""
    made = {}

    def get(name):
        if name not in made:
            person, courses, until, ageing, _ = LIVES[name]
            life = simulate(person, courses, until, ageing=ageing)
            model = roadrunner.RoadRunner(sbml.to_sbml(life))
            model.integrator.relative_tolerance = 1e-8
            model.integrator.absolute_tolerance = 1e-10
            made[name] = life, model
        return made[name]

    return get


@pytest.mark.parametrize("name", LIVES)
def test_bone_volume_of_the_export_agrees_with_the_calculator(exported, name):
    life, model = exported(name)
    model.reset()
    model.selections = ["time", "trabecular", "cortical"]
    result = model.simulate(times=[age - 20 for age in life.ages])
    for site in ("lumbar_spine", "total_hip"):
        share = getattr(life.parameters, f"share_{site}")
        volume = 100 * (share * result[:, 1] + (1 - share) * result[:, 2])
        assert volume == pytest.approx(np.array(life.series("bone_volume", site)), rel=LIVES[name][-1])


def test_a_life_with_links_is_exported_with_the_levels_they_left(roadrunner):
    courses = (Course("transdermal_estradiol", 50, "ug/day", 65), Course("prednisone", 7.5, "mg/day", 66))
    life = simulate(ANNA, courses, until=72, links=True)
    model = roadrunner.RoadRunner(sbml.to_sbml(life))
    model.integrator.relative_tolerance, model.integrator.absolute_tolerance = 1e-8, 1e-10
    model.selections = ["time", "trabecular", "cortisol", "homa_ir"]
    result = model.simulate(times=[age - 20 for age in life.ages])
    core = np.array(life.series("bone_volume", "iliac_crest"))
    assert 100 * result[:, 1] == pytest.approx(core, rel=2e-4)
    assert result[-1, 2] == pytest.approx(life.value("cortisol", 72), rel=1e-3)
    assert result[-1, 3] == pytest.approx(life.value("homa_ir", 72), rel=1e-3)


@pytest.mark.parametrize("name", LIVES)
def test_every_rate_of_change_of_the_export_equals_that_of_the_calculator(exported, name):
    """At the last age, with the levels of that age and arbitrary states, so that no solver stands between."""
    life, model = exported(name)
    model.reset()
    model.simulate(0, life.until - 20, 2)
    driver = Driver(life.person, life.parameters, life.ageing, life.courses, life.until)
    _, active = time_grid(life.person.menopause_age if life.ageing else None, life.courses, life.until)[-1]
    _, drive = driver(life.until, active)
    drive = drive._replace(drugs=drive.drugs._replace(denosumab=model["denosumab"] / 1000))
    moving = [name for name in State._fields if name in model.model.getRateRuleSymbols()]
    of_drugs = {state for states in sbml.DRUG_STATES.values() for state in states}
    assert set(State._fields) - of_drugs <= set(moving)
    generator = np.random.default_rng(1)
    for _ in range(5):
        state = young_state(life.parameters)
        state = state._replace(**{n: generator.uniform(0.4, 1.6) for n in moving})
        for n in moving:
            model[n] = getattr(state, n)
        expected = rates(state, drive, life.parameters)
        for n in moving:
            assert model[f"{n}'"] == pytest.approx(getattr(expected, n), rel=1e-6, abs=1e-8), n


@pytest.mark.parametrize("name", LIVES)
def test_rankl_and_opg_follow_from_what_the_export_computes(exported, name):
    """They are read off a life and are not exported: the export's `rankl` is the one that resorption obeys."""
    life, model = exported(name)
    p = life.parameters
    model.resetToOrigin()  # a plain reset keeps the doses that events have set
    model.simulate(times=[age - 20 for age in life.ages])
    beyond = model["signal_estrogen_lack"] * (p.rankl_estrogen_lack - p.weights["estrogen_lack", "rankl"])
    cortisol = p.weights["cortisol", "rankl"] * model["signal_cortisol"]
    opg = np.exp(-p.opg_share * (cortisol + p.teriparatide_rankl * model["teriparatide_slow"]))
    assert life.value("opg", life.until) == pytest.approx(opg, rel=1e-4)
    assert life.value("rankl", life.until) == pytest.approx(model["rankl"] * np.exp(beyond) * opg, rel=1e-3)
    assert "rankl_estrogen_lack" not in model.model.getGlobalParameterIds()


def test_parameters_have_their_names_and_values(exported):
    life, model = exported("menopause")
    ids = set(model.model.getGlobalParameterIds())
    shared = [row["name"] for row in data.rows("parameters") if row["name"] in ids]
    assert len(shared) > 40
    assert {name: model[name] for name in shared} == {name: getattr(life.parameters, name) for name in shared}
    assert model["weight_estrogen_lack_rankl"] == life.parameters.weights["estrogen_lack", "rankl"]


def test_only_drugs_that_are_given_move(exported):
    moving = {name: set(exported(name)[1].model.getRateRuleSymbols()) for name in ("menopause", "romosozumab")}
    assert "romosozumab" in moving["romosozumab"]
    assert not {"romosozumab", "denosumab", "bisphosphonate", "teriparatide_fast"} & moving["menopause"]


def test_readable_text_needs_no_other_package():
    text = sbml.to_antimony(ANNA, LIVES["estrogen restored and stopped"][1], until=70)
    assert "trabecular' " in text and "rankl := handle_rankl" in text
    assert "at (time >= 32.0): estradiol = 40.0" in text
    assert "// signals: 0 in a healthy young adult" in text


def test_a_person_gives_the_same_text_as_her_life():
    person, courses, until, ageing, _ = LIVES["teriparatide"]
    life = simulate(person, courses, until, ageing=ageing)
    assert sbml.to_antimony(person, courses, until, ageing=ageing) == sbml.to_antimony(life)


def test_arrays_of_parameters_are_refused():
    many = data.parameters().replace(precursor_time=np.array([100.0, 200.0]))
    with pytest.raises(InputError, match="precursor_time"):
        sbml.to_antimony(ANNA, parameters=many)
