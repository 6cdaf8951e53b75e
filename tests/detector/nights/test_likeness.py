"""How much a movement is like a sleep start."""

from __future__ import annotations

import numpy as np
import pytest
from scans import STEP_G, at, event, events, series

from detector.nights import series as neighbourhood
from detector.nights.kinds import classify, gather_all
from detector.nights.likeness import PIECES, WEIGHTS, Model, Term, likeness, model_in, terms
from detector.settings import KindSettings

S = KindSettings(likeness_least=0.0001)

EVIDENCE = {
    "lf_share": np.array([0.8, 0.4, np.nan]),
    "rise_s": np.array([0.2, 0.4, 0.2]),
    "width_s": np.array([0.4, 0.6, 0.4]),
    "effective_hz": np.array([2.5, 2.0, 2.5]),
    "hf_lf_ratio": np.array([0.1, 0.2, np.nan]),
    "later_share": np.array([0.2, 1.0, 0.2]),
    "alternation_cv": np.array([0.3, 1.2, np.nan]),
    "duration_s": np.array([1.0, 0.4, 1.0]),
    "posture_change_deg": np.array([0.1, 9.0, np.nan]),
    "neighbours": np.array([0.0, 12.0, 0.0]),
}


def of(row: np.ndarray, *others: np.ndarray) -> float:
    """Likeness of the first of some events."""
    table = events(row, *others)
    place = int(np.flatnonzero(table["peak_ns"] == row["peak_ns"][0])[0])
    return float(classify(table, S, site="wrist", step_g=STEP_G).likeness[place])


@pytest.mark.parametrize(
    "worse",
    [
        {"lf_share": 0.6},
        {"rise_s": 0.4},
        {"hf_lf_ratio": 0.15},
        {"late_ratio": 0.9},
        {"posture_change_deg": 12.0},
    ],
    ids=str,
)
def test_evidence_against_makes_an_event_less_like_a_sleep_start(worse):
    assert of(event(**worse)) < of(event())


@pytest.mark.parametrize("size", [0.5, 2.0, 10.0])
def test_size_is_no_evidence(size):
    larger = event(peak_accel_mg=200 * size, peak_jerk_g_per_s=5 * size)
    assert of(larger) == of(event())


def test_other_movements_around_make_it_less_likely():
    around = series("01:58", 20, 15.0, width_s=1.3)
    assert of(event("02:01"), around) < of(event("02:01"))


def test_other_sleep_starts_around_do_not():
    # half a minute apart, so that none is in the other's later share
    cluster = series("01:50", 12, 30.0)
    assert of(event("02:00"), cluster) == of(event("02:00"))


def test_neighbours_are_within_reach_and_never_oneself():
    table = events(event("02:00"), event("02:03"), event("02:03:00.001"))
    other = np.ones(3, bool)
    assert neighbourhood.neighbours(table, other, 180.0).tolist() == [1, 2, 1]
    assert table["peak_ns"][0] == at("02:00")


@pytest.mark.parametrize(("by_ns", "neighbours"), [(0, 1), (1, 0)], ids=["3 min", "more"])
def test_neighbours_are_those_within_three_minutes(by_ns, neighbours):
    table = events(event("02:00"), event(at("02:03") + by_ns, still_before_s=1.0))
    found = gather_all(table, S, site="wrist", step_g=STEP_G)
    assert found["neighbours"].tolist() == [neighbours, 0]


def test_the_log_odds_are_the_constant_and_the_terms():
    model = model_in(WEIGHTS)
    odds = model.constant + sum(terms(EVIDENCE, model).values())
    assert likeness(EVIDENCE, model) == pytest.approx(1 / (1 + np.exp(-odds)))
    assert likeness(EVIDENCE).tolist() == likeness(EVIDENCE, model).tolist()


def test_log_odds_of_zero_are_a_likeness_of_a_half():
    level = {name: Term((0.0, 1.0), (0.25, 0.25)) for name in PIECES}  # ten pieces
    for constant, expected in ((-2.5, 0.5), (-2.5 + np.log(3), 0.75)):
        found = likeness({name: np.zeros(1) for name in PIECES}, Model(constant, level))
        assert found == pytest.approx([expected])


def test_unknown_evidence_says_nothing():
    added = terms(EVIDENCE, model_in(WEIGHTS))
    assert added["lf_share"][2] == added["hf_lf_ratio"][2] == added["posture_change_deg"][2] == 0


def test_beyond_what_was_seen_evidence_weighs_no_more():
    term = Term(at=(0.0, 1.0, 3.0), adds=(-0.5, 1.5, 1.0))
    values = np.array([-5.0, 0.0, 0.5, 1.0, 2.0, 7.0, np.nan])
    assert term.log_odds(values).tolist() == [-0.5, -0.5, 0.5, 1.5, 1.25, 1.0, 0.0]


def test_a_turn_that_no_sleeper_could_avoid_is_no_evidence():
    """Made limbs come back to a hundredth of a degree."""
    assert of(event(posture_change_deg=0.01)) == of(event(posture_change_deg=1.9))


def test_the_lines_are_of_all_evidence_and_their_corners_ascend():
    model = model_in(WEIGHTS)
    assert isinstance(model, Model)
    assert list(model.terms) == list(PIECES)
    for term in model.terms.values():
        assert len(term.at) == len(term.adds)
        assert list(term.at) == sorted(set(term.at))
