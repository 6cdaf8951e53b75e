"""What a diary says, on the clock of a zone and in the tables of a run."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from project import ROOT

from detector.cohort import Watcher, run
from detector.job import RunOptions
from detector.nights.night import Interval, Noted, Sleep, Stated
from detector.parameter import SettingsError
from detector.stated.diary import Diary, Entry
from detector.stated.diary_table import read
from recordings import SECOND_NS, Zone

SAMPLE = ROOT / "recordings" / "samples" / "ax3_thigh25_short_night.cwa.gz"
WHO = "ax3_thigh25_short_night"
OPTIONS = RunOptions(tz="Europe/London", site="thigh", side="left")
LONDON = ZoneInfo("Europe/London")
SLEEP = Sleep(
    onset_ns=3,
    wake_ns=8,
    source="hdcza",
    uncertainty_min=20.0,
    candidates={},
    guider=Interval(3, 8),
    threshold_deg=5.0,
)
BST = timezone(timedelta(hours=1))


def entry(**times):
    return Entry(2, date(2024, 10, 26), times)


# ------------------------------------------------------------------ changes of clocks


def test_an_hour_that_happens_twice_is_asked_for():
    (_, (problem,)) = entry(sleep_onset=datetime(2024, 10, 27, 1, 30)).settled(LONDON)
    assert problem == (
        "sleep_onset",
        "2024-10-27 01:30 happened twice in Europe/London; "
        "write 2024-10-27 01:30+01:00 or 2024-10-27 01:30+00:00",
    )


@pytest.mark.parametrize(("offset_h", "utc_h"), [(1, 0), (0, 1)])
def test_its_offset_says_which_of_the_two_it_is(offset_h, utc_h):
    at = datetime(2024, 10, 27, 1, 30, tzinfo=timezone(timedelta(hours=offset_h)))
    settled, wrong = entry(sleep_onset=at).settled(LONDON)
    assert wrong == []
    zone = Zone(LONDON, device_offset_s=0)
    since = settled.on(zone)["sleep_onset"] - zone.device_ns(datetime(2024, 10, 26, 1))
    assert since == (24 + utc_h) * 3600 * SECOND_NS + 1800 * SECOND_NS


def test_both_sides_of_an_hour_that_happens_twice_are_in_order():
    noted = entry(
        sleep_onset=datetime(2024, 10, 27, 1, 50, tzinfo=BST),
        wake=datetime(2024, 10, 27, 1, 10, tzinfo=timezone(timedelta(0))),
    )
    assert list(noted.disorder()) == []


def test_an_hour_that_never_happened_is_refused():
    (_, (problem,)) = entry(wake=datetime(2024, 3, 31, 1, 30)).settled(LONDON)
    assert problem[1] == "2024-03-31 01:30 does not exist in Europe/London: clocks were set forward"


def test_a_time_with_the_offset_of_another_place_is_refused():
    at = datetime(2024, 10, 26, 23, 30, tzinfo=timezone(timedelta(hours=2)))
    (_, (problem,)) = entry(wake=at).settled(LONDON)
    assert problem[1].endswith("is 2024-10-26 22:30+01:00 in Europe/London; write that")


def test_an_offset_needs_a_zone():
    (_, (problem,)) = entry(wake=datetime(2024, 10, 26, 23, 30, tzinfo=BST)).settled(None)
    assert "no zone is known; name it (--tz)" in problem[1]


def test_the_two_readings_of_an_hour_are_not_the_same_diary():
    early, late = (
        Diary(entries=(entry(wake=datetime(2024, 10, 27, 1, 30, fold=fold)),)) for fold in (0, 1)
    )
    assert early.as_json() != late.as_json()


# ------------------------------------------------------------------ which sleep is used


def test_a_wake_alone_is_not_used_and_an_onset_alone_needs_a_wake_that_was_found():
    assert Noted(kept=True, times_ns={"wake": 9}).period(SLEEP) is None
    onset = Noted(kept=True, times_ns={"sleep_onset": 5})
    assert onset.period(SLEEP) == Stated(5, 8)
    assert onset.period(replace(SLEEP, wake_observed=False)) is None
    assert onset.period(replace(SLEEP, wake_ns=5)) is None
    assert onset.period(None) is None
    assert Noted(kept=True, times_ns={"sleep_onset": 5, "wake": 9}).period(None) == Stated(5, 9)


# ------------------------------------------------------------------ a run


class Said(Watcher):
    def __init__(self):
        self.remarks, self.resumed = [], []

    def remark(self, text):
        self.remarks.append(text)

    def done(self, _, outcome):
        self.resumed.append(outcome.resumed)


@pytest.fixture
def runs(tmp_path):
    """Run over the sample with a diary; return the night's row and what was said."""

    def go(diary, **more):
        path = tmp_path / "diary.csv"
        path.write_text(diary, encoding="utf-8")
        said, out = Said(), tmp_path / "out"
        options = replace(OPTIONS, diary=read(path), **more)
        summary = run([SAMPLE], out, options, said)
        assert summary.exit_status == 0
        with (out / "nights.csv").open(encoding="utf-8", newline="") as file:
            (row,) = csv.DictReader(file)
        return row, said

    return go


HEAD = "participant_id,night_date,lights_off,sleep_onset,wake,stress,note\n"
NIGHT = f'{WHO},2023-05-03,01:45,02:40,05:40,-7,"=late, tired"\n'


def test_a_diary_is_compared_and_its_factors_are_the_last_columns(runs, tmp_path):
    row, said = runs(HEAD + NIGHT)
    assert list(row)[-2:] == ["stress", "note"]
    assert (row["stress"], row["note"]) == ("-7", "'=late, tired")
    assert row["onset_source"] != "diary"
    assert row["diary_onset"] == "2023-05-04T02:40:00.000+01:00"
    assert row["lights_off"] == "2023-05-04T01:45:00.000+01:00"
    found = datetime.fromisoformat(row["sleep_onset"])
    noted, off = (datetime.fromisoformat(row[name]) for name in ("diary_onset", "lights_off"))
    first = list(row).index("lights_off")
    shown = ["lights_off", "sol_min", "diary_onset", "diary_onset_diff_min"]
    assert list(row)[first : first + 4] == shown
    assert float(row["diary_onset_diff_min"]) == round((noted - found).total_seconds() / 60, 1)
    assert float(row["sol_min"]) == round((found - off).total_seconds() / 60, 1)
    assert said.remarks == []
    dictionary = (tmp_path / "out" / "data_dictionary.csv").read_text(encoding="utf-8")
    assert (
        '\nstress,,string,"A factor of the diary, as written there.",diary,nights.csv' in dictionary
    )
    result = json.loads((tmp_path / "out" / "recordings" / WHO / "result.json").read_bytes())
    (night,) = result["nights"]
    assert night["diary"]["factors"] == {"stress": "-7", "note": "=late, tired"}
    assert night["stress"] == "-7"


def test_a_diary_can_be_used_and_the_difference_is_the_same(runs):
    compared, _ = runs(HEAD + NIGHT)
    used, said = runs(HEAD + NIGHT, use_diary_onset=True)
    assert said.resumed == [False]
    assert used["onset_source"] == "diary"
    assert used["sleep_onset"] == used["diary_onset"] == "2023-05-04T02:40:00.000+01:00"
    assert used["wake"] == "2023-05-04T05:40:00.000+01:00"
    assert used["sol_min"] == "55.0"
    assert used["diary_onset_diff_min"] == compared["diary_onset_diff_min"]


def test_a_diary_with_onset_alone_is_used_with_the_wake_found(runs):
    plain, _ = runs(f"participant_id,night_date,stress\n{WHO},2023-05-03,1\n")
    used, _ = runs(
        f"participant_id,night_date,sleep_onset\n{WHO},2023-05-03,02:40\n", use_diary_onset=True
    )
    assert used["onset_source"] == "diary"
    assert used["wake"] == plain["wake"]


def test_a_night_that_the_diary_does_not_have_is_as_without_one(runs, tmp_path):
    row, _ = runs(f"{HEAD}{WHO},2023-05-02,,23:10,06:00,7,\n", use_diary_onset=True)
    assert row["onset_source"] != "diary"
    assert {row[name] for name in ("stress", "note", "sol_min", "diary_onset")} == {""}
    with (tmp_path / "out" / "recordings.csv").open(encoding="utf-8", newline="") as file:
        (recording,) = csv.DictReader(file)
    assert "diary_unrecorded" in recording["reason"]
    assert "1 night of the diary was not recorded (2023-05-02)" in recording["message"]


def test_only_a_diary_that_changed_makes_a_recording_undone(runs):
    other = "somebody,2023-05-03,,,,1,\n"
    _, first = runs(HEAD + NIGHT)
    _, again = runs(HEAD + other + NIGHT)
    _, changed = runs(HEAD + NIGHT.replace("02:40", "02:41"))
    _, factor = runs(HEAD + NIGHT.replace(",-7,", ",8,"))
    _, heading = runs(HEAD.replace("stress", "strain") + NIGHT.replace(",-7,", ",8,"))
    assert [s.resumed for s in (first, again, changed, factor, heading)] == [
        [False],
        [True],
        [False],
        [False],
        [False],
    ]
    assert again.remarks == ["diary.csv: no recording of 'somebody'"]


def test_a_diary_of_nobody_who_was_recorded_is_refused_both_ways(tmp_path):
    path = tmp_path / "diary.csv"
    path.write_text("participant_id,night_date\nAX3_thigh25_short_night,2023-05-03\n")
    with pytest.raises(SettingsError) as caught:
        run([SAMPLE], tmp_path / "out", replace(OPTIONS, diary=read(path)))
    said = str(caught.value)
    assert f"no recording of 'AX3_thigh25_short_night' (is it '{WHO}'?)" in said
    assert f"no row for '{WHO}'" in said
    assert not (tmp_path / "out").exists()


def test_a_time_that_the_zone_does_not_have_is_refused_before_anything_is_opened(tmp_path):
    path = tmp_path / "diary.csv"
    path.write_text(
        f"participant_id,night_date,wake\n{WHO},2024-03-30,01:30\n{WHO},2024-10-26,01:30\n"
    )
    with pytest.raises(SettingsError, match="row 2, wake: 2024-03-31 01:30 does not exist") as said:
        run([SAMPLE], tmp_path / "out", replace(OPTIONS, diary=read(path)))
    assert "row 3, wake: 2024-10-27 01:30 happened twice" in str(said.value)
    assert not (tmp_path / "out").exists()


def test_an_anonymous_diary_moves_with_the_nights_and_keeps_no_words(runs, tmp_path):
    row, _ = runs(HEAD + NIGHT, use_diary_onset=True, anonymise=True)
    assert row["onset_source"] == "diary"
    assert not row["night_date"].startswith("2023")
    assert row["diary_onset"] == row["sleep_onset"]
    assert row["diary_onset"][10:] == "T02:40:00.000+01:00"
    assert (row["stress"], row["note"]) == ("-7", "")
    texts = [p.read_text("utf-8") for p in (tmp_path / "out").rglob("*.json")]
    assert not any("tired" in text or "2023" in text for text in texts)
