from __future__ import annotations

import platform
from dataclasses import replace
from importlib.metadata import version

import pytest
from made_results import made_facts

from detector.methods import blocks, methods
from detector.nights.onset import UNCERTAINTY_FLOOR_MIN
from detector.settings import KindSettings, Settings, WindowSettings
from detector.tables.rows import facts_row
from detector.version import ALGORITHM_VERSION, VERSION

DONE = {**facts_row(made_facts()), "status": "ok"}
FAILED = {"status": "failed", "device": "AX6"}


def test_the_text_states_the_settings_of_the_run():
    settings = Settings(
        window=WindowSettings(before_min=41.0), kinds=KindSettings(accel_min_mg=87.5)
    )
    text = " ".join(methods(settings, [DONE]).split())
    assert "from 41 min before to 15 min after sleep onset" in text
    assert "at least 87.5 mg (100 mg for" in text
    assert "these settings changed: window.before_min = 41.0, kinds.accel_min_mg = 87.5" in text
    assert settings.fingerprint() in text
    assert f"at least {UNCERTAINTY_FLOOR_MIN:g} min for estimates from motion alone" in text
    assert f"hypnic {VERSION}" in text


def test_defaults_are_called_defaults():
    text = methods(Settings(), [DONE])
    assert "with default settings" in " ".join(text.split())


def test_only_recordings_that_were_analysed_are_described():
    text = " ".join(methods(Settings(), [DONE, DONE, FAILED]).split())
    assert "Recordings analysed: 2 (2 x AX3 at 100.0 Hz, site wrist)." in text
    assert "AX6" not in text
    assert "Recordings analysed" not in " ".join(methods(Settings(), [FAILED]).split())


def test_an_unknown_zone_is_not_passed_over():
    text = methods(Settings(), [DONE, {**DONE, "tz": None}])
    assert "Time zone: Europe/Berlin, unknown." in " ".join(text.split())


def test_what_is_not_validated_is_said():
    text = " ".join(methods(Settings(), [DONE]).split())
    for said in ("no diagnosis", "no medical device", "labelled hypnic jerks", "No normal range"):
        assert said in text


def test_lines_are_short_enough_to_read_and_the_page_has_the_same_sentences():
    text = methods(Settings(), [DONE])
    assert max(len(line) for line in text.splitlines()) <= 100
    shown = blocks(Settings(), [DONE])
    assert [block.tag for block in shown] == ["p", "h3", "ul", "h3", "ul"]
    said = " ".join(text.split())
    assert [t for block in shown for t in block.texts if t not in said or not t.strip()] == []


def test_the_guider_that_was_used_is_the_one_named():
    settings = Settings()
    named = {"fixed": "a threshold of 0.2 degrees", "hdcza": "by HDCZA (van Hees 2018);"}
    for guider, words in named.items():
        sleep = replace(settings.sleep, guider=guider)
        assert words in " ".join(methods(Settings(sleep=sleep), [DONE]).split())


def test_several_sensors_are_told_of_where_there_were_some():
    assert "several sensors" not in methods(Settings(), [DONE])
    text = " ".join(methods(Settings(), [DONE, DONE], several=1).split())
    assert "1 participant wore several sensors at a time." in text
    assert "within 0.5 s" in text


# ------------------------------------------------------------------ what was recorded


def words(rows, settings=None, several=0) -> str:
    return " ".join(methods(settings or Settings(), rows, several).split())


def row(**cells):
    return {**DONE, **cells}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({}, "1 (1 x AX3 at 100.0 Hz, site wrist)"),
        ({"measured_hz": 24.395}, "1 (1 x AX3 at 24.4 Hz, site wrist)"),
        ({"measured_hz": None}, "1 (1 x AX3, site wrist)"),
        ({"site": "unknown"}, "1 (1 x AX3 at 100.0 Hz, site unknown)"),
        ({"device": None}, "1 (1 x axivity-cwa at 100.0 Hz, site wrist)"),
    ],
)
def test_recordings_are_told_by_device_measured_rate_and_site(cells, said):
    assert f"Recordings analysed: {said}." in words([row(**cells)])


def test_kinds_of_recordings_are_counted_in_the_order_of_their_names():
    rows = [row(), row(device="AX6"), row(status="ok_with_warnings"), row(site="ankle")]
    assert (
        "Recordings analysed: 4 (1 x AX3 at 100.0 Hz, site ankle; 2 x AX3 at 100.0 Hz, site wrist; "
        "1 x AX6 at 100.0 Hz, site wrist)."
    ) in words(rows)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"tz": "Europe/London", "device_tz": "Europe/London"}, "Time zone: Europe/London."),
        (
            {"tz": "Europe/London", "device_tz": "UTC"},
            "Time zone: Europe/London (device clock set to UTC).",
        ),
        ({"tz": None, "device_tz": None}, "Time zone: unknown."),
        ({"tz": "Asia/Tokyo", "device_tz": None}, "Time zone: Asia/Tokyo."),
    ],
)
def test_the_zones_are_those_of_wearers_and_of_clocks_where_they_differ(cells, said):
    assert said in words([row(**cells)])


def test_moved_dates_are_told_where_there_are_any():
    assert "Names were replaced by pseudonyms" not in words([row()])
    assert "Names were replaced by pseudonyms. Dates are not the real ones" in words(
        [row(), row(anonymised=True)]
    )
    assert "pseudonyms" not in words([row(), {**FAILED, "anonymised": True}])


@pytest.mark.parametrize(
    ("several", "people"), [(1, "1 participant wore"), (2, "2 participants wore")]
)
def test_those_who_wore_several_sensors_are_counted(several, people):
    assert f"{people} several sensors at a time." in words([row()], several=several)


# ------------------------------------------------------------------ what was set


@pytest.mark.parametrize(
    ("group", "name", "value", "said"),
    [
        ("scan", "jerk_low_hz", 2.5, "(2.5 to 8 Hz)"),
        ("scan", "on_factor", 3.5, "it exceeded 3.5 times the recording's own noise floor"),
        ("scan", "floor_quantile", 0.3, "the 30th percentile"),
        ("scan", "off_share", 0.4, "below 40 % of that threshold"),
        ("scan", "blank_s", 12, "and the 12 s behind it were not judged"),
        ("sleep", "nonwear_sd_mg", 14, "deviation below 14 mg"),
        ("sleep", "immobile_min", 11, "first immobile 11 min"),
        ("window", "night_start", "18:00", "Nights ran from 18:00 to 18:00 local time"),
        ("window", "after_min", 20, "to 20 min after sleep onset"),
        ("window", "shift_min", 10, "moved by 10 min both ways"),
        ("window", "usable_window_pct", 60, "less than 60 % has no count"),
        ("kinds", "width_max_s", 0.9, "at most 0.9 s, its duration"),
        ("kinds", "bursts_max", 2, "no more than 2 bursts"),
        ("kinds", "posture_max_deg", 12, "posture change at most 12 degrees"),
        ("kinds", "still_before_s", 4, "at least 4 s of stillness"),
        ("kinds", "likeness_least", 0.5, "likeness to a sleep start had to be at least 0.5"),
        ("kinds", "arousal_late_share", 0.4, "within 15 s was above 40 % of it"),
        ("kinds", "arousal_active_max_s", 50, "was over within 50 s"),
        ("kinds", "arousal_posture_max_deg", 50, "the posture changed by at most 50 degrees"),
        ("kinds", "impact_ratio", 0.9, "impact band above 0.9 of the jerk band"),
        ("limbs", "together_s", 0.75, "within 0.75 s of it"),
    ],
    ids=lambda value: value if isinstance(value, str) and "_" in value else "",
)
def test_a_setting_stands_in_the_sentence_and_among_those_changed(group, name, value, said):
    settings = Settings()
    settings = replace(settings, **{group: replace(getattr(settings, group), **{name: value})})
    told = words([row()], settings, several=2)
    assert said in told
    assert f"these settings changed: {group}.{name} = {value}" in told


def test_with_nothing_known_of_night_length_the_guider_is_told_with_its_condition():
    told = words([row()])
    assert "HDCZA (van Hees 2018) where a night was observed for at least" in told
    assert "else by the same rule with a fixed threshold of 0.2 degrees" in told


def test_the_text_is_markdown_with_its_parts_in_order():
    text = methods(Settings(), [DONE])
    assert text.startswith("# Methods\n\nA paragraph to paste into a paper")
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## What is not validated",
        "## References",
    ]
    items = [line for line in text.splitlines() if line.startswith("- ")]
    assert len(items) == 6 + 6
    assert all(
        line[:2] in {"- ", "  "} for line in text.partition("References\n\n")[2].splitlines()
    )
    assert text.endswith(f"(hash {Settings().fingerprint()}).\n")


def test_what_made_it_is_told_with_the_versions_of_what_it_rests_on():
    told = words([row()])
    assert f"Python {platform.python_version()}, numpy {version('numpy')}, numba" in told
    assert f"(algorithm {ALGORITHM_VERSION};" in told


def test_no_name_is_broken_at_its_hyphens():
    named = [row(device="wrist-worn-recorder-mark-two", measured_hz=10.0 + k) for k in range(20)]
    text = methods(Settings(), named)
    assert text.count("wrist-worn-recorder-mark-two") == 20
    assert [line for line in text.splitlines() if line.endswith("-")] == []
