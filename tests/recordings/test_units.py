"""Units of acceleration: their names, gravity at rest, who is believed, what is doubtful."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recordings import RecordingError
from recordings.formats.units import (
    UNIT_GAIN_G,
    choose_unit,
    doubts,
    resting_magnitude,
    unit_at_rest,
    unit_named,
)

PATH = Path("a.csv")


def test_a_unit_is_so_many_g():
    assert UNIT_GAIN_G == {"g": 1, "mg": 0.001, "m/s2": 1 / 9.80665}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        *[(text, "g") for text in ("g", "G", " g ")],
        *[(text, "mg") for text in ("mg", "mG", "milli g", "Milli G")],
        *[(text, "m/s2") for text in ("m/s^2", "m/s²", "m/s2", "M/S^2", "m / s ^ 2", "m/s/s")],
        *[(text, "m/s2") for text in ("ms-2", "m s^-2", "m·s−2", "m*s^-2", "mps2", "s2")],
        *[(text, None) for text in ("", "V", "mV", "ug", "m/s", "kg", "deg/s", "g's")],
    ],
)
def test_a_unit_is_known_by_any_of_its_spellings(text, unit):
    assert unit_named(text) == unit


# -- at rest


def still(*magnitudes, rows=32):
    """Windows of rest, each with a magnitude of its own, along x, y and z in turn."""
    windows = np.zeros((len(magnitudes), rows, 3))
    for k, magnitude in enumerate(magnitudes):
        windows[k, :, k % 3] = magnitude
    return windows.reshape(-1, 3)


def shaken(samples, by=0.5):
    """The same with every other row moved away."""
    moved = samples.copy()
    moved[::2] += by
    return moved


def test_rest_is_the_median_magnitude_of_the_quietest_tenth_of_windows():
    # twenty windows: the quietest two, of 3 and 5
    samples = np.concatenate([shaken(still(*[1.0] * 18)), still(3.0, 5.0)])
    assert resting_magnitude(samples) == 4.0
    # thirty: the quietest three
    samples = np.concatenate([still(3.0, 5.0, 9.0), shaken(still(*[1.0] * 27))])
    assert resting_magnitude(samples) == 5.0


@pytest.mark.parametrize("windows", [1, 2, 14])
def test_of_a_few_windows_the_quietest_counts(windows):
    samples = np.concatenate([shaken(still(*[1.0] * (windows - 1))), still(7.0)])
    assert resting_magnitude(samples) == 7.0


def test_a_window_is_as_quiet_as_all_three_axes_together():
    quiet_in_x = shaken(still(1.0))
    quiet_in_x[:, 0] = 1.0
    calm = shaken(still(0.0), 0.2) + [0.0, 0.0, 6.0]  # a little in every axis
    found = resting_magnitude(np.concatenate([quiet_in_x, calm]))
    assert found == pytest.approx(np.median(np.linalg.norm(calm, axis=1)))


@pytest.mark.parametrize("rows", [1, 5, 31])
def test_less_than_a_window_is_a_window(rows):
    assert resting_magnitude(still(2.0, rows=rows)) == 2.0


def test_rows_behind_the_last_whole_window_are_left_out():
    assert resting_magnitude(np.concatenate([still(2.0), still(9.0, rows=31)])) == 2.0


@pytest.mark.parametrize(
    ("rest", "unit"),
    [
        (0.79, None),
        (0.8, "g"),
        (1.2, "g"),
        (1.21, None),
        (7.79, None),
        (7.8, "m/s2"),
        (11.8, "m/s2"),
        (11.81, None),
        (799, None),
        (800, "mg"),
        (1200, "mg"),
        (1201, None),
    ],
)
def test_gravity_tells_a_unit_within_a_fifth(rest, unit):
    assert unit_at_rest(rest) == unit


# -- who is believed


@pytest.mark.parametrize(
    ("rest", "named", "stated", "unit", "reason"),
    [
        (1000.0, "g", "mg", "g", "named"),
        (1.0, None, "mg", "mg", "stated"),
        (1.0, None, None, "g", "1 at rest"),
        (1012.4, None, None, "mg", "1.01e+03 at rest"),
        (9.8066, None, None, "m/s2", "9.81 at rest"),
    ],
)
def test_the_file_is_believed_before_the_user_and_the_user_before_gravity(
    rest, named, stated, unit, reason
):
    assert choose_unit(PATH, rest, named=named, stated=stated) == (unit, reason)


@pytest.mark.parametrize("named", [None, "g"])
def test_a_unit_that_is_none_is_refused_even_where_it_is_not_needed(named):
    with pytest.raises(RecordingError, match="cannot be read in the unit 'G'; units are g, mg"):
        choose_unit(PATH, 1.0, named=named, stated="G")


@pytest.mark.parametrize(
    ("rest", "guess"),
    [
        (50.9, None),
        (51, "1/64 g"),
        (77, "1/64 g"),
        (77.1, None),
        (204.9, None),
        (205, "1/256 g"),
        (272, "1/256 g"),
        (274, "1/256 g or 1/341 g"),
        (306, "1/256 g or 1/341 g"),
        (308, "1/341 g"),
        (409, "1/341 g"),
        (409.1, None),
        (0.0, None),
    ],
)
def test_counts_of_known_devices_are_named(rest, guess):
    with pytest.raises(RecordingError, match=f"magnitude of {rest:.4g} at rest") as refused:
        choose_unit(PATH, rest, named=None, stated=None)
    assert refused.value.problem.endswith("at rest" if guess is None else f"(counts of {guess}?)")
    assert refused.value.remedy == (
        "state it: --unit g|mg|m/s2" if guess is None else "convert counts to g"
    )


# -- what is doubtful


@pytest.mark.parametrize(
    ("rest_g", "named_without_gravity", "code"),
    [
        (0.0, False, "without_gravity"),
        (0.299, False, "without_gravity"),
        (0.3, False, "unit_doubtful"),
        (0.79, False, "unit_doubtful"),
        (0.8, False, None),
        (1.2, False, None),
        (1.21, False, "unit_doubtful"),
        (1.0, True, "without_gravity"),
    ],
)
def test_a_magnitude_far_from_one_g_is_told(rest_g, named_without_gravity, code):
    notes = doubts(rest_g, named_without_gravity=named_without_gravity)
    assert [note.code for note in notes] == ([] if code is None else [code])


def test_the_remarks_say_how_large_it_was():
    (missing,) = doubts(0.0123, named_without_gravity=False)
    assert missing.message == (
        "gravity was removed from the values (0.0123 g at rest): posture is unknown"
    )
    (doubtful,) = doubts(1.5, named_without_gravity=False)
    assert doubtful.message == (
        "in its quietest first minutes the magnitude is 1.5 g, not 1: check the unit"
    )
