"""From where a recording has its name, and which files are parts of one."""

from __future__ import annotations

import pytest

from detector.inputs.sources import find_inputs
from detector.parameter import SettingsError
from detector.people.naming import Naming, compiled
from detector.people.participants import read
from recordings import RecordingError, open_recording


@pytest.fixture
def data(tmp_path):
    """Files with the endings of devices: they are inputs whatever they hold."""

    def make(*names):
        for name in names:
            path = tmp_path / "data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"anything")
        return tmp_path / "data"

    return make


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "data" / "participants.csv"
        path.write_text(text, encoding="utf-8")
        return read(path)

    return write


def found(folder, **naming):
    """The inputs by their parts."""
    sources = find_inputs([folder], naming=Naming(**naming))
    return {tuple(part.shown for part in source.parts): source for source in sources}


def regex(pattern):
    return {"pattern": compiled(pattern)}


# ------------------------------------------------------------------ the order of sources


def test_the_table_comes_first_then_the_pattern_then_the_file_fact_by_fact(data, table):
    folder = data("P1_left.cwa", "P2_right.cwa", "x.cwa")
    participants = table("file,participant_id,site,side\nP1_left.cwa,,ankle,right\n")
    pattern = compiled(r"(?P<participant_id>P\d)_(?P<side>\w+)\.")
    named = {
        parts[0]: source.named
        for parts, source in found(folder, participants=participants, pattern=pattern).items()
    }
    assert {path: each.participant_id for path, each in named.items()} == {
        "P1_left.cwa": "P1",
        "P2_right.cwa": "P2",
        "x.cwa": "x",
    }
    assert [each.named_by for each in named.values()] == ["id_regex", "id_regex", "file_name"]
    assert [each.said.side for each in named.values()] == ["right", "right", None]
    assert [each.said.site for each in named.values()] == ["ankle", None, None]


def test_the_table_itself_is_no_input_and_a_file_in_it_is_one_whatever_it_is(data, table):
    folder = data("a.cwa", "notes.txt", "words.txt")
    participants = table("file\nnotes.txt\n")
    assert set(found(folder, participants=participants)) == {("a.cwa",), ("notes.txt",)}
    given = find_inputs(sorted(folder.iterdir()), naming=Naming(participants=participants))
    assert [source.parts[0].path.name for source in given] == ["a.cwa", "notes.txt", "words.txt"]
    with pytest.raises(RecordingError):
        open_recording(folder / "notes.txt")


def test_inputs_that_nobody_names_are_listed(data, table):
    folder = data(*(f"{n}.cwa" for n in range(9)))
    naming = Naming(participants=table("file,participant_id\n0.cwa,A\n1.cwa,\n"))
    sources = find_inputs([folder], naming=naming)
    names = [(source.title, source.named.named_by) for source in sources]
    assert naming.remarks(names) == [
        "8 inputs have no participant in participants.csv and are called by their names: "
        "1.cwa, 2.cwa, 3.cwa, 4.cwa, 5.cwa and 3 more"
    ]
    assert naming.remarks(names[:1]) == []
    assert Naming().remarks(names) == []
    by_pattern = Naming(pattern=compiled("(?P<participant_id>P)"))
    assert by_pattern.remarks(names[1:2]) == [
        "1 input has no participant by --id-regex and is called by its name: 1.cwa"
    ]


# ------------------------------------------------------------------ the pattern


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(x", "no regular expression: missing )"),
        ("x", "has no named group, as in"),
        ("(?P<particpant>x)", "did you mean 'participant_id'?"),
        ("(?P<tz>x)", "'tz' is not among participant_id, session, site, side, recording"),
    ],
)
def test_a_pattern_that_cannot_be_meant_is_refused(pattern, said):
    with pytest.raises(SettingsError, match="--id-regex") as caught:
        compiled(pattern)
    assert said in str(caught.value)


def test_what_the_pattern_finds_must_be_possible(data):
    folder = data("a_arm.cwa", "b_wrist.cwa", "c_LEG.cwa")
    with pytest.raises(SettingsError) as caught:
        found(folder, **regex(r"_(?P<site>\w+)\."))
    assert str(caught.value).splitlines() == [
        "--id-regex: 2 problems",
        "  a_arm.cwa: site: 'arm' is not wrist, ankle, thigh or other",
        "  c_LEG.cwa: site: 'LEG' is not wrist, ankle, thigh or other",
    ]


def test_a_group_that_takes_no_part_says_nothing(data):
    (named,) = (
        s.named for s in found(data("P1.cwa"), **regex("(?P<side>left)?(?P<site>)")).values()
    )
    assert (named.said.side, named.said.site) == (None, None)


# ------------------------------------------------------------------ parts of one recording


def test_rows_with_the_same_recording_are_its_parts(data, table):
    folder = data("b/2.cwa", "a/1.cwa", "c.cwa")
    rows = (
        "file,recording,participant_id,notes\nb/2.cwa,first night,P1,late\na/1.cwa,first night,,x\n"
    )
    sources = found(folder, participants=table(rows))
    assert set(sources) == {("a/1.cwa", "b/2.cwa"), ("c.cwa",)}
    joined = sources["a/1.cwa", "b/2.cwa"]
    assert joined.recording_id == "first_night"
    assert joined.named.participant_id == "P1"
    assert joined.named.said.notes == "x; late"
    assert (joined.shown, joined.title) == ("./", f"{folder.as_posix()}/ (2 files)")


def test_a_row_for_a_folder_joins_its_files(data, table):
    folder = data("P1/1.cwa", "P1/2.cwa", "P2/1.cwa")
    rows = "file,participant_id,recording\nP1,007,P1 night\n"
    sources = found(folder, participants=table(rows))
    assert set(sources) == {("P1/1.cwa", "P1/2.cwa"), ("P2/1.cwa",)}
    joined = sources["P1/1.cwa", "P1/2.cwa"]
    assert (joined.shown, joined.recording_id, joined.named.participant_id) == (
        "P1/",
        "P1_night",
        "007",
    )


def test_the_pattern_joins_what_an_app_cuts(data):
    folder = data(
        "d1/P1-dev_1700000000.cwa", "d2/P1-dev_1700003600.cwa", "d2/P2-dev_1700003600.cwa"
    )
    pattern = r"(?P<recording>(?P<participant_id>P\d)[^/]*)_\d+\.cwa$"
    sources = found(folder, **regex(pattern))
    assert [s.recording_id for s in sources.values()] == ["P1-dev", "P2-dev"]
    assert [s.named.participant_id for s in sources.values()] == ["P1", "P2"]


def test_the_files_of_a_folder_can_be_one_recording_each_folder_its_own(data, monkeypatch):
    folder = data("night.1/a.cwa", "night.1/b.bin", "night.2/a.cwa", "alone.cwa")
    (folder / "night.1" / "ages.csv").write_text("file,age\n")
    sources = found(folder, join_folders=True)
    assert [source.recording_id for source in sources.values()] == [
        "data",
        "night.1",
        "",
        "night.2",
    ]
    assert [len(parts) for parts in sources] == [1, 2, 1, 1]
    assert sources["night.1/ages.csv",].skipped
    monkeypatch.chdir(folder / "night.1")
    (given,) = find_inputs([folder / "night.1" / "a.cwa"], naming=Naming(join_folders=True))
    assert given.recording_id == "night.1"


def test_parts_of_which_different_things_are_said_are_refused(data, table):
    folder = data("1.cwa", "2.cwa")
    rows = "file,recording,participant_id,tz\n1.cwa,n,P1,Europe/Berlin\n2.cwa,n,P2,Europe/Paris\n"
    with pytest.raises(SettingsError) as caught:
        found(folder, participants=table(rows))
    _, person, zone = str(caught.value).splitlines()
    other = "for 1.cwa, another part of the recording 'n'"
    assert person == f"  2.cwa: participant_id is 'P2', but 'P1' {other}"
    assert zone == f"  2.cwa: tz is 'Europe/Paris', but 'Europe/Berlin' {other}"


def test_recordings_named_by_hand_never_meet_those_named_by_files(data, table):
    folder = data("a.cwa", "b.cwa", "n/c.cwa", "x.cwa", "y.cwa")
    rows = "file,recording\na.cwa,n\nb.cwa,n/\nx.cwa,N\n"
    sources = found(folder, participants=table(rows), join_folders=True)
    ids = [source.recording_id for source in sources.values()]
    assert len({name.casefold() for name in ids}) == len(ids) == 5
