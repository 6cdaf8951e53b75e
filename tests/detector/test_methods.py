from __future__ import annotations

from dataclasses import replace

from made_results import made_facts

from detector.methods import blocks, methods
from detector.nights.onset import UNCERTAINTY_FLOOR_MIN
from detector.settings import KindSettings, Settings, WindowSettings
from detector.tables.rows import facts_row
from detector.version import VERSION

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
    assert "Recordings analysed" not in methods(Settings(), [FAILED])


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
    named = {"fixed": "a threshold of 0.2 degrees", "hdcza": "by HDCZA (van Hees 2018)."}
    for guider, words in named.items():
        sleep = replace(settings.sleep, guider=guider)
        assert words in " ".join(methods(Settings(sleep=sleep), [DONE]).split())


def test_several_sensors_are_told_of_where_there_were_some():
    assert "several sensors" not in methods(Settings(), [DONE])
    text = " ".join(methods(Settings(), [DONE, DONE], several=1).split())
    assert "1 participant wore several sensors at a time." in text
    assert "within 0.5 s" in text
