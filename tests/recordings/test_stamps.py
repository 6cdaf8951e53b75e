"""What is said of a clock: stamps that were not used, and rates that no oscillator has."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.model import SECOND_NS, Health, Segment
from recordings.stamps import HourlyRates, Repairs

# -- stamps that were not used


def concluded(*told: tuple[str, object]) -> Health:
    """Health after some repairs, each a method with what it takes."""
    health = Health()
    repairs = Repairs(health)
    for name, given_ in told:
        getattr(repairs, name)(*given_)
    repairs.conclude()
    return health


def said(health: Health) -> dict[str, str]:
    return {note.code: note.message for note in health.remarks}


def test_where_all_stamps_were_used_nothing_is_said():
    health = concluded(("drop", ("are impossible", 0)))
    assert (health.stamps_repaired, health.remarks) == (0, [])


def test_dropped_stamps_are_added_up_by_why_in_the_order_in_which_they_were_met():
    health = concluded(
        ("drop", ("repeat another one", 2)),
        ("drop", ("are impossible",)),
        ("drop", ("repeat another one", 3)),
    )
    assert health.stamps_repaired == 6
    assert said(health) == {
        "stamps_dropped": "time stamps were not used: 5 repeat another one, 1 are impossible"
    }


@pytest.mark.parametrize(("by_s", "way"), [(-3600, "back"), (30, "forward")])
def test_of_stretches_put_back_in_line_the_first_is_described(by_s, way):
    first, second = (3, by_s * SECOND_NS, 400), (2, 10**9, 77)
    health = concluded(("move", first), ("move", second))
    assert health.stamps_repaired == 5
    assert said(health) == {
        "clock_jumped": "the clock jumped away and back 2 times; what lay between was put back in "
        f"line; first: 400 samples by {abs(by_s)}.000 s {way}"
    }


def test_of_segments_that_begin_too_early_the_first_is_described():
    health = concluded(("went_back", (4, 1_500_000_000)), ("went_back", (5, 10**12)))
    assert health.stamps_repaired == 0
    assert said(health) == {
        "clock_backwards": "the clock runs backwards 2 times; first: segment 4 begins 1.500 s "
        "before the end of the one before"
    }


# -- rates of single hours


def rates(*stretches: tuple[float, float, float], every_s: float = 60.0) -> Health:
    """Stamps of stretches (hours, rate in Hz, pause before in s), one a minute of the clock."""
    health = Health()
    hourly = HourlyRates(health)
    for hours, rate_hz, begin_s in stretches:
        times_s = begin_s + every_s * np.arange(int(3600 * hours / every_s) + 1)
        index = np.rint((times_s - begin_s) * rate_hz)
        hourly.restart()
        hourly.take(np.stack([index, times_s * SECOND_NS], axis=1).astype(np.int64))
    return health


def test_least_and_greatest_rate_are_those_of_single_hours():
    health = rates((2, 50.0, 0), (1, 49.0, 10_000), (1, 51.0, 20_000))
    assert (health.lowest_hz, health.highest_hz) == (49.0, 51.0)


@pytest.mark.parametrize(("hours", "known"), [(1.0, True), (59 / 60, False)])
def test_less_than_an_hour_has_no_rate(hours, known):
    assert rates((hours, 50.0, 0)).lowest_hz == (50.0 if known else None)


def test_an_hour_ends_with_the_first_stamp_behind_it_and_the_next_begins_there():
    # stamps every 50 minutes: the first hour lasts 100, and so does the second
    health = Health()
    times_s = 3000 * np.arange(5)
    index = np.array([0, 10, 300_000, 300_010, 602_000])
    HourlyRates(health).take(np.stack([index, times_s * SECOND_NS], axis=1))
    assert (health.lowest_hz, health.highest_hz) == (50.0, pytest.approx(302_000 / 6000))


@given(st.lists(st.integers(1, 200), max_size=5))
def test_rates_do_not_depend_on_how_stamps_come(cuts):
    times_s = 60 * np.arange(400)
    rate_hz = 50 + np.sin(times_s / 3000)
    index = np.cumsum(np.rint(60 * rate_hz))
    knots = np.stack([index, times_s * SECOND_NS], axis=1).astype(np.int64)
    whole, pieces = Health(), Health()
    HourlyRates(whole).take(knots)
    hourly = HourlyRates(pieces)
    for part in np.split(knots, np.unique(np.cumsum(cuts))):
        if len(part):
            hourly.take(part)
    assert (whole.lowest_hz, whole.highest_hz) == (pieces.lowest_hz, pieces.highest_hz)
    assert whole.lowest_hz < whole.highest_hz


# -- rates that no oscillator has


def recorded(measured_hz: float, seconds: float, **hourly: float) -> Health:
    """Health of a segment of some seconds that was sampled at a rate."""
    end_ns = round(seconds * SECOND_NS)
    return Health(segments=[Segment(0, end_ns, round(seconds * measured_hz), "start")], **hourly)


def doubts(health: Health, expected_hz: float = 100.0) -> dict[str, str]:
    HourlyRates(health).conclude(expected_hz)
    return said(health)


@pytest.mark.parametrize(
    ("measured_hz", "told"),
    [(104.9, None), (105.1, "+5.1%"), (95.1, None), (94.9, "-5.1%"), (50.0, "-50.0%")],
)
def test_a_rate_more_than_five_percent_off_is_no_oscillators(measured_hz, told):
    found = doubts(recorded(measured_hz, 1000))
    at = f"samples came at {measured_hz:.3f} Hz, {told} off the 100 Hz expected"
    assert found == ({"rate_implausible": at} if told else {})


@pytest.mark.parametrize(
    ("seconds", "measured_hz", "told"),
    [(60, 50.0, True), (59, 50.0, False), (31, 200.0, True), (29, 200.0, False)],
    ids=["a minute", "less", "a minute of samples", "less of them"],
)
def test_nothing_is_said_of_less_than_a_minute(seconds, measured_hz, told):
    assert bool(doubts(recorded(measured_hz, seconds))) == told


@pytest.mark.parametrize(("highest_hz", "told"), [(101.9, False), (102.0, False), (102.1, True)])
def test_hours_that_differ_by_more_than_three_percent_are_told(highest_hz, told):
    health = recorded(100.0, 20_000, lowest_hz=99.0, highest_hz=highest_hz)
    expected = {"rate_varies": "the rate of single hours varies from 99.000 to 102.100 Hz"}
    assert doubts(health) == (expected if told else {})


def test_without_a_whole_hour_or_a_sample_nothing_varies():
    assert doubts(recorded(100.0, 1000)) == {}
    assert doubts(Health()) == {}
