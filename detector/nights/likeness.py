"""How much a brief, sharp movement is like a sleep start: an additive model over named evidence.

The limits of :mod:`.kinds` say what a sleep start cannot be. Many ordinary movements of a
limb keep within all of them; taken together the same pieces of evidence tell most of those apart: a
jerk has more of its power above 2 Hz, less above 12 Hz, swings back evenly, leaves the limb where
it was, and is not one of many movements. The log-odds are a constant and what each piece adds: a
line with five corners, so that a width can be too small as well as too large, and every decision
can be taken apart (:func:`terms`). Beyond the outermost corner a line goes on level.

The lines are in ``likeness.toml``, made by ``benchmarks/likeness.py`` from development nights whose
truth is known (decisions 19 and 26). Size is no evidence: nobody knows how large sleep starts are.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from .grid import Floats

WEIGHTS = Path(__file__).with_name("likeness.toml")
NEIGHBOUR_S = 180.0
"""Other movements within this time count as neighbours."""
PIECES = (
    "lf_share",
    "rise_s",
    "width_s",
    "effective_hz",
    "hf_lf_ratio",
    "later_share",
    "alternation_cv",
    "duration_s",
    "posture_change_deg",
    "neighbours",
)
"""The evidence that is weighed, by the names of :func:`.kinds.gather_all`."""

Evidence = dict[str, Floats]
"""Named columns, one value per event; NaN is unknown."""


@dataclass(frozen=True, slots=True)
class Term:
    """A line through corners: what each value of one piece of evidence adds to the log-odds."""

    at: tuple[float, ...]
    """Ascending."""
    adds: tuple[float, ...]

    def log_odds(self, value: Floats) -> Floats:
        """What values add; nothing where they are unknown."""
        return np.where(np.isnan(value), 0.0, np.interp(value, self.at, self.adds))


@dataclass(frozen=True, slots=True)
class Model:
    """Log-odds = ``constant`` + the sum of all terms."""

    constant: float
    terms: dict[str, Term]


@cache
def model_in(path: Path) -> Model:
    """Return the model that a file holds."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Model(
        table["constant"],
        {name: Term(tuple(table[name]["at"]), tuple(table[name]["adds"])) for name in PIECES},
    )


def terms(evidence: Evidence, model: Model) -> dict[str, Floats]:
    """Return what each piece of evidence adds to the log-odds."""
    return {name: model.terms[name].log_odds(evidence[name]) for name in PIECES}


def log_odds(evidence: Evidence, model: Model) -> Floats:
    """Constant and terms together."""
    return np.asarray(model.constant + sum(terms(evidence, model).values()))


def likeness(evidence: Evidence, model: Model | None = None) -> Floats:
    """Return the share of sleep starts among movements like this, on the development nights."""
    return np.asarray(1 / (1 + np.exp(-log_odds(evidence, model or model_in(WEIGHTS)))))
