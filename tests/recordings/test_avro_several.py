"""Avro files put one behind the other, records that cannot be, and fields that are not there."""

from __future__ import annotations

import made_avro
import made_recordings as made
import numpy as np
import pytest
from made_avro import CENTREPOINT, EMBRACEPLUS, centrepoint, container, session
from reading import read, remarks_of

from recordings import Health, ReadOptions, RecordingError, open_recording
from recordings.formats import avro
from recordings.formats.avro_container import Container
from recordings.source import ByteSource

CODES = made.resting(600, step=1)
ACCEL_G = np.random.default_rng(3).normal(0, 1, (640, 3))
S = 10**9
OTHER = container(
    {"type": "record", "name": "R", "fields": [{"name": "x", "type": "double"}]}, [{"x": 1.0}]
)
NO_SCHEMA = OTHER.replace(b'"double"', b'"doublE"')


def later(seconds):
    return made.T0_NS + round(seconds * S)


def sessions(*starts_s, **changes):
    """One file of sessions of 100 samples at 64 Hz each, begun at these seconds."""
    records = [session(CODES[:100], start_ns=later(start), **changes) for start in starts_s]
    return container(EMBRACEPLUS, records)


# -- EmbracePlus


@pytest.mark.parametrize(
    ("begins_after", "reason"),
    [
        (100, ""),
        (101, ""),
        (99, ""),  # within a sample and a half
        (102, "gap"),
        (98, "clock_backwards"),
    ],
)
def test_a_session_continues_if_it_begins_where_the_one_before_ends(saved, begins_after, reason):
    reader = avro.open_reader(saved(sessions(0, begins_after / 64)), ReadOptions())
    assert [block.breaks for block in reader.blocks(Health())] == ["start", reason]


@pytest.mark.parametrize(
    ("late_us", "reason"),
    [(15_000, ""), (-15_000, ""), (15_001, "gap"), (-15_001, "clock_backwards")],
)
def test_a_sample_and_a_half_is_the_most_between_sessions_that_continue(saved, late_us, reason):
    second = session(CODES[:100], rate_hz=100, start_ns=later(1) + late_us * 1000)
    content = container(EMBRACEPLUS, [session(CODES[:100], rate_hz=100), second])
    reader = avro.open_reader(saved(content), ReadOptions())
    assert [block.breaks for block in reader.blocks(Health())] == ["start", reason]


def test_a_long_session_has_an_anchor_every_ten_seconds_however_it_is_cut(saved):
    path = saved(container(EMBRACEPLUS, [session(np.tile(CODES, (40, 1)))]))
    blocks = list(avro.open_reader(path, ReadOptions()).blocks(Health()))
    assert len(blocks) > 1
    begins = np.cumsum([0, *(len(block.samples) for block in blocks)])
    anchors = [block.anchors + [at, 0] for at, block in zip(begins, blocks, strict=False)]
    index, time_ns = np.concatenate(anchors).T
    assert index.tolist() == list(range(0, 24_000, 640))
    assert time_ns.tolist() == [later(10 * k) for k in range(38)]


@pytest.mark.parametrize(("rate_hz", "follows"), [(67.1, True), (67.3, False), (60.7, False)])
def test_a_session_at_a_rate_of_more_than_5_percent_off_is_another_configuration(
    saved, rate_hz, follows
):
    content = sessions(0) + sessions(10, rate_hz=rate_hz)
    assert len(read(saved(content))[0]) == (200 if follows else 100)


def test_a_session_that_cannot_be_is_damage_between_its_neighbours(saved):
    records = [session(CODES[:100], start_ns=later(k * 100 / 64)) for k in range(3)]
    records[1]["rawData"]["accelerometer"]["samplingFrequency"] = 0.0
    samples, _, segments, recording = read(saved(container(EMBRACEPLUS, records)))
    np.testing.assert_array_equal(samples, np.tile(CODES[:100], (2, 1)))
    assert segments == [("start", 100), ("bad_block", 100)]
    assert recording.health.blocks_bad == 1


@pytest.mark.parametrize(
    "change",
    [
        {"rate_hz": 0.5},
        {"rate_hz": 10_001.0},
        {"rate_hz": float("nan")},
        {"start_ns": 0},
        {"timestampStart": 7 * 10**15},  # in 2191
        {"range_g": 0},
        {"range_g": -16},
    ],
    ids=str,
)
def test_a_session_needs_a_time_a_rate_and_a_range_that_can_be(saved, change):
    with pytest.raises(RecordingError, match="holds no acceleration"):
        open_recording(saved(container(EMBRACEPLUS, [session(CODES[:100], **change)])))


@pytest.mark.parametrize(
    "change",
    [
        {"rate_hz": 1.0},
        {"rate_hz": 10_000.0},
        {"timestampStart": 1},
        {"timestampStart": 7 * 10**15 - 1},
    ],
    ids=str,
)
def test_the_farthest_times_and_rates_that_can_be_are_read(saved, change):
    reader = avro.open_reader(
        saved(container(EMBRACEPLUS, [session(CODES, **change)])), ReadOptions()
    )
    (block,) = reader.blocks(Health())
    assert len(block.samples) == 600


def ends(low_g, high_g, lowest, highest):
    names = ("physicalMin", "physicalMax", "digitalMin", "digitalMax")
    stated = dict(zip(names, (low_g, high_g, lowest, highest), strict=True))
    return {"imuParams": {**stated, "conversionFactor": 0.0}}


def test_the_ends_that_a_session_states_are_those_of_its_values(saved):
    codes = np.array([[-2048, 0, 2047]] * 100)
    path = saved(container(EMBRACEPLUS, [session(codes, **ends(-8, 16, -2048, 2047))]))
    reader = avro.open_reader(path, ReadOptions())
    assert reader.header.range_g == 16
    assert (reader.scale.lowest, reader.scale.highest) == (-2048, 2047)
    accel_g = reader.scale.to_g(codes[:1])
    np.testing.assert_allclose(accel_g, [[-8, -8 + 24 * 2048 / 4095, 16]], atol=1e-12)


def test_of_ends_beyond_16_bits_those_of_16_bits_are_left(saved):
    codes = np.array([[-32_768, 0, 32_767]] * 100)
    path = saved(container(EMBRACEPLUS, [session(codes, **ends(-16, 16, -65_536, 65_536))]))
    reader = avro.open_reader(path, ReadOptions())
    assert (reader.scale.lowest, reader.scale.highest) == (-32_768, 32_767)
    assert reader.scale.gain_g == (1 / 4096,) * 3


@pytest.mark.parametrize("code", [-2049, 2048])
def test_a_value_beyond_the_ends_that_its_session_states_cannot_be(saved, code):
    codes = np.array([[0, 0, 256]] * 99 + [[code, 0, 256]])
    path = saved(container(EMBRACEPLUS, [session(codes, **ends(-8, 8, -2048, 2047))]))
    with pytest.raises(RecordingError, match="holds no acceleration"):
        open_recording(path)


def test_a_session_of_one_code_has_no_scale(saved):
    path = saved(container(EMBRACEPLUS, [session(CODES, **ends(-8, 8, 2048, 2048))]))
    with pytest.raises(RecordingError, match="holds no acceleration"):
        open_recording(path)


@pytest.mark.parametrize("between", [OTHER, NO_SCHEMA], ids=["others", "no schema"])
def test_a_file_of_other_records_between_two_costs_itself(saved, between):
    content = sessions(0) + between + sessions(10)
    samples, times, segments, recording = read(saved(content))
    assert len(samples) == 200
    assert segments == [("start", 100), ("bad_block", 100)]
    assert times[100] - times[0] == 10 * S
    assert recording.health.blocks_bad == 1
    at = len(sessions(0)) + len(made_avro.header_of(between))
    assert remarks_of(recording)["bad_block"] == (
        f"1 damaged blocks were left out; the first is at byte {at}"
    )


def test_sessions_of_another_range_are_left_out(saved):
    content = sessions(0) + sessions(100 / 64, range_g=64) + sessions(200 / 64)
    _, _, segments, recording = read(saved(content))
    assert [size for _, size in segments] == [100, 100]
    assert remarks_of(recording)["other_configuration"] == (
        "records of another range or rate than the first were left out"
    )


# -- CentrePoint


@pytest.mark.parametrize("between", [OTHER, NO_SCHEMA], ids=["others", "no schema"])
def test_exports_with_something_else_between_them_are_read_on(saved, between):
    content = centrepoint(ACCEL_G[:320]) + between + centrepoint(ACCEL_G[320:], start_ns=later(20))
    samples, times, segments, recording = read(saved(content))
    np.testing.assert_array_equal(samples, ACCEL_G)
    assert segments == [("start", 320), ("bad_block", 320)]
    assert times[320] - times[0] == 20 * S
    assert recording.health.blocks_bad == 1


@pytest.mark.parametrize("first", [OTHER, NO_SCHEMA], ids=["others", "no schema"])
def test_the_header_is_that_of_the_first_record_that_can_be_read(saved, first):
    content = container(CENTREPOINT, []) + first + centrepoint(ACCEL_G)
    recording = open_recording(saved(content))
    assert recording.header.serial == "MOS2D"
    assert recording.header.notes == {"study": "12", "subject": "345"}


def test_what_the_first_record_does_not_say_is_unknown(saved):
    schema = {
        **CENTREPOINT,
        "fields": [
            {**field, "type": ["null", field["type"]]}
            if field["name"] == "MonitorSerial"
            else field
            for field in CENTREPOINT["fields"]
            if field["name"] != "StudyId"
        ],
    }
    rows = made_avro.samples(ACCEL_G)
    rows[0]["MonitorSerial"] = None
    header = open_recording(saved(container(schema, rows))).header
    assert header.serial is None
    assert header.notes == {"subject": "345"}


@pytest.mark.parametrize(
    ("change", "left_out"),
    [
        ({"X": 1000.0}, False),
        ({"X": 1000.5}, True),
        ({"Y": -1000.5}, True),
        ({"Z": float("nan")}, True),
        ({"SampleOrder": -1}, True),
        ({"SampleOrder": 32}, True),
        ({"Timestamp": 0}, True),
        ({"Timestamp": 2**40}, True),
    ],
    ids=str,
)
def test_a_sample_that_cannot_be_is_left_out(saved, change, left_out):
    rows = made_avro.samples(ACCEL_G)
    rows[100].update(change)
    _, _, segments, recording = read(saved(container(CENTREPOINT, rows)))
    if left_out:
        assert segments == [("start", 100), ("missing_values", 539)]
        assert remarks_of(recording)["missing_values"] == (
            "1 samples without value or time were left out"
        )
    else:
        assert segments == [("start", 640)]


@pytest.mark.parametrize(("wrong", "another_rate"), [(6, False), (7, True)])
def test_more_than_one_in_a_hundred_impossible_numbers_are_another_rate(saved, wrong, another_rate):
    rows = made_avro.samples(ACCEL_G[:600])
    for k in range(wrong):
        rows[50 * k]["SampleOrder"] = 32 + k
    path = saved(container(CENTREPOINT, rows))
    if another_rate:
        with pytest.raises(RecordingError, match="has more than 32 samples in a second"):
            open_recording(path)
    else:
        assert len(read(path)[0]) == 600 - wrong


def test_held_samples_are_counted_and_leave_a_gap_of_their_own_kind(saved):
    path = saved(centrepoint(ACCEL_G, held=(10, 11, 12)))
    _, times, segments, recording = read(path)
    assert segments == [("start", 10), ("latched", 627)]
    assert times[10] - times[9] == 4 * S // 32
    assert remarks_of(recording)["latched"] == (
        "3 samples that repeat the one before were left out"
    )


# -- the container


@pytest.mark.parametrize("content", [b"Avro?" * 10, b"Obj", b"Obj\x02" + bytes(40)])
def test_a_file_that_begins_otherwise_is_no_container(saved, content):
    with ByteSource(saved(content)) as source, pytest.raises(RecordingError) as refused:
        Container(source, Health())
    assert refused.value.problem == "is an Avro file with a damaged header"
    assert refused.value.offset == 0
