"""Where recording, nights and what is known of the wearer meet."""

from __future__ import annotations

from datetime import date, datetime, time

import numpy as np
import pytest

import detector
from detector.pipeline import SETTLED_NS, Analysis, Subject, split_nights, survey
from detector.scan import EPOCH, Scan
from detector.settings import ScanSettings, Settings
from detector.stated.diary import Diary, Entry
from recordings import SECOND_NS, ArrayRecording, RecordingError, Zone

BERLIN = Zone.of("Europe/Berlin", 0)
HOUR_NS = 3600 * SECOND_NS
NOON = time(12)


def ns(day, hour=0, minute=0, second=0):
    """Device time in Berlin in March 2024."""
    return BERLIN.device_ns(datetime(2024, 3, day, hour, minute, second))


def epochs(*starts_ns):
    table = np.zeros(len(starts_ns), EPOCH)
    table["start_ns"] = starts_ns
    return Scan(epochs=table)


def lying_still(rate_hz=30.0, seconds=120, start="2024-03-05T22:00:00"):
    """Two minutes of a sensor on a table."""
    rng = np.random.default_rng(3)
    samples = rng.normal([0, 0, 1], 0.003, (round(seconds * rate_hz), 3))
    return ArrayRecording(samples, rate_hz, start)


# ------------------------------------------------------------------ nights


def split(*scans, night_start=NOON):
    found = split_nights(scans, BERLIN, night_start)
    return [
        (span.date, (scan.epochs["start_ns"] - ns(5)).tolist(), last_ns - ns(5))
        for span, scan, last_ns in found
    ]


def test_nights_are_from_noon_to_noon_and_an_epoch_is_of_the_night_it_begins_in():
    times = [ns(5, 11, 59, 55), ns(5, 12), ns(6, 11, 59, 55), ns(6, 12)]
    found = split(epochs(*times))
    assert [night for night, *_ in found] == [date(2024, 3, 4), date(2024, 3, 5), date(2024, 3, 6)]
    assert [starts for _, starts, _ in found] == [
        [times[0] - ns(5)],
        [times[1] - ns(5), times[2] - ns(5)],
        [times[3] - ns(5)],
    ]


def test_nights_begin_where_the_setting_says():
    times = [ns(5, 17, 59, 55), ns(5, 18)]
    assert [night for night, *_ in split(epochs(*times), night_start=time(18))] == [
        *(date(2024, 3, 4), date(2024, 3, 5)),
    ]


def test_nights_without_a_sample_do_not_exist():
    found = split(epochs(ns(5, 13), ns(9, 13)))
    assert [night for night, *_ in found] == [date(2024, 3, 5), date(2024, 3, 9)]
    assert split() == []
    assert split(Scan(), Scan()) == []


@pytest.mark.parametrize(("second", "told"), [(54, 0), (55, 1)], ids=["not yet", "settled"])
def test_a_night_is_told_once_nothing_of_it_can_change(second, told):
    given = []

    def scans():
        yield epochs(ns(5, 13), ns(6, 12, 0, second))
        given.append("more")
        yield epochs(ns(6, 12, 5))

    nights = split_nights(scans(), BERLIN, NOON)
    next(nights)
    assert SETTLED_NS == 60 * SECOND_NS
    assert given == [] if told else given == ["more"]


@pytest.mark.parametrize("size", [1, 2, 5])
def test_however_the_pass_was_cut_nights_are_the_same(size):
    times = [ns(5) + k * 7 * HOUR_NS for k in range(12)]
    pieces = [epochs(*times[k : k + size]) for k in range(0, len(times), size)]
    assert [n[:2] for n in split(*pieces)] == [n[:2] for n in split(epochs(*times))]


def test_each_night_knows_the_last_time_seen_by_then():
    found = split(epochs(ns(5, 13)), epochs(ns(6, 12, 5)), epochs(ns(6, 15)))
    assert [last for *_, last in found] == [
        ns(6, 12, 5, 5) - ns(5),
        ns(6, 15, 0, 5) - ns(5),
    ]


# ------------------------------------------------------------------ rates


@pytest.mark.parametrize("rate_hz", [24.0, 50.0])
def test_from_24_hz_on_recordings_are_analysed(rate_hz):
    assert Analysis(lying_still(rate_hz), Subject(recording_id="a"), Settings()).probe.rate_hz == (
        pytest.approx(rate_hz)
    )


def test_slower_ones_are_refused_with_the_least():
    with pytest.raises(RecordingError) as caught:
        Analysis(lying_still(23.5), Subject(recording_id="a"), Settings())
    assert str(caught.value).endswith(
        "sampled at 23.50 Hz: too slow to see a jerk; record at 50 Hz or more (the least is 24 Hz)"
    )


def test_the_least_rate_is_the_setting():
    settings = Settings(scan=ScanSettings(min_rate_hz=40.0))
    with pytest.raises(RecordingError, match=r"\(the least is 40 Hz\)"):
        Analysis(lying_still(30.0), Subject(recording_id="a"), settings)


@pytest.mark.parametrize(("rate_hz", "fits"), [(10_000.0, True), (10_001.0, False)])
def test_stamps_of_more_than_10000_samples_a_second_are_not_believed(rate_hz, fits):
    recording = lying_still(rate_hz, seconds=1)
    if fits:
        Analysis(recording, Subject(recording_id="a"), Settings())
        return
    with pytest.raises(RecordingError) as caught:
        Analysis(recording, Subject(recording_id="a"), Settings())
    assert str(caught.value).endswith(
        "its stamps say 10001 samples a second: they cannot be right; "
        "check the recorder's clock, or give a table without times and its --rate"
    )


# ------------------------------------------------------------------ facts


@pytest.mark.parametrize(
    ("zones", "start", "name", "source"),
    [
        ({"tz": "Europe/Berlin"}, "2024-03-05T22:00", "Europe/Berlin", "user"),
        ({"device_tz": "Europe/Paris"}, "2024-03-05T22:00", "Europe/Paris", "user"),
        ({"tz": "Asia/Tokyo", "device_tz": "UTC"}, "2024-03-05T22:00", "Asia/Tokyo", "user"),
        ({}, "2024-03-05T22:00", None, "unknown"),
        ({}, "2024-03-05T22:00+01:00", "UTC+01:00", "file"),
    ],
    ids=["the wearer's", "the device's", "both", "none", "of the file"],
)
def test_from_where_the_zone_is_known_is_told(zones, start, name, source):
    recording = lying_still(start=start)
    facts = Analysis(recording, Subject(recording_id="a", **zones), Settings()).facts
    assert (facts.tz_name, facts.tz_source) == (name, source)


def test_what_is_said_of_the_wearer_is_in_the_facts():
    subject = Subject(
        recording_id="r",
        shown_path="x/r.cwa",
        parts=3,
        participant_id="P1",
        participant_source="participants",
        session="2",
        notes="n",
        site="ankle",
        side="left",
        anonymised=True,
        diary=Diary(("stress",)),
    )
    facts = Analysis(lying_still(), subject, Settings()).facts
    assert (facts.recording_id, facts.path, facts.parts) == ("r", "x/r.cwa", 3)
    assert (facts.participant_id, facts.participant_source) == ("P1", "participants")
    assert (facts.session, facts.notes, facts.site, facts.side) == ("2", "n", "ankle", "left")
    assert (facts.anonymised, facts.factors) == (True, ("stress",))


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([5], None),
        ([4], "1 night of the diary was not recorded (2024-03-04)"),
        ([5, 9, 7], "2 nights of the diary were not recorded (2024-03-07 to 2024-03-09)"),
    ],
)
def test_nights_of_the_diary_that_were_not_recorded_are_told(days, said):
    noted = tuple(Entry(2 + k, date(2024, 3, day), {}) for k, day in enumerate(days))
    subject = Subject(recording_id="a", tz="Europe/Berlin", diary=Diary((), noted))
    analysis = Analysis(lying_still(), subject, Settings())
    nights = list(analysis.nights())
    remarks = {note.code: note.message for note in analysis.recording.health.remarks}
    assert remarks.get("diary_unrecorded") == said
    assert [night.noted.kept for night in nights] == [5 in days]


# ------------------------------------------------------------------ a look without events


def test_a_survey_reads_everything_once_and_tells_how_far_it_is():
    recording, told = lying_still(seconds=300), []
    survey(recording, 30.0, BERLIN, Settings(), told.append)
    assert recording.health.samples == 9000
    assert told == sorted(told)
    assert told


# ------------------------------------------------------------------ from Python


def test_samples_in_memory_are_analysed_as_a_recording_is():
    samples = np.random.default_rng(0).normal([0, 0, 1], 0.004, (9000, 3))
    result = detector.analyse_samples(samples, 50.0, "2024-03-05T22:00", tz="Europe/Berlin")
    assert result.facts.recording_id == "samples"
    assert [night.span.date for night in result.nights] == [date(2024, 3, 5)]
    assert result.facts.health.samples == 9000
