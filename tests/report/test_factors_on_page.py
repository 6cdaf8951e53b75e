"""What a diary noted, on the page and in result.json."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from made_results import made_facts, made_night

from detector.nights.night import Noted
from detector.report import Page
from detector.resultfile import night_json, result_json
from detector.statistics.factors import compare_all, is_noted

COLUMNS = ("stress", "headache", "note")
FACTS = replace(made_facts(), factors=COLUMNS)
CELLS = [("1", "no", "x"), ("2,5", "", ""), ("3", "0", ""), ("4", "yes", ""), ("6", "bad", "y")]
NIGHTS = [
    replace(
        made_night(),
        counts={**made_night().counts, "sleep_starts_onset": 2 * i},
        noted=Noted(kept=True, factors=cells),
    )
    for i, cells in enumerate(CELLS)
]


def page(nights, facts=FACTS):
    shown = Page(facts)
    for night in nights:
        shown.add_night(night)
    return "".join(shown.html(facts))


def test_a_factor_is_compared_over_five_nights_and_the_page_says_what_result_json_says():
    nights = [night_json(FACTS, night) for night in NIGHTS]
    factors = json.loads(result_json(FACTS, nights, []))["factors"]
    assert list(factors) == ["stress"]
    stress = factors["stress"]
    assert (stress["nights"], stress["exact"]) == (5, True)
    assert stress["p"] == pytest.approx(2 / 120, abs=1e-4)
    html = page(NIGHTS)
    (row,) = re.findall(r"<tr><td>stress</td>(.*?)</tr>", html)
    cells = re.findall(r'<td class="n">(.*?)</td>', row)
    assert cells[:2] == ["5", f"{stress['slope']:+.2f}"]
    assert cells[3] == f"{stress['p']:.3f}"
    assert "nothing about causes" in html


def test_nights_with_a_symptom_are_named_with_the_advice_to_see_a_doctor():
    html = page(NIGHTS[:4])
    section = html[html.index('id="factors"') : html.index('id="meaning"')]
    assert section.count("<li>") == 1
    assert ": headache</li>" in section
    assert "mention to a doctor" in section
    assert "<table>" not in section


def test_without_a_diary_the_page_says_nothing_of_one():
    assert 'id="factors"' not in page([made_night()], made_facts())


def test_a_night_without_a_count_is_no_night_to_compare():
    noted = [(float(i), [str(i)]) for i in range(4)]
    assert compare_all(["stress"], [*noted, (None, ["9"])]) == {}
    assert list(compare_all(["stress"], [*noted, (9.0, ["9"])])) == ["stress"]


@pytest.mark.parametrize(
    ("cell", "noted"),
    [("yes", True), ("2", True), ("mild", True), ("", False), (" No", False), ("0", False)],
)
def test_no_and_nothing_are_not_noted(cell, noted):
    assert is_noted(cell) is noted
