"""The detector may get better on nights of known truth, never worse.

The nights are validation seeds of both makers, on which no threshold was chosen: ``python
benchmarks/quality.py --floor``. Whoever betters a figure raises its floor in
``benchmarks/quality_floor.json``. Six nights a maker guard against harm that nobody meant; they do
not weigh two detectors (decision 26).
"""

from __future__ import annotations

import json

import pytest
import quality
from project import ROOT
from trial import figures as f
from trial.nights import MAKERS

FLOOR = json.loads((ROOT / "benchmarks" / "quality_floor.json").read_text(encoding="utf-8"))
HIGHER_IS_BETTER = ("recall_150_mg", "recall_due", "ppv")
LOWER_IS_BETTER = (
    "false_per_night",
    "false_asleep_per_night",
    "timing_p95_ms",
    "onset_mae_min",
    "headline_mae",
)


@pytest.fixture(scope="module")
def nights():
    return quality.floor_nights()


@pytest.mark.parametrize("maker", FLOOR)
def test_no_figure_falls_below_its_floor(nights, maker):
    found, floor = quality.floor(nights)[maker], FLOOR[maker]
    worse = {name: found[name] for name in HIGHER_IS_BETTER if found[name] < floor[name]}
    worse |= {name: found[name] for name in LOWER_IS_BETTER if found[name] > floor[name]}
    assert worse == {}


def test_the_floor_names_both_makers_and_every_figure():
    assert list(FLOOR) == list(MAKERS)
    assert {frozenset(floor) for floor in FLOOR.values()} == {
        frozenset((*HIGHER_IS_BETTER, *LOWER_IS_BETTER))
    }


def test_times_are_right_to_fifty_ms_at_the_usual_rate_of_every_device(nights):
    at_100_hz = f.grouped([n for n in nights if n.case.rate_hz == 100], lambda n: n.case.device)
    assert len(at_100_hz) >= 3
    late = {device: f.timing(group)["timing p95, ms"].value for device, group in at_100_hz.items()}
    assert {device: ms for device, ms in late.items() if ms > 50} == {}
