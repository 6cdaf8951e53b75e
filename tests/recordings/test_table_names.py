"""Names of columns: axes and their rank, units, gravity, time, and columns that are stated."""

from __future__ import annotations

from pathlib import Path

import pytest

from recordings import RecordingError
from recordings.formats.tables.names import best_axes, find_columns, stated_columns

PATH = Path("a.csv")


def three(stem, unit="", join="_"):
    return [f"{stem}{join}{axis}{unit}" for axis in "xyz"]


def found(*names):
    return find_columns(PATH, names)


# -- axes


@pytest.mark.parametrize(
    "names",
    [
        ["x", "y", "z"],
        ["X", "Y", "Z"],
        ["x-axis", "y-axis", "z-axis"],
        ["axis x", "axis y", "axis z"],
        ["Ax", "Ay", "Az"],
        ["aX", "aY", "aZ"],
        ["accX", "accY", "accZ"],
        ["xAcc", "yAcc", "zAcc"],
        ["ACC_X", "ACC_Y", "ACC_Z"],
        ["acc.x", "acc.y", "acc.z"],
        ["Acceleration (x)", "Acceleration (y)", "Acceleration (z)"],
        ["left wrist accel x", "left wrist accel y", "left wrist accel z"],
    ],
    ids=lambda names: names[0],
)
def test_three_names_that_differ_in_x_y_z_alone_are_axes(names):
    if "(x)" in names[0]:  # in brackets stands a unit, and these are none
        assert best_axes(names) == []
    else:
        assert [axes.columns for axes in best_axes(names)] == [(0, 1, 2)]


@pytest.mark.parametrize(
    "names",
    [
        ["x", "y"],
        ["x", "y", "y"],
        ["ax", "by", "cz"],
        ["acc_x", "acc_y", "gyr_z"],
        ["x (g)", "y (g)", "z (mg)"],
        ["index", "day", "size", "tax"],
        ["", "y", "z"],
        ["_", "-", "()"],
    ],
    ids=str,
)
def test_other_names_are_none(names):
    assert best_axes(names) == []


@pytest.mark.parametrize(
    "stem",
    [
        *("gyro", "gyr", "rot", "rotation", "angular", "magn", "magnetic", "quat", "orient"),
        *("euler", "attitude", "gps", "position", "velocity", "speed", "g", "m", "q", "gravity"),
    ],
)
def test_other_sensors_have_axes_too_and_are_left_alone(stem):
    assert best_axes(three(stem)) == []
    assert best_axes([*three(stem), *three("acc")])[0].columns == (3, 4, 5)


def test_the_first_of_names_that_stand_twice_is_taken():
    assert best_axes(["x", "y", "z", "x", "y", "z"])[0].columns == (0, 1, 2)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("total", "acc"),
        ("total", "sensor"),
        ("total user", "acc"),
        ("acc", "sensor"),
        ("a", "sensor"),
        ("accelerometer", "hand"),
        ("sensor", "user"),
        ("sensor", "linear acc"),
        ("acc", "acc without gravity"),
        ("acc", "dynamic acc"),
    ],
)
def test_total_comes_before_acceleration_and_what_lacks_gravity_last(better, worse):
    chosen = best_axes([*three(worse), *three(better)])
    assert [axes.columns for axes in chosen] == [(3, 4, 5)]


@pytest.mark.parametrize(("one", "other"), [("acc", "accel"), ("hand", "foot"), ("user", "linear")])
def test_of_equal_rank_nothing_is_chosen(one, other):
    assert [axes.columns for axes in best_axes([*three(one), *three(other)])] == [
        (0, 1, 2),
        (3, 4, 5),
    ]


@pytest.mark.parametrize(
    ("stem", "without"),
    [("acc", False), ("user", True), ("Linear", True), ("dyn", True), ("hydro", False)],
)
def test_a_name_says_that_gravity_was_removed(stem, without):
    assert best_axes(three(stem))[0].without_gravity is without


# -- units


@pytest.mark.parametrize(
    ("names", "unit"),
    [
        (three("acc"), None),
        (three("acc", " (g)"), "g"),
        (three("acc", "[mg]"), "mg"),
        (three("acc", " (m/s²)"), "m/s2"),
        (three("acc", "_mg"), "mg"),
        (three("acc", "_m_s2"), "m/s2"),
        (three("acc", "_ms2"), "m/s2"),
        (["x_g", "y_g", "z_g"], "g"),
        (["(g) x", "(g) y", "(g) z"], "g"),
        (["xmg", "ymg", "zmg"], None),
    ],
    ids=lambda value: str(value)[:22],
)
def test_a_unit_stands_in_brackets_or_behind_the_axis(names, unit):
    axes = best_axes(names)
    if names[0] == "xmg":
        assert axes == []
    else:
        assert (axes[0].columns, axes[0].unit) == ((0, 1, 2), unit)


@pytest.mark.parametrize("name", ["g", "mg", "m/s2", "s2"])
def test_a_column_named_by_a_unit_alone_is_no_axis(name):
    assert best_axes([name, "x", "y", "z"])[0].columns == (1, 2, 3)


def test_names_with_brackets_of_another_unit_are_no_acceleration():
    assert best_axes(three("acc", " (V)")) == []


# -- gravity beside them


@pytest.mark.parametrize(
    ("names", "gravity"),
    [
        ([*three("acc"), *three("gravity")], (3, 4, 5)),
        ([*three("gravity"), *three("acc")], (0, 1, 2)),
        ([*three("user"), *three("grav")], (3, 4, 5)),
        ([*three("total"), *three("gravity")], None),  # has it
        ([*three("acc"), "gravity"], None),
        ([*three("acc", " (g)"), *three("gravity", " (g)")], (3, 4, 5)),
    ],
    ids=lambda value: str(value)[:44],
)
def test_gravity_in_columns_of_its_own_belongs_to_acceleration_without(names, gravity):
    assert find_columns(PATH, names).gravity == gravity


@pytest.mark.parametrize(
    "others",
    [
        ["gravity_x", "gravity_y"],
        three("gravity", " (mg)"),
        [*three("gravity"), *three("grav")],
    ],
    ids=["two axes", "another unit", "two of them"],
)
def test_gravity_that_does_not_fit_is_refused(others):
    with pytest.raises(RecordingError, match="but not three axes of each"):
        find_columns(PATH, [*three("acc"), *others])


# -- time


@pytest.mark.parametrize(
    "name",
    [
        *("time", "Time", "timestamp", "date", "Date/Time", "datetime", "HEADER_TIME_STAMP"),
        *("t", "ts", "epoch", "unix", "unix ts", "seconds", "seconds_elapsed", "elapsed (s)"),
        *("Time (s)", "time_ns", "recording time", "\ufefftime"),
    ],
)
def test_a_name_is_one_of_a_time(name):
    assert found("x", "y", "z", name).time == 3


@pytest.mark.parametrize(
    "name", ["timezone", "time zone", "utc offset time", "last update", "temp", "light", "tt", "id"]
)
def test_a_name_is_none_of_a_time(name):
    assert found(name, "x", "y", "z").time is None


@pytest.mark.parametrize(
    ("names", "time"),
    [
        (["seconds_elapsed", "time"], 1),
        (["time", "seconds_elapsed"], 0),
        (["seconds_elapsed", "time_ns"], 1),
        (["unix time", "timestamp"], 1),
        (["epoch", "unix"], 0),  # of equals the first
        (["datetime", "time"], 0),
        (["Elapsed Time"], 0),
    ],
)
def test_a_name_that_is_nothing_but_time_is_preferred_and_elapsed_taken_last(names, time):
    assert found(*names, "x", "y", "z").time == time


def test_an_axis_is_no_time():
    assert found("timeX", "timeY", "timeZ").time is None


@pytest.mark.parametrize(
    ("name", "unit_ns"),
    [
        *[(f"time ({unit})", 10**9) for unit in ("s", "sec", "Seconds", " s ")],
        *[(f"time ({unit})", 10**6) for unit in ("ms", "msec", "millis", "milliseconds")],
        *[(f"time [{unit}]", 10**3) for unit in ("us", "µs", "μs", "micros", "microseconds")],
        *[(f"time_{unit}", 1) for unit in ("ns", "nanos", "nanoseconds")],
        ("ms_time", 10**6),
        ("seconds_time_ms", 10**6),  # the last word counts
        ("time (s) ms", 10**9),  # brackets count before words
        ("time (h)", None),
        ("time", None),
        ("time_min", None),
    ],
)
def test_the_unit_of_a_time_stands_in_brackets_or_is_a_word(name, unit_ns):
    assert found(name, "x", "y", "z").time_unit_ns == unit_ns


def test_without_a_time_there_is_no_unit_of_it():
    assert found("x", "y", "z").time_unit_ns is None


# -- columns that the user states

NAMES = ("when_ms", "p (mg)", "q (mg)", "linear r (mg)", "s (g)", "p (mg)")


@pytest.mark.parametrize(
    ("stated", "axes", "time"),
    [
        ({"x": 2, "y": 3, "z": 4}, (1, 2, 3), None),
        ({"x": "q (mg)", "y": 5, "z": "s (g)"} | {"y": 2}, (2, 1, 4), None),
        ({"time": 1, "x": 2, "y": 3, "z": 6}, (1, 2, 5), 0),
        ({"time": "when_ms", "x": 6, "y": 5, "z": 4}, (5, 4, 3), 0),
    ],
)
def test_columns_are_stated_by_position_from_one_or_by_name(stated, axes, time):
    columns = stated_columns(PATH, NAMES, stated)
    assert (columns.axes, columns.time) == (axes, time)
    assert columns.time_unit_ns == (None if time is None else 10**6)
    assert columns.gravity is None


@pytest.mark.parametrize(
    ("names", "unit", "without"),
    [
        (["x (mg)", "y (mg)", "z (mg)"], "mg", False),
        (["x (mg)", "y (mg)", "z (g)"], None, False),
        (["x (V)", "y (V)", "z (V)"], None, False),
        (["p", "q", "r"], None, False),
        (["x_m_s2", "y_m_s2", "z_m_s2"], "m/s2", False),
        (["linear x", "y", "z"], None, True),
    ],
    ids=str,
)
def test_of_stated_columns_the_names_still_tell_the_unit_if_all_agree(names, unit, without):
    columns = stated_columns(PATH, names, {"x": 1, "y": 2, "z": 3})
    assert (columns.unit, columns.without_gravity) == (unit, without)


@pytest.mark.parametrize(
    ("which", "problem"),
    [
        (7, "has no column 7 among"),
        ("depth", "has no column 'depth' among"),
        ("p (mg)", "has more than one column 'p (mg)' among"),
    ],
)
def test_a_column_that_is_not_there_or_there_twice_is_refused(which, problem):
    with pytest.raises(RecordingError) as refused:
        stated_columns(PATH, NAMES, {"x": which, "y": 3, "z": 4})
    assert refused.value.problem.startswith(problem)


def test_a_column_stated_twice_is_refused():
    with pytest.raises(RecordingError, match="names one of them twice"):
        stated_columns(PATH, NAMES, {"time": 2, "x": 2, "y": 3, "z": 4})


def axes_of(*stems):
    return [stem.format(axis) for stem in stems for axis in "xyz"]


@pytest.mark.parametrize(
    "stems",
    [
        ("left_{}", "right_{}"),
        ("left_acc{}", "right_acc{}"),
        ("my_left_acc{}", "my_right_acc{}"),
        ("{}_left_acc", "{}_right_acc"),
        ("acc{}", "a{}"),
        ("hip_{}", "leg_{}", "arm_{}"),
    ],
    ids=str,
)
def test_of_several_accelerations_none_is_chosen(stems):
    with pytest.raises(RecordingError, match="has more than one acceleration among"):
        find_columns(PATH, ["time", *axes_of(*stems)])


def test_what_is_called_acceleration_is_chosen_wherever_its_axis_stands():
    assert find_columns(PATH, axes_of("{}_wrist", "{}_acc")).axes == (3, 4, 5)
    assert find_columns(PATH, axes_of("wrist_{}", "acc_{}")).axes == (3, 4, 5)
