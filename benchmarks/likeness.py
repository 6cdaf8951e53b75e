"""Weigh the evidence for a sleep start on the development nights.

    python benchmarks/likeness.py            # show what would be written, and what it is worth
    python benchmarks/likeness.py --write    # into detector/nights and benchmarks/weights

A logistic regression on lines through five corners, one per piece of evidence. The movements are
those of made nights that keep within all limits of :mod:`detector.nights.kinds`, from an hour
before sleep onset to waking, true if they match a planted sleep start; the constant is set on those
that may be counted, large enough and within the true onset window. No validation seed is touched.

What the detector uses is of both makers' nights. ``benchmarks/weights`` holds what each maker alone
would have given, so that ``quality.py`` can tell how it fares on the nights of the other.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag
from scipy.optimize import brentq, minimize  # type: ignore[attr-defined]  # scipy has no types
from scipy.stats import rankdata  # type: ignore[attr-defined]  # scipy has no types
from trial.comparing import least_mg, matched, within
from trial.nights import (
    CONTEXTS,
    MAKERS,
    MINUTE_NS,
    Case,
    PlannedRecording,
    about,
    cases,
    weights_of,
)

from detector.nights.kinds import classify, gather_all
from detector.nights.likeness import PIECES, WEIGHTS, Model, Term, log_odds
from detector.nights.night import SLEEP_STARTS, Interval
from detector.pipeline import Analysis, Subject
from detector.settings import KindSettings, Settings
from recordings.synthetic import DEVELOPMENT_SEEDS, Plan

NIGHTS = 40
"""Of each maker and context."""
BEFORE_NS = 60 * MINUTE_NS
CORNERS = (0.02, 0.25, 0.5, 0.75, 0.98)
"""Quantiles of each piece of evidence; beyond the outermost nothing is learnt."""
LEAST = {"posture_change_deg": 2.0}
"""Where the first corner lies at least. Made limbs come back to a hundredth of a degree; no real
one does, nor could a sensor tell."""
RIDGE = 1.0
"""On the steps of a line from corner to corner."""
LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
PROCESSES = 2

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Movement(NamedTuple):
    """One movement within all limits."""

    maker: str
    half: bool
    """Which half of the nights it belongs to."""
    true: bool
    decides: bool
    """Large enough to be counted, and in the true onset window."""
    evidence: tuple[float, ...]


def movements(case: Case) -> list[Movement]:
    """Return every movement of a night in question."""
    planned = case.plan()
    analysis = Analysis(PlannedRecording(planned), Subject(recording_id="night"), Settings())
    (night,) = analysis.nights()
    return in_question(case, planned, night.events.candidates, analysis.probe.step_g)


def in_question(
    case: Case, planned: Plan, candidates: NDArray[np.void], step_g: float
) -> list[Movement]:
    """Hold what keeps within all limits against the truth."""
    lenient, site = replace(KindSettings(), likeness_least=0.0001), planned.recipe.site
    evidence = gather_all(candidates, lenient, site=site, step_g=step_g)
    kind = classify(candidates, lenient, site=site, step_g=step_g).kind
    peak_ns, truth = candidates["peak_ns"], planned.nights[0]
    partner = matched(planned.rows(*SLEEP_STARTS)["peak_ns"], peak_ns)
    true = np.isin(np.arange(len(peak_ns)), partner)
    asked = within(peak_ns, Interval(truth.onset_ns - BEFORE_NS, truth.wake_ns))
    decides = within(peak_ns, about(truth.onset_ns))
    decides &= candidates["peak_accel_mg"] >= least_mg(planned)
    values = np.stack([evidence[name] for name in PIECES], axis=1)
    half = bool(case.seed // len(CONTEXTS) % 2)
    return [
        Movement(case.maker, half, bool(true[i]), bool(decides[i]), tuple(values[i].tolist()))
        for i in np.flatnonzero(asked & np.isin(kind, SLEEP_STARTS))
    ]


class Sample:
    """Movements as arrays."""

    def __init__(self, rows: Sequence[Movement]) -> None:
        self.values = np.array([m.evidence for m in rows])
        self.true, self.decides, self.half = (
            np.array([getattr(m, name) for m in rows]) for name in ("true", "decides", "half")
        )
        self.maker = np.array([m.maker for m in rows])
        self._rows = rows

    def of(self, mask: Mask) -> Sample:
        """Return some of them."""
        return Sample([self._rows[i] for i in np.flatnonzero(mask)])

    def log_odds(self, model: Model) -> Floats:
        """Judge them by a model."""
        return log_odds(dict(zip(PIECES, self.values.T, strict=True)), model)


def fitted(sample: Sample) -> Model:
    """Fit a line to every piece of evidence, all of them together."""
    corners = [
        np.unique(np.nanquantile(v, CORNERS).round(3).clip(LEAST.get(name)))
        for name, v in zip(PIECES, sample.values.T, strict=True)
    ]
    parts = [_between(v, at) for v, at in zip(sample.values.T, corners, strict=True)]
    x, true = np.concatenate(parts, axis=1), sample.true
    steps = [np.diff(np.eye(len(at)), axis=0) for at in corners]
    # a little for the level, which the steps leave open
    ridge = block_diag(*(RIDGE * d.T @ d + 0.01 * np.eye(d.shape[1]) for d in steps))

    def loss(b: Floats) -> tuple[float, Floats]:
        odds = b[0] + x @ b[1:]
        wrong = 1 / (1 + np.exp(-odds)) - true
        value = np.sum(np.logaddexp(0, odds) - true * odds) + 0.5 * b[1:] @ ridge @ b[1:]
        return float(value), np.concatenate([[wrong.sum()], x.T @ wrong + ridge @ b[1:]])

    best = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B").x
    adds = np.split(best[1:], np.cumsum([len(at) for at in corners])[:-1])
    terms = [
        Term(tuple(at.tolist()), tuple((a - np.nanmean(part @ a)).round(2).tolist()))
        for at, a, part in zip(corners, adds, parts, strict=True)
    ]
    return placed(Model(0.0, dict(zip(PIECES, terms, strict=True))), sample.of(sample.decides))


def _between(value: Floats, at: Floats) -> Floats:
    """How near each value is to each corner, one altogether; zeros for what is unknown."""
    near = np.stack([np.interp(value, at, corner) for corner in np.eye(len(at))], axis=1)
    return np.where(np.isnan(value)[:, np.newaxis], 0.0, near)


def placed(model: Model, sample: Sample) -> Model:
    """Set the constant so that as many are expected to be true as are."""
    odds = sample.log_odds(model)

    def surplus(constant: float) -> float:
        return float(np.sum(1 / (1 + np.exp(-odds - constant))) - sample.true.sum())

    return replace(model, constant=round(brentq(surplus, -20, 20), 2))


def report(name: str, sample: Sample, odds: Floats) -> None:
    """Print what weights are worth on movements that did not make them."""
    true, like = sample.true, 1 / (1 + np.exp(-odds))
    n = true.sum()
    area = (rankdata(odds)[true].sum() - n * (n + 1) / 2) / n / (~true).sum()
    print(f"{name}: {n} planted, {(~true).sum()} others, area {area:.3f}")
    for least in LEVELS:
        shares = [(like >= least)[side].mean() for side in (true, ~true)]
        print(f"  from {least:.1f}: {shares[0]:.3f} of the planted, {shares[1]:.3f} of the others")


def text_of(model: Model, made_of: str) -> str:
    """Return a model as TOML."""
    lines = [
        f"# Lines of detector.nights.likeness, written by benchmarks/likeness.py from {made_of}.\n",
        f"constant = {model.constant}",
    ]
    for name, term in model.terms.items():
        lines.append(f"{name} = {{ at = {list(term.at)}, adds = {list(term.adds)} }}")
    return "\n".join(lines) + "\n"


def judge_each_other(sample: Sample) -> None:
    """Report halves of the nights against each other, and each maker against the other."""
    odds = np.empty(len(sample.true))
    for half in (sample.half, ~sample.half):
        odds[~half] = sample.of(~half).log_odds(fitted(sample.of(half)))
    for maker in MAKERS:
        own = sample.maker == maker
        report(
            f"{maker}, by the other half of both makers' nights",
            sample.of(own & sample.decides),
            odds[own & sample.decides],
        )
        foreign = sample.of(own & sample.decides)
        told = foreign.log_odds(fitted(sample.of(~own)))
        report(f"{maker}, by the nights of the other maker", foreign, told)


def main() -> None:
    """Play the nights, fit, show or write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="into detector/nights/likeness.toml")
    asked = parser.parse_args()
    work = cases(DEVELOPMENT_SEEDS, NIGHTS)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        sample = Sample([m for rows in pool.map(movements, work) for m in rows])
    judge_each_other(sample)
    files: dict[Path, str] = {WEIGHTS: text_of(fitted(sample), "nights of both makers")}
    for maker in MAKERS:
        alone = fitted(sample.of(sample.maker == maker))
        files[weights_of(maker)] = text_of(alone, f"{maker} nights alone")
    print(files[WEIGHTS])
    for path, text in files.items() if asked.write else ():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
