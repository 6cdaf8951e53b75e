"""What is said of a joined recording is what is said of its parts, together."""

from __future__ import annotations

from pathlib import Path

import made_recordings as made
import numpy as np
import pytest
from made_tables import iso, stamps, table, values

from recordings import Chunk, Header, Health, RecordingError, Scale, open_parts, open_recording
from recordings.joined import JoinedRecording, _few, _Part
from recordings.writers import CwaLayout, write_cwa

S = 1_000_000_000
N = 400
COUNTS = ("blocks", "blocks_bad", "bytes_read", "bytes_skipped", "stamps_repaired")


def text(path, start_s, rate_hz=100.0, missing=()):
    """Write a table that begins so many seconds after the usual start."""
    step = np.timedelta64(round(1e6 / rate_hz), "us")
    times = stamps(N, step=step) + np.timedelta64(start_s, "s")
    accel = values(N)
    accel[list(missing)] = np.nan
    path.write_bytes(table(iso(times, "us"), accel))
    return path


def sectors(path, start_s, **layout):
    times_ns = made.T0_NS + start_s * S + np.arange(480) * 10_000_000
    write_cwa(path, [(made.resting(480), times_ns)], CwaLayout(packed=False, **layout))
    return path


def read(recording):
    for _ in recording.chunks():
        pass
    return recording.health


def test_what_is_counted_is_the_sum_over_the_parts(tmp_path):
    paths = [text(tmp_path / "a", 0, missing=[7, 9]), text(tmp_path / "b", 60, missing=[8])]
    health = read(open_parts(paths))
    alone = [read(open_recording(path)) for path in paths]
    for name in COUNTS:
        assert getattr(health, name) == sum(getattr(each, name) for each in alone)
    assert health.blocks == 2 * N - 3
    assert health.bytes_read == sum(path.stat().st_size for path in paths)


def test_what_is_counted_grows_while_it_is_read(tmp_path):
    recording = open_parts([text(tmp_path / "a", 0), text(tmp_path / "b", 60)])
    next(recording.chunks())
    assert recording.health.blocks > 0


def test_the_path_is_that_of_the_part_that_begins_first(tmp_path):
    later, first = text(tmp_path / "a", 60), text(tmp_path / "b", 0)
    assert open_parts([later, first]).path == first


@pytest.mark.parametrize(
    ("rate_hz", "fits"), [(100.0, True), (104.8, True), (105.3, False), (95.2, True), (94.7, False)]
)
def test_rates_of_parts_differ_by_five_percent_at_most(tmp_path, rate_hz, fits):
    paths = [text(tmp_path / "a", 0), text(tmp_path / "b", 60, rate_hz)]
    if fits:
        assert read(open_parts(paths)).samples == 2 * N
    else:
        with pytest.raises(RecordingError, match="its rate is"):
            open_parts(paths)


def test_a_note_must_be_that_of_every_part(tmp_path):
    codes = ("P01", "P02", "P01")
    paths = [
        sectors(tmp_path / str(k), 60 * k, notes={"_p": "left wrist", "_so": code})
        for k, code in enumerate(codes)
    ]
    notes = open_parts(paths).header.notes
    first = open_recording(paths[0]).header.notes
    assert "left wrist" in notes.values()
    assert "P01" in first.values()
    assert "P01" not in notes.values()


@pytest.mark.parametrize(
    ("count", "shown"), [(1, "a"), (3, "a, b, c"), (4, "a, b, c and 1 more"), (5, "a, b, c and 2")]
)
def test_three_parts_are_named_and_others_counted(count, shown):
    said = _few("abcde"[:count])
    assert said == shown + (" more" if count == 5 else "")


class Part:
    """A second of a recording whose hours had these rates."""

    def __init__(self, name, start_s, *rates):
        self.path, self.header = Path(name), Header(format="made", nominal_hz=100.0)
        self.start_ns, self.rates = start_s * S, rates
        self.health = Health()

    def chunks(self):
        lowest, highest = self.rates or (None, None)
        self.health = Health(lowest_hz=lowest, highest_hz=highest)
        knots = np.array([[0, self.start_ns], [100, self.start_ns + S]])
        yield Chunk(
            samples=np.zeros((100, 3)),
            scale=Scale(),
            first_index=0,
            knots=knots,
            opens_segment="start",
        )


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([(99.0, 101.0), (98.0, 100.0)], (98.0, 101.0)),
        ([(98.0, 100.0), (99.0, 101.0)], (98.0, 101.0)),
        ([(), (99.0, 101.0)], (99.0, 101.0)),
        ([(), ()], (None, None)),
    ],
)
def test_hours_of_all_parts_tell_how_the_rate_varied(rates, expected):
    made_parts = [Part(str(k), 60 * k, *each) for k, each in enumerate(rates)]
    parts = [_Part(part, part.start_ns, Scale()) for part in made_parts]
    health = read(JoinedRecording(parts, []))
    assert (health.lowest_hz, health.highest_hz) == expected
