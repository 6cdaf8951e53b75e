from __future__ import annotations

import gzip
import hashlib
import pickle
import shutil
import tempfile
from contextlib import nullcontext

import fsspec
import pytest
from made_server import PASSWORD, USER, serving
from reader_cases import CASES

from recordings import ReadOptions, RecordingError, Remote, fetch, holding, open_recording, stamp_of
from recordings.source import ByteSource

MEMORY = fsspec.filesystem("memory")
CWA = next(case.content for case in CASES if case.name == "cwa")
PARQUET = next(case.content for case in CASES if case.name == "parquet")


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Blocks of which even a small file has many."""
    monkeypatch.setattr(fetch, "BLOCK_BYTES", 700)


@pytest.fixture
def stored():
    """Puts content into the memory store, and returns its URL."""

    def put(name, content):
        MEMORY.pipe_file(f"/store/{name}", content)
        return Remote(f"memory://store/{name}")

    yield put
    MEMORY.store.clear()


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """A folder for temporary files of its own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def everything(path, options=None):
    """All that a recording holds and says."""
    recording = open_recording(path, options)
    chunks = [
        (chunk.samples.tobytes(), chunk.knots.tobytes(), chunk.opens_segment)
        for chunk in recording.chunks()
    ]
    return chunks, recording.header, recording.health


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_at_a_url_every_format_is_what_it_is_on_the_disk(case, stored, tmp_path):
    local = tmp_path / case.name
    local.write_bytes(case.content)
    options = ReadOptions(**case.options)
    with holding([stored(case.name, case.content)]) as (held,):
        assert everything(held, options) == everything(local, options)
        assert held.sha256() == hashlib.sha256(case.content).hexdigest()


@pytest.mark.parametrize("kind", ["able", "without_ranges", "without_sizes"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_web_server_may_refuse_ranges_and_sizes(case, kind, tmp_path):
    local = tmp_path / case.name
    local.write_bytes(case.content)
    options = ReadOptions(**case.options)
    able = {"ranges": kind == "able", "sizes": kind != "without_sizes"}
    with serving(tmp_path, **able) as server:
        remote = Remote(server.url(case.name))
        with holding([remote]) as (held,):
            assert everything(held, options) == everything(local, options)
            assert held.sha256() == hashlib.sha256(case.content).hexdigest()


def test_what_is_read_in_order_is_sent_once_and_copied_nowhere(tmp_path, temporary, monkeypatch):
    packed = gzip.compress(CWA, mtime=0)
    (tmp_path / "night.cwa").write_bytes(CWA)
    (tmp_path / "night.cwa.gz").write_bytes(packed)
    monkeypatch.setattr(fetch, "COPY_BYTES", 0)
    monkeypatch.setattr(fetch, "BLOCK_BYTES", 4096)
    with serving(tmp_path) as server:
        for name, content in (("night.cwa", CWA), ("night.cwa.gz", packed)):
            with holding([Remote(server.url(name))]) as (held,):
                everything(held)
                held.sha256()
            assert server.sent_bytes(name) == len(content)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("ranges", [True, False])
def test_a_connection_that_breaks_is_a_recording_error_with_place_and_remedy(ranges, tmp_path):
    (tmp_path / "night.cwa").write_bytes(CWA)
    with serving(tmp_path, ranges=ranges) as server:
        recording = open_recording(Remote(server.url("night.cwa")))
        server.breaks_at = len(CWA) // 2
        fetch._BLOCKS.forget(id(recording._reader._path))
        with pytest.raises(
            RecordingError, match=r"reading failed: .* \(at byte \d+\); run"
        ) as told:
            list(recording.chunks())
    assert str(told.value).startswith(f"{server.shown('night.cwa')}: ")
    assert PASSWORD not in str(told.value)


def test_without_room_for_a_copy_it_is_said_what_may_be_done(stored, temporary, monkeypatch):
    remote = stored("night.parquet", PARQUET)
    monkeypatch.setattr(fetch, "COPY_BYTES", len(PARQUET) - 1)
    with pytest.raises(RecordingError, match=r"temporary copy, which may have 0 MiB.*download it"):
        open_recording(remote)
    monkeypatch.setattr(fetch, "COPY_BYTES", len(PARQUET))
    usage = shutil.disk_usage(temporary)._replace(free=len(PARQUET) - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(RecordingError, match=r"there is no room in .*temporary; let TMPDIR name"):
        open_recording(remote)


@pytest.mark.parametrize("damage", [slice(None), slice(0, -20)], ids=["whole", "cut"])
def test_copies_go_away_with_what_needed_them(damage, stored, temporary):
    remote = stored("night.parquet", PARQUET[damage])
    with holding([remote]) as (held,):
        copy = held.copied()
        with nullcontext() if damage == slice(None) else pytest.raises(RecordingError):
            everything(held)
    assert copy.closed
    assert list(temporary.iterdir()) == []
    with pytest.raises(ValueError, match="closed"):
        copy.read()


def test_a_copy_goes_away_with_the_recording_that_nobody_holds(stored):
    recording = open_recording(stored("night.parquet", PARQUET))
    copy = recording.path.copied()
    assert not copy.closed
    del recording
    assert copy.closed


def test_what_is_missing_forbidden_or_empty_is_said(stored, tmp_path):
    (tmp_path / "night.cwa").write_bytes(CWA)
    with serving(tmp_path) as server:
        stranger = Remote(server.shown("night.cwa"))
        for remote, problem in (
            (Remote(server.url("none.cwa")), "does not exist"),
            (stranger, "may not be read"),
            (stored("empty.cwa", b""), "is empty"),
            (Remote("memory://store/none.cwa"), "does not exist"),
        ):
            with pytest.raises(RecordingError, match=problem) as told:
                ByteSource(remote)
            assert told.value.path == remote
    with pytest.raises(RecordingError, match="Connector") as told:
        ByteSource(Remote(server.url("night.cwa")))
    assert USER not in str(told.value)


def test_a_stamp_is_what_the_store_says(stored, tmp_path):
    remote = stored("night.cwa", CWA)
    first = stamp_of(remote)
    assert first.size_bytes == len(CWA)
    assert first.mtime_ns is not None
    assert stamp_of(remote) == first
    stored("night.cwa", CWA)
    assert stamp_of(remote) != first
    (tmp_path / "night.cwa").write_bytes(CWA)
    with serving(tmp_path) as server:
        stamp = stamp_of(Remote(server.url("night.cwa")))
    seconds = (tmp_path / "night.cwa").stat().st_mtime_ns // 10**9
    assert (stamp.size_bytes, stamp.mtime_ns) == (len(CWA), seconds * 10**9)


SIGNED = "https://Host.org/a%20b/n.cwa?X-Amz-Signature=3f9&X-Amz-Credential=AKIA1"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("s3://key:secret@bucket/wave1//n.cwa", "s3://bucket/wave1/n.cwa"),
        ("S3://bucket/what?#1.cwa", "s3://bucket/what?#1.cwa"),
        ("sftp://alice:s3cr3t@host:2222/data/../n.cwa", "sftp://host:2222/n.cwa"),
        (SIGNED, "https://host.org/a b/n.cwa"),
        ("https://host.org/get?id=7", "https://host.org/get?"),
        ("memory://store/", "memory://store/"),
    ],
)
def test_a_url_is_shown_without_what_gives_access(url, shown):
    remote = Remote(url)
    assert str(remote).removesuffix("?7") == shown or str(remote).startswith(shown)
    assert len(str(remote)) - len(shown) in (0, 8)
    assert repr(remote) == f"Remote('{remote}')"
    assert pickle.loads(pickle.dumps(remote)).url == url  # noqa: S301 (made here)


def test_other_signatures_of_one_file_are_the_same_and_other_files_are_not():
    assert Remote(SIGNED) == Remote(SIGNED.replace("3f9", "777"))
    assert Remote("https://host.org/get?id=7") != Remote("https://host.org/get?id=8")
    assert Remote("https://host.org/get?key=7") != Remote("https://host.org/get?key=8")
    assert Remote("https://h/n.cwa?sv=1&se=2&sig=3") == Remote("https://h/n.cwa?sv=1&se=4&sig=5")
    assert Remote("https://h/get?sr=1") != Remote("https://h/get?sr=2")
    assert Remote("s3://a:b@bucket/n.cwa") == Remote("s3://bucket/n.cwa")


def test_folders_and_names_of_a_url():
    remote = Remote("https://alice:pw@host.org/data/wave 1/n.CWA?token=1")
    assert (remote.name, remote.stem, remote.suffix) == ("n.CWA", "n", ".CWA")
    above = ["https://host.org/data/wave 1", "https://host.org/data", "https://host.org"]
    assert list(map(str, remote.parents)) == above
    assert (remote.parent / "ü 1.cwa").url == "https://alice:pw@host.org/data/wave 1/%C3%BC%201.cwa"
    assert str(remote.parent / "ü 1.cwa") == "https://host.org/data/wave 1/ü 1.cwa"


def test_messages_of_stores_lose_their_secrets():
    remote = Remote("https://alice:s3cr3t@host.org/n.cwa?sig=abcdef")
    text = "403, url='https://host.org/n.cwa?sig=abcdef' for alice:s3cr3t (s3cr3t, abcdef)"
    assert remote.without_secrets(text) == ("403, url='https://host.org/n.cwa' for *** (***, ***)")
