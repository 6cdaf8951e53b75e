"""The pass as a whole: any cutting, gaps, borders, rates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_jolts import PEAK_S, START_NS, STEP_G, jolts, scan_array, scan_pieces

from detector.scan import EPOCH, Scan
from detector.settings import SettingsError
from detector.signal import design
from detector.signal.epoching import EPOCH_NS
from detector.signal.segments import Survey
from detector.signal.stream import Stream
from recordings import SECOND_NS, Chunk, Scale


def same(a, b):
    return (
        a.candidates.tobytes() == b.candidates.tobytes()
        and a.epochs.tobytes() == b.epochs.tobytes()
        and [s.accel_g.tobytes() for s in a.snippets] == [s.accel_g.tobytes() for s in b.snippets]
    )


def peaks_s(scan):
    return (scan.candidates["peak_ns"] - START_NS) / SECOND_NS


@pytest.fixture(scope="module")
def minute():
    return jolts(25.0, 60, [15.0, 22.0, 23.2, 40.0, 59.5])


@given(cuts=st.lists(st.integers(0, 1500), max_size=12))
@settings(max_examples=40)
def test_any_chunking_gives_the_same_bytes(minute, cuts):
    assert same(scan_array(minute, 25.0, cuts), scan_array(minute, 25.0))


@pytest.mark.parametrize("size", [1, 7, 487])
def test_chunks_of_one_size_give_the_same_bytes(minute, size):
    assert same(scan_array(minute, 25.0, range(size, 1500, size)), scan_array(minute, 25.0))


@pytest.mark.parametrize("batch_n", [1, 333])
def test_a_window_that_slides_many_times_gives_the_same_bytes(monkeypatch, batch_n):
    accel_g = jolts(25.0, 300, np.arange(20, 280, 40.0))
    whole = scan_array(accel_g, 25.0)
    assert len(whole.candidates) == len(np.arange(20, 280, 40.0))
    monkeypatch.setattr(design, "BATCH_N", batch_n)
    assert same(scan_array(accel_g, 25.0), whole)
    assert same(scan_array(accel_g, 25.0, range(100, 7500, 333)), whole)


def bent(accel_g, size):
    """Chunks of some samples, each with its end of a clock that alternates between two rates."""
    edges = np.arange(0, len(accel_g) + 1, size)
    period_ns = np.where(np.arange(len(edges)) % 2, 39_000_000, 41_000_000)
    times_ns = START_NS + np.cumsum(size * period_ns)
    knots = np.stack([edges, times_ns], axis=1)
    whole = replace(Chunk.uniform(accel_g, 25.0, START_NS), knots=knots)
    chunks = whole.split(*edges[1:-1].tolist())
    return whole, [replace(c, knots=knots[k : k + 2]) for k, c in enumerate(chunks)]


@pytest.mark.parametrize("batch_n", [200, design.BATCH_N])
@pytest.mark.parametrize("size", [100, 500])
def test_every_sample_has_the_time_that_the_clock_gives_it_there(monkeypatch, size, batch_n):
    whole, pieces = bent(jolts(25.0, 200, np.arange(20, 190, 13.0)), size)
    expected = scan_pieces([whole], 25.0)
    monkeypatch.setattr(design, "BATCH_N", batch_n)
    assert same(scan_pieces(pieces, 25.0), expected)
    later = [c for piece in pieces for c in piece.split(17, 60)]
    assert same(scan_pieces(later, 25.0), expected)
    # samples of an epoch are those that the clock puts into it
    times_ns = whole.times_ns(np.arange(len(whole)))
    starts_ns, samples = np.unique(times_ns // EPOCH_NS * EPOCH_NS, return_counts=True)
    assert expected.epochs["start_ns"].tolist() == starts_ns.tolist()
    assert expected.epochs["n_samples"].tolist() == samples.tolist()


def test_a_segment_is_as_if_there_had_been_none_before_it():
    loud, quiet = jolts(25.0, 60, np.arange(12.0, 60, 0.7), size_g=2.0), jolts(25.0, 60, [30, 59.3])
    second = Chunk.uniform(quiet, 25.0, START_NS + 1000 * SECOND_NS)
    alone = scan_pieces([second], 25.0)
    both = scan_pieces([Chunk.uniform(loud, 25.0, START_NS), second], 25.0)
    rows = both.candidates[both.candidates["segment"] == 1]
    rows["segment"] = 0
    assert rows.tobytes() == alone.candidates.tobytes()
    assert both.epochs[-len(alone.epochs) :].tobytes() == alone.epochs.tobytes()


def test_the_floor_of_an_epoch_is_known_when_the_second_has_passed_in_which_it_ends():
    rng = np.random.default_rng(0)
    accel_g = rng.normal(0, 0.01, (3000, 3)) * np.linspace(0.2, 5, 3000)[:, None] + [0, 0, 1]
    start_ns = START_NS // EPOCH_NS * EPOCH_NS  # every fifth second is the last of an epoch
    floors = scan_array(accel_g, 25.0, start_ns=start_ns).epochs["floor_g_per_s"]
    assert len(set(floors[4:].tolist())) > 10  # it rises, as the noise does
    for k in range(4, 24):
        until = scan_array(accel_g[: 125 * (k + 1)], 25.0, start_ns=start_ns).epochs
        assert until["floor_g_per_s"][k] == floors[k]


def test_what_has_not_been_seen_yet_is_no_quiet_second():
    rng = np.random.default_rng(0)
    scan = scan_array(rng.normal(0, 0.004, (1500, 3)) + [0, 0, 1], 25.0)
    floors = scan.epochs["floor_g_per_s"]
    assert floors.min() > 0.8 * np.median(floors)


def warming(accel_g, temperatures_c, cuts=()):
    """Chunks of 300 samples with a temperature each, cut further at will."""
    for k, celsius in enumerate(temperatures_c):
        first = 300 * k
        chunk = Chunk.uniform(accel_g[first : first + 300], 25.0, START_NS, first_index=first)
        chunk = replace(chunk, temperature_c=celsius)
        yield from chunk.split(*sorted({c - first for c in cuts if first < c < first + 300}))


@given(cuts=st.lists(st.integers(0, 1500), max_size=12))
@settings(max_examples=20)
def test_temperatures_do_not_depend_on_the_cutting_either(minute, cuts):
    felt_c = [20.0, np.nan, 31.5, 31.5, 22.0]
    scan = scan_pieces(warming(minute, felt_c, cuts), 25.0)
    assert same(scan, scan_pieces(warming(minute, felt_c), 25.0))
    # an epoch has the temperature of its last sample
    last = np.cumsum(scan.epochs["n_samples"]) - 1
    expected = np.array(felt_c)[last // 300].astype(np.float32)
    np.testing.assert_array_equal(scan.epochs["temperature_c"], expected)


def test_temperatures_of_a_segment_end_with_it(minute):
    first, second = gapped(minute, 100.0)
    scan = scan_pieces([replace(first, temperature_c=30.0), second], 25.0)
    cold = np.isnan(scan.epochs["temperature_c"])
    assert scan.epochs["start_ns"][cold].min() >= second.start_ns - EPOCH_NS
    assert cold.sum() == pytest.approx(6, abs=1)


def surveyed(chunks, rate_hz):
    survey = Survey(rate_hz)
    return Scan.concat([*[survey.push(chunk) for chunk in chunks], survey.finish()])


@given(cuts=st.lists(st.integers(0, 1500), max_size=12))
@settings(max_examples=20)
def test_a_survey_sees_the_epochs_of_the_stream_without_its_filters(minute, cuts):
    felt_c = [20.0, np.nan, 31.5, 31.5, 22.0]
    scan = scan_pieces(warming(minute, felt_c), 25.0)
    found = surveyed(warming(minute, felt_c, cuts), 25.0)
    filtered = {"observed_s", "jerk_max_g_per_s", "accel_max_mg", "floor_g_per_s"}
    for name in set(EPOCH.names) - filtered:
        assert found.epochs[name].tobytes() == scan.epochs[name].tobytes(), name
    assert (found.epochs["observed_s"] == 0).all()
    assert np.isnan(found.epochs["floor_g_per_s"]).all()
    assert len(found.candidates) == 0


def test_a_survey_of_any_length_gives_the_epochs_of_the_stream(minute, monkeypatch):
    whole = scan_array(np.tile(minute, (5, 1)), 25.0)
    monkeypatch.setattr(Survey, "BATCH_N", 700)  # so that its window slides many times
    chunk = Chunk.uniform(np.tile(minute, (5, 1)), 25.0, START_NS)
    found = surveyed([chunk], 25.0)
    for name in ("start_ns", "median_g", "sd_g", "n_samples"):
        assert found.epochs[name].tobytes() == whole.epochs[name].tobytes(), name


def test_a_survey_begins_anew_at_a_gap(minute):
    chunks = gapped(minute, 7.0)
    found, scan = surveyed(chunks, 25.0), scan_pieces(chunks, 25.0)
    assert found.epochs["start_ns"].tobytes() == scan.epochs["start_ns"].tobytes()
    assert found.epochs["mean_g"].tobytes() == scan.epochs["mean_g"].tobytes()


@given(st.integers(800, 1500))
@settings(max_examples=20)
def test_appended_data_never_change_what_was_already_final(minute, stop):
    stream = Stream(25.0, STEP_G)
    early = stream.push(Chunk.uniform(minute[:stop], 25.0, START_NS))
    whole = scan_array(minute, 25.0)
    n, m = len(early.candidates), len(early.epochs)
    assert early.candidates.tobytes() == whole.candidates[:n].tobytes()
    assert early.epochs.tobytes() == whole.epochs[:m].tobytes()


def test_every_jolt_is_found_once_and_its_time_is_right_to_fifty_ms():
    begins = np.array([20.0, 33.3, 47.77, 90.0])
    for rate_hz in (25.0, 50.0, 75.0, 600 / 7, 100.0):
        found = peaks_s(scan_array(jolts(rate_hz, 110, begins), rate_hz))
        np.testing.assert_allclose(found, begins + PEAK_S, atol=0.05)


@pytest.mark.parametrize("rate_hz", [50.0, 75.0, 600 / 7])
def test_other_rates_give_the_same_events_in_time_and_size(rate_hz):
    begins = [20.0, 33.3, 47.77, 90.0]
    at_100 = scan_array(jolts(100.0, 110, begins, noise_g=0.001), 100.0).candidates
    other = scan_array(jolts(rate_hz, 110, begins, noise_g=0.001), rate_hz).candidates
    assert len(at_100) == len(other) == 4
    period_ns = SECOND_NS / rate_hz
    assert np.abs(other["peak_ns"] - at_100["peak_ns"]).max() <= period_ns
    for size in ("peak_accel_mg", "peak_jerk_g_per_s", "width_s"):
        np.testing.assert_allclose(other[size], at_100[size], rtol=0.1)


def test_the_clock_may_run_at_another_rate_than_the_filters_were_made_for():
    chunk = Chunk.uniform(jolts(25.0, 60, [30.0]), 24.4, START_NS)
    (peak,) = peaks_s(scan_pieces([chunk], 25.0))
    assert peak == pytest.approx((30 + PEAK_S) * 25 / 24.4, abs=0.05)


def gapped(minute, gap_s, *, at=750):
    second_ns = START_NS + round((at / 25 + gap_s) * SECOND_NS)
    later = Chunk.uniform(minute[at:], 25.0, second_ns)
    return [Chunk.uniform(minute[:at], 25.0, START_NS), later]


def test_time_after_a_gap_is_blanked_and_not_observed(minute):
    scan = scan_pieces(gapped(minute, 100.0, at=775), 25.0)
    observed_s = scan.epochs["observed_s"].sum()
    assert observed_s == pytest.approx(60 - 2 * 10, abs=1e-3)
    assert scan.epochs["n_samples"].sum() == len(minute)
    np.testing.assert_allclose(peaks_s(scan), np.array([15, 22, 23.2, 159.5]) + PEAK_S, atol=0.1)
    assert list(scan.candidates["segment"]) == [0, 0, 0, 1]


def test_a_step_of_gravity_across_a_gap_is_no_event(minute):
    quiet = jolts(25.0, 60, [])
    turned = jolts(25.0, 60, [])[:, [2, 1, 0]]
    far_ns = START_NS + 90 * SECOND_NS
    chunks = [Chunk.uniform(quiet, 25.0, START_NS), Chunk.uniform(turned, 25.0, far_ns)]
    assert not len(scan_pieces(chunks, 25.0).candidates)


def test_an_event_open_at_a_gap_is_kept_and_flagged(minute):
    scan = scan_pieces(gapped(minute, 100.0, at=round(40.1 * 25)), 25.0)
    at_gap = scan.candidates[scan.candidates["segment"] == 0][-1]
    assert at_gap["truncated"]
    assert (at_gap["end_ns"] - START_NS) / SECOND_NS < 40.1
    assert np.isnan(at_gap["posture_change_deg"])


def test_an_event_open_at_the_end_is_kept_and_flagged(minute):
    scan = scan_array(minute[: round(40.1 * 25)], 25.0)
    assert list(scan.candidates["truncated"]) == [False, False, False, True]


def test_movement_under_way_when_observation_begins_is_flagged():
    scan = scan_array(jolts(25.0, 40, np.arange(8.0, 12.0, 0.3)), 25.0)
    assert scan.candidates["truncated"][0]
    assert scan.candidates["still_before_s"][0] == 0


def test_time_recorded_twice_is_used_once():
    accel_g = jolts(25.0, 120, [70.0])
    first = Chunk.uniform(accel_g[:2500], 25.0, START_NS)
    set_back_ns = START_NS + 60 * SECOND_NS  # the second run repeats 40 s
    second = Chunk.uniform(accel_g[1500:], 25.0, set_back_ns)
    scan = scan_pieces([first, *second.split(13, 999)], 25.0)
    assert (np.diff(scan.epochs["start_ns"]) == EPOCH_NS).all()
    assert len(scan.candidates) == 1
    assert scan.epochs["n_samples"].sum() == len(accel_g)


def test_epochs_lie_on_multiples_of_five_seconds_of_the_clock(minute):
    epochs = scan_array(minute, 25.0).epochs
    assert (epochs["start_ns"] % EPOCH_NS == 0).all()
    assert epochs["start_ns"][0] <= START_NS < epochs["start_ns"][1]
    assert (epochs["n_samples"][1:-1] == 125).all()


def test_a_movement_without_end_is_cut():
    scan = scan_array(jolts(25.0, 120, np.arange(20.0, 110, 0.3)), 25.0)
    spans_s = (scan.candidates["end_ns"] - scan.candidates["start_ns"]) / SECOND_NS
    assert len(scan.candidates) >= 3
    assert spans_s.max() <= 30.0


def test_raw_counts_and_their_scale_give_the_same_as_g():
    counts = np.round(jolts(50.0, 60, [30.0]) / STEP_G).astype(np.int16)
    scale = Scale(gain_g=(STEP_G,) * 3, lowest=-2048, highest=2047)
    uniform = Chunk.uniform(counts, 50.0, START_NS)
    raw = Chunk(
        samples=counts, scale=scale, first_index=0, knots=uniform.knots, opens_segment="start"
    )
    assert same(scan_pieces([raw], 50.0), scan_array(counts * STEP_G, 50.0))


def test_clipped_samples_are_counted_and_mark_their_event():
    counts = np.round(jolts(50.0, 60, [20.0, 40.0]) / STEP_G).astype(np.int16)
    counts[2003:2006, 0] = 2047
    scale = Scale(gain_g=(STEP_G,) * 3, lowest=-2048, highest=2047)
    uniform = Chunk.uniform(counts, 50.0, START_NS)
    raw = Chunk(
        samples=counts, scale=scale, first_index=0, knots=uniform.knots, opens_segment="start"
    )
    scan = scan_pieces([raw], 50.0)
    assert scan.epochs["n_clipped"].sum() == 3
    assert list(scan.candidates["clipped"]) == [False, True]


def test_snippets_hold_the_raw_samples_around_the_peak():
    accel_g = jolts(50.0, 60, [30.0])
    (snippet,) = scan_array(accel_g, 50.0).snippets
    assert len(snippet.accel_g) == 8 * 50
    first = round((snippet.start_ns - START_NS) / SECOND_NS * 50)
    np.testing.assert_array_equal(snippet.accel_g, accel_g[first : first + 400].astype(np.float32))
    envelope_peak_ns = snippet.start_ns + np.nanargmax(snippet.jerk_g_per_s) * SECOND_NS / 50
    assert abs(envelope_peak_ns - snippet.peak_ns) <= 0.1 * SECOND_NS


def test_size_scales_with_the_movement():
    small = scan_array(jolts(50.0, 60, [30.0], size_g=0.2, noise_g=1e-4), 50.0).candidates
    large = scan_array(jolts(50.0, 60, [30.0], size_g=0.6, noise_g=1e-4), 50.0).candidates
    for size in ("peak_accel_mg", "peak_jerk_g_per_s"):
        assert large[size] / small[size] == pytest.approx(3.0, rel=0.01)


def test_turning_the_sensor_changes_nothing_but_the_axes():
    rng = np.random.default_rng(5)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    accel_g = jolts(50.0, 60, [20.0, 40.0])
    plain, turned = (
        scan_array(accel_g, 50.0).candidates,
        scan_array(accel_g @ turn, 50.0).candidates,
    )
    assert (plain["peak_ns"] == turned["peak_ns"]).all()
    for size in ("peak_accel_mg", "peak_jerk_g_per_s", "width_s", "hf_lf_ratio"):
        np.testing.assert_allclose(plain[size], turned[size], rtol=1e-5)


def test_shifting_the_clock_shifts_the_events():
    accel_g = jolts(50.0, 60, [20.0, 40.0])
    shift_ns = 86_400 * SECOND_NS
    early = scan_array(accel_g, 50.0).candidates
    late = scan_array(accel_g, 50.0, start_ns=START_NS + shift_ns).candidates
    assert ((late["peak_ns"] - early["peak_ns"]) == shift_ns).all()


def test_a_coarse_step_raises_the_threshold():
    accel_g = jolts(50.0, 60, [30.0])
    fine = scan_pieces([Chunk.uniform(accel_g, 50.0, START_NS)], 50.0, 0.0039)
    coarse = scan_pieces([Chunk.uniform(accel_g, 50.0, START_NS)], 50.0, 0.015625)
    assert coarse.candidates["threshold_g_per_s"][0] == pytest.approx(0.625)
    assert fine.candidates["threshold_g_per_s"][0] < 0.625


def test_knocks_cannot_be_told_below_forty_hz():
    assert np.isnan(scan_array(jolts(25.0, 60, [30.0]), 25.0).candidates["hf_lf_ratio"]).all()


def test_a_constant_signal_has_no_events():
    accel_g = np.tile([0.0, 0.6, 0.8], (3000, 1))
    scan = scan_array(accel_g, 50.0)
    assert not len(scan.candidates)
    assert (scan.epochs["sd_g"] < 1e-7).all()


@pytest.mark.parametrize("n", [1, 2, 24, 25, 26])
def test_less_than_two_seconds_give_epochs_but_nothing_observed(n):
    scan = scan_array(jolts(25.0, 2, [])[:n], 25.0)
    assert scan.epochs["n_samples"].sum() == n
    assert scan.epochs["observed_s"].sum() == 0


def test_too_slow_a_rate_is_refused():
    with pytest.raises(SettingsError, match=r"12\.50 Hz"):
        Stream(12.5, STEP_G)


def test_a_missing_chunk_is_refused(minute):
    stream = Stream(25.0, STEP_G)
    stream.push(Chunk.uniform(minute[:100], 25.0, START_NS))
    with pytest.raises(ValueError, match="expected sample 100, got 200"):
        stream.push(Chunk.uniform(minute[200:], 25.0, START_NS, first_index=200))


def test_input_after_the_end_is_refused(minute):
    stream = Stream(25.0, STEP_G)
    stream.finish()
    with pytest.raises(ValueError, match="finished"):
        stream.push(Chunk.uniform(minute, 25.0, START_NS))


def test_lasting_movement_never_passes_for_stillness():
    restless = jolts(25.0, 400, np.arange(20.0, 300, 0.3), size_g=1.0)
    candidates = scan_array(restless, 25.0).candidates
    assert candidates["threshold_g_per_s"].max() <= 2.5
    moving = candidates[(candidates["start_ns"] - START_NS) / SECOND_NS < 290]
    assert moving["still_before_s"][1:].max() < 2


def test_fast_sensors_are_analysed_too():
    (peak,) = peaks_s(scan_array(jolts(400.0, 40, [20.0]), 400.0))
    assert peak == pytest.approx(20 + PEAK_S, abs=0.05)
