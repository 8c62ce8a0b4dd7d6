"""What a rescue does to a piece of trabecular bone: computed now, or read from what was computed beforehand.

Importing this needs nothing but the package itself; numpy, scipy and scikit-image are loaded when a rescue is computed.
Where they are missing, the rescues of data/lattice_examples.json remain: the same bone, computed beforehand.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from typing import Any

from osteolab import data
from osteolab.errors import InputError, choice
from osteolab.kept import Kept
from osteolab.life import Life
from osteolab.person import Person
from osteolab.plan import Plan
from osteolab.simulate import simulate
from osteolab.treatments import Course

NOTHING, BRAKE, BUILDER = "nothing", "brake", "builder"
WITH = (NOTHING, BRAKE, BUILDER)
BRAKES = {"alendronate": (10.0, "mg/day"), "transdermal_estradiol": (50.0, "ug/day")}
BUILDER_DOSE = ("teriparatide", 20.0, "ug/day")
BUILDER_YEARS = 2  # as approved, and as trials gave it
PLANES = 3  # bone, cut through a plate, cut through a strut or loose
STRUTS_PER_RING = 3  # where three struts meet at a node, a network has three struts for each ring
EXAMPLES = "lattice_examples.json"
RESCUES = (52, 62)  # ages of the stored ones
PACES = (100.0, 300.0)  # the ends of the slider for demolition, percent of a young adult; stored for a brake
NEEDED = ("numpy", "scipy")
PACE = "resorption_pace"
MENOPAUSE = 50.0


@dataclass(frozen=True)
class Bone:
    """The piece of bone and the person: everything two rescues share.

    Attributes
    ----------
    person : Person
    since, until : int
        Ages at the two ends, years.
    step : int
        Years between two records.
    size, seed, voxel_um : int, int, float
        Voxels along an edge, which bone, and the edge of a voxel; see :class:`osteolab.lattice.Lattice`. At 33 um the
        piece is 2.1 mm wide: about twice the struts of one of 1.6 mm, in the same time.
    brake : str
        Drug of the brake, a key of BRAKES.
    resorption_pace : float or None
        Osteoclasts held at this pace (percent of a young adult) from the last period until the rescue; None: nature.
    """

    person: Person
    since: int = 46
    until: int = 80
    step: int = 2
    size: int = 64
    seed: int = 2
    voxel_um: float = 33.0
    brake: str = "alendronate"
    resorption_pace: float | None = None

    @property
    def ages(self) -> tuple[int, ...]:
        """Ages of the records, years."""
        return tuple(range(self.since, self.until + 1, self.step))

    @property
    def last_period(self) -> float | None:
        """Age at the last period, years."""
        age = self.person.menopause_age
        return None if age is None else float(age)

    @property
    def key(self) -> dict[str, Any]:
        """What a stored bone must have in common with this one."""
        person = {"sex": self.person.sex, "menopause_age": self.person.menopause_age}
        person["peak_bone_mass_sd"] = self.person.peak_bone_mass_sd
        rest = {name: getattr(self, name) for name in ("since", "until", "step", "size", "seed", "voxel_um", "brake")}
        return person | rest | {"resorption_pace": self.resorption_pace}


def usual_bone(**changes: Any) -> Bone:
    """Return the bone the lab has if nothing else is asked for, with changes."""
    since = changes.get("since", Bone.since)
    person = Person("female", since, menopause_age=changes.pop("menopause_age", MENOPAUSE))
    return Bone(person, **changes)


@dataclass(frozen=True)
class Rescue:
    """A rescue: nothing, a brake or a builder, and when (years)."""

    kind: str = NOTHING
    age: int = 52

    def courses(self, bone: Bone) -> tuple[Course, ...]:
        """Return what the calculator is told: the hand on the crew before the rescue, and the drugs after it."""
        found = []
        start = None if self.kind == NOTHING else self.age
        last_period = bone.last_period
        if bone.resorption_pace is not None and last_period is not None and (start is None or start > last_period):
            found.append(Course(PACE, bone.resorption_pace, "percent", last_period, start))
        brake_from = start
        if start is not None and self.kind == BUILDER:
            brake_from = start + BUILDER_YEARS
            found.append(Course(*BUILDER_DOSE, start, brake_from))
        if brake_from is not None:
            found.append(Course(bone.brake, *BRAKES[bone.brake], brake_from))
        return tuple(found)


def rescue_of(bone: Bone, plan: Plan) -> tuple[Rescue, float | None]:
    """Return the rescue of a plan and the pace that is held before it.

    Raises
    ------
    InputError
        If the plan is about another person, or is no rescue that this piece of bone can show.
    """
    pace = next((course.level for course in plan.of(PACE)), None)
    drugs = plan.without(PACE).courses
    kind = NOTHING if not drugs else BUILDER if drugs[0].what == BUILDER_DOSE[0] else BRAKE
    found = Rescue(kind, int(drugs[0].start)) if drugs else Rescue()
    if plan.person != bone.person or plan.courses != found.courses(replace(bone, resorption_pace=pace)):
        raise InputError(
            f"the plan {plan.label!r} cannot be shown here; this lab shows its twins with nothing, a brake or a builder"
        )
    return found, pace


@dataclass(frozen=True)
class Fate:
    """What became of the bone under a rescue: measures at each age, and the voxels as a packed series of frames.

    Attributes
    ----------
    ages : tuple of int
    rows : tuple of dict
        For each age: bv_tv (1), tb_th_um, tb_n_per_mm, tb_sp_um, conn_d_per_mm3, perforations and snapped_struts
        (numbers since the young lattice), stiffness (1 = the young lattice), mineral, resorption and formation
        (percent of a young adult).
    pack : bytes
        zlib of PLANES bit planes for each age, most significant bit first, each age XOR the age before.
    size : int
        Voxels along an edge.
    """

    ages: tuple[int, ...]
    rows: tuple[dict[str, float], ...]
    pack: bytes
    size: int

    def index(self, age: float) -> int:
        """Return the place of the record nearest to an age."""
        return min(range(len(self.ages)), key=lambda i: abs(self.ages[i] - age))

    def until(self, age: float) -> bytes:
        """Return the pack of the frames up to an age, so that nothing later can be looked at."""
        count = sum(a <= age for a in self.ages)
        whole = zlib.decompress(self.pack)
        return zlib.compress(whole[: count * frame_bytes(self.size)], 9)

    def reading(self, age: float) -> dict[str, float]:
        """Return the measures at an age, and density, connections and stiffness in percent of the first age.

        Density is bone volume times mineral, as a scanner sees it. Connections are the struts and plates of the
        first age that have not been cut since: cuts are counted, and the struts there were are three for each ring
        of the network (Conn.D times volume), as where three struts meet at a node. Stiffness is that along the
        spine; strength follows it closely.
        """
        now, first = self.rows[self.index(age)], self.rows[0]
        cuts = sum(now[name] - first[name] for name in ("perforations", "snapped_struts"))
        return now | {
            "density": 100 * now["bv_tv"] * now["mineral"] / (first["bv_tv"] * first["mineral"]),
            "connections": max(0.0, 100 * (1 - cuts / max(1.0, first["struts"]))),
            "strength": 100 * now["stiffness"] / first["stiffness"],
            "perforated": now["perforations"] - first["perforations"],
            "snapped": now["snapped_struts"] - first["snapped_struts"],
            "cuts": cuts,
        }


def frame_bytes(size: int) -> int:
    """Return the bytes of one frame before it is packed."""
    return PLANES * ((size**3 + 7) // 8)


def missing() -> str:
    """Return the name of a package that is needed to compute a rescue and not installed, or an empty text."""
    return next((name for name in NEEDED if not _installed(name)), "")


def _installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False


# Stored rescues


@cache
def _examples() -> dict[str, Any]:
    path = data.path(EXAMPLES)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"bone": None}


def stored(bone: Bone, rescue: Rescue) -> Fate | None:
    """Return the stored track of a rescue, None if this bone or this rescue is not stored."""
    found = _examples()
    if found["bone"] != json.loads(json.dumps(replace(bone, resorption_pace=None).key)):
        return None
    for one in found["plans"] + found["paced"]:
        same = one["kind"] == rescue.kind and one["rescue"] in (None, rescue.age)
        if same and one["pace"] == bone.resorption_pace:
            rows = tuple(dict(zip(found["columns"], row, strict=True)) for row in one["rows"])
            return Fate(tuple(found["ages"]), rows, base64.b64decode(one["pack"]), bone.size)
    return None


def example_file(bone: Bone, progress: Callable[[str], Any] = print) -> str:
    """Compute every rescue that is stored and return the text of the file."""
    found: dict[str, Any] = {"bone": bone.key, "ages": list(bone.ages), "columns": [], "plans": [], "paced": []}
    for rescue in [Rescue(NOTHING)] + [Rescue(kind, age) for kind in (BRAKE, BUILDER) for age in RESCUES]:
        progress(f"{rescue.kind} {rescue.age}")
        found["plans"].append(_example(bone, rescue, found))
    for pace in PACES:
        progress(f"{BRAKE} {RESCUES}, demolition at {pace:g} %")
        held = replace(bone, resorption_pace=pace)
        # The later rescue first: its past is remodelled in one piece, and the earlier one finds its own there.
        found["paced"] += [_example(held, Rescue(BRAKE, age), found) for age in reversed(RESCUES)]
    return json.dumps(found, separators=(",", ":")).replace('{"kind"', '\n{"kind"') + "\n"


def _example(bone, rescue, file):
    """Return a rescue as it is stored in a file, and say there what the columns of its rows are."""
    track = compute(bone, rescue)
    file["columns"] = list(track.rows[0])
    age = None if rescue.kind == NOTHING else rescue.age
    pack = base64.b64encode(track.pack).decode("ascii")
    rows = [list(row.values()) for row in track.rows]
    return {"kind": rescue.kind, "rescue": age, "pace": bone.resorption_pace, "rows": rows, "pack": pack}


# Rescues computed now

_pasts: Kept[_Past] = Kept(3)


def compute(bone: Bone, rescue: Rescue, progress: Callable[[float], Any] | None = None) -> Fate:
    """Remodel the bone under a rescue.

    Parameters
    ----------
    bone, rescue
    progress : callable, optional
        Told the share done, 0 to 1.

    Returns
    -------
    Fate
        Rescues of one bone share their past: it is computed once, as far as it is needed, and each goes on from there.

    Raises
    ------
    InputError
        If the rescue is not at one of the ages of the records, or if numpy is missing.
    """
    choice(rescue.kind, "drug", WITH)
    if missing():
        raise InputError(f"this plan cannot be computed here, because {missing()} is not installed")
    if rescue.kind != NOTHING and rescue.age not in bone.ages[:-1]:
        raise InputError(
            f"the drug begins at {rescue.age:g} years; it can begin every {bone.step} years from {bone.since} to "
            f"{bone.ages[-2]}, where the bone is recorded"
        )
    told = progress or (lambda share: None)
    told(0.0)
    past = _pasts.get(bone, lambda: _Past(bone))
    end = bone.until if rescue.kind == NOTHING else rescue.age
    until = 1.0 if rescue.kind == NOTHING else past.share(end)
    past.reach(end, lambda share: told(until * share))
    rows, frames = past.records(end)
    if rescue.kind != NOTHING:
        more = _rescued(bone, rescue, past, frames[-1], lambda share: told(until + (1 - until) * share))
        later = [row | {"struts": rows[0]["struts"]} for row in more[0]]
        rows, frames = rows + later[1:], frames + more[1][1:]
    told(1.0)
    return Fate(bone.ages, tuple(rows), _packed(frames), bone.size)


class _Past:
    """The bone without a rescue, as far as it has been needed: lattices, measures and frames at every record."""

    def __init__(self, bone: Bone) -> None:
        self.bone, self.age = bone, bone.since
        self.frames: list[bytes] = []
        self.parts: list[Any] = []
        known = stored(bone, Rescue())
        self.rows: list[dict[str, float]] = [dict(row) for row in known.rows] if known else []
        self.known = known is not None

    def share(self, end: int) -> float:
        """Return about which share of the work of a rescue from `end` on is still to be done here."""
        return 0.5 if end > self.age or not self.parts else 0.0

    def reach(self, end: int, told: Callable[[float], Any]) -> None:
        """Remodel up to an age and measure; what has been done before is kept."""
        if self.parts and end <= self.age:
            return
        from osteolab.lattice import Lattice

        bone, life = self.bone, _life(self.bone, Rescue())
        if self.parts:
            start = self.parts[-1].lattice(self.age)
        else:
            start = Lattice.young_vertebra(size=bone.size, seed=bone.seed, voxel_um=bone.voxel_um)
        end = max(end, self.age + bone.step)
        work = 1.0 if self.known else 0.7
        history = start.remodel(
            life, end - self.age, self.age, every=12 * bone.step, progress=lambda share: told(work * share)
        )
        frames = _frames(history, self.frames[-1] if self.frames else None)
        self.frames += frames[1:] if self.parts else frames
        if not self.known:
            rows = _rows(history, life)
            self.rows += rows[1:] if self.parts else rows
            if "struts" not in self.rows[0]:
                self.rows[0]["struts"] = self._struts(start.voxel_um)
            for row in self.rows:
                row["struts"] = self.rows[0]["struts"]
        self.parts.append(history)
        self.age = end

    def _struts(self, voxel: float) -> float:
        """Return how many struts and plates there are at first, from the rings of the network."""
        volume = (self.bone.size * voxel / 1000) ** 3
        return round(STRUTS_PER_RING * max(1.0, self.rows[0]["conn_d_per_mm3"] * volume - 1), 1)

    def records(self, end: int) -> tuple[list[dict], list[bytes]]:
        """Return measures and frames up to an age, its own included."""
        count = self.bone.ages.index(end) + 1
        return self.rows[:count], self.frames[:count]

    def lattice(self, age: int) -> Any:
        """Return the lattice at a record."""
        return next(part for part in self.parts if part.ages[0] <= age <= part.ages[-1]).lattice(age)


def _rescued(bone, rescue, past, frame, told):
    """Return measures and frames from the rescue on."""
    life, years = _life(bone, rescue), bone.until - rescue.age
    start = past.lattice(rescue.age)
    history = start.remodel(life, years, rescue.age, every=12 * bone.step, progress=lambda share: told(0.6 * share))
    return _rows(history, life), _frames(history, frame)


def _life(bone: Bone, rescue: Rescue) -> Life:
    return simulate(bone.person, rescue.courses(bone), until=bone.until)


DIGITS = {"bv_tv": 4, "tb_th_um": 1, "tb_n_per_mm": 3, "tb_sp_um": 1, "conn_d_per_mm3": 2, "relative_stiffness": 4}


def _rows(history, life):
    """Return the measures at every record, rounded to what is stored."""
    found = []
    for row in history.rows():
        age = row.pop("age_years")
        kept = {name: round(float(value), DIGITS.get(name, 0)) for name, value in row.items()}
        kept["stiffness"] = kept.pop("relative_stiffness")
        for name in ("mineral", "resorption", "formation"):
            kept[name] = round(life.value(name, age, "trabecular_spine"), 1)
        found.append(kept)
    return found


def _frames(history, before):
    """Return the bit planes at every record; `before` holds those of the record where this history began."""
    import numpy as np

    past = None
    if before is not None:
        past = np.unpackbits(np.frombuffer(before, np.uint8).reshape(PLANES, -1), axis=1).astype(bool)
    frames = []
    for age in history.ages:
        bone, why = history.voxels(age).ravel(), history.lost(age).ravel()
        planes = np.stack([bone, why == 1, (why == 2) | (why == 3)])
        if past is not None:
            planes[1:] |= past[1:, : bone.size] & ~bone
        frames.append(np.packbits(planes, axis=1).tobytes())
    return frames


def _packed(frames):
    """Return the frames as one compressed series, each XOR the one before."""
    whole, last = [], 0
    for frame in frames:
        now = int.from_bytes(frame, "big")
        whole.append((now ^ last).to_bytes(len(frame), "big"))
        last = now
    return zlib.compress(b"".join(whole), 6)
