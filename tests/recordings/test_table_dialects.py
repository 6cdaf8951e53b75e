"""How a text table may be written, which columns are taken, and what damage costs."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_tables import iso, read, stamps, table, values
from reading import remarks_of

from recordings import Health, ReadOptions, RecordingError, open_recording
from recordings.formats import table as module
from recordings.formats.tables import csv_table
from recordings.formats.tables.names import find_columns

N = 300
ACCEL = values(N)
TIMES = iso(stamps(N))
TRUE_NS = stamps(N).astype(np.int64)
CONTENT = table(TIMES, ACCEL)
PATH = Path("some.csv")


def assert_as_written(path, **options):
    accel_g, times, segments, recording = read(path, **options)
    np.testing.assert_array_equal(accel_g, ACCEL)
    np.testing.assert_array_equal(times, TRUE_NS)
    assert segments == [("start", N)]
    return recording


# -- separators, marks and banners


@pytest.mark.parametrize("names", ["time,x,y,z", ""], ids=["named", "without names"])
@pytest.mark.parametrize(
    ("delimiter", "decimal"),
    [(",", "."), (";", "."), (";", ","), ("\t", "."), ("\t", ","), (" ", ".")],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=repr)
def test_separators_decimal_marks_and_line_ends(saved, delimiter, decimal, newline, names):
    content = table(
        TIMES, ACCEL, names=names, delimiter=delimiter, decimal=decimal, newline=newline
    )
    assert_as_written(saved(content))
    assert_as_written(saved(b"\xef\xbb\xbf" + content))
    assert_as_written(saved(gzip.compress(content)))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "# made by hand\n% twice\n\n" + text,
        lambda text: "Recording of a night\nSubject: 7\n" + text,
        lambda text: "# " + text,
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.replace("\n", ",\n"),
        lambda text: text.replace(",", " , "),
        lambda text: text.removesuffix("\n"),
        lambda text: '"' + text.replace(",", '","').replace("\n", '"\n"').removesuffix('"'),
        lambda text: text.replace("time,", "Zeit (timestamp),"),
        lambda text: text.replace("\n", ",walking\n").replace("walking", "label", 1),
        lambda text: text.replace("time,x,y,z", '"time","Acc, x","Acc, y","Acc, z"'),
        lambda text: text.replace("time,x,y,z", ",x,y,z"),
    ],
)
def test_other_ways_to_write_a_table(saved, change):
    text = change(CONTENT.decode())
    assert text != CONTENT.decode()
    assert_as_written(saved(text.encode()))


def test_a_header_that_is_not_utf8_is_read(saved):
    content = CONTENT.replace(b"x,y,z", "x (m/s²),y (m/s²),z (m/s²)".encode("latin-1"))
    assert read(saved(content))[3].header.notes["unit"] == "m/s2 (named)"


def test_the_header_says_what_was_taken(saved):
    recording = assert_as_written(saved(CONTENT.replace(b"x,y,z", b"Acc X,Acc Y,Acc Z")))
    assert recording.header.notes["columns"] == "time, Acc X, Acc Y, Acc Z"
    unnamed = assert_as_written(saved(CONTENT.partition(b"\n")[2]))
    assert unnamed.header.notes["columns"] == "#1, #2, #3, #4"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (table(TIMES, np.hstack([ACCEL, ACCEL]), names=""), "7 columns without names: which are"),
        (table(None, ACCEL, names="x,y,z", decimal=","), "3 names but 6 values"),
        (table(TIMES, ACCEL, names="time,x,y,z,label"), "5 names but 4 values"),
        (table(TIMES, ACCEL, names="time,p,q,r"), "no columns for x, y and z among 'time', 'p'"),
        (
            table(TIMES, ACCEL, delimiter=";", names="time;x;y;z", decimal=",")
            + table(TIMES, ACCEL, names="", delimiter=";"),
            "decimal comma and numbers with a decimal point",
        ),
        (table([""] * N, ACCEL), "no value in its time column"),
        (b"time,x,y,z\n" + b"2024-03-05 10:00:00,,,\n" * 50, "no row without missing"),
        (b"1,2,3\n" + b"1,2\n" * 50, "no constant number of columns"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_has_more_than_one_reading_is_asked_about(saved, content, said):
    with pytest.raises(RecordingError, match=said) as refused:
        open_recording(saved(content))
    assert refused.value.remedy


# -- names


@pytest.mark.parametrize(
    ("names", "time", "axes", "unit"),
    [
        ("time,x,y,z", 0, (1, 2, 3), None),
        ("X,Y,Z,Timestamp", 3, (0, 1, 2), None),
        ("HEADER_TIME_STAMP,X,Y,Z", 0, (1, 2, 3), None),
        ("Accelerometer X,Accelerometer Y,Accelerometer Z", None, (0, 1, 2), None),
        ("Time,Ax(g),Ay(g),Az(g),Gx(d/s),Gy(d/s),Gz(d/s)", 0, (1, 2, 3), "g"),
        ("Time (s),Acc x (m/s^2),Acc y (m/s^2),Acc z (m/s^2),Absolute", 0, (1, 2, 3), "m/s2"),
        ("time,seconds_elapsed,z,y,x", 0, (4, 3, 2), None),
        ("seconds_elapsed,z,y,x", 0, (3, 2, 1), None),
        ("timestamp,accel_x,accel_y,accel_z,gyro_x,gyro_y,gyro_z", 0, (1, 2, 3), None),
        ("timestamp,acc_x_mg,acc_y_mg,acc_z_mg", 0, (1, 2, 3), "mg"),
        ("datetime,x_m_s2,y_m_s2,z_m_s2", 0, (1, 2, 3), "m/s2"),
        ("t,xAccel,yAccel,zAccel", 0, (1, 2, 3), None),
        ("ts,accX,accY,accZ,rotationRateX,rotationRateY,rotationRateZ", 0, (1, 2, 3), None),
        ("time,X-axis [mG],Y-axis [mG],Z-axis [mG]", 0, (1, 2, 3), "mg"),
        ("time,ax,ay,az,mx,my,mz", 0, (1, 2, 3), None),
        ("time,userX,userY,userZ,totalX,totalY,totalZ,accX,accY,accZ", 0, (4, 5, 6), None),
        ("time,linear_x,linear_y,linear_z,acc_x,acc_y,acc_z", 0, (4, 5, 6), None),
        ("x,y,z,timezone", None, (0, 1, 2), None),
        ("activity,x,y,z,day,max", None, (1, 2, 3), None),
        ("x [g],y [g],z [g],x [mV],y [mV],z [mV]", None, (0, 1, 2), "g"),
    ],
)  # fmt: skip
def test_columns_are_found_by_their_names(names, time, axes, unit):
    columns = find_columns(PATH, names.split(","))
    assert (columns.time, columns.axes, columns.unit) == (time, axes, unit)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("time,x,y", "no columns for x, y and z"),
        ("time,gyro_x,gyro_y,gyro_z", "no columns for x, y and z"),
        ("time,wrist_x,wrist_y,wrist_z,thigh_x,thigh_y,thigh_z", "more than one acceleration"),
        ("time,accX (g),accY (g),accZ (g),accX (mg),accY (mg),accZ (mg)", "more than one"),
        ("time,gravityX,gravityY,accX,accY,accZ", "gravity apart"),
        ("time,gravityX,gravityY,gravityZ,a_x (mg),a_y (mg),a_z (mg)", "gravity apart"),
    ],
)  # fmt: skip
def test_columns_that_leave_a_choice_are_refused(names, said):
    with pytest.raises(RecordingError, match=said):
        find_columns(PATH, names.split(","))


@pytest.mark.parametrize(
    ("name", "unit_ns"),
    [
        ("time", None),
        ("time (s)", 10**9),
        ("Time [ms]", 10**6),
        ("time_us", 10**3),
        ("t (µs)", 10**3),
        ("timestamp_ns", 1),
        ("time (h)", None),
    ],
)
def test_the_unit_of_the_time_by_its_name(name, unit_ns):
    assert find_columns(PATH, [name, "x", "y", "z"]).time_unit_ns == unit_ns


# -- damage


def with_line(number, line):
    """The table with another line in the place of a row."""
    lines = CONTENT.split(b"\n")
    lines[1 + number] = line
    return b"\n".join(lines)


def assert_row_lost(path, number):
    accel_g, times, segments, recording = read(path)
    np.testing.assert_array_equal(accel_g, np.delete(ACCEL, number, axis=0))
    np.testing.assert_array_equal(times, np.delete(TRUE_NS, number))
    assert segments == [("start", number), ("missing_values", N - number - 1)]
    assert recording.health.blocks_bad == 1
    assert "1 rows hold a missing" in remarks_of(recording)["missing_values"]


@pytest.mark.parametrize(
    "line",
    [
        b"2024-03-05T22:00:00.250,,0.6,0.8",
        b"2024-03-05T22:00:00.250,0.1,NaN,0.8",
        b"2024-03-05T22:00:00.250,0.1,inf,0.8",
        b"2024-03-05T22:00:00.250,0.1,1e300,0.8",
        b",0.1,0.6,0.8",
        b"2024-03-05T22:00:00.250,0.1,0.6,oops",
        b"2024-13-05T22:00:00.250,0.1,0.6,0.8",
        b"soon,0.1,0.6,0.8",
        b"2024-03-05T22:00:00.250,0.1,0.6",
        b"2024-03-05T22:00:00.250,0.1,0.6,0.8,0.9",
        b"2024-03-05T22:00:00.250,0.1,0.6\xff,0.8",
        b"2024-03-05T22:00:00.250,0.1,\xff0.6",
        b"2024-03-05T22:00:00.250,0.1,0.6\0,0.8",
        b"time,x,y,z",
        b"#",
    ],
    ids=repr,
)
def test_a_row_that_cannot_be_read_costs_that_row_only(saved, line):
    assert_row_lost(saved(with_line(100, line)), 100)


def test_a_stray_quote_does_not_swallow_the_rows_behind_it(saved):
    lines = CONTENT.split(b"\n")
    assert_as_written(saved(with_line(100, b'"' + lines[101])))


def test_missing_values_are_never_filled(saved):
    lines = CONTENT.split(b"\n")
    for number in range(100, 150):
        lines[1 + number] = lines[1 + number].split(b",")[0] + b",,,"
    accel_g, times, segments, recording = read(saved(b"\n".join(lines)))
    np.testing.assert_array_equal(accel_g, np.delete(ACCEL, slice(100, 150), axis=0))
    np.testing.assert_array_equal(times, np.delete(TRUE_NS, slice(100, 150)))
    assert segments == [("start", 100), ("missing_values", 150)]
    assert recording.health.blocks_bad == 50


def test_a_missing_row_takes_its_time_where_there_is_no_column_of_time(saved):
    lines = table(None, ACCEL, names="x,y,z").split(b"\n")
    lines[101] = b"1,2"
    _, times, segments, _ = read(saved(b"\n".join(lines)), rate_hz=50.0)
    assert segments == [("start", 100), ("missing_values", 199)]
    np.testing.assert_array_equal(times, np.delete(np.arange(N), 100) * 20_000_000)


def test_missing_rows_at_both_ends_are_left_out(saved):
    lines = CONTENT.split(b"\n")
    lines[1] = lines[2] = lines[-2] = b"2024-03-05T22:00:00,nan,nan,nan"
    _, times, segments, recording = read(saved(b"\n".join(lines)))
    np.testing.assert_array_equal(times, TRUE_NS[2:-1])
    assert segments == [("start", N - 3)]
    assert recording.health.blocks_bad == 3


def test_the_last_line_is_dropped_where_compressed_content_broke_off(saved):
    content = table(iso(stamps(40_000)), values(40_000))
    packed = gzip.compress(content)
    accel_g, _, _, recording = read(saved(packed[: len(packed) * 3 // 4]))
    assert "truncated_gzip" in remarks_of(recording)
    assert recording.health.blocks_bad == 0
    np.testing.assert_array_equal(accel_g, values(40_000)[: len(accel_g)])


@pytest.mark.parametrize("cell", ["1" * 120_000 + "x", "." * 120_000, "1e" * 60_000, "T" * 120_000])
def test_a_gigantic_cell_costs_no_more_than_its_length(saved, cell):
    # with two ways to match a run of digits this takes its square
    with pytest.raises(RecordingError, match="no table of accelerations"):
        open_recording(saved(f"{cell},{cell},{cell}\n".encode()[:130_000]))


def test_a_line_without_end_is_refused_and_does_not_fill_the_memory(saved, monkeypatch):
    monkeypatch.setattr(csv_table, "LONGEST_LINE_BYTES", 1 << 20)
    path = saved(CONTENT + b"7" * (4 << 20))
    with pytest.raises(RecordingError, match="a line of more than") as refused:
        read(path)
    assert refused.value.offset == len(CONTENT)


@pytest.mark.parametrize("size", [64, 100, 1000, 4097])
def test_the_size_of_the_blocks_does_not_matter(saved, monkeypatch, size):
    lines = CONTENT.split(b"\n")
    lines[50] = b"1,2"
    lines[150] = b"soon,1,2,3"
    lines[200] = lines[201]
    lines[230:240] = []
    path = saved(b"\r\n".join(lines))
    accel_g, times, segments, recording = read(path)
    monkeypatch.setattr(csv_table, "BLOCK_BYTES", size)
    again, times_again, segments_again, recording_again = read(path)
    np.testing.assert_array_equal(again, accel_g)
    np.testing.assert_array_equal(times_again, times)
    assert segments_again == segments
    assert recording_again.health == recording.health
    assert recording_again.header == recording.header


@given(
    changes=st.dictionaries(
        st.integers(0, N - 1),
        st.tuples(st.booleans(), st.text(st.characters(codec="latin-1"), max_size=30)),
        min_size=1,
        max_size=4,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_rows_without_damage_are_read_whatever_stands_in_others(saved, changes):
    lines = CONTENT.split(b"\n")
    for row, (whole_line, text) in changes.items():
        cell = re.sub(rb"[\r\n]", b"", text.encode("latin-1"))
        lines[1 + row] = cell if whole_line else b"%b,%b,0.6,0.8" % (TIMES[row].encode(), cell)
    reader = module.open_reader(saved(CONTENT), ReadOptions())
    reader.table.path.write_bytes(b"\n".join(lines))
    samples = np.concatenate([block.samples for block in reader.blocks(Health())])
    kept = [row for row in range(N) if row not in changes]
    assert set(map(tuple, ACCEL[kept].tolist())) <= set(map(tuple, samples.tolist()))
    assert len(kept) <= len(samples) <= N


@pytest.mark.parametrize("target", [pa.float64(), pa.int64()])
def test_of_many_cells_those_are_numbers_that_are_each_by_itself(target):
    parts = ("", "-", "+", ".", "0", "12", "0x1F", "e", "E5", "e-3", "e400", "nan", "INF", "x", " ")
    cells = [a + b + c for a in parts for b in parts for c in parts]
    alone = []
    for cell in cells:
        try:
            alone.append(pa.scalar(cell).cast(target))
        except pa.ArrowInvalid:
            alone.append(None)
    found = csv_table._cast_or_null(pa.array(cells), target)
    assert found.null_count == alone.count(None) > len(cells) // 2
    for one, other in zip(found, alone, strict=True):
        assert str(one.as_py()) == str(None if other is None else other.as_py())
