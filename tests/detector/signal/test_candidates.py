"""What is said of an event besides its features: which matter, what is clipped, what is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_jolts import PEAK_S, STEP_G, jolts, scan_pieces
from scans import event

from detector.settings import KindSettings, ScanSettings
from detector.signal.candidates import could_be_sleep_start
from detector.signal.design import Design
from recordings import SECOND_NS, Chunk, Scale

RATE_HZ = 50.0
START_NS = 1_709_654_467 * SECOND_NS


# --------------------------------------------------------------------- the gate


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, True),
        ({"width_s": 1.4}, True),
        ({"width_s": 1.41}, False),
        ({"peak_accel_mg": 40.0}, True),
        ({"peak_accel_mg": 39.9}, False),
        ({"peak_jerk_g_per_s": 0.8}, True),
        ({"peak_jerk_g_per_s": 0.79}, False),
        ({"still_before_s": 8.0}, True),
        ({"still_before_s": 7.9}, False),
        ({"effective_hz": 1.0}, True),
        ({"effective_hz": 0.99}, False),
        ({"hf_lf_ratio": 1.0}, True),
        ({"hf_lf_ratio": 1.01}, False),
        ({"hf_lf_ratio": np.nan}, True),
        ({"posture_change_deg": 75.0}, True),
        ({"posture_change_deg": 75.1}, False),
        ({"posture_change_deg": np.nan}, True),
        ({"width_s": np.nan}, False),
        ({"effective_hz": np.nan}, False),
    ],
    ids=str,
)
def test_near_misses_of_a_sleep_start_are_timed_exactly_too(changes, kept):
    assert could_be_sleep_start(event(**changes)).tolist() == [kept]


def test_whatever_can_be_a_sleep_start_by_the_usual_limits_passes_the_gate():
    s = KindSettings()
    for changes in (
        {"width_s": s.width_max_s},
        {"peak_accel_mg": s.accel_listed_mg},
        {"peak_jerk_g_per_s": s.jerk_min_g_per_s},
        {"still_before_s": s.still_before_s},
        {"effective_hz": s.effective_low_hz},
        {"effective_hz": s.effective_high_hz},
        {"hf_lf_ratio": s.impact_ratio},
        {"posture_change_deg": s.arousal_posture_max_deg},
    ):
        assert could_be_sleep_start(event(**changes)).all(), changes


# --------------------------------------------------------------------- what is clipped

FINE_G = 0.0001


def scanned(accel_g, *, at_end_of_range: int | None = None):
    """One chunk in steps of 0.1 mg; a sample's z may be the lowest number that there can be."""
    counts = np.rint(accel_g / FINE_G).astype(np.int16)
    lowest = counts.min() - 1
    if at_end_of_range is not None:
        counts[at_end_of_range, 2] = lowest
    uniform = Chunk.uniform(counts, RATE_HZ, START_NS)
    scale = Scale(gain_g=(FINE_G,) * 3, lowest=float(lowest))
    return scan_pieces([replace(uniform, scale=scale)], RATE_HZ)


def upside_down(at_s=(20.0,), seconds=40.0):
    """Gravity along -z, where a step of 0.1 mg more is nothing."""
    accel_g = jolts(RATE_HZ, seconds, at_s, noise_g=0.0002)
    accel_g[:, 2] -= 2
    return accel_g


@pytest.mark.parametrize("where", ["before", "first", "within", "last", "behind"])
def test_an_event_is_clipped_by_a_sample_from_its_beginning_to_its_end(where):
    accel_g = upside_down()
    (row,) = scanned(accel_g).candidates
    made = Design.of(RATE_HZ, STEP_G, ScanSettings())
    # its times were put earlier by the delay, not by whole samples
    first, last = (
        round((row[f"{end}_ns"] + made.delay_ns - START_NS) / SECOND_NS * RATE_HZ) - made.delay_n
        for end in ("start", "end")
    )
    place = {
        "before": first - 1,
        "first": first,
        "within": (first + last) // 2,
        "last": last,
        "behind": last + 1,
    }
    (found,) = scanned(accel_g, at_end_of_range=place[where]).candidates
    assert found["clipped"] == (where in ("first", "within", "last"))


# --------------------------------------------------------------------- times


def test_a_peak_lies_within_its_event_and_near_the_strongest_moment():
    rows = scanned(upside_down((20.0, 30.0))).candidates
    assert (rows["start_ns"] <= rows["peak_ns"]).all()
    assert (rows["peak_ns"] <= rows["end_ns"]).all()
    peaks_s = (rows["peak_ns"] - START_NS) / SECOND_NS
    np.testing.assert_allclose(peaks_s, np.array([20, 30]) + PEAK_S, atol=0.02)


def test_peaks_are_timed_between_samples():
    begins_s = 20 + 12.00731 * np.arange(12)  # at all places between two samples of 20 ms
    rows = scanned(jolts(RATE_HZ, 165.0, begins_s, noise_g=0.0001) - [0, 0, 2]).candidates
    late_s = (rows["peak_ns"] - START_NS) / SECOND_NS - begins_s - PEAK_S
    assert np.ptp(late_s) < 0.004


def test_a_stronger_jerk_a_second_later_is_not_taken_for_the_peak_of_the_first():
    accel_g = upside_down() + jolts(RATE_HZ, 40.0, [21.1], size_g=0.9, noise_g=0) - [0, 0, 1]
    first, second = scanned(accel_g).candidates
    assert (first["peak_ns"] - START_NS) / SECOND_NS == pytest.approx(20 + PEAK_S, abs=0.02)
    assert second["peak_jerk_g_per_s"] > 2 * first["peak_jerk_g_per_s"]


def test_stillness_lasts_from_the_end_of_the_event_before_and_first_from_the_blanked_time():
    first, second = scanned(upside_down((20.0, 30.0))).candidates
    begin_s = (first["start_ns"] - START_NS) / SECOND_NS
    assert first["still_before_s"] == pytest.approx(begin_s - 10, abs=0.3)  # delayed signal
    between_s = (second["start_ns"] - first["end_ns"]) / SECOND_NS
    assert second["still_before_s"] == pytest.approx(between_s, abs=1e-3)


# --------------------------------------------------------------------- snippets


@pytest.mark.parametrize(
    ("seconds", "samples"), [(40.0, 400), (23.0, None)], ids=["whole", "cut by the end"]
)
def test_a_snippet_reaches_from_three_seconds_before_to_five_after_or_to_the_end(seconds, samples):
    accel_g = upside_down(seconds=seconds)
    scan = scanned(accel_g)
    (snippet,), (row,) = scan.snippets, scan.candidates
    begin = round((snippet.start_ns - START_NS) / SECOND_NS * RATE_HZ)
    assert len(snippet.accel_g) == len(snippet.jerk_g_per_s)
    assert len(snippet.accel_g) == (samples or len(accel_g) - begin)
    assert (row["peak_ns"] - snippet.start_ns) / SECOND_NS == pytest.approx(3, abs=0.15)
    known = ~np.isnan(snippet.jerk_g_per_s)
    assert known[: known.sum()].all()  # what is unknown lies at the end, by the delay
    missing_s = (len(known) - known.sum()) / RATE_HZ
    assert missing_s == pytest.approx(0 if samples else 0.2, abs=0.1)
    assert np.nanmax(snippet.jerk_g_per_s) == pytest.approx(row["peak_jerk_g_per_s"])


def test_what_cannot_be_a_sleep_start_has_no_snippet():
    scan = scanned(upside_down((20.0, 22.5)))
    assert scan.candidates["still_before_s"][1] < 8
    assert [each.peak_ns for each in scan.snippets] == [scan.candidates["peak_ns"][0]]
