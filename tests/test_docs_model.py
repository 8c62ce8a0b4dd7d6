"""The pages on the model agree with the calculator."""

import importlib.util
import re
from pathlib import Path

import pytest

from osteolab import Course, Person, data, simulate
from osteolab.equations import State
from osteolab.risk import absolute_risk, published_rate
from osteolab.signals import HANDLES
from osteolab.trial_results import density_shares

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "model"


def provenance():
    spec = importlib.util.spec_from_file_location("make_provenance", ROOT / ".ci" / "make_provenance.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def traverse():
    """The man of TRAVERSE: percent of density after two years and fracture ratios over 38 months."""
    man, before = Person("male", 63), Course("testosterone", 227, "ng/dL", 58, 63)
    treated = simulate(man, [before, Course("testosterone", 370, "ng/dL", 63)], until=68)
    untreated = simulate(man, [before, Course("testosterone", 227, "ng/dL", 63)], until=68)
    ages = [63 + (i + 0.5) / 12 for i in range(38)]
    found = {}
    for name, site in (("core", "trabecular_spine"), ("hip", "total_hip")):
        found[name] = 100 * (treated.value("bmd", 65, site) / untreated.value("bmd", 65, site) - 1)
    for name in ("any", "vertebral"):
        rates = [sum(life.series("fracture_rate", f"{name}_fracture", ages)) for life in (treated, untreated)]
        found[name] = rates[0] / rates[1]
    return found


def test_provenance_is_up_to_date():
    module = provenance()
    assert module.PAGE.read_text(encoding="utf-8") == module.page(), "run python .ci/make_provenance.py"


def test_every_parameter_has_a_layer_and_a_source():
    module = provenance()
    for row in data.rows("parameters"):
        assert module.layer_of(row["name"]) and row["source"] and row["sentence"]


@pytest.mark.parametrize(
    ("words", "name", "tolerance"),
    [
        ("trabecular density of the spine", "core", 0.6),
        ("hip density", "hip", 0.06),
        ("all fractures, treated against untreated", "any", 0.006),
        ("vertebral fractures", "vertebral", 0.006),
    ],
)
def test_the_page_on_what_cannot_be_known_shows_what_the_calculator_predicts(words, name, tolerance):
    page = (PAGES / "cannot-know.md").read_text(encoding="utf-8")
    shown = re.search(rf"\| {words} \| \+?([\d.]+)", page)
    assert shown, words
    assert traverse()[name] == pytest.approx(float(shown[1]), abs=tolerance)


def test_the_calculator_contradicts_the_fracture_trial_of_testosterone_and_says_so():
    """Snyder 2024: hazard ratio 1.43 (1.04 to 1.97); a density model predicts less than 1."""
    assert traverse()["any"] < 1
    claims = {row["claim"]: row["status"] for row in data.rows("claims")}
    assert claims["Testosterone therapy lowers fracture risk"] == "contradicted"
    page = (PAGES / "cannot-know.md").read_text(encoding="utf-8")
    assert page.index("1.43 (1.04 to 1.97)") < 1500


def test_the_equations_name_every_state_and_handle():
    page = (PAGES / "equations.md").read_text(encoding="utf-8").lower()
    for handle in HANDLES:
        assert handle in page, handle
    for state in State._fields:
        assert state.removeprefix("trabecular_").removeprefix("cortical_") in page, state


def test_links_between_pages_lead_somewhere():
    later = {"fit.md"}  # written by the fit
    for page in PAGES.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists() or target in later, f"{page.name}: {target}"


def cells(page, first):
    """The cells of the row of a page's tables that begins with some words."""
    lines = (PAGES / page).read_text(encoding="utf-8").splitlines()
    return next([cell.strip() for cell in line.strip("| ").split("|")] for line in lines if line.startswith(first))


@pytest.mark.parametrize(
    ("word", "sex", "age"), [(w, s, a) for w, s in (("woman", "female"), ("man", "male")) for a in (65, 75, 85)]
)
def test_the_page_on_risk_shows_what_the_calculator_finds(word, sex, age):
    life = simulate(Person(sex, 65), until=100)
    shown = cells("risk.md", f"| {word} of {age} ")
    one, five, ten = (absolute_risk(life, age, years) for years in (1, 5, 10))
    assert float(shown[1]) == published_rate("hip_fracture", sex, age).rate
    assert shown[2:4] == [f"{one.per_1000:.1f}", f"{five.per_1000:.1f} ({five.low:.1f} to {five.high:.1f})"]
    assert shown[4:] == [f"{ten.per_1000:.1f} ({ten.low:.1f} to {ten.high:.1f})", f"{ten.population:.1f}"]


def test_the_page_on_risk_shows_the_share_of_density_of_every_trial():
    page = (PAGES / "risk.md").read_text(encoding="utf-8")
    for share in density_shares():
        found = f"| {share.density_ratio:.2f} | {share.ratio:g} ({share.ratio_low:g} to {share.ratio_high:g}) | "
        parts = "– | –" if share.share is None else f"{100 * share.share:.0f} ({100 * share.low:.0f} to "
        assert found + parts in page, share.study


@pytest.mark.parametrize("page", ["README.md", "docs/data.md"])
def test_pages_count_the_published_results_as_the_table_does(page):
    outcomes, studies = data.rows("published_outcomes"), data.rows("published_topics")
    text = (ROOT / page).read_text(encoding="utf-8")
    counts = re.search(r"(\d+) (?:published results|group means) of (\d+) studies(?:, (\d+) of them of density)?", text)
    assert (int(counts[1]), int(counts[2])) == (len(outcomes), len(studies))
    if counts[3]:
        assert int(counts[3]) == sum(row["quantity"] in ("bmd", "vbmd") for row in outcomes)
