"""What one night of a diary may say: order, zones, dates that are moved, and what it keeps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from detector.nights.night import Noted
from detector.stated.diary import TIMES, Diary, Entry, settled
from recordings import SECOND_NS, Zone

LONDON = ZoneInfo("Europe/London")
NIGHT = date(2024, 3, 5)
BST = timezone(timedelta(hours=1))


def at(day, hour, minute=0, **more):
    return datetime(2024, 3, day, hour, minute, **more)


def entry(**times):
    return Entry(2, NIGHT, times)


# ------------------------------------------------------------------ order


@pytest.mark.parametrize(("first", "second"), list(pairwise(TIMES)))
def test_each_time_comes_after_the_one_before(first, second):
    noted = entry(**{first: at(5, 23, 10), second: at(5, 23, 9)})
    said = f"2024-03-05 23:09 is not after {first}, 2024-03-05 23:10"
    assert list(noted.disorder()) == [(second, said)]
    assert list(entry(**{first: at(5, 23, 9), second: at(5, 23, 10)}).disorder()) == []


@pytest.mark.parametrize(("first", "second"), list(pairwise(TIMES)))
def test_only_sleep_takes_time(first, second):
    noted = entry(**{first: at(5, 23), second: at(5, 23)})
    wrong = [name for name, _ in noted.disorder()]
    assert wrong == (["wake"] if first == "sleep_onset" else [])


def test_times_that_were_not_noted_are_passed_over():
    assert [name for name, _ in entry(in_bed=at(6, 8), out_of_bed=at(6, 7)).disorder()] == [
        "out_of_bed"
    ]


def test_every_time_that_comes_too_early_is_said():
    noted = entry(in_bed=at(6, 3), lights_off=at(6, 2), sleep_onset=at(6, 1), wake=at(6, 7))
    assert [name for name, _ in noted.disorder()] == ["lights_off", "sleep_onset"]


@pytest.mark.parametrize(
    ("first", "second", "late"),
    [
        (at(6, 1, tzinfo=UTC), at(6, 1, 30, tzinfo=BST), True),  # half past midnight in UTC
        (at(6, 1, tzinfo=BST), at(6, 0, 30, tzinfo=UTC), False),
        (at(6, 1, tzinfo=UTC), at(6, 1, 30), False),
        (at(6, 1), at(6, 1, 30, tzinfo=BST), False),
        (at(6, 1, 30), at(6, 1, tzinfo=UTC), True),
        (at(6, 1, 30, tzinfo=UTC), at(6, 1), True),
    ],
    ids=["by offsets", "by offsets in order", "by the clock", "by the clock too", "late", "later"],
)
def test_with_two_offsets_the_order_is_that_of_time_else_that_of_the_clock(first, second, late):
    wrong = [name for name, _ in entry(sleep_onset=first, wake=second).disorder()]
    assert wrong == (["wake"] if late else [])


# ------------------------------------------------------------------ zones


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        (datetime(2024, 3, 31, 0, 59), ""),
        (datetime(2024, 3, 31, 1, 0), "does not exist"),
        (datetime(2024, 3, 31, 1, 59), "does not exist"),
        (datetime(2024, 3, 31, 2, 0), ""),
        (datetime(2024, 10, 27, 0, 59), ""),
        (datetime(2024, 10, 27, 1, 0), "happened twice"),
        (datetime(2024, 10, 27, 1, 59), "happened twice"),
        (datetime(2024, 10, 27, 2, 0), ""),
    ],
    ids=str,
)
def test_only_the_hour_of_a_change_of_clocks_is_no_time_of_the_zone(when, problem):
    same, said = settled(when, LONDON)
    assert same == when
    assert problem in said
    assert bool(said) == bool(problem)


def test_without_a_zone_a_time_of_the_clock_is_what_it_is():
    assert settled(at(5, 23), None) == (at(5, 23), "")


def test_a_time_with_its_own_offset_in_the_zone_is_that_of_the_clock():
    assert settled(datetime(2024, 7, 1, 23, tzinfo=BST), LONDON) == (datetime(2024, 7, 1, 23), "")


def test_a_time_with_another_offset_is_said_and_told_in_the_zone():
    when, problem = settled(at(5, 23, tzinfo=BST), LONDON)
    assert when == at(5, 23)
    assert problem == (
        "2024-03-05 23:00+01:00 is 2024-03-05 22:00+00:00 in Europe/London; write that"
    )


def test_an_offset_without_a_zone_is_said_with_what_to_do():
    when, problem = settled(at(5, 23, tzinfo=BST), None)
    assert when == at(5, 23)
    assert problem == (
        "2024-03-05 23:00+01:00 has an offset from UTC, but no zone is known; name it (--tz)"
    )


def test_all_times_that_the_zone_does_not_have_are_named():
    noted = entry(in_bed=datetime(2024, 3, 31, 1, 10), lights_off=datetime(2024, 3, 31, 1, 20))
    same, wrong = noted.settled(LONDON)
    assert same == noted
    assert [name for name, _ in wrong] == ["in_bed", "lights_off"]


def test_noted_times_are_put_on_the_clock_of_the_device():
    zone = Zone(LONDON, device_offset_s=3600)  # the device shows an hour more
    noted = entry(in_bed=at(5, 22, 30), wake=at(6, 6))
    shown = noted.on(zone)
    assert shown["wake"] - shown["in_bed"] == 7.5 * 3600 * SECOND_NS
    device = datetime(1970, 1, 1) + timedelta(seconds=shown["in_bed"] / SECOND_NS)
    assert device == at(5, 23, 30)


# ------------------------------------------------------------------ moved dates


@pytest.mark.parametrize(
    "cell", ["7", "-7", "3,5", "0.5", "1e3", "yes", "No", " Y ", "n", "TRUE", "false"]
)
def test_numbers_and_yes_and_no_name_nobody_and_are_kept(cell):
    assert Entry(2, NIGHT, {}, (cell,)).moved(timedelta(7)).factors == (cell,)


@pytest.mark.parametrize("cell", ["", "Anna", "yes, with Anna", "1 May", "12:30", "maybe", "1,2,3"])
def test_other_words_are_left_out(cell):
    assert Entry(2, NIGHT, {}, (cell,)).moved(timedelta(7)).factors == ("",)


def test_a_moved_diary_keeps_its_nights_and_times_at_their_distance():
    diary = Diary(("stress",), (Entry(2, NIGHT, {"wake": at(6, 6)}, ("3",)),), use_onset=True)
    moved = diary.moved(timedelta(days=-14))
    assert moved == Diary(
        ("stress",),
        (Entry(2, date(2024, 2, 20), {"wake": datetime(2024, 2, 21, 6)}, ("3",)),),
        use_onset=True,
    )


# ------------------------------------------------------------------ a diary


ZONE = Zone(LONDON, device_offset_s=0)
KEPT = Diary(
    ("stress", "note"),
    (
        Entry(3, NIGHT, {"wake": at(6, 6)}, ("3", "x")),
        Entry(2, date(2024, 3, 4), {}, ("4", "")),
    ),
)


def test_a_night_that_was_kept_has_its_times_and_factors():
    noted = KEPT.noted(NIGHT, ZONE)
    assert (noted.kept, noted.factors) == (True, ("3", "x"))
    assert noted.times_ns == {"wake": ZONE.device_ns(at(6, 6))}
    assert KEPT.noted(date(2024, 3, 4), ZONE) == Noted(kept=True, factors=("4", ""))


def test_a_night_that_was_not_kept_has_an_empty_cell_for_every_factor():
    assert KEPT.noted(date(2024, 3, 6), ZONE) == Noted(kept=False, factors=("", ""))
    assert Diary().noted(NIGHT, ZONE) == Noted()


def test_the_order_of_rows_does_not_change_what_results_depend_on():
    turned = Diary(KEPT.columns, KEPT.entries[::-1])
    assert turned.as_json() == KEPT.as_json()
    assert [each["date"] for each in KEPT.as_json()["entries"]] == ["2024-03-04", "2024-03-05"]


def test_the_place_in_the_table_does_not_change_what_results_depend_on():
    assert Entry(9, NIGHT, {}).as_json() == Entry(2, NIGHT, {}).as_json()


def test_all_that_results_depend_on_is_told():
    assert KEPT.as_json() == {
        "columns": ["stress", "note"],
        "entries": [
            {"date": "2024-03-04", "times": {}, "factors": ["4", ""]},
            {
                "date": "2024-03-05",
                "times": {"wake": ["2024-03-06T06:00:00", 0]},
                "factors": ["3", "x"],
            },
        ],
        "use_onset": False,
    }
    assert Diary(use_onset=True).as_json()["use_onset"] is True
