"""Tables in zip archives: alone, or beside what else a session holds."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from made_tables import iso, read, stamps, table, values
from reading import remarks_of

from recordings import SECOND_NS, RecordingError, open_recording
from recordings.formats.tables import csv_table

N = 600
ACCEL = values(N)
TIMES = stamps(N)
TRUE_NS = TIMES.astype(np.int64)
PLAIN = table(iso(TIMES), ACCEL)
START_S = 1_709_675_999.25


def zipped(**members):
    return zipped_as(members.items())


def zipped_as(members):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return memory.getvalue()


def sensor_logger(factor=9.80665, accel=ACCEL):
    elapsed = 0.01 * np.arange(N).reshape(-1, 1)
    numbers = [str(t) for t in TRUE_NS.tolist()]
    columns = np.hstack([elapsed, factor * accel[:, ::-1]])
    return table(numbers, columns, names="time,seconds_elapsed,z,y,x")


def phyphox(seconds, delimiter=",", decimal="."):
    names = ["Time (s)", *(f"Acceleration {axis} (m/s^2)" for axis in "xyz")]
    lines = [delimiter.join(f'"{name}"' for name in names)]
    for t, row in zip(seconds, 9.80665 * ACCEL, strict=True):
        cells = [f"{value:.9E}".replace(".", decimal) for value in (t, *row)]
        lines.append(delimiter.join(cells))
    return "\n".join([*lines, ""])


def events(*rows, delimiter=",", decimal="."):
    lines = [("event", "experiment time", "system time", "system time text")]
    for event, experiment_s, system_s in rows:
        numbers = (f"{value:.12E}".replace(".", decimal) for value in (experiment_s, system_s))
        lines.append((event, *numbers, "2024-03-05 22:59:59.250 UTC+01:00"))
    return "".join(delimiter.join(f'"{cell}"' for cell in line) + "\n" for line in lines)


E4 = ", ".join(["1551453301.000000"] * 3) + "\n" + ", ".join(["32.000000"] * 3) + "\n-1,65,5" * 400


# -- which member


@pytest.mark.parametrize(
    ("others", "name"),
    [
        ([], "night.csv"),
        ([("readme.txt", "of a night"), ("__MACOSX/._night.csv", "?")], "night.csv"),
        ([("notes.json", "{}")], "my folder/night.tsv"),
    ],
)
def test_a_table_alone_among_other_files_is_read(saved, others, name):
    accel_g, times, segments, recording = read(saved(zipped_as([*others, (name, PLAIN)])))
    np.testing.assert_array_equal(accel_g, ACCEL)
    np.testing.assert_array_equal(times, TRUE_NS)
    assert segments == [("start", N)]
    assert recording.health.bytes_read == len(PLAIN)


def test_several_tables_leave_a_choice(saved):
    path = saved(zipped_as([("left.csv", PLAIN), ("right.csv", PLAIN)]))
    with pytest.raises(RecordingError, match=r"zip archive of 2 files \(left.csv, right.csv\)"):
        open_recording(path)


def test_a_session_of_an_e4(saved):
    names = ("BVP.csv", "EDA.csv", "HR.csv", "IBI.csv", "TEMP.csv", "tags.csv", "info.txt")
    others = [(name, "1551453301.0\n4.0\n0.1\n") for name in names]
    accel_g, times, _, recording = read(saved(zipped_as([*others, ("ACC.csv", E4)])))
    assert recording.header.format == "empatica-e4-csv"
    assert recording.header.notes["member"] == "ACC.csv"
    np.testing.assert_array_equal(accel_g, np.tile([-1, 65, 5], (400, 1)) / 64)
    assert times[0] == 1_551_453_301 * SECOND_NS


@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        (["TotalAcceleration", "Accelerometer", "Gravity"], "TotalAcceleration"),
        (["Accelerometer", "AccelerometerUncalibrated"], "AccelerometerUncalibrated"),
        (["Accelerometer", "WristMotion", "TotalAcceleration"], "WristMotion"),
    ],
)
def test_a_recording_of_sensor_logger(saved, there, chosen):
    others = [("Metadata.csv", "device name,platform\nWatch,ios\n"), ("HeartRate.csv", "time,bpm")]
    wrong = sensor_logger(accel=ACCEL + 1)
    members = [(f"{name}.csv", sensor_logger() if name == chosen else wrong) for name in there]
    accel_g, times, _, recording = read(saved(zipped_as([*others, *members])))
    np.testing.assert_allclose(accel_g, ACCEL, atol=1e-8)
    np.testing.assert_array_equal(times, TRUE_NS)
    assert recording.header.notes["member"] == f"{chosen}.csv"


# -- phyphox


@pytest.mark.parametrize(("delimiter", "decimal"), [(",", "."), (";", ","), ("\t", ",")])
@pytest.mark.parametrize("name", ["Raw Data.csv", "Accelerometer.csv", "Beschleunigung.csv"])
def test_phyphox_says_when_it_was_started(saved, delimiter, decimal, name):
    mark = {"delimiter": delimiter, "decimal": decimal}
    seconds = 0.01 * np.arange(N)
    ends = [("START", 0.0, START_S), ("PAUSE", 0.01 * N, START_S + 0.01 * N)]
    members = [
        (name, phyphox(seconds, **mark)),
        ("meta/device.csv", '"property","value"\n"deviceModel","Pixel"\n'),
        ("meta/time.csv", events(*ends, **mark)),
    ]
    accel_g, times, segments, recording = read(saved(zipped_as(members)))
    np.testing.assert_allclose(accel_g, ACCEL, atol=1e-8)
    assert np.abs(times - TRUE_NS).max() < 1000
    assert segments == [("start", N)]
    assert recording.header.device == "phyphox"
    assert recording.header.known_offset_s == 0
    assert not recording.health.remarks


def test_a_pause_of_phyphox_is_a_gap(saved):
    seconds = 0.01 * np.arange(N)
    starts = [
        ("START", 0.0, START_S),
        ("PAUSE", 2.0, START_S + 2),
        ("START", 2.0, START_S + 62),
        ("PAUSE", 6.0, START_S + 66),
    ]
    members = [("Raw Data.csv", phyphox(seconds)), ("meta/time.csv", events(*starts))]
    _, times, segments, recording = read(saved(zipped_as(members)))
    assert segments == [("start", 200), ("gap", N - 200)]
    expected = TRUE_NS + 60 * SECOND_NS * (np.arange(N) >= 200)
    assert np.abs(times - expected).max() < 1000
    assert recording.health.gap_ns == pytest.approx(60 * SECOND_NS, abs=2000)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "event\n",
        '"START"\n',
        '"START","soon","1"\n',
        '"START","0","inf"\n',
        '"START","1e300","1.7e9"\n',
        "\x00",
    ],
)
def test_without_a_start_the_time_of_day_is_unknown(saved, content):
    seconds = 0.01 * np.arange(N)
    members = [("Raw Data.csv", phyphox(seconds)), ("meta/time.csv", content)]
    _, times, _, recording = read(saved(zipped_as(members)))
    assert times[0] == 0
    assert recording.header.known_offset_s is None
    assert "time_relative" in remarks_of(recording)


# -- damage


def test_a_cut_archive_gives_the_first_rows(saved, monkeypatch):
    monkeypatch.setattr(csv_table, "BLOCK_BYTES", 4096)
    content = zipped_as([("night.csv", PLAIN), ("readme.txt", "of a night")])
    accel_g, _, _, recording = read(saved(content[: content.index(b"readme.txt") - 2000]))
    np.testing.assert_array_equal(accel_g, ACCEL[: len(accel_g)])
    assert 30 < len(accel_g) < N
    assert "truncated_zip" in remarks_of(recording)


def test_a_member_that_is_no_table_is_refused(saved):
    path = saved(zipped_as([("letter.csv", "Dear reader,\n"), ("readme.txt", "?")]))
    with pytest.raises(RecordingError, match="no table of accelerations"):
        open_recording(path)
