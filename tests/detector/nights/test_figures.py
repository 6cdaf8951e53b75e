"""The numbers of a night: what was seen of it, what carries a count, and what takes it away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_pictures import DAY, between, picture, sleep, without
from scans import RATE_HZ, SPAN, at, event, events, judged, placed, recorded, series

from detector.nights import figures
from detector.nights.grid import Grid
from detector.nights.night import Events, Interval
from detector.settings import KindSettings, Settings, WindowSettings
from recordings import SECOND_NS

S = Settings()
WINDOW = Interval(at("22:30"), at("23:15"))

# --------------------------------------------------------------------- what carries a count


@pytest.mark.parametrize(
    ("lost", "carried"),
    [(("22:40", "22:49"), True), (("22:40", "22:49:05"), False)],
    ids=["four fifths", "less"],
)
def test_a_window_carries_a_count_if_four_fifths_of_it_were_observed_and_worn(lost, carried):
    for night, why in (
        (picture(without(*lost), sleep()), "gap"),
        (picture(DAY, sleep(), off=lost), "off"),
    ):
        assert night.carries(WINDOW) == carried
        assert night.headline == (WINDOW if carried else None)
        assert night.main_loss == (None if carried else why)


@pytest.mark.parametrize(
    ("noisy", "carried"),
    [
        (("22:30", "23:00"), True),
        (("23:02", "23:05"), True),
        (("23:02", "23:05:05"), False),
        (("22:55", "23:03"), True),
    ],
    ids=["until onset", "a fifth", "more", "a fifth of it behind onset"],
)
def test_noise_takes_the_count_away_where_it_goes_on_behind_onset(noisy, carried):
    night = picture(DAY, sleep(), noisy=noisy)
    assert night.headline == (WINDOW if carried else None)
    assert night.main_loss == (None if carried else "noisy")
    assert night.carries(WINDOW)  # whether it was noisy or not


def test_a_stuck_axis_takes_the_count_away_as_noise_does():
    assert picture(DAY, sleep(), stuck=("23:02", "23:05:05")).headline is None


def test_without_a_window_nothing_carries_a_count_and_nothing_takes_it_away():
    night = picture(DAY, sleep(onset_observed=False))
    assert (night.window, night.headline, night.main_loss) == (None, None, None)
    assert picture(DAY).headline is None
    assert (measured(night)["window_usable_min"], measured(night)["night_usable_h"]) == (None, None)


def test_a_window_that_leaves_the_night_is_as_long_as_any_other():
    night = picture(DAY, sleep("12:20:55", "18:00"))  # 35 min 55 s of it are there
    assert night.usable_min(night.window) == pytest.approx(35 + 55 / 60)
    assert night.headline is None
    assert picture(DAY, sleep("12:21", "18:00")).headline is not None


@pytest.mark.parametrize(
    ("off", "why"),
    [(("22:50", "23:00"), "gap"), (("22:50", "23:00:05"), "off")],
    ids=["as long", "longer"],
)
def test_of_two_losses_the_longer_one_is_named_and_of_equal_ones_the_gap(off, why):
    assert picture(without("22:35", "22:45"), sleep(), off=off).main_loss == why


def test_the_share_that_must_be_usable_is_that_of_the_settings():
    most = replace(S, window=replace(WindowSettings(), usable_window_pct=100.0))
    assert picture(DAY, sleep(), settings=most).headline == WINDOW
    assert picture(without("22:40", "22:40:05"), sleep(), settings=most).headline is None


# --------------------------------------------------------------------- noise


@pytest.mark.parametrize(
    ("epochs", "floor", "noisy"),
    [(12, 1.01, True), (11, 1.01, False), (12, 1.0, False), (12, np.nan, False)],
    ids=["a minute", "less", "at the limit", "unknown"],
)
def test_a_floor_above_the_limit_for_a_minute_is_noise(epochs, floor, noisy):
    rows = DAY.copy()
    rows["floor_g_per_s"][1000 : 1000 + epochs] = floor
    found = figures.too_noisy(Grid.of(rows, SPAN, RATE_HZ), S.window)
    assert np.flatnonzero(found).tolist() == ([*range(1000, 1012)] if noisy else [])


def test_a_floor_hides_jerks_once_the_threshold_that_it_gives_is_above_the_smallest():
    floor = figures.hiding_floor_g_per_s(S)
    assert floor * S.scan.on_factor == pytest.approx(S.kinds.jerk_min_g_per_s)


# --------------------------------------------------------------------- hours and minutes


def measured(night, site="wrist", rows=None):
    return figures.measures(night, Events() if rows is None else rows, KindSettings(), site)


def test_time_is_counted_where_it_belongs():
    night = picture(
        without("15:00", "15:30"),
        sleep(),
        off=("13:00", "14:00"),
        noisy=("02:00", "02:20"),
        stuck=("04:00", "04:10"),
        idle=(Interval(at("15:00"), at("15:30")),),
    )
    told = {
        "window_usable_min": 45,
        "usable_h": 7.5,
        "night_usable_h": 8.0,
        "observed_h": 23.5,
        "wear_pct": 100,
        "gap_min": 30,
        "blanked_min": 0,
        "noisy_min": 20,
        "nonwear_min": 60,
        "stuck_min": 10,
        "idle_min": 30,
    }
    found = measured(night)
    assert {name: found[name] for name in told} == pytest.approx(told)


def test_without_sleep_all_that_is_of_sleep_is_of_the_night():
    night = picture(between("20:00", "22:00"), off=("20:00", "20:30"), noisy=("21:00", "21:15"))
    found = measured(night)
    assert (found["window_usable_min"], found["night_usable_h"]) == (None, None)
    assert found["usable_h"] == pytest.approx(1.25)
    assert found["wear_pct"] == pytest.approx(75)
    assert found["noisy_min"] == pytest.approx(15)
    assert found["posture_changes_per_h"] is None


def test_a_night_without_a_sample_has_unknown_shares_and_no_time():
    found = measured(picture(DAY[:0]))
    unknown = ("wear_pct", "floor_g_per_s", "clipped_pct", "temperature_c", "measured_hz")
    assert [found[name] for name in unknown] == [None] * 5
    assert (found["observed_h"], found["gap_min"], found["usable_h"]) == (0, 0, 0)


def test_blanked_time_is_sampled_but_no_time_of_a_stuck_axis_is():
    rows = DAY.copy()
    rows["observed_s"][100:106] = 2.0
    assert measured(picture(rows))["blanked_min"] == pytest.approx(6 * 3 / 60)
    begin, end = "12:08:20", "12:08:35"  # three of the six
    assert measured(picture(rows, stuck=(begin, end)))["blanked_min"] == pytest.approx(3 * 3 / 60)


def test_a_typical_value_is_the_median_of_worn_sleep():
    rows = DAY.copy()
    rows["temperature_c"] = 20.0
    rows["temperature_c"][placed(rows, "23:00") : placed(rows, "07:00")] = 30.0
    rows["temperature_c"][placed(rows, "01:00") : placed(rows, "06:00")] = 33.0
    rows["temperature_c"][placed(rows, "23:30") : placed(rows, "00:30")] = np.nan
    assert measured(picture(rows, sleep()))["temperature_c"] == 33
    off = ("01:00", "06:00")
    assert measured(picture(rows, sleep(), off=off))["temperature_c"] == 30
    assert measured(picture(rows))["temperature_c"] == 20


@pytest.mark.parametrize(("off", "pct"), [(None, 100), (("21:00", "21:00:05"), 0)])
def test_the_least_that_was_recorded_has_a_worn_share(off, pct):
    rows = between("21:00", "21:00:05")
    rows["n_samples"] = 1  # 0.02 s
    masks = {} if off is None else {"off": off}
    assert measured(picture(rows, **masks))["wear_pct"] == pct


# --------------------------------------------------------------------- gaps and the rate


def test_a_single_sample_ends_a_gap():
    rows = between("21:00", "21:10", DAY)[[0, 60, 119]]
    rows["n_samples"] = 1, 250, 1
    assert measured(picture(rows))["gap_min"] == pytest.approx(118 * 5 / 60 - 5 / 60)


def test_gaps_lie_between_the_first_and_the_last_sample():
    rows = between("20:00", "22:00", without("21:00", "21:10"))
    rows["n_samples"][[10, 20]] = 125  # half of an epoch each
    assert measured(picture(rows))["gap_min"] == pytest.approx(10 + 5 / 60)
    assert measured(picture(DAY[:1]))["gap_min"] == 0
    assert measured(picture(DAY[[0, 12]]))["gap_min"] == pytest.approx(55 / 60)


def test_the_rate_is_measured_over_epochs_between_whole_ones():
    rows = DAY[:6].copy()
    rows["n_samples"] = 250, 249, 251, 225, 250, 250  # from nine tenths on an epoch is whole
    assert measured(picture(rows))["measured_hz"] == pytest.approx((249 + 251 + 225 + 250) / 20)
    rows["n_samples"][3] = 224
    assert measured(picture(rows))["measured_hz"] == pytest.approx(249 / 5)
    assert measured(picture(rows[:2]))["measured_hz"] is None


def test_clipped_samples_are_told_by_number_and_share():
    rows = DAY[:100].copy()
    rows["n_clipped"][[0, 50]] = 20, 5
    found = measured(picture(rows))
    assert (found["clipped_samples"], found["clipped_pct"]) == (25, pytest.approx(0.1))


# --------------------------------------------------------------------- posture


def turned(*clocks: str, deg: float = 40.0) -> np.ndarray:
    """The day, in another posture from each of some times on, and back at the next."""
    rows = DAY.copy()
    turn = np.zeros(len(rows), int)
    for clock in clocks:
        turn[placed(rows, clock) :] += 1
    lean = np.radians(deg * (turn % 2))
    rows["mean_g"] = np.stack([np.sin(lean), 0 * lean, np.cos(lean)], axis=1)
    return rows


@pytest.mark.parametrize(
    ("night", "changes"),
    [
        (turned("02:00"), 1),
        (turned("02:00", "04:00"), 2),
        (turned("02:00", deg=30.1), 1),
        (turned("02:00", deg=29.9), 0),
        (turned("02:00", "02:00:30"), 0),
        (turned("22:59"), 0),
        (turned("07:00:30"), 0),
        (turned("14:00"), 0),
    ],
    ids=["one", "two", "30 degrees", "less", "and back", "before", "at waking", "awake"],
)
def test_a_change_of_posture_lasts_a_minute_and_lies_within_sleep(night, changes):
    found = measured(picture(night, sleep()))["posture_changes_per_h"]
    assert found == pytest.approx(changes / 8)


@pytest.mark.parametrize(
    ("clock", "changes"), [("23:00:55", 0), ("23:01", 1), ("06:59", 1), ("06:59:05", 0)]
)
def test_the_minutes_before_and_after_a_change_lie_within_sleep(clock, changes):
    night = picture(turned(clock, deg=30.1), sleep())  # so small that it is seen in one slot only
    assert measured(night)["posture_changes_per_h"] == pytest.approx(changes / 8)


@pytest.mark.parametrize(("awake_s", "changes"), [(5, 0), (0, 1)])
def test_a_change_in_the_last_minute_of_a_night_is_one_if_its_end_is_slept(awake_s, changes):
    asleep = replace(sleep("04:00", "11:00"), wake_ns=SPAN.end_ns - awake_s * SECOND_NS)
    found = measured(picture(turned("11:59", deg=30.1), asleep))["posture_changes_per_h"]
    assert found == pytest.approx(changes / 8)


def test_the_posture_of_a_sensor_that_is_not_worn_changes_nothing():
    night = picture(turned("03:00", "03:30"), sleep(), off=("03:00", "03:30"))
    assert measured(night)["posture_changes_per_h"] == 0


def test_postures_are_counted_per_usable_hour():
    night = picture(turned("02:00"), sleep(), noisy=("03:00", "07:00"))
    assert measured(night)["posture_changes_per_h"] == pytest.approx(1 / 4)
    nothing = picture(turned("02:00"), sleep(), off=("23:00", "07:00"))
    assert measured(nothing)["posture_changes_per_h"] is None


# --------------------------------------------------------------------- limb movements

SLOW = {"effective_hz": 1.0, "duration_s": 1.5, "peak_jerk_g_per_s": 0.5, "peak_accel_mg": 80.0}


def ankle(epochs: np.ndarray, *rows: np.ndarray):
    return judged(epochs, events(*rows), site="ankle")


def test_an_interval_is_known_where_all_between_two_movements_was_usable():
    epochs = recorded("21:00", ("awake", 120), ("asleep", 480), ("awake", 60))
    rows = series("01:00", 5, 30.0, **SLOW)
    lost = np.delete(epochs, placed(epochs, "01:00:45"))
    assert ankle(epochs, rows).limb_intervals_s.tolist() == [30.0] * 4
    found = ankle(lost, rows).limb_intervals_s
    np.testing.assert_array_equal(found, [30.0, np.nan, 30.0, 30.0])
    nearly = epochs.copy()
    nearly["observed_s"][placed(nearly, "01:00:45")] = 4.96  # above 99 of a hundred
    assert ankle(nearly, rows).limb_intervals_s.tolist() == [30.0] * 4
    nearly["observed_s"][placed(nearly, "01:00:45")] = 4.94
    np.testing.assert_array_equal(ankle(nearly, rows).limb_intervals_s, found)


def test_limb_movements_are_those_of_usable_sleep():
    epochs = recorded("21:00", ("awake", 120), ("asleep", 480), ("awake", 60))
    epochs["floor_g_per_s"][placed(epochs, "03:00") : placed(epochs, "03:05")] = 2.0
    rows = [series(clock, 4, 30.0, **SLOW) for clock in ("22:00", "01:00", "03:00", "07:30")]
    night = ankle(epochs, *rows, event("05:00", **SLOW))
    assert (night.lm_acc_n, night.plm_acc_series) == (5, 1)
    np.testing.assert_array_equal(night.limb_intervals_s, [30, 30, 30, np.nan])  # over the noise
    hours = 8 - 5 / 60
    assert night.lm_acc_per_h == pytest.approx(5 / hours)
    assert night.plm_acc_per_h == pytest.approx(4 / hours)
    assert night.usable_h == pytest.approx(hours)


def test_periodic_series_are_counted_from_the_first_on():
    epochs = recorded("21:00", ("awake", 120), ("asleep", 480), ("awake", 60))
    rows = [series(clock, 4, 30.0, **SLOW) for clock in ("01:00", "03:00")]
    assert ankle(epochs, rows[0]).plm_acc_series == 1
    assert ankle(epochs, *rows).plm_acc_series == 2


def test_in_sleep_of_which_nothing_was_usable_limb_movements_are_unknown():
    night = picture(DAY, sleep(), off=("23:00", "07:00"))
    assert "lm_acc_n" not in measured(night, "ankle")
    assert measured(picture(DAY, sleep("23:00", "00:00")), "ankle")["lm_acc_n"] == 0


def test_without_usable_sleep_there_are_no_limb_movements_at_all():
    night = ankle(recorded("15:00", ("awake", 450)), series("18:00", 5, 30.0, **SLOW))
    assert (night.lm_acc_n, night.limb_intervals_s, night.plm_acc_per_h) == (None, None, None)


# --------------------------------------------------------------------- moved windows


@pytest.mark.parametrize(
    ("clock", "early", "now", "late"),
    [
        ("22:14:59.999", 0, 0, 0),
        ("22:15", 1, 0, 0),
        ("22:30", 1, 1, 0),
        ("22:45", 1, 1, 1),
        ("23:00", 0, 1, 1),
        ("23:15", 0, 0, 1),
        ("23:30", 0, 0, 0),
    ],
)
def test_the_window_is_moved_by_a_quarter_of_an_hour_both_ways(clock, early, now, late):
    epochs = recorded("21:00", ("awake", 120), ("asleep", 480), ("awake", 60))
    counts = judged(epochs, event(clock)).counts
    names = ("sleep_starts_onset_early15", "sleep_starts_onset", "sleep_starts_onset_late15")
    assert [counts[name] for name in names] == [early, now, late]


def test_of_a_night_too_short_to_tell_wear_nothing_is_said_of_it():
    shown = replace(picture(recorded("22:00", ("asleep", 20))), wear_told=False)
    assert figures.wear_pct(shown) is None
    assert measured(shown)["nonwear_min"] is None
    assert measured(replace(shown, wear_told=True))["nonwear_min"] == 0
