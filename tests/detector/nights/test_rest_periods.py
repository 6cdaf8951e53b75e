"""The guider: which stretches are still, which of them are rest, and which rest is the night."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scans import RATE_HZ, at, recorded

from detector.nights.grid import Grid
from detector.nights.guider import (
    angle_change_deg,
    find_guider,
    given_guider,
    moved,
    rest_periods,
    still_threshold_deg,
)
from detector.settings import SleepSettings
from recordings import NightSpan

S = SleepSettings()
SPAN = NightSpan(date(2024, 3, 5), at("21:00"), at("02:00"))
HOURS = 5
SLOTS = HOURS * 720


def tilting(*moving: tuple[int, int], deg: float = 1.0) -> Grid:
    """A limb whose angle changes by ``deg`` from every epoch of [a, b) to the next, else never."""
    turns = np.zeros(SLOTS, bool)
    for start, stop in moving:
        turns[start:stop] = True
    angle = np.radians(deg * (np.concatenate([[0], np.cumsum(turns)[:-1]]) % 2))
    rows = recorded("21:00", ("rigid", SLOTS / 12))
    rows["mean_g"] = np.stack([np.cos(angle), 0 * angle, np.sin(angle)], axis=1)
    return Grid.of(rows, SPAN, RATE_HZ)


def changes(grid: Grid) -> np.ndarray:
    return angle_change_deg(grid, grid.known)


# --------------------------------------------------------------------- the angle and its change


@pytest.mark.parametrize(
    ("epochs", "largest"), [(29, 0.0), (30, 0.5), (31, 1.0)], ids=["less", "half", "more"]
)
def test_a_change_is_the_median_of_five_minutes(epochs, largest):
    """Half of sixty epochs decide; of an even number the middle two are averaged."""
    change = changes(tilting((1000, 1000 + epochs)))
    assert np.nanmax(change) == pytest.approx(largest, abs=1e-4)


def test_the_five_minutes_lie_around_their_epoch():
    change = changes(tilting((1000, 2000)))
    # epoch 1000 looks at 970 to 1029: half of them change
    assert change[998:1003] == pytest.approx([0, 0, 0.5, 1, 1], abs=1e-4)
    assert change[1998:2003] == pytest.approx([1, 1, 0.5, 0, 0], abs=1e-4)


def test_the_angle_is_that_between_the_z_axis_and_the_horizontal():
    rows = recorded("21:00", ("rigid", 10))
    tilt = np.radians(np.where(np.arange(120) % 2, 30.0, 0.0))
    rows["mean_g"] = np.stack([0.6 * np.cos(tilt), 0.8 * np.cos(tilt), np.sin(tilt)], axis=1)
    change = changes(Grid.of(rows, SPAN, RATE_HZ))
    assert change[:100] == pytest.approx(np.full(100, 30.0), abs=1e-4)


@pytest.mark.parametrize(("known", "enough"), [(15, True), (14, False)])
def test_a_change_is_known_where_a_quarter_of_its_five_minutes_is(known, enough):
    grid = tilting()
    worn = np.zeros(len(grid), bool)
    worn[1000 : 1001 + known] = True  # as many changes from one to the next
    change = angle_change_deg(grid, worn)
    assert bool(~np.isnan(change[1000])) == enough


def test_of_an_odd_number_of_known_changes_the_middle_one_decides():
    rows = recorded("21:00", ("rigid", 10))
    angle = np.radians(np.minimum(0.1 * np.arange(120) * np.arange(-1, 119), 45))
    rows["mean_g"] = np.stack([np.cos(angle), 0 * angle, np.sin(angle)], axis=1)
    grid = Grid.of(rows, SPAN, RATE_HZ)
    worn = np.arange(len(grid)) < 16  # fifteen changes of 0, 0.2, ... 2.8 degrees
    assert angle_change_deg(grid, worn)[:16] == pytest.approx(np.full(16, 1.4), abs=1e-4)


@pytest.mark.parametrize(("slots", "unknown"), [(30, 0), (31, 31)], ids=["2.5 min", "more"])
def test_what_is_not_worn_has_a_change_where_it_is_short_and_between_what_is(slots, unknown):
    grid = tilting()
    worn = grid.known.copy()
    worn[1000 : 1000 + slots] = False
    worn[:5] = worn[-5:] = False
    found = np.flatnonzero(np.isnan(angle_change_deg(grid, worn)))
    assert found.tolist() == [*range(5), *range(1000, 1000 + unknown), *range(SLOTS - 5, SLOTS)]


def test_movement_is_unknown_where_nothing_was_observed():
    rows = recorded("21:00", ("rigid", 1))
    rows["accel_max_mg"][:4] = 50.0, 50.1, np.nan, 49.0
    found = moved(Grid.of(rows, SPAN, RATE_HZ))[:5]
    np.testing.assert_array_equal(found, [0, 1, np.nan, 0, 0])


# --------------------------------------------------------------------- the threshold


def test_the_threshold_is_fifteen_times_the_tenth_percentile():
    settings = replace(S, guider="hdcza")
    change = np.linspace(0, 0.2, 101)  # its 10th percentile is 0.02
    assert still_threshold_deg(change, settings) == pytest.approx(0.3)
    assert still_threshold_deg(np.append(change, np.nan), settings) == pytest.approx(0.3)


def test_what_changes_by_less_than_the_threshold_is_still_and_what_does_by_as_much_is_not():
    grid = tilting((0, SLOTS), deg=0.25)
    change = changes(grid)[100:-100]
    assert change.min() == change.max()
    for by, rests in ((0.0, 0), (1e-9, 1)):
        settings = replace(S, fixed_angle_deg=float(change.max()) + by, guider="fixed")
        threshold, found = rest_periods(grid, grid.known, settings, "wrist")
        assert (threshold, len(found)) == (settings.fixed_angle_deg, rests)


@pytest.mark.parametrize(("stop", "expected"), [(1361, [(1001, 1361)]), (1360, [])])
def test_a_still_block_lasts_half_an_hour(stop, expected):
    # still from 1001 on: half of the five minutes around 1000 are not
    grid = tilting((0, 1000), (stop, SLOTS))
    for site in ("wrist", "ankle"):
        assert rest_periods(grid, grid.known, S, site)[1] == expected


@pytest.mark.parametrize(
    ("pause", "expected"),
    [(719, [(0, 2159)]), (720, [(0, 720), (1440, 2160)])],
    ids=["5 s less than an hour", "an hour"],
)
def test_still_blocks_less_than_an_hour_apart_are_one(pause, expected):
    # what moves for 718 epochs leaves a pause of 719 that is not still
    grid = tilting((720, 719 + pause), (1440 + pause, SLOTS))
    assert rest_periods(grid, grid.known, S, "wrist")[1] == expected


@pytest.mark.parametrize(
    ("slots", "expected"), [(1, [(0, 1000)]), (30, [(0, 1000)]), (31, [])],
    ids=["5 s", "2.5 min", "more than 2.5 min"],
)  # fmt: skip
def test_a_still_block_survives_a_few_unreadable_epochs(slots, expected):
    grid = tilting((1000, SLOTS))  # at 1000 half of the five minutes around it are not still
    known = grid.known.copy()
    for lost in (300, 650):  # what they leave is shorter than half an hour
        known[lost : lost + slots] = False
    assert rest_periods(grid, known, S, "ankle")[1] == expected


def test_what_was_not_seen_does_not_enter_the_threshold():
    grid = tilting((0, SLOTS), deg=0.25)
    grid.mean_g[2000:2030] = [1.0, 0.0, 0.0]  # lies still, but was not worn
    worn = np.arange(SLOTS) < 2030
    worn[2000:] = False
    settings = replace(S, guider="hdcza", hdcza_factor=1.0)
    threshold, _ = rest_periods(grid, worn, settings, "wrist")
    assert threshold == pytest.approx(0.25)


@pytest.mark.parametrize(("stop", "expected"), [(2461, (0, 2461)), (2460, (0, 1900))])
def test_a_still_block_shorter_than_half_an_hour_is_not_joined_to_a_night(stop, expected):
    grid = tilting((1900, 2100), (stop, SLOTS))  # the second is still from 2101 on
    assert rest_periods(grid, grid.known, S, "wrist")[1] == [expected]


# --------------------------------------------------------------------- quiet ends


def lying(*restless: int) -> Grid:
    """Never still by the angle, and without a movement but in the given epochs."""
    grid = tilting((0, SLOTS))
    grid.accel_max_mg[list(restless)] = 300
    return grid


def night(grid: Grid, *still: tuple[int, int], site: str = "wrist", **changes: float):
    """The sleep period among stretches of sustained inactivity, where no angle is still."""
    bouts = np.array(still).reshape(-1, 2)
    found = find_guider(grid, grid.known, bouts, replace(S, **changes), site)
    return None if found is None else (found.start, found.stop)


FIFTH_OF_TEN_MIN = [*range(0, 120, 5)]
FIFTH_OF_HALF_AN_HOUR = [*range(0, 360, 5)]
LATER = [*range(300, 349)]
"""With a fifth of ten minutes one more than a fifth of half an hour."""
WHOLE = (0, 1800)


@pytest.mark.parametrize(
    ("restless", "cut"),
    [
        (FIFTH_OF_HALF_AN_HOUR, 0),
        ([*FIFTH_OF_TEN_MIN, 1], 1),
        ([*FIFTH_OF_TEN_MIN, *LATER], 1),
        ([*range(100)], 76),
    ],
    ids=["a fifth", "more of ten minutes", "more of half an hour", "minutes on end"],
)
def test_a_rest_begins_and_ends_where_at_most_a_fifth_of_epochs_move(restless, cut):
    at_the_end = [1799 - each for each in restless]
    shorter = {"shortest_spt_h": 2.0}
    assert night(lying(*restless), WHOLE, **shorter) == (cut, 1800)
    assert night(lying(*at_the_end), WHOLE, **shorter) == (0, 1800 - cut)
    assert night(lying(*restless), WHOLE, site="ankle") == WHOLE  # legs move in sleep


@pytest.mark.parametrize(("stop", "expected"), [(361, [(1, 361)]), (360, [])])
def test_what_is_left_of_a_rest_between_its_quiet_ends_lasts_half_an_hour(stop, expected):
    grid = tilting((stop, SLOTS))
    grid.accel_max_mg[[*FIFTH_OF_TEN_MIN, 1]] = 300
    assert rest_periods(grid, grid.known, S, "wrist")[1] == expected


@pytest.mark.parametrize("quiet", [0, 1799], ids=["but at its beginning", "but at its end"])
def test_what_is_never_quiet_is_no_rest(quiet):
    restless = [each for each in range(1800) if each != quiet]
    assert night(lying(*restless), WHOLE) is None


def test_movement_that_nobody_wore_is_none():
    grid = lying(*[each for each in FIFTH_OF_TEN_MIN if each], *range(1, 5), 6)
    off = np.isin(np.arange(SLOTS), [1, 2, 3, 4, 6])  # 23 of 115 epochs move
    bouts = np.array([WHOLE])
    assert find_guider(grid, grid.known & ~off, bouts, S, "wrist").start == 0
    assert night(grid, WHOLE, shortest_spt_h=2.0) != WHOLE


# --------------------------------------------------------------------- the night

SHARES = {"two thirds": [171] * 6 + [174], "less": [171] * 6 + [173]}


@pytest.mark.parametrize(("name", "expected"), [("two thirds", WHOLE), ("less", None)])
def test_a_night_is_still_for_two_thirds_of_its_time(name, expected):
    pauses = [100] * 5 + [1800 - sum(SHARES[name]) - 500, 0]
    edges = np.cumsum(np.stack([SHARES[name], pauses], axis=1).ravel())
    starts = np.concatenate([[0], edges[1:-1:2]])
    assert edges[-1] == 1800
    assert night(lying(), *zip(starts, edges[::2], strict=True)) == expected


@pytest.mark.parametrize(
    ("pause", "expected"), [(119, (0, 1919)), (120, None)], ids=["5 s less", "ten minutes"]
)
def test_inactivity_less_than_ten_minutes_apart_is_one_rest(pause, expected):
    assert night(lying(), (0, 900), (900 + pause, 1800 + pause)) == expected


@pytest.mark.parametrize(("stop", "expected"), [(1800, WHOLE), (1799, None)])
def test_a_night_lasts_two_and_a_half_hours(stop, expected):
    assert night(lying(), (0, stop)) == expected


def test_of_equally_long_rests_the_first_is_the_night():
    assert night(lying(), (0, 1720), (1840, 3560), shortest_spt_h=2.0) == (0, 1720)
    assert night(lying(), (0, 1720), (1840, 3561), shortest_spt_h=2.0) == (1840, 3561)


def test_all_other_rests_are_listed_in_order():
    grid = tilting((400, 600), (2500, 2700), (3100, SLOTS))
    closer = replace(S, join_min=10.0)
    found = find_guider(grid, grid.known, np.empty((0, 2), np.int64), closer, "wrist")
    assert (found.start, found.stop) == (601, 2500)
    assert found.others == ((0, 400), (2701, 3100))


def test_rests_too_short_for_a_night_are_further_rest_beside_inactivity():
    grid = tilting((400, SLOTS))
    found = find_guider(grid, grid.known, np.array([(600, 2500)]), S, "wrist")
    assert (found.start, found.stop, found.source) == (600, 2500, "still_block")
    assert np.isnan(found.threshold_deg)
    assert found.others == ((0, 400),)


def test_a_still_angle_goes_before_inactivity():
    grid = tilting((0, 1000), (3000, SLOTS))
    found = find_guider(grid, grid.known, np.array([(0, 1900)]), S, "wrist")
    assert (found.start, found.stop, found.source) == (1001, 3000, "hdcza")
    assert found.threshold_deg == S.fixed_angle_deg
    assert found.others == ()


@pytest.mark.parametrize(
    ("given", "apart"),
    [((1361, 2000), True), ((1360, 2000), False), ((500, 1001), True), ((500, 1002), False)],
    ids=["begins where it ends", "begins in it", "ends where it begins", "ends in it"],
)
def test_beside_a_stated_sleep_a_rest_that_shares_no_slot_with_it_is_another(given, apart):
    grid = tilting((0, 1000), (1361, SLOTS))
    found = given_guider(grid, grid.known, given, S, "wrist")
    assert (found.start, found.stop, found.source) == (*given, "diary")
    assert np.isnan(found.threshold_deg)
    assert found.others == (((1001, 1361),) if apart else ())
