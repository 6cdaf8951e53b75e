"""A user who knows when sleep began and ended can say so."""

from __future__ import annotations

from datetime import time

from project import ROOT

import detector

SAMPLE = ROOT / "recordings" / "samples" / "ax3_thigh25_short_night.cwa.gz"


def test_a_given_sleep_period_is_used_and_the_estimates_are_kept():
    result = detector.analyse(
        SAMPLE, tz="Europe/London", site="thigh", sleep_period=(time(3, 5), time(5, 40))
    )
    (row,) = result.nights_table().to_pylist()
    assert row["onset_source"] == "diary"
    night = result.nights[0]
    zone = result.facts.zone
    assert zone.local(night.sleep.onset_ns).time() == time(3, 5)
    assert zone.local(night.sleep.wake_ns).time() == time(5, 40)
    assert night.sleep.candidates["diary"] == night.sleep.onset_ns
    assert "still" in night.sleep.candidates


def test_an_evening_time_is_of_the_night_s_first_date_and_a_morning_time_of_its_second():
    result = detector.analyse(
        SAMPLE, tz="Europe/London", site="thigh", sleep_period=(time(23, 50), time(5, 40))
    )
    sleep, zone = result.nights[0].sleep, result.facts.zone
    assert zone.local(sleep.onset_ns).date() == result.nights[0].span.date
    assert (zone.local(sleep.wake_ns).date() - result.nights[0].span.date).days == 1
