"""When a sensor may not be worn, and what proves that it is not: every limit of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scans import RATE_HZ, at, recorded

from detector.nights import wear
from detector.nights.grid import Grid
from detector.settings import SleepSettings
from recordings import NightSpan

S = SleepSettings()
HOUR, QUARTER = 720, 180
SPAN = NightSpan(date(2024, 3, 5), at("20:00"), at("02:00"))
SLOTS = 6 * HOUR

STILL = recorded("20:00", ("rigid", 360))
"""Six hours of a constant posture without noise, with a standard deviation of 1/128 g."""
STILL["mean_g"] = STILL["median_g"] = (0, 0, 1)
STILL["sd_g"] = 1 / 128
STILL["min_g"], STILL["max_g"] = (-1 / 32, -1 / 32, 1 - 1 / 32), (1 / 32, 1 / 32, 1 + 1 / 32)


def night(*moving: tuple[int, int], **changes: object) -> Grid:
    """Still but for slots [a, b), which reach too far on every axis."""
    epochs = STILL.copy()
    for start, stop in moving:
        epochs["max_g"][start:stop] += 1
        epochs["accel_max_mg"][start:stop] = 300
    for name, value in changes.items():
        epochs[name] = value
    return Grid.of(epochs, SPAN, RATE_HZ)


def stretches(mask: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask, [0]])))
    return [tuple(each) for each in edges.reshape(-1, 2).tolist()]


# --------------------------------------------------------------------- suspicion


@pytest.mark.parametrize(
    ("moving", "expected"),
    [
        ([], [(0, SLOTS)]),
        ([(0, 1)], [(QUARTER, SLOTS)]),
        ([(SLOTS - 1, SLOTS)], [(0, SLOTS - QUARTER)]),
        ([(0, HOUR), (2 * HOUR, SLOTS)], [(HOUR, 2 * HOUR)]),
        ([(0, HOUR + 1), (2 * HOUR, SLOTS)], []),
        ([(0, HOUR), (2 * HOUR - 1, SLOTS)], []),
        ([(3 * HOUR, 3 * HOUR + 1)], [(0, 3 * HOUR), (3 * HOUR + QUARTER, SLOTS)]),
    ],
    ids=["all", "first", "last", "an hour", "late", "early", "within"],
)
def test_hours_are_looked_at_from_every_quarter_of_an_hour_on(moving, expected):
    assert stretches(wear.suspected(night(*moving), S)) == expected


@pytest.mark.parametrize(
    ("name", "limit_mg"), [("nonwear_sd_mg", 1000 / 128), ("nonwear_range_mg", 1000 / 16)]
)
def test_what_varies_as_much_as_the_limit_is_not_suspect(name, limit_mg):
    for by, suspect in ((0.0, False), (0.001, True)):
        settings = replace(S, **{name: limit_mg + by})
        assert wear.suspected(night(), settings).all() == suspect
        assert wear.suspected(night(), settings).any() == suspect


def test_the_two_axes_must_be_still_in_both_respects():
    sd_g, max_g = STILL["sd_g"].copy(), STILL["max_g"].copy()
    sd_g[:, 0], max_g[:, 1] = 0.05, 2.0
    assert not wear.suspected(night(sd_g=sd_g, max_g=max_g), S).any()


def test_the_third_axis_may_reach_as_far_as_it_will():
    max_g = STILL["max_g"].copy()
    max_g[:, 1] = 2.0
    assert wear.suspected(night(max_g=max_g), S).all()


@pytest.mark.parametrize(("end", "suspect"), [("20:59:55", False), ("21:00", True)])
def test_a_night_shorter_than_an_hour_has_no_hour_to_look_at(end, suspect):
    grid = Grid.of(STILL, NightSpan(SPAN.date, SPAN.start_ns, at(end)), RATE_HZ)
    assert wear.suspected(grid, S).any() == suspect


# --------------------------------------------------------------------- proof: cold


def cold(celsius: float, first: int, stop: int, otherwise: float = np.nan) -> np.ndarray:
    column = np.full(SLOTS, otherwise, np.float32)
    column[first:stop] = celsius
    return column


WAVERING = STILL["mean_g"] + np.where(np.arange(SLOTS) % 2, 0.004, -0.004)[:, None] * [1, 0, 0]
"""Never absolutely still."""


@pytest.mark.parametrize(("quarters", "proof"), [(6, False), (7, True)], ids=["90 min", "more"])
def test_cold_proves_it_where_it_lasts_longer_than_an_hour_and_a_half(quarters, proof):
    stop = quarters * QUARTER
    grid = night((stop, SLOTS), mean_g=WAVERING, temperature_c=cold(20.0, 0, stop, 31.0))
    suspect = wear.suspected(grid, S)
    assert stretches(suspect) == [(0, stop)]
    assert stretches(wear.proven(grid, suspect, S)) == ([(0, stop)] if proof else [])


def test_how_long_it_lasts_is_counted_from_where_it_begins():
    start, stop = 2 * HOUR, 2 * HOUR + 6 * QUARTER
    grid = night(mean_g=WAVERING, temperature_c=cold(20.0, start, stop, 31.0))
    suspect = np.zeros(SLOTS, bool)
    suspect[start:stop] = True
    assert not wear.proven(grid, suspect, S).any()
    suspect[stop] = True
    assert stretches(wear.proven(grid, suspect, S)) == [(start, stop + 1)]


@pytest.mark.parametrize(
    ("celsius", "otherwise", "proof"),
    [(24.9, 31.0, True), (25.0, 31.0, False), (20.9, 24.0, True), (21.0, 24.0, False)],
    ids=["below 25", "at 25", "3 colder", "not 3 colder"],
)
def test_cold_is_below_25_degrees_and_three_colder_than_when_worn(celsius, otherwise, proof):
    stop = 2 * HOUR
    grid = night((stop, SLOTS), mean_g=WAVERING, temperature_c=cold(celsius, 0, stop, otherwise))
    suspect = wear.suspected(grid, S)
    assert wear.proven(grid, suspect, S).any() == proof


@pytest.mark.parametrize(("known", "usual"), [(360, True), (359, False)])
def test_the_usual_temperature_takes_half_an_hour_of_wear_to_know(known, usual):
    stop = 2 * HOUR
    celsius = cold(20.0, 0, stop)
    celsius[stop : stop + known] = 22.0  # only two degrees warmer
    grid = night((stop, SLOTS), mean_g=WAVERING, temperature_c=celsius)
    assert wear.proven(grid, wear.suspected(grid, S), S).any() == (not usual)


def test_an_unknown_temperature_is_not_cold():
    grid = night(mean_g=WAVERING)
    assert not wear.proven(grid, wear.suspected(grid, S), S).any()


# --------------------------------------------------------------------- proof: absolute stillness


@pytest.mark.parametrize(("slots", "proof"), [(2 * HOUR, False), (2 * HOUR + 1, True)])
def test_absolute_stillness_proves_it_where_it_lasts_longer_than_two_hours(slots, proof):
    grid = night((slots, SLOTS))
    suspect = wear.suspected(grid, S)
    assert stretches(wear.absolutely_still(grid))[0] == (0, slots)
    assert stretches(wear.proven(grid, suspect, S)) == ([(0, 2 * HOUR)] if proof else [])


def test_unknown_slots_do_not_count_towards_the_two_hours():
    stop = 2 * HOUR + 6
    epochs = np.delete(STILL, range(100, 105))
    epochs["accel_max_mg"][stop - 5 :] = 300
    grid = Grid.of(epochs, SPAN, RATE_HZ)
    suspect = np.arange(SLOTS) < HOUR
    assert stretches(wear.absolutely_still(grid))[0] == (0, stop)
    assert stretches(wear.proven(grid, suspect, S)) == [(0, HOUR)]  # one more than two hours
    epochs = np.delete(STILL, range(100, 106))
    epochs["accel_max_mg"][stop - 6 :] = 300
    assert not wear.proven(Grid.of(epochs, SPAN, RATE_HZ), suspect, S).any()


def test_proof_is_for_every_suspect_stretch_that_shares_it():
    grid = night()
    suspect = np.zeros(SLOTS, bool)
    suspect[100:200] = suspect[1000:1100] = True
    assert wear.proven(grid, suspect, S).tolist() == suspect.tolist()


@pytest.mark.parametrize(
    ("suspected", "proof"),
    [((900, 1000), False), ((900, 1001), True), ((2440, 2500), True), ((2441, 2500), False)],
    ids=["up to it", "into it", "out of it", "behind it"],
)
def test_a_suspect_stretch_that_only_touches_the_proof_has_none(suspected, proof):
    peaks = np.full(SLOTS, 300.0)
    peaks[1000:2441] = 4.0  # two hours and a slot
    suspect = np.zeros(SLOTS, bool)
    suspect[slice(*suspected)] = True
    assert wear.proven(night(accel_max_mg=peaks), suspect, S).any() == proof


@pytest.mark.parametrize("start", [0, 2000, SLOTS - 360], ids=["first", "within", "last"])
@pytest.mark.parametrize(("slots", "still"), [(360, True), (359, False)])
def test_no_shorter_stretch_than_half_an_hour_is_absolutely_still(start, slots, still):
    start += 360 - slots
    mean_g = STILL["mean_g"].astype(float)
    mean_g[:, 0] += np.where(np.arange(SLOTS) % 2, 0.05, -0.05)
    mean_g[start : start + slots, 0] = 0.0
    found = wear.absolutely_still(night(mean_g=mean_g))
    assert stretches(found) == ([(start, start + slots)] if still else [])


@pytest.mark.parametrize(("known", "still"), [(180, True), (179, False)])
def test_half_an_hour_is_judged_if_half_of_it_is_known(known, still):
    grid = Grid.of(STILL[:known], SPAN, RATE_HZ)
    assert stretches(wear.absolutely_still(grid)) == ([(0, 360)] if still else [])


@pytest.mark.parametrize(("quiet", "twitch"), [(433, True), (400, False)])
def test_the_sensors_own_peaks_are_those_of_its_quietest_tenth(quiet, twitch):
    peaks = np.full(SLOTS, 20.0)
    peaks[:quiet] = 4.0
    peaks[1000] = 30.0
    assert wear.absolutely_still(night(accel_max_mg=peaks))[1000] == (not twitch)


@pytest.mark.parametrize(
    ("quiet_mg", "peak_mg", "twitch"),
    [(4.0, 25.0, False), (4.0, 25.1, True), (20.0, 50.0, False), (20.0, 50.1, True)],
    ids=["25 mg", "more", "2.5 of the quiet peaks", "more of them"],
)
def test_a_twitch_is_above_25_mg_and_well_above_the_sensors_own_peaks(quiet_mg, peak_mg, twitch):
    peaks = np.full(SLOTS, quiet_mg)
    peaks[1000] = peak_mg
    still = wear.absolutely_still(night(accel_max_mg=peaks))
    assert np.flatnonzero(~still).tolist() == ([1000] if twitch else [])


@pytest.mark.parametrize(("wavers_mg", "still"), [(0.9995, True), (1.0005, False)])
def test_means_of_half_an_hour_that_vary_by_a_mg_are_not_absolutely_still(wavers_mg, still):
    mean_g = STILL["mean_g"].astype(float)
    mean_g[:, 1] += np.where(np.arange(SLOTS) % 2, wavers_mg, -wavers_mg) / 1000
    assert wear.absolutely_still(night(mean_g=mean_g)).all() == still
    assert wear.absolutely_still(night(mean_g=mean_g)).any() == still


# --------------------------------------------------------------------- awake


@pytest.mark.parametrize(
    ("celsius", "off"),
    [(np.nan, True), (24.9, True), (25.0, False)],
    ids=["unknown", "cold", "warm"],
)
def test_awake_a_suspect_stretch_is_not_worn_unless_it_is_warm(celsius, off):
    grid = night((2 * HOUR, SLOTS), temperature_c=celsius)
    suspect = wear.suspected(grid, S)
    found = wear.awake_nonwear(grid, suspect, None, S)
    assert stretches(found) == ([(0, 2 * HOUR)] if off else [])


@pytest.mark.parametrize(("celsius", "off"), [(24.9, True), (25.0, False)])
def test_one_known_temperature_is_enough_to_be_cold_or_warm(celsius, off):
    grid = night((2 * HOUR, SLOTS), temperature_c=cold(celsius, 100, 101))
    found = wear.awake_nonwear(grid, wear.suspected(grid, S), None, S)
    assert found.any() == off


def test_what_shares_time_with_the_guider_is_not_judged_as_awake():
    grid = night((2 * HOUR, 3 * HOUR))
    suspect = wear.suspected(grid, S)
    first, second = (0, 2 * HOUR), (3 * HOUR, SLOTS)
    for slots, left in (
        ((2 * HOUR, 3 * HOUR), [first, second]),
        ((2 * HOUR - 1, 3 * HOUR), [second]),
        ((2 * HOUR, 3 * HOUR + 1), [first]),
    ):
        found = wear.awake_nonwear(grid, suspect, grid.interval(*slots), S)
        assert stretches(found) == left


# ------------------------------------------------------------------ whether it can be told


@pytest.mark.parametrize(("minutes", "told"), [(29.9, False), (30, True)])
def test_wear_can_be_told_from_half_an_hour_on(minutes, told):
    span = NightSpan(date(2024, 3, 5), at("21:00"), at("23:00"))
    grid = Grid.of(recorded("22:00", ("rigid", minutes)), span, RATE_HZ)
    assert wear.can_be_told(grid, S) is told
