"""Tables of a pass are joined and cut between rows, snippets with their candidates."""

from __future__ import annotations

import numpy as np
import pytest

from detector.scan import CANDIDATE, EPOCH, Scan, Snippet

NONE = np.zeros(0, np.float32)


def scan(candidates=(), epochs=(), snippets=()):
    """Rows that begin at these times; a candidate's peak is 1 ns after its beginning."""
    found = np.zeros(len(candidates), CANDIDATE)
    found["start_ns"] = candidates
    found["peak_ns"] = np.array(candidates, np.int64) + 1
    gathered = np.zeros(len(epochs), EPOCH)
    gathered["start_ns"] = epochs
    return Scan(
        found, gathered, tuple(Snippet(start + 1, start, 50.0, NONE, NONE) for start in snippets)
    )


def rows(one):
    return (
        one.candidates["start_ns"].tolist(),
        one.epochs["start_ns"].tolist(),
        [snippet.start_ns for snippet in one.snippets],
    )


def test_scans_add_up_in_order():
    joined = Scan.concat([scan([1], [0, 5], [1]), scan(), scan([7, 8], [10], [8])])
    assert rows(joined) == ([1, 7, 8], [0, 5, 10], [1, 8])


def test_nothing_adds_up_to_nothing_and_one_to_itself():
    assert rows(Scan.concat([])) == ([], [], [])
    assert rows(Scan.concat([scan(), scan()])) == ([], [], [])
    one = scan([], [5])
    assert Scan.concat([scan(), one, scan()]) is one
    other = scan([1])
    assert Scan.concat([other, scan()]) is other


@pytest.mark.parametrize(
    ("start", "end", "kept"),
    [
        (0, 20, ([1, 5, 9], [0, 5, 10], [1, 9])),
        (5, 9, ([5], [5], [])),
        (5, 10, ([5, 9], [5], [9])),
        (6, 20, ([9], [10], [9])),
        (20, 30, ([], [], [])),
    ],
    ids=["all", "to before a row", "to behind it", "behind a row", "none"],
)
def test_rows_belong_where_they_begin_and_snippets_where_their_candidates_do(start, end, kept):
    assert rows(scan([1, 5, 9], [0, 5, 10], [1, 9]).between(start, end)) == kept


def test_what_lies_within_as_a_whole_is_not_copied():
    one = scan([1], [0, 5])
    assert one.between(0, 6) is one
    assert one.between(0, 5) is not one


@pytest.mark.parametrize("at", [-5, 0, 1, 5, 6, 10, 99])
def test_both_sides_of_a_cut_are_all_there_is(at):
    whole = scan([1, 5, 9], [0, 5, 10], [1, 9])
    before, behind = whole.split(at)
    assert rows(Scan.concat([before, behind])) == rows(whole)
    assert all(t < at for t in [*before.candidates["start_ns"], *before.epochs["start_ns"]])
    assert all(t >= at for t in [*behind.candidates["start_ns"], *behind.epochs["start_ns"]])
