"""How much a movement is like a sleep start."""

from __future__ import annotations

import numpy as np
import pytest
from scans import STEP_G, at, event, events, series

from detector import series as neighbourhood
from detector.kinds import classify
from detector.likeness import SCALES, Model, Term, likeness, models, terms
from detector.settings import KindSettings

S = KindSettings(likeness_least=0.0001)

EVIDENCE = {
    "lf_share": np.array([0.8, 0.4, np.nan]),
    "rise_s": np.array([0.2, 0.4, 0.2]),
    "width_s": np.array([0.4, 0.6, 0.4]),
    "effective_hz": np.array([2.5, 2.0, 2.5]),
    "hf_lf_ratio": np.array([0.1, 0.2, np.nan]),
    "later_share": np.array([0.2, 1.0, 0.2]),
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
        {"hf_lf_ratio": 0.25},
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
    around = series("01:58", 6, 25.0, width_s=1.2)
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


def test_the_log_odds_are_the_constant_and_the_terms():
    model = models()["alone"]
    odds = model.constant + sum(terms(EVIDENCE, model).values())
    assert likeness(EVIDENCE, model) == pytest.approx(1 / (1 + np.exp(-odds)))


def test_unknown_evidence_says_nothing():
    added = terms(EVIDENCE, models()["alone"])
    assert added["lf_share"][2] == added["hf_lf_ratio"][2] == added["posture_change_deg"][2] == 0


def test_beyond_what_was_seen_evidence_weighs_no_more():
    term = Term(low=0.0, high=1.0, centre=0.25, weight=2.0)
    assert term.log_odds(np.array([-5.0, 0.0, 1.0, 7.0])).tolist() == [-0.5, -0.5, 1.5, 1.5]


@pytest.mark.parametrize("name", ["alone", "with_arousal"])
def test_the_weights_are_of_all_evidence_and_bounded(name):
    model = models()[name]
    assert isinstance(model, Model)
    assert list(model.terms) == list(SCALES)
    for term in model.terms.values():
        assert term.low <= term.centre <= term.high
