"""The content tells what a file is; its name is not asked."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import zipfile
from importlib import import_module

import made_recordings as made
import numpy as np
import pytest

import recordings
from recordings import DEVICE_ENDINGS, GENERAL_ENDINGS, RecordingError, open_recording
from recordings.registry import ARCHIVES, FORMATS

CWA = made.cwa(made.resting(600))
GENEACTIV = made.geneactiv(made.resting(600, step=1))


def zipped(*names):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), b"x" * 100)
    return memory.getvalue()


@pytest.mark.parametrize("name", ["a.cwa", "A.CWA", "a.bin", "a.csv", "a.csv.gz", "a", "ä b.c.d"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("content", "found"), [(CWA, "axivity-cwa"), (GENEACTIV, "geneactiv-bin")], ids=["cwa", "bin"]
)
def test_the_content_decides_and_not_the_name(saved, content, found, pack, name):
    recording = open_recording(saved(pack(content), name))
    assert recording.header.format == found
    assert sum(len(chunk) for chunk in recording.chunks()) == 600


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"GENEA/1.00\r\nDevice Type", "GENEA recording"),
        (b"SQLite format 3\0" + bytes(100), "SQLite"),
        (bytes(512) + b"MDTC" + bytes(50), "Matrix"),
        (b"MDTC" + bytes(50), "Matrix"),
        (b"RIFF\0\0\0\0WAVEfmt ", "WAV"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (zipped(), "empty zip"),
        (b"PK\x07\x08" + zipped("a"), "split zip"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "Excel"),
        (zipped("a.csv", "b.csv"), r"zip archive of 2 files \(a.csv, b.csv\)"),
        (zipped(*"abcde"), r"zip archive of 5 files \(a, b, c, ...\)"),
    ],
)
def test_what_is_known_but_not_read_is_named(saved, content, named):
    with pytest.raises(RecordingError, match=rf"{named}.*not read yet"):
        open_recording(saved(content, "recording.cwa"))


def test_what_is_known_but_not_read_is_named_inside_gzip(saved):
    with pytest.raises(
        RecordingError, match=r"zip archive of 2 files \(a, b\), which is not read yet"
    ):
        open_recording(saved(gzip.compress(zipped("a", "b"))))
    with pytest.raises(RecordingError, match="gzip inside gzip"):
        open_recording(saved(gzip.compress(gzip.compress(CWA))))


@pytest.mark.parametrize("seed", range(8))
def test_random_bytes_are_refused_with_the_formats_that_are_read(saved, seed):
    content = np.random.default_rng(seed).bytes(3000)
    with pytest.raises(
        RecordingError, match=r"no known format.*Axivity .cwa, GENEActiv .bin, ActiGraph"
    ):
        open_recording(saved(content, "recording.csv"))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("content", "found"), [(CWA, "axivity-cwa"), (GENEACTIV, "geneactiv-bin")], ids=["cwa", "bin"]
)
def test_a_recording_alone_in_a_zip_archive_is_read(saved, content, found, pack, method):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", method) as archive:
        archive.mkdir("wave 1")
        archive.writestr("wave 1/a.cwa", pack(content))
        archive.writestr("__MACOSX/wave 1/._a.cwa", b"a folder's icon")
    recording = open_recording(saved(memory.getvalue(), "a.zip"))
    assert recording.header.format == found
    assert sum(len(chunk) for chunk in recording.chunks()) == 600
    assert recording.health.remarks == []


def test_an_archive_without_content_is_refused(saved):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("a.cwa", b"")
    with pytest.raises(RecordingError, match="is an empty zip archive"):
        open_recording(saved(memory.getvalue()))


def test_empty_gzip_content_is_refused(saved):
    with pytest.raises(RecordingError, match="empty gzip file"):
        open_recording(saved(gzip.compress(b"")))


def test_every_pass_has_its_own_health(saved):
    recording = open_recording(str(saved(CWA)))
    before = recording.health
    next(iter(recording.chunks()))
    list(recording.chunks())
    assert before.samples == 0
    assert recording.health.samples == 600
    assert recording.health.bytes_read == len(CWA)


def test_a_file_whose_samples_vanished_after_opening_is_refused(saved):
    path = saved(CWA)
    recording = open_recording(path)
    path.write_bytes(made.flipped(CWA, 0, 1, 2, 3, 4))
    with pytest.raises(RecordingError, match=r"not one readable sample \(5 damaged blocks"):
        list(recording.chunks())


@pytest.mark.parametrize("known", FORMATS + ARCHIVES, ids=lambda known: known.module)
def test_every_listed_format_has_endings_and_what_a_format_must_offer(known):
    module = import_module(f"recordings.formats.{known.module}")
    sniff = "sniff_members" if known in ARCHIVES else "sniff"
    assert all(callable(getattr(module, name)) for name in ("open_reader", sniff))
    assert known.own + known.shared
    assert all(ending == ending.lower() and ending[0] == "." for ending in known.own + known.shared)


def test_no_ending_is_of_two_formats():
    endings = [ending for known in FORMATS + ARCHIVES for ending in known.own + known.shared]
    assert len(endings) == len(set(endings)) == len(DEVICE_ENDINGS | GENERAL_ENDINGS)


def test_public_names_are_all_there():
    for name in recordings.__all__:
        assert getattr(recordings, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        recordings.nothing  # noqa: B018 (the look-up itself is the test)


def test_importing_the_package_loads_nothing_heavy():
    heavy = "{'numba', 'pyarrow', 'scipy', 'isal'}"
    code = f"import sys, recordings; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("stated", [b"1000000", b"9" * 25])
def test_a_rate_that_no_sensor_has_is_refused(saved, stated):
    content = made.geneactiv(made.resting(300)).replace(b"Frequency:100", b"Frequency:" + stated)
    with pytest.raises(RecordingError, match=r"rate of 1e\+\d\d Hz, which no accelerometer has"):
        list(open_recording(saved(content)).chunks())
