"""Starts, lengths and borders at which night-by-night programs are known to go wrong."""

from __future__ import annotations

import csv
from datetime import date, time, timedelta
from itertools import pairwise

import numpy as np
import pytest
from made_days import ONE_G, RATE_HZ, device_ns, pieces, write_day
from scans import EPOCH_NS, HOUR_NS, SPAN, STEP_G, at, judged, minutes_between, recorded

import detector
from detector.cohort import run
from detector.job import RunOptions
from detector.nights.judging import judge
from detector.nights.night import Interval
from detector.pipeline import Analysis, Subject, split_nights
from detector.scan import EPOCH, Scan
from detector.settings import Settings
from detector.tables.rows import night_row
from recordings import ArrayRecording, Zone
from recordings.arrays import CHUNK_N

TZ = "Europe/London"


def still(n: int) -> np.ndarray:
    """Samples in g of a sensor at rest."""
    return np.random.default_rng(0).normal((0, 0, 1), 0.004, (n, 3))


def rows_of(start: str, n: int, tz: str | None = TZ) -> list[dict]:
    return detector.analyse_samples(still(n), RATE_HZ, start, tz=tz).nights_table().to_pylist()


# ------------------------------------------------------------------ where a recording begins


@pytest.mark.parametrize("tz", [TZ, "Asia/Tokyo", None])
@pytest.mark.parametrize(
    ("start", "label"),
    [
        ("00:00:00", "2024-05-01"),
        ("00:00:00.040", "2024-05-01"),
        ("03:59:59", "2024-05-01"),
        ("11:50:00", "2024-05-01"),
        ("12:00:00", "2024-05-02"),
        ("23:59:55", "2024-05-02"),
    ],
)
def test_the_first_night_has_the_date_on_which_its_noon_was(start, label, tz):
    [row] = rows_of(f"2024-05-02T{start}", 60 * RATE_HZ, tz)
    assert row["night_date"] == date.fromisoformat(label)
    assert row["night_index"] == 0


def test_ten_milliseconds_before_noon_are_a_night_of_their_own():
    rows = rows_of("2024-05-02T11:59:59.990", 60 * RATE_HZ)
    assert [str(row["night_date"]) for row in rows] == ["2024-05-01", "2024-05-02"]
    assert [row["night_index"] for row in rows] == [0, 1]
    assert {row["status"] for row in rows} == {"not_analysable"}
    assert {row["sleep_starts_onset"] for row in rows} == {None}


@pytest.mark.parametrize("year", [1971, 2124, 2239])
def test_dates_that_were_moved_to_hide_who_it_was_make_nights_like_any_other(year, tmp_path):
    start = np.datetime64(f"{year}-05-02T22:00", "ms")
    times = start + (np.arange(600 * RATE_HZ) * 1000 // RATE_HZ).astype("m8[ms]")
    rows = zip(times.astype(str), still(len(times)), strict=True)
    text = "\n".join(f"{t},{x:.3f},{y:.3f},{z:.3f}" for t, (x, y, z) in rows)
    path = tmp_path / "moved.csv"
    path.write_text(f"time,x,y,z\n{text}\n")
    result = detector.analyse(path, tz=TZ)
    [night] = result.nights
    assert night.span.date == date(year, 5, 2)
    assert int(night.scan.epochs["n_samples"].sum()) == len(times)
    assert result.facts.health.stamps_repaired == 0


# ------------------------------------------------------------------ how long it is


@pytest.mark.parametrize("n", [1, 2, 5 * RATE_HZ, CHUNK_N - 1, CHUNK_N, CHUNK_N + 1])
def test_a_recording_of_any_length_has_its_night(n):
    result = detector.analyse_samples(still(n), RATE_HZ, "2024-05-02T22:00", tz=TZ)
    [night] = result.nights
    assert night.reasons[0] == "too_short"
    assert int(night.scan.epochs["n_samples"].sum()) == n
    assert result.facts.health.samples == n
    assert night.observed_h == pytest.approx(n / RATE_HZ / 3600, abs=5 / 3600)


def test_a_file_of_one_block_gives_tables(tmp_path):
    path = write_day(tmp_path / "block.cwa", "2024-05-02T22:00", ("asleep", 80 / RATE_HZ / 60))
    assert run([path], tmp_path / "out", RunOptions(tz=TZ)).exit_status == 0
    with (tmp_path / "out" / "nights.csv").open(newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["night_date"], row["status"]) == ("2024-05-02", "not_analysable")
    assert row["sleep_starts_onset"] == ""


def test_exactly_one_night_from_noon_to_noon_is_one_night():
    day = pieces("2024-05-02T12:00", ("awake", 650), ("asleep", 430), ("awake", 360))
    accel_g = np.concatenate([counts for counts, _ in day]) / ONE_G
    result = detector.analyse_samples(accel_g, RATE_HZ, "2024-05-02T12:00", tz=TZ)
    [night] = result.nights
    assert night.observed_h == pytest.approx(24)
    assert night.status == "ok"
    assert minutes_between(night.sleep.onset_ns, night.span.start_ns) == pytest.approx(650, abs=2)


def day_of_epochs(first_ns: int) -> Scan:
    epochs = np.zeros(17_280, EPOCH)
    epochs["start_ns"] = first_ns + EPOCH_NS * np.arange(len(epochs))
    epochs["n_samples"], epochs["observed_s"] = 5 * RATE_HZ, 5.0
    return Scan(epochs=epochs)


def test_half_a_year_is_cut_into_its_nights_and_nothing_is_lost():
    start_ns = SPAN.start_ns + 8 * HOUR_NS  # 2024-03-05T20:00, over the change of 31 March
    zone = Zone.of(TZ, start_ns)
    days = (day_of_epochs(start_ns + k * 24 * HOUR_NS) for k in range(180))
    spans, epochs = [], 0
    for span, scan, _ in split_nights(days, zone, time(12)):
        starts = scan.epochs["start_ns"]
        assert span.start_ns <= starts[0]
        assert starts[-1] < span.end_ns
        assert (np.diff(starts) == EPOCH_NS).all()
        spans.append(span)
        epochs += len(starts)
    assert epochs == 180 * 17_280
    assert [span.date for span in spans] == [SPAN.date + timedelta(days=k) for k in range(181)]
    assert all(a.end_ns == b.start_ns for a, b in pairwise(spans))
    lengths_h = [(span.end_ns - span.start_ns) / HOUR_NS for span in spans]
    assert sorted(set(lengths_h)) == [23, 24]
    assert lengths_h.count(23) == 1


def test_thirty_equal_nights_are_judged_alike():
    night = recorded("20:00", ("awake", 180), ("asleep", 420), ("awake", 60))
    day_ns, zone = 24 * HOUR_NS, Zone()

    def nights():
        for k in range(30):
            epochs = night.copy()
            epochs["start_ns"] += k * day_ns
            yield Scan(epochs=epochs)

    known = {"site": "wrist", "step_g": STEP_G, "rate_hz": 50.0, "settings": Settings()}
    found = [
        judge(scan, span, index=k, recorded=Interval(at("20:00"), last_ns), **known)
        for k, (span, scan, last_ns) in enumerate(split_nights(nights(), zone, time(12)))
    ]
    assert len(found) == 30
    assert {n.status for n in found} == {"ok"}
    assert {n.sleep.onset_ns - n.span.start_ns for n in found} == {
        found[0].sleep.onset_ns - SPAN.start_ns
    }


# ------------------------------------------------------------------ when sleep begins


@pytest.mark.parametrize("clock", ["00:00", "12:00"])
def test_an_onset_at_midnight_or_noon_is_written_like_any_other(clock):
    night = (("awake", 60), ("asleep", 240), ("awake", 60))
    start = "2024-05-02T23:00" if clock == "00:00" else "2024-05-02T11:00"
    accel_g = np.concatenate([counts for counts, _ in pieces(start, *night)]) / ONE_G
    onset = time.fromisoformat(clock)
    subject = Subject(
        recording_id="given", tz=TZ, sleep_period=(onset, time((onset.hour + 4) % 24))
    )
    analysis = Analysis(ArrayRecording(accel_g, RATE_HZ, start), subject, Settings())
    *_, night = analysis.nights()
    row = night_row(analysis.facts, night)
    day = "2024-05-03" if clock == "00:00" else "2024-05-02"
    assert row["sleep_onset"] == f"{day}T{clock}:00.000+01:00"
    assert row["night_date"] == "2024-05-02"


def test_sleep_found_from_midnight_on_belongs_to_the_evening_before():
    night = judged(recorded("21:00", ("awake", 180), ("asleep", 420), ("awake", 60)))
    assert minutes_between(night.sleep.onset_ns, at("24:00")) <= 1
    assert night.status == "ok"


def test_a_first_night_without_rest_does_not_disturb_the_second():
    awake, slept = ("awake", 1440), (("awake", 600), ("asleep", 480), ("awake", 360))
    accel_g = np.concatenate([c for c, _ in pieces("2024-05-02T12:00", awake, *slept)]) / ONE_G
    first, second = detector.analyse_samples(accel_g, RATE_HZ, "2024-05-02T12:00", tz=TZ).nights
    assert first.reasons == ("no_sleep", "no_knock_test")
    assert first.counts["sleep_starts_onset"] is None
    assert second.status == "ok"
    assert second.index == 1


def test_a_rest_bout_that_covers_the_whole_day_has_no_onset():
    night = judged(recorded("12:00", ("asleep", 1440)))
    assert night.reasons[0] == "began_asleep"
    assert night.counts["sleep_starts_onset"] is None
    assert not night.sleep.onset_observed
    assert not night.sleep.wake_observed


def test_a_day_on_the_table_has_no_count():
    night = judged(recorded("12:00", ("table", 1440)))
    assert night.reasons == ("never_worn",)
    assert set(night.counts.values()) == {None}


def test_a_gap_at_onset_takes_the_count_away_and_says_why():
    night = judged(recorded("21:00", ("awake", 105), ("gap", 13), ("awake", 2), ("asleep", 400)))
    assert night.counts["sleep_starts_onset"] is None
    assert "gap_at_onset" in night.reasons or "unseen_before_sleep" in night.reasons


# ------------------------------------------------------------------ gaps and borders


def test_three_weeks_without_samples_are_no_nights_and_the_numbers_go_on(tmp_path):
    weeks = ("gap", 21 * 1440)
    path = write_day(tmp_path / "gap.cwa", "2024-03-20T22:00", ("asleep", 5), weeks, ("asleep", 5))
    assert run([path], tmp_path / "out", RunOptions(tz=TZ)).exit_status == 0
    with (tmp_path / "out" / "nights.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["night_date"] for row in rows] == ["2024-03-20", "2024-04-10"]
    assert [row["night_index"] for row in rows] == ["0", "21"]
    with (tmp_path / "out" / "recordings.csv").open(newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["gaps"], row["nights"]) == ("1", "2")
    assert float(row["gap_min"]) == pytest.approx(21 * 1440, abs=0.2)


def test_an_event_on_the_border_between_two_nights_is_in_the_first_and_only_there(tmp_path):
    jerk = "2024-05-03T11:59:59.980"
    path = write_day(tmp_path / "noon.cwa", "2024-05-03T11:50", ("asleep", 20), jerks=[jerk])
    assert run([path], tmp_path / "out", RunOptions(tz="UTC")).exit_status == 0
    with (tmp_path / "out" / "events.csv").open(newline="") as file:
        [row] = csv.DictReader(file)
    assert row["night_date"] == "2024-05-02"
    assert row["start_utc"] < "2024-05-03T12" < row["end_utc"]
    with np.load(tmp_path / "out" / "recordings" / "noon" / "snippets.npz") as snippets:
        assert snippets["event_index"].tolist() == [0]


@pytest.mark.parametrize("night_start", ["12:00", "18:00", "00:00", "01:30"])
def test_every_epoch_is_in_one_night_wherever_nights_begin(night_start):
    start_ns = device_ns("2024-10-25T09:00")  # clocks go back on the 27th, from 02:00 to 01:00
    days = (day_of_epochs(start_ns + k * 24 * HOUR_NS) for k in range(4))
    begins = time.fromisoformat(night_start)
    nights = list(split_nights(days, Zone.of(TZ, start_ns), begins))
    assert sum(len(scan.epochs) for _, scan, _ in nights) == 4 * 17_280
    assert all(a.end_ns == b.start_ns for (a, *_), (b, *_) in pairwise(nights))
    lengths_h = [(span.end_ns - span.start_ns) / HOUR_NS for span, *_ in nights]
    assert sorted(set(lengths_h)) == [24, 25]
