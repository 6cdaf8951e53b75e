"""How an input of one file or several is called, and where what was found is shown from."""

from __future__ import annotations

import os
from pathlib import Path

import fsspec
import pytest

from detector.inputs.places import Spot, expanded
from detector.inputs.sources import Part, Source, find_inputs
from detector.parameter import SettingsError
from detector.people.identity import Identity
from detector.people.naming import Named
from recordings import Remote


def source(*shown, folder=""):
    parts = tuple(Part(Path(folder) / name, name) for name in shown)
    return Source(parts, Named(group="g", name="n", row=Identity(), found=Identity()), "n")


@pytest.mark.parametrize(
    ("parts", "shown", "title"),
    [
        (["a/b.cwa"], "a/b.cwa", "a/b.cwa"),
        (["a/b.cwa", "a/c.cwa"], "a/", "a/ (2 files)"),
        (["a/x/1.cwa", "a/y/1.cwa", "a/y/2.cwa"], "a/", "a/ (3 files)"),
        (["a/x/1.cwa", "a/x/y/1.cwa"], "a/x/", "a/x/ (2 files)"),
        (["a/xy/1.cwa", "a/xz/1.cwa"], "a/", "a/ (2 files)"),
        (["1.cwa", "2.cwa"], "./", "data/ (2 files)"),
        (["x/1.cwa", "y/1.cwa"], "./", "data/ (2 files)"),
    ],
)
def test_parts_are_called_by_the_folder_that_holds_them_all(parts, shown, title):
    one = source(*parts, folder="data")
    assert (one.shown, one.title) == (shown, title)
    assert one.paths == [Path("data") / name for name in parts]


@pytest.fixture
def data(tmp_path, monkeypatch):
    for name in ("one/a.cwa", "one/b.cwa", "two/a.cwa"):
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / name).write_bytes(b"anything")
    monkeypatch.chdir(tmp_path)
    return Path("data")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["data"], ["one/a.cwa", "one/b.cwa", "two/a.cwa"]),
        (["data/one"], ["a.cwa", "b.cwa"]),
        (["data/one", "data/two"], ["data/one/a.cwa", "data/one/b.cwa", "data/two/a.cwa"]),
        (["data/one/a.cwa"], ["data/one/a.cwa"]),
        (["data/two", "data/one/a.cwa"], ["data/two/a.cwa", "data/one/a.cwa"]),
    ],
    ids=" ".join,
)
def test_files_are_shown_from_the_one_folder_given_else_as_given(data, words, shown):
    assert [each.shown for each in find_inputs(words)] == shown


def test_a_file_that_is_named_and_found_is_where_it_was_first_and_given(data):
    found = find_inputs([data, data / "two" / "a.cwa", data / "notes.txt"])
    assert [each.shown for each in found][-2:] == ["data/two/a.cwa", "data/notes.txt"]
    assert not any(each.skipped for each in found)


def test_files_apart_are_no_inputs_in_folders_nor_by_name(data):
    table = data / "one" / "a.cwa"
    again = Path("data/two/../one/a.cwa")
    found = find_inputs([data, table], apart=[again])
    assert [each.shown for each in found] == ["data/one/b.cwa", "data/two/a.cwa"]


@pytest.mark.parametrize(
    ("marks", "searched"),
    [
        (["data_dictionary.csv"], True),
        (["config.resolved.toml"], True),
        (["data_dictionary.csv", "config.resolved.toml"], False),
    ],
)
def test_a_folder_is_of_results_if_it_has_both_marks(data, marks, searched):
    for name in marks:
        (data / "two" / name).touch()
    shown = [each.shown for each in find_inputs([data]) if not each.skipped]
    assert ("two/a.cwa" in shown) is searched


def test_below_the_output_folder_nothing_is_searched(data):
    (data / "out" / "recordings").mkdir(parents=True)
    (data / "out" / "recordings" / "x.cwa").write_bytes(b"anything")
    shown = [each.shown for each in find_inputs([data], out=Path("data/two/../out"))]
    assert shown == ["one/a.cwa", "one/b.cwa", "two/a.cwa"]


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege elsewhere")
def test_links_to_files_are_inputs_and_links_to_folders_are_not_followed(data):
    (data / "three").symlink_to(data.absolute() / "one")
    (data / "c.cwa").symlink_to(data.absolute() / "one" / "a.cwa")
    shown = [each.shown for each in find_inputs([data])]
    assert shown == ["c.cwa", "one/a.cwa", "one/b.cwa", "two/a.cwa"]


# ------------------------------------------------------------------ words


@pytest.mark.parametrize(
    ("word", "spot"),
    [
        ("data", Spot(Path("data"), is_folder=True)),
        ("data/one/a.cwa", Spot(Path("data/one/a.cwa"), is_folder=False)),
        ("gone.cwa", Spot(Path("gone.cwa"), is_folder=False)),
        (Path("data"), Spot(Path("data"), is_folder=True)),
        (Path("-"), Spot(Path("-"), is_folder=False)),
        ("file:data/one/a.cwa", Spot(Path("file:data/one/a.cwa"), is_folder=False)),
        ("memory://gone/x.cwa", Spot(Remote("memory://gone/x.cwa"), is_folder=False)),
    ],
    ids=str,
)
def test_a_word_is_a_place_of_its_own(data, word, spot):
    assert expanded([word]) == [spot]


@pytest.mark.parametrize("name", ["@list.txt", "a[1].cwa", "b?.cwa", "c*.cwa"])
def test_what_is_there_is_never_taken_for_a_list_or_a_pattern(data, name):
    Path(name).write_bytes(b"anything")
    assert expanded([name]) == [Spot(Path(name), is_folder=False)]


def test_hidden_files_are_found_by_no_pattern_and_by_their_names(data):
    (data / "one" / ".h.cwa").write_bytes(b"anything")
    names = [spot.place.name for spot in expanded(["data/one/*"])]
    assert names == ["a.cwa", "b.cwa"]
    assert expanded(["data/one/.h.cwa"]) == [Spot(Path("data/one/.h.cwa"), is_folder=False)]


@pytest.mark.parametrize("line", ["", "   ", "# a.cwa", "  # a.cwa", "\t"])
def test_blank_lines_and_remarks_of_a_list_are_passed_over(data, line):
    Path("list.txt").write_text(f"{line}\ndata/one/a.cwa\n")
    assert [spot.place for spot in expanded(["@list.txt"])] == [Path("data/one/a.cwa")]


def test_an_entry_of_a_list_may_be_anywhere(data):
    (data / "list.txt").write_text(f"{Path('data/one/a.cwa').absolute()}\n../x.cwa\n")
    places = [spot.place for spot in expanded(["@data/list.txt"])]
    assert places == [Path("data/one/a.cwa").absolute(), Path("data/../x.cwa")]


def test_a_link_that_leads_nowhere_and_a_byte_alone_are_no_empty_recordings(data):
    (data / "one" / "lost.csv").symlink_to("nowhere")
    (data / "one" / "byte.csv").write_bytes(b"x")
    (data / "one" / "empty.csv").touch()
    found = {each.shown: each.skipped for each in find_inputs([data / "one"])}
    assert found["empty.csv"] == ""
    assert found["lost.csv"] == "does not exist"
    assert found["byte.csv"]


def test_a_store_that_cannot_be_listed_is_refused_before_anything_is_opened(monkeypatch):
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/closed/a.cwa", b"anything")

    def find(*_, **__):
        raise PermissionError("no")

    monkeypatch.setattr(type(memory), "find", find)
    with pytest.raises(SettingsError) as caught:
        find_inputs(["memory://closed"])
    memory.store.clear()
    assert str(caught.value) == (
        "memory://closed: may not be read; check the access that this computer has to the store"
    )
