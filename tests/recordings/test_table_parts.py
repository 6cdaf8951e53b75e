"""Parts of the reading of tables by themselves: rows, copies, fillings, the look, the archive."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pytest
from made_gt3x import zipped
from made_tables import iso, read, stamps, table, values
from pyarrow import parquet
from reading import remarks_of

from recordings import Health, ReadOptions, RecordingError
from recordings.formats import table_archive
from recordings.formats.tables.fills import FillFinder, FillRule
from recordings.formats.tables.repairs import CopyFilter
from recordings.formats.tables.rows import (
    EARLIEST,
    IDLE_FILL,
    KEPT,
    LATEST,
    MISSING,
    ZERO_FILL,
    RawRows,
    raw_rows,
    to_numpy,
)

N = 200
ACCEL, TIMES = values(N), stamps(N)


def rows_of(numbers, time=None, lost=None, gravity=None):
    """Rows whose three values are the same number."""
    samples = np.repeat(np.array(numbers, float), 3).reshape(-1, 3)
    return RawRows(
        time=None if time is None else np.array(time),
        samples=samples,
        lost=np.zeros(len(samples), np.uint8) if lost is None else np.array(lost, np.uint8),
        gravity=None if gravity is None else np.repeat(gravity, 3).reshape(-1, 3).astype(float),
    )


def numbers(rows):
    return rows.samples[:, 0].tolist()


# -- rows


def test_rows_are_cut_and_joined_with_all_that_belongs_to_them():
    rows = rows_of([1, 2, 3, 4], time=[10, 20, 30, 40], lost=[0, 1, 0, 0], gravity=[5, 6, 7, 8])
    again = RawRows.joined([rows[:1], rows[1:3], rows[np.array([False, False, False, True])]])
    assert numbers(again) == [1, 2, 3, 4]
    assert again.time.tolist() == [10, 20, 30, 40]
    assert again.good.tolist() == [True, False, True, True]
    assert again.gravity[:, 2].tolist() == [5, 6, 7, 8]
    bare = RawRows.joined([rows_of([1]), rows_of([2])])
    assert bare.time is None
    assert bare.gravity is None


@pytest.mark.parametrize(("timed", "gravity"), [(True, True), (True, False), (False, False)])
def test_rows_that_could_not_be_read_have_the_shape_of_others(timed, gravity):
    rows = RawRows.missing(3, timed=timed, gravity=gravity)
    assert len(rows) == 3
    assert rows.lost.tolist() == [MISSING] * 3
    assert rows.samples.shape == (3, 3)
    assert (rows.time is not None) == timed
    assert (rows.gravity is not None) == gravity
    assert rows.gravity is None or rows.gravity.shape == (3, 3)


def test_unreadable_rows_are_put_in_where_they_stood():
    rows = rows_of([1, 2, 3], time=[10, 20, 30], gravity=[7, 8, 9])
    found = rows.with_missing_at(np.array([0, 2, 5]))
    assert numbers(found) == [0, 1, 0, 2, 3, 0]
    assert found.time.tolist() == [0, 10, 0, 20, 30, 0]
    assert found.gravity[:, 0].tolist() == [0, 7, 0, 8, 9, 0]
    assert found.lost.tolist() == [MISSING, KEPT, MISSING, KEPT, KEPT, MISSING]
    assert rows.with_missing_at(np.array([], int)) is rows


def test_a_row_repeats_the_one_before_if_all_three_values_do_and_both_are_there():
    rows = rows_of([1, 1, 2, 2, 2, 2], lost=[0, 0, 0, 1, 0, 0])
    rows.samples[1, 2] = 9.0
    assert rows.repeats().tolist() == [False, False, False, False, False, True]


def test_gravity_is_added_once():
    rows = rows_of([1, 2], gravity=[10, 20]).with_gravity()
    assert numbers(rows) == [11, 22]
    assert rows.gravity is None
    assert rows.with_gravity() is rows


@pytest.mark.parametrize(
    ("value", "good"),
    [(1e6, True), (1.000001e6, False), (-1e6, True), (-1.1e6, False), (np.nan, False)],
)
@pytest.mark.parametrize("axis", range(4))
def test_a_value_is_within_a_million_in_every_column(value, good, axis):
    columns = [pa.array([0.5, 0.5]) for _ in range(6)]
    columns[axis] = pa.array([0.5, value])
    rows = raw_rows(None, columns)
    assert rows.good.tolist() == [True, good]
    assert rows.gravity.shape == (2, 3)


@pytest.mark.parametrize(
    ("time", "good"),
    [
        (EARLIEST, False),
        (EARLIEST + 1, True),
        (0, True),
        (LATEST - 1, True),
        (LATEST, False),
    ],
)
def test_a_time_is_one_from_half_a_year_before_1970_to_2248(time, good):
    rows = raw_rows((np.array([time]), None), [pa.array([0.5])] * 3)
    assert rows.good.tolist() == [good]
    assert rows.time.tolist() == [time if good else 0]
    assert rows.gravity is None


def test_a_missing_value_in_any_column_is_a_missing_row():
    axes = [pa.array([1, None, 1, 1]), pa.array([1, 1, None, 1]), pa.array([1, 1, 1, 1])]
    rows = raw_rows((np.arange(4.0), np.array([True, True, True, False])), axes)
    assert rows.good.tolist() == [True, False, False, False]
    assert rows.time.dtype == np.float64


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_arrow_are_ns(unit):
    per_s = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    array = pa.array([3 * per_s, None], pa.timestamp(unit, "UTC"))
    values, there = to_numpy(array)
    assert values.tolist() == [3 * 10**9, 0]
    assert there.tolist() == [True, False]
    assert to_numpy(array[:1])[1] is None


# -- copies


def copies(*pieces):
    """Numbers that stay, and what is said, of pieces of (number, time, lost)."""
    health = Health()
    sieve = CopyFilter(health)
    kept = []
    for piece in pieces:
        number, time, lost = zip(*piece, strict=True) if piece else ((), (), ())
        kept += numbers(sieve.sift(rows_of(number, time=np.array(time, int), lost=lost)))
    sieve.conclude()
    return kept, [note.message for note in health.remarks]


def test_a_row_with_time_and_values_of_the_one_before_is_used_once():
    rows = [(1, 10, 0), (1, 10, 0), (1, 20, 0), (2, 20, 0), (2, 20, 0), (2, 20, 0)]
    said = ["3 rows repeat time and values of the row before: used once"]
    assert copies(rows) == ([1, 1, 2], said)
    assert copies(rows[:1], [], rows[1:4], rows[4:]) == ([1, 1, 2], said)


def test_missing_rows_are_no_copies():
    assert copies([(0, 0, 1), (0, 0, 1), (0, 0, 0)]) == ([0, 0, 0], [])


def test_rows_without_a_time_cannot_be_told_from_copies():
    health = Health()
    sieve = CopyFilter(health)
    assert numbers(sieve.sift(rows_of([1, 1, 1]))) == [1, 1, 1]
    sieve.conclude()
    assert not health.remarks


# -- fillings


def filled(rule, *pieces):
    """Why each row is left out, and the remarks."""
    health = Health()
    finder = FillFinder(rule, health)
    parts = [finder.sift(rows_of(piece)) for piece in pieces]
    rest = finder.finish()
    codes = [part.lost for part in [*parts, *([] if rest is None else [rest])]]
    return np.concatenate(codes).tolist(), {note.code: note.message for note in health.remarks}


def rule(**changes):
    usual = {"second_rows": 3, "zero": (0.0, 0.0, 0.0), "held": True, "unsure": False}
    return FillRule(**{**usual, **changes})


def test_a_held_row_itself_was_measured_and_zeros_were_not():
    codes, said = filled(rule(), [1, 2, 2, 2, 2, 0, 0, 0, 3])
    assert codes == [*[KEPT] * 2, *[IDLE_FILL] * 3, *[ZERO_FILL] * 3, KEPT]
    assert said["idle_fill"].startswith("3 rows repeat the row before for a second or more")
    assert said["zero_fill"].startswith("3 rows hold nothing but zeros for a second or more")


@pytest.mark.parametrize(
    ("held", "zero", "numbers_", "left_out"),
    [
        (True, True, [1, 2, 2, 2, 3], 0),  # two repetitions are less than a second
        (True, True, [1, 0, 0, 1], 0),
        (False, True, [2, 2, 2, 2, 2, 2], 0),
        (False, True, [0, 0, 0], 3),
        (True, False, [0, 0, 0, 0], 3),  # a value like others
        (False, False, [0, 0, 0, 0], 0),
    ],
)
def test_what_counts_as_filled_in_is_the_rule(held, zero, numbers_, left_out):
    some = rule(held=held, zero=(0.0, 0.0, 0.0) if zero else None)
    assert sum(code != KEPT for code in filled(some, numbers_)[0]) == left_out


def test_pieces_without_rows_change_nothing():
    whole = filled(rule(), [1, 2, 2, 2, 2, 3])
    assert filled(rule(), [], [1, 2], [], [2, 2, 2], [], [3], []) == whole
    assert filled(rule(), [])[0] == []


@pytest.mark.parametrize(("equal", "told"), [(90, False), (91, True)])
@pytest.mark.parametrize("unsure", [True, False])
def test_equal_rows_for_more_than_half_a_minute_are_told_where_nobody_knows(equal, told, unsure):
    rows = [1.0, *[2.0] * equal, 3.0]
    said = filled(rule(held=False, unsure=unsure), rows)[1]
    assert list(said) == (["held_values"] if told and unsure else [])
    if said:
        assert said["held_values"].startswith(f"{equal} rows lie in runs of equal rows of more")


# -- text and Parquet


def test_a_decimal_comma_is_understood_where_cells_must_be_read_one_by_one(saved):
    accel = values(600)
    lines = table(iso(stamps(600)), accel, delimiter=";", decimal=",").split(b"\n")
    lines[500] = lines[500].rpartition(b";")[0] + b";0.8"  # a point is no mark here
    lines[502] = lines[502].rpartition(b";")[0] + b";many"
    accel_g, _, segments, _ = read(saved(b"\n".join(lines)))
    np.testing.assert_array_equal(accel_g, np.delete(accel, [499, 501], axis=0))
    assert segments == [("start", 499), ("missing_values", 1), ("missing_values", 98)]


@pytest.mark.parametrize(("width", "behind"), [(3, ","), (3, ",,"), (4, ",,,")])
def test_empty_columns_at_the_end_do_not_count_where_there_are_no_names(saved, width, behind):
    lines = table(iso(TIMES) if width == 4 else None, ACCEL, names="").decode().splitlines()
    content = "".join(f"{line}{behind}\n" for line in lines).encode()
    options = {} if width == 4 else {"rate_hz": 100.0}
    np.testing.assert_array_equal(read(saved(content), **options)[0], ACCEL)


def packed(*groups):
    """A Parquet file with a row group of each table."""
    memory = io.BytesIO()
    with parquet.ParquetWriter(memory, groups[0].schema) as writer:
        for group in groups:
            writer.write_table(group)
    return memory.getvalue()


def test_a_row_group_without_rows_is_passed_over(saved):
    whole = pa.table({"time": pa.array(TIMES), **{a: ACCEL[:, k] for k, a in enumerate("xyz")}})
    accel_g, _, segments, _ = read(saved(packed(whole[:0], whole[:50], whole[:0], whole[50:])))
    np.testing.assert_array_equal(accel_g, ACCEL)
    assert segments == [("start", N)]


def test_gravity_is_not_added_in_parquet_where_acceleration_has_it(saved):
    columns = {f"acc{axis}": ACCEL[:, k] for k, axis in enumerate("XYZ")}
    columns |= {f"gravity{axis}": ACCEL.mean(axis=0)[k].repeat(N) for k, axis in enumerate("XYZ")}
    accel_g, _, _, recording = read(saved(packed(pa.table({"time": pa.array(TIMES), **columns}))))
    np.testing.assert_array_equal(accel_g, ACCEL)
    assert recording.header.notes["columns"] == "time, accX, accY, accZ"


# -- an archive


def test_an_archive_in_which_no_table_is_clear_any_more_is_refused(saved):
    path = saved(zipped({"a.csv": b"1", "b.csv": b"2"}))
    assert not table_archive.sniff_members(["a.csv", "b.csv"])
    with pytest.raises(RecordingError) as refused:
        table_archive.open_reader(path, ReadOptions())
    assert str(refused.value) == f"{path}: has changed while it was opened; open it again"


@pytest.mark.parametrize(
    ("members", "clear"),
    [
        (["a.csv"], True),
        (["a.CSV", "notes.txt"], True),
        (["a.tsv", "photo.jpg"], True),
        (["a.csv", "b.tsv"], False),
        (["notes.txt"], False),
        (["ACC.csv", "TEMP.csv", "IBI.csv"], True),
        (["TEMP.csv", "IBI.csv"], False),  # a session without acceleration
        (["Accelerometer.csv", "Gyroscope.csv"], True),
        (["WristMotion.csv", "Accelerometer.csv", "Gravity.csv"], True),
        (["Raw Data.csv", "meta/time.csv", "meta/device.csv"], True),
        (["other.csv", "meta/time.csv"], True),
        (["other.csv", "more.csv", "meta/time.csv"], False),
    ],
)
def test_which_member_is_the_table_is_clear_by_names(members, clear):
    assert table_archive.sniff_members(members) is clear


def test_the_member_is_named_in_the_header(saved):
    content = zipped({"night/a.csv": table(iso(TIMES), ACCEL), "read me.txt": b"hello"})
    recording = read(saved(content))[3]
    assert recording.header.notes["member"] == "night/a.csv"
    assert not remarks_of(recording)
