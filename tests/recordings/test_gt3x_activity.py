"""The bare stream of the first GT3X+: where zeros are no data, and the time of every sample."""

from __future__ import annotations

import made_recordings as made
import numpy as np
import pytest
from made_gt3x import members_of, zipped
from reading import read, remarks_of

from recordings import Health, ReadOptions
from recordings.formats import gt3x_activity
from recordings.formats.actigraph_gt3x import open_reader, sniff_members

RATE_HZ = 10


def codes(*runs):
    """Runs of (samples, zeros or not), the others at rest."""
    parts = [np.zeros((n, 3), np.int16) if zero else made.resting(n, step=1) for n, zero in runs]
    return np.concatenate(parts)


def stream(samples):
    """An archive with a bare stream of an even number of samples."""
    return made.gt3x(samples, log="old", rate_hz=RATE_HZ)


def kept(*runs):
    samples = codes(*runs)
    return samples[np.repeat([not zero or n < RATE_HZ for n, zero in runs], [n for n, _ in runs])]


@pytest.mark.parametrize("bytes_", [9, 27, gt3x_activity.BUFFER_BYTES])
@pytest.mark.parametrize(
    ("runs", "segments", "minutes"),
    [
        ([(40, False)], [40], None),
        ([(20, False), (9, True), (11, False)], [40], None),  # less than a second
        ([(20, False), (10, True), (10, False)], [20, 10], "0.0"),
        ([(20, False), (10, True)], [20], "0.0"),
        ([(31, False), (9, True)], [40], None),  # at the end, too
        ([(9, True), (31, False)], [40], None),
        ([(12, True), (28, False)], [28], "0.0"),
        ([(20, False), (360, True), (10, False), (6, True), (4, False)], [20, 20], "0.6"),
        ([(20, False), (10, True), (1, False), (11, True), (8, False)], [20, 1, 8], "0.0"),
    ],
    ids=lambda value: str(value)[:44],
)
def test_zeros_of_a_second_are_no_data_however_the_stream_is_read(
    saved, monkeypatch, bytes_, runs, segments, minutes
):
    monkeypatch.setattr(gt3x_activity, "BUFFER_BYTES", bytes_)
    samples, _, found, recording = read(saved(stream(codes(*runs))))
    np.testing.assert_array_equal(samples, kept(*runs))
    assert [n for _, n in found] == segments
    assert recording.health.blocks == sum(n for n, _ in runs)
    assert recording.health.bytes_read > 0
    said = remarks_of(recording).get("zero_fill")
    expected = f"{minutes} min of exact zeros were taken for no data"
    assert said == (None if minutes is None else expected)


@pytest.mark.parametrize("axis", range(3))
def test_one_axis_that_is_not_zero_is_data(saved, axis):
    samples = codes((40, False))
    samples[10:30] = 0
    samples[10:30, axis] = -1
    assert read(saved(stream(samples)))[2] == [("start", 40)]


@pytest.mark.parametrize("rate_hz", [30, 32, 70, 100])
def test_a_sample_lies_at_the_start_and_so_many_parts_of_a_second_behind(saved, rate_hz):
    samples = made.resting(2 * rate_hz, step=1)
    path = saved(made.gt3x(samples, log="old", rate_hz=rate_hz))
    times = read(path)[1]
    begun = open_reader(path, ReadOptions()).start_ns
    np.testing.assert_allclose(times - begun, np.arange(2 * rate_hz) * 1e9 / rate_hz, atol=1)


def test_a_run_has_an_anchor_at_its_first_sample_and_at_every_second_behind(saved):
    reader = open_reader(saved(stream(codes((25, False), (12, True), (23, False)))), ReadOptions())
    blocks = list(reader.blocks(Health()))
    first = np.concatenate([block.anchors[:, 0] for block in blocks if block.breaks == "start"])
    assert first[:3].tolist() == [0, 10, 20]
    (again,) = [block for block in blocks if block.breaks == "zero_fill"]
    counted = (again.anchors[:, 1] - reader.start_ns) // 100_000_000
    assert again.anchors[0].tolist() == [0, reader.start_ns + 37 * 100_000_000]
    assert counted.tolist() == [37, 40, 50, 60]
    assert (again.anchors[:, 0] == counted - 37).all()


def test_the_stream_ends_with_its_last_whole_sample(saved):
    members = members_of(stream(codes((40, False))))
    for cut in range(1, 5):
        content = zipped({**members, "activity.bin": members["activity.bin"][:-cut]})
        assert len(read(saved(content))[0]) == 39


def test_codes_clip_at_2046_with_either_sign(saved):
    reader = open_reader(saved(stream(codes((40, False)))), ReadOptions())
    assert (reader.scale.lowest, reader.scale.highest) == (-2046, 2046)


@pytest.mark.parametrize(
    ("members", "known"),
    [
        (["log.bin"], True),
        (["some/folder/log.bin", "x"], True),
        (["activity.bin", "info.txt"], True),
        (["activity.bin", "lux.bin"], True),
        (["activity.bin", "battery.bin"], True),
        (["activity.bin", "eeprom.bin"], True),
        (["activity.bin"], False),
        (["info.txt", "lux.bin"], False),
        ([], False),
    ],
)
def test_an_archive_is_one_of_actigraph_by_its_log_or_by_what_stands_beside(members, known):
    assert sniff_members(members) is known
