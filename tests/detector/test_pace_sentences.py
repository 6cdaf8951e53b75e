"""How a rate and the time that is left are told, at the borders of their units."""

from __future__ import annotations

import pytest

from detector.job import Outcome, Progress
from detector.pace import Pace

HOURS_8 = Outcome({"status": "ok", "duration_h": 8.0})


class Clock:
    now_s = 0.0

    def __call__(self):
        return self.now_s


def after(seconds, done=1, total=2, outcome=HOURS_8):
    """What is said when some are done after so long."""
    clock = Clock()
    pace = Pace(total, clock)
    for index in range(done):
        pace.at(index, Progress("opening"))
    clock.now_s = seconds
    for index in range(done):
        pace.done(index, outcome)
    return pace.sentence([])


@pytest.mark.parametrize(
    ("seconds", "done", "said"),
    [
        (1, 1, "1.0 files/s"),
        (1.25, 1, "48.0 files/min"),
        (1, 5, "5.0 files/s"),
        (60, 1, "1.0 files/min"),
    ],
)
def test_from_one_a_second_on_rates_are_by_the_second(seconds, done, said):
    assert f"; {said}, " in after(seconds, done, done + 1)


@pytest.mark.parametrize(
    ("seconds", "left"),
    [(1, "1 s"), (29, "29 s"), (31, "1 min"), (89, "1 min"), (91, "2 min"), (119 * 60, "119 min"),
     (120 * 60, "2 h 00 min"), (125 * 60, "2 h 05 min"), (26 * 3600, "26 h 00 min")],
)  # fmt: skip
def test_the_time_left_is_told_in_seconds_minutes_or_hours(seconds, left):
    assert after(seconds).endswith(f"; {left} left")


def test_hours_of_recordings_count_and_those_without_length_do_not():
    assert ", 8 h/s; " in after(1)
    assert ", 0 h/s; " in after(1, outcome=Outcome({"status": "failed", "duration_h": None}))
    assert ", 0 h/s; " in after(1, outcome=Outcome({"status": "failed"}))


def test_before_any_time_has_passed_no_rate_is_told():
    assert after(0) == "1 of 2 done, 0 failed"


def test_what_an_earlier_run_has_done_makes_no_rate():
    assert after(5, outcome=Outcome(HOURS_8.row, resumed=True)) == "1 of 2 done, 0 failed"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["a"], "; now a"),
        (["a", "b", "c"], "; now a, b, c"),
        (["a", "b", "c", "d"], "; now a, b, c and 1 more"),
        (["a", "b", "c", "d", "e"], "; now a, b, c and 2 more"),
    ],
)
def test_three_names_are_shown_and_the_others_counted(names, said):
    assert Pace(9, Clock()).sentence(names) == f"0 of 9 done, 0 failed{said}"


def test_a_recording_took_the_time_since_it_was_begun():
    clock = Clock()
    pace = Pace(3, clock)
    clock.now_s = 5
    pace.at(1, Progress("opening"))
    clock.now_s = 7
    pace.at(1, Progress("reading", 0.5))
    clock.now_s = 12.5
    assert pace.done(1, HOURS_8) == 7.5
    assert pace.done(2, HOURS_8) == 0.0


def test_those_that_began_first_are_in_front():
    pace = Pace(9, Clock())
    for index in (4, 2, 7):
        pace.at(index, Progress("opening"))
    pace.at(2, Progress("reading", 0.1))
    assert pace.running == [4, 2, 7]


def test_where_the_part_read_is_unknown_it_stays_what_it_was():
    pace = Pace(2, Clock())
    pace.at(0, Progress("reading", 0.5))
    pace.at(0, Progress("reading"))
    assert pace.share == 0.25


def test_what_is_only_opened_has_no_part_in_what_is_done():
    pace = Pace(1, Clock())
    pace.at(0, Progress("opening"))
    assert pace.share == 0.0
    pace.at(0, Progress("reading", 0.75))
    assert pace.share == 0.75


def test_the_part_of_what_is_being_read_shortens_the_time_left():
    clock = Clock()
    pace = Pace(3, clock)
    pace.at(1, Progress("reading", 0.5))
    clock.now_s = 30
    pace.done(0, HOURS_8)
    # one and a half of three in 30 s leave as much
    assert pace.sentence([]).endswith("; 30 s left")
