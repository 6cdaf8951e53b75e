"""Avro: sessions of an EmbracePlus and exports of CentrePoint."""

from __future__ import annotations

from pathlib import Path

import fastavro
import made_avro
import made_recordings as made
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_avro import CENTREPOINT, EMBRACEPLUS, centrepoint, container, embraceplus, session
from reading import read, remarks_of

from recordings import SECOND_NS, RecordingError, open_recording

REAL = Path(__file__).parents[1] / "data" / "embraceplus_64hz.avro"
CODES = made.resting(1500, step=1)
ACCEL_G = CODES / 256
T0_NS = made.T0_NS
STEP_NS = SECOND_NS // 32


# -- EmbracePlus: the real file


def test_the_real_session_is_decoded_as_by_another_reader():
    with REAL.open("rb") as file:
        (record,) = fastavro.reader(file)
    measured = record["rawData"]["accelerometer"]
    samples, times, segments, recording = read(REAL)
    np.testing.assert_array_equal(samples, np.column_stack([measured[axis] for axis in "xyz"]))
    assert segments == [("start", 11_520)]
    start_ns = (measured["timestampStart"] + 3_600_000_000) * 1000
    expected = start_ns + np.arange(11_520) * (SECOND_NS / measured["samplingFrequency"])
    np.testing.assert_allclose(times - start_ns, expected - start_ns, atol=300)
    (scale,) = {chunk.scale for chunk in recording.chunks()}
    assert scale.gain_g == (1 / 2048,) * 3
    assert scale.offset_g == (0, 0, 0)
    assert recording.health.remarks == []


def test_the_header_of_the_real_session():
    header = open_recording(REAL).header
    assert (header.format, header.device) == ("embraceplus-avro", "Empatica EmbracePlus")
    assert (header.serial, header.firmware) == ("3YK3K152XH", "4.41.4")
    assert header.nominal_hz == pytest.approx(63.9999, abs=1e-4)
    assert (header.range_g, header.known_offset_s) == (16, 3600)
    assert header.notes == {"participant": "000001"}


# -- EmbracePlus: samples and clock


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    n=st.integers(1, 3000),
    rate_hz=st.floats(20, 200, width=32),
    zone_s=st.integers(-12 * 3600, 14 * 3600),
    codec=st.sampled_from(["null", "deflate"]),
    seed=st.integers(0, 99),
)
def test_a_session_is_read_back_as_written(saved, n, rate_hz, zone_s, codec, seed):
    codes = np.random.default_rng(seed).integers(-32_768, 32_767, (n, 3), endpoint=True)
    codes[0] = -32_768, 32_767, 0
    path = saved(embraceplus(codes, rate_hz=rate_hz, zone_s=zone_s, range_g=16, codec=codec))
    samples, times, segments, recording = read(path)
    np.testing.assert_array_equal(samples, codes)
    assert samples.dtype == np.int16
    assert segments == [("start", n)]
    start_ns = T0_NS + zone_s * SECOND_NS
    np.testing.assert_allclose(
        times - start_ns, np.arange(n) * (1e9 / rate_hz), atol=1e-7 * n * 1e9
    )
    assert (recording.header.nominal_hz, recording.header.range_g) == (rate_hz, 16)
    assert recording.header.known_offset_s == zone_s


@pytest.mark.parametrize("zone_s", [15 * 3600, -(2**31), 2**31 - 1])
def test_an_offset_that_no_place_has_leaves_utc(saved, zone_s):
    recording = open_recording(saved(embraceplus(CODES, zone_s=zone_s)))
    assert recording.header.known_offset_s == 0
    assert next(recording.chunks()).start_ns == T0_NS


@pytest.mark.parametrize(
    ("late", "reason"),
    [(0, ""), (1.4, ""), (-1.4, ""), (1.6, "gap"), (6400, "gap"), (-6400, "clock_backwards")],
)
def test_sessions_one_behind_the_other_are_joined_by_their_starts(saved, late, reason):
    following_ns = T0_NS + 15 * SECOND_NS + round(late / 100 * SECOND_NS)
    sessions = [
        session(CODES, rate_hz=100),
        session(CODES[::-1], rate_hz=100, start_ns=following_ns, zone_s=7200),
    ]
    in_one = container(EMBRACEPLUS, sessions)
    one_after_another = b"".join(container(EMBRACEPLUS, [each]) for each in sessions)
    for content in (in_one, one_after_another):
        samples, times, segments, recording = read(saved(content))
        np.testing.assert_array_equal(samples, np.concatenate([CODES, CODES[::-1]]))
        assert segments == ([("start", 1500), (reason, 1500)] if reason else [("start", 3000)])
        assert times[1500] == pytest.approx(following_ns, abs=1000)
        assert recording.health.blocks == 1 + (content is one_after_another)


def test_the_clock_follows_small_offsets_between_sessions(saved):
    sessions = [session(CODES, rate_hz=100, start_ns=T0_NS + k * 15_010_000_000) for k in range(5)]
    _, times, segments, recording = read(saved(container(EMBRACEPLUS, sessions)))
    assert segments == [("start", 7500)]
    np.testing.assert_allclose(times[::1500], T0_NS + np.arange(5) * 15_010_000_000, atol=1)
    assert np.diff(times).min() > 9.9e6
    assert np.diff(times).max() < 10.2e6
    assert recording.health.stamps_repaired == 0


def test_a_session_without_acceleration_is_passed_over(saved):
    nothing = session(CODES[:0], rate_hz=0, start_ns=0)
    sessions = [nothing, session(CODES, rate_hz=100), nothing]
    samples, _, segments, recording = read(saved(container(EMBRACEPLUS, sessions)))
    np.testing.assert_array_equal(samples, CODES)
    assert segments == [("start", 1500)]
    assert recording.health.blocks_bad == 0
    with pytest.raises(RecordingError, match="holds no acceleration: it was not recorded"):
        open_recording(saved(container(EMBRACEPLUS, [nothing])))


@pytest.mark.parametrize("change", [{"range_g": 8}, {"rate_hz": 50}])
def test_a_session_of_another_configuration_is_left_out(saved, change):
    sessions = [session(CODES, rate_hz=100), session(CODES, **{"rate_hz": 100, **change})]
    samples, _, _, recording = read(saved(container(EMBRACEPLUS, sessions)))
    assert len(samples) == 1500
    assert list(remarks_of(recording)) == ["other_configuration"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"timestampStart": -1},
        {"timestampStart": 2**62},
        {"samplingFrequency": 0.0},
        {"samplingFrequency": float("nan")},
        {"samplingFrequency": 1e9},
        {"z": [32_768] + [256] * 1499},
        {"x": [-(2**31)] + [0] * 1499},
        {"imuParams": dict.fromkeys(("physicalMin", "physicalMax", "digitalMin", "digitalMax"), 0)},
    ],
    ids=lambda wrong: str(wrong)[:40],
)
def test_a_session_that_no_sensor_measured_is_refused(saved, wrong):
    if "imuParams" in wrong:
        wrong["imuParams"]["conversionFactor"] = 0.0
    path = saved(embraceplus(CODES, **wrong))
    with pytest.raises(RecordingError, match="holds no acceleration") as refused:
        open_recording(path)
    assert refused.value.path == path


def test_axes_of_different_length_count_as_far_as_the_shortest(saved):
    samples, *_ = read(saved(embraceplus(CODES, y=CODES[:700, 1].tolist())))
    np.testing.assert_array_equal(samples, CODES[:700])


# -- CentrePoint


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    n=st.integers(1, 400),
    codec=st.sampled_from(["null", "deflate"]),
    block_bytes=st.integers(1, 5000),
    order=st.integers(0, 31),
    seed=st.integers(0, 99),
)
def test_an_export_is_read_back_as_written(saved, n, codec, block_bytes, order, seed):
    accel_g = np.random.default_rng(seed).normal(0, 2, (n, 3))
    start_ns = T0_NS // SECOND_NS * SECOND_NS + order * STEP_NS
    content = centrepoint(accel_g, codec=codec, block_bytes=block_bytes, start_ns=start_ns)
    samples, times, segments, recording = read(saved(content))
    np.testing.assert_array_equal(samples, accel_g)
    np.testing.assert_array_equal(times, start_ns + np.arange(n) * STEP_NS)
    assert segments == [("start", n)]
    assert recording.health.remarks == []
    assert recording.health.blocks == len(made_avro.blocks_of(content))


def test_an_export_says_what_utc_is(saved):
    header = open_recording(saved(centrepoint(ACCEL_G))).header
    assert (header.format, header.serial) == ("centrepoint-avro", "MOS2D")
    assert (header.nominal_hz, header.known_offset_s) == (32, 0)
    assert header.notes == {"study": "12", "subject": "345"}


def test_samples_that_are_held_are_a_gap_and_no_data(saved):
    held = {0, 1, *range(100, 164), 1499}
    samples, times, segments, recording = read(saved(centrepoint(ACCEL_G, held=held)))
    kept = np.delete(np.arange(1500), sorted(held))
    np.testing.assert_array_equal(samples, ACCEL_G[kept])
    np.testing.assert_array_equal(times, T0_NS + kept * STEP_NS)
    assert segments == [("start", 98), ("latched", 1335)]
    assert remarks_of(recording)["latched"].startswith("67 samples")


@pytest.mark.parametrize(
    ("change", "reason", "remark"),
    [
        ({"X": float("nan")}, "missing_values", "missing_values"),
        ({"Z": float("inf")}, "missing_values", "missing_values"),
        ({"Y": 1e300}, "missing_values", "missing_values"),
        ({"SampleOrder": 32}, "missing_values", "missing_values"),
        ({"SampleOrder": -1}, "missing_values", "missing_values"),
        ({"Timestamp": -1}, "missing_values", "missing_values"),
        ({"Timestamp": 2**62}, "missing_values", "missing_values"),
        (None, "gap", None),
    ],
    ids=str,
)
def test_one_unusable_sample_opens_a_gap_of_one_sample(saved, change, reason, remark):
    rows = made_avro.samples(ACCEL_G)
    if change is None:
        del rows[700]
    else:
        rows[700].update(change)
    samples, times, segments, recording = read(saved(container(CENTREPOINT, rows)))
    np.testing.assert_array_equal(samples, np.delete(ACCEL_G, 700, axis=0))
    assert segments == [("start", 700), (reason, 799)]
    assert times[700] - times[699] == 2 * STEP_NS
    assert list(remarks_of(recording)) == ([remark] if remark else [])


def test_records_out_of_order_open_a_segment_and_lose_nothing(saved):
    rows = made_avro.samples(ACCEL_G)
    rows = rows[960:] + rows[:960]
    samples, _, segments, recording = read(saved(container(CENTREPOINT, rows)))
    assert len(samples) == 1500
    assert segments == [("start", 540), ("clock_backwards", 960)]
    assert list(remarks_of(recording)) == ["clock_backwards"]


def test_fields_may_be_null_and_in_any_order(saved):
    schema = {
        **CENTREPOINT,
        "fields": [
            {"name": field["name"], "type": ["null", field["type"]]}
            for field in reversed(CENTREPOINT["fields"])
        ],
    }
    rows = made_avro.samples(ACCEL_G)
    rows[7]["Y"] = None
    rows[8]["MonitorSerial"] = None
    samples, _, segments, _ = read(saved(container(schema, rows)))
    np.testing.assert_array_equal(samples, np.delete(ACCEL_G, 7, axis=0))
    assert segments == [("start", 7), ("missing_values", 1492)]


def test_more_samples_in_a_second_than_32_are_refused(saved):
    rows = made_avro.samples(ACCEL_G)
    for k, row in enumerate(rows):
        row["SampleOrder"] = k % 64
    with pytest.raises(RecordingError, match="more than 32 samples in a second"):
        open_recording(saved(container(CENTREPOINT, rows)))


# -- other files


def test_other_records_are_refused_with_what_is_read(saved):
    schema = {"type": "record", "name": "R", "fields": [{"name": "x", "type": "double"}]}
    with pytest.raises(
        RecordingError, match=r"Avro file of other records.*EmbracePlus.*CentrePoint"
    ):
        open_recording(saved(container(schema, [{"x": 1.0}])))


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (b"deflate", b"deflatf", "codec 'deflatf'"),
        (b"avro.schema", b"avro.schemb", "damaged header"),
        (b'"record"', b'"recorD"', "schema that"),
        (b'"long"', b'"lonG"', "does not say what 'lonG' is"),
    ],
)
def test_a_header_that_cannot_be_used_is_refused(saved, old, new, named):
    path = saved(centrepoint(ACCEL_G).replace(old, new, 1))
    with pytest.raises(RecordingError, match=named) as refused:
        open_recording(path)
    assert (refused.value.path, refused.value.offset) == (path, 0)
