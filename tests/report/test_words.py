"""What codes are called, and that every kind can be told apart."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from detector.nights.night import SLEEP_STARTS, Kind, Sleep
from detector.reasons import REASONS
from detector.report.event_view import _NEAR_ORDER
from detector.report.words import ASLEEP, CONFIDENCE, CONTEXT, LOOKS, SOURCE, is_note, style


def test_kinds_are_listed_in_the_order_of_the_tables():
    assert list(LOOKS) == list(get_args(Kind))


@pytest.mark.parametrize("what", ["name", "path", "symbol", "colour", "in_the_dark"])
def test_no_two_kinds_look_or_are_called_alike(what):
    looks = [getattr(look, what) for look in LOOKS.values()]
    assert len(set(looks)) == len(LOOKS)


def test_only_kinds_that_can_be_counted_have_a_name_for_it():
    assert tuple(kind for kind, look in LOOKS.items() if look.counted) == SLEEP_STARTS


def test_colours_are_written_in_full():
    for look in LOOKS.values():
        assert re.fullmatch(r"#[0-9a-f]{6}", look.colour)
        assert re.fullmatch(r"#[0-9a-f]{6}", look.in_the_dark)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 has it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("kind", LOOKS)
def test_a_mark_stands_out_from_its_page_in_the_light_and_in_the_dark(kind):
    """Three to one, which WCAG 2 asks of graphics."""
    look = LOOKS[kind]
    assert 1.05 / (luminance(look.colour) + 0.05) >= 3
    assert (luminance(look.in_the_dark) + 0.05) / (luminance("#14171d") + 0.05) >= 3


def test_the_style_has_a_variable_and_a_mark_of_every_kind():
    light, dark, marks = style().split("\n", 2)
    for kind, look in LOOKS.items():
        assert f"--kind-{kind}:{look.colour};" in light
        assert f"--kind-{kind}:{look.in_the_dark};" in dark
        assert f".mark.{kind}{{color:var(--kind-{kind});}}" in marks
    assert light.startswith(":root{")
    assert dark.startswith("@media (prefers-color-scheme: dark){:root{")
    assert style().count("{") == style().count("}")


def test_contexts_of_sleep_are_contexts_and_near_misses_are_ordered_by_all():
    assert set(ASLEEP) < set(CONTEXT)
    assert set(_NEAR_ORDER) == set(CONTEXT)


def test_every_source_of_a_sleep_period_has_its_word():
    sources = set(re.findall(r"'(\w+)'", str(Sleep.__annotations__["source"]).replace('"', "'")))
    assert set(SOURCE) == sources


def test_confidence_is_named_from_the_highest_to_the_lowest():
    assert CONFIDENCE == ("high", "medium", "low")


@pytest.mark.parametrize("code", [c for c, r in REASONS.items() if r.level != "event"])
def test_a_reason_is_a_note_if_it_neither_stops_nor_limits(code):
    assert is_note(code) == (REASONS[code].level not in {"stops", "limits"})
