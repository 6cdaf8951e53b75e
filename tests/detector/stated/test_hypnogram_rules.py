"""What a row of a hypnogram may be, how long a stage lasts, and where the night's sleep lies."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import edfio
import numpy as np
import pytest

from detector.nights.night import Staged, Stated
from detector.parameter import SettingsError
from detector.stated.hypnogram import Hypnogram, Stage, stated
from detector.stated.hypnogram_file import read
from recordings import SECOND_NS, NightSpan, Zone

BEGIN = datetime(2024, 3, 5, 23, 0)
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def table(tmp_path):
    """Write lines as a table and read it."""

    def write(*lines, head="start,stage,duration_s"):
        path = tmp_path / "stages.csv"
        path.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8")
        return read(path)

    return write


@pytest.fixture
def refused(table, tmp_path):
    """What is said of a table that is refused, behind its path."""

    def say(*lines, **more):
        with pytest.raises(SettingsError) as caught:
            table(*lines, **more)
        return str(caught.value).removeprefix(f"{tmp_path / 'stages.csv'}: ")

    return say


def stages(hypnogram):
    return [(stage.start_s, stage.end_s, stage.name) for stage in hypnogram.stages]


# ------------------------------------------------------------------ tables


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *((text, "W") for text in ("W", "w", "Wake", "AWAKE", "Stage W", "stage wake")),
        *((text, "N1") for text in ("N1", "n1", "NREM1")),
        *((text, "N2") for text in ("N2", "nrem2")),
        *((text, "N3") for text in ("N3", "NREM3", " n3 ")),
        *((text, "R") for text in ("R", "REM", "Stage R")),
    ],
)
def test_stages_are_read_as_programs_spell_them(table, text, name):
    assert stages(table(f"2024-03-05T23:00,{text},")) == [(0.0, 30.0, name)]


@pytest.mark.parametrize("text", ["?", "unscored", "Movement", "MT", "L", ""])
def test_time_that_was_not_scored_has_no_stage(table, text):
    found = table(f"2024-03-05T23:00,{text},", "2024-03-05T23:00:30,W,")
    assert stages(found) == [(30.0, 60.0, "W")]


@pytest.mark.parametrize("text", ["0", "1", "4", "5", "S1", "N4", "sleep"])
def test_numbers_and_other_words_are_no_stages(refused, text):
    said = refused(f"2024-03-05T23:00,{text},")
    assert said == (f"row 2: {text!r} is no stage; write W, N1, N2, N3, R, or ? if not scored")


def test_a_stage_lasts_as_long_as_it_says_and_else_to_the_next(table):
    found = table("2024-03-05T23:00,W,20", "2024-03-05T23:01,N1,", "2024-03-05T23:03,N2,90")
    assert stages(found) == [(0.0, 20.0, "W"), (60.0, 180.0, "N1"), (180.0, 270.0, "N2")]


def test_a_stage_may_last_just_to_the_next_and_no_longer(table, refused):
    second = "2024-03-05T23:01,N1,"
    assert stages(table("2024-03-05T23:00,W,60", second))[0] == (0.0, 60.0, "W")
    said = refused("2024-03-05T22:00,W,", "2024-03-05T23:00,W,60.5", second)
    assert said == "2024-03-05 23:00:00: 60.5 s overlap the next row"


@pytest.mark.parametrize("text", ["0.5", "1", "86400"])
def test_a_stage_may_last_up_to_a_day(table, text):
    assert stages(table(f"2024-03-05T23:00,W,{text}")) == [(0.0, float(text), "W")]


@pytest.mark.parametrize("text", ["0", "-30", "86400.1", "nan", "inf", "half"])
def test_a_length_of_no_time_or_more_than_a_day_is_none(refused, text):
    said = refused(f"2024-03-05T23:00,W,{text}")
    assert said == f"row 2: duration_s: {text!r} is no number of seconds of a stage"


@pytest.mark.parametrize(
    ("next_row", "fits"), [("2024-03-06T23:00", True), ("2024-03-06T23:00:01", False)]
)
def test_a_stage_without_length_lasts_a_day_at_most(table, refused, next_row, fits):
    lines = ("2024-03-05T23:00,N2,", f"{next_row},W,")
    if fits:
        assert stages(table(*lines))[0] == (0.0, 86_400.0, "N2")
    else:
        assert refused(*lines) == "has a stage that lasts no time, or more than a day"


def test_rows_follow_each_other(refused):
    said = refused("2024-03-05T23:00,W,", "2024-03-05T23:00,N1,")
    assert said == "row 3, start: '2024-03-05T23:00' is not after the row before"


def test_times_with_offsets_and_without_are_compared_by_the_clock(table):
    found = table("2024-03-05T23:00+01:00,W,", "2024-03-05T23:30,N1,", "2024-03-06T00:00+01:00,W,")
    assert [stage.start_s for stage in found.stages] == [0.0, 1800.0, 3600.0]


def test_times_with_offsets_are_compared_as_times(table):
    found = table("2024-10-27T01:30+01:00,W,", "2024-10-27T01:10+00:00,N1,")
    assert [stage.start_s for stage in found.stages] == [0.0, 2400.0]


def test_everything_wrong_is_said_at_once(refused):
    said = refused("23:00,W,", ",N1,", "2024-03-05T23:00,X,")
    assert said.splitlines() == [
        "3 problems",
        "  row 2: start: '23:00' is not like 2024-03-05T22:30:00",
        "  row 3: start: '' is not like 2024-03-05T22:30:00",
        "  row 4: 'X' is no stage; write W, N1, N2, N3, R, or ? if not scored",
    ]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("start,duration_s", "row 1: there is no column 'stage'"),
        ("stage", "row 1: there is no column 'start'"),
        ("start,stage,lenght", "row 1: 'lenght' is no column"),
        ("start,stage,durations", "row 1: 'durations' is no column; did you mean 'duration_s'?"),
    ],
)
def test_a_heading_that_cannot_be_meant_is_refused(refused, head, said):
    assert refused(head=head) == said


def test_columns_are_known_in_any_order_and_case_and_empty_lines_are_passed_over(table):
    found = table("W,,2024-03-05T23:00", ",,", "", head=" Stage ,,START")
    assert stages(found) == [(0.0, 30.0, "W")]


def test_a_table_without_rows_is_refused(refused):
    assert refused() == "has no rows"


# ------------------------------------------------------------------ EDF+


@pytest.fixture
def annotated(tmp_path):
    """Write an EDF+ or BDF+ file with annotations and read it."""

    def write(*notes, name="psg.edf"):
        recording = edfio.Recording(startdate=BEGIN.date())
        common = {
            "recording": recording,
            "starttime": time(BEGIN.hour),
            "annotations": [edfio.EdfAnnotation(*note) for note in notes],
        }
        zeros = np.zeros(5000)
        if name.lower().endswith("bdf"):
            file = edfio.Bdf([edfio.BdfSignal(zeros, 1, label="C3")], **common)
        else:
            file = edfio.Edf([edfio.EdfSignal(zeros, 1, label="C3")], **common)
        file.write(tmp_path / name)
        return read(tmp_path / name)

    return write


@pytest.mark.parametrize("name", ["psg.edf", "PSG.EDF", "psg.bdf"])
def test_annotations_are_read_from_edf_and_bdf_files(annotated, name):
    found = annotated((0.0, 60.0, "Sleep stage W"), (60.0, 30.0, "SLEEP STAGE n1"), name=name)
    assert found.begin == BEGIN
    assert stages(found) == [(0.0, 60.0, "W"), (60.0, 90.0, "N1")]


def test_an_annotation_without_length_is_an_epoch(annotated):
    assert stages(annotated((90.0, None, "Sleep stage N2"))) == [(90.0, 120.0, "N2")]


def test_annotations_need_not_be_in_order(annotated):
    found = annotated((30.0, 30.0, "Sleep stage N1"), (0.0, 30.0, "Sleep stage W"))
    assert [stage.name for stage in found.stages] == ["W", "N1"]


def test_annotations_that_are_no_stages_are_named_with_their_times(annotated):
    with pytest.raises(SettingsError) as caught:
        annotated((0.0, 30.0, "Sleep stage 4"), (30.0, 30.0, "Sleep stage 3"))
    assert [line.strip() for line in str(caught.value).splitlines()[1:]] == [
        "0 s: '4' is no stage; write W, N1, N2, N3, R, or ? if not scored",
        "30 s: '3' is no stage; write W, N1, N2, N3, R, or ? if not scored",
    ]


def test_stages_that_overlap_are_refused_but_for_what_numbers_cannot_tell(annotated):
    with pytest.raises(SettingsError, match=r"psg\.edf: stages overlap"):
        annotated((0.0, 31.0, "Sleep stage W"), (30.0, 30.0, "Sleep stage N1"))
    found = annotated(
        (0.1, 0.2, "Sleep stage W"), (0.3, 30.0, "Sleep stage N1")
    )  # 0.30000000000000004
    assert len(found.stages) == 2


@pytest.mark.parametrize("length_s", [86_401.0])
def test_an_annotation_of_more_than_a_day_is_refused(annotated, length_s):
    with pytest.raises(SettingsError, match="has a stage that lasts no time, or more than a day"):
        annotated((0.0, length_s, "Sleep stage W"))


def test_a_file_that_is_no_edf_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "psg.edf"
    path.write_bytes(b"start,stage\n")
    with pytest.raises(SettingsError) as caught:
        read(path)
    said = str(caught.value)
    assert said.startswith(f"{path}: cannot be read as EDF+ (")
    assert said.endswith("); export it again, or write a table")


# ------------------------------------------------------------------ on the clock of a device


SCORED = Hypnogram(BEGIN, (Stage(0, 30, "W"), Stage(30, 90, "N1"), Stage(120, 150, "R")))


def test_it_begins_where_its_zone_says():
    same, problem = SCORED.settled(LONDON)
    assert (same, problem) == (SCORED, "")
    twice = Hypnogram(datetime(2024, 10, 27, 1, 30), SCORED.stages)
    assert "happened twice in Europe/London" in twice.settled(LONDON)[1]


@pytest.mark.parametrize(
    ("end_s", "changed"),
    [(10_799, False), (10_800, True)],
    ids=["to the hour left out", "to the first time behind it"],
)
def test_clocks_may_not_change_within_it(end_s, changed):
    scored = Hypnogram(datetime(2024, 3, 30, 23), (Stage(0, 30, "W"), Stage(30, end_s, "N2")))
    problem = scored.settled(LONDON)[1]
    said = "clocks were changed in it in Europe/London; write times with their offset"
    assert problem == (said if changed else "")
    assert scored.settled(None)[1] == ""


def test_a_moved_one_keeps_its_stages():
    moved = SCORED.moved(timedelta(days=-7))
    assert moved == Hypnogram(datetime(2024, 2, 27, 23), SCORED.stages)


def test_all_that_results_depend_on_is_told():
    assert SCORED.as_json() == {
        "begin": ["2024-03-05T23:00:00", 0],
        "stages": [[0, 30, "W"], [30, 90, "N1"], [120, 150, "R"]],
    }


def night(first_s, last_s):
    zone = Zone(LONDON, device_offset_s=0)
    begin_ns = zone.device_ns(BEGIN)
    span = NightSpan(
        date=date(2024, 3, 5),
        start_ns=begin_ns + first_s * SECOND_NS,
        end_ns=begin_ns + last_s * SECOND_NS,
    )
    return SCORED.of(span, zone), begin_ns


@pytest.mark.parametrize(
    ("first_s", "last_s", "names"),
    [
        (0, 1000, ["W", "N1", "R"]),
        (1, 1000, ["N1", "R"]),
        (0, 120, ["W", "N1"]),
        (0, 121, ["W", "N1", "R"]),
    ],
)
def test_a_night_has_the_stages_that_begin_in_it(first_s, last_s, names):
    found, _ = night(first_s, last_s)
    assert found.names.tolist() == names


def test_stages_of_a_night_are_by_the_clock_of_the_device():
    found, begin_ns = night(0, 1000)
    assert ((found.starts_ns - begin_ns) // SECOND_NS).tolist() == [0, 30, 120]
    assert ((found.ends_ns - begin_ns) // SECOND_NS).tolist() == [30, 90, 150]


def test_a_night_in_which_nothing_was_scored_has_none():
    assert night(1000, 2000)[0] is None


@pytest.mark.parametrize(
    ("names", "sleep"),
    [
        (["W", "N1", "W", "R", "W"], Stated(10, 40, "hypnogram")),
        (["N2", "W", "W", "W", "W"], Stated(0, 10, "hypnogram")),
        (["W", "W", "W", "W", "N3"], Stated(40, 50, "hypnogram")),
        (["W"] * 5, None),
    ],
)
def test_sleep_is_from_the_first_epoch_of_any_stage_to_the_end_of_the_last(names, sleep):
    staged = Staged(np.arange(5) * 10, np.arange(5) * 10 + 10, np.array(names, "U2"))
    assert stated(staged) == sleep


def test_an_empty_line_hides_none_behind_it_and_rows_may_be_half_a_second_apart(table):
    rows = (
        "2024-03-05T23:00:00,W,",
        "",
        "2024-03-05T23:00:00.500,N1,",
        ",,",
        "2024-03-05T23:01,W,",
    )
    assert stages(table(*rows)) == [(0.0, 0.5, "W"), (0.5, 60.0, "N1"), (60.0, 90.0, "W")]
