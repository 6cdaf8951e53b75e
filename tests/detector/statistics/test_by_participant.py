from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.statistics.by_participant import participant_rows, write_by_participant
from detector.statistics.rates import pooled_rate
from detector.tables import csvtext
from detector.tables.columns import BY_PARTICIPANT, NIGHTS, RECORDINGS
from detector.tables.csvtext import Row

TUESDAY = date(2024, 3, 5)


def recording(name: str = "a", participant: str = "p", **cells) -> Row:
    return {
        "recording_id": name,
        "participant_id": participant,
        "site": "wrist",
        "status": "ok",
        **cells,
    }


def night(day: int = 0, count: int | None = 2, name: str = "a", minutes=45.0, **cells) -> Row:
    return {
        "recording_id": name,
        "participant_id": "p",
        "night_date": (TUESDAY + timedelta(days=day)).isoformat(),
        "onset_source": "hdcza",
        "onset_window_usable_min": minutes,
        "sleep_starts_onset": count,
        **cells,
    }


def only(nights: list[Row], recordings: list[Row] | None = None) -> Row:
    (row,) = participant_rows(nights, recordings or [recording()])
    return row


def test_counts_and_observed_time_add_up_over_usable_nights_alone():
    row = only([night(0, 3), night(1, None), night(2, 0, minutes=30.0), night(3, 1)])
    assert (row["nights"], row["nights_usable"]) == (4, 3)
    assert (row["sleep_starts_onset"], row["onset_window_usable_h"]) == (4, 2.0)
    assert row["sleep_starts_per_night"] == pytest.approx(4 / 3, abs=1e-3)
    assert row["sleep_starts_per_h"] == 2.0
    expected = pooled_rate([3, 0, 1], [0.75, 0.5, 0.75])
    assert expected is not None
    assert row["ci95_high_per_h"] == round(expected.high_per_h, 3)
    assert row["interval"] == expected.interval


def test_without_a_usable_night_nothing_is_zero():
    row = only([night(0, None), night(1, None, minutes=None)])
    assert (row["nights"], row["nights_usable"]) == (2, 0)
    empty = ("sleep_starts_onset", "onset_window_usable_h", "sleep_starts_per_night")
    empty += ("sleep_starts_per_h", "ci95_low_per_h", "interval", "dispersion")
    empty += ("first_night_sleep_starts", "weekday_per_h", "mean_onset_clock", "sd_onset_min")
    assert [row.get(name) for name in empty] == [None] * len(empty)


def test_a_count_in_no_observed_time_is_no_usable_night():
    assert only([night(0, 0, minutes=0.0), night(1, 0, minutes=None)])["nights_usable"] == 0


def test_someone_whose_recordings_all_failed_has_a_row():
    row = only([], [recording("", status="failed")])
    assert (row["recordings"], row["recordings_failed"], row["recording_ids"]) == (0, 1, None)
    assert row["nights"] == 0


def test_a_file_that_is_no_recording_is_nobodys():
    skipped = recording("", "q", status="skipped")
    assert list(participant_rows([], [skipped])) == []
    assert only([night(0, 3)], [skipped, recording()])["sleep_starts_onset"] == 3


def test_of_two_recordings_of_a_night_the_longer_observed_one_is_used_and_not_the_larger():
    both = [recording("left"), recording("right")]
    row = only([night(0, 9, "left", 40.0), night(0, 1, "right", 45.0)], both)
    assert (row["recordings"], row["recording_ids"]) == (2, "left;right")
    assert (row["nights"], row["nights_doubled"], row["sleep_starts_onset"]) == (1, 1, 1)


def test_a_recording_without_a_count_does_not_hide_one_with():
    both = [recording("left"), recording("right")]
    row = only([night(0, None, "left", 45.0), night(0, 1, "right", 40.0)], both)
    assert (row["nights_usable"], row["sleep_starts_onset"]) == (1, 1)


def test_equally_observed_the_first_recording_of_the_run_is_used():
    both = [recording("left"), recording("right")]
    nights = [night(0, 9, "right"), night(0, 1, "left")]
    assert only(nights, both)["sleep_starts_onset"] == 1


def test_wrist_and_ankle_of_a_person_have_a_row_each():
    two = [recording("w"), recording("k", site="ankle"), recording("q", "other")]
    rows = list(participant_rows([night(0, 1, "w"), night(0, 5, "k")], two))
    told = [(r["participant_id"], r["site"], r["nights"]) for r in rows]
    assert told == [("p", "wrist", 1), ("p", "ankle", 1), ("other", "wrist", 0)]
    assert [r.get("sleep_starts_onset") for r in rows] == [1, 5, None]


def test_the_first_night_is_the_first_one_slept():
    fragment = night(-1, None, onset_source=None)
    row = only([fragment, night(0, 8), night(1, 2), night(2, 1)])
    assert row["first_night_date"] == "2024-03-05"
    assert (row["first_night_sleep_starts"], row["later_nights_usable"]) == (8, 2)
    assert (row["first_night_per_h"], row["later_nights_per_h"]) == (10.667, 2.0)


def test_nights_of_which_nothing_was_counted_are_usable_and_of_one_recording():
    row = only([night(0, 0), night(1, 0), night(2, None), night(3, 0)])
    assert (row["first_night_sleep_starts"], row["first_night_per_h"]) == (0, 0)
    assert (row["later_nights_usable"], row["later_nights_per_h"]) == (2, 0)
    assert row["nights_doubled"] == 0


def test_a_first_night_without_a_count_is_not_replaced_by_the_second():
    row = only([night(0, None), night(1, 2)])
    assert row["first_night_date"] == "2024-03-05"
    assert row["first_night_sleep_starts"] is None
    assert row["later_nights_usable"] == 1


def test_friday_and_saturday_evenings_are_the_weekend():
    row = only([night(day, day) for day in range(7)])  # Tuesday to Monday
    assert (row["weekend_nights_usable"], row["weekday_nights_usable"]) == (2, 5)
    assert row["weekend_per_h"] == round((3 + 4) / 1.5, 3)
    assert row["weekday_per_h"] == round((0 + 1 + 2 + 5 + 6) / 3.75, 3)


def test_clock_times_are_local_and_their_mean_is_circular():
    times = ["2024-03-05T23:40:00.000+01:00", "2024-03-07T00:30:00.000+01:00"]
    nights = [night(i, sleep_onset=at, wake=None) for i, at in enumerate(times)]
    row = only([*nights, night(2)])
    assert (row["onset_nights"], row["mean_onset_clock"]) == (2, "00:05")
    assert row["sd_onset_min"] == pytest.approx(25, abs=0.2)
    assert (row["wake_nights"], row["mean_wake_clock"], row["sd_wake_min"]) == (0, None, None)


def test_equal_clock_times_deviate_by_zero_without_a_sign():
    midnight = "2024-03-06T00:00:00.000+01:00"
    assert str(only([night(i, wake=midnight) for i in range(2)])["sd_wake_min"]) == "0.0"


def test_the_median_uncertainty_is_over_the_nights_that_have_one():
    spread = (60.0, None, 75.2, 61.0)
    nights = [night(i, onset_uncertainty_min=x) for i, x in enumerate(spread)]
    assert only(nights)["median_onset_uncertainty_min"] == 61.0


NAMES = ("a", "b", "c", "d")
RECORDED = [
    recording("a", "p"),
    recording("b", "q"),
    recording("c", "p"),
    recording("d", "p", site="ankle"),
]


@st.composite
def many_nights(draw: st.DrawFn) -> list[Row]:
    drawn = st.tuples(
        st.sampled_from(NAMES),
        st.integers(0, 9),
        st.none() | st.integers(0, 9),
        st.sampled_from([10.0, 30.0, 44.9, 45.0]),
        st.booleans(),
    )
    rows = draw(st.lists(drawn, max_size=30, unique_by=lambda row: row[:2]))
    return [
        night(day, count, name, minutes, onset_source="hdcza" if slept else None)
        for name, day, count, minutes, slept in rows
    ]


def naive(nights: list[Row]) -> Iterator[tuple[object, ...]]:
    """Participant, site, dates, usable, sum of counts, of minutes, of weekend counts."""
    for person, site in (("p", "wrist"), ("q", "wrist"), ("p", "ankle")):
        names = [
            str(r["recording_id"])
            for r in RECORDED
            if (r["participant_id"], r["site"]) == (person, site)
        ]
        by_date: dict[str, Row] = {}
        for name in names:
            for row in (r for r in nights if r["recording_id"] == name):
                at = str(row["night_date"])
                known = by_date.get(at)
                if known is None or better(row, known):
                    by_date[at] = row
        used = [r for r in by_date.values() if r["sleep_starts_onset"] is not None]
        weekend = [r for r in used if date.fromisoformat(str(r["night_date"])).weekday() in {4, 5}]
        slept = sorted(d for d, r in by_date.items() if r["onset_source"])
        yield (
            *(person, site, len(by_date), len(used)),
            sum(int(r["sleep_starts_onset"] or 0) for r in used) if used else None,
            round(sum(float(r["onset_window_usable_min"] or 0) for r in used) / 60, 3)
            if used
            else None,
            len(weekend),
            slept[0] if slept else None,
        )


def better(row: Row, known: Row) -> bool:
    keys = [
        (r["sleep_starts_onset"] is not None, float(r["onset_window_usable_min"] or 0))
        for r in (row, known)
    ]
    return keys[0] > keys[1]


@given(many_nights(), st.randoms())
def test_rows_are_those_of_an_obvious_twin_in_any_order_of_the_nights(nights, random):
    shuffled = list(nights)
    random.shuffle(shuffled)
    rows = list(participant_rows(shuffled, RECORDED))
    assert rows == list(participant_rows(nights, RECORDED))
    names = ("participant_id", "site", "nights", "nights_usable", "sleep_starts_onset")
    names += ("onset_window_usable_h", "weekend_nights_usable", "first_night_date")
    assert [tuple(r.get(n) for n in names) for r in rows] == list(naive(nights))


@given(many_nights())
def test_the_parts_of_a_row_agree_with_one_another(nights):
    for row in participant_rows(nights, RECORDED):
        usable = row["nights_usable"]
        assert isinstance(usable, int)
        parts = [row["weekday_nights_usable"], row["weekend_nights_usable"]]
        assert usable == sum(int(n or 0) for n in parts)
        if usable:
            low, rate, high = (
                row[k] for k in ("ci95_low_per_h", "sleep_starts_per_h", "ci95_high_per_h")
            )
            assert low <= rate <= high
            mean = float(row["sleep_starts_onset"] or 0) / usable
            assert row["sleep_starts_per_night"] == pytest.approx(mean, abs=1e-3)


def test_the_table_is_made_from_the_tables_beside_it(tmp_path: Path):
    nights, recordings = [night(0, 3), night(1, None)], [recording()]
    (tmp_path / "nights.csv").write_bytes(csvtext.table(NIGHTS, nights))
    (tmp_path / "recordings.csv").write_bytes(csvtext.table(RECORDINGS, recordings))
    write_by_participant(tmp_path)
    path = tmp_path / "by_participant.csv"
    made = csvtext.table(BY_PARTICIPANT, participant_rows(nights, recordings))
    assert path.read_bytes() == made
    (row,) = csvtext.read(BY_PARTICIPANT, path)
    assert (row["participant_id"], row["sleep_starts_onset"]) == ("p", 3)
