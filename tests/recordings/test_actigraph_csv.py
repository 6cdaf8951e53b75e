"""Raw exports of ActiLife: the banner, its dates, and what was filled in."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_tables import read as read_table
from reading import remarks_of

from recordings import SECOND_NS, ReadOptions, RecordingError, Scale, open_recording
from recordings.formats.tables import csv_table
from recordings.writers import ActigraphCsvLayout, write_actigraph_csv

DATA = Path(__file__).parents[1] / "data"
START = np.datetime64("2024-03-05T21:59:59", "ns").astype(np.int64)
SCALE = Scale(gain_g=(1 / 256,) * 3)
N = 3000
NOISE = np.random.default_rng(5).integers(-3, 4, (N, 3))
CODES = (NOISE + np.array([0, 153, 205])).astype(np.int16)
ACCEL = np.round(CODES / 256, 3)
IDLE = (slice(700, 700 + 12 * 100), slice(2500, 2600))
"""Seconds in which nothing was recorded."""


def written(tmp_path, codes=CODES, holes=(), **layout):
    """The path of an export, and which of its rows were recorded."""
    layout = ActigraphCsvLayout(**layout)
    recorded = np.ones(len(codes), np.bool_)
    for hole in holes:
        recorded[hole] = False
    rows = np.flatnonzero(recorded)
    times_ns = START + np.rint(rows * SECOND_NS / layout.rate_hz).astype(np.int64)
    path = tmp_path / "export.csv"
    write_actigraph_csv(path, [(codes[recorded], times_ns)], SCALE, layout)
    return path, recorded


def changed(path, *pairs):
    """The file with some of its text replaced."""
    text = path.read_bytes()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_bytes(text)
    return path


def times_of(rows, rate_hz=100):
    return START + np.rint(rows * SECOND_NS / rate_hz).astype(np.int64)


# -- real files


def test_the_real_exports_are_read_as_they_stand():
    text = (DATA / "actigraph_raw.csv").read_text().splitlines()[11:]
    plain = np.array([line.split(",") for line in text], float)
    accel_g, times, _, recording = read_table(DATA / "actigraph_raw.csv")
    np.testing.assert_array_equal(accel_g, plain)
    start = np.datetime64("2018-06-14T11:27:00", "ns").astype(np.int64)
    np.testing.assert_array_equal(times, start + 25_000_000 * np.arange(len(plain)))
    stamped_g, stamped, _, _ = read_table(DATA / "actigraph_raw_stamped.csv")
    np.testing.assert_array_equal(stamped_g, plain)
    first = np.datetime64("2018-06-14T12:08:39.725", "ns").astype(np.int64)
    np.testing.assert_array_equal(stamped, first + 25_000_000 * np.arange(len(plain)))
    header = recording.header
    assert (header.format, header.device) == ("actigraph-csv", "ActiGraph GT3X+")
    assert (header.serial, header.firmware) == ("CLE2B20130009", "2.5.0")
    assert (header.nominal_hz, header.range_g) == (40.0, 6.0)
    assert header.utc_offset_s is None
    assert header.notes["software"] == "ActiLife v6.13.3"


@pytest.mark.parametrize("name", ["actigraph_counts.csv", "actigraph_counts_stamped.csv"])
def test_counts_are_refused(name):
    with pytest.raises(RecordingError, match="holds ActiGraph epoch counts, no raw acceleration"):
        open_recording(DATA / name, ReadOptions(rate_hz=50.0))


@pytest.mark.parametrize("name", ["link_idle_30hz.gt3x", "wgt3xbt_30hz.gt3x"])
@pytest.mark.parametrize("stamps", [False, True])
def test_a_real_recording_comes_back_out_of_its_export(tmp_path, name, stamps):
    original = open_recording(DATA / name)
    chunks = list(original.chunks())
    pieces = [(c.samples, c.times_ns(c.first_index + np.arange(len(c)))) for c in chunks]
    path = tmp_path / "export.csv"
    layout = ActigraphCsvLayout(rate_hz=30, serial=original.header.serial, stamps=stamps)
    rows = write_actigraph_csv(path, pieces, chunks[0].scale, layout)
    accel_g, times, segments, recording = read_table(path)
    true_g = np.concatenate([c.scale.to_g(c.samples) for c in chunks])
    np.testing.assert_allclose(accel_g, true_g, rtol=0, atol=0.000501)
    assert np.abs(times - np.concatenate([t for _, t in pieces])).max() < 1e6 * stamps + 2
    idle = [s.reason for s in original.health.segments].count("idle_sleep")
    assert idle >= 3
    assert [reason for reason, _ in segments] == ["start"] + ["idle_fill"] * idle
    assert [n for _, n in segments] == [s.samples for s in original.health.segments]
    assert remarks_of(recording)["idle_fill"].startswith(f"{rows - len(accel_g)} rows")


# -- spellings


@pytest.mark.parametrize("stamps", [False, True])
@pytest.mark.parametrize("comma", [False, True])
@pytest.mark.parametrize("names", [False, True])
@pytest.mark.parametrize("idle_lines", [False, True])
def test_every_spelling_gives_the_same(tmp_path, stamps, comma, names, idle_lines):
    layout = {"stamps": stamps, "comma": comma, "names": names, "idle_lines": idle_lines}
    path, _ = written(tmp_path, **layout)
    content = path.read_bytes()
    for spelled in (
        content,
        b"\xef\xbb\xbf" + content,
        content.replace(b"\r\n", b"\n"),
        gzip.compress(content),
        content.replace(b"-----\r\n", b"-----,,,,\r\n"),
    ):
        path.write_bytes(spelled)
        accel_g, times, segments, recording = read_table(path)
        np.testing.assert_array_equal(accel_g, ACCEL)
        np.testing.assert_array_equal(times, times_of(np.arange(N)))
        assert segments == [("start", N)]
        assert not recording.health.remarks
        assert recording.header.device == "ActiGraph Link"
        assert recording.header.serial == "TAS1H30182785"


@pytest.mark.parametrize("rate_hz", [30, 40, 60, 100])
@pytest.mark.parametrize("stamps", [False, True])
def test_rows_lie_on_the_grid_of_the_stated_rate(tmp_path, rate_hz, stamps):
    path, _ = written(tmp_path, rate_hz=rate_hz, stamps=stamps)
    _, times, segments, recording = read_table(path)
    assert segments == [("start", N)]
    assert np.abs(times - times_of(np.arange(N), rate_hz)).max() < 1e6 * stamps + 2
    assert recording.header.nominal_hz == rate_hz
    assert recording.health.measured_hz == pytest.approx(rate_hz, rel=1e-5)


def test_values_clip_where_the_sensor_does(tmp_path):
    for serial, range_g, highest in (("TAS1", 8.0, 7.996), ("NEO1", 6.0, 6.0), ("XYZ1", None, 99)):
        path, _ = written(tmp_path, serial=serial)
        chunk = next(iter(open_recording(path).chunks()))
        assert open_recording(path).header.range_g == range_g
        if range_g:
            assert chunk.scale.highest < highest < chunk.scale.highest + 0.002
        else:
            assert chunk.scale.highest == np.inf


# -- values


def test_values_that_are_not_in_g_are_refused(tmp_path):
    path = tmp_path / "export.csv"
    write_actigraph_csv(path, [(CODES, times_of(np.arange(N)))], Scale(), ActigraphCsvLayout())
    with pytest.raises(
        RecordingError, match=r"should be in g, but has a magnitude of 25\d\.?\d* g"
    ):
        open_recording(path)


def test_rest_is_not_looked_for_in_zeros(tmp_path):
    path, _ = written(tmp_path, holes=[slice(1, 2900)], filling="zeros")
    assert len(read_table(path)[0]) == 101


@pytest.mark.parametrize("rate", [b"1", b"5000", b"9" * 400])
def test_an_impossible_rate_is_refused(tmp_path, rate):
    path = changed(written(tmp_path)[0], (b"at 100 Hz", b"at " + rate + b" Hz"))
    with pytest.raises(RecordingError, match="states a rate of"):
        open_recording(path)


# -- dates


@pytest.mark.parametrize("stamps", [False, True])
@pytest.mark.parametrize(
    "date_format", ["M/d/yyyy", "d/M/yyyy", "dd-MM-yyyy", "dd.MM.yyyy", "yyyy-MM-dd"]
)
def test_the_date_format_of_the_banner_decides(tmp_path, date_format, stamps):
    path, _ = written(tmp_path, date_format=date_format, stamps=stamps)
    _, times, _, recording = read_table(path)
    np.testing.assert_array_equal(times, times_of(np.arange(N)))
    assert not recording.health.remarks
    assert recording.header.notes["date format"] == date_format


@pytest.mark.parametrize("stamps", [False, True])
def test_a_date_format_that_its_own_dates_contradict_is_not_believed(tmp_path, stamps):
    path, _ = written(tmp_path, date_format="M/d/yyyy", stamps=stamps)
    changed(path, (b"date format M/d/yyyy", b"date format dd/MM/yyyy"))
    _, times, _, recording = read_table(path)
    np.testing.assert_array_equal(times, times_of(np.arange(N)))
    assert "possible month first only: read so" in remarks_of(recording)["date_order"]


def test_a_start_behind_the_download_contradicts_the_date_format(tmp_path):
    path, _ = written(tmp_path, date_format="d/M/yyyy")
    changed(
        path,
        (b"Download Date 19/3/2024", b"Download Date 6/3/2024"),
        (b"Start Date 5/3/2024", b"Start Date 3/5/2024"),
    )
    _, times, _, recording = read_table(path)
    np.testing.assert_array_equal(times, times_of(np.arange(N)) + 0)
    assert "date_order" in remarks_of(recording)


def test_stamps_tell_where_the_banner_is_wrong(tmp_path):
    path, _ = written(tmp_path, date_format="d/M/yyyy", stamps=True)
    content = path.read_bytes().replace(b"\n5/3/2024", b"\n3/15/2024")
    path.write_bytes(content)
    _, times, _, recording = read_table(path)
    np.testing.assert_array_equal(times, times_of(np.arange(N)) + 10 * 86_400 * SECOND_NS)
    assert "should be day first, but are month first" in remarks_of(recording)["date_order"]


def test_dates_in_doubt_are_asked_about_and_the_answer_is_taken(tmp_path):
    path, _ = written(tmp_path, date_format="d/M/yyyy")
    changed(
        path,
        (b"date format d/M/yyyy ", b""),
        (b"Download Date 19/3/2024", b"Download Date 6/7/2024"),
    )
    with pytest.raises(RecordingError, match="day or the month first") as refused:
        open_recording(path)
    assert "--date-order" in refused.value.remedy
    np.testing.assert_array_equal(read_table(path, date_order="dmy")[1], times_of(np.arange(N)))
    may = np.datetime64("2024-05-03T21:59:59", "ns").astype(np.int64)
    assert read_table(path, date_order="mdy")[1][0] == may


def test_an_answer_that_is_impossible_is_refused(tmp_path):
    path, _ = written(tmp_path, date_format="M/d/yyyy")
    with pytest.raises(RecordingError, match="cannot be day first"):
        open_recording(path, ReadOptions(date_order="dmy"))
    iso, _ = written(tmp_path, date_format="yyyy-MM-dd")
    assert read_table(iso, date_order="dmy")[1][0] == START


# -- what was filled in


@pytest.mark.parametrize("stamps", [False, True])
@pytest.mark.parametrize(
    ("filling", "reason"), [("held", "idle_fill"), ("zeros", "zero_fill")]
)  # fmt: skip
def test_times_without_recording_are_gaps(tmp_path, stamps, filling, reason):
    path, recorded = written(tmp_path, holes=IDLE, stamps=stamps, filling=filling)
    accel_g, times, segments, recording = read_table(path)
    np.testing.assert_array_equal(accel_g, ACCEL[recorded])
    np.testing.assert_array_equal(times, times_of(np.flatnonzero(recorded)))
    assert segments == [("start", 700), (reason, 600), (reason, 400)]
    assert recording.health.gap_ns == 13 * SECOND_NS
    assert remarks_of(recording)[reason].startswith("1300 rows")
    assert (recording.health.blocks, recording.health.blocks_bad) == (N - 1300, 0)


def test_equal_rows_for_less_than_a_second_are_data(tmp_path):
    path, _ = written(tmp_path, holes=[slice(700, 799)])
    accel_g, _, segments, _ = read_table(path)
    assert len(accel_g) == N
    assert segments == [("start", N)]


@settings(max_examples=10)
@given(
    holes=st.lists(st.tuples(st.integers(1, 25), st.integers(1, 4), st.booleans()), max_size=4),
    block_bytes=st.integers(300, 8000),
)
def test_fillings_are_found_whatever_the_size_of_the_blocks(tmp_path_factory, holes, block_bytes):
    folder = tmp_path_factory.mktemp("fills")
    holes = [slice(100 * at, 100 * (at + length)) for at, length, _ in holes]
    path, recorded = written(folder, holes=holes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_table, "BLOCK_BYTES", block_bytes)
        accel_g, times, segments, recording = read_table(path)
    whole = read_table(path)
    np.testing.assert_array_equal(accel_g, ACCEL[recorded])
    np.testing.assert_array_equal(times, times_of(np.flatnonzero(recorded)))
    assert segments == whole[2]
    assert recording.health == whole[3].health


# -- damage


@pytest.mark.parametrize(
    ("cut", "said"),
    [(b"Current Memory", "banner without an end"), (b"Accelerometer X", "no table")],
)
def test_a_banner_alone_is_refused(tmp_path, cut, said):
    path, _ = written(tmp_path)
    path.write_bytes(path.read_bytes().partition(cut)[0])
    with pytest.raises(RecordingError, match=said):
        open_recording(path)


def test_the_writer_does_not_depend_on_the_cutting(tmp_path):
    rows = np.r_[0:700, 1900:N]
    path = tmp_path / "export.csv"
    written = set()
    for cuts in ([], [700], [1, 699, 701, 1000]):
        pieces = zip(np.split(CODES[rows], cuts), np.split(times_of(rows), cuts), strict=True)
        assert write_actigraph_csv(path, pieces, SCALE) == N
        written.add(path.read_bytes())
    (content,) = written
    assert content.count(b"\r\n") == N + 11
