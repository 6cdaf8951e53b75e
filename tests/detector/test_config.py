"""Settings from and to TOML, and their reference."""

from __future__ import annotations

from pathlib import Path

import pytest

from detector.config import (
    all_parameters,
    dump_toml,
    load_toml,
    nearest_key,
    settings_reference,
    with_values,
)
from detector.settings import Settings, SettingsError


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "my.toml"


def test_a_dump_of_the_defaults_reads_back_as_the_defaults(config: Path) -> None:
    config.write_text(dump_toml(Settings()), encoding="utf-8")
    assert load_toml(config) == Settings()


def test_a_dump_of_other_values_reads_back_as_the_same_and_dumps_the_same_bytes(
    config: Path,
) -> None:
    lows = {
        p.key: p.choices[-1] if p.choices else "18:00" if p.type == "time" else p.low
        for p in all_parameters().values()
    }
    lows = {k: int(v) if all_parameters()[k].type == "whole number" else v for k, v in lows.items()}
    settings = with_values(Settings(), lows)
    config.write_text(dump_toml(settings), encoding="utf-8")
    assert load_toml(config) == settings
    assert dump_toml(load_toml(config)) == dump_toml(settings)
    assert len(settings.changed()) == len(lows)


def test_a_dump_names_every_setting_with_meaning_bounds_source_and_the_hash() -> None:
    text = dump_toml(Settings())
    assert f"Hash of all values: {Settings().fingerprint()}" in text
    flat = " ".join(line.removeprefix("# ") for line in text.splitlines())
    for parameter in all_parameters().values():
        assert f"{parameter.name} = " in text
        allowed = parameter.allowed.replace("°C", "C").replace("°", "deg")
        for said in (parameter.text, allowed, parameter.source):
            assert said in flat
    assert max(map(len, text.splitlines())) <= 100
    assert text.isascii(), "a shell that redirects it may not speak UTF-8"


def test_what_a_file_does_not_name_keeps_its_default(config: Path) -> None:
    config.write_text("[scan]\non_factor = 3\n")
    assert load_toml(config).changed() == {"scan.on_factor": 3.0}


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf[scan]\r\n", b"# nothing\n"])
def test_an_empty_file_gives_the_defaults(config: Path, content: bytes) -> None:
    config.write_bytes(content)
    assert load_toml(config) == Settings()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("on_factor = 3", "on_factor is not a group of settings; did you mean scan.on_factor?"),
        ("[scna]\non_factor = 3", "scna is not a group of settings; did you mean 'scan'?"),
        ("[foo]\na = 1", "foo is not a group of settings; the groups are scan, sleep, window"),
        ("[sleep]\non_factor = 3", "sleep.on_factor is not a setting; did you mean scan.on_factor"),
        ("[scan]\non_facter = 3", "scan.on_facter is not a setting; did you mean scan.on_factor?"),
        ("[kinds]\njerk_min_g = 1", "did you mean kinds.jerk_min_g_per_s?"),
        ("[scan]\nfoo = 3", "scan.foo is not a setting; 'hypnic config show' lists them all"),
        ('[scan]\non_factor = "3"', "scan.on_factor = '3' is not a number (1.5 to 6)"),
        ("[scan]\non_factor = true", "scan.on_factor = True is not a number"),
        ("[scan]\non_factor = 9", "scan.on_factor = 9 is outside 1.5 to 6"),
        ("[scan]\non_factor = inf", "scan.on_factor = inf is outside 1.5 to 6"),
        (f"[scan]\non_factor = 0x{'f' * 6000}", "scan.on_factor = inf is outside 1.5 to 6"),
        (f"[sleep]\nguider = 0x{'f' * 6000}", "sleep.guider = inf is not auto"),
        (f"[scan]\non_factor = {'9' * 6000}", "holds a number of thousands of digits"),
        (f"[scan]\non_factor = {'[' * 5000}", "is nested too deep"),
        (f"[scan]\n{'x' * 5000} = 1", "is not a setting"),
        (f"#{' ' * (1 << 20)}", "is larger than 1 MiB; is it another kind of file?"),
        ("[scan.x]\na = 2", "scan.x is not a setting"),
        ("scan = 3", "scan is a group of settings: write [scan]"),
        ("[[scan]]\non_factor = 2", "scan is a group of settings: write [scan]"),
        ("[window]\nnight_start = 18:00:00", "window.night_start = 18:00:00 is not a time of day"),
        ("[scan]\njerk_low_hz = 4.5\njerk_high_hz = 4", "must be less than scan.jerk_high_hz = 4"),
        ("[scan", "is not valid TOML"),
        ("[scan]\non_factor = 3\non_factor = 4", "is not valid TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_name_and_what_is_near(
    config: Path, content: str, message: str
) -> None:
    config.write_text(content)
    with pytest.raises(SettingsError) as caught:
        load_toml(config)
    assert str(caught.value).startswith(f"{config}: ")
    assert message in str(caught.value)
    assert len(str(caught.value)) < 6000


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        load_toml(tmp_path / "missing.toml")
    (tmp_path / "latin.toml").write_bytes(b"[scan]\n# \xe9\n")
    with pytest.raises(SettingsError, match="not UTF-8 text"):
        load_toml(tmp_path / "latin.toml")


def test_later_values_win_and_the_rest_stays() -> None:
    first = with_values(Settings(), {"scan.on_factor": 3, "window.after_min": 20})
    second = with_values(first, {"scan.on_factor": 4})
    assert second.changed() == {"scan.on_factor": 4.0, "window.after_min": 20.0}


def test_an_unknown_key_among_values_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"did you mean scan\.on_factor\?"):
        with_values(Settings(), {"scan.onfactor": 3})


def test_the_reference_has_one_row_for_every_setting() -> None:
    rows = [line for line in settings_reference().splitlines() if line.startswith("| `")]
    assert len(rows) == len(all_parameters())
    for row, parameter in zip(rows, all_parameters().values(), strict=True):
        assert row.startswith(f"| `{parameter.name}` | {parameter.shown(parameter.default)} |")
        assert row.count("|") == 6, "a bar within a cell would break the table"


def test_comments_of_a_dump_are_wrapped_between_words_and_before_a_hundred_letters() -> None:
    text = dump_toml(Settings())
    comments = [line for line in text.splitlines() if line.startswith("#")]
    for p in all_parameters().values():
        words = f"{p.text} {p.source}".replace("°C", "C").replace("°", "deg").split()
        assert all(any(word in line for line in comments) for word in words)
    assert 90 < max(map(len, comments)) <= 98


def test_in_a_dump_words_are_in_double_quotes_and_numbers_are_not() -> None:
    lines = dump_toml(Settings()).splitlines()
    assert 'night_start = "12:00"' in lines
    assert "on_factor = 2.5" in lines
    assert "train_min = 4" in lines


def test_tables_of_the_reference_stand_between_empty_lines() -> None:
    lines = settings_reference().splitlines()
    headings = [i for i, line in enumerate(lines) if line.startswith("## ")]
    assert [lines[i].removeprefix("## ") for i in headings] == [
        *("scan", "sleep", "window", "health", "kinds", "limbs"),
    ]
    assert all(lines[i - 1] == lines[i + 1] == lines[i + 3] == "" for i in headings[1:])


def test_the_nearest_setting_is_that_of_the_same_name_else_of_a_like_one() -> None:
    assert nearest_key("sleep.on_factor") == "scan.on_factor"
    assert nearest_key("on_facter") == "scan.on_factor"
    assert nearest_key("scan.train_min") == "kinds.train_min"
    assert nearest_key("scan.qqqqqq") is None
