"""Whose diary is whose, and what is said of those that match nobody."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from detector.diary_match import problems_of, with_diaries, with_hypnogram
from detector.inputs.sources import Part, Source
from detector.job import RunOptions
from detector.parameter import SettingsError
from detector.people.identity import Identity
from detector.people.naming import Named
from detector.stated.diary import Diary, Entry
from detector.stated.diary_table import DiaryTable
from detector.stated.hypnogram import Hypnogram, Stage

NIGHT = date(2024, 3, 30)
LEFT_OUT = datetime(2024, 3, 31, 1, 30)
"""No time of London."""
PATH = Path("diary.csv")


def source(who="anna", skipped="", **said):
    parts = (Part(Path(f"{who}.cwa"), f"{who}.cwa"),)
    named = Named(group=who, name=who, row=Identity(**said), found=Identity())
    return Source(parts, named, "" if skipped else who, skipped)


def table(*names, wake=datetime(2024, 3, 31, 6), columns=()):
    """A diary of one night for each name, in rows from 2 on."""
    entries = {
        who: (Entry(row, NIGHT, {"wake": wake}, ("",) * len(columns)),)
        for row, who in enumerate(names, 2)
    }
    return DiaryTable(PATH, columns, entries)


def options(diary=None, tz="Europe/London", **more):
    return RunOptions(diary=diary, tz=tz, **more)


# ------------------------------------------------------------------ diaries


def test_without_a_diary_inputs_stay_as_they_are():
    sources = [source(), source("bert", skipped="a text")]
    assert with_diaries(sources, options()) == (sources, [])


def test_every_recording_gets_what_its_wearer_noted():
    diary = table("anna", "bert", columns=("stress",))
    found, said = with_diaries([source("bert"), source("anna")], options(diary))
    assert [each.diary.entries[0].number for each in found] == [3, 2]
    assert [each.diary.columns for each in found] == [("stress",)] * 2
    assert said == []


@pytest.mark.parametrize("use", [True, False])
def test_whether_noted_sleep_is_used_goes_along(use):
    (found,), _ = with_diaries([source()], options(table("anna"), use_diary_onset=use))
    assert found.diary.use_onset is use


def test_a_wearer_without_rows_has_the_columns_and_no_nights():
    diary = table("anna", columns=("stress",))
    (_, other), said = with_diaries([source(), source("zoe")], options(diary))
    assert other.diary == Diary(("stress",), ())
    assert said == ["diary.csv: no row for 'zoe'"]


def test_who_matches_nobody_is_said_for_both_sides_with_whom_they_may_be():
    sources = [source("anna"), source("bert01"), source("claire")]
    _, said = with_diaries(sources, options(table("anna", "bert_01", "zoe")))
    assert said == [
        "diary.csv: no recording of 'bert_01' (is it 'bert01'?), 'zoe'",
        "diary.csv: no row for 'bert01' (is it 'bert_01'?), 'claire'",
    ]


@pytest.mark.parametrize(
    ("count", "end"), [(5, "'5'"), (6, "'5' and 1 more"), (8, "'5' and 3 more")]
)
def test_five_names_are_shown_and_the_others_counted(count, end):
    others = [str(k) for k in range(1, count + 1)]
    _, (said,) = with_diaries([source()], options(table("anna", *others)))
    assert said.startswith("diary.csv: no recording of '1', '2'")
    assert said.endswith(end)


def test_a_diary_of_nobody_recorded_is_refused():
    with pytest.raises(SettingsError) as caught:
        with_diaries([source("anna")], options(table("zoe")))
    assert [line.strip() for line in str(caught.value).splitlines()] == [
        "diary.csv: 2 problems",
        "no recording of 'zoe'",
        "no row for 'anna'",
    ]


def test_what_is_no_recording_has_no_wearer():
    with pytest.raises(SettingsError, match="no recording of 'anna'"):
        with_diaries([source("anna", skipped="a text")], options(table("anna")))


def test_times_are_those_of_the_zone_that_each_recording_was_worn_in():
    diary = table("anna", "bert", wake=LEFT_OUT)
    sources = [source("anna", tz="Europe/Berlin"), source("bert")]
    with pytest.raises(SettingsError) as caught:
        with_diaries(sources, options(diary))
    assert str(caught.value) == (
        "diary.csv: row 3, wake: 2024-03-31 01:30 does not exist in Europe/London: "
        "clocks were set forward"
    )


def test_the_zone_of_the_device_serves_where_no_other_is_known():
    diary = table("anna", wake=LEFT_OUT)
    with pytest.raises(SettingsError, match="Europe/London"):
        with_diaries([source()], options(diary, tz=None, device_tz="Europe/London"))
    found, _ = with_diaries([source()], options(diary, tz=None))
    assert found[0].diary.entries[0].times == {"wake": LEFT_OUT}


def test_times_of_who_has_no_recording_are_of_no_zone():
    diary = DiaryTable(
        PATH,
        (),
        {
            "anna": (Entry(2, NIGHT, {"wake": LEFT_OUT}),),
            "bert": (Entry(3, NIGHT, {}),),
        },
    )
    found, said = with_diaries([source("anna", skipped="a text"), source("bert")], options(diary))
    assert [each.title for each in found] == ["anna.cwa", "bert.cwa"]
    assert said == ["diary.csv: no recording of 'anna'"]


def test_a_diary_of_two_recordings_is_refused_once_and_in_the_order_of_its_rows():
    entries = (
        Entry(9, NIGHT, {"wake": LEFT_OUT}),
        Entry(4, date(2024, 3, 31), {"in_bed": datetime(2024, 3, 31, 1, 10)}),
    )
    diary = DiaryTable(PATH, (), {"anna": entries})
    with pytest.raises(SettingsError) as caught:
        with_diaries([source(), source()], options(diary))
    places = [line.strip()[:6] for line in str(caught.value).splitlines()[1:]]
    assert places == ["row 4,", "row 9,"]


def test_what_zones_put_out_of_order_is_refused():
    # by the clock in order; in London both are of the second half past one of that night
    times = {
        "sleep_onset": datetime.fromisoformat("2024-07-01T01:30+01:00"),
        "wake": datetime.fromisoformat("2024-07-01T00:40+01:00"),
    }
    diary = DiaryTable(PATH, (), {"anna": (Entry(2, date(2024, 6, 30), times),)})
    with pytest.raises(SettingsError, match="row 2, wake: 2024-07-01 00:40 is not after"):
        with_diaries([source()], options(diary))


# ------------------------------------------------------------------ a check without a run


def test_of_a_table_alone_only_its_times_are_checked():
    assert problems_of(table("anna", wake=LEFT_OUT), [], options(tz=None)) == []
    for zones in ({"tz": "Europe/London"}, {"tz": None, "device_tz": "Europe/London"}):
        assert problems_of(table("anna", "bert", wake=LEFT_OUT), [], options(**zones)) == [
            f"row {row}, wake: 2024-03-31 01:30 does not exist in Europe/London: "
            "clocks were set forward"
            for row in (2, 3)
        ]


def test_the_zone_of_the_wearer_goes_before_that_of_the_device():
    zones = {"tz": "Europe/Berlin", "device_tz": "Europe/London"}
    assert problems_of(table("anna", wake=LEFT_OUT), [], options(**zones)) == []


def test_with_recordings_also_who_matches_nobody_is_wrong():
    found = problems_of(table("anna", "zoe", wake=LEFT_OUT), [source("anna")], options())
    assert found == [
        "no recording of 'zoe'",
        "row 2, wake: 2024-03-31 01:30 does not exist in Europe/London: clocks were set forward",
    ]


def test_of_a_table_alone_problems_are_in_the_order_of_its_rows():
    entries = {
        "zoe": (Entry(3, NIGHT, {"wake": LEFT_OUT}),),
        "anna": (Entry(2, NIGHT, {"wake": LEFT_OUT}),),
    }
    found = problems_of(DiaryTable(PATH, (), entries), [], options())
    assert [text[:5] for text in found] == ["row 2", "row 3"]


# ------------------------------------------------------------------ hypnograms

SCORED = Hypnogram(datetime(2024, 3, 5, 23), (Stage(0, 30, "W"),))


def test_the_one_recording_gets_the_hypnogram_and_what_is_none_does_not():
    sources = [source("notes", skipped="a text"), source()]
    found = with_hypnogram(sources, options(hypnogram=SCORED))
    assert [each.hypnogram for each in found] == [None, SCORED]
    assert with_hypnogram(sources, options()) == sources


@pytest.mark.parametrize("count", [0, 2, 3])
def test_a_hypnogram_is_of_one_recording(count):
    with pytest.raises(SettingsError) as caught:
        with_hypnogram([source(str(k)) for k in range(count)], options(hypnogram=SCORED))
    assert str(caught.value) == f"--hypnogram is of one recording, but there are {count}"


@pytest.mark.parametrize(
    "zones", [{"tz": "Europe/London"}, {"tz": None, "device_tz": "Europe/London"}], ids=str
)
def test_a_hypnogram_that_begins_when_its_zone_has_no_time_is_refused(zones):
    scored = Hypnogram(LEFT_OUT, SCORED.stages)
    with pytest.raises(SettingsError) as caught:
        with_hypnogram([source()], options(hypnogram=scored, **zones))
    assert str(caught.value) == (
        "--hypnogram: 2024-03-31 01:30 does not exist in Europe/London: clocks were set forward"
    )
    (found,) = with_hypnogram([source(tz="Europe/Berlin")], options(hypnogram=scored))
    assert found.hypnogram == scored
