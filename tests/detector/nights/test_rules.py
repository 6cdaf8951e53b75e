"""Every rule has its limits, and says where there is no doubt any more."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from scans import STEP_G

from detector.nights.kinds import (
    Condition,
    Rule,
    least_size_mg,
    rules,
    sleep_start_conditions,
)
from detector.nights.night import Site
from detector.report import near
from detector.settings import KindSettings

S = KindSettings(likeness_least=0.0001)
"""The limits alone; likeness has tests of its own."""
SITES = get_args(Site)

TRAIN = (
    ("n_bursts", "train_min", 2.0),
    ("burst_interval_s", "train_interval_low_s", 2.0),
    ("burst_interval_s", "train_interval_high_s", 0.7),
    ("burst_interval_cv", "train_cv", 0.5, "strict"),
    ("burst_spread", "train_spread", 0.7),
)
JERK = (
    ("peak_accel_mg", "accel_listed_mg", 150.0 / S.accel_listed_mg),
    ("peak_jerk_g_per_s", "jerk_min_g_per_s", 2.0),
    ("width_s", "width_max_s", 0.65),
    ("hf_lf_ratio", "impact_ratio", 0.5, "unknown"),
    ("effective_hz", "effective_low_hz", 1.5),
    ("effective_hz", "effective_high_hz", 0.7),
    ("still_before_s", "still_before_s", S.still_before_sure_s / S.still_before_s),
)
LIKE = (("likeness", "likeness_least", 1 / S.likeness_least),)
BRIEF = (
    ("duration_s", "duration_max_s", 0.5),
    ("n_bursts", "bursts_max", 0.5),
    ("posture_change_deg", "posture_max_deg", 0.5, "unknown"),
)
OPENING = (
    ("later_share", "arousal_late_share", 0.5),
    ("followed_s", "arousal_active_max_s", 0.5),
    ("posture_change_deg", "arousal_posture_max_deg", 0.5, "unknown"),
)
LIMITS = {
    "knock": (
        ("hf_lf_ratio", "impact_ratio", 1.5, "strict"),
        ("width_s", "impact_width_s", 0.75, "strict"),
    ),
    "sustained": (
        ("duration_s", "sustained_s", 2.0),
        ("lf_share", "sustained_share", 1.3),
        ("peak_accel_mg", "sustained_mg", 2.0, "strict"),
        ("alternation_cv", "train_cv", 0.5, "strict"),
    ),
    "train": TRAIN,
    "arousal": (*JERK, *OPENING, *LIKE),
    "long": (("duration_s", "duration_max_s", 2.0, "strict"),),
    "posture": (("posture_change_deg", "posture_max_deg", 2.0, "strict"),),
    "bursts": (("n_bursts", "bursts_max", 2.0, "strict"),),
    "ringing": (
        ("peak_accel_mg", "accel_listed_mg", 0.6, "strict"),
        ("n_alternations", "ringing_min", 2.0),
        ("alternation_cv", "ringing_cv", 0.5),
    ),
    "small": (("peak_accel_mg", "accel_listed_mg", 0.6, "strict"),),
    "jerk": (*JERK, *BRIEF, *LIKE),
    "weak": (("peak_jerk_g_per_s", "jerk_min_g_per_s", 0.5, "strict"),),
    "slow": (("effective_hz", "effective_low_hz", 0.7, "strict"),),
    "fast": (("effective_hz", "effective_high_hz", 1.5, "strict"),),
    "wide": (("width_s", "width_max_s", 1.5, "strict"),),
    "knock_like": (("hf_lf_ratio", "impact_ratio", 1.5, "strict"),),
    "not_still": (("still_before_s", "still_before_s", 0.5, "strict"),),
    "unlike": (("likeness", "likeness_least", 0.5, "strict"),),
}
"""Of every rule: column, limit, where there is no doubt any more as a multiple of the limit, and
whether the limit itself fails and an unknown value passes."""
ODD = replace(S, jerk_min_g_per_s=1.25)
"""Where half of a limit is not one by it."""
YES_OR_NO = {"periodic", "train", "followed", "peak_at_s"}


@pytest.mark.parametrize("site", SITES)
def test_every_rule_has_its_limits_and_is_sure_where_it_says(site):
    found = {}
    for rule in rules(ODD, site, 75.0):
        limits = [each for each in rule.conditions if each.column not in YES_OR_NO]
        found[rule.reason] = found.get(rule.reason, []) + limits
    told = {reason for reason, limits in found.items() if limits}
    assert told == set(LIMITS)
    for reason, expected in LIMITS.items():
        for each, (column, name, factor, *how) in zip(found[reason], expected, strict=True):
            limit = getattr(ODD, name)
            assert (each.column, each.limit) == (column, limit), reason
            assert each.sure == pytest.approx(factor * limit), (reason, column)
            assert (each.strict, each.unknown) == ("strict" in how, "unknown" in how), reason


def test_a_counted_sleep_start_is_asked_for_its_size_and_what_its_rule_asks_in_that_order():
    size, *limits, like = sleep_start_conditions(S, STEP_G)
    (rule,) = [each for each in rules(S, "wrist", 75.0) if each.reason == "jerk"]
    assert size == replace(rule.conditions[0], limit=75.0)
    assert tuple(limits) == rule.conditions[1:-1]
    assert like == Condition("likeness", S.likeness_least, 1.0, unknown=True)


def test_a_jerk_that_wakes_peaks_within_the_first_second():
    (rule,) = [each for each in rules(S, "wrist", 75.0) if each.reason == "arousal"]
    assert Condition("peak_at_s", 1.0, 0.5) in rule.conditions


def test_stillness_is_never_sure_at_its_own_limit():
    equal = replace(S, still_before_sure_s=10.0, still_before_s=10.0)
    (still,) = [
        each
        for rule in rules(equal, "wrist", 75.0)
        if rule.reason == "jerk"
        for each in rule.conditions
        if each.column == "still_before_s"
    ]
    assert (still.limit, still.sure) == (10.0, 11.0)


@pytest.mark.parametrize("condition", sleep_start_conditions(S, STEP_G)[1:], ids=lambda c: c.column)
@pytest.mark.parametrize("site", SITES)
def test_what_fails_a_condition_of_a_sleep_start_meets_a_rule_that_says_so(condition, site):
    def is_opposite(other: Condition) -> bool:
        same = (other.column, other.limit) == (condition.column, condition.limit)
        sides = {c.sure > c.limit for c in (other, condition)}
        return same and len(sides) == 2 and other.strict

    found = rules(S, site, least_size_mg(STEP_G, S))
    assert [rule.reason for rule in found if [*map(is_opposite, rule.conditions)] == [True]]
    assert condition.column in near.NAMES


def test_the_last_rule_takes_all():
    for site in SITES:
        assert rules(S, site, 75.0)[-1] == Rule("unclear", "brief_other", ())


@pytest.mark.parametrize(
    ("value", "margin"), [(0.5, 0.0), (1.0, 0.5), (2**0.5, 0.75), (2.0, 1.0), (9.0, 1.0), (0, 0)]
)
def test_a_margin_grows_from_its_limit_to_the_sure_value(value, margin):
    least = Condition("x", 1.0, 2.0)
    assert least.margin({"x": np.array([value])}) == pytest.approx([margin])


def test_an_upper_limit_has_its_margin_below():
    most = Condition("x", 1.0, 0.5)
    evidence = {"x": np.array([2.0, 1.0, 0.5, 0.0])}
    assert most.margin(evidence) == pytest.approx([0.0, 0.5, 1.0, 1.0])
    assert most.holds(evidence).tolist() == [False, True, True, True]


def test_an_unknown_value_holds_only_where_that_is_said():
    evidence = {"x": np.array([np.nan])}
    assert not Condition("x", 1.0, 2.0).holds(evidence)[0]
    assert Condition("x", 1.0, 2.0, unknown=True).holds(evidence)[0]
    assert 0.5 < Condition("x", 1.0, 2.0, unknown=True).margin(evidence)[0] < 1
