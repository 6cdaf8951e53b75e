"""Every refusal of a table, word by word: which file, what is wrong, where, what to do."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pytest
from made_tables import iso, stamps, table, values
from pyarrow import parquet

from recordings import ReadOptions, RecordingError, open_recording

N = 100
ACCEL, TIMES = values(N), stamps(N)
SHAPE = (
    "a table has one row per sample with columns time, x, y, z (or x, y, z and --rate HZ), "
    "separated by comma, semicolon or tab, or is a Parquet file with such columns"
)
COLUMNS = (
    "state them by position or name, such as --columns time=1,x=2,y=3,z=4 (without time: --rate HZ)"
)
DATES = "write times as 2024-03-05 22:41:07.250"
SECONDS = [f"{k / 100:.2f}" for k in range(N)]


def told(path, **options):
    """What is said of a file that cannot be read, behind its path."""
    with pytest.raises(RecordingError) as refused:
        open_recording(path, ReadOptions(**options))
    message = str(refused.value)
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


def named(names, width=None):
    """A table with these names above as many columns, the first of them times."""
    width = width or len(names.split(","))
    rows = [",".join([SECONDS[k], *["0.5"] * (width - 1)]) for k in range(N)]
    return "\n".join([names, *rows, ""]).encode()


# -- its shape


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x,y,z\n1,2,3\n".encode("utf-16"), "is text in UTF-16; save it as UTF-8"),
        (b"Dear all,\nno numbers here.\n", f"is text but no table of accelerations; {SHAPE}"),
        (
            b"1,2,3\n" + b"1,2\n" * 50,
            f"is text whose rows have no constant number of columns; {SHAPE}",
        ),
        (
            b"x;y;z\n" + b"0,5;0.5;1\n" * 50,
            "has numbers with a decimal comma and numbers with a decimal point; "
            "write all of them with a point",
        ),
        (
            b"time,x,y,z\n" + b"0,1,0,2,0,3,0,4\n" * 50,
            "has 4 names but 8 values in a row; "
            "is the comma separator and decimal mark at once? Separate values by semicolons",
        ),
        (
            b"time;x;y;z\n" + b"1;2;3;4;5\n" * 50,
            "has 4 names but 5 values in a row; give every column a name",
        ),
        (
            b"1,2,3,4,5\n" * 50,
            f"has 5 columns without names: which are time, x, y and z? {COLUMNS}",
        ),
        (
            b"time,axis1,axis2,axis3\n" + b"1,2,3,4\n" * 50,
            "holds epoch counts (a column axis1), no raw acceleration; export the raw data",
        ),
        (
            table(SECONDS, 0 * ACCEL),
            f"holds nothing but zeros; {SHAPE}",
        ),
        (
            b"time,x,y,z\n" + b"2024-03-05 10:00:00,,,\n" * 50,
            f"has no row without missing values; {SHAPE}",
        ),
        (
            b"time,x,y,z\n" + b",0.1,0.2,0.9\n" * 50,
            f"has no value in its time column; {SHAPE}",
        ),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_text_that_is_no_table_of_accelerations(saved, content, message):
    assert told(saved(content)) == message


def test_names_with_a_line_end_inside_are_told_with_what_is_wrong(saved):
    message = told(saved(b"time,x\ry,z,a\n" + b"1,2,3,4\n" * 50))
    assert message.startswith("its line of names cannot be split (")
    assert message.endswith("); give every column a name")


def test_a_line_beyond_4_mib_is_told_with_its_place(saved):
    content = named("time,x,y,z") + b"1" * (5 << 20)
    begin = len(named("time,x,y,z"))
    path = saved(content)
    with pytest.raises(RecordingError) as refused:
        list(open_recording(path).chunks())
    assert str(refused.value) == (
        f"{path}: has a line of more than 4 MiB (at byte {begin}); {SHAPE}"
    )


# -- its names


@pytest.mark.parametrize(
    ("names", "columns", "message"),
    [
        (
            "time,p,q,r",
            None,
            f"has no columns for x, y and z among 'time', 'p', 'q', 'r'; {SHAPE}",
        ),
        (
            "t," + ",".join(f"n{k}" for k in range(12)),
            None,
            "has no columns for x, y and z among 't', "
            + ", ".join(f"'n{k}'" for k in range(11))
            + f", ...; {SHAPE}",
        ),
        (
            "t,hip_x,hip_y,hip_z,leg_x,leg_y,leg_z",
            None,
            "has more than one acceleration among 't', 'hip_x', 'hip_y', 'hip_z', 'leg_x', "
            f"'leg_y', 'leg_z'; {COLUMNS}",
        ),
        (
            "t,accX,accY,accZ,gravityX,gravityY",
            None,
            "has acceleration and gravity apart among 't', 'accX', 'accY', 'accZ', 'gravityX', "
            "'gravityY', but not three axes of each; write their sum as columns x, y, z",
        ),
        (
            "t,a,b,c",
            {"x": "a", "y": "b", "z": "d"},
            f"has no column 'd' among 't', 'a', 'b', 'c'; {COLUMNS}",
        ),
        (
            "t,a,b,c",
            {"x": 2, "y": 3, "z": 5},
            f"has no column 5 among 't', 'a', 'b', 'c'; {COLUMNS}",
        ),
        (
            "t,a,a,c",
            {"x": "a", "y": 3, "z": 4},
            f"has more than one column 'a' among 't', 'a', 'a', 'c'; {COLUMNS}",
        ),
        (
            "t,a,b,c",
            {"x": 2, "y": 3, "z": "b"},
            f"has not that many columns: --columns names one of them twice; {COLUMNS}",
        ),
    ],
)
def test_names_that_do_not_tell_which_columns_to_read(saved, names, columns, message):
    assert told(saved(named(names)), columns=columns) == message


# -- its times


def spread(cells):
    return table([cells[k % len(cells)] for k in range(N)], ACCEL)


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (
            table(None, ACCEL, names="x,y,z"),
            {},
            "has no column of time; state the rate: --rate HZ",
        ),
        (
            table(None, ACCEL, names="x,y,z"),
            {"rate_hz": -5.0},
            "cannot be read at a rate of -5.0 Hz; state samples per second: --rate HZ",
        ),
        (spread(["5"]), {}, "has a time that does not advance; check the column"),
        (
            spread(["2024-03-05 10:00:00"]),
            {},
            "has a time that does not advance; check the column of time",
        ),
        (
            table([str(k) for k in range(N)], ACCEL, names="time_us,x,y,z"),
            {},
            "has 1e+06 rows in a second by their times; "
            "check the column of time, and the unit that its name states",
        ),
        (
            table([str(7 + 150 * k) for k in range(N)], ACCEL),
            {},
            "has times such as 7 in steps of 150: in which unit? "
            "state the rate: --rate HZ, or name the column time_s",
        ),
        (spread(["12:08:39"]), {}, f"has times without a date such as '12:08:39'; {DATES}"),
        (spread(["5/3/2024"]), {}, f"has dates without a time such as '5/3/2024'; {DATES}"),
        (spread(["soon"]), {}, f"has times that are not understood, such as 'soon'; {DATES}"),
        (
            spread(["2024-03-05T21:59:59Z", "2024-03-05T22:00:00"]),
            {},
            "has times with and without an offset from UTC; write all of them the same way",
        ),
        (
            spread(["5/6/2024 10:00:00"]),
            {},
            "has dates such as '5/6/2024 10:00:00': is the day or the month first? "
            "state it: --date-order dmy|mdy",
        ),
        (
            spread(["15/6/2024 10:00:00"]),
            {"date_order": "mdy"},
            "has dates such as '15/6/2024 10:00:00', which cannot be month first; "
            "leave out --date-order, or state dmy",
        ),
        (
            spread(["15/6/2024 10:00:00", "6/15/2024 10:00:00"]),
            {},
            f"has dates such as '15/6/2024 10:00:00' in more than one order; {DATES}",
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_times_that_do_not_tell_when(saved, content, options, message):
    assert told(saved(content), **options) == message


# -- its values


@pytest.mark.parametrize(
    ("factor", "message"),
    [
        (
            30.0,
            "does not state its unit, and the values have a magnitude of 30 at rest; "
            "state it: --unit g|mg|m/s2",
        ),
        (
            64.0,
            "does not state its unit, and the values have a magnitude of 64 at rest (counts of "
            "1/64 g?); convert counts to g",
        ),
        (
            290.0,
            "does not state its unit, and the values have a magnitude of 290 at rest (counts of "
            "1/256 g or 1/341 g?); convert counts to g",
        ),
    ],
)
def test_values_that_do_not_tell_their_unit(saved, factor, message):
    still = np.tile([0.0, 0.6, 0.8], (N, 1))
    assert told(saved(table(iso(TIMES), factor * still))) == message


def test_a_unit_that_is_none(saved):
    path = saved(table(iso(TIMES), ACCEL))
    assert told(path, unit="stone") == ("cannot be read in the unit 'stone'; units are g, mg, m/s2")


# -- ActiGraph's banner


def banner(*lines, first="Data File Created By ActiGraph GT3X+ ActiLife v6 at 30 Hz"):
    return "\n".join([f"------------ {first} -----------", *lines, "-" * 40, ""]).encode()


ROWS = b"Accelerometer X,Accelerometer Y,Accelerometer Z\n" + b"0.0,0.6,0.8\n" * N


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            banner("Epoch Period (hh:mm:ss) 00:01:00"),
            "holds ActiGraph epoch counts, no raw acceleration; export the raw data of the .gt3x "
            "file",
        ),
        (
            banner(first="Data File Created By ActiGraph at 1001 Hz"),
            "states a rate of 1001 Hz; export the raw data again",
        ),
        (
            banner("Start Time 10:00:00", "Start Date 5/6/2024"),
            "states the times 5/6/2024 10:00:00 and   under the date format '': is the day or the "
            "month first? state it: --date-order ymd|mdy|dmy",
        ),
    ],
    ids=["counts", "rate", "dates"],
)
def test_a_banner_that_cannot_be_used(saved, content, message):
    assert told(saved(content + ROWS)) == message


def test_a_banner_without_an_end(saved):
    head = banner("Serial Number: NEO1").partition(b"\n" + b"-" * 40)[0]
    text = head + b"\n" + b"0.0,0.6,0.8\n" * 60
    end = len(head) + 1 + 38 * len(b"0.0,0.6,0.8\n")  # forty lines
    assert told(saved(text)) == (
        f"has an ActiGraph banner without an end (at byte {end}); export the raw data again"
    )


def test_values_in_g_that_cannot_be(saved):
    content = banner("Serial Number: NEO1", "Start Time 10:00:00", "Start Date 2024-03-05")
    rows = ROWS.replace(b"0.0,0.6,0.8", b"0.0,1.8,2.4")
    assert told(saved(content + rows)) == (
        "should be in g, but has a magnitude of 3 g at rest; export the raw data in g"
    )


# -- Parquet


def packed(**columns):
    memory = io.BytesIO()
    parquet.write_table(pa.table(columns), memory)
    return memory.getvalue()


AXES = {axis: ACCEL[:, k] for k, axis in enumerate("xyz")}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            packed(time=TIMES, **{**AXES, "y": ["0"] * N}),
            "column 'y' is of type string; write it as numbers",
        ),
        (
            packed(time=pa.nulls(N, pa.timestamp("ns")), **AXES),
            "has no value in its column 'time'; write the time of every row",
        ),
        (
            packed(time=pa.array([0] * N, pa.timestamp("ns", "Mars/Olympus")), **AXES),
            "has times in a zone that is not known: 'Mars/Olympus'; "
            "write them in UTC or in an IANA zone",
        ),
        (packed(**{axis: g[:0] for axis, g in AXES.items()}), f"has no rows; {SHAPE}"),
    ],
    ids=["text", "nulls", "zone", "no rows"],
)
def test_a_parquet_table(saved, content, message):
    assert told(saved(content), rate_hz=50.0) == message
