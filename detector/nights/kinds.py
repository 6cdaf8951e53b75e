"""What each event is: ordered rules, the first that matches wins, each with its reason.

Every rule is a list of conditions on named columns of evidence; every event gets the kind and the
reason of its rule. How clearly the conditions hold gives the certainty: each contributes a soft
margin, 0.5 at its limit and 1 from a sure value on (linear in the logarithm between), or 0.7 where
the evidence is unknown, and the certainty is the product. From 0.6 on it is ``high``, from 0.3 on
``medium``. That of a sleep start is its likeness (:mod:`.likeness`), which must reach
``likeness_least``.

Order. Knocks first, because they imitate everything; then what is rhythmic; then a jerk that woke
the sleeper, so that the movement after it does not hide it; then long and complex movements; then
what is small; then sleep starts; what is left is brief and says which condition it failed.

Notes on the order:

- Sustained shaking must also alternate evenly: on a real wrist and thigh most long movements,
  turns in sleep among them, have 60 % of their power in the jerk band (192 and 694 events; 84, the
  wearer's running, and 1 of them are even).
- Ringing (small, evenly alternating) is tested before micro-twitches: both are below 50 mg, so
  that behind them it could never match.
- At the ankle, periodic limb movements are tested before long ones: WASM lets them last 10 s, and
  long ones would be taken out of their series. Elsewhere a periodic series is of slow movements
  only (effective frequency below that of a jerk), so that repeated sleep starts, which come at the
  same intervals, stay what they are.
- A jerk "with arousal" must really be followed: by its own later part, a posture change, or
  another event within ``arousal_s``. Without that it is a plain sleep start.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from ..settings import KindSettings
from . import periodic, series
from .grid import Floats, Mask
from .likeness import NEIGHBOUR_S, PIECES, Evidence, likeness
from .night import Kind, Site

COARSE_STEP_G = 0.010
"""Sensors with at least this step have the larger smallest size."""

HIGH, MEDIUM = 0.6, 0.3
"""Least certainty of high and medium confidence."""
LIKE_HIGH, LIKE_MEDIUM = 0.9, 0.7
"""Least likeness of a sleep start of high and medium confidence."""

_UNKNOWN_MARGIN = 0.7
"""Of a condition whose evidence is unknown: one leaves the confidence high, a second does not."""
_OPENING_S = 1.0
"""A jerk that wakes comes first: its peak lies within this time of the movement's beginning, which
is less than a sleep start may be wide."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A limit on one column; ``sure`` lies on the side where the condition holds."""

    column: str
    limit: float
    sure: float
    """From this value on there is no doubt."""
    strict: bool = False
    """Whether the limit itself does not hold."""
    unknown: bool = False
    """Whether an unknown value holds."""

    def holds(self, evidence: Evidence) -> Mask:
        """Which events meet the condition."""
        value = evidence[self.column]
        if self.sure > self.limit:
            met = value > self.limit if self.strict else value >= self.limit
        else:
            met = value < self.limit if self.strict else value <= self.limit
        return np.asarray(met | (np.isnan(value) & self.unknown))

    def margin(self, evidence: Evidence) -> Floats:
        """How clearly, between 0 and 1."""
        value = evidence[self.column]
        tiny = np.finfo(np.float64).tiny
        ratio = np.log(np.maximum(value, tiny) / self.limit) / np.log(self.sure / self.limit)
        margin = np.clip(0.5 + 0.5 * ratio, 0.0, 1.0)
        return np.where(np.isnan(value), _UNKNOWN_MARGIN, margin)


@dataclass(frozen=True, slots=True)
class Rule:
    """All conditions together make an event this kind, for this reason."""

    reason: str
    kind: Kind
    conditions: tuple[Condition, ...]
    certainty: str = ""
    """Column that is the certainty, instead of the product of the margins."""

    def how_sure(self, evidence: Evidence, hit: Mask) -> Floats:
        """Certainty of the events that meet all conditions."""
        if self.certainty:
            return evidence[self.certainty][hit]
        margins = [c.margin({c.column: evidence[c.column][hit]}) for c in self.conditions]
        return np.asarray(prod(margins))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the rules say; parallel arrays."""

    kind: NDArray[np.str_]
    reason: NDArray[np.str_]
    certainty: Floats
    likeness: Floats
    """Of what has the shape of a sleep start, whatever its kind; NaN for everything else."""
    active_after_s: Floats
    limb: Mask
    """Limb movements as periodic series are made of, whatever their kind."""
    series: NDArray[np.int64]
    """Number of the periodic series of each, -1 for none."""


def least_size_mg(step_g: float, settings: KindSettings) -> float:
    """Smallest counted peak acceleration for a sensor with this step."""
    coarse = step_g >= COARSE_STEP_G
    return settings.accel_min_coarse_mg if coarse else settings.accel_min_mg


def sleep_start_conditions(settings: KindSettings, step_g: float) -> tuple[Condition, ...]:
    """Return what a plain sleep start must be to be counted, in the order in which it is asked.

    What has not the shape has no likeness either: it fails by its shape, not by that.
    """
    least_mg = least_size_mg(step_g, settings)
    size, *shape = _jerk(settings, least_mg)
    like = replace(_like(settings), unknown=True)
    return (replace(size, limit=least_mg), *shape, *_brief(settings), like)


def _yes(column: str) -> Condition:
    return Condition(column, 0.5, 1.0)


def rules(settings: KindSettings, site: Site, least_mg: float) -> tuple[Rule, ...]:
    """All rules in their order.

    Sources: simulation and real nights, as each setting says; WASM 2016 for periodic movements;
    AASM for trains.
    """
    s = settings
    series_kind: Kind = "periodic_limb_movement" if site == "ankle" else "limb_movement"
    repeated = Rule("periodic", series_kind, (_yes("periodic"),))
    jerk = _jerk(s, least_mg)
    return (
        Rule("knock", "impact", _knock(s)),
        *_rhythmic(s),
        *((repeated,) if site == "ankle" else ()),
        _start("arousal", "sleep_start_with_arousal", (*jerk, *_opening(s)), s),
        *_complex(s),
        *(() if site == "ankle" else (repeated,)),
        *_tiny(s),
        _start("jerk", "sleep_start", (*jerk, *_brief(s)), s),
        *_remainder(s),
    )


def _knock(s: KindSettings) -> tuple[Condition, ...]:
    """Narrow, and with the high frequencies of a case that rings."""
    return (
        Condition("hf_lf_ratio", s.impact_ratio, 1.5 * s.impact_ratio, strict=True),
        Condition("width_s", s.impact_width_s, 0.75 * s.impact_width_s, strict=True),
    )


def _start(reason: str, kind: Kind, conditions: tuple[Condition, ...], s: KindSettings) -> Rule:
    """A sleep start: within all limits, and like one as a whole."""
    return Rule(reason, kind, (*conditions, _like(s)), certainty="likeness")


def _like(s: KindSettings) -> Condition:
    """The condition has no margin that counts: the certainty is the likeness itself."""
    return Condition("likeness", s.likeness_least, 1.0)


def _rhythmic(s: KindSettings) -> tuple[Rule, ...]:
    """Shaking and trains, within one event or over several."""
    return (
        Rule(
            "sustained",
            "rhythmic_train",
            (
                Condition("duration_s", s.sustained_s, 2 * s.sustained_s),
                Condition("lf_share", s.sustained_share, 1.3 * s.sustained_share),
                Condition("peak_accel_mg", s.sustained_mg, 2 * s.sustained_mg, strict=True),
                Condition("alternation_cv", s.train_cv, 0.5 * s.train_cv, strict=True),
            ),
        ),
        Rule(
            "train",
            "rhythmic_train",
            (
                Condition("n_bursts", s.train_min, 2 * s.train_min),
                Condition("burst_interval_s", s.train_interval_low_s, 2 * s.train_interval_low_s),
                Condition(
                    "burst_interval_s", s.train_interval_high_s, 0.7 * s.train_interval_high_s
                ),
                Condition("burst_interval_cv", s.train_cv, 0.5 * s.train_cv, strict=True),
                Condition("burst_spread", s.train_spread, 0.7 * s.train_spread),
            ),
        ),
        Rule("train", "rhythmic_train", (_yes("train"),)),
    )


def _tiny(s: KindSettings) -> tuple[Rule, ...]:
    """What is below the listed size: from outside if it rings, else a twitch."""
    below = Condition("peak_accel_mg", s.accel_listed_mg, 0.6 * s.accel_listed_mg, strict=True)
    return (
        Rule(
            "ringing",
            "disturbance",
            (
                below,
                Condition("n_alternations", s.ringing_min, 2 * s.ringing_min),
                Condition("alternation_cv", s.ringing_cv, 0.5 * s.ringing_cv),
            ),
        ),
        Rule("small", "micro_twitch", (below,)),
    )


def _jerk(s: KindSettings, least_mg: float) -> tuple[Condition, ...]:
    """A sharp movement out of stillness, whatever comes after it."""
    return (
        Condition("peak_accel_mg", s.accel_listed_mg, 2 * least_mg),
        Condition("peak_jerk_g_per_s", s.jerk_min_g_per_s, 2 * s.jerk_min_g_per_s),
        Condition("width_s", s.width_max_s, 0.65 * s.width_max_s),
        Condition("hf_lf_ratio", s.impact_ratio, 0.5 * s.impact_ratio, unknown=True),
        Condition("effective_hz", s.effective_low_hz, 1.5 * s.effective_low_hz),
        Condition("effective_hz", s.effective_high_hz, 0.7 * s.effective_high_hz),
        Condition(
            "still_before_s", s.still_before_s, max(s.still_before_sure_s, s.still_before_s + 1)
        ),
    )


def _brief(s: KindSettings) -> tuple[Condition, ...]:
    """Short, simple, and back where it was."""
    return (
        Condition("duration_s", s.duration_max_s, 0.5 * s.duration_max_s),
        Condition("n_bursts", s.bursts_max, 0.5 * s.bursts_max),
        Condition("posture_change_deg", s.posture_max_deg, 0.5 * s.posture_max_deg, unknown=True),
    )


def _opening(s: KindSettings) -> tuple[Condition, ...]:
    """The jerk comes first and is by far the largest; what follows ends within a minute."""
    return (
        _yes("followed"),
        Condition("peak_at_s", _OPENING_S, _OPENING_S / 2),
        Condition("later_share", s.arousal_late_share, 0.5 * s.arousal_late_share),
        Condition("followed_s", s.arousal_active_max_s, 0.5 * s.arousal_active_max_s),
        Condition(
            "posture_change_deg",
            s.arousal_posture_max_deg,
            0.5 * s.arousal_posture_max_deg,
            unknown=True,
        ),
    )


def _complex(s: KindSettings) -> tuple[Rule, ...]:
    """Turns and other large movements."""
    return tuple(
        Rule(reason, "body_movement", (Condition(column, limit, 2 * limit, strict=True),))
        for reason, column, limit in (
            ("long", "duration_s", s.duration_max_s),
            ("posture", "posture_change_deg", s.posture_max_deg),
            ("bursts", "n_bursts", s.bursts_max),
        )
    )


def _remainder(s: KindSettings) -> tuple[Rule, ...]:
    """Brief events by the first condition of a sleep start that they fail."""
    return (
        *(
            Rule(reason, "brief_other", (Condition(column, limit, sure, strict=True),))
            for reason, column, limit, sure in (
                ("weak", "peak_jerk_g_per_s", s.jerk_min_g_per_s, 0.5 * s.jerk_min_g_per_s),
                ("slow", "effective_hz", s.effective_low_hz, 0.7 * s.effective_low_hz),
                ("fast", "effective_hz", s.effective_high_hz, 1.5 * s.effective_high_hz),
                ("wide", "width_s", s.width_max_s, 1.5 * s.width_max_s),
                ("knock_like", "hf_lf_ratio", s.impact_ratio, 1.5 * s.impact_ratio),
                ("not_still", "still_before_s", s.still_before_s, 0.5 * s.still_before_s),
                ("unlike", "likeness", s.likeness_least, 0.5 * s.likeness_least),
            )
        ),
        Rule("unclear", "brief_other", ()),
    )


def classify(
    candidates: NDArray[np.void], settings: KindSettings, *, site: Site, step_g: float
) -> Judgement:
    """Give every event its kind and reason.

    Parameters
    ----------
    candidates
        Rows of :data:`detector.scan.CANDIDATE` of one night, in time order.
    settings
        All limits.
    site
        Where the sensor was worn: periodic limb movements are called so at the ankle only.
    step_g
        The sensor's step, which sets the smallest counted size.
    """
    evidence = gather_all(candidates, settings, site=site, step_g=step_g)
    least_mg = least_size_mg(step_g, settings)
    n = len(candidates)
    kind, reason = np.full(n, "", "U32"), np.full(n, "", "U32")
    certainty = np.zeros(n)
    open_ = np.ones(n, np.bool_)
    for rule in rules(settings, site, least_mg):
        hit = open_.copy()
        for condition in rule.conditions:
            hit &= condition.holds(evidence)
        kind[hit], reason[hit] = rule.kind, rule.reason
        certainty[hit] = rule.how_sure(evidence, hit)
        open_ &= ~hit
    return Judgement(
        kind=kind,
        reason=reason,
        certainty=certainty,
        likeness=evidence["likeness"],
        active_after_s=evidence["active_after_s"],
        limb=evidence["limb"] > 0,
        series=evidence["series"].astype(np.int64),
    )


def gather_all(
    candidates: NDArray[np.void], s: KindSettings, *, site: Site, step_g: float
) -> Evidence:
    """All evidence, likeness among it: NaN for what has not the shape."""
    evidence = gather(candidates, s, site)
    least_mg = least_size_mg(step_g, s)

    def all_hold(conditions: tuple[Condition, ...]) -> Mask:
        return np.asarray(np.all([each.holds(evidence) for each in conditions], axis=0))

    jerk = all_hold(_jerk(s, least_mg))
    alone, woke = jerk & all_hold(_brief(s)), jerk & all_hold(_opening(s))
    large = evidence["peak_accel_mg"] >= s.accel_listed_mg
    other = large & ~alone & ~woke & ~all_hold(_knock(s))
    evidence["neighbours"] = series.neighbours(candidates, other, NEIGHBOUR_S)
    evidence["likeness"] = np.full(len(candidates), np.nan)
    shaped = alone | woke
    evidence["likeness"][shaped] = likeness({name: evidence[name][shaped] for name in PIECES})
    return evidence


def own_evidence(candidates: NDArray[np.void]) -> Evidence:
    """What the candidates themselves say."""
    # Rounded, so that a width of 0.8 s, in single precision 0.80000001, is within a limit of 0.8 s.
    own: Evidence = {
        name: candidates[name].astype(np.float64).round(6)
        for name in (
            "peak_accel_mg", "peak_jerk_g_per_s", "width_s", "rise_s", "effective_hz",
            "hf_lf_ratio", "lf_share", "n_bursts", "burst_interval_s", "burst_interval_cv",
            "burst_spread", "n_alternations", "alternation_cv", "posture_change_deg",
            "still_before_s",
        )
    }  # fmt: skip
    start_ns, peak_ns, end_ns = (candidates[f"{name}_ns"] for name in ("start", "peak", "end"))
    return own | {"duration_s": (end_ns - start_ns) / 1e9, "peak_at_s": (peak_ns - start_ns) / 1e9}


def gather(candidates: NDArray[np.void], settings: KindSettings, site: Site) -> Evidence:
    """All evidence: the candidates' own features and what their neighbours add."""
    s = settings
    followed_s = series.followed_s(candidates, s)
    evidence = own_evidence(candidates) | {
        "later_share": series.later_share(candidates, s),
        "followed_s": followed_s,
        "active_after_s": series.active_after_s(candidates),
        "train": series.in_train(candidates, s).astype(np.float64),
    }
    complex_ = np.any([rule.conditions[0].holds(evidence) for rule in _complex(s)], axis=0)
    limb = periodic.candidates(evidence, s)
    if site != "ankle":
        limb &= evidence["effective_hz"] < s.effective_low_hz
    number = periodic.series(candidates["start_ns"], limb, periodic.breaking(evidence, s), s)
    return evidence | {
        "followed": (complex_ | (followed_s > 0)).astype(np.float64),
        "limb": limb.astype(np.float64),
        "series": number.astype(np.float64),
        "periodic": (number >= 0).astype(np.float64),
    }
