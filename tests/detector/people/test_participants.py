"""The table of participants: what it may say, and how it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from detector.parameter import SettingsError
from detector.people import sheet
from detector.people.identity import FACTS, Identity
from detector.people.participants import COLUMNS, read

HEAD = "file,participant_id,session,site,side,tz,device_tz,notes,recording\n"


@pytest.fixture
def table(tmp_path):
    """Write a table beside a folder of files and read it."""

    def write(content, encoding="utf-8"):
        path = tmp_path / "participants.csv"
        path.write_bytes(content.encode(encoding))
        return read(path)

    return write


@pytest.fixture
def problems(table):
    """What is said of a table that is refused, line by line."""

    def refused(content):
        with pytest.raises(SettingsError) as caught:
            table(content)
        name, _, said = str(caught.value).partition(": ")
        assert Path(name).name == "participants.csv"
        return [line.strip() for line in said.splitlines()]

    return refused


def files(tmp_path, *names):
    """Make empty files, and return their paths."""
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return [tmp_path / name for name in names]


# ------------------------------------------------------------------ what is read


def test_every_cell_is_a_string_and_an_empty_one_says_nothing(table):
    (row, other) = table(
        HEAD + "a.cwa,007,2,Wrist,LEFT,America/New_York,Europe/London,strap lost,n1\nb.cwa,144.00\n"
    ).rows
    assert row.number == 2
    assert row.said == Identity(
        participant_id="007",
        session="2",
        site="wrist",
        side="left",
        tz="America/New_York",
        device_tz="Europe/London",
        notes="strap lost",
        recording="n1",
    )
    assert other.said == Identity(participant_id="144.00")


def test_the_columns_are_those_of_the_documentation():
    assert list(COLUMNS) == ["file", *FACTS]
    page = Path(__file__).parents[3] / "docs" / "inputs.md"
    assert f"    {','.join(COLUMNS)}\n" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "content",
    [
        "file,participant_id\na b.cwa,007\n",
        "participant_id,file\n007,a b.cwa\n",
        "file;participant_id\r\na b.cwa;007\r\n",
        "file\tparticipant_id\na b.cwa\t007",
        "\ufeffFile , Participant_ID\n a b.cwa , 007 \n",
        'file,participant_id\n"a b.cwa","007"\n\n,\n',
        "file,participant_id,\na b.cwa,007,\n",
    ],
)
def test_separators_spaces_capitals_and_empty_lines_do_not_matter(table, content):
    (row,) = table(content).rows
    assert (row.file, row.said) == ("a b.cwa", Identity(participant_id="007"))


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "has no heading; the columns are file, participant_id, "),
        ("file\n", "has no rows"),
        ("fiel,site\na.cwa,wrist\n", "row 1: 'fiel' is no column; did you mean 'file'?"),
        ("participant_id\n1\n", "row 1: there is no column 'file'"),
        ("file,age\na.cwa,40\n", "row 1: 'age' is no column; "),
        ("file,tz,tz\na.cwa,,\n", "row 1: there are 2 columns 'tz'"),
        ("file,tz\na.cwa,CET\n", "row 2, tz: time zone 'CET' does not say when clocks change"),
        ("file,tz\na.cwa,Europe/Lodnon\n", "row 2, tz: 'Europe/Lodnon' is not an IANA time zone"),
        ("file,device_tz\n\na.cwa,EST\n", "row 3, device_tz: time zone 'EST' does not say"),
        ("file,site\na.cwa,anckle\n", "row 2, site: 'anckle' is not wrist, ankle, thigh or other"),
        ("file,side\na.cwa,both\n", "row 2, side: 'both' is not left or right"),
        ("file,site\n,wrist\n", "row 2, file: is empty"),
        ("file,site\na.cwa,,wrist\n", "row 2, column 3: 'wrist' has no heading"),
        ("file\na.cwa\nb.cwa\n./a.cwa\n", "row 4, file: './a.cwa' is in row 2, too"),
        ('file,site\n"a.cwa,wrist\n', "is no CSV table: line 2: unexpected end of data; "),
    ],
)
def test_what_cannot_be_meant_is_refused_by_row_and_column(problems, content, said):
    (line, *_) = problems(content)
    assert line.startswith(said)


def test_all_problems_are_said_at_once(problems):
    head, *lines = problems("file,tz,site\na.cwa,CET,arm\nb.cwa,,\n,,wrist\n")
    assert head == "3 problems"
    assert [line.partition(":")[0] for line in lines] == ["row 2, tz", "row 2, site", "row 4, file"]


def test_of_very_many_problems_the_first_are_said(problems):
    lines = problems("file,site\n" + "".join(f"{n}.cwa,arm\n" for n in range(100)))
    assert len(lines) == 22
    assert lines[-1] == "and 80 more"


def test_a_table_that_cannot_be_read_is_refused(table, tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        read(tmp_path / "missing.csv")
    with pytest.raises(SettingsError, match=r"not UTF-8 text .* save it as 'CSV UTF-8'"):
        table("file,notes\na.cwa,Zoë\n", "latin-1")


# ------------------------------------------------------------------ which file is meant


def said_of(table, paths, folders=()):
    return [match.said.participant_id for match in table.match(paths, folders)]


def test_files_are_looked_for_from_the_tables_folder_and_from_the_folders_given(table, tmp_path):
    paths = files(tmp_path, "data/a.cwa", "data/wave1/b.cwa", "data/c.cwa")
    rows = "file,participant_id\ndata/a.cwa,A\nwave1\\b.cwa,B\n"
    assert said_of(table(rows), paths, [tmp_path / "data"]) == ["A", "B", None]


def test_another_spelling_of_a_path_means_the_same_file(table, tmp_path, monkeypatch):
    files(tmp_path, "data/Zoe\u0308.cwa")
    monkeypatch.chdir(tmp_path)
    rows = table("file,participant_id\n./data/../data/Zo\u00eb.cwa,Z\n")
    assert said_of(rows, [Path("data/Zoe\u0308.cwa")]) == ["Z"]


def test_files_whose_names_only_look_the_same_are_told_apart(table, tmp_path):
    paths = files(tmp_path, "Zoe\u0308.cwa", "Zo\u00eb.cwa")
    rows = table("file,participant_id\nZoe\u0308.cwa,one\nZo\u00eb.cwa,other\n")
    assert said_of(rows, paths) == ["one", "other"]


def test_a_row_for_a_folder_holds_for_all_files_in_it(table, tmp_path):
    paths = files(tmp_path, "wave1/a.cwa", "wave1/deep/b.cwa", "wave10/c.cwa")
    matches = table("file,participant_id\nwave1/,P\n").match(paths, [tmp_path])
    assert [m.said.participant_id for m in matches] == ["P", "P", None]
    assert [m.by_name for m in matches] == [False] * 3


def test_a_row_for_a_file_names_it(table, tmp_path):
    paths = files(tmp_path, "a.cwa", "b.cwa")
    matches = table("file\na.cwa\n").match(paths, [])
    assert [m.by_name for m in matches] == [True, False]


def test_a_row_for_a_file_that_is_there_but_no_input_is_no_mistake(table, tmp_path):
    _, other = files(tmp_path, "a.cwa", "b.cwa")
    assert said_of(table("file,participant_id\na.cwa,A\nb.cwa,B\n"), [other]) == ["B"]


def test_a_row_for_what_a_store_will_not_speak_of_is_no_mistake(table, tmp_path):
    paths = files(tmp_path, "a.cwa")
    rows = table("file,participant_id\na.cwa,A\nnostore://bucket/b.cwa,B\n")
    assert said_of(rows, paths) == ["A"]


def test_a_row_that_names_nothing_is_refused_with_what_was_probably_meant(table, tmp_path):
    paths = files(tmp_path, "wave1/sub01.cwa", "wave1/sub02.cwa")
    rows = table("file\nsub02.cwa\nwave1/sub-01.cwa\nwave1/sub02.cwa\n")
    with pytest.raises(SettingsError) as caught:
        rows.match(paths, [tmp_path])
    assert str(caught.value).splitlines()[1:] == [
        "  row 2, file: 'sub02.cwa' is not there; did you mean 'wave1/sub02.cwa'?",
        "  row 3, file: 'wave1/sub-01.cwa' is not there; did you mean 'wave1/sub01.cwa'?",
    ]


def test_a_file_that_two_rows_name_is_refused(table, tmp_path):
    paths = files(tmp_path, "wave1/a.cwa")
    for rows in ("wave1\nwave1/a.cwa\n", "wave1/a.cwa\na.cwa\n"):
        with pytest.raises(SettingsError, match=r"row 3, file: .*a.cwa is in row 2, too"):
            table(f"file\n{rows}").match(paths, [tmp_path / "wave1"])


def test_a_row_that_may_mean_either_of_two_files_is_refused(table, tmp_path):
    paths = files(tmp_path, "a.cwa", "data/a.cwa")
    with pytest.raises(SettingsError, match=r"row 2, file: 'a.cwa' may be any of .*table's folder"):
        table("file\na.cwa\n").match(paths, [tmp_path / "data", tmp_path])


def test_a_file_that_is_no_table_at_all_is_not_read_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet, "MOST_BYTES", 3 << 20)
    path = tmp_path / "night.cwa"
    path.write_bytes(b"\n" * (3 << 20) + b"x")
    with pytest.raises(SettingsError, match=r"night.cwa: is larger than 3 MiB; is it another kind"):
        read(path)


@pytest.mark.parametrize(("content", "row"), [("\n" * 50, 13), (",\n" * 50, 11), ("," * 99, 1)])
def test_a_file_of_nothing_but_separators_is_not_held_as_a_table(
    tmp_path, monkeypatch, content, row
):
    monkeypatch.setattr(sheet, "MOST_CELLS", 100)
    path = tmp_path / "people.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=rf"people.csv: row {row}: too many cells up to here"):
        read(path)


@pytest.mark.parametrize(("more", "problem"), [(0, "has no heading"), (1, "line 1: is too long")])
def test_a_line_is_taken_apart_up_to_a_length(tmp_path, more, problem):
    path = tmp_path / "people.csv"
    path.write_text("," * (sheet.LONGEST_LINE - 1 + more) + "\na.cwa\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=f"people.csv: .*{problem}"):
        read(path)


def test_a_name_that_no_file_can_have_is_not_there(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(f"file\n{'x' * 5000}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"people.csv: row 2, file: 'xxx.*xx' is not there"):
        read(path).match([], [])
