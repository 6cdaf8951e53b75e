"""What a file cannot be, in which words that is said, and what may be done about it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from recordings import Header, RecordingError, open_recording
from recordings.model import Scale
from recordings.registry import FileRecording


class Stating:
    """A reader whose header states a rate, and that has no samples."""

    scale = Scale()

    def __init__(self, rate_hz):
        self.header = Header(format="made", nominal_hz=rate_hz)

    def blocks(self, health):
        health.remark("bad_block", "2 blocks with a wrong checksum were left out")
        return iter(())


def said(rate_hz):
    with pytest.raises(RecordingError) as caught:
        list(FileRecording(Path("a"), Stating(rate_hz)).chunks())
    return str(caught.value)


@pytest.mark.parametrize("rate_hz", [0.1, 50.0, 1e5])
def test_without_a_sample_it_is_told_with_what_was_left_out(rate_hz):
    assert said(rate_hz) == (
        "a: holds not one readable sample (2 blocks with a wrong checksum were left out); "
        "copy the recording from the device again"
    )


@pytest.mark.parametrize(
    ("rate_hz", "shown"),
    [(0.0999, "0.0999"), (100_001.0, "100001"), (0.0, "0"), (float("nan"), "nan")],
)
def test_a_rate_that_no_accelerometer_has_is_refused(rate_hz, shown):
    assert said(rate_hz) == (
        f"a: states a sampling rate of {shown} Hz, which no accelerometer has; "
        "copy the recording from the device again"
    )


def archive(*names):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as packed:
        for name in names:
            packed.writestr(name, b"x" * 100)
    return memory.getvalue()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            archive("a", "b", "c"),
            "is a zip archive of 3 files (a, b, c), which is not read yet; unpack it",
        ),
        (
            archive("a", "b", "c", "d"),
            "is a zip archive of 4 files (a, b, c, ...), which is not read yet; unpack it",
        ),
        (
            archive("xl/workbook.xml", "xl/styles.xml"),
            "is an Excel workbook, which is not read yet; save it as CSV",
        ),
        (b"PK\x03\x04" + bytes(9), "is a damaged zip archive; copy it again and unpack it"),
        (b"BZh9" + bytes(99), "is a bzip2 archive, which is not read yet; unpack it"),
        (
            b"RIFF" + bytes(99),
            "is a WAV file, which is not read yet; use the original .cwa it was made from",
        ),
    ],
    ids=["three files", "four", "a workbook", "damaged", "bzip2", "sound"],
)
def test_what_is_recognised_but_not_read_is_named_with_what_to_do(saved, content, problem):
    path = saved(content)
    with pytest.raises(RecordingError) as caught:
        open_recording(path)
    assert str(caught.value) == f"{path}: {problem}"


def test_what_nobody_knows_is_told_with_all_that_is_read(saved):
    path = saved(bytes([200, 7, 0, 3] * 99))
    with pytest.raises(RecordingError) as caught:
        open_recording(path)
    assert caught.value.problem == "is of no known format"
    assert caught.value.offset == 0
    assert caught.value.remedy == (
        "readable are Axivity .cwa, GENEActiv .bin, ActiGraph .gt3x and .agdc, EDF and BDF, "
        "Empatica EmbracePlus and CentrePoint .avro, CSV and Parquet tables, each also as .gz or "
        "in a .zip"
    )
