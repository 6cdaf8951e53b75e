"""Pieces of a run: which inputs each takes, and their ledgers joined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.cohort import Shard
from detector.cohort.shards import rows_of_all, write_ledger
from detector.parameter import SettingsError


def row(name: str) -> dict[str, str]:
    return {"recording_id": name, "status": "ok"}


@pytest.mark.parametrize(("text", "shard"), [("1/1", (1, 1)), ("2/8", (2, 8)), ("8/8", (8, 8))])
def test_a_piece_is_named_by_which_of_how_many(text, shard):
    assert Shard.parse(text) == Shard(*shard)


def test_a_piece_that_cannot_be_is_refused_with_an_example():
    with pytest.raises(SettingsError) as caught:
        Shard.parse("9/8")
    assert str(caught.value) == "--shard 9/8: write which of how many, from 1, such as 2/8"


def test_a_piece_takes_every_nth_input():
    assert Shard(1, 3).of_all("abcdefg") == "adg"
    assert Shard(3, 3).of_all("abcdefg") == "cf"
    assert Shard(8, 8).of_all("abcdefg") == ""


@given(st.integers(1, 9), st.lists(st.integers(), max_size=30))
def test_pieces_hold_every_input_once_and_are_alike_in_size(of, items):
    pieces = [Shard(n, of).of_all(items) for n in range(1, of + 1)]
    assert sorted(x for piece in pieces for x in piece) == sorted(items)
    assert max(map(len, pieces)) - min(map(len, pieces)) <= 1


@pytest.mark.parametrize("of", [1, 2, 3, 5])
def test_ledgers_are_joined_in_the_order_of_the_whole(tmp_path, of):
    whole = [row(name) for name in "abcdefg"]
    for number in range(1, of + 1):
        shard = Shard(number, of)
        write_ledger(shard.ledger(tmp_path), iter(shard.of_all(whole)))
    joined = rows_of_all(tmp_path)
    assert joined is not None
    assert [r["recording_id"] for r in joined] == list("abcdefg")


def test_a_ledger_is_called_by_its_piece(tmp_path):
    assert Shard(2, 8).ledger(tmp_path) == tmp_path / "shards" / "2-of-8.csv"


def test_without_pieces_there_are_no_rows_of_them(tmp_path):
    assert rows_of_all(tmp_path) is None
    (tmp_path / "shards").mkdir()
    assert rows_of_all(tmp_path) is None
    (tmp_path / "shards" / "notes.csv").write_text("1-of-2")
    assert rows_of_all(tmp_path) is None


def test_missing_pieces_are_named_all_of_them(tmp_path):
    for number in (2, 5):
        write_ledger(Shard(number, 5).ledger(tmp_path), iter([]))
    with pytest.raises(SettingsError) as caught:
        rows_of_all(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: shards 1/5, 3/5, 4/5 have not finished; run them, then merge"
    )


def test_pieces_of_different_wholes_are_refused(tmp_path):
    for number, of in ((1, 2), (2, 2), (1, 3), (1, 10)):
        write_ledger(Shard(number, of).ledger(tmp_path), iter([]))
    with pytest.raises(SettingsError) as caught:
        rows_of_all(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'shards'} has ledgers of runs in 2 and in 3 and in 10 shards; remove those "
        "that do not count"
    )


def test_pieces_of_two_wholes_are_refused_though_one_is_complete(tmp_path):
    for number, of in ((1, 1), (1, 2)):
        write_ledger(Shard(number, of).ledger(tmp_path), iter([]))
    with pytest.raises(SettingsError, match="in 1 and in 2 shards"):
        rows_of_all(tmp_path)


def test_a_piece_that_is_cut_is_refused(tmp_path):
    path = Shard(1, 1).ledger(tmp_path)
    write_ledger(path, iter([row("a")]))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(SettingsError, match="is cut"):
        rows_of_all(tmp_path)
