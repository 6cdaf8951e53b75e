"""Words of the command line that mean more than themselves, and what was probably meant."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Literal

import pytest
from cyclopts import CycloptsError, Token

from detector.cli import app
from detector.config import all_parameters
from detector.flags import chosen, explained, one_of, resolved_settings, stated_columns, two_times
from detector.parameter import SettingsError
from detector.settings import Settings

# ------------------------------------------------------------------ precedence


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "my.toml"
    path.write_text("[scan]\non_factor = 3\nmerge_s = 0.6\n")
    return path


@pytest.mark.parametrize(
    ("with_file", "flags", "on_factor", "merge_s"),
    [
        (False, {}, 2.5, Settings().scan.merge_s),
        (True, {}, 3.0, 0.6),
        (False, {"scan__on_factor": "4"}, 4.0, Settings().scan.merge_s),
        (True, {"scan__on_factor": "4"}, 4.0, 0.6),
        (True, {"scan__on_factor": "2.5"}, 2.5, 0.6),
    ],
    ids=["defaults", "the file", "a flag", "a flag before the file", "also with the default"],
)
def test_defaults_then_the_file_then_the_flags(file, with_file, flags, on_factor, merge_s):
    settings = resolved_settings(file if with_file else None, flags)
    assert (settings.scan.on_factor, settings.scan.merge_s) == (on_factor, merge_s)


def test_without_flags_the_file_alone_decides(file):
    assert resolved_settings(file).changed() == {"scan.on_factor": 3.0, "scan.merge_s": 0.6}
    assert resolved_settings(None) == Settings()


def test_a_file_that_is_wrong_is_refused_also_where_a_flag_would_win(file):
    file.write_text("[scan]\non_factor = 99\n")
    with pytest.raises(SettingsError) as caught:
        resolved_settings(file, {"scan__on_factor": "3"})
    assert str(caught.value) == f"{file}: scan.on_factor = 99 is outside 1.5 to 6"


def test_values_of_file_and_flags_must_go_together(file):
    file.write_text("[scan]\njerk_low_hz = 4.5\n")
    assert resolved_settings(file).scan.jerk_low_hz == 4.5
    with pytest.raises(SettingsError, match=r"scan.jerk_low_hz = 4.5 must be less than scan"):
        resolved_settings(file, {"scan__jerk_high_hz": "4.2"})


def test_each_flag_has_the_name_of_its_setting():
    flags = {p.flag: p.key for p in all_parameters().values()}
    assert flags["--scan.on-factor"] == "scan.on_factor"
    assert flags["--window.night-start"] == "window.night_start"
    assert chosen({"window__night_start": "18:00", "kinds__bursts_max": "2"}) == {
        "window.night_start": "18:00",
        "kinds.bursts_max": 2,
    }


# ------------------------------------------------------------------ periods


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("23:10-06:45", (time(23, 10), time(6, 45))),
        ("00:00-23:59", (time(0), time(23, 59))),
        ("23:10:30-06:45", (time(23, 10, 30), time(6, 45))),
    ],
)
def test_a_period_is_two_times_of_day(text, period):
    assert two_times("--sleep-period", text) == period


@pytest.mark.parametrize(
    "text", ["", "-", "23:10", "23:10-", "-06:45", "24:00-06:00", "23:10 to 06:45", "9:00-10:00"]
)
def test_what_is_no_period_is_refused_with_one_that_is(text):
    with pytest.raises(SettingsError) as caught:
        two_times("--sleep-period", text)
    assert str(caught.value) == f"--sleep-period {text}: write a period like 23:10-06:45"


@pytest.mark.parametrize("text", ["05:00-05:00", "05:00:00-05:00"])
def test_a_period_lasts_some_time(text):
    with pytest.raises(SettingsError) as caught:
        two_times("--sleep-period", text)
    assert str(caught.value) == f"--sleep-period {text} begins and ends at the same time"


# ------------------------------------------------------------------ columns


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("time=1,x=2,y=3,z=4", {"time": 1, "x": 2, "y": 3, "z": 4}),
        ("x=2,y=3,z=4", {"x": 2, "y": 3, "z": 4}),
        (" x = a b , y=c , z=d", {"x": "a b", "y": "c", "z": "d"}),
        ("x=1,y=b,z=03", {"x": 1, "y": "b", "z": 3}),
        ("x=a=b,y=-1,z=1.5", {"x": "a=b", "y": "-1", "z": "1.5"}),
    ],
)
def test_columns_are_stated_by_position_or_name(text, columns):
    assert stated_columns(text) == columns


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "'' is not like x=3"),
        ("x=1,y", "'y' is not like x=3"),
        ("x=1,y=", "'y=' is not like x=3"),
        ("x=1,y=2,z=3,", "'' is not like x=3"),
        ("x=1,y=2,x=3", "states x twice"),
        ("x=1,y=2", "does not say which column is z"),
        ("x=1,y=2,z=3,w=4", "'w' is none of time, x, y, z"),
        ("x=0,y=2,z=3", "counts columns from 1"),
        ("x=1,y=1,z=3", "names a column twice"),
    ],
)
def test_columns_that_make_no_sense_are_refused(text, said):
    with pytest.raises(SettingsError) as caught:
        stated_columns(text)
    assert str(caught.value) == f"--columns {text}: {said}"


# ------------------------------------------------------------------ choices


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("up", "'up' is not left or right"),
        ("Left", "'Left' is not left or right; did you mean 'left'?"),
        ("", "'' is not left or right"),
    ],
)
def test_a_word_that_is_none_of_a_few_is_refused_with_them(word, said):
    hint = Literal["left", "right"]
    assert one_of(hint, [Token(value="right")]) == "right"
    with pytest.raises(ValueError, match="is not") as caught:
        one_of(hint, [Token(value=word)])
    assert str(caught.value) == said


def test_of_three_words_the_last_is_joined_by_or():
    with pytest.raises(ValueError, match=r"^'x' is not ymd, mdy or dmy$"):
        one_of(Literal["ymd", "mdy", "dmy"], [Token(value="x")])


# ------------------------------------------------------------------ what was meant


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("run a", "--out is missing"),
        ("run a -o", "-o needs a value"),
        ("run a --out", "--out needs a value"),
        ("run a -o x --ouut=y", "--ouut=y is no option; did you mean --out?"),
        ("run a -o x --qqqqqq", "--qqqqqq is no option"),
        ("inspect a --on-factor 3", "--on-factor is no option"),
        ("run a -o x --on_factor 3", "--on_factor is no option; did you mean --scan.on-factor?"),
        (
            "run a -o x --sleep.before-min 3",
            "--sleep.before-min is no option; did you mean --window.before-min?",
        ),
        ("demo -o x --sed 3", "--sed is no option; did you mean --seed?"),
        ("demo -o x --seed", "--seed needs a value"),
    ],
)
def test_a_command_line_that_cannot_be_is_explained(words, said):
    with pytest.raises(CycloptsError) as caught:
        app(words.split(), exit_on_error=False, print_error=False)
    assert explained(caught.value, words.split()) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [("inspect a --rate fast", '"fast"'), ("rnu", "run"), ("demo -o x --seed -1", "-1")],
)
def test_what_else_a_parser_finds_it_says_in_its_own_words(words, said):
    with pytest.raises(CycloptsError) as caught:
        app(words.split(), exit_on_error=False, print_error=False)
    text = explained(caught.value, words.split())
    assert said in text
    assert "is missing" not in text
    assert "\n" not in text
