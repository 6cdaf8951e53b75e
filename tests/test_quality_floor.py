"""The detector may get better on nights of known truth, never worse.

The nights are validation seeds, on which no threshold was chosen: ``python benchmarks/quality.py
--floor``. Whoever betters a figure raises its floor in ``benchmarks/quality_floor.json``.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
import quality
from project import ROOT

FLOOR = json.loads((ROOT / "benchmarks" / "quality_floor.json").read_text(encoding="utf-8"))
HIGHER_IS_BETTER = ("recall_150_mg", "recall_window")
LOWER_IS_BETTER = ("false_per_night", "timing_p95_ms", "onset_mae_min")


@pytest.fixture(scope="module")
def figures():
    return quality.measure(quality.FLOOR_SEEDS, quality.FLOOR_RECIPE)


@pytest.mark.parametrize("device", FLOOR)
def test_no_figure_falls_below_its_floor(figures, device):
    found, floor = figures[device], FLOOR[device]
    worse = {name: found[name] for name in HIGHER_IS_BETTER if found[name] < floor[name]}
    worse |= {name: found[name] for name in LOWER_IS_BETTER if found[name] > floor[name]}
    assert worse == {}


def test_the_floor_names_every_device_and_every_figure():
    assert list(FLOOR) == [f"{device} {rate_hz} Hz" for device, rate_hz in quality.CLASSES]
    assert {frozenset(floor) for floor in FLOOR.values()} == {
        frozenset((*HIGHER_IS_BETTER, *LOWER_IS_BETTER))
    }


def test_times_are_right_to_fifty_ms_at_the_usual_rate_of_every_device(figures):
    at_100_hz = {name: f["timing_p95_ms"] for name, f in figures.items() if name.endswith("100 Hz")}
    assert len(at_100_hz) >= 4
    assert {name: ms for name, ms in at_100_hz.items() if ms > 50} == {}


def test_pairs_are_one_to_one_and_the_nearest_win():
    def pairs(planted_s, found_s):
        to_ns = 1_000_000_000
        planted, found = (np.array([round(s * to_ns) for s in x]) for x in (planted_s, found_s))
        return quality.matched(planted, found).tolist()

    assert pairs([0, 1], [0.1, 0.9]) == [0, 1]
    assert pairs([0], [0.45, 0.1]) == [1]
    assert pairs([0, 0.1], [0.1]) == [-1, 0]
    assert pairs([0], [1]) == [-1]
    assert pairs([0], []) == [-1]
