import pytest

from fake_lab import FakeLab
from osteolab import Person, simulate
from osteolab.errors import InputError
from osteolab.lab.cards.scan_report import NOTICE, ScanReport, class_words


@pytest.fixture(scope="module")
def anna():
    return simulate(Person.preset("anna"), until=80)


def test_all_sites_with_the_numbers_of_the_calculator(anna):
    text = repr(ScanReport(anna, age=65))
    scan = anna.at(65, "lumbar_spine")
    assert text.splitlines()[0] == "Scan report: Anna, woman, 65 at the scan, last period at 50"
    assert f"Lumbar spine: BMD {scan.bmd:.3f} g/cm²" in text
    assert "Femoral neck" in text and "Total hip" in text
    assert text.splitlines()[-1].startswith("The lowest T-score is −")


def test_the_table_can_be_read_by_a_screen_reader(anna):
    page = ScanReport(anna, age=65)._page.value
    assert page.count('scope="row"') == 3
    assert page.count('scope="col"') == 6
    assert "<caption" in page
    assert NOTICE in page
    for word in ("BMD", "T-score", "Z-score"):
        assert f"<dt>{word}</dt>" in page


def test_the_report_offers_to_be_printed_alone_once_it_can_be_read(anna):
    button = '<button type="button" class="ol-link ol-print">Print this report</button>'
    assert button in ScanReport(anna, age=65)._page.value
    veiled = FakeLab()
    veiled.veiled = True
    assert button not in ScanReport(veiled)._page.value


def test_the_report_follows_the_lab():
    lab = FakeLab(estradiol=7)
    report = ScanReport(lab)
    before = repr(report)
    lab.set(estradiol=60)
    assert repr(report) != before
    lab.set(scan_age=75)
    assert "75 at the scan" in repr(report)
    assert "75 at the scan" in report._page.value


def test_a_veiled_lab_gives_nothing_away():
    report = ScanReport(FakeLab(veiled=True))
    assert repr(report) == "Scan report: The report is printed once the lab above has your prediction."
    assert "g/cm²" not in report._page.value


def test_classes_are_not_used_before_menopause(anna):
    report = ScanReport(anna, age=40)
    assert not report.classified
    assert "not used at this age" in report._page.value
    assert "Z-score" in report.summary()
    assert "still has periods" in repr(report)


def test_the_class_belongs_to_the_t_score_as_printed(anna):
    for age in range(51, 81):
        for _, scan in ScanReport(anna, age=age).scans():
            printed = round(scan.t_score, 1)
            expected = "osteoporosis" if printed <= -2.5 else "low bone mass (osteopenia)" if printed < -1 else "normal"
            assert class_words(scan) == expected


def test_a_man():
    report = ScanReport(simulate(Person.preset("ben"), until=80), age=70)
    assert repr(report).splitlines()[0] == "Scan report: Ben, man, 70 at the scan"
    assert report.classified


def test_text_form_is_whole_in_a_saved_notebook(anna):
    report = ScanReport(anna, age=65)
    assert report._repr_mimebundle_()["text/plain"] == repr(report)


def test_anything_else_is_refused():
    with pytest.raises(InputError, match="takes a lab or a life"):
        ScanReport("anna")
