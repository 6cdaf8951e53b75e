"""Every setting, in a file and as a flag: its type, its range with unit, and how it is refused."""

from __future__ import annotations

import re

import pytest
from project import ROOT

from detector.config import all_parameters, load_toml
from detector.flags import resolved_settings
from detector.parameter import SettingsError
from detector.settings import Settings

EVERY = [pytest.param(p, id=p.key) for p in all_parameters().values()]
NUMBERS = [p for p in EVERY if p.values[0].type in {"number", "whole number"}]
UNITS = {
    "_g_per_s": "g/s",
    "_hz": "Hz",
    "_mg": "mg",
    "_deg": "°",
    "_pct": "%",
    "_ppm": "ppm",
    "_min": "min",
    "_h": "h",
    "_s": "s",
    "_c": "°C",
}
"""What the end of a name says of a number; the longest end counts."""


def documented():
    """Default and range of every setting as the documentation has them."""
    group, found = "", {}
    for line in (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            group = line.removeprefix("## ")
        if row := re.match(r"\| `(\w+)` \| (.*?) \| (.*?) \|", line):
            found[f"{group}.{row[1]}"] = row[2], row[3]
    return found


DOCUMENTED = documented()


@pytest.fixture
def refused(tmp_path):
    """What is said of a file that sets this to that, behind the file's name."""

    def say(p, text):
        path = tmp_path / "my.toml"
        path.write_text(f"[{p.group}]\n{p.name} = {text}\n", encoding="utf-8")
        with pytest.raises(SettingsError) as caught:
            load_toml(path)
        said = str(caught.value)
        assert said.startswith(f"{path}: ")
        return said.removeprefix(f"{path}: ")

    return say


def by_flag(p, word):
    with pytest.raises(SettingsError) as caught:
        resolved_settings(None, {f"{p.group}__{p.name}": word})
    return str(caught.value)


def test_the_documentation_has_every_setting():
    assert DOCUMENTED.keys() == all_parameters().keys()


@pytest.mark.parametrize("p", NUMBERS)
def test_a_number_has_the_unit_that_its_name_says(p):
    ends = [end for end in UNITS if p.name.endswith(end)]
    unit = UNITS[max(ends, key=len)] if ends and p.type == "number" else ""
    default, allowed = DOCUMENTED[p.key]
    assert default == f"{p.default:g} {unit}".rstrip()
    assert allowed == f"{p.low:g} to {p.high:g} {unit}".rstrip()


@pytest.mark.parametrize("p", NUMBERS)
def test_below_and_above_its_range_it_is_refused_in_a_file_and_as_a_flag(p, refused):
    step = 1 if p.type == "whole number" else 0.5
    kind = int if p.type == "whole number" else float
    for value in (kind(p.low - step), kind(p.high + step)):
        said = f"{p.key} = {value:g} is outside {DOCUMENTED[p.key][1]}"
        assert refused(p, str(value)) == said
        assert by_flag(p, str(value)) == said


@pytest.mark.parametrize("p", NUMBERS)
def test_a_word_a_truth_and_a_list_are_no_numbers(p, refused):
    kind = "whole number" if p.type == "whole number" else "number"
    wanted = f"is not a {kind} ({DOCUMENTED[p.key][1]})"
    assert refused(p, '"high"') == f"{p.key} = 'high' {wanted}"
    assert refused(p, "true") == f"{p.key} = True {wanted}"
    assert refused(p, "[1]") == f"{p.key} = [1] {wanted}"
    assert by_flag(p, "high") == f"{p.key} = 'high' {wanted}"


@pytest.mark.parametrize("p", [p for p in NUMBERS if p.values[0].type == "whole number"])
def test_a_half_is_no_whole_number(p, refused):
    value = p.low + 0.5
    assert refused(p, str(value)) == (
        f"{p.key} = {value} is not a whole number ({DOCUMENTED[p.key][1]})"
    )
    assert by_flag(p, str(value)).startswith(f"{p.key} = '{value}' is not a whole number")


@pytest.mark.parametrize("p", [p for p in EVERY if p.values[0].type == "choice"])
def test_a_choice_is_one_of_the_words_documented(p, refused):
    said = f"{p.key} = 'qqqq' is not {DOCUMENTED[p.key][1]}"
    assert refused(p, '"qqqq"') == by_flag(p, "qqqq") == said
    for word in p.choices:
        settings = resolved_settings(None, {f"{p.group}__{p.name}": word})
        assert getattr(getattr(settings, p.group), p.name) == word
        assert word in DOCUMENTED[p.key][1]


@pytest.mark.parametrize("p", [p for p in EVERY if p.values[0].type == "time"])
def test_a_time_of_day_has_hours_and_minutes_in_quotes(p, refused):
    said = 'is not a time of day in quotes, as "HH:MM"'
    assert refused(p, '"24:00"') == f"{p.key} = '24:00' {said}"
    assert refused(p, "18") == f"{p.key} = 18 {said}"
    assert by_flag(p, "6pm") == f"{p.key} = '6pm' {said}"
    assert DOCUMENTED[p.key] == ("12:00", "HH:MM")


@pytest.mark.parametrize("p", EVERY)
def test_a_flag_that_repeats_the_default_changes_nothing(p):
    word = f"{p.default:g}" if isinstance(p.default, float | int) else str(p.default)
    assert resolved_settings(None, {f"{p.group}__{p.name}": word}) == Settings()
