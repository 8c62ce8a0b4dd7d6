from itertools import pairwise

import pytest

from osteolab import bmu, data
from osteolab.errors import InputError


def test_every_number_has_a_unit_a_source_and_lies_in_its_range():
    for row in data.rows("bmu"):
        assert float(row["low"]) <= float(row["value"]) <= float(row["high"]), row["name"]
        assert row["unit"] and row["source"] and row["grade"] and row["sentence"].endswith(".")


def test_the_published_order_of_durations():
    c = bmu.constants()
    assert 21 <= c["dig_days"] <= 31, "three to four weeks (Eriksen 1986)"
    assert 80 <= c["fill_days"] <= 110, "about three months (Eriksen 1986)"
    assert 40 <= c["pit_depth"] <= 60
    assert c["reversal_days"] < c["dig_days"] < c["fill_days"]


def test_the_same_seed_gives_the_same_calendar():
    assert bmu.calendar(1.4, 0.9, seed=7) == bmu.calendar(1.4, 0.9, seed=7)
    assert bmu.calendar(1.4, 0.9, seed=7) != bmu.calendar(1.4, 0.9, seed=8)


@pytest.fixture
def event():
    return bmu.Event(site=500, width=180, start=10, depth=50, dig_days=26, reversal_days=9, fill_days=100, refill=0.8)


def test_phases_follow_each_other(event):
    days = (0, 10, 35, 36, 44, 45, 144, 145)
    assert [event.phase(day) for day in days] == [
        "waiting", "digging", "digging", "reversal", "reversal", "filling", "filling", "quiet",
    ]  # fmt: skip


def test_a_site_is_dug_first_and_refilled_by_its_share(event):
    assert event.dug(10) == 0
    assert event.dug(36) == pytest.approx(50)
    assert event.filled(45) == 0
    assert event.filled(event.end) == pytest.approx(40)
    assert event.dug(500) - event.filled(500) == pytest.approx(10)


def test_digging_slows_down_as_measured(event):
    # Eriksen 1984: 19 um below osteoclasts after 8 days, 49 um below single-nucleus cells after 42
    slow = bmu.Event(500, 180, 0, 49.1, 42, 9, 100)
    assert slow.dug(8) == pytest.approx(19, abs=3.5)


def test_new_bone_hardens_most_of_the_way_soon_and_the_rest_over_years(event):
    c = bmu.constants()
    soon = event.fill_start + event.fill_days / 2 + c["mineral_lag"]
    assert event.mineral(soon - 1) == 0
    assert event.mineral(soon) == pytest.approx(c["first_mineral"])
    assert event.mineral(soon + c["ripening_half_time"]) == pytest.approx((1 + c["first_mineral"]) / 2)
    assert event.mineral(soon + 1e5) == pytest.approx(1)


def active(events, day):
    return [e for e in events if e.phase(day) in ("digging", "reversal", "filling")]


@pytest.mark.parametrize("pace", [0.5, 1, 2, 4])
def test_teams_never_work_at_the_same_place(pace):
    events = bmu.calendar(pace)
    for day in range(-100, 1095, 15):
        at_work = sorted(active(events, day), key=lambda e: e.site)
        for left, right in pairwise(at_work):
            assert right.site - left.site >= (left.width + right.width) / 2 - 1e-6


def test_pace_opens_more_sites():
    counts = [len(bmu.calendar(pace)) for pace in (0.5, 1, 2)]
    assert counts[1] == pytest.approx(2 * counts[0], abs=2)
    assert counts[2] == pytest.approx(2 * counts[1], abs=3)
    assert bmu.calendar(0) == ()


def mean_over_year(events, first):
    return sum(bmu.mean_levels(events, range(first, first + 365, 15))) / 25


def test_balance_holds_the_level_and_imbalance_lowers_it_for_good():
    even, uneven = bmu.calendar(1, 1), bmu.calendar(1, 0.8)
    assert mean_over_year(even, 730) == pytest.approx(mean_over_year(even, 0), abs=2)
    assert mean_over_year(uneven, 730) < mean_over_year(uneven, 0) - 8
    # long after the last site has closed, the balanced surface is whole and the other is not
    assert bmu.mean_level(even, 2000) == pytest.approx(0, abs=1e-6)
    assert bmu.mean_level(uneven, 2000) < -10


def test_speed_alone_costs_a_little_because_more_pits_are_open():
    slow, fast = bmu.calendar(1, 1), bmu.calendar(2, 1)
    assert -14 < mean_over_year(fast, 365) < mean_over_year(slow, 365) < -2


def test_the_quick_mean_equals_the_mean_of_the_surface():
    events = bmu.calendar(1.5, 0.9)
    assert not bmu.holes(events)
    for day in (0, 200, 900):
        levels = bmu.surface(events, day)
        assert bmu.mean_level(events, day) == pytest.approx(sum(levels) / len(levels))


def test_a_strut_that_is_cut_through_stays_so():
    events = bmu.calendar(4, 0.3)
    holes = bmu.holes(events)
    assert holes
    index, when = holes[0]
    thickness = bmu.constants()["strut_thickness"]
    assert bmu.surface(events, when - 3)[index] > -thickness
    for day in (when + 1, when + 300, 3000):
        assert bmu.surface(events, day)[index] == -thickness
    assert min(bmu.surface(events, 3000)) >= -thickness


def test_a_change_keeps_what_has_begun():
    first = bmu.calendar(1, 1)
    begun = tuple(e for e in first if e.start <= 300)
    later = bmu.calendar(2, 0.7, from_day=300, before=begun)
    kept = [e for e in later if e.start <= 300]
    assert [(e.site, e.start) for e in kept] == [(e.site, e.start) for e in begun]
    assert all(e.refill == 1 for e in kept if e.fill_start <= 300)
    assert all(e.refill == 0.7 for e in later if e.fill_start > 300)
    assert len(later) > len(first)


@pytest.mark.parametrize(("name", "value"), [("pace", -1), ("pace", 7), ("refill", 1.4), ("refill", -0.1)])
def test_limits_are_said(name, value):
    with pytest.raises(InputError, match=f"{name} is {value:g}; .* accepts 0 to"):
        bmu.calendar(**{name: value})
