"""From the column of time to device time: what counts from when, and by whose clock."""

from __future__ import annotations

import numpy as np
import pytest
from made_gt3x import zipped
from made_tables import read, table, values
from reading import remarks_of

from recordings import SECOND_NS, ReadOptions, RecordingError
from recordings.formats.table import open_reader

N = 300
ACCEL = values(N)
EPOCH_S = 1_709_675_999
"""2024-03-05 21:59:59 UTC."""
S = SECOND_NS


def content(cells, names="time,x,y,z"):
    return table(cells, ACCEL[: len(cells)], names=names)


def opened(path, **options):
    return open_reader(path, ReadOptions(**options))


def steps(unit_per_s, begin=0.0, rate_hz=100, count=N):
    return [f"{begin + k * unit_per_s / rate_hz:.12g}" for k in range(count)]


# -- without a column of time


@pytest.mark.parametrize(("rate_hz", "last_ns"), [(100.0, 2_990_000_000), (30.0, 9_966_666_667)])
def test_rows_without_time_lie_at_the_stated_rate_from_an_unknown_beginning(
    saved, rate_hz, last_ns
):
    path = saved(table(None, ACCEL, names="x,y,z"))
    _, times, segments, recording = read(path, rate_hz=rate_hz)
    assert times[0] == 0
    assert times[-1] == pytest.approx(last_ns, abs=1)
    assert segments == [("start", N)]
    assert remarks_of(recording) == {
        "time_relative": "the time of day is unknown: the first row counts from 1970-01-01T00:00:00"
    }
    header = recording.header
    assert (header.nominal_hz, header.utc_offset_s, header.utc_known) == (rate_hz, None, False)


def test_a_rate_may_be_slow(saved):
    path = saved(table(None, ACCEL, names="x,y,z"))
    assert opened(path, rate_hz=0.5).header.nominal_hz == 0.5


# -- numbers


@pytest.mark.parametrize(
    ("cells", "first_ns"),
    [
        ([f"{EPOCH_S + k / 100:.2f}" for k in range(N)], EPOCH_S * S),
        ([str(EPOCH_S * 1000 + 10 * k) for k in range(N)], EPOCH_S * S),
        ([str(EPOCH_S * 10**6 + 10_000 * k) for k in range(N)], EPOCH_S * S),
        ([str(EPOCH_S * S + 10_000_000 * k + 7) for k in range(N)], EPOCH_S * S + 7),
    ],
    ids=["s", "ms", "us", "ns"],
)
def test_numbers_since_1970_are_utc(saved, cells, first_ns):
    _, times, _, recording = read(saved(content(cells)))
    assert times[0] == first_ns
    np.testing.assert_allclose(np.diff(times), 10_000_000, atol=200)
    assert (recording.header.utc_offset_s, recording.header.utc_known) == (0, True)
    assert not recording.health.remarks


def test_days_of_a_spreadsheet_are_local(saved):
    # day 45356 is 2024-03-05
    cells = [f"{45_356.5 + k / 20 / 86_400:.10f}" for k in range(N)]
    _, times, _, recording = read(saved(content(cells)))
    noon = int(np.datetime64("2024-03-05T12:00:00", "ns").astype(np.int64))
    assert times[0] == pytest.approx(noon, abs=10_000)
    assert recording.header.utc_offset_s is None


@pytest.mark.parametrize(
    ("cells", "names", "begin_ns"),
    [
        (steps(1), "time,x,y,z", 0),
        (steps(1, 12.5), "time,x,y,z", 12_500_000_000),
        (steps(1, -3.0), "time,x,y,z", -3 * S),
        (steps(1000), "time,x,y,z", 0),
        (steps(1e6), "time,x,y,z", 0),
        (steps(1, 5.0), "time (s),x,y,z", 5 * S),
    ],
    ids=["s", "later", "before", "ms", "us", "named"],
)
def test_other_numbers_count_from_an_unknown_beginning(saved, cells, names, begin_ns):
    _, times, _, recording = read(saved(content(cells, names)))
    assert times[0] == begin_ns
    assert times[-1] - times[0] == (N - 1) * 10_000_000
    assert list(remarks_of(recording)) == ["time_relative"]
    assert recording.header.utc_offset_s is None


def test_rows_that_share_a_stamp_and_differ_in_one_axis_are_no_copies(saved):
    accel = np.tile([0.0, 0.6, 0.8], (N, 1))
    accel[:, 0] = np.arange(N) % 7 / 256
    cells = [f"{EPOCH_S + k // 2 / 50:.2f}" for k in range(N)]
    accel_g, _, _, recording = read(saved(table(cells, accel)))
    assert len(accel_g) == N
    assert recording.header.nominal_hz == pytest.approx(100)
    assert list(remarks_of(recording)) == ["shared_stamps"]


@pytest.mark.parametrize(("rate_hz", "possible"), [(10_000, True), (10_100, False)])
def test_rows_are_not_faster_than_10000_hz(saved, rate_hz, possible):
    path = saved(content(steps(1e6, rate_hz=rate_hz), "time_us,x,y,z"))
    if possible:
        assert opened(path).header.nominal_hz == pytest.approx(10_000)
    else:
        with pytest.raises(RecordingError, match=r"has 1\.01e\+04 rows in a second"):
            opened(path)


# -- text


@pytest.mark.parametrize(
    ("zone", "offset_s"),
    [("", None), ("Z", 0), ("+01:00", 3600), ("-0430", -16_200), (" +02", 7200)],
)
def test_stamps_are_device_time_and_their_offset_is_that_of_its_clock(saved, zone, offset_s):
    cells = [f"2024-03-05 22:00:{k // 100:02}.{k % 100:02}{zone}" for k in range(N)]
    _, times, _, recording = read(saved(content(cells)))
    local = int(np.datetime64("2024-03-05T22:00:00", "ns").astype(np.int64))
    np.testing.assert_array_equal(times, local + 10_000_000 * np.arange(N))
    header = recording.header
    assert (header.utc_offset_s, header.utc_known) == (offset_s, offset_s is not None)


def test_an_offset_that_changes_on_the_way_does_not_break_time(saved):
    # the clock is put forward behind 01:59:59: true time goes on
    cells = [
        f"2024-03-31 01:59:{57 + k // 100:02}.{k % 100:02}+01:00"
        if k < 300
        else f"2024-03-31 03:00:{(k - 300) // 100:02}.{k % 100:02}+02:00"
        for k in range(600)
    ]
    path = saved(table(cells, values(600)))
    _, times, segments, recording = read(path)
    assert segments == [("start", 600)]
    assert set(np.diff(times)) == {10_000_000}
    assert recording.header.utc_offset_s == 3600


def test_a_stamp_without_the_offset_of_the_others_is_missing(saved):
    cells = [f"2024-03-05 22:00:{k // 100:02}.{k % 100:02}Z" for k in range(N)]
    cells[250] = cells[250].removesuffix("Z")
    assert read(saved(content(cells)))[2] == [("start", 250), ("missing_values", 49)]


# -- phyphox: seconds of an experiment with pauses


def session(events, seconds):
    cells = [f"{second:.2f}" for second in seconds]
    rows = table(cells, ACCEL[: len(cells)], names='"Time (s)","Acceleration x (m/s^2)",y,z')
    names = b'"Time (s)","Acceleration x (m/s^2)","Acceleration y (m/s^2)","Acceleration z (m/s^2)"'
    rows = names + b"\n" + rows.split(b"\n", 1)[1]
    head = b'"event","experiment time","system time"\n'
    lines = "".join(f"{what},{at},{when}\n" for what, at, when in events).encode()
    return zipped({"Raw Data.csv": rows, "meta/time.csv": head + lines})


def test_seconds_of_an_experiment_count_from_its_latest_start(saved):
    seconds = [*np.arange(100) / 100, *np.arange(100, 200) / 100]
    events = [("START", 0, EPOCH_S), ("PAUSE", 1, EPOCH_S + 1), ("START", 1, EPOCH_S + 60.5)]
    _, times, segments, recording = read(saved(session(events, seconds)), unit="g")
    assert times[0] == EPOCH_S * S
    assert times[99] == EPOCH_S * S + 990_000_000
    assert times[100] == EPOCH_S * S + 60_500_000_000
    assert [size for _, size in segments] == [100, 100]
    assert recording.header.utc_known
    assert "time_relative" not in remarks_of(recording)


def test_seconds_before_the_first_start_count_back_from_it(saved):
    seconds = np.arange(-50, 150) / 100
    times = read(saved(session([("START", 0, EPOCH_S)], seconds)), unit="g")[1]
    assert times[0] == EPOCH_S * S - 500_000_000
    assert times[-1] == EPOCH_S * S + 1_490_000_000


def test_an_experiment_whose_start_is_unknown_is_relative(saved):
    _, times, _, recording = read(saved(session([], np.arange(200) / 100)), unit="g")
    assert times[0] == 0
    assert "time_relative" in remarks_of(recording)


# -- what goes with it


@pytest.mark.parametrize(("rate_hz", "rows"), [(100, 100), (30, 30), (12.5, 12)])
def test_a_second_of_rows_is_what_may_be_filled_in(saved, rate_hz, rows):
    reader = opened(saved(content(steps(1, rate_hz=rate_hz))))
    assert reader.fills.second_rows == rows
    assert reader.fills.zero == (0, 0, 0)
    assert reader.fills.unsure
    assert not reader.fills.held


def test_where_gravity_is_missing_zeros_may_be_measured(saved):
    rows = ACCEL - ACCEL.mean(axis=0)
    reader = opened(saved(table(steps(1), rows, names="time,x (g),y (g),z (g)")))
    assert reader.fills.zero is None
    assert [note.code for note in reader.remarks] == ["time_relative", "without_gravity"]


def test_the_header_says_what_was_read_and_how(saved):
    cells = [f"15/3/2024 22:00:{k // 100:02}.{k % 100:02}" for k in range(N)]
    header = opened(saved(table(cells, ACCEL, names="when (time),Ax,Ay,Az"))).header
    assert header.notes == {
        "columns": "when (time), Ax, Ay, Az",
        "unit": "g (1 at rest)",
        "dates": "day first (told by the first rows)",
    }
    assert (header.format, header.device, header.range_g) == ("csv", None, None)
