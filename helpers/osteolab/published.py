"""Two published models as they were published, to compare with and to check against.

Lemaire 2004, J Theor Biol 229:293-309: three cells, coupled through TGF-beta and RANKL/OPG/PTH. Days, pM.
Joerg 2022, eLife 11:e76228: estrogen, osteocytes, sclerostin and four drugs to bone density. Days.

They keep the names and numbers of their authors and share nothing with the calculator. Their known
faults are kept as well (docs/model/independent-checks.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log
from types import SimpleNamespace
from typing import Any, NamedTuple

from osteolab.errors import InputError, need

DAYS = 365.25

# Lemaire 2004

LEMAIRE = {
    "C_s": 5e-3,  # pM, osteoclasts at which TGF-beta is half active
    "D_A": 0.7,  # 1/day, death of osteoclasts
    "d_B": 0.7,  # 1/day, differentiation of responding osteoblasts, before f0
    "D_C": 2.1e-3,  # pM/day, osteoclasts made
    "D_R": 7e-4,  # pM/day, responding osteoblasts made
    "f0": 0.05,  # share of TGF-beta activity without osteoclasts
    "K": 10.0,  # pM, RANK
    "k1": 1e-2,  # 1/(pM day), OPG binds RANKL
    "k2": 10.0,  # 1/day, and lets go
    "k3": 5.8e-4,  # 1/(pM day), RANK binds RANKL
    "k4": 1.7e-2,  # 1/day, and lets go
    "k5": 0.02,  # 1/(pM day), PTH binds its receptor
    "k6": 3.0,  # 1/day, and lets go
    "k_B": 0.189,  # 1/day, death of active osteoblasts
    "K_L_P": 3e6,  # pmol/pmol, RANKL carried by a cell
    "k_O": 0.35,  # 1/day, loss of OPG
    "K_O_P": 2e5,  # pmol/(pmol day), OPG made by a cell
    "k_P": 86.0,  # 1/day, loss of PTH
    "r_L": 1e3,  # pM/day, RANKL made
    "S_P": 250.0,  # pM/day, PTH made
    "I_P": 0.0,  # pM/day, PTH, OPG and RANKL given from outside
    "I_O": 0.0,
    "I_L": 0.0,
    "I_R": 0.0,  # pM/day, cells given from outside: responding, active osteoblasts, osteoclasts
    "I_B": 0.0,
    "I_C": 0.0,
    "k_form": 1.571e-2,  # 1/(pM day), share of bone volume formed; from the package bone-models
}


class LemaireCells(NamedTuple):
    """Cells, pM."""

    responding_osteoblasts: float
    active_osteoblasts: float
    osteoclasts: float


class Lemaire(NamedTuple):
    """Cells (pM) and bone volume (ratio to the start) over time (days)."""

    days: Any
    responding_osteoblasts: Any
    active_osteoblasts: Any
    osteoclasts: Any
    bone_volume: Any


def _lemaire_parameters(changes):
    unknown = sorted(set(changes) - set(LEMAIRE))
    if unknown:
        raise InputError(f"{unknown[0]!r} is not a parameter of Lemaire 2004; it has {', '.join(LEMAIRE)}")
    return SimpleNamespace(**LEMAIRE | dict(changes))


def _lemaire_rates(cells, p) -> LemaireCells:
    """Return d(cells)/dt, pM/day."""
    responding, active, osteoclasts = cells
    tgf = (osteoclasts + p.f0 * p.C_s) / (osteoclasts + p.C_s)
    pth = ((p.I_P + p.S_P) / p.k_P) / (p.I_P / p.k_P + p.k6 / p.k5)
    opg = (p.K_O_P * responding / pth + p.I_O) / p.k_O
    free_share = 1 + p.k3 * p.K / p.k4 + p.k1 / p.k2 * opg
    rankl = p.k3 / p.k4 * p.K_L_P * pth * active * (1 + p.I_L / p.r_L) / free_share
    matured = p.f0 * p.d_B / tgf * responding
    return LemaireCells(
        p.D_R * tgf - matured + p.I_R,
        matured - p.k_B * active + p.I_B,
        p.D_C * rankl - p.D_A * tgf * osteoclasts + p.I_C,
    )


def lemaire2004_steady_state(changes: Mapping[str, float] | None = None) -> LemaireCells:
    """Return the steady state of Lemaire 2004.

    Parameters
    ----------
    changes : dict, optional
        Parameters of `LEMAIRE` with another value, such as ``{"K_O_P": 1e5}``.

    Returns
    -------
    LemaireCells
        Responding osteoblasts, active osteoblasts, osteoclasts, pM.

    Raises
    ------
    InputError
        A name that is not a parameter.

    Examples
    --------
    >>> [float(f"{cells:.3e}") for cells in lemaire2004_steady_state()]
    [0.0007734, 0.0007283, 0.0009128]
    """
    from scipy.optimize import brentq

    p = _lemaire_parameters(changes or {})

    def others(osteoclasts):
        """Return the osteoblasts that are at rest at a number of osteoclasts."""
        tgf = (osteoclasts + p.f0 * p.C_s) / (osteoclasts + p.C_s)
        responding = (p.D_R * tgf + p.I_R) * tgf / (p.f0 * p.d_B)
        return responding, (p.D_R * tgf + p.I_R + p.I_B) / p.k_B

    def imbalance(osteoclasts):
        return _lemaire_rates((*others(osteoclasts), osteoclasts), p).osteoclasts

    osteoclasts = brentq(imbalance, 1e-9, 1.0, xtol=1e-18, rtol=1e-13)
    responding, active = others(osteoclasts)
    return LemaireCells(responding, active, osteoclasts)


def lemaire2004(days: Sequence[float], changes: Iterable[tuple[float, Mapping[str, float]]] = ()) -> Lemaire:
    """Return the course of Lemaire 2004 from its steady state.

    Parameters
    ----------
    days : sequence of float
        Times at which the result is wanted, rising, from 0.
    changes : sequence of (day, dict)
        From that day on these parameters have these values; the others are as published. The dict of
        the latest day counts alone, so ``(100, {})`` ends an earlier change.

    Returns
    -------
    Lemaire
        Arrays of the length of `days`. Bone volume follows the package bone-models:
        d(BV)/dt = k_form*(B - B0/C0*C), a ratio to the start.

    Raises
    ------
    InputError
        A name that is not a parameter.

    Notes
    -----
    Lemaire et al. 2004, J Theor Biol 229:293-309; equations and values as reproduced in pysb and bone-models.
    PTH is continuous only: there is no anabolic effect of daily injections in this model.
    """
    cells = lemaire2004_steady_state()
    balance = cells.active_osteoblasts / cells.osteoclasts
    phases = [(day, _lemaire_parameters(values)) for day, values in sorted(changes, key=lambda c: c[0])]
    if all(day > 0 for day, _ in phases):
        phases.insert(0, (0.0, _lemaire_parameters({})))

    def rates(_, x, p):
        *found, _volume = x
        now = LemaireCells(*found)
        formed = p.k_form * (now.active_osteoblasts - balance * now.osteoclasts)
        return (*_lemaire_rates(now, p), formed)

    return Lemaire(*_phases(rates, (*cells, 1.0), days, phases, scale=(*cells, 1.0)))


# Joerg 2022

JOERG = {
    "omega_Bp": 0.319241069,  # 1/day, pre-osteoblasts mature
    "s_Bp": 163.2824648,
    "eta_B": 0.00867806,  # 1/day, osteoblasts die
    "omega_B": 0.000624353,  # 1/day, osteoblasts become osteocytes
    "eta_Y": 0.000109589,  # 1/day, osteocytes die
    "omega_Cp": 0.930890444,  # 1/day, pre-osteoclasts mature
    "e_Cp": 0.937654795,
    "s_Cp": 8603687.044,
    "eta_C": 0.023815993,  # 1/day, osteoclasts die
    "nu_C": 0.000123164,
    "e_C": 0.990728213,
    "r_C": 10.12488334,
    "e_s": 9.595406602,
    "kappa_s": 0.05,  # 1/day, loss of sclerostin
    "delta_s": 0.05,  # 1/day, antibody lets go
    "lambda_B": 1.29e-6,  # 1/day, formation
    "lambda_C": 3.82e-6,  # 1/day, resorption
    "s_Omega": 3039.645954,
    "r_Omega": 1024.4198,
    "nu_Omega": 107.5332737,
    "gamma": 0.006654662,  # 1/day, mineral follows
    "c_0": 0.8,
    "beta_b_rab": 0.015764123,
    "beta_Cp_rab": 0.873373525,
    "eta_C_bp": 1.000665052,  # 1/day
    "beta_Cp_pth": 4.282514877,
    "beta_B_pth": 1.305332076,
    "a_e": 50.0,  # years, menopause
    "tau_e": 2.6,  # years
    "q_p1np": 1.453273548,
    "q_bsap": 0.923890022,
    "q_ctx": 1.160526444,
}
# Efficacy of a dose, half-life in days, unit of the dose.
JOERG_DRUGS = {
    "alendronate": (2.97e-5, 152.710497, "mg"),
    "denosumab": (4339.630194, 10.0, "mg"),
    "romosozumab": (0.013104958, 7.0, "mg"),
    "teriparatide": (0.265529542, 0.0417, "ug"),
}


class Dose(NamedTuple):
    """One dose at an age, or, with `stop`, the same amount per day given evenly between two ages (years).

    Amounts are mg, for teriparatide ug.
    """

    drug: str
    age: float
    amount: float
    stop: float | None = None


def repeated(drug: str, amount: float, age: float, every_days: float, times: int) -> list[Dose]:
    """Return `times` doses from `age` (years) on, `every_days` apart."""
    return [Dose(drug, age + i * every_days / DAYS, amount) for i in range(times)]


def joerg2022(ages: Sequence[float], doses: Iterable[Dose] = (), **changes: float) -> dict[str, Any]:
    """Return the course of Joerg 2022 from the steady state at age 20.

    Parameters
    ----------
    ages : sequence of float
        Ages at which the result is wanted, rising, years, from 20.
    doses : sequence of Dose
        Drugs given: alendronate, denosumab, romosozumab (mg), teriparatide (ug). See `repeated`.
    **changes
        Parameters of `JOERG` with another value, such as ``a_e=45``.

    Returns
    -------
    dict of arrays
        The states ``pre_osteoblasts, osteoblasts, osteocytes, pre_osteoclasts, osteoclasts, sclerostin,
        bound_sclerostin, bone_density, mineral`` and the outputs ``estrogen, formation, resorption`` (1/day),
        ``bmd, p1np, bsap, ctx`` (ratio to age 20).

    Raises
    ------
    InputError
        A drug or parameter the model does not have, or an age before 20.

    Notes
    -----
    Joerg et al. 2022, eLife 11:e76228. Bone density is an open integrator: with the two published rates, which
    are rounded to three figures, it drifts by about -0.16 % a year before menopause.

    Examples
    --------
    >>> course = joerg2022([50, 52, 80])
    >>> [round(100 * float(x) - 100, 1) for x in course["bmd"]]
    [-4.7, -5.8, -23.7]
    """
    np = need("numpy", "a published model")
    unknown = sorted(set(changes) - set(JOERG))
    if unknown:
        raise InputError(f"{unknown[0]!r} is not a parameter of Joerg 2022; it has {', '.join(JOERG)}")
    p = SimpleNamespace(**JOERG | changes)
    level = _JoergLevels(tuple(doses))
    start = _joerg_steady_state(p)
    if min(ages) < 20:
        raise InputError(f"age is {min(ages):g} years; Joerg 2022 starts from the steady state at 20")

    def rates(day, x, at):
        return _joerg_rates(x, _joerg_estrogen(day / DAYS, p), at(day), p)

    # A phase has the doses known at its start, so that no jump lies inside it.
    jumps = {age for dose in level.doses for age in (dose.age, dose.stop) if age is not None and age > 20}
    phases = [(day, level.known_at(day)) for day in sorted({20 * DAYS, p.a_e * DAYS, *(a * DAYS for a in jumps)})]
    times, *states = _phases(rates, start, [age * DAYS for age in ages], phases, scale=start)
    named = dict(zip(JoergState._fields, states, strict=True))
    estrogen = [_joerg_estrogen(day / DAYS, p) for day in times]
    return named | {"estrogen": np.array(estrogen)} | _joerg_outputs(named, start, p)


class JoergState(NamedTuple):
    """The states of Joerg 2022."""

    pre_osteoblasts: float
    osteoblasts: float
    osteocytes: float
    pre_osteoclasts: float
    osteoclasts: float
    sclerostin: float
    bound_sclerostin: float
    bone_density: float
    mineral: float


def _up(x):
    return x / (1 + x)


def _down(x):
    return 1 / (1 + x)


def _joerg_estrogen(age, p):
    return 1.0 if age <= p.a_e else 1 / (1 + (age - p.a_e) / p.tau_e)


def _joerg_flows(osteoblasts, osteoclasts, sclerostin, p):
    """Return (formation, resorption), 1/day."""
    called = 1 + p.nu_Omega * _up(osteoclasts / p.r_Omega)
    return p.lambda_B * _down(sclerostin / p.s_Omega) * called * osteoblasts, p.lambda_C * osteoclasts


def _joerg_rates(x, estrogen, drug, p):
    pre_b, b, y, pre_c, c, s, s_bound, _, mineral = x
    matured_b = p.omega_Bp * _down(s / p.s_Bp) * pre_b
    matured_c = p.omega_Cp * _down(estrogen / p.e_Cp) * _up(s / p.s_Cp) * pre_c
    matured_c *= (1 - p.beta_Cp_rab * _up(drug["denosumab"])) * (1 + p.beta_Cp_pth * _up(drug["teriparatide"]))
    dying_b = p.eta_B * (1 - p.beta_B_pth * _up(drug["teriparatide"])) * b
    dying_c = p.eta_C * (1 + p.nu_C * _up(estrogen / p.e_C) * _up(c / p.r_C)) * c
    bound = p.kappa_s * drug["romosozumab"] * s - p.delta_s * s_bound
    formed, resorbed = _joerg_flows(b, c, s, p)
    return (
        1 - matured_b,
        matured_b - dying_b - p.omega_B * b,
        p.omega_B * b - p.eta_Y * y,
        1 - matured_c,
        matured_c - dying_c - p.eta_C_bp * _up(drug["alendronate"]) * c,
        _down(estrogen / p.e_s) * y - p.kappa_s * s - bound,
        bound - p.kappa_s * s_bound,
        formed - resorbed,
        p.gamma * (p.c_0 + p.beta_b_rab * _up(drug["denosumab"]) - mineral),
    )


def _joerg_steady_state(p) -> JoergState:
    """Return the states at rest with full estrogen and no drug; bone density is 1 by convention."""
    from scipy.optimize import brentq

    b = 1 / (p.eta_B + p.omega_B)
    y = p.omega_B * b / p.eta_Y
    s = _down(1 / p.e_s) * y / p.kappa_s
    pre_b = 1 / (p.omega_Bp * _down(s / p.s_Bp))
    pre_c = 1 / (p.omega_Cp * _down(1 / p.e_Cp) * _up(s / p.s_Cp))
    c = brentq(lambda c: 1 - p.eta_C * (1 + p.nu_C * _up(1 / p.e_C) * _up(c / p.r_C)) * c, 1, 1e4, xtol=1e-12)
    return JoergState(pre_b, b, y, pre_c, c, s, 0.0, 1.0, p.c_0)


def _joerg_outputs(named, start, p):
    formed, resorbed = _joerg_flows(named["osteoblasts"], named["osteoclasts"], named["sclerostin"], p)
    formed0, resorbed0 = _joerg_flows(start.osteoblasts, start.osteoclasts, start.sclerostin, p)
    f, r = formed / formed0, resorbed / resorbed0
    return {
        "formation": formed,
        "resorption": resorbed,
        "bmd": named["bone_density"] * named["mineral"] / (start.bone_density * start.mineral),
        "p1np": f**p.q_p1np,
        "bsap": f**p.q_bsap,
        "ctx": r**p.q_ctx,
    }


class _JoergLevels:
    """Levels of the four drugs: every dose decays with the half-life of its drug."""

    def __init__(self, doses):
        self.doses = doses
        for dose in doses:
            if dose.drug not in JOERG_DRUGS:
                raise InputError(f"{dose.drug!r} is not a drug of Joerg 2022; it has {', '.join(JOERG_DRUGS)}")

    def known_at(self, start_day):
        """Return a function of the day, for days until the next dose."""
        given = [dose for dose in self.doses if dose.age * DAYS <= start_day + 1e-6]

        def at(day):
            levels = dict.fromkeys(JOERG_DRUGS, 0.0)
            for dose in given:
                levels[dose.drug] += _left_of(dose, day)
            return levels

        return at


def _left_of(dose, day):
    efficacy, half_life, _ = JOERG_DRUGS[dose.drug]
    loss, since = log(2) / half_life, day - dose.age * DAYS
    if dose.stop is None:
        return efficacy * dose.amount * 2 ** (-since / half_life)
    after = max(0.0, day - dose.stop * DAYS)
    return efficacy * dose.amount / loss * (2 ** (-after / half_life) - 2 ** (-since / half_life))


def _phases(rates, start, times, phases, scale):
    """Solve d(state)/dt = rates(time, state, what acts) through phases [(from time, what acts), ...].

    Returns [times, first state, second state, ...] as arrays at `times`.
    """
    np = need("numpy", "a published model")
    solve_ivp = need("scipy.integrate", "a published model").solve_ivp
    times = np.asarray(times, dtype=float)
    found = np.empty((len(start), len(times)))
    state = np.array(start, dtype=float)
    tolerance = 1e-9 * np.maximum(np.abs(scale), 1e-12)
    ends = [day for day, _ in phases[1:]] + [np.inf]
    for (begin, acting), end in zip(phases, ends, strict=True):
        stop = min(end, times[-1])
        if stop < begin:
            break
        wanted = (times >= begin) & ((times < end) if end <= times[-1] else (times <= stop))
        grid = np.append(times[wanted], stop)
        if stop == begin:
            found[:, wanted] = state[:, None]
            break
        solution = solve_ivp(
            rates, (begin, stop), state, "LSODA", np.unique(grid), args=(acting,), rtol=1e-8, atol=tolerance
        )
        if not solution.success:
            raise RuntimeError(solution.message)
        index = np.searchsorted(solution.t, times[wanted])
        found[:, wanted] = solution.y[:, index]
        state = solution.y[:, -1]
    return [times, *found]
