from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scans import (
    EPOCH_NS,
    MINUTE_NS,
    NIGHT,
    SPAN,
    at,
    decided,
    event,
    events,
    judged,
    recorded,
    series,
    usual_night,
)

from detector.nights.judging import onset_window, reonset_windows
from detector.nights.night import SLEEP_STARTS, Interval
from detector.reasons import REASONS
from detector.settings import KindSettings, Settings, SleepSettings, WindowSettings

USUAL_WINDOW = Interval(at("22:30"), at("23:15"))


def with_window(**changes) -> Settings:
    return Settings(window=replace(WindowSettings(), **changes))


# --------------------------------------------------------------------- the headline


def test_a_sleep_start_near_onset_is_counted():
    night = usual_night(event("22:55"))
    assert night.status == "ok"
    assert night.reasons == ()
    assert night.window == USUAL_WINDOW
    assert night.window_usable_min == 45
    assert night.counts["sleep_starts_onset"] == 1
    assert decided(night, "kind", "reason", "context", "counted") == [
        ("sleep_start", "jerk", "onset", True)
    ]


def test_a_night_without_events_has_a_count_of_zero():
    night = usual_night()
    assert night.counts["sleep_starts_onset"] == 0
    assert night.counts["sleep_starts_night"] == 0
    assert len(night.events) == 0


def test_onset_offsets_are_signed():
    night = usual_night(event("22:50"), event("23:10"))
    assert night.events.onset_offset_s == pytest.approx([-600, 600])


@pytest.mark.parametrize(
    ("peak", "context", "counted"),
    [
        ("22:29:59.9", "pre_sleep", False),
        ("22:30", "onset", True),
        ("23:14:59.9", "onset", True),
        ("23:15", "sleep", False),
        ("06:59:59.9", "sleep", False),
        ("07:00", "post_wake", False),
    ],
)
def test_a_peak_belongs_to_the_stretch_that_holds_it(peak, context, counted):
    night = usual_night(event(peak))
    reason = "jerk" if counted else "outside_window"
    assert decided(night, "context", "counted", "reason") == [(context, counted, reason)]


@pytest.mark.parametrize(
    ("changes", "counted", "reason", "confidence"),
    [
        ({}, True, "jerk", "high"),
        ({"peak_accel_mg": 75.0}, True, "jerk", "high"),
        ({"peak_accel_mg": 74.9}, False, "small", "low"),
        ({"truncated": True}, False, "truncated", "low"),
        ({"clipped": True}, True, "jerk", "medium"),
        ({"duration_s": 5.0}, True, "arousal", "medium"),
        ({"duration_s": 5.0, "peak_accel_mg": 60.0}, False, "small", "low"),
        ({"still_before_s": 29.0}, True, "jerk", "medium"),
    ],
)
def test_what_is_counted_is_whole_and_large(changes, counted, reason, confidence):
    night = usual_night(event("22:50", **changes))
    assert decided(night, "counted", "reason", "confidence") == [(counted, reason, confidence)]
    assert night.counts["sleep_starts_onset"] == counted


def test_coarse_sensors_count_less():
    night = usual_night(event("22:50", peak_accel_mg=99.0), step_g=0.0156)
    assert decided(night, "counted", "reason") == [(False, "small")]
    assert night.reasons == ("coarse_step",)
    assert night.status == "ok"


def test_without_a_test_for_knocks_the_night_says_so():
    night = usual_night(rate_hz=39.0)
    assert night.reasons == ("no_knock_test",)
    assert night.status == "ok"


# --------------------------------------------------------------------- confidence


def test_before_sleep_movement_within_a_minute_lowers_confidence():
    later = event("22:50:40", peak_jerk_g_per_s=0.5, still_before_s=39.0)
    assert usual_night(event("22:50")).events.confidence[0] == "high"
    assert usual_night(event("22:50"), later).events.confidence[0] == "medium"


def test_in_sleep_neither_recent_nor_later_movement_lowers_confidence():
    later = event("02:00:40", peak_jerk_g_per_s=0.5, still_before_s=39.0)
    night = usual_night(event("02:00", still_before_s=29.0), later)
    assert night.events.confidence[0] == "high"


def test_in_a_night_without_sleep_all_is_judged_as_waking():
    night = judged(recorded("14:00", ("awake", 500)), event("18:00", still_before_s=25.0))
    assert decided(night, "context", "confidence") == [("pre_sleep", "medium")]


# --------------------------------------------------------------------- windows


def test_the_window_lies_around_sleep_onset():
    night = usual_night()
    before, after = 30 * MINUTE_NS, 15 * MINUTE_NS
    onset_ns = night.sleep.onset_ns
    assert night.window == Interval(onset_ns - before, onset_ns + after)


def test_the_window_follows_the_settings():
    night = usual_night(settings=with_window(before_min=10, after_min=5))
    assert night.window == Interval(at("22:50"), at("23:05"))


def test_without_an_observed_onset_there_is_no_window():
    unseen = replace(usual_night().sleep, onset_observed=False)
    assert onset_window(unseen, WindowSettings()) is None


def test_a_return_to_sleep_has_its_own_window():
    epochs = recorded("21:00", ("awake", 120), ("asleep", 200), ("awake", 20), ("asleep", 200))
    night = judged(epochs, events(event("02:35"), event("02:38"), event("02:50"), event("03:00")))
    assert night.sleep.reonsets == (at("02:40"),)
    assert reonset_windows(night.sleep, WindowSettings()) == [Interval(at("02:30"), at("02:45"))]
    assert [context for (context,) in decided(night, "context")] == [
        *("reonset", "reonset", "sleep", "sleep")
    ]
    assert night.counts["sleep_starts_reonset"] == 2
    assert night.counts["sleep_starts_sleep"] == 4


# --------------------------------------------------------------------- counts


def test_counts_add_up():
    night = usual_night(
        *(event(clock) for clock in ("22:00", "22:40", "22:55", "23:05", "23:20", "02:00", "07:30"))
    )
    assert night.counts["sleep_starts_onset"] == 3
    assert night.counts["sleep_starts_sleep"] == 3
    assert night.counts["sleep_starts_night"] == 5  # the union of window and sleep period


def test_the_count_is_repeated_with_the_window_moved():
    night = usual_night(event("22:20"), event("22:25"), event("22:50"), event("23:20"))
    assert night.counts["sleep_starts_onset"] == 1
    assert night.counts["sleep_starts_onset_early15"] == 3
    assert night.counts["sleep_starts_onset_late15"] == 2


def test_a_moved_window_that_was_not_observed_has_no_count():
    night = judged(recorded("22:27", ("awake", 33), ("asleep", 400)), event("22:50"))
    assert night.counts["sleep_starts_onset"] == 1
    assert night.counts["sleep_starts_onset_early15"] is None
    assert night.counts["sleep_starts_onset_late15"] == 1


def test_other_kinds_are_counted_in_the_sleep_period():
    knock = {"hf_lf_ratio": 1.6, "width_s": 0.2}
    night = usual_night(
        event("22:40", **knock), event("02:00", **knock), event("03:00", peak_accel_mg=30)
    )
    assert night.counts["n_impact"] == 1
    assert night.counts["n_micro_twitch"] == 1
    assert night.counts["n_body_movement"] == 0


def test_repetitive_sleep_starts_are_numbered_clusters():
    night = usual_night(series("22:50", 6, 40.0), series("02:00", 5, 40.0), event("04:00"))
    assert night.events.cluster.tolist() == [0] * 6 + [1] * 5 + [-1]
    assert night.counts["n_clusters"] == 2


def test_a_cluster_before_the_window_is_numbered_but_not_counted():
    night = usual_night(series("21:30", 6, 40.0))
    assert night.events.cluster.tolist() == [0] * 6
    assert night.counts["n_clusters"] == 0


def test_small_ones_make_no_cluster():
    assert (usual_night(series("22:50", 6, 40.0, peak_accel_mg=60.0)).events.cluster == -1).all()


def test_periodic_limb_movements_have_a_rate_at_the_ankle_only():
    slow = {"effective_hz": 1.0, "duration_s": 1.5, "peak_jerk_g_per_s": 0.5, "peak_accel_mg": 80.0}
    rows = events(series("22:00", 8, 30.0, **slow), series("01:00", 16, 30.0, **slow))
    ankle, wrist = (usual_night(rows, site=site) for site in ("ankle", "wrist"))
    assert ankle.plm_acc_per_h == pytest.approx(2.0)
    assert ankle.counts["n_periodic_limb_movement"] == 16
    assert (ankle.lm_acc_n, ankle.lm_acc_per_h) == (16, pytest.approx(2.0))
    assert (ankle.plm_acc_series, ankle.periodicity_index_acc) == (1, 1.0)
    assert ankle.limb_intervals_s.tolist() == [30.0] * 15
    assert wrist.plm_acc_per_h is None
    assert (wrist.lm_acc_n, wrist.plm_acc_series, wrist.limb_intervals_s) == (None, None, None)
    assert wrist.counts["n_limb_movement"] == 16


def test_lasting_posture_changes_are_counted_per_hour():
    # 480 minutes with a shift every 40, one or another of less than 30 degrees
    assert 10 / 8 <= usual_night().posture_changes_per_h <= 11 / 8
    assert judged(recorded("21:00", ("awake", 120), ("rigid", 180))).posture_changes_per_h == 0


# --------------------------------------------------------------------- what must always hold


def random_events(seed: int, count: int):
    rng = np.random.default_rng(seed)
    rows = events(*(event(at("21:00") + int(t)) for t in rng.integers(0, 11 * 3600, count) * 10**9))
    for name, low, high in (
        ("peak_accel_mg", 30, 400),
        ("peak_jerk_g_per_s", 0.5, 10),
        ("width_s", 0.2, 1),
        ("effective_hz", 1, 8),
        ("hf_lf_ratio", 0, 1.2),
        ("still_before_s", 0, 60),
        ("posture_change_deg", 0, 40),
    ):
        rows[name] = rng.uniform(low, high, count)
    rows["truncated"] = rng.random(count) < 0.1
    return rows


@given(st.integers(0, 10**6), st.integers(1, 60), st.sampled_from(["wrist", "ankle"]))
def test_the_headline_is_the_number_of_counted_events(seed, count, site):
    night = usual_night(random_events(seed, count), site=site)
    events_ = night.events
    assert night.counts["sleep_starts_onset"] == events_.counted.sum()
    counted = events_.counted
    assert np.isin(events_.kind[counted], SLEEP_STARTS).all()
    assert (events_.context[counted] == "onset").all()
    assert not events_.candidates["truncated"][counted].any()
    assert (events_.candidates["peak_accel_mg"][counted] >= 75).all()
    assert set(events_.reason.tolist()) <= set(REASONS)
    assert set(events_.confidence.tolist()) <= {"high", "medium", "low"}
    total = sum(night.counts[f"n_{kind}"] for kind in ("impact", "micro_twitch", "brief_other"))
    assert total <= len(events_)


@given(st.integers(0, 10**6), st.integers(0, 20))
def test_rows_of_other_nights_change_nothing(seed, count):
    day_ns = SPAN.end_ns - SPAN.start_ns
    epochs, rows = recorded("21:00", *NIGHT), random_events(seed, count)
    more_epochs, more_rows = [], []
    for by_ns in (-day_ns, 0, day_ns):
        for table, copies in ((epochs, more_epochs), (rows, more_rows)):
            copy = table.copy()
            for name in ("start_ns", "peak_ns", "end_ns"):
                if name in table.dtype.names:
                    copy[name] += by_ns
            copies.append(copy)
    recording = Interval(int(epochs["start_ns"][0]), int(epochs["start_ns"][-1]) + EPOCH_NS)
    alone = judged(epochs, rows)
    among = judged(np.concatenate(more_epochs), np.concatenate(more_rows), recorded=recording)
    for name in ("kind", "reason", "context", "counted", "confidence", "cluster"):
        assert getattr(alone.events, name).tolist() == getattr(among.events, name).tolist()
    for name in ("status", "reasons", "sleep", "window", "counts", "usable_h", "nonwear"):
        assert getattr(alone, name) == getattr(among, name)


def test_an_end_of_the_recording_that_is_not_known_yet_changes_nothing():
    epochs, rows = recorded("21:00", ("awake", 120), ("asleep", 780)), random_events(1, 30)
    first_ns = int(epochs["start_ns"][0])
    nights = [
        judged(epochs, rows, recorded=Interval(first_ns, SPAN.end_ns + later * MINUTE_NS))
        for later in (0, 1, 10_000)
    ]
    assert {night.reasons for night in nights} == {nights[0].reasons}


@given(st.lists(st.tuples(st.integers(0, 7900), st.integers(1, 600)), min_size=1, max_size=6))
def test_losing_epochs_never_adds_observed_time(gaps):
    epochs = recorded("21:00", *NIGHT)
    kept = np.ones(len(epochs), bool)
    for start, length in gaps:
        kept[start : start + length] = False
    whole, less = judged(epochs), judged(epochs[kept]) if kept.any() else None
    if less is None:
        return
    assert less.observed_h <= whole.observed_h
    assert less.observed_h == pytest.approx(kept.sum() * 5 / 3600)
    if less.window is not None:
        assert less.window_usable_min <= 60 * less.window.hours
    if less.status == "not_analysable":
        assert less.counts["sleep_starts_onset"] is None


def test_every_setting_of_a_night_changes_something():
    """Nights in which each setting of these groups matters: none is read and then forgotten."""
    table = {
        "usable_spt_h": (with_window(usable_spt_h=9), lambda n: n.status),
        "usable_window_pct": (with_window(usable_window_pct=100), lambda n: n.status),
        "noisy_floor_g_per_s": (with_window(noisy_floor_g_per_s=0.2), lambda n: n.unusable),
        "shift_min": (with_window(shift_min=5), lambda n: n.counts),
        "accel_min_mg": (
            Settings(kinds=replace(KindSettings(), accel_min_mg=300)),
            lambda n: n.counts,
        ),
        "posture_deg": (
            Settings(sleep=replace(SleepSettings(), posture_deg=1)),
            lambda n: n.sleep,
        ),
    }
    epochs = np.delete(recorded("21:00", ("awake", 120), ("drifting", 300), ("awake", 60)), 1300)
    rows = events(event("22:20"), event("22:40"), event("23:05"))
    usual = judged(epochs, rows)
    for name, (settings, seen) in table.items():
        assert seen(judged(epochs, rows, settings=settings)) != seen(usual), name
