"""The data package: described, valid, sourced, and true to the published facts it rests on."""

import csv
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from frictionless import Package

from osteolab import Course, Person

DATA = Path(__file__).resolve().parents[1] / "data"
TABLES = sorted(path.stem for path in DATA.glob("*.csv"))
LEVELS = {"estradiol", "testosterone", "igf1", "cortisol", "homa_ir", "il6"}
SITES = {"lumbar_spine", "total_hip", "femoral_neck", "trabecular_spine"}
RECALL = {"verified", "recalled-high", "recalled-low"}

GLOSSARY_MUST_HAVE = """
aromatase, bone balance, bone deficit, bone formation, bone mineral density, bone resorption, bone
turnover, bisphosphonate, claim grade, connectivity, cortical bone, cortisol, coupling, CTX, denosumab,
DXA, estradiol, estrogen, femoral neck, fracture risk, glucocorticoid, GnRH, growth hormone, HOMA-IR,
hypogonadism, IGF-1, IL-6, insulin resistance, lumbar spine, menopause, mineralisation, OPG, osteoblast,
osteoclast, osteocyte, osteopenia, osteoporosis, P1NP, peak bone mass, perforation, preosteoblast, QCT,
RANK, RANKL, rebound, reference range, relative risk, remodeling, romosozumab, sclerostin, standard
deviation, strength index, strut, T-score, teriparatide, testosterone, total hip, trabecular bone,
uncertainty band, Z-score
"""


def rows(table):
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def descriptor():
    return json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def resources(descriptor):
    return {resource["name"]: resource for resource in descriptor["resources"]}


# The description


def test_package_is_valid():
    report = Package(str(DATA / "datapackage.json")).validate()
    faults = [f"{task.name}: {error.message}" for task in report.tasks for error in task.errors]
    warnings = [*report.warnings, *(w for task in report.tasks for w in task.warnings)]
    assert not faults and not report.errors, faults or report.errors
    assert not warnings
    assert report.valid


def test_every_table_is_described_and_nothing_else(resources):
    assert sorted(resources) == TABLES
    assert all(resource["path"] == f"{name}.csv" for name, resource in resources.items())


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_described_in_the_order_of_the_file(table, resources):
    fields = resources[table]["schema"]["fields"]
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == [field["name"] for field in fields]
    assert all(field["description"] for field in fields)


def test_every_number_has_a_unit(resources):
    for name, resource in resources.items():
        for field in resource["schema"]["fields"]:
            if field["type"] in ("number", "integer"):
                assert field.get("unit"), f"{name}.{field['name']} has no unit in datapackage.json"


def test_package_says_licence_sources_and_purpose(descriptor):
    assert descriptor["licenses"] and descriptor["sources"]
    assert "not for diagnosis or treatment" in descriptor["description"]


@pytest.mark.parametrize("table", TABLES)
def test_files_are_plain_csv(table):
    raw = (DATA / f"{table}.csv").read_bytes()
    assert b"\r" not in raw and not raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\n")
    assert all(cell == cell.strip() for row in rows(table) for cell in row.values())


# Unit, source, grade


@pytest.mark.parametrize("table", TABLES)
def test_each_figure_has_unit_source_and_grade(table):
    for row in rows(table):
        # How far a teaching control can be moved is a choice, not a finding: it has no grade.
        graded = row.get("source") != "Teaching control"
        for column in ("unit", "source", "citation", "status", *(("grade", "confidence") if graded else ())):
            assert row.get(column, "-"), f"{table}: an empty {column} in {row}"


@pytest.mark.parametrize(
    "table", ["reference_ranges", "natural_history", "bmd_reference", "bmd_by_age", "density_classes"]
)
def test_reference_tables_carry_unit_source_and_grade(table):
    for row in rows(table):
        assert row["unit"] and row["grade"] in RECALL
        assert re.search(r"[A-Z][A-Za-z-]+ (19|20)\d\d", row["source"]), f"{table}: {row['source']}"


def test_levels_have_one_unit_everywhere():
    units = {row["name"]: row["unit"] for row in rows("levels")}
    for table in ("reference_ranges", "natural_history"):
        assert all(row["unit"] == units[row["level"]] for row in rows(table))


@pytest.mark.parametrize(
    ("table", "value"),
    [("parameters", "value"), ("signal_matrix", "weight"), ("bmu", "value"), ("lattice", "value")],
)
def test_values_lie_in_their_range(table, value):
    for row in rows(table):
        assert float(row["low"]) <= float(row[value]) <= float(row["high"]), row


# Reference ranges and drift with age


def bands(level, sex, menopause):
    group = (level, sex, menopause)
    found = [r for r in rows("reference_ranges") if (r["level"], r["sex"], r["menopause"]) == group]
    return sorted((float(r["age_from"]), float(r["age_to"]), float(r["low"]), float(r["high"])) for r in found)


@pytest.mark.parametrize("level", sorted(LEVELS))
@pytest.mark.parametrize(("sex", "menopause"), [("female", "before"), ("female", "after"), ("male", "any")])
def test_ranges_cover_20_to_100_without_gap_or_overlap(level, sex, menopause):
    found = bands(level, sex, menopause)
    assert (found[0][0], found[-1][1]) == (20, 100)
    assert all(start < stop for start, stop, *_ in found)
    assert all(before[1] == after[0] for before, after in pairwise(found))


def test_ranges_know_no_other_group():
    groups = {(row["sex"], row["menopause"]) for row in rows("reference_ranges")}
    assert groups == {("female", "before"), ("female", "after"), ("male", "any")}


def test_low_is_below_high_and_the_band_fits_on_the_slider():
    ends = {r["name"]: (float(r["slider_minimum"]), float(r["slider_maximum"])) for r in rows("levels")}
    for row in rows("reference_ranges"):
        left, right = ends[row["level"]]
        assert left <= float(row["low"]) < float(row["high"]) <= right, row


def test_young_mean_lies_in_the_young_band_of_that_sex():
    for row in rows("reference_ranges"):
        if row["menopause"] in ("before", "any") and row["age_from"] == "20":
            assert float(row["low"]) < float(row["young_mean"]) < float(row["high"]), row


def test_young_means_are_those_of_the_calculator():
    found = {(row["level"], row["sex"]): float(row["young_mean"]) for row in rows("reference_ranges")}
    women = {"estradiol": 100, "testosterone": 35, "igf1": 190, "cortisol": 8, "homa_ir": 1.2, "il6": 1.5}
    men = women | {"estradiol": 25, "testosterone": 600}
    for level in LEVELS:
        assert (found[level, "female"], found[level, "male"]) == (women[level], men[level])


def drift(level, sex):
    found = [r for r in rows("natural_history") if (r["level"], r["sex"]) == (level, sex)]
    return {float(r["age"]): float(r["value"]) for r in found}


@pytest.mark.parametrize("level", sorted(LEVELS - {"estradiol"}))
@pytest.mark.parametrize("sex", ["female", "male"])
def test_drift_runs_from_20_to_100(level, sex):
    ages = list(drift(level, sex))
    assert ages == sorted(ages) and ages[0] == 20 and ages[-1] == 100


@pytest.mark.parametrize("level", sorted(LEVELS - {"estradiol"}))
@pytest.mark.parametrize("sex", ["female", "male"])
def test_usual_level_lies_in_its_usual_range(level, sex):
    menopause = "any" if sex == "male" else "after"
    for start, stop, low, high in bands(level, sex, menopause):
        inside = [value for age, value in drift(level, sex).items() if start <= age < stop]
        assert all(low < value < high for value in inside)


def test_igf1_follows_the_published_medians():
    facts = [f for f in rows("reference_facts") if f["quantity"].startswith("serum IGF-1 (iSYS) median")]
    medians = {float(re.search(r"~(\d+) y", f["population"])[1]): float(f["value"]) for f in facts}
    assert len(medians) == 6
    for sex in ("female", "male"):
        assert {age: drift("igf1", sex)[age] for age in medians} == medians


# Bone density references against the published facts


def fact(quantity, population):
    facts = rows("reference_facts")
    found = [f for f in facts if quantity in f["quantity"] and population in f["population"]]
    assert len(found) == 1, (quantity, population, len(found))
    return float(found[0]["value"]), float(found[0]["spread"].removeprefix("SD ")), found[0]["confidence"]


def reference(site, sex, use):
    found = [r for r in rows("bmd_reference") if (r["site"], r["sex"], r["use"]) == (site, sex, use)]
    assert len(found) == 1, (site, sex, use)
    return float(found[0]["mean"]), float(found[0]["sd"]), found[0]["grade"]


FACT_OF = {
    ("lumbar_spine", "female"): ("lumbar_spine mean BMD", "US women 21-30"),
    ("lumbar_spine", "male"): ("lumbar_spine mean BMD", "US men 21-30"),
    ("total_hip", "female"): ("total_hip reference mean", "white women 20-29"),
    ("total_hip", "male"): ("total_hip reference mean", "white men 20-29"),
    ("femoral_neck", "female"): ("femoral_neck reference mean", "white women 20-29"),
    ("femoral_neck", "male"): ("femoral_neck reference mean", "white men 20-29"),
}


@pytest.mark.parametrize(("site", "sex"), sorted(FACT_OF))
def test_young_references_equal_the_facts(site, sex):
    expected = fact(*FACT_OF[site, sex])
    assert reference(site, sex, "own_sex") == expected
    assert reference(site, sex, "young_mean") == expected
    if sex == "female":
        assert reference(site, sex, "t_score") == expected


def test_t_scores_have_one_reference_a_site():
    found = [(row["site"], row["sex"]) for row in rows("bmd_reference") if row["use"] == "t_score"]
    assert sorted(found) == sorted((site, "female") for site in SITES | {"distal_radius"})


def decades(site, sex):
    return {float(r["age"]): r for r in rows("bmd_by_age") if (r["site"], r["sex"]) == (site, sex)}


@pytest.mark.parametrize("site", sorted(SITES))
@pytest.mark.parametrize("sex", ["female", "male"])
def test_z_scores_have_every_decade(site, sex):
    ages = sorted(decades(site, sex))
    assert ages in ([25, 35, 45, 55, 65, 75], [25, 35, 45, 55, 65, 75, 85])


@pytest.mark.parametrize(
    ("site", "sex", "quantity", "words"),
    [
        ("lumbar_spine", "female", "lumbar_spine mean BMD", "US women {}1-{}0 y"),
        ("lumbar_spine", "male", "lumbar_spine mean BMD", "US men {}1-{}0 y"),
        ("total_hip", "male", "total_hip mean BMD", "US men {}1-{}0 y"),
    ],
)
def test_decades_equal_the_facts(site, sex, quantity, words):
    for decade in range(2, 8):
        row = decades(site, sex)[decade * 10 + 5]
        found = (float(row["mean"]), float(row["sd"]), row["grade"])
        assert found == fact(quantity, words.format(decade, decade + 1))


def test_femoral_neck_of_women_equals_the_facts():
    for decade in range(3, 8):
        row = decades("femoral_neck", "female")[decade * 10 + 5]
        expected = fact("femoral_neck mean BMD", f"white women {decade}0-{decade}9 y")
        assert (float(row["mean"]), float(row["sd"]), row["grade"]) == expected


def test_density_classes_meet_without_gap():
    for method, limits in (("dxa", (-2.5, -1.0)), ("qct", (80, 120))):
        found = {row["class"]: row for row in rows("density_classes") if row["method"] == method}
        assert float(found["osteoporosis"]["high"]) == float(found["low_bone_mass"]["low"]) == limits[0]
        assert float(found["low_bone_mass"]["high"]) == float(found["normal"]["low"]) == limits[1]


# Treatments, conditions and published results


@pytest.mark.parametrize("table", ["levels", "treatments", "conditions", "controls", "lab_sliders"])
def test_labels_fit_beside_a_slider(table):
    assert all(len(row["label"]) <= 18 for row in rows(table))


@pytest.mark.parametrize("table", ["treatments", "conditions"])
def test_doses_are_consistent_and_names_belong_to_one_table(table):
    others = {row["name"] for other in ("treatments", "conditions", "controls", "levels") for row in rows(other)}
    assert len(others) == sum(len(rows(other)) for other in ("treatments", "conditions", "controls", "levels"))
    for row in rows(table):
        low, high, step = (float(row[name]) for name in ("minimum", "maximum", "step"))
        assert low == 0 and 0 < step <= high
        assert round(high / step, 9) == round(high / step), row["name"]
        assert row["unit"] != "on" or (high, step) == (1, 1)


def test_every_study_has_one_topic_and_a_citation():
    studies = {row["study"]: row["citation"] for row in rows("published_arms")}
    assert sorted(studies) == sorted(row["study"] for row in rows("published_topics"))
    assert all(re.search(r"[A-Za-z]{3}", citation) for citation in studies.values())


def test_studies_that_share_people_are_marked_in_pairs_at_least():
    people = {row["study"]: row["people"] for row in rows("published_topics")}
    names = [name for name in people.values() if name]
    assert all(people[name] == name and names.count(name) >= 2 for name in names)


def test_a_study_named_in_the_note_of_another_shares_its_people():
    """A note such as "part of saag2009" is an overlap, and the table of topics has to say so."""
    people = {row["study"]: row["people"] for row in rows("published_topics")}
    for row in rows("published_arms"):
        for other in set(re.findall(r"[a-z_]+\d{4}", row["note"])) & set(people) - {row["study"]}:
            assert people[row["study"]] and people[row["study"]] == people[other], (row["arm"], other)


@pytest.mark.parametrize("table", ["published_arms", "published_outcomes", "published_sources", "course_facts"])
def test_no_name_stands_twice(table):
    first = [next(iter(row.values())) for row in rows(table)]
    assert len(first) == len(set(first))


def test_every_source_is_that_of_a_published_result():
    assert {row["outcome_id"] for row in rows("published_sources")} <= {row["id"] for row in rows("published_outcomes")}


def test_every_published_result_has_a_standard_error_above_zero():
    assert all(float(row["se"]) > 0 for row in rows("published_outcomes"))


def test_published_courses_are_courses_the_calculator_accepts():
    arms = {row["arm"] for row in rows("published_arms")}
    for row in rows("published_courses"):
        assert row["arm"] in arms, row
        assert not row["to_month"] or float(row["to_month"]) > float(row["from_month"]), row
        assert Course(row["what"], float(row["level"]), row["unit"], start=50).unit == row["unit"]


def test_published_results_name_arms_of_the_table():
    arms = {row["arm"]: row for row in rows("published_arms")}
    for row in rows("published_outcomes"):
        assert row["arm"] in arms and row["minus_arm"] in {"", *arms}
        compared = row["unit"] in ("percentage_points", "percent_difference", "g/cm2", "ratio")
        assert compared == bool(row["minus_arm"]), row["id"]
        changes = row["unit"] in ("percent_change", "percent_per_year", "percentage_points", "g/cm2")
        assert changes == bool(row["from_month"]), row["id"]
        assert not changes or float(row["from_month"]) < float(row["month"]), row["id"]


def test_men_have_no_menopause():
    assert all(row["menopause_age_years"] == "" for row in rows("published_arms") if row["sex"] == "male")


# People, words, claims


def test_people_are_consistent():
    for row in rows("people"):
        assert row["label"].startswith(f"{row['name'].capitalize()}, {row['age']}")
        if row["sex"] == "male":
            assert row["menopause_age"] == ""
        else:
            assert row["menopause_age"] == "none" or 35 <= float(row["menopause_age"]) <= 62
        assert Person.preset(row["name"]).describe() == row["label"]


def test_glossary_has_the_terms_of_the_course():
    terms = {row["term"] for row in rows("glossary")}
    wanted = set(" ".join(GLOSSARY_MUST_HAVE.split()).split(", "))
    assert wanted <= terms, sorted(wanted - terms)


def test_glossary_is_sorted_linked_and_one_sentence_each():
    words = rows("glossary")
    terms = [row["term"] for row in words]
    assert terms == sorted(terms, key=str.lower)
    for row in words:
        see = [word for word in row["see"].split("; ") if word]
        assert row["term"] not in see and set(see) <= set(terms), row["term"]
        assert row["plain"].endswith(".") and row["plain"].count(". ") == 0, row["term"]
        assert "\u2014" not in row["plain"]


def test_claims_are_numbered_without_gap():
    numbers = [row["claim_id"] for row in rows("claims")]
    assert numbers == [f"C{i:02d}" for i in range(1, len(numbers) + 1)]
