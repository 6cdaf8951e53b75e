"""Tables of an output folder read back: only whole ones with the columns of this version."""

from __future__ import annotations

import pytest
from made_results import made_facts, made_nights

from detector.parameter import SettingsError
from detector.tables import csvtext
from detector.tables.columns import NIGHTS
from detector.tables.rows import night_row
from detector.tables.stored import has_count, table

ROWS = [night_row(made_facts(), night) for night in made_nights()]


@pytest.fixture
def nights(tmp_path):
    """A folder's table of three nights, the last of them without a count."""
    path = tmp_path / "nights.csv"
    path.write_bytes(csvtext.table(NIGHTS, ROWS))
    return path


def refused(path) -> str:
    with pytest.raises(SettingsError) as caught:
        table(path.parent, path.name, NIGHTS)
    return str(caught.value)


def test_a_table_is_read_row_by_row_with_unknown_as_none(nights):
    rows = list(table(nights.parent, "nights.csv", NIGHTS))
    assert rows == [{c.name: row.get(c.name) for c in NIGHTS} for row in ROWS]


def test_nights_with_a_count_are_told_from_those_without(nights):
    assert has_count(nights) == {
        ("subject_01", "2024-03-05"): True,
        ("subject_01", "2024-03-06"): True,
        ("subject_01", "2024-03-07"): False,
    }


def test_a_count_of_nought_is_a_count(tmp_path):
    (tmp_path / "n.csv").write_bytes(csvtext.table(NIGHTS, [{**ROWS[0], "sleep_starts_onset": 0}]))
    assert has_count(tmp_path / "n.csv") == {("subject_01", "2024-03-05"): True}


def test_a_table_that_is_not_there_is_refused_with_what_to_name(tmp_path):
    path = tmp_path / "nights.csv"
    assert refused(path) == (
        f"{path}: cannot be read: No such file or directory; name a folder that 'hypnic run' wrote"
    )


@pytest.mark.parametrize("change", [(b"wear_pct", b"worn_pct"), (b"recording_id,", b"")])
def test_a_table_of_another_version_is_refused(nights, change):
    nights.write_bytes(nights.read_bytes().replace(*change, 1))
    assert refused(nights) == (
        f"{nights}: has other columns than this version writes; run hypnic again"
    )


def test_a_table_that_is_cut_is_refused(nights):
    nights.write_bytes(nights.read_bytes()[:-1])
    assert refused(nights) == f"{nights}: is cut; run hypnic again"


@pytest.mark.parametrize("length", [0, 1, 50])
def test_a_table_that_was_cut_within_its_heading_is_refused(nights, length):
    nights.write_bytes(nights.read_bytes()[:length])
    assert "has other columns" in refused(nights)


def test_a_table_is_refused_before_its_first_row_is_asked_for(tmp_path):
    with pytest.raises(SettingsError):
        table(tmp_path, "nights.csv", NIGHTS)  # nobody iterates


def test_a_table_without_rows_has_none(tmp_path):
    (tmp_path / "nights.csv").write_bytes(csvtext.header(NIGHTS))
    assert list(table(tmp_path, "nights.csv", NIGHTS)) == []
    assert has_count(tmp_path / "nights.csv") == {}
