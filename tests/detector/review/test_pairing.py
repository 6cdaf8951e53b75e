"""Whose event is whose: recordings, nights, and what a list of labels leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.parameter import SettingsError
from detector.review.eventlists import EventList, Listed
from detector.review.pairing import Pair, Paired, pair, within

SECOND_NS = 1_000_000_000
HOUR_NS = 3600 * SECOND_NS


def row(
    time_s: float, recording: str = "", night: str = "", label: str = "", *, is_event: bool = True
) -> Listed:
    """A row of the night of 5 March, so many seconds after its evening."""
    return Listed(
        2, recording, round(time_s * SECOND_NS), "2024-03-05", night, label, is_event=is_event
    )


def listed(*rows: Listed, judged: bool = False, names: bool | None = None) -> EventList:
    named = any(r.recording_id for r in rows) if names is None else names
    return EventList(Path("list.csv"), tuple(rows), "t", "all rows", judged, named)


def keep(time_s: float, label: str = "keep", **more) -> Listed:
    return row(time_s, label=label, is_event=label == "keep", **more)


def shape(paired: Paired) -> list[tuple[float | None, float | None]]:
    """Times of every pair in seconds."""
    return [tuple(r and r.time_ns / SECOND_NS for r in (p.a, p.b)) for p in paired.pairs]


# ------------------------------------------------------------------ pairs


@pytest.mark.parametrize(
    ("tolerance_s", "pairs"),
    [
        (0.5, [(1, 1.5), (3, 3)]),
        (0.499, [(1, None), (None, 1.5), (3, 3)]),
        (0.0, [(1, None), (None, 1.5), (3, 3)]),
    ],
)
def test_events_as_far_apart_as_the_tolerance_are_a_pair(tolerance_s, pairs):
    assert shape(pair(listed(row(1), row(3)), listed(row(1.5), row(3)), tolerance_s)) == pairs


def test_pairs_are_in_the_order_of_time_whatever_the_order_of_the_rows():
    a, b = listed(row(9), row(1)), listed(row(5), row(9.1))
    assert shape(pair(a, b, 0.5)) == [(1, None), (None, 5), (9, 9.1)]


def test_rows_that_are_no_events_are_no_pairs_in_a_list_without_labels():
    a = listed(row(1, is_event=False), row(2))
    assert shape(pair(a, listed(row(1), row(2)), 0.5)) == [(None, 1), (2, 2)]


TIMES = st.lists(st.integers(0, 30), max_size=8, unique=True)


@given(TIMES, TIMES)
def test_every_event_of_either_list_is_in_one_pair(a, b):
    paired = pair(listed(*map(row, a)), listed(*map(row, b)), 1)
    assert sorted(p.a.time_ns // SECOND_NS for p in paired.pairs if p.a) == sorted(a)
    assert sorted(p.b.time_ns // SECOND_NS for p in paired.pairs if p.b) == sorted(b)


@pytest.mark.parametrize(
    ("a", "b", "sort"),
    [
        (row(1), row(1), ""),
        (row(1), None, "only_a"),
        (None, row(1), "only_b"),
        (keep(1), keep(1), ""),
        (keep(1), keep(1, "reject"), "labels"),
        (keep(1, "unsure"), keep(1, "reject"), "labels"),
        (keep(1), row(1), ""),  # an event of a list without labels is as good as kept
        (row(1), keep(1, "reject"), "labels"),
    ],
)
def test_how_two_lists_differ_has_a_name(a, b, sort):
    assert Pair(("r", "2024-03-05"), a, b).sort == sort


# ------------------------------------------------------------------ recordings


def test_events_are_paired_within_a_recording_in_the_order_of_the_first_list():
    a = listed(row(1, "y"), row(1, "x"))
    b = listed(row(1, "x"), row(1, "y"), row(1, "z"))
    paired = pair(a, b, 0.5)
    assert [p.night[0] for p in paired.pairs] == ["y", "x"]
    assert (paired.recordings, paired.only_in_a, paired.only_in_b) == (2, (), ("z",))


def test_recordings_that_one_list_does_not_name_are_left_out_and_told():
    paired = pair(listed(row(1, "x"), row(2, "v"), row(3, "w")), listed(row(1, "x")), 0.5)
    assert (paired.only_in_a, paired.only_in_b) == (("v", "w"), ())
    assert shape(paired) == [(1, 1)]


def test_lists_without_a_recording_in_common_are_refused_with_some_of_both():
    a, b = listed(*(row(1, name) for name in "abcd")), listed(row(1, "x"))
    with pytest.raises(SettingsError) as caught:
        pair(a, b, 0.5)
    assert str(caught.value) == (
        "no recording is in both lists: recording_id is a, b, c in list.csv, and x in list.csv"
    )
    with pytest.raises(SettingsError, match="recording_id is none in list"):
        pair(listed(names=True), b, 0.5)


@pytest.mark.parametrize("turned", [False, True])
def test_a_list_that_names_none_is_of_the_only_recording_of_the_other(turned):
    lists = [listed(row(1, "x")), listed(row(1))]
    paired = pair(*(lists[::-1] if turned else lists), 0.5)
    assert [p.night[0] for p in paired.pairs] == ["x"]
    assert (paired.only_in_a, paired.only_in_b) == ((), ())


@pytest.mark.parametrize("turned", [False, True])
def test_a_list_that_names_none_beside_one_of_several_is_refused(turned):
    lists = [listed(row(1, "x"), row(2, "y")), listed(row(1))]
    with pytest.raises(SettingsError) as caught:
        pair(*(lists[::-1] if turned else lists), 0.5)
    assert str(caught.value) == (
        "list.csv: has no column recording_id, and list.csv is of 2 recordings: which of them is "
        "it of? add the column"
    )


def test_lists_that_name_none_are_of_one_recording_without_a_name():
    paired = pair(listed(row(1)), listed(row(1)), 0.5)
    assert (paired.recordings, paired.nights) == (1, (("", "2024-03-05"),))
    assert pair(listed(names=True), listed(row(1)), 0.5).recordings == 1


# ------------------------------------------------------------------ nights


def night_of(other_s: float, known: list[tuple[float, str]]) -> str:
    """The night of a row without one, beside rows that have theirs."""
    a = listed(*(row(s, night=night) for s, night in known))
    (found,) = [p.night[1] for p in pair(a, listed(row(other_s)), 0).pairs if p.b]
    return found


@pytest.mark.parametrize(
    ("known", "night"),
    [
        ([], "2024-03-05"),  # its own, from noon to noon
        ([(0, "A")], "A"),
        ([(-12 * 3600, "A")], "A"),
        ([(-12 * 3600 - 1e-6, "A")], "2024-03-05"),
        ([(12 * 3600, "A")], "A"),
        ([(12 * 3600 + 1e-6, "A")], "2024-03-05"),
        ([(-100, "A"), (50, "B")], "B"),
        ([(-50, "A"), (100, "B")], "A"),
        ([(100, "B"), (-50, "A")], "A"),
    ],
)
def test_a_row_without_a_night_is_of_that_of_the_nearest_within_half_a_day(known, night):
    assert night_of(0, known) == night


@pytest.mark.parametrize(("time_s", "night"), [(49, "A"), (51, "B"), (200, "B"), (-50, "A")])
def test_the_nearest_is_so_in_time_wherever_the_row_lies(time_s, night):
    assert night_of(time_s, [(0, "A"), (100, "B")]) == night


def test_a_row_that_names_its_night_is_of_it_whatever_lies_beside_it():
    a, b = listed(row(0, night="A"), row(1, night="B")), listed(row(0.4, night="C"))
    assert [p.night[1] for p in pair(a, b, 0.1).pairs] == ["A", "C", "B"]


def test_a_pair_is_of_the_night_of_its_first_event():
    (one,) = pair(listed(row(0, night="A")), listed(row(0.1, night="B")), 0.5).pairs
    assert one.night == ("", "A")


def test_nights_of_which_either_list_says_something_are_compared_in_their_order():
    a = listed(row(0, night="B"), row(1, night="A", is_event=False))
    assert [n for _, n in pair(a, listed(row(2, night="C")), 0.1).nights] == ["A", "B", "C"]


# ------------------------------------------------------------------ labels


def test_what_a_list_of_labels_does_not_judge_is_left_out_and_counted():
    labels = listed(keep(1, night="A"), judged=True)
    events = listed(row(1, night="A"), row(5, night="A"), row(9, night="A"))
    paired = pair(events, labels, 0.5)
    assert shape(paired) == [(1, 1)]
    assert (paired.unseen_a, paired.unseen_b) == (2, 0)
    turned = pair(labels, events, 0.5)
    assert (turned.unseen_a, turned.unseen_b) == (0, 2)


def test_a_night_in_which_labels_judge_nothing_is_left_out():
    labels = listed(keep(1, night="A"), judged=True)
    events = listed(row(1, night="A"), row(9, night="B"))
    for lists in ((labels, events), (events, labels)):
        assert [n for _, n in pair(*lists, 0.5).nights] == ["A"]


def test_a_kept_event_that_a_plain_list_has_not_is_a_difference_and_a_rejected_one_is_none():
    labels = listed(keep(1), keep(5, "reject"), keep(7, "unsure"), judged=True)
    paired = pair(labels, listed(), 0.5)
    assert [(p.sort, p.a.label) for p in paired.pairs] == [("only_a", "keep")]
    turned = pair(listed(), labels, 0.5)
    assert [(p.sort, p.b.label) for p in turned.pairs] == [("only_b", "keep")]


def test_of_two_lists_of_labels_only_what_both_judged_is_compared():
    a = listed(keep(1), keep(5, "reject"), judged=True)
    b = listed(keep(1, "unsure"), keep(9), judged=True)
    paired = pair(a, b, 0.5)
    assert paired.judged
    assert shape(paired) == [(1, 1)]
    assert (paired.unseen_a, paired.unseen_b) == (0, 1)  # a rejected one is no event
    assert not pair(a, listed(row(1)), 0.5).judged


# ------------------------------------------------------------------ nights that could be judged

LISTS = (
    listed(row(0, "r", "N1"), row(1, "r", "N2")),
    listed(row(0, "r", "N1"), row(1, "r", "N3")),
)


@pytest.mark.parametrize(
    ("has_count", "nights", "left_out"),
    [
        ({"N1": True, "N2": True, "N3": True}, ["N1", "N2", "N3"], 0),
        ({"N1": True, "N2": False, "N3": True}, ["N1", "N3"], 1),
        ({"N1": True, "N4": True}, ["N1", "N4"], 2),  # N4 without an event in either list
        ({"N1": True, "N4": False}, ["N1"], 3),
        ({"N4": False}, [], 4),
    ],
)
def test_nights_with_a_count_are_compared_and_all_others_left_out(has_count, nights, left_out):
    known = {("r", night): there for night, there in has_count.items()}
    known |= {("other", "N1"): True}
    found = within(pair(*LISTS, 0.1), known)
    assert [n for _, n in found.nights] == nights
    assert found.nights_left_out == left_out
    assert {p.night[1] for p in found.pairs} <= set(nights)


def test_a_night_that_labels_do_not_judge_stays_out_whatever_its_count():
    labels = listed(keep(0, night="N1", recording="r"), judged=True)
    found = within(pair(labels, LISTS[1], 0.1), {("r", "N1"): True, ("r", "N4"): True})
    assert [n for _, n in found.nights] == ["N1"]
    assert found.nights_left_out == 1


def test_a_table_of_other_nights_is_refused_and_of_no_nights_is_not():
    with pytest.raises(SettingsError) as caught:
        within(pair(*LISTS, 0.1), {("other", "N1"): True})
    assert str(caught.value) == "--nights has no night of the recordings that the lists name"
    assert within(pair(listed(), listed(), 0.1), {("other", "N1"): True}).nights == ()
