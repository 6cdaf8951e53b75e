"""A diary's factors as the page shows them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_results import made_facts, made_night, made_unanalysable_night

from detector.nights.night import Noted
from detector.report.factor_view import NotedNight, factor_views, noted_night, symptoms

FACTS = replace(made_facts(), factors=("coffee", "Headache", "dizziness"))


def nights(*pairs, factor=0):
    """Nights given by rate and what stands in one of the diary's columns."""
    return [
        NotedNight(f"night {i}", rate, ("",) * factor + (cell,))
        for i, (rate, cell) in enumerate(pairs)
    ]


def test_a_night_is_kept_with_its_title_its_rate_and_its_cells():
    night = replace(made_night(), noted=Noted(kept=True, factors=("2", "no", "")))
    assert noted_night(FACTS, night) == NotedNight(
        "Tue 5 to Wed 6 March 2024", 3.186, ("2", "no", "")
    )
    assert noted_night(FACTS, made_unanalysable_night(0)).rate is None
    nothing = replace(made_night(), counts={**made_night().counts, "sleep_starts_onset": 0})
    assert noted_night(FACTS, nothing).rate == 0.0


def test_a_factor_that_goes_along_is_told_with_slope_interval_and_chance():
    """Nine cups, each with half a sleep start an hour more: no order of the nights is stronger."""
    (view,) = factor_views(FACTS, nights(*((0.5 * k, str(k)) for k in range(9))))
    assert (view.name, view.nights, view.slope) == ("coffee", 9, "+0.50")
    assert view.interval == "+0.50 to +0.50"
    assert view.chance == "below 0.001"


def test_of_five_nights_that_fall_two_of_120_orders_are_as_strong():
    (view,) = factor_views(FACTS, nights(*((10.0 - k, str(k)) for k in range(5))))
    assert (view.slope, view.interval, view.chance) == ("-1.00", "-1.00 to -1.00", "0.017")


def test_one_yes_in_five_nights_leaves_the_interval_open():
    """It is highest or lowest by chance in two of five nights."""
    told = nights((1.0, "no"), (2.0, "no"), (3.0, "no"), (4.0, "no"), (7.0, "yes"))
    (view,) = factor_views(FACTS, told)
    assert (view.slope, view.interval, view.chance) == ("+4.50", "open", "0.400")


@pytest.mark.parametrize("n", [0, 4])
def test_fewer_than_five_nights_are_not_compared(n):
    assert factor_views(FACTS, nights(*((float(k), str(k)) for k in range(n)))) == []


@pytest.mark.parametrize(
    ("cell", "named"),
    [("yes", True), ("3", True), ("bad", True), ("no", False), ("0", False), ("", False)],
)
@pytest.mark.parametrize(("factor", "name"), [(1, "Headache"), (2, "dizziness")])
def test_a_symptom_that_a_doctor_should_hear_of_is_named_with_its_night(factor, name, cell, named):
    told = symptoms(FACTS, nights((1.0, "no"), (None, cell), factor=factor))
    assert told == ([f"night 1: {name}"] if named else [])


def test_several_symptoms_of_a_night_stand_together_and_other_factors_are_none():
    assert symptoms(FACTS, [NotedNight("night", 1.0, ("9", "yes", "a little"))]) == [
        "night: Headache, dizziness"
    ]
    assert symptoms(FACTS, nights((1.0, "yes"))) == []
