"""Parquet tables: types of columns, zones, and damage."""

from __future__ import annotations

import gzip

import numpy as np
import pyarrow as pa
import pytest
from made_tables import iso, read, stamps, values
from pyarrow import parquet
from reading import remarks_of

from recordings import SECOND_NS, ReadOptions, RecordingError, open_recording
from recordings.formats.tables import parquet_table
from recordings.formats.tables.rows import LATEST

N = 500
ACCEL = values(N)
TIMES = stamps(N)
TRUE_NS = TIMES.astype(np.int64)


@pytest.fixture
def written(tmp_path):
    """Write columns into a Parquet file and return its path."""

    def write(time, accel=ACCEL, names="time,x,y,z", kind=None, **options):
        columns = [] if time is None else [time if isinstance(time, pa.Array) else pa.array(time)]
        columns += [
            pa.array(np.ascontiguousarray(axis), kind, from_pandas=True) for axis in accel.T
        ]
        path = tmp_path / "table.parquet"
        parquet.write_table(pa.table(columns, names=names.split(",")), path, **options)
        return path

    return write


@pytest.mark.parametrize(
    ("time", "offset_s"),
    [
        (pa.array(TRUE_NS, pa.timestamp("ns")), None),
        (pa.array(TRUE_NS // 1000, pa.timestamp("us")), None),
        (pa.array(TRUE_NS // 10**6, pa.timestamp("ms")), None),
        (pa.array(TRUE_NS, pa.timestamp("ns", "UTC")), 0),
        (pa.array(TRUE_NS - 3600 * SECOND_NS, pa.timestamp("ns", "+01:00")), 3600),
        (pa.array(TRUE_NS + 5 * 3600 * SECOND_NS, pa.timestamp("ns", "America/New_York")), -18_000),
        (pa.array(iso(TIMES)), None),
        (pa.array(iso(TIMES, zone="+02:00")), 7200),
        (pa.array(iso(TIMES), pa.large_string()), None),
        (pa.array(TRUE_NS), 0),
        (pa.array(TRUE_NS // 10**6), 0),
        (pa.array(TRUE_NS.astype(np.uint64)), 0),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else str(value),
)
def test_times_of_any_type_are_device_time(written, time, offset_s):
    accel_g, times, segments, recording = read(written(time))
    np.testing.assert_array_equal(accel_g, ACCEL)
    np.testing.assert_array_equal(times, TRUE_NS)
    assert segments == [("start", N)]
    assert recording.header.format == "parquet"
    assert recording.header.known_offset_s == offset_s
    assert recording.health.blocks == N
    assert not recording.health.remarks


def test_numbers_are_relative_or_since_1970(written):
    _, times, _, recording = read(written(0.01 * np.arange(N)))
    np.testing.assert_array_equal(times, 10_000_000 * np.arange(N))
    assert "time_relative" in remarks_of(recording)
    small = pa.array(20 * np.arange(N), pa.int16())
    np.testing.assert_array_equal(read(written(small))[1], 20_000_000 * np.arange(N))
    assert np.abs(read(written(TRUE_NS / 1e9))[1] - TRUE_NS).max() < 500


@pytest.mark.parametrize(
    ("kind", "factor", "atol"),
    [(pa.float64(), 1.0, 0), (pa.float32(), 1.0, 1e-7), (pa.int16(), 1000.0, 6e-4)],
    ids=str,
)
def test_values_of_any_type_are_read(written, kind, factor, atol):
    accel = (ACCEL * factor).round(0) if kind == pa.int16() else ACCEL
    accel_g = read(written(TIMES, accel, kind=kind))[0]
    np.testing.assert_allclose(accel_g, ACCEL, rtol=0, atol=atol)


def test_rows_without_time_need_a_rate(written):
    path = written(None, names="x,y,z")
    with pytest.raises(RecordingError, match="--rate HZ"):
        open_recording(path)
    np.testing.assert_array_equal(read(path, rate_hz=100.0)[1], 10_000_000 * np.arange(N))


def test_columns_may_stand_in_any_order_among_others(written, tmp_path):
    columns = {"note": ["x"] * N, "z": ACCEL[:, 2], "y": ACCEL[:, 1], "Time": TIMES}
    path = tmp_path / "table.parquet"
    parquet.write_table(pa.table(columns | {"x": ACCEL[:, 0]}), path)
    accel_g, times, _, recording = read(path)
    np.testing.assert_array_equal(accel_g, ACCEL)
    np.testing.assert_array_equal(times, TRUE_NS)
    assert recording.header.notes["columns"] == "Time, x, y, z"


def test_missing_values_end_a_run(written):
    accel = ACCEL.copy()
    accel[100, 1] = np.nan
    time = pa.array(TRUE_NS, pa.timestamp("ns"), mask=np.arange(N) == 300)
    accel_g, times, segments, recording = read(written(time, accel))
    np.testing.assert_array_equal(accel_g, np.delete(ACCEL, [100, 300], axis=0))
    np.testing.assert_array_equal(times, np.delete(TRUE_NS, [100, 300]))
    assert segments == [("start", 100), ("missing_values", 199), ("missing_values", 199)]
    assert recording.health.blocks_bad == 2


@pytest.mark.parametrize("rows", [1, 7, 101, 499])
def test_the_size_of_batches_and_row_groups_does_not_matter(written, monkeypatch, rows):
    time = pa.array(TRUE_NS, pa.timestamp("ns"), mask=np.arange(N) % 200 == 150)
    accel_g, times, segments, recording = read(written(time))
    monkeypatch.setattr(parquet_table, "BATCH_ROWS", rows)
    again, times_again, segments_again, recording_again = read(written(time, row_group_size=90))
    np.testing.assert_array_equal(again, accel_g)
    np.testing.assert_array_equal(times_again, times)
    assert segments_again == segments
    assert recording_again.header == recording.header


@pytest.mark.parametrize(
    "far",
    [
        np.array([1e308, -1e308]),
        np.array([2**64 - 1, 2**63], np.uint64),
        [LATEST, -(2**63)],
    ],
)
def test_a_number_too_large_for_a_time_costs_its_row(written, far):
    time = np.asarray(far)[np.zeros(N, np.int64)]
    time[:] = TRUE_NS
    time[200:202] = far
    accel_g, _, segments, _ = read(written(time))
    np.testing.assert_array_equal(accel_g, np.delete(ACCEL, [200, 201], axis=0))
    assert [reason for reason, _ in segments] == ["start", "missing_values"]


# -- what cannot be read


@pytest.mark.parametrize(
    ("time", "options", "said"),
    [
        (TIMES, {"names": "time,p,q,r"}, "no columns for x, y and z"),
        (TIMES, {"kind": pa.string(), "accel": ACCEL.astype(str).astype(object)}, "of type string"),
        (pa.nulls(N, pa.timestamp("ns")), {}, "no value in its column 'time'"),
        (pa.array(["soon"] * N), {}, "not understood"),
        (pa.array([-(2**63)] * N).cast(pa.time64("ns")), {}, "not understood"),
        (pa.array(TRUE_NS, pa.timestamp("ns", "Mars/Olympus")), {}, "zone that is not known"),
        (np.ones(N, np.float16), {}, "a time that does not advance"),
        (np.full(N, 1e308) * np.linspace(-1, 1, N), {}, "no row without missing values"),
        (TIMES, {"accel": np.full((N, 3), np.nan)}, "no row without missing values"),
        (TIMES[:0], {"accel": ACCEL[:0]}, "no value in its column"),
        (None, {"accel": ACCEL[:0], "names": "x,y,z"}, "no rows"),
    ],
    ids=str,
)
def test_what_is_no_table_of_accelerations_is_refused(written, time, options, said):
    path = written(time, **options)
    with pytest.raises(RecordingError, match=said) as refused:
        open_recording(path, ReadOptions(rate_hz=100.0))
    assert refused.value.path == path


def test_a_compressed_file_is_refused(written, tmp_path):
    packed = tmp_path / "table.parquet.gz"
    packed.write_bytes(gzip.compress(written(TIMES).read_bytes()))
    with pytest.raises(RecordingError, match="compressed Parquet file; unpack it"):
        open_recording(packed)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_cut_file_is_refused_because_its_directory_is_lost(written, share):
    path = written(TIMES)
    path.write_bytes(path.read_bytes()[: 4 + int(share * (path.stat().st_size - 4))])
    with pytest.raises(RecordingError, match="damaged Parquet file"):
        open_recording(path)


def test_damage_costs_its_row_group_only(written):
    path = written(TIMES, row_group_size=100, compression="snappy", use_dictionary=False)
    content = bytearray(path.read_bytes())
    start = parquet.ParquetFile(path).metadata.row_group(3).column(1).data_page_offset
    content[start + 60 : start + 600] = bytes(540)
    path.write_bytes(content)
    accel_g, times, segments, recording = read(path)
    np.testing.assert_array_equal(accel_g, np.delete(ACCEL, slice(300, 400), axis=0))
    np.testing.assert_array_equal(times, np.delete(TRUE_NS, slice(300, 400)))
    assert segments == [("start", 300), ("missing_values", 100)]
    assert recording.health.blocks_bad == 100
    assert "row group 3 is damaged" in remarks_of(recording)["bad_block"]


def test_a_damaged_row_group_of_one_row_is_one_missing_row(written):
    path = written(TIMES, row_group_size=N - 1, use_dictionary=False, compression="none")
    content = bytearray(path.read_bytes())
    start = parquet.ParquetFile(path).metadata.row_group(1).column(1).data_page_offset
    content[start : start + 20] = b"\xff" * 20
    path.write_bytes(content)
    accel_g, _, segments, recording = read(path)
    np.testing.assert_array_equal(accel_g, ACCEL[:-1])
    assert segments == [("start", N - 1)]
    assert recording.health.blocks_bad == 1


def test_all_bytes_of_the_file_count_as_read(written):
    path = written(TIMES)
    assert read(path)[3].health.bytes_read == path.stat().st_size


def test_the_offset_of_a_zone_is_that_of_the_first_row(written):
    change_ns = int(np.datetime64("2024-03-31T01:00:00", "ns").astype(np.int64))
    utc_ns = change_ns - 5_000_000 + 10_000_000 * np.arange(N)
    recording = open_recording(written(pa.array(utc_ns, pa.timestamp("ns", "Europe/Berlin"))))
    assert recording.header.known_offset_s == 3600
    assert next(recording.chunks()).start_ns == utc_ns[0] + 3600 * SECOND_NS


def test_columns_may_be_stated_by_position_or_name(written):
    path = written(TIMES, names="p,q,r,s")
    for columns in ({"time": 1, "x": 2, "y": 3, "z": 4}, {"time": "p", "x": "q", "y": 3, "z": "s"}):
        accel_g, times, _, _ = read(path, columns=columns)
        np.testing.assert_array_equal(accel_g, ACCEL)
        np.testing.assert_array_equal(times, TRUE_NS)
    np.testing.assert_array_equal(
        read(path, columns={"time": 1, "x": 4, "y": 3, "z": 2})[0], ACCEL[:, ::-1]
    )


@pytest.mark.parametrize(("unit", "step"), [("s", 1), ("ms", 10), ("us", 10_000)])
@pytest.mark.parametrize("wrong", ["1601-01-01", "0001-01-01", "2700-01-01", "9999-12-31"])
def test_a_time_that_does_not_fit_into_ns_is_missing(written, unit, step, wrong):
    # a zero of Windows is 1601, and modulo 2**64 ns that would be in 2185
    times = int(np.datetime64("2024-03-05", unit).astype(np.int64)) + step * np.arange(N)
    kept = np.ones(N, np.bool_)
    kept[[0, 200, 201]] = False
    times[~kept] = np.datetime64(wrong, unit).astype(np.int64)
    accel_g, found_ns, segments, recording = read(
        written(pa.array(times, pa.timestamp(unit, "Europe/Berlin")))
    )
    np.testing.assert_array_equal(accel_g, ACCEL[kept])
    assert recording.header.known_offset_s == 3600
    utc_ns = times[kept] * {"s": 10**9, "ms": 10**6, "us": 10**3}[unit]
    np.testing.assert_array_equal(found_ns, utc_ns + 3600 * SECOND_NS)
    assert segments == [("start", 199), ("missing_values", N - 202)]
