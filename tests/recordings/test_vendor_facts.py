"""What is known of a table by the way it begins: ActiGraph, Empatica, activPAL, phyphox, others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recordings import SECOND_NS, ReadOptions, RecordingError
from recordings.formats.tables.vendors import (
    actigraph,
    activpal,
    empatica,
    phyphox,
    recognise,
    sensor_logger,
)

PATH, USUAL = Path("a.csv"), ReadOptions()


def ns(text):
    return int(np.datetime64(text, "ns").astype(np.int64))


# -- ActiGraph

FIRST = "------------ Data File Created By ActiGraph GT3X+ ActiLife v6.13.3 Firmware v2.5.0"
LINES = (
    "Serial Number: NEO1F09120034",
    "Start Time 21:59:59",
    "Start Date 15/3/2024",
    "Epoch Period (hh:mm:ss) 00:00:00",
    "Download Time 10:00:00",
    "Download Date 19/3/2024",
    "Current Memory Address: 0",
)


def banner(*lines, date_format="d/M/yyyy", at="at 30 Hz", end="-" * 50):
    dates = f"date format {date_format}" if date_format else ""
    first = f"{FIRST} {dates} {at} Filter Normal -----------"
    return "\r\n".join([first, *(lines or LINES), end, "Accelerometer X,", ""]).encode()


def facts_of(content, **options):
    return actigraph.recognise(PATH, content, ReadOptions(**options))


def instead(*changes):
    """The usual lines, some of them changed."""
    text = "\n".join(LINES)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return tuple(line for line in text.split("\n") if line)


def test_the_banner_says_what_device_and_how_it_was_set():
    facts = facts_of(banner())
    assert facts.format == "actigraph-csv"
    assert (facts.device, facts.serial) == ("ActiGraph GT3X+", "NEO1F09120034")
    assert facts.firmware == "2.5.0"
    assert (facts.rate_hz, facts.unit, facts.held_rows) == (30, "g", True)
    assert facts.start_ns == ns("2024-03-15T21:59:59")
    assert facts.notes == {
        "software": "ActiLife v6.13.3",
        "date format": "d/M/yyyy",
        "idle sleep mode": "",
    }
    assert banner()[facts.begin :] == b"Accelerometer X,\r\n"


@pytest.mark.parametrize(
    ("serial", "range_g", "ends"),
    [
        ("NEO1", 6, (-6 + 0.0005, 6 - 0.0005)),
        ("CLE2", 6, (-6 + 0.0005, 6 - 0.0005)),
        ("MRA1", 6, (-6 + 0.0005, 6 - 0.0005)),
        ("MOS2", 8, (-8 + 0.0005, 2047 / 256 - 0.0005)),
        ("TAS1", 8, (-8 + 0.0005, 2047 / 256 - 0.0005)),
        ("ABC1", None, (-np.inf, np.inf)),
        ("NE", None, (-np.inf, np.inf)),
    ],
)
def test_a_sensor_clips_where_its_serial_number_says(serial, range_g, ends):
    facts = facts_of(banner(*instead(("NEO1F09120034", serial))))
    assert facts.range_g == range_g
    assert (facts.scale.lowest, facts.scale.highest) == pytest.approx(ends)
    assert facts.scale.gain_g == (1, 1, 1)


@pytest.mark.parametrize(
    ("content", "rate_hz"),
    [
        (banner(at="at 100 Hz"), 100),
        (banner(at="AT 80hz"), 80),
        (banner(*LINES, "Sample Rate: 40", at=""), 40),
        (banner(*LINES, "Sample Rate: 40", at="at 60 Hz"), 60),
        (banner(at="at 10 Hz"), 10),
        (banner(at="at 1000 Hz"), 1000),
    ],
)
def test_the_rate_stands_in_the_first_line_or_in_one_of_its_own(content, rate_hz):
    assert facts_of(content).rate_hz == rate_hz


@pytest.mark.parametrize("at", ["at 9 Hz", "at 1001 Hz"])
def test_a_rate_that_no_recorder_has_is_refused(at):
    with pytest.raises(RecordingError, match=f"states a rate of {at[3:]}"):
        facts_of(banner(at=at))


@pytest.mark.parametrize(
    "content",
    [
        banner(*instead(("00:00:00", "00:00:10"))),
        banner(*instead(("00:00:00", "00:01:00"))),
        banner(at=""),
        banner(at="at 0 Hz"),
        banner(*LINES, "Sample Rate: fast", at=""),
    ],
)
def test_epochs_and_no_rate_mean_counts(content):
    with pytest.raises(RecordingError, match="epoch counts"):
        facts_of(content)


def test_a_banner_has_forty_lines_at_most():
    many = [*LINES, *(f"Line {k}" for k in range(31))]
    assert facts_of(banner(*many)).serial == "NEO1F09120034"
    with pytest.raises(RecordingError, match="without an end"):
        facts_of(banner(*many, "One more"))


@pytest.mark.parametrize("end", ["-" * 10, '"' + "-" * 20 + '",,,', "-" * 12 + ";;"])
def test_a_line_of_ten_dashes_closes_the_banner(end):
    assert facts_of(banner(end=end)).rate_hz == 30


@pytest.mark.parametrize("end", ["-" * 9, "- - - - - -", "---------- x"])
def test_other_lines_do_not(end):
    with pytest.raises(RecordingError, match="without an end"):
        facts_of(banner(end=end))


@pytest.mark.parametrize(
    ("changes", "date_format", "options", "start", "remark"),
    [
        ((), "d/M/yyyy", {}, "2024-03-15T21:59:59", False),
        ((), "M/d/yyyy", {}, "2024-03-15T21:59:59", True),  # a month 15 is none
        ((), "", {}, "2024-03-15T21:59:59", False),
        ((("15/3", "4/3"), ("19/3", "5/3")), "M/d/yyyy", {}, "2024-04-03T21:59:59", False),
        ((("15/3", "4/3"), ("19/3", "5/3")), "d/M/yyyy", {}, "2024-03-04T21:59:59", False),
        ((("15/3", "4/3"), ("19/3", "5/3")), "", {"date_order": "mdy"}, "2024-04-03T21:59:59", 0),
        # a start behind the download is none
        ((("15/3", "5/4"), ("19/3", "4/5")), "M/d/yyyy", {}, "2024-04-05T21:59:59", True),
        ((("15/3/2024", "2024-03-15"), ("19/3", "4/5")), "", {}, None, False),
        (
            (("15/3/2024", "2024-03-15"), ("19/3/2024", "2024-03-19")),
            "d/M/yyyy",
            {"date_order": "mdy"},
            "2024-03-15T21:59:59",
            True,
        ),
    ],
)
def test_the_order_of_dates_is_stated_or_the_only_one_that_can_be(
    changes, date_format, options, start, remark
):
    facts = facts_of(banner(*instead(*changes), date_format=date_format), **options)
    assert facts.start_ns == (None if start is None else ns(start))
    assert [note.code for note in facts.remarks] == (["date_order"] if remark else [])
    assert bool(facts.start_question) == (start is None)


@pytest.mark.parametrize(("download", "known"), [("14/3/2024", True), ("13/3/2024", False)])
def test_a_download_may_lie_a_day_before_the_start_for_its_clock_is_another(download, known):
    lines = instead(("19/3/2024", download), ("10:00:00", "21:59:59"))
    facts = facts_of(banner(*lines, date_format=""))
    assert (facts.start_ns is not None) == known


def test_a_start_without_a_download_is_believed():
    lines = instead(("Download Time 10:00:00", ""), ("Download Date 19/3/2024", ""))
    assert facts_of(banner(*lines)).start_ns == ns("2024-03-15T21:59:59")


def test_a_stated_order_that_cannot_be_is_a_question():
    facts = facts_of(banner(), date_order="mdy")
    assert facts.start_ns is None
    assert facts.start_question == (
        "states times that cannot be month first: 15/3/2024 21:59:59 and 19/3/2024 10:00:00"
    )


# -- Empatica E4


def e4(start="1560279825.000000", rate="32.000000", more=b"1,2,60\n"):
    line = ", ".join([start] * 3) + "\n" + ", ".join([rate] * 3) + "\n"
    return line.encode() + more


def test_an_e4_begins_with_its_start_and_its_rate():
    facts = empatica.recognise(PATH, e4(), USUAL)
    assert (facts.format, facts.device) == ("empatica-e4-csv", "Empatica E4")
    assert (facts.start_ns, facts.rate_hz) == (1_560_279_825 * SECOND_NS, 32)
    assert (facts.utc_offset_s, facts.range_g) == (0, 2)
    assert facts.scale.gain_g == (1 / 64,) * 3
    assert (facts.scale.lowest, facts.scale.highest) == (-128, 127)
    assert e4()[facts.begin :] == b"1,2,60\n"


def test_the_start_of_an_e4_is_exact_to_the_microsecond():
    facts = empatica.recognise(PATH, e4("1560279825.123457"), USUAL)
    assert facts.start_ns == 1_560_279_825_123_457_000


@pytest.mark.parametrize(
    ("start", "rate", "known"),
    [
        ("1000000000", "32", False),
        ("1000000001", "32", True),
        ("4099999999", "32", True),
        ("4100000000", "32", False),
        ("1560279825", "0", False),
        ("1560279825", "0.5", True),
        ("1560279825", "1000", True),
        ("1560279825", "1000.5", False),
        ("1560279825", "-32", False),
        ("1560279825", "fast", False),
        ("soon", "32", False),
    ],
)
def test_an_e4_has_a_time_of_this_century_and_up_to_1000_hz(start, rate, known):
    assert (empatica.recognise(PATH, e4(start, rate), USUAL) is not None) == known


@pytest.mark.parametrize(
    "head",
    [
        b"1560279825,1560279825,1560279826\n32,32,32\n",
        b"1560279825,1560279825\n32,32\n",
        b"1560279825,1560279825,1560279825,1560279825\n32,32,32,32\n",
        b"1560279825,1560279825,1560279825",
        b"",
    ],
)
def test_three_equal_numbers_are_three_and_equal(head):
    assert empatica.recognise(PATH, head, USUAL) is None


# -- activPAL


def pal(rows=20, cells="127;130;190", day="43831.5000000", delimiter=";"):
    return "".join(f"{day};{cells}\n" for _ in range(rows)).replace(";", delimiter).encode()


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_an_activpal_has_a_day_and_three_bytes(delimiter):
    facts = activpal.recognise(PATH, pal(delimiter=delimiter), USUAL)
    assert (facts.format, facts.device, facts.range_g) == ("activpal-csv", "activPAL", 2)
    assert facts.scale.to_g(np.array([[127, 191, 63]])).tolist() == [[0, 1, -1]]
    assert (facts.scale.lowest, facts.scale.highest) == (0, 255)


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (pal(1)[:-1], True),
        (pal(20) + b"names,x,y,z\n", True),  # the first second decides
        (pal(19) + b"names,x,y,z\n", False),
        (pal(cells="0;255;0"), True),
        (pal(cells="0;256;0"), False),
        (pal(cells="256;0;0"), False),
        (pal(cells="0;0;256"), False),
        (pal(cells="-1;0;0"), False),
        (pal(cells="1.5;0;0"), False),
        (pal(cells="1;2"), False),
        (pal(cells="1;2;3;4"), False),
        (pal(day="4383.50000"), False),
        (pal(day="43831.500"), False),
        (pal(day="43831.5000"), True),
        (pal(20).replace(b"\n", b"\r\n"), True),
        (pal(20).replace(b";130", b",130"), False),
    ],
)
def test_all_rows_of_the_first_second_look_like_one(content, known):
    assert (activpal.recognise(PATH, content, USUAL) is not None) == known


# -- phyphox


@pytest.mark.parametrize(
    ("members", "found"),
    [
        (["Raw Data.csv", "meta/time.csv"], "meta/time.csv"),
        (["x/Raw Data.csv", "x/META/Time.csv"], "x/META/Time.csv"),
        (["meta/device.csv"], None),
        (["a/meta/time.csv", "b/meta/time.csv"], None),
    ],
)
def test_the_times_of_start_stand_in_a_member_of_their_own(members, found):
    assert phyphox.events_member(members) == found


@pytest.mark.parametrize(
    ("events", "starts"),
    [
        ('"event","experiment time","system time"\n"START",0,1700000000.5', [(0, 1_700_000_000.5)]),
        ("event;experiment time;system time\nSTART;0,25;1700000000,5", [(0.25, 1_700_000_000.5)]),
        ("event\tt\tsystem\nstart\t1E1\t1.7E9\nPAUSE\t20\t1.70000001E9", [(10, 1.7e9)]),
        ("START,5,1700000005\nSTART,0,1700000000", [(0, 1.7e9), (5, 1_700_000_005)]),
        ("\ufeffSTART,0,1700000000", [(0, 1.7e9)]),
        ("START,0,0", []),
        ("START,0,-5", []),
        ("START,0,4.2E9", []),
        ("START,4.2E9,1.7E9", []),
        ("START,-4.2E9,1.7E9", []),
        ("START,0", []),
        ("START,zero,1.7E9", []),
        ("START,0,soon", []),
        ("", []),
    ],
)
def test_each_start_has_its_time_in_the_experiment_and_in_utc(events, starts):
    facts = phyphox.facts(events.encode())
    assert facts.device == "phyphox"
    expected = [(round(a * SECOND_NS), round(b * SECOND_NS)) for a, b in starts]
    assert list(facts.starts) == expected


# -- Sensor Logger, and none


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("time,seconds_elapsed,z,y,x", True),
        ('"time", "seconds_elapsed", "x", "y", "z"', True),
        ("time,seconds_elapsed,z,y,x,more", False),
        ("time,z,y,x", False),
    ],
)
def test_sensor_logger_is_known_by_its_names(line, known):
    facts = sensor_logger.recognise(PATH, f"{line}\n1,2,3,4,5\n".encode(), USUAL)
    assert (facts is not None) == known
    if facts:
        assert (facts.device, facts.unit_without_gravity) == ("Sensor Logger", "m/s2")


@pytest.mark.parametrize(
    ("content", "format_", "begin"),
    [
        (banner(), "actigraph-csv", len(banner()) - len("Accelerometer X,\r\n")),
        (e4(), "empatica-e4-csv", len(e4()) - len("1,2,60\n")),
        (pal(), "activpal-csv", 0),
        (b"time,x,y,z\n", "csv", 0),
    ],
    ids=["actigraph", "empatica", "activpal", "none"],
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_beginning_is_behind_a_mark_of_utf8_and_a_banner(content, format_, begin, mark):
    facts = recognise(PATH, mark + content, USUAL)
    assert (facts.format, facts.begin) == (format_, len(mark) + begin)
