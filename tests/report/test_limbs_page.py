"""What the pages show of limbs: the participant's page, its link, intervals at the ankle."""

from __future__ import annotations

import numpy as np
import pytest

from detector.report import cohort_page, limbs_page
from detector.report.charts import limb_intervals
from detector.report.limbs import NAMES

PAIR = {
    "participant_id": "anna",
    "recording_id": "w&1",
    "other_recording_id": "a",
    "place": "wrist left",
    "other_place": "ankle unknown",
    "overlap_h": 9.5,
    "aligned": True,
    "n_shared": 40,
    "offset_s": 12.345,
    "drift_ppm": -3.2,
    "uncertainty_ms": 70.1,
}
NIGHT = {
    "participant_id": "anna",
    "night_date": "2024-03-05",
    "recording_ids": "w&1;a",
    **{f"n_{call}": 0 for call in NAMES},
    "n_whole_body": 1,
    "n_unclear": 2,
}
JOINT = {
    "participant_id": "anna",
    "night_date": "2024-03-05",
    "joint_index": 0,
    "start_time": "2024-03-06T00:12:01.250+01:00",
    "clock_recording_id": "a",
    "call": "whole_body",
    "counted": True,
    "recording_ids": "w&1;a",
    "sites": "wrist;ankle",
    "sides": "left;unknown",
    "peaks_accel_mg": "210.0;90.5",
    "afters_s": "0.000;0.120",
    "uncertainty_ms": 70.1,
}


def test_the_participants_page_shows_clocks_and_calls():
    page = limbs_page([JOINT], [NIGHT], [PAIR])
    assert '<a href="../../recordings/w%261/report.html">left wrist</a> 210.0 mg' in page
    assert '<a href="../../recordings/a/report.html">ankle</a> 90.5 mg, +120 ms' in page
    for text in ("12.345", "-3.2", "70.1", "00:12:01", "Arm and leg", "w&amp;1"):
        assert text in page
    assert page.count('<g class="whole_body">') == 1


def test_calls_that_did_not_occur_are_left_out_but_for_those_asked_for():
    page = limbs_page([], [NIGHT], [PAIR])
    told = page.partition('id="clocks"')[0]
    assert "Unclear" in told
    assert "One limb" in told
    assert "Not observed elsewhere" not in told
    assert "No sensor has a sleep start in this night." in told


def test_a_pair_that_is_not_aligned_says_why():
    refused = {**PAIR, "aligned": False, "reason": "few_shared", "offset_s": None}
    page = limbs_page([], [NIGHT], [refused])
    assert "No. The sensors share too few movements to align their clocks." in page


def test_the_cohort_page_links_to_those_who_wore_several_sensors():
    page = cohort_page([], [], [], several=[("<anna>", "participants/anna/report.html")])
    assert '<a href="participants/anna/report.html">&lt;anna&gt;</a>' in page
    assert "Several sensors" not in cohort_page([], [], [])


@pytest.mark.parametrize("intervals", [None, np.empty(0), np.array([95.0, np.nan])])
def test_without_intervals_there_is_no_chart(intervals):
    assert limb_intervals(intervals) is None


def test_intervals_are_drawn_in_steps_of_two_seconds():
    chart = limb_intervals(np.array([24.0, 25.5, 26.0, 400.0]))
    assert chart.count("<rect") == 2
    assert 'aria-label="Intervals between limb movements up to 90 s: 3, by 2 s"' in chart
