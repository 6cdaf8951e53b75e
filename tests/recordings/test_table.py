"""Plain tables: values, units, and the meaning of time."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from made_tables import T0, iso, read, stamps, table, values
from reading import remarks_of

from recordings import SECOND_NS, ReadOptions, RecordingError, open_recording
from recordings.formats import table as module

DATA = Path(__file__).parents[1] / "data"
TIMES = stamps()
TRUE_NS = TIMES.astype(np.int64)
ACCEL = values()
CONTENT = table(iso(TIMES), ACCEL)


# -- a real file


def test_the_mhealth_file_is_read_as_it_stands():
    text = (DATA / "mhealth.csv").read_text().splitlines()[1:]
    rows = [line.split(",") for line in text]
    accel_g, times, segments, recording = read(DATA / "mhealth.csv")
    np.testing.assert_array_equal(accel_g, np.array([row[1:] for row in rows], float))
    stated = np.array([row[0] for row in rows], "M8[ns]").astype(np.int64)
    assert np.abs(times - stated).max() < 700_000  # stamps are rounded to milliseconds
    assert segments == [("start", 480)]
    assert recording.header.nominal_hz == pytest.approx(80, rel=1e-3)
    assert recording.header.notes == {
        "columns": "HEADER_TIME_STAMP, X, Y, Z",
        "unit": "g (0.968 at rest)",
    }
    assert recording.header.utc_offset_s is None


# -- time


@pytest.mark.parametrize("digits", ["ms", "us", "ns"])
def test_regular_stamps_are_kept_to_the_nanosecond(saved, digits):
    accel_g, times, segments, recording = read(saved(table(iso(TIMES, digits), ACCEL)))
    np.testing.assert_array_equal(accel_g, ACCEL)
    np.testing.assert_array_equal(times, TRUE_NS)
    assert segments == [("start", 500)]
    assert recording.health.measured_hz == 100
    assert recording.health.blocks == 500
    assert not recording.health.remarks


@pytest.mark.parametrize(
    ("written", "offset_s"),
    [
        (iso, None),
        (lambda t: [s.replace("T", " ") for s in iso(t)], None),
        (lambda t: [s.replace("T", " ").replace(".", ",") for s in iso(t)], None),
        (lambda t: [s.replace("-", "/") for s in iso(t)], None),
        (lambda t: iso(t, zone="Z"), 0),
        (lambda t: iso(t, zone="+02:00"), 7200),
        (lambda t: iso(t, zone="-0430"), -16_200),
        (lambda t: iso(t, zone="+05"), 18_000),
    ],
)
def test_iso_times_are_device_time_whatever_their_offset(saved, written, offset_s):
    content = table(written(TIMES), ACCEL, delimiter=";", names="time;x;y;z")
    _, times, _, recording = read(saved(content))
    np.testing.assert_array_equal(times, TRUE_NS)
    assert recording.header.known_offset_s == offset_s


def test_the_offset_of_the_first_row_holds_for_all(saved):
    before, after = iso(TIMES[:200], zone="+01:00"), iso(TIMES[200:] + np.timedelta64(1, "h"))
    content = table(before + [f"{t}+02:00" for t in after], ACCEL)
    _, times, segments, recording = read(saved(content))
    np.testing.assert_array_equal(times, TRUE_NS)
    assert segments == [("start", 500)]
    assert recording.header.utc_offset_s == 3600


def test_a_zone_behind_the_offset_is_left_out(saved):
    written = [f"{t}+0100 [Europe/London]" for t in iso(TIMES)]
    _, times, _, recording = read(saved(table(written, ACCEL)))
    np.testing.assert_array_equal(times, TRUE_NS)
    assert recording.header.known_offset_s == 3600


def test_days_of_a_spreadsheet_are_local_time(saved):
    days = (TRUE_NS - np.datetime64("1899-12-30", "ns").astype(np.int64)) / 86_400e9
    _, times, _, recording = read(saved(table([f"{day:.10f}" for day in days], ACCEL)))
    assert np.abs(times - TRUE_NS).max() < 5_000
    assert recording.header.known_offset_s is None
    assert not recording.health.remarks


def test_whole_seconds_and_minutes_need_no_fraction(saved):
    times = iso(stamps(step=np.timedelta64(500, "ms")), "ms")
    short = [t.removesuffix(".000") for t in times]
    assert len(set(map(len, short))) == 1  # all of them end in .250 or .750
    shifted = iso(stamps(step=np.timedelta64(500, "ms"), start=np.datetime64("2024-03-05", "ns")))
    content = table([t.removesuffix(".000").removesuffix(":00") for t in shifted], ACCEL)
    assert read(saved(content))[1][-1] == np.datetime64("2024-03-05T00:04:09.5", "ns").astype(int)


@pytest.mark.parametrize(
    "written",
    [
        lambda ns: [f"{t / 1e9:.3f}" for t in ns],
        lambda ns: [f"{t // 10**6}" for t in ns],
        lambda ns: [f"{t / 1e6:.1f}" for t in ns],
        lambda ns: [f"{t // 1000}" for t in ns],
        lambda ns: [f"{t}" for t in ns],
        lambda ns: [f"{t / 1e9:.15e}" for t in ns],
    ],
    ids=["s", "ms", "ms with fraction", "us", "ns", "s with exponent"],
)
def test_numbers_of_today_are_time_since_1970_in_the_unit_of_their_size(saved, written):
    _, times, _, recording = read(saved(table(written(TRUE_NS.tolist()), ACCEL)))
    assert np.abs(times - TRUE_NS).max() < 500  # float64 seconds resolve 240 ns
    assert recording.header.known_offset_s == 0
    assert "time_relative" not in remarks_of(recording)


def test_nanoseconds_are_read_as_whole_numbers(saved):
    odd = TRUE_NS + 1 + np.arange(500)
    _, times, _, _ = read(saved(table([str(t) for t in odd.tolist()], ACCEL)))
    np.testing.assert_array_equal(times, odd)


@pytest.mark.parametrize(
    ("name", "first", "step", "unit_ns"),
    [
        ("time", 0.0, 0.01, 10**9),
        ("time", -0.5, 0.01, 10**9),
        ("time", 0.0, 10.0, 10**6),
        ("time", 0.0, 10_000.0, 10**3),
        ("timestamp", 123_456_789_012_345.0, 10_000_000.0, 1),
        ("time (ms)", 0.0, 1.0, 10**6),
        ("Time [s]", 0.0, 0.5, 10**9),
        ("elapsed_us", 5.0, 20_000.0, 10**3),
        ("seconds_elapsed", 3.0, 0.02, 10**9),
        ("t", 40_000.0, 0.02, 10**9),
    ],
)
def test_other_numbers_count_from_an_unknown_beginning(saved, name, first, step, unit_ns):
    numbers = first + step * np.arange(500)
    content = table([f"{t:.12g}" if t < 1e9 else f"{t:.0f}" for t in numbers], ACCEL)
    content = content.replace(b"time", name.encode(), 1)
    _, times, _, recording = read(saved(content))
    assert np.abs(times - np.rint(numbers * unit_ns)).max() <= 2
    assert "1970" in remarks_of(recording)["time_relative"]


def test_rows_without_time_need_a_rate(saved):
    path = saved(table(None, ACCEL, names="x,y,z"))
    with pytest.raises(RecordingError, match=r"no column of time; state the rate: --rate HZ"):
        open_recording(path)
    accel_g, times, segments, recording = read(path, rate_hz=50.0)
    np.testing.assert_array_equal(accel_g, ACCEL)
    np.testing.assert_array_equal(times, np.arange(500) * 20_000_000)
    assert segments == [("start", 500)]
    assert recording.header.nominal_hz == 50
    assert "time_relative" in remarks_of(recording)


@pytest.mark.parametrize("rate_hz", [0.0, -1.0, np.nan, np.inf])
def test_an_impossible_rate_is_refused(saved, rate_hz):
    with pytest.raises(RecordingError, match="rate of"):
        open_recording(saved(table(None, ACCEL, names="x,y,z")), ReadOptions(rate_hz=rate_hz))


def test_a_file_that_knows_its_time_does_not_use_the_rate(saved):
    np.testing.assert_array_equal(read(saved(CONTENT), rate_hz=7.0)[1], TRUE_NS)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["12:08:39.725"], "times without a date"),
        (["2024-03-05"], "dates without a time"),
        (["yesterday"], "not understood, such as 'yesterday'"),
        (["2024-03-05T21:59:59Z", "2024-03-05T22:00:00"], "with and without an offset"),
        (["5", "5"], "does not advance"),
    ],
)
def test_times_that_can_be_read_in_two_ways_or_none_are_refused(saved, cells, said):
    content = table([cells[i % len(cells)] for i in range(40)], ACCEL[:40])
    with pytest.raises(RecordingError, match=said):
        open_recording(saved(content))


def test_steps_that_fit_no_unit_are_asked_about(saved):
    content = table([str(150 * i) for i in range(40)], ACCEL[:40])
    path = saved(content)
    with pytest.raises(RecordingError, match="steps of 150: in which unit") as refused:
        open_recording(path)
    assert "--rate HZ" in refused.value.remedy
    assert read(path, rate_hz=6.5)[1][-1] == 39 * 150 * 10**6
    assert read(path, rate_hz=5000.0)[1][-1] == 39 * 150 * 10**3


def test_rows_faster_than_any_sensor_are_refused(saved):
    content = table([str(row) for row in range(500)], ACCEL, names="time_ns,x,y,z")
    with pytest.raises(RecordingError, match=r"has 1e\+09 rows in a second by their times"):
        open_recording(saved(content))


def test_equal_iso_stamps_do_not_advance(saved):
    with pytest.raises(RecordingError, match="does not advance"):
        open_recording(saved(table(iso(TIMES[:1]) * 40, ACCEL[:40])))


# -- units


@pytest.mark.parametrize(
    ("names", "factor"),
    [
        ("time,x,y,z", 1.0),
        ("time,x,y,z", 1000.0),
        ("time,x,y,z", 9.80665),
        ("time,x (mg),y (mg),z (mg)", 1000.0),
        ("time,x [m/s^2],y [m/s^2],z [m/s^2]", 9.80665),
        ("time,x_mg,y_mg,z_mg", 1000.0),
    ],
)
def test_values_are_in_the_unit_named_or_in_the_only_one_that_fits(saved, names, factor):
    accel_g, _, _, recording = read(saved(table(iso(TIMES), factor * ACCEL, names=names)))
    np.testing.assert_allclose(accel_g, ACCEL, rtol=0, atol=1e-8)
    assert not recording.health.remarks
    assert ("named" if "m" in names[6:] else "at rest") in recording.header.notes["unit"]


def test_rest_is_found_in_the_quietest_tenth(saved):
    shaken = values(3000) * 30
    shaken[1000:1400] = values(400)
    _, _, _, recording = read(saved(table(iso(stamps(3000)), shaken)))
    assert recording.header.notes["unit"] == "g (1 at rest)"


@pytest.mark.parametrize(
    ("factor", "said"),
    [(30.0, "--unit g|mg|m/s2"), (64.0, "1/64 g"), (256.0, "1/256 g"), (341.0, "1/341 g")],
)
def test_values_that_fit_no_unit_are_refused(saved, factor, said):
    path = saved(table(iso(TIMES), factor * ACCEL))
    with pytest.raises(RecordingError, match="does not state its unit") as refused:
        open_recording(path)
    assert said in str(refused.value)


def test_the_user_can_state_the_unit_but_not_overrule_the_file(saved):
    path = saved(table(iso(TIMES), 30 * ACCEL))
    accel_g, _, _, recording = read(path, unit="mg")
    np.testing.assert_allclose(accel_g, 0.03 * ACCEL, rtol=0, atol=1e-9)
    assert recording.header.notes["unit"] == "mg (stated)"
    named = saved(table(iso(TIMES), 1000 * ACCEL, names="time,x (mg),y (mg),z (mg)"))
    np.testing.assert_allclose(read(named, unit="g")[0], ACCEL, rtol=0, atol=1e-9)


def test_an_unknown_unit_is_refused(saved):
    with pytest.raises(RecordingError, match="units are g, mg, m/s2"):
        open_recording(saved(CONTENT), ReadOptions(unit="ft/s2"))


def test_a_unit_that_gives_no_1_g_at_rest_is_doubted(saved):
    recording = read(saved(table(iso(TIMES), 3 * ACCEL)), unit="g")[3]
    assert "3 g, not 1" in remarks_of(recording)["unit_doubtful"]


@pytest.mark.parametrize("names", ["time,user_x,user_y,user_z", "time,x,y,z"])
def test_values_without_gravity_are_read_and_told(saved, names):
    accel_g, _, _, recording = read(saved(table(iso(TIMES), ACCEL * 0.01, names=names)), unit="g")
    np.testing.assert_allclose(accel_g, ACCEL * 0.01, rtol=0, atol=1e-9)
    assert "posture is unknown" in remarks_of(recording)["without_gravity"]


# -- what is a table


def test_text_is_taken_for_a_table_unless_it_has_control_characters():
    assert module.sniff(CONTENT[:4096])
    assert module.sniff(b"\xef\xbb\xbftime")
    assert module.sniff(b"\xff\xfet\0i\0")
    assert module.sniff("Beschleunigung in m/s²".encode("latin-1"))
    assert module.sniff(b"PAR1\0\0")
    assert not module.sniff(b"MD\xfc\x03\x00")
    assert not module.sniff(b"text\x00text")


@pytest.mark.parametrize(
    "content",
    [
        b"Dear reader,\nthis is a letter.\n",
        b"x",
        b"a,b\n1,2\n3,4\n",
        b'{"x": [1, 2, 3]}\n',
        b"\n\n",
    ],
)
def test_text_that_is_no_table_is_told_what_a_table_looks_like(saved, content):
    with pytest.raises(RecordingError) as refused:
        open_recording(saved(content))
    assert "columns time, x, y, z" in refused.value.remedy
    assert refused.value.path.name == "recording"


def test_utf16_is_refused_by_name(saved):
    with pytest.raises(RecordingError, match="UTF-16; save it as UTF-8"):
        open_recording(saved(CONTENT.decode().encode("utf-16")))


def test_counts_without_a_banner_are_recognised_by_their_columns(saved):
    content = table(iso(TIMES), ACCEL, names="TimeStamp,axis1,axis2,axis3")
    with pytest.raises(RecordingError, match="epoch counts"):
        open_recording(saved(content))


def test_a_gzip_table_is_read(saved):
    accel_g, times, _, _ = read(saved(gzip.compress(CONTENT)))
    np.testing.assert_array_equal(accel_g, ACCEL)
    np.testing.assert_array_equal(times, TRUE_NS)


def test_the_first_row_is_the_start(saved):
    assert read(saved(CONTENT))[3].health.start_ns == T0.astype(np.int64)
    assert read(saved(CONTENT))[3].health.end_ns == T0.astype(np.int64) + 5 * SECOND_NS
