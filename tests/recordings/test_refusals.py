"""Every refusal of a device's file, word by word: which file, what is wrong, where, what to do."""

from __future__ import annotations

import made_avro
import made_recordings as made
import pytest
from made_avro import CENTREPOINT, centrepoint, container, embraceplus
from made_edf import edf, stating, stating_of
from made_gt3x import members_of, with_info, zipped

from recordings import RecordingError, open_recording
from recordings.formats.axivity_cwa import CwaReader

CODES = made.resting(600, step=1)
COPY = "copy the file from the device again"
EXTRACT = "extract the recording from the device again"
DOWNLOAD = "download the recording from the device again"
EXPORT = "export the recording again, or copy it anew"
THREE_AXES = "export three axes of acceleration, in g, mg or m/s², into one file"
AVRO = (
    "readable are sessions of an Empatica EmbracePlus, and CentrePoint exports with a record per "
    "sample; export others as CSV"
)


def told(path, open_it=open_recording):
    """What is said of a file that cannot be read, behind its path."""
    with pytest.raises(RecordingError) as refused:
        open_it(path)
    message = str(refused.value)
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


# -- Axivity


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"MD\xfc\x03", f"ends inside its header of 1024 bytes (at byte 4); {COPY}"),
        (
            made.cwa(made.resting(600))[:1024],
            f"has a CWA header but not one readable data block (at byte 1024); {COPY}",
        ),
        (
            b"AX\xfc\x01".ljust(2048),
            "does not begin with a CWA header (at byte 0); copy it from the device again",
        ),
    ],
    ids=["cut", "no block", "another file"],
)
def test_a_cwa_file(saved, content, message):
    assert told(saved(content), CwaReader) == message


# -- GENEActiv


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            b"Device Type:GENEActiv",
            b"Device Type:GENEA",
            "is of device type 'GENEA', not GENEActiv; export it as CSV",
        ),
        (
            b"Device Type:GENEActiv\r\n",
            b"",
            "is of device type '', not GENEActiv; export it as CSV",
        ),
        (
            b"Frequency:100 Hz",
            b"Frequency:-50 Hz",
            f"states a measurement frequency of -50.0 Hz; {EXTRACT}",
        ),
        (
            b"Frequency:100 Hz",
            b"Frequency:fast",
            f"the header states no usable 'Measurement Frequency': 'fast'; {EXTRACT}",
        ),
        (
            b"z gain:25300",
            b"z gain:" + b"9" * 400,
            f"the header states no usable 'z gain': {'9' * 400!r}; {EXTRACT}",
        ),
        (
            b"y offset:-200\r\n",
            b"",
            f"the header states no usable 'y offset': 'missing'; {EXTRACT}",
        ),
        (
            b"x gain:25500",
            b"x gain:0",
            f"states a gain of zero in its calibration data; {EXTRACT}",
        ),
    ],
    ids=["device", "no device", "frequency", "no frequency", "gain", "offset", "zero gain"],
)
def test_a_geneactiv_header(saved, old, new, message):
    content = made.geneactiv(CODES)
    assert old in content
    assert told(saved(content.replace(old, new, 1))) == message


@pytest.mark.parametrize(("size", "at"), [(800, 800), (70_000, 65_536)])
def test_a_geneactiv_file_without_a_page(saved, size, at):
    head = made.geneactiv(CODES)[:800].ljust(size, b"\n")
    assert told(saved(head)) == (
        "has a GENEActiv header but no line 'Recorded Data' in its first 64 KiB "
        f"(at byte {at}); {EXTRACT}"
    )


# -- ActiGraph

OLD = made.gt3x(CODES, log="old")
NEW = made.gt3x(CODES, serial="XYZ", parameters=False)


def without_info(content):
    members = members_of(content)
    del members["info.txt"]
    return zipped({"lux.bin": b"", **members})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            without_info(OLD),
            "has lost its info.txt, which alone says when and how fast the samples were taken; "
            + DOWNLOAD,
        ),
        (
            with_info(OLD, b"Start Date: 6", b"Start Date: -6"),
            f"states no Start Date in its info.txt; {DOWNLOAD}",
        ),
        (
            with_info(OLD, b"Sample Rate: 100", b"Sample Rate: 0"),
            f"states no usable sampling rate; {DOWNLOAD}",
        ),
        (
            with_info(NEW, b"Scale: 256.0", b"Scale: 15.9"),
            f"states a scale of 15.9 counts per g and has no calibration.json of use; {DOWNLOAD}",
        ),
        (
            with_info(NEW, b"Scale: 256.0", b"Scale: 65537"),
            f"states a scale of 65537 counts per g and has no calibration.json of use; {DOWNLOAD}",
        ),
        (
            with_info(NEW, b"Scale: 256.0", b"Scale: none"),
            f"states no scale and has no calibration.json of use; {DOWNLOAD}",
        ),
    ],
    ids=["info", "start", "rate", "small scale", "large scale", "no scale"],
)
def test_an_actigraph_archive(saved, content, message):
    assert told(saved(content)) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{", "has a damaged calibration.json"),
        (b"[1]", "has a damaged calibration.json"),
        (b"[" * 60_000, "has a damaged calibration.json"),
        (
            b'{"isCalibrated": false, "calibrationMethod": "3"}',
            "is to be calibrated by method '3', which is unknown",
        ),
        (
            b'{"isCalibrated": false, "calibrationMethod": 2}',
            "states no usable offsetX_100 in calibration.json",
        ),
    ],
    ids=["cut", "a list", "nested", "method", "numbers"],
)
def test_an_actigraph_calibration(saved, text, message):
    members = {**members_of(NEW), "calibration.json": text}
    assert told(saved(zipped(members))).startswith(message + "; ")


# -- EDF; signals are a marker and three axes: the header has 256 + 4 * 256 bytes


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (stating(edf(CODES), signals="0"), "states '0' as number of signals (at byte 252)"),
        (stating(edf(CODES), signals="-1"), "states '-1' as number of signals (at byte 252)"),
        (edf(CODES)[:1000], "ends inside its header (at byte 1000)"),
        (
            stating(edf(CODES), header_bytes="1024"),
            "states '1024' as length of the header (at byte 184)",
        ),
        (stating(edf(CODES), records="-2"), "states '-2' as number of records (at byte 236)"),
        (
            stating(edf(CODES), records="1E8"),
            "states '1E8' as number of records (at byte 236)",
        ),
        (stating(edf(CODES), duration="0"), "states '0' s as duration of a record (at byte 244)"),
        (
            stating_of(edf(CODES), 2, samples="-1"),
            "states '-1' as number of samples of 'Accelerometer_Y' (at byte 1136)",
        ),
        (
            stating_of(edf(CODES), 3, samples="99999999"),
            "states records of 200000400 bytes (at byte 1120)",
        ),
        (stating(edf(CODES), duration="101"), "states acceleration at 0.990099 Hz"),
        (
            stating_of(edf(CODES), 1, digital_max=""),
            "states no range of 'Accelerometer_X' in numbers",
        ),
        (
            stating_of(edf(CODES), 2, physical_min="2E9"),
            "states no range of 'Accelerometer_Y' in numbers",
        ),
        (
            stating_of(edf(CODES), 2, physical_min="8"),
            "states an empty range of 'Accelerometer_Y'",
        ),
        (
            stating_of(edf(CODES), 3, digital_max="-2048"),
            "states an empty range of 'Accelerometer_Z'",
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_an_edf_header(saved, content, message):
    assert told(saved(content)) == f"{message}; {EXPORT}"


def test_an_edf_file_of_a_header_alone(saved):
    message = "holds not one whole record (at byte 1280); copy it again"
    assert told(saved(edf(CODES)[:1280])) == message
    assert told(saved(edf(CODES)[: 1280 + 601])) == message


def test_an_interrupted_edf_file_that_does_not_say_when(saved):
    assert told(saved(stating(edf(CODES), reserved="EDF+D"))) == (
        "is an interrupted recording (EDF+D) without the annotations that say when its records "
        "begin; export it as continuous EDF"
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (edf(CODES, labels=("EEG", "EOG", "EMG")), "no three axes of acceleration"),
        (stating_of(edf(CODES), 1, dimension="mg"), "axes of different rates or units"),
        (stating_of(edf(CODES), 1, samples="50"), "axes of different rates or units"),
    ],
    ids=["none", "units", "rates"],
)
def test_signals_that_are_no_accelerometer_are_named_with_their_units(saved, content, problem):
    message = told(saved(content))
    assert message.startswith(f"has {problem} among its signals 'Marker' (no unit), ")
    assert message.endswith(f" (g); {THREE_AXES}")


# -- Avro


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Obj\x01\x04", "is an Avro file with a damaged header (at byte 0)"),
        (
            embraceplus(CODES).replace(b"deflate", b"snappy!", 1),
            "is an Avro file with the codec 'snappy!', which is not read (at byte 0)",
        ),
    ],
)
def test_an_avro_container(saved, content, message):
    remedy = "copy it again, or write it with the codec 'deflate'"
    assert told(saved(content)) == f"{message}; {remedy}"


def test_an_avro_file_of_other_records(saved):
    schema = {"type": "record", "name": "R", "fields": [{"name": "x", "type": "double"}]}
    content = container(schema, [{"x": 1.0}])
    assert told(saved(content)) == f"is an Avro file of other records (at byte 0); {AVRO}"


def test_an_avro_schema(saved):
    content = centrepoint(CODES / 256).replace(b'"double"', b'"doublE"', 1)
    assert told(saved(content)) == (
        f"has an Avro schema that does not say what 'doublE' is (at byte 0); {AVRO}"
    )


def test_sessions_without_acceleration(saved):
    content = embraceplus(CODES[:0])
    assert told(saved(content)) == (
        "holds no acceleration: it was not recorded, or the file is damaged; download it again"
    )


def test_centrepoint_exports(saved):
    rows = made_avro.samples(CODES[:64] / 256)
    assert told(saved(container(CENTREPOINT, []))) == (
        "holds not one readable record; export it again"
    )
    for k, row in enumerate(rows):
        row["SampleOrder"] = k % 33
    assert told(saved(container(CENTREPOINT, rows))) == (
        "has more than 32 samples in a second; export it as CSV with the time of every sample"
    )
