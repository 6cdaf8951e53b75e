"""Tables of known origin, and those of phones and watches: each read as its maker means it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_tables import iso, read, stamps, table, values
from reading import remarks_of

from recordings import SECOND_NS, RecordingError, open_recording
from recordings.formats.tables.vendors import VENDORS, recognise
from recordings.model import ReadOptions

DATA = Path(__file__).parents[1] / "data"
N = 600
ACCEL = values(N)
TIMES = stamps(N)
TRUE_NS = TIMES.astype(np.int64)


def rows_of(path, skip=0):
    return np.array([line.split(",") for line in path.read_text().splitlines()[skip:]], float)


def e4(codes, start="1551453301.000000", rate="32.000000"):
    head = [", ".join([start] * 3), ", ".join([rate] * 3)]
    rows = [",".join(map(str, row)) for row in codes.tolist()]
    return "\n".join([*head, *rows, ""]).encode()


# -- Empatica E4


def test_the_real_e4_file_is_read_as_it_stands():
    accel_g, times, segments, recording = read(DATA / "empatica_e4.csv")
    codes = rows_of(DATA / "empatica_e4.csv", skip=2)
    np.testing.assert_array_equal(accel_g, codes / 64)
    start_ns = 1_551_453_301 * SECOND_NS
    np.testing.assert_array_equal(times, start_ns + 31_250_000 * np.arange(len(codes)))
    assert segments == [("start", len(codes))]
    header = recording.header
    assert (header.format, header.device) == ("empatica-e4-csv", "Empatica E4")
    assert (header.nominal_hz, header.range_g, header.known_offset_s) == (32.0, 2.0, 0)
    assert not recording.health.remarks


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_an_e4_file_clips_at_its_end_codes(saved, mark, newline):
    codes = np.tile([-1, 65, 5], (300, 1))
    codes[100] = [127, -128, 5]
    content = mark + e4(codes, start="1551453301.250000").replace(b"\n", newline)
    accel_g, times, _, recording = read(saved(content))
    np.testing.assert_array_equal(accel_g, codes / 64)
    assert times[0] == 1_551_453_301_250_000_000
    (scale,) = {chunk.scale for chunk in recording.chunks()}
    assert (scale.lowest, scale.highest) == (-128, 127)


def test_equal_codes_of_an_e4_at_rest_are_data(saved):
    codes = np.tile([-1, 65, 5], (4000, 1))
    codes[::500] += 1
    _, _, segments, recording = read(saved(e4(codes)))
    assert segments == [("start", 4000)]
    assert not recording.health.remarks


@pytest.mark.parametrize(
    ("start", "rate"), [("12.0", "32.0"), ("1551453301.0", "0"), ("1551453301.0", "99999")]
)
def test_two_rows_of_equal_numbers_are_not_yet_an_e4_file(saved, start, rate):
    content = e4(np.tile([1, 64, 3], (300, 1)), start, rate)
    assert recognise(Path("x"), content, ReadOptions()).format == "csv"


# -- activPAL


def test_the_real_activpal_file_is_read_as_it_stands():
    accel_g, times, segments, recording = read(DATA / "activpal3.csv")
    rows = rows_of(DATA / "activpal3.csv")
    np.testing.assert_array_equal(accel_g, (rows[:, 1:] - 127) / 256 * 4)
    days = (times - np.datetime64("1899-12-30", "ns").astype(np.int64)) / 86_400e9
    assert np.abs(days - rows[:, 0]).max() * 86_400 < 0.001
    assert segments == [("start", len(rows))]
    header = recording.header
    assert (header.format, header.device, header.range_g) == ("activpal-csv", "activPAL", 2.0)
    assert header.nominal_hz == pytest.approx(20, rel=1e-3)
    assert header.known_offset_s is None


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b"112,140,58", b"112,140,256"),
        lambda line: line.replace(b"112,140,58", b"0.112,0.140,0.98"),
    ],
)
def test_days_with_other_values_are_no_activpal(saved, change):
    content = change((DATA / "activpal3.csv").read_bytes())
    assert recognise(Path("x"), content, ReadOptions()).format == "csv"


# -- phones and watches


def named(names, times, *columns):
    return table(times, np.hstack(columns), names=names)


def test_wrist_motion_of_sensor_logger_is_the_sum_of_movement_and_gravity(saved):
    gravity = np.tile([0.0, 0.6, 0.8], (N, 1))
    names = (
        "time,seconds_elapsed,rotationRateX,rotationRateY,rotationRateZ,gravityX,gravityY,gravityZ,"
        "accelerationX,accelerationY,accelerationZ,quaternionW,quaternionX,quaternionY,quaternionZ"
    )
    elapsed = (0.01 * np.arange(N) - 0.02).reshape(-1, 1)
    others = np.zeros((N, 3))
    numbers = [str(t) for t in TRUE_NS.tolist()]
    columns = (elapsed, others, gravity, (ACCEL - gravity).round(4), np.zeros((N, 4)))
    accel_g, times, segments, recording = read(saved(named(names, numbers, *columns)))
    np.testing.assert_allclose(accel_g, ACCEL, atol=1e-12)
    np.testing.assert_array_equal(times, TRUE_NS)
    assert segments == [("start", N)]
    assert recording.header.known_offset_s == 0
    assert recording.header.notes["columns"].startswith("time, accelerationX + gravityX, ")
    assert not recording.health.remarks


@pytest.mark.parametrize(
    ("accel", "expected", "unit", "said"),
    [
        (9.80665 * ACCEL, ACCEL, "m/s2", None),
        (ACCEL, ACCEL, "g", None),
        (9.80665 * (ACCEL - [0, 0.6, 0.8]), ACCEL - [0, 0.6, 0.8], "m/s2", "without_gravity"),
    ],
    ids=["total", "uncalibrated", "without gravity"],
)
def test_an_accelerometer_of_sensor_logger(saved, accel, expected, unit, said):
    names = "time,seconds_elapsed,z,y,x"
    numbers = [str(t) for t in TRUE_NS.tolist()]
    elapsed = 0.01 * np.arange(N).reshape(-1, 1)
    content = named(names, numbers, elapsed, accel[:, ::-1])
    accel_g, times, _, recording = read(saved(content))
    np.testing.assert_allclose(accel_g, expected, atol=1e-8)
    np.testing.assert_array_equal(times, TRUE_NS)
    assert recording.header.device == "Sensor Logger"
    assert recording.header.notes["columns"] == "time, x, y, z"
    assert recording.header.notes["unit"].startswith(unit)
    assert set(remarks_of(recording)) == ({said} if said else set())


@pytest.mark.parametrize(
    ("delimiter", "decimal"), [(",", "."), ("\t", "."), (";", "."), ("\t", ","), (";", ",")]
)
@pytest.mark.parametrize("linear", ["", "Linear "])
def test_phyphox(saved, delimiter, decimal, linear):
    axes = [f'"{linear}Acceleration {axis} (m/s^2)"' for axis in "xyz"]
    names = delimiter.join(['"Time (s)"', *axes, '"Absolute acceleration (m/s^2)"'])
    rows = 9.80665 * ACCEL
    lines = [names]
    for index, row in enumerate(rows.tolist()):
        cells = [0.01 * index, *row, float(np.linalg.norm(row))]
        lines.append(delimiter.join(f"{cell:.9E}".replace(".", decimal) for cell in cells))
    accel_g, times, _, recording = read(saved("\n".join(lines).encode()))
    np.testing.assert_allclose(accel_g, ACCEL, atol=1e-8)
    np.testing.assert_array_equal(times, 10_000_000 * np.arange(N))
    assert recording.header.notes["unit"] == "m/s2 (named)"
    assert set(remarks_of(recording)) == {"time_relative"} | (
        {"without_gravity"} if linear else set()
    )


def test_garmin_as_flirt_writes_it(saved):
    times = stamps(N, step=np.timedelta64(40, "ms"))
    written = [t.removesuffix("000") + "+02:00" for t in iso(times, "us")]
    content = table(written, (1000 * ACCEL).round(0), names="", delimiter=";")
    accel_g, placed, _, recording = read(saved(content))
    np.testing.assert_allclose(accel_g, ACCEL, atol=0.51e-3)
    np.testing.assert_array_equal(placed, times.astype(np.int64))
    assert recording.header.known_offset_s == 7200
    assert recording.header.notes["unit"].startswith("mg")


def test_faros_needs_its_rate(saved):
    path = saved(table(None, (1000 * ACCEL).round(0), names="X,Y,Z"))
    with pytest.raises(RecordingError, match="--rate HZ"):
        open_recording(path)
    accel_g, times, _, _ = read(path, rate_hz=25.0)
    np.testing.assert_allclose(accel_g, ACCEL, atol=0.51e-3)
    assert times[-1] == (N - 1) * 40_000_000


def test_open_movement_with_a_gyroscope(saved):
    names = "Time,Ax(g),Ay(g),Az(g),Gx(d/s),Gy(d/s),Gz(d/s)"
    written = [t.replace("T", " ") for t in iso(TIMES)]
    accel_g, times, _, recording = read(saved(named(names, written, ACCEL, 90 * ACCEL)))
    np.testing.assert_array_equal(accel_g, ACCEL)
    np.testing.assert_array_equal(times, TRUE_NS)
    assert recording.header.notes["unit"] == "g (named)"


@pytest.mark.parametrize("delimiter", [" ", ","])
@pytest.mark.parametrize("start", [-124_489.161050, 1_709_675_999.25])
def test_a_watch_as_researchers_export_it(saved, delimiter, start):
    seconds = start + 0.02 * np.arange(N)
    content = table([f"{t:.6f}" for t in seconds], ACCEL, names="", delimiter=delimiter)
    accel_g, times, _, recording = read(saved(content))
    np.testing.assert_array_equal(accel_g, ACCEL)
    assert np.abs(times - seconds * 1e9).max() < 1000
    assert ("time_relative" in remarks_of(recording)) == (start < 0)


# -- all


@pytest.mark.parametrize(
    "head", [b"", b"\n", b"\xef\xbb\xbf", b",,\n,,\n", b"1,1,1", b"\x80\xff\n" * 30, b"a" * 5000]
)
def test_nothing_in_particular_has_no_known_origin(head):
    assert len(VENDORS) == 4
    assert recognise(Path("x"), head, ReadOptions()).format == "csv"
