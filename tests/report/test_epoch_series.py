"""Series and stretches of a night as every picture takes them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_results import (
    MINUTE_NS,
    made_asleep_night,
    made_empty_night,
    made_limited_night,
    made_night,
    made_onset_ns,
    made_unanalysable_night,
)

from detector.nights.night import Interval
from detector.report.epoch_series import bands, gaps, near, on_grid, onset_band, recorded
from detector.scan import EPOCH, Scan
from recordings import SECOND_NS

FIVE_NS = 5 * SECOND_NS


def epochs_at(*places: int) -> np.ndarray:
    """Epochs that begin so many times five seconds after the first moment."""
    epochs = np.zeros(len(places), EPOCH)
    epochs["start_ns"] = np.array(places) * FIVE_NS
    return epochs


@pytest.mark.parametrize(
    ("places", "grid"),
    [
        ((0, 1, 2), [10, 11, 12]),
        ((0, 2, 5), [10, None, 11, None, None, 12]),
        ((7, 8, 9), [10, 11, 12]),  # from the earliest on
        ((5, 0, 2), [11, None, 12, None, None, 10]),  # whatever their order
        ((3,), [10]),
    ],
)
def test_values_lie_on_the_grid_of_epochs_and_are_unknown_between(places, grid):
    values = 10.0 + np.arange(len(places))
    found = on_grid(epochs_at(*places), values)
    assert [None if np.isnan(v) else v for v in found.tolist()] == grid


@pytest.mark.parametrize(
    ("places", "holes"),
    [
        ((0, 1, 2), []),
        ((0, 2), [(1, 2)]),
        ((0, 1, 4, 9), [(2, 4), (5, 9)]),
        ((4, 0, 1), [(2, 4)]),
        ((3,), []),
    ],
)
def test_a_gap_lasts_from_the_end_of_an_epoch_to_the_next_one(places, holes):
    expected = [Interval(a * FIVE_NS, b * FIVE_NS) for a, b in holes]
    assert gaps(epochs_at(*places)) == expected


def test_what_was_recorded_ends_with_the_last_epoch():
    night = replace(made_night(), scan=Scan(epochs=epochs_at(4, 2, 9)))
    assert recorded(night) == Interval(2 * FIVE_NS, 10 * FIVE_NS)
    assert recorded(made_empty_night()) is None


def test_the_onset_is_uncertain_to_both_sides():
    night = made_night()
    night = replace(night, sleep=replace(night.sleep, uncertainty_min=12.5))
    side_ns = round(12.5 * MINUTE_NS)
    assert onset_band(night) == Interval(made_onset_ns() - side_ns, made_onset_ns() + side_ns)


@pytest.mark.parametrize("made", [made_asleep_night, made_unanalysable_night])
def test_an_onset_that_nobody_saw_has_no_band(made):
    assert onset_band(made()) is None


def test_unusable_time_lies_over_the_window_and_the_window_over_sleep():
    night = made_limited_night(0)
    asleep = Interval(night.sleep.onset_ns, night.sleep.wake_ns)
    assert bands(night) == [
        (asleep, "sleep"),
        (night.window, "window"),
        (night.nonwear[0], "unusable"),
        (night.unusable[0], "unusable"),
    ]


def test_time_without_samples_is_unusable_time():
    night = replace(made_unanalysable_night(), scan=Scan(epochs=epochs_at(0, 3)))
    assert bands(night) == [(Interval(FIVE_NS, 3 * FIVE_NS), "unusable")]


def test_a_night_without_sleep_has_no_band_and_one_without_a_window_none_for_it():
    assert bands(made_unanalysable_night()) == []
    assert [css for _, css in bands(made_asleep_night())] == ["sleep"]


def test_near_are_jerks_like_sleep_starts_in_sleep_that_are_not_counted():
    night = made_night()
    found = np.flatnonzero(near(night)).tolist()
    assert [(night.events.kind[i], night.events.context[i]) for i in found] == [
        ("sleep_start", "sleep"),
        ("sleep_start", "reonset"),
    ]
    assert not near(made_unanalysable_night()).any()  # all before sleep


@pytest.mark.parametrize(
    ("context", "is_near"),
    [
        *(("onset", True), ("reonset", True), ("sleep", True)),
        *(("pre_sleep", False), ("post_wake", False), ("unusable", False)),
    ],
)
def test_where_an_event_lies_decides_whether_it_is_near(context, is_near):
    night = made_night()
    n = len(night.events)
    events = replace(
        night.events, context=np.full(n, context, "U16"), counted=np.zeros(n, np.bool_)
    )
    starts = np.char.startswith(events.kind, "sleep_start")
    assert (near(replace(night, events=events)) == (starts & is_near)).all()
