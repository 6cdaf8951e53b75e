"""ActiGraph .gt3x and .agdc: what they say of device, scale and calibration, and how it is used."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import made_recordings as made
import numpy as np
import pytest
from made_gt3x import members_of, record, records_of, stamp_of, with_info, with_records, zipped
from reading import read

from recordings import SECOND_NS, RecordingError, open_recording
from recordings.formats import gt3x_info
from recordings.formats.gt3x_calibration import parse_calibration

CODES = made.resting(1000, step=1)


def g_of(path):
    chunks = list(open_recording(path).chunks())
    return np.concatenate([chunk.scale.to_g(chunk.samples) for chunk in chunks])


# -- info.txt


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\r\n", b"\n"),
        (b"Serial Number", b"\xef\xbb\xbfSerial Number"),
        (b"Subject Name: ", b"Subject Name: J\xf6rg: the second"),
        (b"Acceleration Scale: 256.0", b"Acceleration Scale: 256,0"),
        (b"Acceleration Scale: 256.0", b"Acceleration Scale: 256"),
        (b"Sample Rate: 100", b"Sample Rate: 30"),
        (b"Sample Rate: 100\r\n", b""),
        (b"Limb: Wrist\r\n", b"no colon in this line\r\n"),
    ],
    ids=lambda text: repr(text[:24]),
)
def test_info_is_written_in_many_ways(saved, old, new):
    content = with_info(made.gt3x(CODES, parameters=False), old, new)
    samples, _, _, recording = read(saved(content))
    np.testing.assert_array_equal(samples, CODES)
    header = recording.header
    assert (header.serial, header.nominal_hz) == ("TAS1H30182785", 100)
    np.testing.assert_array_equal(g_of(saved(content)), CODES / 256)


def test_the_scale_is_taken_from_where_it_counts_most(saved):
    content = made.gt3x(CODES, counts_per_g=341)
    other = with_info(content, b"Scale: 341.0", b"Scale: 256.0")
    np.testing.assert_allclose(g_of(saved(other)), CODES / 341, rtol=1e-12)
    content = made.gt3x(CODES, counts_per_g=341, parameters=False)
    other = with_info(content, b"Scale: 341.0", b"Scale: 128.0")
    np.testing.assert_allclose(g_of(saved(other)), CODES / 128, rtol=1e-12)


@pytest.mark.parametrize(
    ("serial", "device", "counts_per_g"),
    [
        ("NEO1B34100019", "ActiGraph GT3X+", 341),
        ("CLE2B21130054", "ActiGraph wGT3X+", 341),
        ("MRA1B00000000", "ActiGraph ActiSleep+", 341),
        ("MOS2E39180594", "ActiGraph wGT3X-BT", 256),
        ("MOS0D00000000", "ActiGraph wGT3X-BT", 256),
        ("MOS4D00000000", "ActiGraph wActiSleep-BT", 256),
        ("TAS1H30182785", "ActiGraph GT9X Link", 256),
        ("CPW1B00000000", "ActiGraph CentrePoint Insight Watch", 256),
    ],
)
def test_a_missing_scale_follows_from_the_serial_number(saved, serial, device, counts_per_g):
    content = made.gt3x(CODES, serial=serial, parameters=False)
    for line in (b"Acceleration Scale: 256.0\r\n", b"Acceleration Max: 8.0\r\n"):
        content = with_info(content, line, b"")
    path = saved(with_info(content, b"Device Type: Link\r\n", b""))
    np.testing.assert_allclose(g_of(path), CODES / counts_per_g, rtol=1e-12)
    header = open_recording(path).header
    assert (header.device, header.range_g) == (device, round(2048 / counts_per_g))


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (b"Scale: 256.0", b"Scale: 1", "states a scale of 1 counts per g"),
        (b"Scale: 256.0", b"Scale: 0", "states no scale|a scale of 0 counts"),
        (b"Scale: 256.0", b"Scale: 1e9", "states a scale of 1 counts"),
    ],
)
def test_a_scale_that_cannot_be_is_refused(saved, old, new, named):
    content = with_info(made.gt3x(CODES, serial="XYZ", parameters=False), old, new)
    with pytest.raises(RecordingError, match=named):
        open_recording(saved(content))


def test_a_device_of_unknown_scale_is_refused(saved):
    content = made.gt3x(CODES, serial="XYZ", parameters=False)
    content = with_info(content, b"Acceleration Scale: 256.0\r\n", b"")
    with pytest.raises(RecordingError, match="states no scale"):
        open_recording(saved(content))


# -- numbers of the format


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (0x09400000, 256.0),
        (0x0C400000, 2048.0),
        (0x00C00000, -0.5),
        (0xFF400000, 0.25),
        (0, 0.0),
        (0x007FFFFF, np.inf),
        (0x00800000, -np.inf),
    ],
)
def test_floats_among_the_parameters(raw, value):
    assert gt3x_info.decode_float(raw) == value


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("637043424000000000", 1_568_745_600 * SECOND_NS),
        ("621355968000000000", 0),  # 1970
        ("621355967999999999", None),
        ("693937151999999999", 7_258_118_400 * SECOND_NS - 100),  # the end of 2199
        ("693937152000000000", None),
        ("6.37e17", None),
        ("0", None),
        ("-5", None),
        ("", None),
        ("9" * 20, None),
        ("9" * 40, None),
    ],
)
def test_ticks_since_the_year_1(text, ns):
    assert gt3x_info.ticks_ns(text) == ns


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("-04:00:00", -14_400),
        ("02:00:00", 7200),
        ("+05:30:00", 19_800),
        ("18:00:00", 64_800),
        ("-18:00:00", -64_800),
        ("18:01:00", None),
        ("x", None),
        ("99:00", None),
    ],
)
def test_offsets_are_written_with_and_without_a_sign(text, seconds):
    assert gt3x_info.offset_s(text) == seconds


def test_lines_of_info_are_names_and_values_of_which_the_first_counts():
    names = b"\xef\xbb\xbfSerial Number\r\nSerial Number: X \0\r\nSerial Number: Y\r\n"
    text = names + b"TimeZone: -04:00:00"
    assert gt3x_info.parse_info(text) == {"Serial Number": "X", "TimeZone": "-04:00:00"}


def test_parameters_are_entries_of_eight_bytes():
    payload = struct.pack("<HHI", 1, 10, 30) + struct.pack("<HHI", 0, 55, 0x09400000)
    expected = {(1, 10): 30, (0, 55): 0x09400000}
    for behind in (b"", b"\1", b"\1\2\3\4\5\6\7"):
        assert gt3x_info.parse_parameters(payload + behind) == expected


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (
            b'{"UsedUtc": true, "UtcOffset": "-05:00:00"}',
            {"UsedUtc": True, "UtcOffset": "-05:00:00"},
        ),
        (b'{"SubjectName": "Kim", "UsedUtc": false}', {"UsedUtc": False}),
        (b"[1]", {}),
        (b'"UsedUtc"', {}),
        (b"{", {}),
        (b"\xff", {}),
        (b"[" * 60_000, {}),
    ],
    ids=lambda value: str(value)[:20],
)
def test_metadata_say_of_the_clock_alone(payload, said):
    assert gt3x_info.parse_metadata(payload) == said


@pytest.mark.parametrize(
    ("parameter", "text", "metadata", "offset_s"),
    [
        (None, "", {}, None),
        (0, "", {}, None),
        (64_800, "", {}, 64_800),
        (64_801, "01:00:00", {}, 3600),  # farther than any zone
        (2**32 - 18_000, "01:00:00", {}, -18_000),
        (0, "01:00:00", {"UtcOffset": "-05:00:00"}, -18_000),
        (0, "01:00:00", {"UtcOffset": "?"}, 3600),
        (0, "01:00:00", {"UtcOffset": 5}, 3600),
    ],
)
def test_the_offset_stands_in_parameters_metadata_or_info(parameter, text, metadata, offset_s):
    parameters = {} if parameter is None else {(1, 40): parameter}
    settings = gt3x_info.Settings(parameters=parameters, metadata=metadata)
    device = gt3x_info.Device(fields={"TimeZone": text}, settings=settings)
    assert device.utc_offset_s == offset_s
    assert device.in_utc is bool(parameter)


@pytest.mark.parametrize(
    ("rate", "stated", "rate_hz"),
    [
        (None, "30", 30),
        (100, "30", 100),
        (None, "1000", 1000),
        (None, "1001", None),
        (None, "0", None),
        (None, "1", 1),
        (None, "29,5", None),
        (None, "", None),
    ],
)
def test_the_rate_is_a_whole_number_up_to_1000(rate, stated, rate_hz):
    parameters = {} if rate is None else {(1, 10): rate}
    settings = gt3x_info.Settings(parameters=parameters)
    device = gt3x_info.Device(fields={"Sample Rate": stated}, settings=settings)
    assert device.rate_hz == rate_hz


@pytest.mark.parametrize(
    ("parameter", "counts"),
    [
        (0x0C400000, 2048.0),
        (0, 341.0),
        (0x007FFFFF, 341.0),  # infinite
        (0x00C00000, 341.0),  # negative
        (None, 341.0),
    ],
)
def test_a_scale_among_the_parameters_counts_if_it_is_one(parameter, counts):
    settings = gt3x_info.Settings(parameters={} if parameter is None else {(0, 55): parameter})
    device = gt3x_info.Device(fields={"Acceleration Scale": "341,0"}, settings=settings)
    assert device.counts_per_g == counts


@pytest.mark.parametrize("counts", ["16", "65536"])
def test_a_scale_is_16_to_65536_counts(saved, counts):
    content = made.gt3x(CODES, serial="XYZ", parameters=False)
    path = saved(with_info(content, b"Scale: 256.0", f"Scale: {counts}".encode()))
    (scale,) = {chunk.scale for chunk in open_recording(path).chunks()}
    assert scale.gain_g == (1 / int(counts),) * 3


@pytest.mark.parametrize(("said", "offset_s"), [([], None), ([b'{"UsedUtc": true}'], 0)])
def test_an_offset_that_nobody_states_is_unknown_and_in_utc_none(saved, said, offset_s):
    content = with_info(made.gt3x(CODES, parameters=False), b"TimeZone: 00:00:00\r\n", b"")
    others = [each for each in records_of(content) if each[1] != 6]
    metadata = [record(6, stamp_of(others[0]), text) for text in said]
    header = open_recording(saved(with_records(content, [*metadata, *others]))).header
    assert (header.utc_offset_s, header.utc_known) == (offset_s, bool(said))


# -- the calibration of an .agdc

MATRIX = np.array([[1 / 251, 0.0001, -0.0002], [0.0001, 1 / 249, 0.0003], [-0.0002, 0.0003, 0.004]])
OFFSET = np.array([3.0, -5.0, 7.5])


def calibration(**more):
    said = {"isCalibrated": False, "calibrationMethod": 2}
    for i, a in enumerate("XYZ"):
        said[f"offset{a}_32"] = float(OFFSET[i])
        said[f"sensitivity{a}{a}_32"] = 100 / MATRIX[i, i]
        for j, b in list(enumerate("XYZ"))[i + 1 :]:
            said[f"sensitivity{a}{b}_32"] = 100 * (1 / (MATRIX[i, j] + 0.004) - 250)
    return {**said, **more}


def agdc(codes, said, scale=b"1"):
    content = made.gt3x(codes, rate_hz=32, log="activity3", serial="CPW1B", parameters=False)
    content = with_info(content, b"Scale: 256.0", b"Scale: " + scale)
    return zipped({**members_of(content), "calibration.json": json.dumps(said).encode()})


def test_counts_that_are_not_calibrated_are_calibrated_here(saved):
    codes = np.random.default_rng(4).integers(-2048, 2048, (320, 3)).astype(np.int16)
    path = saved(agdc(codes, calibration()))
    expected = np.einsum("ij,nj->ni", MATRIX, codes - OFFSET)
    np.testing.assert_allclose(g_of(path), expected, rtol=0, atol=1e-10)


def test_calibrated_values_at_the_ends_are_seen_to_clip(saved):
    for end in (-2048, 2047):
        for axis in range(3):
            codes = np.random.default_rng(axis).integers(-2048, 2048, (320, 3)).astype(np.int16)
            codes[:, axis] = end
            recording = open_recording(saved(agdc(codes, calibration())))
            for chunk in recording.chunks():
                g = chunk.scale.to_g(chunk.samples)[:, axis]
                assert np.all((g <= chunk.scale.lowest) | (g >= chunk.scale.highest))


@pytest.mark.parametrize("said", [{"isCalibrated": True}, {}])
def test_counts_that_are_calibrated_are_only_scaled(saved, said):
    np.testing.assert_array_equal(g_of(saved(agdc(CODES[:960], said, b"256"))), CODES[:960] / 256)


def test_counts_without_their_calibration_are_refused(saved):
    members = members_of(agdc(CODES[:960], calibration()))
    del members["calibration.json"]
    with pytest.raises(RecordingError, match="a scale of 1 counts per g and has no calibration"):
        open_recording(saved(zipped(members)))


@pytest.mark.parametrize(
    ("said", "named"),
    [
        (calibration(calibrationMethod=1), "method 1, which is unknown"),
        (calibration(offsetX_32=None), "no usable offsetX_32"),
        (calibration(sensitivityXY_32="1"), "no usable sensitivityXY_32"),
        (calibration(sensitivityZZ_32=float("nan")), "no usable sensitivityZZ_32"),
        (calibration(sensitivityZZ_32=0), "an impossible sensitivityZZ"),
        (calibration(sensitivityXZ_32=-25_000), "an impossible sensitivityXZ"),
        ([], "a damaged calibration.json"),
    ],
)
def test_a_calibration_that_cannot_be_used_is_refused(saved, said, named):
    with pytest.raises(RecordingError, match=named):
        open_recording(saved(agdc(CODES[:960], said)))


def test_a_calibration_for_another_rate_is_refused():
    with pytest.raises(RecordingError, match="no usable offsetX_30"):
        parse_calibration(Path("x"), json.dumps(calibration()).encode(), 30)
