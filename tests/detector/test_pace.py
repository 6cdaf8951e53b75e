from __future__ import annotations

from detector.job import Outcome, Progress
from detector.pace import Pace


class Clock:
    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


OK = Outcome({"status": "ok", "duration_h": 8.0})
FAILED = Outcome({"status": "failed"})


def test_rates_and_the_time_left_come_from_what_was_done_in_this_run():
    clock = Clock()
    pace = Pace(10, clock)
    pace.done(0, Outcome(OK.row, resumed=True))
    assert pace.sentence([]) == "1 of 10 done, 0 failed"
    pace.at(1, Progress("opening"))
    pace.at(2, Progress("opening"))
    clock.now_s += 4
    pace.done(1, OK)
    assert pace.done(2, FAILED) == 4
    assert pace.sentence(["c.cwa"]) == (
        "3 of 10 done, 1 failed; 30.0 files/min, 2 h/s; 14 s left; now c.cwa"
    )


def test_half_a_recording_is_half_done():
    pace = Pace(2, Clock())
    pace.at(1, Progress("reading", 0.5))
    pace.at(1, Progress("writing"))
    assert pace.share == 0.25
    assert pace.running == [1]
    pace.done(1, OK)
    assert pace.share == 0.5
    assert pace.running == []


def test_only_the_first_of_many_names_are_shown():
    pace = Pace(9, Clock())
    assert pace.sentence(["a", "b", "c", "d", "e"]).endswith("; now a, b, c and 2 more")


def test_long_times_are_told_in_hours_and_minutes():
    clock = Clock()
    pace = Pace(1001, clock)
    clock.now_s += 10
    pace.done(0, OK)
    assert "; 2 h 47 min left" in pace.sentence([])
    clock = Clock()
    pace = Pace(21, clock)
    clock.now_s += 10
    pace.done(0, OK)
    assert "; 3 min left" in pace.sentence([])


def test_nothing_to_do_is_no_division_by_zero():
    assert Pace(0, Clock()).share == 0
