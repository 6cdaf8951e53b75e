"""Columns that the user states, and gravity that stands in columns of its own."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from made_tables import iso, read, stamps, table, values
from pyarrow import parquet
from reading import remarks_of

from recordings import ReadOptions, RecordingError, open_recording

N = 500
ACCEL = values(N)
MOVED = (ACCEL + np.random.default_rng(4).normal(0, 0.3, (N, 3))).round(4)
TIMES = iso(stamps(N))
TRUE_NS = stamps(N).astype(np.int64)
WIDE = np.hstack([MOVED, ACCEL])
"""Six columns: which of them are x, y, z?"""


@pytest.mark.parametrize(
    ("names", "columns", "expected"),
    [
        ("", {"time": 1, "x": 2, "y": 3, "z": 4}, MOVED),
        ("", {"time": 1, "x": 5, "y": 6, "z": 7}, ACCEL),
        ("", {"time": "#1", "x": "#7", "y": "#6", "z": "#5"}, ACCEL[:, ::-1]),
        ("t,a,b,c,d,e,f", {"time": "t", "x": "d", "y": "e", "z": "f"}, ACCEL),
        ("t,a,b,c,d,e,f", {"time": 1, "x": 2, "y": "b", "z": 4}, MOVED),
        ("t,x,y,z,x,y,z", {"time": 1, "x": 5, "y": 6, "z": 7}, ACCEL),
    ],
)
def test_stated_columns_are_read_by_position_or_name(saved, names, columns, expected):
    path = saved(table(TIMES, WIDE, names=names))
    accel_g, times, _, recording = read(path, columns=columns)
    np.testing.assert_array_equal(accel_g, expected)
    np.testing.assert_array_equal(times, TRUE_NS)
    shown = names.split(",") if names else [f"#{i}" for i in range(1, 8)]
    taken = [w if isinstance(w, str) else shown[w - 1] for w in columns.values()]
    assert recording.header.notes["columns"] == ", ".join(taken)


def test_without_a_stated_time_rows_have_none(saved):
    path = saved(table(TIMES, WIDE, names=""))
    stated = {"x": 2, "y": 3, "z": 4}
    with pytest.raises(RecordingError, match="--rate HZ"):
        open_recording(path, ReadOptions(columns=stated))
    assert read(path, columns=stated, rate_hz=50.0)[1][-1] == (N - 1) * 20_000_000


def test_units_are_those_of_the_stated_names(saved):
    names = "t (ms),p (mg),q (mg),r (mg),d,e,f"
    numbers = [str(10 * row) for row in range(N)]
    stated = {"time": 1, "x": 2, "y": 3, "z": 4}
    path = saved(table(numbers, 1000 * WIDE, names=names))
    accel_g, times, _, recording = read(path, columns=stated, unit="mg")
    np.testing.assert_allclose(accel_g, MOVED, atol=1e-9)
    assert times[-1] == (N - 1) * 10_000_000
    assert recording.header.notes["unit"].startswith("mg")


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"x": 2, "y": 3, "z": 9}, "no column 9 among '#1', '#2'"),
        ({"x": 2, "y": 3, "z": "depth"}, "no column 'depth'"),
        ({"x": 2, "y": 3, "z": "#2"}, "one of them twice"),
    ],
)
def test_columns_that_are_not_there_are_refused(saved, columns, said):
    with pytest.raises(RecordingError, match=said):
        open_recording(saved(table(TIMES, WIDE, names="")), ReadOptions(columns=columns))


def test_a_name_that_stands_twice_is_refused(saved):
    path = saved(table(TIMES, WIDE, names="t,x,y,z,x,y,z"))
    with pytest.raises(RecordingError, match="more than one column 'x'"):
        open_recording(path, ReadOptions(columns={"x": "x", "y": 3, "z": 4}))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"x": 1, "y": 2}, "which column is z"),
        ({"x": 1, "y": 2, "z": 3, "w": 4}, "'w' is none of time, x, y, z"),
        ({"x": 1, "y": 2, "z": 2}, "twice"),
        ({"x": 0, "y": 1, "z": 2}, "from 1"),
    ],
)
def test_columns_that_make_no_sense_are_refused_before_anything_is_read(columns, said):
    with pytest.raises(ValueError, match=said):
        ReadOptions(columns=columns)


@pytest.mark.parametrize(
    "names", ["time,wrist_x,wrist_y,wrist_z,thigh_x,thigh_y,thigh_z", ""], ids=["named", ""]
)
def test_the_question_which_columns_names_the_flag_that_answers_it(saved, names):
    with pytest.raises(RecordingError) as refused:
        open_recording(saved(table(TIMES, WIDE, names=names)))
    assert "--columns time=1,x=2,y=3,z=4" in refused.value.remedy


def test_stated_columns_of_a_parquet_table(tmp_path):
    path = tmp_path / "table"
    names = ["stamp", "p", "q", "r"]
    columns = [pa.array(TRUE_NS, pa.timestamp("ns")), *map(pa.array, ACCEL.T)]
    parquet.write_table(pa.table(columns, names=names), path)
    stated = {"time": "stamp", "x": 2, "y": "q", "z": 4}
    accel_g, times, _, _ = read(path, columns=stated)
    np.testing.assert_array_equal(accel_g, ACCEL)
    np.testing.assert_array_equal(times, TRUE_NS)


# -- gravity


GRAVITY = np.tile([0.0, 0.6, 0.8], (N, 1))
USER = (MOVED - GRAVITY).round(4)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("factor", [1.0, 9.80665])
def test_gravity_that_stands_apart_is_added(saved, tmp_path, factor, kind):
    names = "time,gravityZ,gravityY,gravityX,accelerationX,accelerationY,accelerationZ"
    accel = factor * np.hstack([GRAVITY[:, ::-1], USER])
    path = tmp_path / "table"
    if kind == "csv":
        path = saved(table(TIMES, accel, names=names))
    else:
        columns = [pa.array(TIMES), *map(pa.array, np.ascontiguousarray(accel.T))]
        parquet.write_table(pa.table(columns, names=names.split(",")), path, row_group_size=90)
    accel_g, times, segments, recording = read(path)
    np.testing.assert_allclose(accel_g, MOVED, atol=2e-9)
    np.testing.assert_array_equal(times, TRUE_NS)
    assert segments == [("start", N)]
    assert recording.header.notes["columns"] == (
        "time, accelerationX + gravityX, accelerationY + gravityY, accelerationZ + gravityZ"
    )
    assert not recording.health.remarks


def test_gravity_is_not_added_to_acceleration_that_has_it(saved):
    names = "time,accX,accY,accZ,motionGravityX,motionGravityY,motionGravityZ"
    accel_g, _, _, recording = read(saved(table(TIMES, np.hstack([MOVED, GRAVITY]), names=names)))
    np.testing.assert_array_equal(accel_g, MOVED)
    assert recording.header.notes["columns"] == "time, accX, accY, accZ"


def test_gravity_beside_a_total_acceleration_is_left_out(saved):
    names = "time,totalX,totalY,totalZ,gravityX,gravityY,gravityZ,userX,userY,userZ"
    path = saved(table(TIMES, np.hstack([MOVED, GRAVITY, USER]), names=names))
    accel_g, _, _, recording = read(path)
    np.testing.assert_array_equal(accel_g, MOVED)
    assert recording.header.notes["columns"] == "time, totalX, totalY, totalZ"


def test_a_row_without_gravity_is_missing(saved):
    names = "time,accelerationX,accelerationY,accelerationZ,gravityX,gravityY,gravityZ"
    lines = table(TIMES, np.hstack([USER, GRAVITY]), names=names).split(b"\n")
    lines[101] = lines[101].rpartition(b",")[0] + b","
    _, _, segments, recording = read(saved(b"\n".join(lines)))
    assert segments == [("start", 100), ("missing_values", N - 101)]
    assert "without_gravity" not in remarks_of(recording)


# -- what the first rows tell of the columns


def test_a_last_column_that_is_filled_in_some_rows_counts(saved):
    lines = table(TIMES, ACCEL, names="").decode().splitlines()
    content = "".join(f"{line},{'' if k % 2 else 7}\n" for k, line in enumerate(lines))
    with pytest.raises(RecordingError, match="has 5 columns without names"):
        open_recording(saved(content.encode()))


@pytest.mark.parametrize("name", ["when", "%"])
def test_a_first_column_of_dates_is_the_time_whatever_it_is_called(saved, name):
    times = read(saved(table(TIMES, ACCEL, names=f"{name},x,y,z")))[1]
    np.testing.assert_array_equal(times, TRUE_NS)


@pytest.mark.parametrize("other", [["7"] + TIMES[1:], ["", *["7"] * (N - 1)], [""] * N])
def test_a_first_column_without_a_name_for_time_must_hold_dates_alone(saved, other):
    path = saved(table(other, ACCEL, names="when,x,y,z"))
    with pytest.raises(RecordingError, match="has no column of time"):
        open_recording(path)
    accel_g, times, _, _ = read(path, rate_hz=50.0)
    np.testing.assert_array_equal(accel_g, ACCEL)
    assert times[-1] == (N - 1) * 20_000_000


@pytest.mark.parametrize(("numbers", "is_text"), [(4, True), (5, False)])
def test_times_are_text_if_more_than_half_of_the_first_are(saved, numbers, is_text):
    cells = [str(k) if k % 10 < numbers else cell for k, cell in enumerate(TIMES)]
    path = saved(table(cells, ACCEL))
    if is_text:
        kept = np.arange(N) % 10 >= numbers
        accel_g, times, _, _ = read(path)
        np.testing.assert_array_equal(accel_g, ACCEL[kept])
        assert np.abs(times - TRUE_NS[kept]).max() < 10_000_000
    else:
        with pytest.raises(RecordingError, match="has times that are not understood, such as '0'"):
            open_recording(path)


def test_times_that_begin_as_whole_numbers_may_have_fractions_later(saved):
    begin = 1_709_675_999_250
    cells = [str(begin + 10 * k) if k < 300 else f"{begin + 10 * k:.1f}" for k in range(N)]
    accel_g, times, _, recording = read(saved(table(cells, ACCEL)))
    np.testing.assert_array_equal(accel_g, ACCEL)
    np.testing.assert_array_equal(times, (begin + 10 * np.arange(N)) * 1_000_000)
    assert recording.health.blocks_bad == 0


@pytest.mark.parametrize("byte", [b"\x80", b"\xff", "ö".encode()])
def test_bytes_of_any_encoding_in_another_column_cost_nothing(saved, byte):
    lines = table(TIMES, ACCEL, names="time,x,y,z").splitlines()
    content = lines[0] + b",note\n" + b"".join(line + b"," + byte + b"\n" for line in lines[1:])
    path = saved(content)
    accel_g, _, _, recording = read(path)
    np.testing.assert_array_equal(accel_g, ACCEL)
    assert recording.health.bytes_read == path.stat().st_size
