"""Several inputs looked at side by side: order, progress, and what cannot be read."""

from __future__ import annotations

import numpy as np
import pytest
from made_cohort import make_cohort
from project import ROOT

from detector.inputs.sources import Part, Source, find_inputs
from detector.inspect import _Over, _Together, inspect_all, inspect_source
from detector.job import RunOptions
from detector.people.identity import Identity
from detector.people.naming import Named
from recordings import RecordingError, Remote, registry

OPTIONS = RunOptions(tz="Europe/London")
AX3 = ROOT / "tests" / "data" / "ax3_wrist_100hz.cwa"


def source(*paths, **more):
    named = Named(group="g", name="n", row=Identity(), found=Identity())
    return Source(tuple(Part(path, path.name) for path in paths), named, "n", **more)


@pytest.fixture
def data(tmp_path):
    make_cohort(tmp_path / "data", 2, hours=0.1)
    (tmp_path / "data" / "empty.cwa").touch()
    (tmp_path / "data" / "notes.csv").write_text("a,b\n1,2\n")
    return tmp_path / "data"


def test_inputs_are_told_in_their_order_whatever_each_takes(data):
    found = inspect_all([data], OPTIONS)
    assert [one.title for one in found] == [each.title for each in find_inputs([data])]
    by_name = {one.title.rpartition("/")[2].partition(".")[0]: one.status for one in found}
    assert by_name.pop("night000") in {"ok", "warning"}
    assert by_name.pop("night001") in {"ok", "warning"}
    assert by_name == {"empty": "failed", "notes": "skipped"}


def test_a_quick_look_reads_no_more_than_the_beginning(data):
    found = inspect_all([data], OPTIONS, quick=True)
    opened = [one for one in found if one.status == "opened"]
    assert len(opened) == 2
    assert all(one.health is None and one.probe is not None for one in opened)


def test_a_disk_that_fails_behind_the_beginning_leaves_what_was_seen_of_it(monkeypatch):
    real, passes = registry.FileRecording.chunks, []

    def chunks(recording):
        passes.append(recording)
        if len(passes) > 1:
            raise RecordingError(recording.path, "the disk failed", remedy="try another one")
        return real(recording)

    monkeypatch.setattr(registry.FileRecording, "chunks", chunks)
    one = inspect_source(source(AX3), OPTIONS)
    assert (one.status, one.error) == ("failed", "the disk failed; try another one")
    assert one.probe is not None
    assert one.quality is None


def test_a_file_that_is_not_there_is_a_failure_without_header(tmp_path):
    one = inspect_source(source(tmp_path / "gone.cwa"), OPTIONS)
    assert (one.status, one.header) == ("failed", None)
    assert one.error == "does not exist; check the path"


def test_how_much_is_read_is_told_on_the_way(tmp_path):
    told = []
    inspect_source(source(AX3), OPTIONS, advance=told.append)
    assert told == sorted(told)
    assert told[-1] <= AX3.stat().st_size


# ------------------------------------------------------------------ the share of all work


@pytest.fixture
def together(tmp_path):
    """Two files of 100 and 300 bytes; what is told of them."""
    for name, size in (("a", 100), ("b", 300)):
        (tmp_path / name).write_bytes(bytes(size))
    told = []
    sources = [source(tmp_path / "a"), source(tmp_path / "b")]
    return _Together(sources, lambda share, title: told.append((share, title))), told


def test_the_share_is_that_of_the_bytes_of_all(together):
    progress, told = together
    progress.read(1, 100)
    progress.read(0, 100)
    progress.read(1, 300)
    assert told == [(0.25, "b"), (0.5, "a"), (1.0, "b")]


def test_packed_content_counts_no_more_than_its_file(together):
    progress, told = together
    progress.read(0, 10_000)
    assert told == [(0.25, "a")]


def test_what_is_not_there_has_no_share_and_divides_by_nothing(tmp_path):
    told = []
    sources = [source(tmp_path / "gone"), source(Remote("memory://gone/x"))]
    progress = _Together(sources, lambda share, _: told.append(share))
    progress.read(0, 50)
    progress.read(1, 50)
    assert told == [0.0, 0.0]


def test_once_nobody_waits_reading_ends(together):
    progress, told = together
    progress.over = True
    with pytest.raises(_Over):
        progress.read(0, 10)
    assert told == []


def test_a_bug_of_a_reader_makes_a_file_in_a_folder_an_input(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("time,x,y,z\n" + "".join(f"{t},0,0,1\n" for t in np.arange(9)))

    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("detector.inputs.sources.open_recording", broken)
    (found,) = find_inputs([tmp_path])
    assert not found.skipped
