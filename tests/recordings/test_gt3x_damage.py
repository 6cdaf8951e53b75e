"""ActiGraph .gt3x: what damage costs, and buffers of any size."""

from __future__ import annotations

import gzip

import made_recordings as made
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_gt3x import (
    is_second,
    members_of,
    record,
    records_of,
    stamp_of,
    with_info,
    with_records,
    zipped,
)
from reading import read, remarks_of

from recordings import SECOND_NS, RecordingError, open_recording
from recordings.formats import gt3x_activity, gt3x_log

CODES = made.resting(1000, step=1)
SECOND_BYTES = 609


def without(*numbers):
    """The codes without some seconds."""
    return np.delete(CODES.reshape(10, 100, 3), numbers, axis=0).reshape(-1, 3)


def second_number(records, number):
    """Place of a second among the records."""
    return [i for i, r in enumerate(records) if is_second(r)][number]


def test_a_record_with_a_wrong_byte_costs_that_second_only(saved):
    content = made.gt3x(CODES)
    log = bytearray(members_of(content)["log.bin"])
    start = log.index(records_of(content)[second_number(records_of(content), 4)])
    log[start + 300] ^= 1
    path = saved(zipped({**members_of(content), "log.bin": bytes(log)}))
    samples, times, segments, recording = read(path)
    np.testing.assert_array_equal(samples, without(4))
    assert segments == [("start", 400), ("bad_block", 500)]
    assert times[400] - times[399] == 1_010_000_000
    health = recording.health
    assert (health.blocks, health.blocks_bad, health.bytes_skipped) == (10, 1, SECOND_BYTES)
    assert remarks_of(recording) == {
        "bad_block": f"damaged records were left out, the first at byte {start} of the log"
    }


@pytest.mark.parametrize("at", [0, 1, 5, 7, 100, 608])
@pytest.mark.parametrize("count", [1, 50, 500])
def test_lost_bytes_cost_the_records_they_were_in(saved, at, count):
    content = made.gt3x(CODES)
    log = members_of(content)["log.bin"]
    start = log.index(records_of(content)[second_number(records_of(content), 4)]) + at
    cut = log[:start] + log[start + count :]
    path = saved(zipped({**members_of(content), "log.bin": cut}))
    samples, _, segments, _ = read(path)
    first = (at + count - 1) // SECOND_BYTES + 4
    np.testing.assert_array_equal(samples, without(*range(4, first + 1)))
    assert segments[1][0] == "bad_block"


def test_zeros_between_records_are_no_damage(saved):
    content = made.gt3x(CODES)
    records = [r + bytes(n % 5) for n, r in enumerate(records_of(content))]
    samples, _, segments, recording = read(saved(with_records(content, records)))
    np.testing.assert_array_equal(samples, CODES)
    assert segments == [("start", 1000)]
    assert (recording.health.bytes_skipped, recording.health.remarks) == (0, [])


def test_a_second_that_comes_twice_is_used_once(saved):
    content = made.gt3x(CODES)
    records = records_of(content)
    place = second_number(records, 4)
    other = record(26, stamp_of(records[place]), bytes(600))
    path = saved(with_records(content, [*records[: place + 1], other, *records[place + 1 :]]))
    samples, _, segments, recording = read(path)
    np.testing.assert_array_equal(samples, CODES)
    assert segments == [("start", 1000)]
    assert remarks_of(recording) == {
        "duplicate_block": "a second that came twice was used once: once"
    }


@pytest.mark.parametrize(
    ("size", "kept", "segments"),
    [
        (540, 90, [("start", 490), ("short_block", 500)]),
        (541, 90, [("start", 490), ("short_block", 500)]),
        (660, 100, [("start", 1000)]),
        (5, 0, [("start", 400), ("lost_block", 500)]),
    ],
)
def test_a_second_with_another_number_of_samples(saved, size, kept, segments):
    content = made.gt3x(CODES)
    records = records_of(content)
    place = second_number(records, 4)
    payload = (records[place][8:-1] + bytes(100))[:size]
    records[place] = record(26, stamp_of(records[place]), payload)
    samples, _, found, recording = read(saved(with_records(content, records)))
    expected = np.concatenate([CODES[: 400 + kept], CODES[500:]])
    np.testing.assert_array_equal(samples, expected)
    assert found == segments
    assert remarks_of(recording) == {
        "uneven_block": "a second does not hold 100 samples as others do: once"
    }


def test_what_the_device_lost_is_told(saved):
    content = made.gt3x(CODES)
    records = records_of(content)
    records.insert(6, record(19, stamp_of(records[6]), b""))
    _, _, segments, recording = read(saved(with_records(content, records)))
    assert segments == [("start", 1000)]
    assert "the device says once" in remarks_of(recording)["overflow"]


@pytest.mark.parametrize("deflated", [False, True])
def test_a_cut_archive_gives_its_whole_seconds(saved, deflated):
    codes = np.random.default_rng(1).integers(-2048, 2048, (1000, 3)).astype(np.int16)
    content = made.gt3x(codes, deflated=deflated)
    longest = 0
    for cut in [*range(200, len(content), 701), len(content) - 1]:
        try:
            samples, _, segments, recording = read(saved(content[:cut]))
        except RecordingError:
            assert longest == 0
            continue
        np.testing.assert_array_equal(samples, codes[: len(samples)])
        assert segments == [("start", len(samples))]
        assert len(samples) % 100 == 0
        assert len(samples) >= longest
        assert "truncated_zip" in remarks_of(recording)
        longest = len(samples)
    assert longest == 1000


def test_a_cut_log_says_so(saved):
    content = made.gt3x(CODES)
    cut = b"".join(records_of(content)[:8])[:-100]
    path = saved(zipped({**members_of(content), "log.bin": cut}))
    _, _, _, recording = read(path)
    assert set(remarks_of(recording)) == {"truncated"}
    assert recording.health.blocks_bad == 0


@pytest.mark.parametrize("nest", [gzip.compress, lambda content: zipped({"a.gt3x": content})])
@pytest.mark.parametrize("log_first", [False, True])
def test_an_archive_that_is_packed_itself_is_read(saved, nest, log_first):
    packed = nest(made.gt3x(CODES, log_first=log_first, deflated=True))
    samples, _, _, recording = read(saved(packed))
    np.testing.assert_array_equal(samples, CODES)
    assert recording.header.serial == "TAS1H30182785"
    assert recording.health.remarks == []
    samples, _, _, recording = read(saved(packed[: len(packed) // 2]))
    np.testing.assert_array_equal(samples, CODES[: len(samples)])
    assert 0 < len(samples) < 1000


@pytest.mark.parametrize("log", ["activity", "activity2"])
@pytest.mark.parametrize("size", [70_000, 65_545, 100_001])
def test_the_size_of_the_buffer_does_not_matter(saved, monkeypatch, log, size):
    codes = made.resting(60_000, step=1)
    content = made.gt3x(
        codes, log=log, idle_seconds=frozenset([*range(70, 90)]), lost_seconds=frozenset([300])
    )
    damaged = bytearray(members_of(content)["log.bin"])
    for place in range(20_000, len(damaged), 31_000):
        damaged[place] ^= 0x1E
    path = saved(zipped({**members_of(content), "log.bin": bytes(damaged) + b"\x1edust"}))
    samples, times, segments, recording = read(path)
    assert len(segments) > 5
    monkeypatch.setattr(gt3x_log, "BUFFER_BYTES", size)
    monkeypatch.setattr(gt3x_log, "BATCH_RECORDS", 7)
    again, times_again, segments_again, recording_again = read(path)
    np.testing.assert_array_equal(again, samples)
    np.testing.assert_array_equal(times_again, times)
    assert segments_again == segments
    assert recording_again.health == recording.health


def test_a_log_without_samples_is_refused_with_what_was_wrong(saved):
    content = made.gt3x(CODES)
    records = [r for r in records_of(content) if not is_second(r)]
    with pytest.raises(RecordingError, match="not one readable sample"):
        read(saved(with_records(content, records)))
    silent = with_info(made.gt3x(CODES, parameters=False), b"Sample Rate: 100", b"Sample Rate: ?")
    with pytest.raises(RecordingError, match="states no usable sampling rate"):
        open_recording(saved(with_records(silent, [])))


# -- the old layout


def old(codes, **layout):
    return made.gt3x(codes, log="old", serial="NEO1B34100019", counts_per_g=341, **layout)


def test_a_bare_stream_begins_at_the_planned_start(saved):
    samples, times, segments, recording = read(saved(old(CODES, rate_hz=30)))
    np.testing.assert_array_equal(samples, CODES[:990])
    exact = made.T0_NS // SECOND_NS * SECOND_NS + np.arange(990) * (SECOND_NS / 30)
    assert np.abs(times - exact).max() <= 1
    assert segments == [("start", 990)]
    assert recording.health.remarks == []
    chunk = next(iter(recording.chunks()))
    assert (chunk.scale.lowest, chunk.scale.highest) == (-2046, 2046)
    np.testing.assert_allclose(chunk.scale.to_g(samples), samples / 341, rtol=1e-12)


def test_a_real_bare_stream_ends_where_its_zeros_begin():
    samples, times, segments, recording = read(made.DATA / "neo_old_30hz.gt3x")
    content = members_of((made.DATA / "neo_old_30hz.gt3x").read_bytes())["activity.bin"]
    values = [int(content.hex()[i : i + 3], 16) for i in range(0, 2 * len(content) - 5, 3)]
    signed = np.array([v - 4096 if v > 2047 else v for v in values])
    stream = signed[: len(signed) // 3 * 3].reshape(-1, 3)[:, [1, 0, 2]]
    assert len(stream) == 10_467
    np.testing.assert_array_equal(samples, stream[:2536])
    assert not stream[2536:].any()
    assert segments == [("start", 2536)]
    assert times[-1] - times[0] == round(2535 * SECOND_NS / 30)
    assert set(remarks_of(recording)) == {"zero_fill"}
    header = recording.header
    assert (header.device, header.range_g, header.nominal_hz) == ("ActiGraph GT3X+", 6, 30)


@pytest.mark.parametrize("size", [9, 27, 9 * 25, 9 << 14])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=st.lists(st.tuples(st.booleans(), st.sampled_from([1, 9, 10, 11, 25])), max_size=8))
def test_zeros_of_a_second_or_more_are_no_data(saved, monkeypatch, size, runs):
    parts = [np.full((n, 3), n if there else 0, np.int16) for there, n in runs]
    codes = np.concatenate([*parts, np.ones((20, 3), np.int16)])[: sum(n for _, n in runs) + 20]
    codes = codes[: len(codes) // 10 * 10]
    present = kept_of(codes, 10)
    path = saved(old(codes, rate_hz=10))
    monkeypatch.setattr(gt3x_activity, "BUFFER_BYTES", size)
    if not present.any():
        with pytest.raises(RecordingError, match="not one readable sample"):
            read(path)
        return
    samples, times, segments, _ = read(path)
    np.testing.assert_array_equal(samples, codes[present])
    start_ns = made.T0_NS // SECOND_NS * SECOND_NS
    np.testing.assert_array_equal(times, start_ns + np.flatnonzero(present) * 100_000_000)
    begins = np.flatnonzero(np.diff(present, prepend=False) & present)
    reasons = [reason for reason, _ in segments]
    assert reasons == ["start", *["zero_fill"] * (len(begins) - 1)]


def kept_of(codes, rate):
    """Which samples are in no run of zeros of a second or more."""
    kept = np.ones(len(codes), bool)
    for first in range(len(codes) - rate + 1):
        if not codes[first : first + rate].any():
            kept[first : first + rate] = False
    return kept


def test_a_bare_stream_that_lost_its_info_is_refused_by_name(saved):
    content = (made.DATA / "neo_old_30hz.gt3x").read_bytes()
    with pytest.raises(RecordingError, match=r"has lost its info.txt.*download the recording"):
        open_recording(saved(content[:30_000]))


@pytest.mark.parametrize(
    ("old_text", "new_text", "named"),
    [
        (b"Start Date: ", b"Start Date: -", "states no Start Date"),
        (b"Sample Rate: 100", b"Sample Rate: 0", "no usable sampling rate"),
        (b"Sample Rate: 100", b"Sample Rate: 99.5", "no usable sampling rate"),
    ],
)
def test_a_bare_stream_needs_what_info_says(saved, old_text, new_text, named):
    with pytest.raises(RecordingError, match=named):
        open_recording(saved(with_info(old(CODES), old_text, new_text)))
