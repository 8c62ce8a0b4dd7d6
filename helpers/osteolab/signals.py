"""Layer 2, signals: levels become signals, and a matrix of log effects turns them into handles on the crew.

Equations
---------
Hill         h(x) = x**n / (x**n + K**n)
lack         s = 1 - h(x) / h(young)                        estrogen, androgen: 0 in a young adult, 1 at nothing
drive        s = h(x) / h(1) - 1                            IGF-1, x = level / usual for the age
excess       s = (h(x) - h(ref)) / (h(unit) - h(ref))       cortisol, insulin resistance, inflammation
handles      ln(handle_j) = sum_i w_ij * s_i                weights in data/signal_matrix.csv
bone         estradiol that bone sees = estradiol in blood + (local aromatisation * testosterone + adrenal) * aromatase
"""

from __future__ import annotations

from math import e as EULER
from typing import NamedTuple

from osteolab.data import Parameters
from osteolab.endocrine import usual
from osteolab.levels import Levels
from osteolab.person import YOUNGEST
from osteolab.values import Value

SIGNALS = ("estrogen_lack", "androgen_lack", "igf1", "cortisol", "insulin_resistance", "inflammation")
HANDLES = ("precursors", "rankl", "recruitment", "survival", "activity", "sclerostin", "glycation", "fracture")


class Handles(NamedTuple):
    """What the signals do to the crew, as ratios to a healthy young adult."""

    precursors: Value
    rankl: Value
    recruitment: Value
    survival: Value
    activity: Value
    sclerostin: Value
    glycation: Value
    fracture: Value


def hill(x: Value, half: Value, steepness: Value = None) -> Value:
    """Return the saturating effect of a level, 0 to 1."""
    if steepness is None:
        return x / (x + half)
    powered = x**steepness
    return powered / (powered + half**steepness)


class Signals:
    """Levels to signals and handles for one sex (floats or arrays)."""

    def __init__(self, sex: str, parameters: Parameters) -> None:
        p = self.p = parameters
        self.testosterone_young = usual("testosterone", sex, YOUNGEST)
        estradiol_young = p.estradiol_young_female if sex == "female" else p.estradiol_young_male
        in_bone = estradiol_young + p.bone_aromatisation * self.testosterone_young + p.bone_own_estradiol
        self._estrogen_young = hill(in_bone, p.estrogen_half_effect, p.estrogen_steepness)
        self._androgen_young = hill(self.testosterone_young, p.androgen_half_effect)
        self._igf1_usual = hill(1.0, p.igf1_half_effect)
        self._cortisol = _scale(
            p.cortisol_reference, p.cortisol_unit_level, p.cortisol_half_effect, p.cortisol_steepness
        )
        self._homa = _scale(p.homa_reference, p.homa_unit_level, p.homa_half_effect, p.homa_steepness)
        self._il6 = _scale(p.il6_reference, p.il6_unit_level, p.il6_half_effect, None)
        self._columns = tuple(
            (h, tuple((i, p.weights[s, h]) for i, s in enumerate(SIGNALS) if (s, h) in p.weights)) for h in HANDLES
        )

    def signals(self, levels: Levels) -> tuple[Value, ...]:
        """Return the six signals, in the order of SIGNALS (dimensionless)."""
        p = self.p
        made_in_bone = (p.bone_aromatisation * levels.testosterone + p.bone_own_estradiol) * levels.aromatase
        in_bone = levels.estradiol + made_in_bone
        in_bone = in_bone * (1 - levels.estrogen_blocked)
        return (
            1 - hill(in_bone, p.estrogen_half_effect, p.estrogen_steepness) / self._estrogen_young,
            1
            - hill(levels.testosterone * (1 - levels.androgen_blocked), p.androgen_half_effect) / self._androgen_young,
            hill(levels.igf1 / levels.igf1_usual, p.igf1_half_effect) / self._igf1_usual - 1,
            _excess(levels.cortisol, self._cortisol),
            _excess(levels.homa_ir, self._homa),
            _excess(levels.il6, self._il6),
        )

    def handles(self, levels: Levels) -> Handles:
        """Return the handles on the crew (1 = healthy young adult)."""
        s = self.signals(levels)
        ratios = []
        for handle, column in self._columns:
            log = 0.0
            for i, weight in column:
                log = log + weight * s[i]
            # Calcium and vitamin D act on RANKL beside the signals.
            ratios.append(EULER**log * EULER**levels.rankl if handle == "rankl" else EULER**log)
        return Handles._make(ratios)


class _Scale(NamedTuple):
    """A Hill curve that is 0 at a reference level and 1 at a unit level."""

    at_reference: Value
    span: Value
    half: Value
    steepness: Value


def _scale(reference: Value, unit_level: Value, half: Value, steepness: Value) -> _Scale:
    at_reference = hill(reference, half, steepness)
    return _Scale(at_reference, hill(unit_level, half, steepness) - at_reference, half, steepness)


def _excess(x: Value, scale: _Scale) -> Value:
    return (hill(x, scale.half, scale.steepness) - scale.at_reference) / scale.span
