"""How much a brief, sharp movement is like a sleep start: a logistic model over named evidence.

The limits of :mod:`detector.kinds` say what a sleep start cannot be. Many ordinary movements of a
limb keep within all of them; taken together the same pieces of evidence tell most of those apart: a
jerk rises faster, has more of its power above 2 Hz, less above 12 Hz, leaves the limb where it was,
and is not one of many movements. The log-odds are a constant and one term per piece, so that every
decision can be taken apart (:func:`terms`). Beyond the values that were seen a term grows no more.

The weights are in ``likeness.toml``, made by ``benchmarks/likeness.py`` from development nights
whose truth is known (decision 19). Size is no evidence: nobody knows how large sleep starts are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from .grid import Floats

WEIGHTS = Path(__file__).with_name("likeness.toml")
NEIGHBOUR_S = 180.0
"""Other movements within this time count as neighbours."""

Evidence = Mapping[str, Floats]


def _log(value: Floats) -> Floats:
    return np.log(np.maximum(value, 1e-3))


def _logit(share: Floats) -> Floats:
    bounded = np.clip(share, 1e-3, 1 - 1e-3)
    return np.log(bounded / (1 - bounded))


SCALES: dict[str, Callable[[Floats], Floats]] = {
    "lf_share": _logit,
    "rise_s": _log,
    "width_s": _log,
    "effective_hz": _log,
    "hf_lf_ratio": lambda ratio: np.log(0.02 + ratio),
    "later_share": lambda share: share,
    "posture_change_deg": np.log1p,
    "neighbours": np.log1p,
}
"""Each piece of evidence on the scale on which it is weighed."""


@dataclass(frozen=True, slots=True)
class Term:
    """Weight times the distance from a centre; beyond ``low`` and ``high`` it grows no more."""

    low: float
    high: float
    centre: float
    weight: float

    def log_odds(self, scaled: Floats) -> Floats:
        """What a value adds; nothing where it is unknown."""
        return np.nan_to_num(self.weight * (np.clip(scaled, self.low, self.high) - self.centre))


@dataclass(frozen=True, slots=True)
class Model:
    """Log-odds = ``constant`` + the sum of all terms."""

    constant: float
    terms: dict[str, Term]


@cache
def models(path: Path = WEIGHTS) -> dict[str, Model]:
    """Return the models by name: ``alone``, and ``with_arousal`` for jerks that others follow."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        name: Model(entry["constant"], {key: Term(**entry[key]) for key in SCALES})
        for name, entry in table.items()
    }


def terms(evidence: Evidence, model: Model) -> dict[str, Floats]:
    """Return what each piece of evidence adds to the log-odds."""
    return {name: model.terms[name].log_odds(SCALES[name](evidence[name])) for name in SCALES}


def likeness(evidence: Evidence, model: Model) -> Floats:
    """Return the share of sleep starts among movements like this, on the development nights."""
    log_odds = model.constant + np.sum(list(terms(evidence, model).values()), axis=0)
    return np.asarray(1 / (1 + np.exp(-log_odds)))
