"""The bytes of written ActiGraph, GENEActiv and EDF files: each field where it is stated to be."""

from __future__ import annotations

import io
import json
import struct
import zipfile

import made_recordings as made
import numpy as np
import pytest
from made_edf import edf
from made_gt3x import is_second, members_of, records_of, stamp_of

from recordings.writers import (
    GeneactivLayout,
    Gt3xLayout,
    write_edf,
    write_gt3x,
)

CODES = made.resting(1200)
NS = 10**9
START_S = made.T0_NS // NS
"""2024-03-05 21:59:59."""


# -- ActiGraph


def gt3x(**layout):
    return made.gt3x(made.resting(6 * 30, step=1), rate_hz=30, **layout)


def info(content):
    lines = members_of(content)["info.txt"].decode().split("\r\n")
    assert lines[-1] == ""
    return dict(line.split(": ", 1) for line in lines[:-1])


def test_info_has_the_lines_of_a_real_one():
    said = info(gt3x(serial="MOS2E39180594", device="wGT3X-BT", firmware="1.9.2", limb="Ankle"))
    ticks = 621_355_968_000_000_000 + START_S * 10_000_000
    assert said == {
        "Serial Number": "MOS2E39180594",
        "Device Type": "wGT3X-BT",
        "Firmware": "1.9.2",
        "Battery Voltage": "4,15",
        "Sample Rate": "30",
        "Start Date": str(ticks),
        "Stop Date": "0",
        "TimeZone": "00:00:00",
        "Unexpected Resets": "0",
        "Acceleration Scale": "256.0",
        "Acceleration Min": "-8.0",
        "Acceleration Max": "8.0",
        "Limb": "Ankle",
        "Subject Name": "",
    }


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(-240, "-04:00:00"), (120, "02:00:00"), (345, "05:45:00"), (-30, "-00:30:00")],
)
def test_an_offset_has_a_sign_only_if_it_is_behind(minutes, text):
    assert info(gt3x(utc_offset_min=minutes))["TimeZone"] == text


@pytest.mark.parametrize(("counts", "ends"), [(256, "8.0"), (341, "6.0")])
def test_the_range_follows_from_the_scale(counts, ends):
    said = info(gt3x(counts_per_g=counts))
    assert (said["Acceleration Scale"], said["Acceleration Max"]) == (f"{counts}.0", ends)


def parameters(content):
    (record,) = [each for each in records_of(content) if each[1] == 21]
    payload = record[8:-1]
    entries = [struct.unpack_from("<HHI", payload, at) for at in range(0, len(payload), 8)]
    return {(space, key): value for space, key, value in entries}


def test_parameters_state_scale_rate_features_and_times():
    said = parameters(gt3x())
    assert said == {
        (0, 55): 0x09400000,  # 256 = 0.5 * 2^9
        (1, 2): 400,
        (1, 10): 30,
        (1, 12): START_S,
        (1, 14): START_S - 60,
        (1, 40): 0,
    }
    assert parameters(gt3x(idle_seconds=frozenset({2})))[1, 2] == 404  # idle sleep mode
    assert parameters(gt3x(counts_per_g=2048))[0, 55] == 0x0C400000


@pytest.mark.parametrize(
    ("in_utc", "offset", "start_s"), [(False, 0, START_S), (True, -18_000, START_S + 18_000)]
)
def test_a_clock_in_utc_shows_the_local_time_less_the_offset(in_utc, offset, start_s):
    content = gt3x(in_utc=in_utc, utc_offset_min=-300)
    said = parameters(content)
    assert struct.unpack("<i", struct.pack("<I", said[1, 40])) == (offset,)
    assert said[1, 12] == start_s
    assert stamp_of(next(filter(is_second, records_of(content)))) == start_s
    ticks = 621_355_968_000_000_000 + start_s * 10_000_000
    assert info(content)["Start Date"] == str(ticks)
    texts = [json.loads(each[8:-1]) for each in records_of(content) if each[1] == 6]
    assert texts[1]["UtcOffset"] == "-05:00:00"
    assert texts[1].get("UsedUtc", False) is in_utc
    assert (texts[0]["MetadataType"], texts[0]["Limb"]) == ("Bio", "Wrist")


def events(content):
    """(type, second, payload) of all records but settings and batteries, samples as sizes."""
    found = []
    for each in records_of(content):
        if each[1] in (6, 21, 2):
            continue
        payload = len(each) - 9 if is_second(each) else each[8:-1]
        found.append((each[1], stamp_of(each) - START_S, payload))
    return found


def test_a_log_ends_with_the_mark_of_a_cable():
    assert events(gt3x()) == [*((26, k, 180) for k in range(6)), (26, 6, b"Z")]


def test_what_is_left_out_is_told_by_events_and_marks():
    content = gt3x(
        idle_seconds=frozenset({1, 2}), usb_seconds=frozenset({4}), lost_seconds=frozenset({5})
    )
    assert events(content) == [
        (26, 0, 180),
        (3, 1, b"\x08"),
        (3, 3, b"\x09"),
        (26, 3, 180),
        (26, 4, b"Z"),
        (26, 6, b"Z"),
    ]


def test_seconds_that_are_lost_leave_no_word():
    content = gt3x(lost_seconds=frozenset({1, 3}))
    assert events(content) == [*((26, k, 180) for k in (0, 2, 4, 5)), (26, 6, b"Z")]


@pytest.mark.parametrize(
    ("serial", "firmware", "stored"),
    [
        ("MOS2E39180594", "1.6.0", (-2, 1, 3)),
        ("MOS2E39180594", "1.6.1", (1, 2, 3)),
        ("TAS1H30182785", "1.6.0", (1, 2, 3)),
    ],
)
def test_one_firmware_of_one_device_turns_the_axes(serial, firmware, stored):
    codes = np.tile([1, 2, 3], (60, 1)).astype(np.int16)
    content = made.gt3x(codes, rate_hz=30, serial=serial, firmware=firmware)
    (record, _) = filter(is_second, records_of(content))
    assert struct.unpack_from("<3h", record, 8) == stored


def test_a_battery_reading_of_the_next_second_stands_before_a_second():
    content = made.gt3x(made.resting(61 * 30, step=1), rate_hz=30)
    records = records_of(content)
    at = [k for k, each in enumerate(records) if each[1] == 2]
    assert [stamp_of(records[k]) - START_S for k in at] == [1, 61]
    assert [stamp_of(records[k + 1]) - START_S for k in at] == [0, 60]
    assert records[at[0]][8:-1] == struct.pack("<H", 4153)


@pytest.mark.parametrize(
    ("log", "kind", "first"),
    [
        ("activity2", 26, struct.pack("<3h", -2048, 2047, 5)),
        ("activity3", 27, bytes.fromhex("8007FF0050")),
        ("activity", 0, bytes.fromhex("7FF8000050")),  # y comes first
    ],
)
def test_samples_are_packed_as_their_type_says(log, kind, first):
    codes = np.zeros((60, 3), np.int16)
    codes[0] = -2048, 2047, 5
    (record, _) = filter(is_second, records_of(made.gt3x(codes, rate_hz=30, log=log)))
    assert record[1] == kind
    assert record[8:-1].startswith(first)
    assert len(record) == 9 + (180 if kind == 26 else 135)


def test_the_old_stream_has_zeros_where_nothing_was_recorded():
    content = gt3x(log="old", idle_seconds=frozenset({1}), usb_seconds=frozenset({2}))
    body = members_of(content)["activity.bin"]
    assert len(body) == 6 * 135
    empty = [k for k in range(6) if not any(body[135 * k : 135 * (k + 1)])]
    assert empty == [1, 2]


@pytest.mark.parametrize("log_first", [True, False])
@pytest.mark.parametrize("deflated", [True, False])
def test_members_stand_in_their_order_and_are_packed_if_asked_for(log_first, deflated):
    with zipfile.ZipFile(io.BytesIO(gt3x(log_first=log_first, deflated=deflated))) as archive:
        assert archive.namelist() == ["log.bin", "info.txt"][:: 1 if log_first else -1]
        kinds = {member.compress_type for member in archive.infolist()}
    assert kinds == {zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED}


@pytest.mark.parametrize("rate_hz", [0, 1, 31, -2])
def test_no_actigraph_has_an_odd_rate(rate_hz):
    with pytest.raises(ValueError, match=f"has a rate of {rate_hz} Hz: all are even"):
        Gt3xLayout(rate_hz=rate_hz)


def test_codes_of_more_than_12_bits_are_refused(tmp_path):
    for code in (-2049, 2048):
        codes = np.full((60, 3), code, np.int16)
        with pytest.raises(ValueError, match="a code has more than 12 bits"):
            write_gt3x(tmp_path / "x", [(codes, made.sample_times(60, 30.0))])


def test_less_than_a_second_is_refused(tmp_path):
    with pytest.raises(ValueError, match="not one whole second of samples"):
        write_gt3x(tmp_path / "x", [(CODES[:29], made.sample_times(29, 30.0))])


# -- GENEActiv: times, and the zone


@pytest.mark.parametrize(
    ("minutes", "zone"), [(0, b"GMT +00:00"), (-240, b"GMT -04:00"), (345, b"GMT +05:45")]
)
def test_the_zone_of_a_geneactiv_has_a_sign(minutes, zone):
    assert b"Time Zone:" + zone + b"\r\n" in made.geneactiv(CODES[:300], utc_offset_min=minutes)


def test_gain_and_offset_stand_axis_by_axis():
    layout = {"gain": (1, 2, 3), "offset": (-4, 5, 6)}
    assert GeneactivLayout(**layout).gain == (1, 2, 3)
    lines = made.geneactiv(CODES[:300], **layout).split(b"\r\n")
    at = lines.index(b"Calibration Data")
    assert lines[at + 1 : at + 7] == [
        *(b"x gain:1", b"x offset:-4", b"y gain:2", b"y offset:5", b"z gain:3", b"z offset:6")
    ]


# -- EDF


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0, b"0       "),
        (8, b"X X X X "),
        (88, b"Startdate 05-MAR-2024 X X Faros   "),
        (168, b"05.03.24"),
        (176, b"21.59.59"),
        (184, b"1280    "),
        (192, b" " * 44),
        (236, b"12      "),
        (244, b"1       "),
        (252, b"4   "),
        (256, b"Marker          Accelerometer_X "),
        (256 + 4 * 96, b"        mg      mg      mg      "),
        (256 + 4 * 104, b"-32768  -8      "),
        (256 + 4 * 112, b"32767   8       "),
        (256 + 4 * 120, b"-32768  -2048   "),
        (256 + 4 * 128, b"32767   2048    "),
        (256 + 4 * 216, b"1       100     100     100     "),
    ],
)
def test_a_field_of_an_edf_header_stands_at_its_offset(at, text):
    content = edf(CODES, unit="mg", equipment="Faros")
    assert content[at : at + len(text)] == text


def test_a_bdf_begins_with_its_mark_and_has_three_bytes_a_sample():
    content = edf(CODES, bits=24, plus="C")
    assert content[:8] == b"\xffBIOSEMI"
    assert content[192:236] == b"BDF+C".ljust(44)
    assert content[256 + 64 : 256 + 80] == b"BDF Annotations "
    record = content[256 * 6 :][: 3 * 301 + 48]
    assert int.from_bytes(record[3:6], "little", signed=True) == CODES[0, 0]
    assert record[-48:].rstrip(b"\0") == b"+0.25\x14\x14"


def onsets(content):
    return [part.split(b"\x14")[0].rpartition(b"+")[2] for part in content.split(b"\x14\x14")[:-1]]


def test_onsets_have_no_needless_digits():
    assert onsets(edf(CODES, plus="D")) == [f"{k}.25".encode() for k in range(12)]


def test_onsets_are_those_of_the_samples_only_where_the_recording_is_interrupted():
    # 100 samples at 99 Hz last 1.010101... s
    slow = {k: onsets(edf(CODES, plus=k, true_hz=99.0)) for k in "CD"}
    assert slow["C"] == [f"{k}.25".encode() for k in range(12)]
    assert slow["D"][:3] == [b"0.25", b"1.26010101", b"2.27020202"]


def test_annotations_have_a_range_of_their_own():
    content = edf(CODES, plus="C")
    assert content[256 + 5 * 104 + 32 :][:8] == b"-1      "
    assert content[256 + 5 * 112 + 32 :][:8] == b"1       "
    assert content[256 + 5 * 120 + 32 :][:8] == b"-32768  "
    assert content[256 + 5 * 216 + 32 :][:8] == b"24      "  # of two bytes each


def test_an_unfinished_header_states_no_records():
    assert edf(CODES, counts_records=False)[236:244] == b"-1      "
    assert edf(CODES, skip_records=frozenset({2, 5}))[236:244] == b"10      "


def test_less_than_a_record_is_refused(tmp_path):
    with pytest.raises(ValueError, match="not one whole record of 100 samples"):
        write_edf(tmp_path / "x", [(CODES[:99], made.sample_times(99, 100.0))])
