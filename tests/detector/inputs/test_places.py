from __future__ import annotations

import io
import os
import pickle
import sys
from pathlib import Path

import fsspec
import pytest

from detector.inputs.places import expanded
from detector.inputs.sources import find_inputs
from detector.parameter import SettingsError
from detector.people.naming import Naming
from detector.people.participants import read
from recordings import Remote

MEMORY = fsspec.filesystem("memory")


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Some files in the folder ``data`` of the current one."""
    for name in ("b.cwa", "wave1/a.cwa", "wave1/.hidden.cwa", "wave2/c.CWA", "wave2/n[1].cwa"):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"anything")
    monkeypatch.chdir(tmp_path)
    return Path("data")


@pytest.fixture
def store():
    """The same in a store."""
    for name in ("b.cwa", "wave1/a.cwa", "wave1/.hidden/h.cwa", "wave2/c.CWA", "wave2/n.csv"):
        MEMORY.pipe_file(f"/data/{name}", b"anything")
    yield "memory://data"
    MEMORY.store.clear()


def names(words):
    return [str(spot.place).replace(os.sep, "/") for spot in expanded(words)]


def shown(words, **options):
    return [source.shown for source in find_inputs(words, **options) if not source.skipped]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("data/*.cwa", ["data/b.cwa"]),
        ("data/**/*.cwa", ["data/b.cwa", "data/wave1/a.cwa", "data/wave2/n[1].cwa"]),
        ("data/wave?/[a-c].*", ["data/wave1/a.cwa", "data/wave2/c.CWA"]),
        ("data/wave*", ["data/wave1", "data/wave2"]),
        ("data/wave2/n[1].cwa", ["data/wave2/n[1].cwa"]),
    ],
)
def test_a_pattern_is_all_that_has_such_a_name(pattern, found, data):
    if pattern == "data/**/*.cwa" and os.path.normcase("A") == "a":
        found = sorted([*found, "data/wave2/c.CWA"])
    assert names([pattern]) == found


def test_a_folder_that_a_pattern_finds_is_searched(data):
    assert shown(["data/wave[2]"]) == ["c.CWA", "n[1].cwa"]
    assert shown(["data/wave*"]) == ["data/wave1/a.cwa", "data/wave2/c.CWA", "data/wave2/n[1].cwa"]


@pytest.mark.parametrize("pattern", ["data/*.bin", "none/**/*.cwa", "data/[x-z].cwa"])
def test_a_pattern_without_a_match_is_refused(pattern, data):
    with pytest.raises(SettingsError, match="nothing has such a name") as told:
        expanded([pattern])
    assert str(told.value).startswith(pattern)


def test_a_path_object_is_never_a_pattern(data):
    assert [spot.place for spot in expanded([Path("data/*.cwa")])] == [Path("data/*.cwa")]


LIST = """# the first wave
b.cwa

  wave1/a.cwa
 # and one that was lost
missing.cwa
wave2
memory://elsewhere/x.cwa
#b.cwa
"""


@pytest.mark.parametrize(
    "written",
    [
        LIST.encode(),
        LIST.replace("\n", "\r\n").encode("utf-8-sig"),
        LIST.rstrip("\n").encode("utf-16"),
    ],
    ids=["plain", "windows", "utf-16"],
)
def test_a_list_is_seen_from_its_folder_in_its_order(written, data):
    (data / "list.txt").write_bytes(written)
    expected = ["data/b.cwa", "data/wave1/a.cwa", "data/missing.cwa", "data/wave2"]
    assert names(["@data/list.txt"]) == [*expected, "memory://elsewhere/x.cwa"]


def test_a_list_on_the_standard_input_is_seen_from_the_current_folder(data, monkeypatch):
    content = io.BytesIO(b"data/wave1/a.cwa\n# one\ndata/b.cwa\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content))
    assert names(["x.cwa", "-", "y.cwa"]) == ["x.cwa", "data/wave1/a.cwa", "data/b.cwa", "y.cwa"]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are text there")
def test_a_listed_name_need_not_be_text(data):
    (data / "list.txt").write_bytes(b"n\xe4.cwa\n")
    (place,) = [spot.place for spot in expanded(["@data/list.txt"])]
    assert os.fsencode(place) == b"data/n\xe4.cwa"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("b.cwa\n*.bin\n", "list.txt, line 2: .*nothing has such a name"),
        ("\nnope://host/x\n", "list.txt, line 2: .*fsspec"),
    ],
)
def test_what_a_line_cannot_mean_is_told_with_its_number(content, said, data):
    (data / "list.txt").write_text(content)
    with pytest.raises(SettingsError, match=said):
        expanded(["@data/list.txt"])


@pytest.mark.parametrize("content", [b"MD\0\0b.cwa\n", b"\xff\xfeb"])
def test_what_is_no_list_is_refused(content, data):
    (data / "list.txt").write_bytes(content)
    with pytest.raises(SettingsError, match=r"list.txt: is no list of paths"):
        expanded(["@data/list.txt"])


def test_a_list_that_is_not_there_is_refused(data):
    with pytest.raises(SettingsError, match=r"none.txt: cannot be read"):
        expanded(["@none.txt"])


def test_a_name_that_no_file_can_have_is_an_input_that_fails(data):
    (data / "list.txt").write_text(f"{'x' * 5000}\n", encoding="utf-8")
    assert [spot.is_folder for spot in expanded([f"@{data / 'list.txt'}", "x" * 5000])] == [
        False,
        False,
    ]
    with pytest.raises(SettingsError, match="yy: cannot be read: File name too long"):
        expanded(["@" + "y" * 5000])


def test_what_is_named_twice_is_one_input(data, store):
    (data / "list.txt").write_text("b.cwa\n../data/b.cwa\nmemory://data/wave1/../b.cwa\n")
    words = ["data/b.cwa", "@data/list.txt", f"{data.absolute()}/b.cwa", f"{store}/b.cwa"]
    assert len(find_inputs([*words, "data/[b].cwa", "memory://me:pw@data/b.cwa"])) == 2


def test_a_folder_of_a_store_is_searched_like_any_other(store):
    MEMORY.pipe_file("/data/results/data_dictionary.csv", b"")
    MEMORY.pipe_file("/data/results/config.resolved.toml", b"")
    MEMORY.pipe_file("/data/results/recordings/r.cwa", b"anything")
    found = find_inputs([store])
    assert [s.shown for s in found if not s.skipped] == ["b.cwa", "wave1/a.cwa", "wave2/c.CWA"]
    assert [s.shown for s in found if s.skipped] == ["wave2/n.csv"]
    assert [part.path for part in found[0].parts] == [Remote("memory://data/b.cwa")]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("memory://data/*.cwa", ["b.cwa"]),
        ("memory://data/**/*.cwa", ["b.cwa", "wave1/a.cwa"]),
        ("memory://data/wave2", ["wave2"]),
    ],
)
def test_a_url_may_be_a_pattern(pattern, found, store):
    assert names([pattern]) == [f"{store}/{name}" for name in found]


def test_a_folder_that_a_store_finds_by_a_pattern_is_searched(store):
    assert shown(["memory://data/wave*"]) == [f"{store}/wave1/a.cwa", f"{store}/wave2/c.CWA"]


def test_a_url_pattern_without_a_match_is_refused(store):
    with pytest.raises(SettingsError, match="nothing has such a name"):
        expanded(["memory://data/*.bin"])
    with pytest.raises(SettingsError, match=r"memory://dat\*/b.cwa: has a pattern where"):
        expanded(["memory://dat*/b.cwa"])


def test_a_kind_of_store_that_nobody_knows_or_has_is_refused_by_name(monkeypatch):
    with pytest.raises(SettingsError, match=r"nope://h/x: cannot be reached; nope:// is no kind"):
        expanded(["nope://user:pw@h/x"])
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(SettingsError, match=r"s3://bucket/x: .*s3fs"):
        expanded(["s3://key:secret@bucket/x"])
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(SettingsError, match="install the extra 'cohort'"):
        expanded(["memory://x"])


def test_a_source_in_a_store_travels_to_other_processes(store):
    for source in find_inputs([f"{store}/b.cwa"]):
        assert pickle.loads(pickle.dumps(source)) == source  # noqa: S301 (made here)


def test_a_table_may_name_urls_and_what_lies_in_a_folder_of_a_store(store, tmp_path):
    table = tmp_path / "who.csv"
    rows = ["memory://me:pw@data/b.cwa,P1", "wave1,P2", f"{store}/wave2/c.CWA,P3"]
    table.write_text("\n".join(["file,participant_id", *rows, ""]))
    found = find_inputs([store], naming=Naming(participants=read(table)))
    who = {s.shown: s.named.participant_id for s in found if not s.skipped}
    assert who == {"b.cwa": "P1", "wave1/a.cwa": "P2", "wave2/c.CWA": "P3"}
    table.write_text("file,participant_id\nmemory://me:pw@data/a.cwa,P1\n")
    with pytest.raises(SettingsError, match=r"'memory://data/a.cwa' is not there") as told:
        find_inputs([store], naming=Naming(participants=read(table)))
    assert "pw" not in str(told.value)


def test_parts_in_a_store_are_joined_by_their_folder(store):
    MEMORY.pipe_file("/data/wave1/b.cwa", b"anything")
    (source,) = find_inputs([f"{store}/wave1"], naming=Naming(join_folders=True))
    assert (source.shown, source.title) == ("./", f"{store}/wave1/ (2 files)")
    assert source.named.name == "wave1"
    found = find_inputs([f"{store}/wave1/*.cwa"], naming=Naming(join_folders=True))
    assert [each.shown for each in found] == [f"{store}/wave1/"]
