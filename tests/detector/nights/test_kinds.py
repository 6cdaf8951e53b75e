from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scans import STEP_G, event, events, series

from detector.nights.kinds import HIGH, classify, gather_all, least_size_mg, rules
from detector.nights.night import Kind, Site
from detector.reasons import REASONS
from detector.scan import CANDIDATE
from detector.settings import KindSettings

S = KindSettings(likeness_least=0.0001)
"""The limits alone; likeness has tests of its own."""
SITES = get_args(Site)


def said(*rows, site="wrist", step_g=STEP_G, settings=S):
    return classify(events(*rows), settings, site=site, step_g=step_g)


def kinds(*rows, **known):
    judgement = said(*rows, **known)
    return list(zip(judgement.kind.tolist(), judgement.reason.tolist(), strict=True))


def kind(*rows, **known):
    """What the first event is."""
    return kinds(*rows, **known)[0]


# --------------------------------------------------------------------- the sleep start


def test_a_textbook_sleep_start_is_one():
    assert kind(event()) == ("sleep_start", "jerk")
    assert said(event()).certainty[0] >= HIGH


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"peak_accel_mg": S.accel_listed_mg}, ("sleep_start", "jerk")),
        ({"peak_accel_mg": 0.99 * S.accel_listed_mg}, ("micro_twitch", "small")),
        ({"peak_jerk_g_per_s": S.jerk_min_g_per_s}, ("sleep_start", "jerk")),
        ({"peak_jerk_g_per_s": 0.99 * S.jerk_min_g_per_s}, ("brief_other", "weak")),
        ({"width_s": S.width_max_s}, ("sleep_start", "jerk")),
        ({"width_s": 1.01 * S.width_max_s}, ("brief_other", "wide")),
        ({"effective_hz": S.effective_low_hz}, ("sleep_start", "jerk")),
        ({"effective_hz": 0.99 * S.effective_low_hz}, ("brief_other", "slow")),
        ({"effective_hz": S.effective_high_hz}, ("sleep_start", "jerk")),
        ({"effective_hz": 1.01 * S.effective_high_hz}, ("brief_other", "fast")),
        ({"hf_lf_ratio": S.impact_ratio}, ("sleep_start", "jerk")),
        ({"hf_lf_ratio": 1.01 * S.impact_ratio}, ("brief_other", "knock_like")),
        ({"hf_lf_ratio": np.nan}, ("sleep_start", "jerk")),
        ({"still_before_s": S.still_before_s}, ("sleep_start", "jerk")),
        ({"still_before_s": 0.99 * S.still_before_s}, ("brief_other", "not_still")),
        ({"n_bursts": S.bursts_max}, ("sleep_start", "jerk")),
        ({"posture_change_deg": S.posture_max_deg}, ("sleep_start", "jerk")),
        ({"posture_change_deg": np.nan}, ("sleep_start", "jerk")),
        ({"duration_s": S.duration_max_s}, ("sleep_start", "jerk")),
        ({"width_s": np.nan}, ("brief_other", "unclear")),
        ({"effective_hz": np.nan}, ("brief_other", "unclear")),
    ],
)
def test_a_sleep_start_meets_every_limit(changes, expected):
    assert kind(event(**changes)) == expected


@pytest.mark.parametrize(
    ("step_g", "least_mg"), [(0.00024, 75.0), (0.0099, 75.0), (0.010, 100.0), (0.015625, 100.0)]
)
def test_coarse_sensors_count_from_a_larger_size_on(step_g, least_mg):
    assert least_size_mg(step_g, S) == least_mg


# --------------------------------------------------------------------- knocks and rhythm


@pytest.mark.parametrize(
    ("ratio", "width_s", "expected"),
    [
        (1.6, 0.24, ("impact", "knock")),
        (0.81, 0.34, ("impact", "knock")),
        (1.6, 0.36, ("brief_other", "knock_like")),
        (0.79, 0.24, ("sleep_start", "jerk")),
        (np.nan, 0.24, ("sleep_start", "jerk")),
    ],
)
def test_a_knock_is_high_and_narrow(ratio, width_s, expected):
    assert kind(event(hf_lf_ratio=ratio, width_s=width_s)) == expected


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "sustained"),
        ({"duration_s": 9.9}, "long"),
        ({"lf_share": 0.59}, "long"),
        ({"peak_accel_mg": 200.0}, "long"),
        ({"alternation_cv": 0.36}, "long"),
        ({"alternation_cv": np.nan}, "long"),
    ],
)
def test_sustained_shaking_is_long_strong_and_even(changes, reason):
    shaking = {"duration_s": 12.0, "lf_share": 0.8, "peak_accel_mg": 400.0, "alternation_cv": 0.1}
    late = {"late_ratio": 0.9}
    assert kind(event(**(shaking | late | changes)))[1] == reason


@pytest.mark.parametrize(
    ("changes", "train"),
    [
        ({}, True),
        ({"n_bursts": 4}, True),
        ({"n_bursts": 3}, False),
        ({"burst_interval_s": 0.24}, False),
        ({"burst_interval_s": 3.4}, False),
        ({"burst_interval_cv": 0.36}, False),
        ({"burst_spread": 3.1}, False),
    ],
)
def test_a_train_has_even_bursts_of_similar_size(changes, train):
    bursts = {"n_bursts": 8, "burst_interval_s": 0.7, "burst_interval_cv": 0.1, "burst_spread": 1.5}
    found = kind(event(duration_s=6.0, late_ratio=0.9, **(bursts | changes)))
    assert (found == ("rhythmic_train", "train")) == train


def test_events_in_a_row_can_be_a_train_together():
    assert kinds(series("01:00", 5, 1.5)) == [("rhythmic_train", "train")] * 5


# --------------------------------------------------------------------- with arousal


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"duration_s": 6.0}, ("sleep_start_with_arousal", "arousal")),
        ({"posture_change_deg": 40.0}, ("sleep_start_with_arousal", "arousal")),
        ({"n_bursts": 5}, ("sleep_start_with_arousal", "arousal")),
        ({"duration_s": 6.0, "posture_change_deg": 61.0}, ("body_movement", "long")),
        ({"duration_s": 6.0, "late_ratio": 0.51}, ("body_movement", "long")),
        ({"duration_s": 6.0, "still_before_s": 9.0}, ("body_movement", "long")),
        ({"duration_s": 6.0, "width_s": 1.3}, ("body_movement", "long")),
        ({"duration_s": 6.0, "peak_jerk_g_per_s": 0.9}, ("body_movement", "long")),
        ({"posture_change_deg": 40.0, "late_ratio": 0.6}, ("body_movement", "posture")),
        ({"n_bursts": 5, "late_ratio": 0.6}, ("body_movement", "bursts")),
    ],
)
def test_a_jerk_that_wakes_opens_smaller_movement(changes, expected):
    assert kind(event(**changes)) == expected


def test_the_opening_jerk_comes_first():
    row = event(duration_s=6.0)
    row["peak_ns"] = row["start_ns"] + 1_000_000_000
    assert kind(row) == ("sleep_start_with_arousal", "arousal")
    row["peak_ns"] += 1
    assert kind(row) == ("body_movement", "long")


@pytest.mark.parametrize(
    ("later_g_per_s", "expected"),
    [(2.4, ("sleep_start_with_arousal", "arousal")), (2.6, ("sleep_start", "jerk"))],
)
def test_movement_after_a_jerk_is_smaller(later_g_per_s, expected):
    later = event("02:00:10", peak_jerk_g_per_s=later_g_per_s, still_before_s=9.0)
    assert kind(event("02:00"), later) == expected


def test_a_jerk_that_is_not_followed_within_fifteen_seconds_is_a_plain_one():
    later = event("02:00:20", peak_jerk_g_per_s=1.5, still_before_s=19.0)
    assert kind(event("02:00"), later) == ("sleep_start", "jerk")


def test_a_jerk_is_followed_by_movement_however_soon_that_ends():
    later = event("02:00:01.4", duration_s=0.1, peak_jerk_g_per_s=1.5, still_before_s=0.7)
    assert kind(event("02:00"), later) == ("sleep_start_with_arousal", "arousal")


@pytest.mark.parametrize(("moves", "reason"), [(5, "arousal"), (7, "long")])
def test_movement_after_a_jerk_ends_within_a_minute(moves, reason):
    jerk = event("02:00", duration_s=4.0)
    later = series("02:00:10", moves, 10.0, peak_jerk_g_per_s=1.2, still_before_s=9.0)
    assert kind(jerk, later)[1] == reason


# --------------------------------------------------------------------- large movements


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"duration_s": 3.000000001}, "long"),
        ({"posture_change_deg": 20.1}, "posture"),
        ({"n_bursts": 4}, "bursts"),
    ],
)
def test_what_is_long_turns_or_has_many_bursts_is_a_body_movement(changes, reason):
    assert kind(event(still_before_s=1.0, **changes)) == ("body_movement", reason)


# --------------------------------------------------------------------- periodic movements

SLOW = {"effective_hz": 1.0, "duration_s": 1.5, "peak_jerk_g_per_s": 0.5, "peak_accel_mg": 80.0}


@pytest.mark.parametrize("site", SITES)
def test_slow_periodic_movements_are_named_by_the_site(site):
    name = "periodic_limb_movement" if site == "ankle" else "limb_movement"
    assert kinds(series("01:00", 5, 25.0, **SLOW), site=site) == [(name, "periodic")] * 5


def test_at_the_ankle_long_and_brisk_movements_are_periodic_too():
    for changes in ({"duration_s": 4.0}, {"effective_hz": 4.0, "peak_jerk_g_per_s": 3.0}):
        found = kinds(series("01:00", 5, 25.0, **(SLOW | changes)), site="ankle")
        assert found == [("periodic_limb_movement", "periodic")] * 5


@pytest.mark.parametrize(
    "changes",
    [
        {"duration_s": 0.4},
        {"duration_s": 10.5},
        {"peak_accel_mg": 49.0},
        {"posture_change_deg": 21.0},
        {"hf_lf_ratio": 0.9},
    ],
)
def test_what_is_no_limb_movement_makes_no_series(changes):
    found = kinds(series("01:00", 5, 25.0, **(SLOW | changes)), site="ankle")
    assert all(reason != "periodic" for _, reason in found)


@pytest.mark.parametrize("site", [site for site in SITES if site != "ankle"])
def test_repeated_sleep_starts_are_not_a_periodic_series_away_from_the_ankle(site):
    assert kinds(series("22:55", 20, 25.0), site=site) == [("sleep_start", "jerk")] * 20


@pytest.mark.parametrize(("effective_hz", "periodic"), [(1.19, True), (S.effective_low_hz, False)])
def test_away_from_the_ankle_what_is_as_fast_as_a_jerk_makes_no_series(effective_hz, periodic):
    rows = series("01:00", 5, 25.0, **(SLOW | {"effective_hz": effective_hz}))
    judgement = said(rows, site="wrist")
    assert judgement.limb.tolist() == [periodic] * 5
    assert judgement.series.tolist() == ([0] if periodic else [-1]) * 5
    assert ("periodic" in judgement.reason) == periodic


def test_limb_movements_are_told_whether_they_make_a_series_or_not():
    judgement = said(event("01:00", **SLOW), event("01:30"), site="wrist")
    assert judgement.limb.tolist() == [True, False]
    assert judgement.series.tolist() == [-1, -1]


# --------------------------------------------------------------------- small events


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"n_alternations": 3, "alternation_cv": 0.25}, ("disturbance", "ringing")),
        ({"n_alternations": 2, "alternation_cv": 0.1}, ("micro_twitch", "small")),
        ({"n_alternations": 9, "alternation_cv": 0.26}, ("micro_twitch", "small")),
        ({"n_alternations": 2, "alternation_cv": np.nan}, ("micro_twitch", "small")),
    ],
)
def test_small_events_ring_or_twitch(changes, expected):
    assert kind(event(peak_accel_mg=30.0, **changes)) == expected


# --------------------------------------------------------------------- all rules


def test_every_rule_can_match():
    """In particular: ringing would be unreachable behind the micro-twitches."""
    rows = {
        "knock": event(hf_lf_ratio=1.6, width_s=0.2),
        "sustained": event(duration_s=12, peak_accel_mg=400, alternation_cv=0.1, late_ratio=1),
        "train": series("01:00", 4, 1.0),
        "arousal": event(duration_s=4),
        "long": event(duration_s=4, late_ratio=1),
        "posture": event(posture_change_deg=90),
        "bursts": event(n_bursts=4, late_ratio=1),
        "periodic": series("01:00", 4, 30.0, **SLOW),
        "ringing": event(peak_accel_mg=30, alternation_cv=0.1),
        "small": event(peak_accel_mg=30),
        "jerk": event(),
        "weak": event(peak_jerk_g_per_s=0.5),
        "slow": event(effective_hz=1.1),
        "fast": event(effective_hz=15),
        "wide": event(width_s=1.3),
        "knock_like": event(hf_lf_ratio=1),
        "not_still": event(still_before_s=2),
        "unlike": event(lf_share=0.2, rise_s=0.6, posture_change_deg=15),
        "unclear": event(width_s=np.nan),
    }
    settings = KindSettings()
    for site in SITES:
        all_rules = rules(settings, site, 75.0)
        assert {rule.reason for rule in all_rules} == set(rows)
        for reason, row in rows.items():
            assert kind(row, site=site, settings=settings)[1] == reason


@pytest.mark.parametrize(
    ("beside", "neighbours"),
    [
        ({"duration_s": 12.0, "late_ratio": 1.0}, 1),
        ({"still_before_s": 1.0}, 1),
        ({"still_before_s": 1.0, "peak_accel_mg": S.accel_listed_mg}, 1),
        ({}, 0),
        ({"hf_lf_ratio": 1.6, "width_s": 0.2}, 0),
        ({"peak_accel_mg": 0.9 * S.accel_listed_mg}, 0),
    ],
)
def test_neighbours_are_movements_but_neither_jerks_nor_knocks_nor_twitches(beside, neighbours):
    rows = events(event("02:00"), event("02:03", **beside))
    assert gather_all(rows, S, site="wrist", step_g=STEP_G)["neighbours"][0] == neighbours


def test_the_rules_follow_the_settings():
    tolerant = replace(S, width_max_s=1.5, still_before_s=2.0, duration_max_s=5.0)
    row = event(width_s=1.2, still_before_s=3.0, duration_s=4.0)
    assert kind(row)[0] == "body_movement"
    assert kind(row, settings=tolerant) == ("sleep_start", "jerk")


@st.composite
def candidates(draw):
    count = draw(st.integers(1, 8))
    rows = np.zeros(count, CANDIDATE)
    value = st.one_of(st.just(np.nan), st.floats(0, 1000, width=32))
    for name in CANDIDATE.names:
        if CANDIDATE[name] == np.dtype("f4"):
            rows[name] = draw(st.lists(value, min_size=count, max_size=count))
    rows["n_bursts"] = draw(st.lists(st.integers(1, 64), min_size=count, max_size=count))
    rows["n_alternations"] = draw(st.lists(st.integers(0, 64), min_size=count, max_size=count))
    steps = draw(st.lists(st.integers(0, 10**11), min_size=3 * count, max_size=3 * count))
    times = np.cumsum(steps).reshape(count, 3)
    rows["start_ns"], rows["peak_ns"], rows["end_ns"] = times.T
    return rows


@given(candidates(), st.sampled_from(SITES), st.floats(1e-5, 0.03))
def test_every_event_has_a_kind_a_known_reason_and_a_certainty(candidates, site, step_g):
    judgement = classify(candidates, S, site=site, step_g=step_g)
    assert set(judgement.kind.tolist()) <= set(get_args(Kind))
    assert set(judgement.reason.tolist()) <= set(REASONS)
    assert np.all((judgement.certainty >= 0) & (judgement.certainty <= 1))


def test_no_events_have_no_kinds():
    assert len(said().kind) == 0


# --------------------------------------------------------------------- certainty


@pytest.mark.parametrize("worse", [{"hf_lf_ratio": 0.9}, {"width_s": 0.34}], ids=str)
def test_less_clear_evidence_is_less_certain(worse):
    clear = {"hf_lf_ratio": 1.6, "width_s": 0.2}
    assert said(event(**clear | worse)).certainty[0] < said(event(**clear)).certainty[0]


@pytest.mark.parametrize(
    "rows", [series("01:00", 5, 1.5), series("01:00", 5, 25.0, **SLOW)], ids=["train", "periodic"]
)
def test_what_events_are_together_is_certain(rows):
    assert said(rows).certainty.tolist() == [1.0] * 5


def test_a_limit_holds_for_its_own_value_in_single_precision():
    bursts = {"n_bursts": 8, "burst_interval_s": 0.7, "burst_interval_cv": 0.1, "late_ratio": 0.9}
    row = event(duration_s=6.0, burst_spread=5.3, **bursts)
    assert float(row["burst_spread"][0]) > 5.3
    assert kind(row, settings=replace(S, train_spread=5.3)) == ("rhythmic_train", "train")


def test_the_certainty_of_a_sleep_start_is_its_likeness():
    judgement = said(event())
    assert judgement.kind[0] == "sleep_start"
    assert judgement.certainty[0] == judgement.likeness[0] > 0.5


@pytest.mark.parametrize(("above", "expected"), [(-1e-6, "jerk"), (1e-6, "unlike")])
def test_what_is_less_like_a_sleep_start_than_the_limit_is_none(above, expected):
    doubtful = event(lf_share=0.75)
    settings = replace(S, likeness_least=float(said(doubtful).likeness[0] + above))
    assert kind(doubtful, settings=settings)[1] == expected


def test_only_what_has_the_shape_of_a_sleep_start_has_a_likeness():
    shapes = said(event("01:10", width_s=1.3), event("01:20", duration_s=4), event()).likeness
    assert np.isnan(shapes).tolist() == [True, False, False]
