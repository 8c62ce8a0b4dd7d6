"""The voxel lattice: one person, one plan, one lattice."""

import functools
import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
import pytest

from osteolab import Course, Person, bmu, simulate
from osteolab.errors import InputError, MissingLibrary
from osteolab.lattice import CAUSES, Lattice, microarchitecture, sites, stiffness
from osteolab.lattice.trabeculae import constants
from osteolab.lattice.worker import Worker

SEEDS, SIZE = (1, 2), 64
WOMAN = Person("female", 52, 51)
SPINE = "trabecular_spine"


def volume_at_80(courses):
    return simulate(WOMAN, courses, until=80).value("bone_volume", 80, SPINE)


def matched(low, high, make, wanted):
    """Return the courses after which bone volume at 80 is `wanted`, by halving the dose."""
    assert volume_at_80(make(low)) < wanted < volume_at_80(make(high)), "no dose reaches it"
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if volume_at_80(make(middle)) < wanted else (low, middle)
    return make(low)


def builder_and_brake(dose):
    return Course("teriparatide", dose, "ug/day", 75, 77), Course("alendronate", 10, "mg/day", 77)


EARLY = (Course("transdermal_estradiol", 50, "ug/day", 51),)
LATE = matched(1, 40, builder_and_brake, volume_at_80(EARLY))  # no brake alone makes up for so much so late
PLANS = {  # courses, where the plan leaves the untreated past, and how long it is followed
    "untreated": ((), 50, 30),
    "early": (EARLY, 51, 29),
    "late": (LATE, 75, 5),
    "brake": ((Course("alendronate", 10, "mg/day", 65),), 65, 15),
    "builder": ((Course("teriparatide", 20, "ug/day", 65, 67),), 65, 5),
}
LIVES = {name: simulate(WOMAN, courses, until=80) for name, (courses, *_) in PLANS.items()}
BALANCED = simulate(WOMAN, until=80, ageing=False)


@pytest.fixture(scope="module")
def young():
    return {seed: Lattice.young_vertebra(SIZE, seed) for seed in SEEDS}


@pytest.fixture(scope="module")
def histories(young):
    """Return the histories of a plan, one for each seed; a plan is remodelled when it is first asked for."""
    known = {}

    def get(name):
        if name not in known:
            _, start, years = PLANS[name]
            from_there = list(young.values())
            if name != "untreated":
                from_there = [history.lattice(start) for history in get("untreated")]
            known[name] = [bone.remodel(LIVES[name], years, start) for bone in from_there]
        return known[name]

    return get


@pytest.fixture(scope="module")
def untreated(histories):
    return histories("untreated")


@pytest.fixture(scope="module")
def balanced(young):
    """Return the same lattices in adults who do not age: what the rules do to a healthy lattice."""
    return [bone.remodel(BALANCED, 60, 20, every=60) for bone in young.values()]


@functools.cache
def measured(history, age):
    return microarchitecture.measure(history.voxels(age), history._lattice.voxel_um, True)


def mean(histories, column, age):
    """Return the mean of a measure over the seeds at an age."""
    return float(np.mean([measured(history, age)[column] for history in histories]))


# The young structure


def test_a_young_vertebra_has_published_measures(young):
    measures = [bone.measure() for bone in young.values()]
    usual = {name: np.mean([one[name] for one in measures]) for name in measures[0]}
    assert 0.15 < usual["bv_tv"] < 0.20
    assert 110 < usual["tb_th_um"] < 170
    assert 1.1 < usual["tb_n_per_mm"] < 1.6
    assert 550 < usual["tb_sp_um"] < 800
    assert 3 < usual["conn_d_per_mm3"] < 12


def test_a_young_vertebra_is_one_piece_with_teams_at_work(young):
    for bone in young.values():
        healed = bone.voxels
        for pit in bone._state.pits:
            healed.reshape(-1)[pit.voxels if pit.fill is None else pit.fill] = True
        sizes = np.bincount(microarchitecture.labels(healed, True)[0].ravel())[1:]
        assert sizes.max() > 0.995 * sizes.sum()
        assert len(bone._state.pits) > 3
        assert bone.age == 20 and bone.voxel_um == 25


def test_the_same_seed_gives_the_same_bone_and_history():
    life = simulate(WOMAN, until=56)
    pair = [Lattice.young_vertebra(24, 7, 40).remodel(life, 2, 52) for _ in range(2)]
    assert np.array_equal(pair[0].voxels(54), pair[1].voxels(54))
    assert pair[0].events().equals(pair[1].events())
    other = Lattice.young_vertebra(24, 8, 40)
    assert not np.array_equal(other.voxels, Lattice.young_vertebra(24, 7, 40).voxels)


def test_structure_is_periodic():
    """A wall that leaves on one side enters on the other: sides differ no more than neighbouring layers do."""
    bone = Lattice.young_vertebra(32, 3).voxels
    for axis in range(3):
        inside = np.mean(bone != np.roll(bone, 1, axis))
        seam = np.mean(np.take(bone, 0, axis) != np.take(bone, -1, axis))
        assert seam < 2.5 * inside


# The rules


def test_dates_and_depths_are_those_of_the_drawing(young):
    c, sizes = bmu.constants(), constants()
    events = [pit.event for bone in young.values() for pit in bone._state.pits]
    assert {e.dig_days for e in events} == {c["dig_days"]} and {e.fill_days for e in events} == {c["fill_days"]}
    assert {e.reversal_days for e in events} == {c["reversal_days"]}
    assert np.mean([e.depth for e in events]) == pytest.approx(c["pit_depth"], abs=5)
    assert np.std([e.depth for e in events]) == pytest.approx(sizes["pit_depth_spread"], abs=4)


def slab(thickness):
    """A plate across a cube of 32 voxels, and the pit in the middle of it."""
    bone = np.zeros((32, 32, 32), dtype=bool)
    bone[10 : 10 + thickness] = True
    c = {**bmu.constants(), **constants()}
    box = sites.Box(32, 25.0, 200)
    site = np.array([np.ravel_multi_index((10, 16, 16), bone.shape)])
    (taken,) = sites.pits(bone, site, np.array([50.0]), np.array([320.0]), box, c)
    event = bmu.Event(float(site[0]), 320, 0, 50, 26, 9, 100)
    return bone, sites.Pit(event, **taken), box


def test_a_pit_is_a_dish_of_two_layers_that_points_inwards():
    bone, pit, _ = slab(6)
    assert pit.inward == pytest.approx([1, 0, 0], abs=1e-6)
    x, y, z = np.unravel_index(pit.voxels, bone.shape)
    assert set(x) == {10, 11}
    assert (np.hypot(y - 16, z - 16) * 25 < 160).all()
    assert list(pit.due) == sorted(pit.due)
    volume = len(pit.voxels) * 0.025**3
    assert 0.0003 < volume < 0.0030, "cavities in human vertebrae: 0.0006 +/- 0.0003 mm3 (Goff 2012)"


def test_a_pit_in_a_thick_plate_has_a_floor_and_one_through_a_thin_plate_has_none():
    for thickness, floor in ((6, True), (3, True), (2, False)):
        bone, pit, _ = slab(thickness)
        bone.reshape(-1)[pit.voxels] = False
        firm = sites.with_floor(pit, bone.reshape(-1), 32)
        assert firm.all() == floor, thickness


def test_a_pit_does_not_undermine_bone_that_stands_on_it():
    bone, _, box = slab(6)
    bone[:10, 14:18, 14:18] = True  # a post on the plate, in the middle of the foot of the pit
    site = np.array([np.ravel_multi_index((10, 16, 11), bone.shape)])
    c = {**bmu.constants(), **constants(), "normal_reach": 60}
    (taken,) = sites.pits(bone, site, np.array([50.0]), np.array([320.0]), box, c)
    _, y, z = np.unravel_index(taken["voxels"], bone.shape)
    assert not ((y >= 15) & (y < 17) & (z >= 15) & (z < 17)).any()


def test_cracks_are_closed_as_by_a_morphological_closing():
    from scipy import ndimage

    bone = np.random.default_rng(1).random((16, 16, 16)) > 0.6
    box = sites.Box(16, 25.0, 100)
    cracks = sites.cracks(bone.reshape(-1), np.arange(bone.size), box)
    cross = ndimage.generate_binary_structure(3, 1)
    closed = ndimage.binary_closing(np.pad(bone, 4, mode="wrap"), cross)[4:-4, 4:-4, 4:-4]
    assert np.array_equal(np.sort(cracks), np.flatnonzero(closed & ~bone))


# Driven by the life


@pytest.mark.parametrize("plan", ["untreated", "early", "brake", "builder"])
def test_volume_is_that_of_the_calculator(histories, plan):
    for history in histories(plan):
        for age in history.ages:
            share = 100 * history.voxels(age).sum() / history._lattice._young.volume
            assert share == pytest.approx(LIVES[plan].value("bone_volume", age, SPINE), abs=1)


@pytest.mark.parametrize("plan", ["untreated", "early", "brake", "builder"])
def test_trabecular_number_and_thickness_are_those_of_the_calculator(histories, balanced, plan):
    """Within 5 points of percent, relative to the same lattices without ageing (two seeds; the fit has eight)."""
    _, start, years = PLANS[plan]
    for age in {start, 5 * ((start + years) // 5)} & set(range(20, 81, 5)):
        control = [measured(history, age)["tb_n_per_mm"] for history in balanced]
        own = [measured(history, age)["tb_n_per_mm"] for history in histories(plan)]
        number = 100 * float(np.mean(np.divide(own, control)))
        assert number == pytest.approx(LIVES[plan].value("trabecular_number", age), abs=5)
        volume = 100 * np.mean([h.voxels(age).sum() / h._lattice._young.volume for h in histories(plan)])
        assert 100 * volume / number == pytest.approx(LIVES[plan].value("thickness", age), abs=5)


def test_number_falls_as_published(histories, young):
    """Khosla 2006: -13 % from 20 to 90; here to 80, with what the lattice loses in health."""
    start = np.mean([bone.measure()["tb_n_per_mm"] for bone in young.values()])
    assert 0.78 < mean(histories("untreated"), "tb_n_per_mm", 80) / start < 0.93


def test_the_past_is_remodelled_too(untreated, young):
    assert untreated[0].ages[0] == 50 and untreated[0].ages[-1] == 80
    assert untreated[0].voxels(50).sum() == pytest.approx(
        young[1].voxels.sum() * LIVES["untreated"].value("bone_volume", 50, SPINE) / 100, rel=0.01
    )


def test_the_default_history_ends_with_the_life():
    history = Lattice.young_vertebra(24, 1, 40).remodel(simulate(WOMAN, until=58), years=3)
    assert history.ages == [55, 56, 57, 58]


def test_plans_share_every_voxel_until_they_part():
    bone = Lattice.young_vertebra(32, 1)
    brake, builder, longer = (
        bone.remodel(simulate(WOMAN, courses, until=until), 5, 63)
        for courses, until in ((PLANS["brake"][0], 68), (PLANS["builder"][0], 75), ((), 90))
    )
    for age in (63, 64, 65):
        assert np.array_equal(brake.voxels(age), builder.voxels(age))
        assert np.array_equal(brake.voxels(age), longer.voxels(age))
    assert not np.array_equal(brake.voxels(66), builder.voxels(66))


def test_a_history_can_be_continued(untreated, histories):
    shared = untreated[0].lattice(60)
    assert shared.age == 60
    again = shared.remodel(LIVES["untreated"], 2, 60)
    assert np.array_equal(again.voxels(62), untreated[0].voxels(62))
    assert np.array_equal(histories("brake")[0].voxels(65), untreated[0].voxels(65))


# What happens


def test_connectivity_never_rises_under_an_anti_resorptive(histories):
    """Measured on the mean of the seeds; the count of what was cut through can only grow."""
    found = histories("brake")
    start = mean(found, "conn_d_per_mm3", 65)
    for age in range(66, 81, 2):
        assert mean(found, "conn_d_per_mm3", age) <= start * 1.02
    for history in found:
        counts = [record.counts["snapped_strut"] for record in history._records]
        assert counts == sorted(counts)


def test_early_rescue_keeps_more_struts_than_late_at_equal_final_volume(histories):
    early, late = histories("early"), histories("late")
    volumes = [np.mean([h.voxels(80).sum() for h in found]) for found in (early, late)]
    assert volumes[0] == pytest.approx(volumes[1], rel=0.01)
    assert mean(early, "tb_n_per_mm", 80) > mean(late, "tb_n_per_mm", 80)
    lost = [np.mean([sum(h._records[-1].lost.values()) for h in found]) for found in (early, late)]
    assert lost[0] < lost[1]


def test_most_bone_is_lost_by_perforation_then_by_snapped_struts_then_as_fragments(untreated):
    """Liu 2008: 73.2, 18.9 and 7.9 % of the loss."""
    lost = {kind: sum(history.loss_volumes()[kind] for history in untreated) for kind in untreated[0].loss_volumes()}
    assert lost["perforation"] > lost["snapped_strut"] > lost["fragment"]
    assert sum(untreated[0].loss_shares().values()) == pytest.approx(100)


def test_a_builder_thickens_more_than_a_brake(histories):
    gain = {n: mean(histories(n), "tb_th_um", 67) - mean(histories(n), "tb_th_um", 65) for n in ("builder", "brake")}
    assert gain["builder"] > gain["brake"] + 3


def test_the_table(untreated):
    table = untreated[0].table()
    assert list(table.columns) == [
        "age_years", "bv_tv", "tb_th_um", "tb_n_per_mm", "tb_sp_um", "conn_d_per_mm3", "perforations",
        "snapped_struts", "relative_stiffness",
    ]  # fmt: skip
    assert list(table.age_years) == list(range(50, 81))
    assert table.notna().all().all()
    assert table.perforations.is_monotonic_increasing and table.snapped_struts.is_monotonic_increasing
    stiff = table.relative_stiffness
    assert 0 < stiff.iloc[-1] < stiff.iloc[0] < 1
    assert stiff.iloc[-1] / stiff.iloc[0] < table.bv_tv.iloc[-1] / table.bv_tv.iloc[0], (
        "stiffness falls faster than volume"
    )


def test_events_and_causes(untreated):
    for history in untreated:
        events = history.events()
        assert set(events.kind) <= {"perforation", "snapped_strut", "fragment"}
        assert events.age_years.between(50, 80).all() and (events.volume_um3 > 0).all()
        edge = SIZE * 25
        assert (
            events[["x_um", "y_um", "z_um"]].min().min() >= 0 and events[["x_um", "y_um", "z_um"]].max().max() <= edge
        )
        lost = history.lost(80)
        gone = history.voxels(50) & ~history.voxels(80)
        assert np.array_equal(lost > 0, gone)
        assert len(CAUSES) == 6 and lost.max() <= 5
        assert not history.lost(50).any()


def test_the_mechanostat_spares_loaded_bone():
    """One strut more or less decides a year of so small a lattice: it takes four years to show in each of two."""
    bone, life = Lattice.young_vertebra(32, 1), simulate(WOMAN, until=60)
    energies = {}
    for share in (0.0, 1.0):
        worker = Worker(bone._state.copy(), bone.voxel_um, 1, share)
        worker.loaded = stiffness.solve(bone.voxels).energy
        free = sites.surface(worker.state.bone)
        chosen = worker._chosen(free, 4000, np.random.default_rng(1))
        place = tuple(index // 2 for index in np.unravel_index(chosen, (32,) * 3))
        energies[share] = worker.loaded[place].mean()
    assert energies[1.0] < 0.6 * energies[0.0]
    for young in (bone, Lattice.young_vertebra(32, 2)):
        spared, plain = (young.remodel(life, 4, 30, mechanostat=share, every=4) for share in (1.0, 0.0))
        assert spared.table().relative_stiffness.iloc[-1] > plain.table().relative_stiffness.iloc[-1]


# Manners


def test_progress_is_told_on_the_error_stream_or_to_a_callable():
    bone, life, told = Lattice.young_vertebra(24, 1, 40), simulate(WOMAN, until=40), []
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        bone.remodel(life, 1, 20, progress=True)
    assert out.getvalue() == "" and "100 %" in err.getvalue()
    bone.remodel(life, 1, 21, progress=told.append)
    assert told == sorted(told) and told[-1] == 1


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"size": 10}, "size is 10 voxels; the calculator accepts 24 to 128"),
        ({"size": 32.5}, "size is 32.5; a whole number"),
        ({"seed": -1}, "seed is -1; a whole number"),
        ({"voxel_um": 5}, "voxel_um is 5 um; the calculator accepts 20 to 60"),
    ],
)
def test_what_a_lattice_refuses(kwargs, message):
    with pytest.raises(InputError, match=message):
        Lattice.young_vertebra(**kwargs)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((LIVES["untreated"], 30, 60), "would end at 90; the life was computed to 80"),
        ((LIVES["untreated"], 0), "years is 0 years"),
        ((LIVES["untreated"], 5, 19), "start is 19 years of age; the calculator accepts 20 to 80"),
        (("anna", 5), "life is 'anna'; a Life is needed"),
    ],
)
def test_what_remodelling_refuses(young, args, message):
    with pytest.raises(InputError, match=message):
        young[1].remodel(*args)


def test_ages_outside_the_history_are_refused(untreated):
    with pytest.raises(InputError, match="age is 45 years; the calculator accepts 50 to 80"):
        untreated[0].voxels(45)


def test_without_numpy_one_sentence_says_what_is_missing(monkeypatch):
    for name in [n for n in sys.modules if n.startswith("osteolab.lattice")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numpy", None)
    said = r"^The lattice needs numpy, which this installation does not have; install numpy\.$"
    with pytest.raises(MissingLibrary, match=said) as caught:
        import osteolab.lattice  # noqa: F401
    assert caught.value._render_traceback_() == [str(caught.value)]


def test_the_calculator_alone_does_not_need_numpy():
    code = "import sys, osteolab, osteolab.bmu; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
