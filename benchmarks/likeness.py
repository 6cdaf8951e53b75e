"""Weigh the evidence for a sleep start on the development nights.

    python benchmarks/likeness.py            # show what would be written
    python benchmarks/likeness.py --write    # into detector/likeness.toml

Two logistic regressions (ridge 1 on standardised values): for jerks that stay alone and for those
that wake the sleeper. The movements are those of made nights that keep within all limits of
:mod:`detector.kinds`, from an hour before sleep onset to waking, true if they match a planted sleep
start; the constant is set on those that may be counted, large enough and within the true onset
window. Nights of five contexts, on three devices at 50 Hz; no validation seed is touched. Halves of
the nights judge each other's weights, all of them give what is written.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from itertools import pairwise, repeat
from multiprocessing import get_context
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize  # type: ignore[attr-defined]  # scipy has no types
from scipy.stats import rankdata  # type: ignore[attr-defined]  # scipy has no types
from trial.comparing import matched
from trial.nights import MINUTE_NS, PlannedRecording

from detector.kinds import classify, gather_all, least_size_mg
from detector.likeness import SCALES, WEIGHTS, Model, Term
from detector.night import SLEEP_STARTS
from detector.pipeline import Analysis, Subject
from detector.settings import KindSettings, Settings
from recordings.synthetic import DEVELOPMENT_SEEDS, Plan, Recipe, plan

NIGHT: dict[str, Any] = {"start": "2024-03-05T22:00:00", "hours": 6.5, "sleep_h": 4.7}
LIKE: dict[str, Any] = {"look_alikes": ("train", "scratch", "tap", "partner", "shaking")}
RESTLESS: dict[str, Any] = {
    "settling_min": (25.0, 50.0),
    "movements_per_h": 30.0,
    "twitches_per_h": 60.0,
    "turns_per_h": 3.5,
    "awakenings": 4.0,
}
QUIET: dict[str, Any] = {
    "sleep_starts": 0,
    "movements_per_h": 4.0,
    "twitches_per_h": 5.0,
    "turns_per_h": 1.0,
    "awakenings": 0.0,
    "look_alikes": (),
}
CONTEXTS: tuple[tuple[range, dict[str, Any]], ...] = (
    (DEVELOPMENT_SEEDS[:60], {}),
    (DEVELOPMENT_SEEDS[100:130], LIKE),
    (DEVELOPMENT_SEEDS[200:230], LIKE | RESTLESS),
    (DEVELOPMENT_SEEDS[300:330], {"quiet_wake_min": 30.0}),
    (DEVELOPMENT_SEEDS[400:415], QUIET),
)
DEVICES = ("geneactiv", "ax3", "ax6")
BEFORE_MIN = 60
RIDGE = 1.0
LEVELS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9, 1.0)
PROCESSES = 2

Floats = NDArray[np.float64]


class Movement(NamedTuple):
    """One movement within all limits."""

    seed: int
    model: str
    true: bool
    decides: bool
    """Large enough to be counted, and in the true onset window."""
    scaled: list[float]


def movements(seed: int, more: dict[str, Any]) -> list[Movement]:
    """Return every movement of a night in question."""
    recipe = Recipe(device=DEVICES[seed % 3], rate_hz=50, **NIGHT, **more)
    planned = plan(seed, recipe)
    lenient = Settings(kinds=replace(KindSettings(), likeness_least=0.0001))
    analysis = Analysis(PlannedRecording(planned), Subject(recording_id="night"), lenient)
    (night,) = analysis.nights()
    candidates = night.events.candidates
    step_g = analysis.probe.step_g
    evidence = gather_all(candidates, lenient.kinds, site="unknown", step_g=step_g)
    said = classify(candidates, lenient.kinds, site="unknown", step_g=step_g)
    truth = _true(planned, candidates["peak_ns"])
    from_onset_min = (candidates["peak_ns"] - planned.nights[0].onset_ns) / MINUTE_NS
    inside = (from_onset_min >= -BEFORE_MIN) & (candidates["peak_ns"] < planned.nights[0].wake_ns)
    window = Settings().window
    decides = (
        (from_onset_min >= -window.before_min)
        & (from_onset_min < window.after_min)
        & (candidates["peak_accel_mg"] >= least_size_mg(step_g, lenient.kinds))
    )
    models = {"sleep_start": "alone", "sleep_start_with_arousal": "with_arousal"}
    scaled = np.stack([scale(evidence[name]) for name, scale in SCALES.items()], axis=1)
    return [
        Movement(seed, models[said.kind[i]], bool(truth[i]), bool(decides[i]), scaled[i].tolist())
        for i in np.flatnonzero(inside & np.isin(said.kind, SLEEP_STARTS))
    ]


def _true(planned: Plan, peak_ns: NDArray[np.int64]) -> NDArray[np.bool_]:
    partner = matched(planned.rows(*SLEEP_STARTS)["peak_ns"], peak_ns)
    return np.isin(np.arange(len(peak_ns)), partner[partner >= 0])


def fitted(x: Floats, true: NDArray[np.bool_]) -> Model:
    """Fit one model; values beyond the outermost 2 % are taken for the nearest within."""
    low, high = np.nanquantile(x, (0.02, 0.98), axis=0)
    x = np.clip(x, low, high)
    centre, spread = np.nanmean(x, axis=0), np.nanstd(x, axis=0) + 1e-9
    z = np.nan_to_num((x - centre) / spread)

    def loss(b: Floats) -> tuple[float, Floats]:
        odds = b[0] + z @ b[1:]
        wrong = 1 / (1 + np.exp(-odds)) - true
        value = np.sum(np.logaddexp(0, odds) - true * odds) + 0.5 * RIDGE * b[1:] @ b[1:]
        return float(value), np.concatenate([[wrong.sum()], z.T @ wrong + RIDGE * b[1:]])

    best = minimize(loss, np.zeros(z.shape[1] + 1), jac=True, method="L-BFGS-B").x
    rows = np.stack([low, high, centre, best[1:] / spread], axis=1).round(3).tolist()
    return Model(round(float(best[0]), 3), dict(zip(SCALES, (Term(*r) for r in rows), strict=True)))


def judged(model: Model, x: Floats) -> Floats:
    """Log-odds of scaled evidence."""
    parts = [term.log_odds(x[:, k]) for k, term in enumerate(model.terms.values())]
    return np.asarray(model.constant + np.sum(parts, axis=0))


def area(score: Floats, true: NDArray[np.bool_]) -> float:
    """Chance that a true one scores higher than a false one."""
    n = true.sum()
    return float((rankdata(score)[true].sum() - n * (n + 1) / 2) / n / (~true).sum())


def placed(model: Model, x: Floats, true: NDArray[np.bool_]) -> Model:
    """Set the constant so that as many are expected to be true as are."""

    def surplus(constant: float) -> float:
        odds = judged(replace(model, constant=constant), x)
        return float(np.sum(1 / (1 + np.exp(-odds))) - true.sum())

    return replace(model, constant=round(brentq(surplus, -20, 20), 3))


def report(name: str, part: list[Movement]) -> str:
    """Fit one model; print how the halves judge each other, return its TOML."""
    x = np.array([m.scaled for m in part])
    odd, true, decides = (
        np.array([m.seed % 2 == 1 for m in part]),
        np.array([m.true for m in part]),
        np.array([m.decides for m in part]),
    )
    score = np.empty(len(x))
    for half in (odd, ~odd):
        model = placed(fitted(x[half], true[half]), x[half & decides], true[half & decides])
        score[~half] = judged(model, x[~half])
    print(f"# {name}: {true.sum()} true, {(~true).sum()} others, area {area(score, true):.3f}")
    print(f"#   may be counted: {(true & decides).sum()} true, {(~true & decides).sum()} others")
    like = 1 / (1 + np.exp(-score))
    for low, high in pairwise(LEVELS):
        level = decides & (like >= low) & (like < high)
        if level.any():
            print(
                f"#   {low:.1f} to {high:.1f}: {level.sum()}, of them true {true[level].mean():.2f}"
            )
    for least in LEVELS[1:-1]:
        shares = [(like >= least)[decides & side].mean() for side in (true, ~true)]
        print(f"#   from {least:.1f}: {shares[0]:.3f} of the true, {shares[1]:.3f} of the others")
    model = placed(fitted(x, true), x[decides], true[decides])
    lines = [f"[{name}]", f"constant = {model.constant}"]
    for key, term in model.terms.items():
        values = ", ".join(f"{k} = {v}" for k, v in asdict(term).items())
        lines.append(f"{key} = {{ {values} }}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Play the nights, fit, show or write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="into detector/likeness.toml")
    asked = parser.parse_args()
    found: list[Movement] = []
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        for seeds, more in CONTEXTS:
            for rows in pool.map(movements, seeds, repeat(more)):
                found += rows
    text = "# Weights of detector/likeness.py, written by benchmarks/likeness.py.\n"
    for name in ("alone", "with_arousal"):
        text += "\n" + report(name, [m for m in found if m.model == name])
    print(text)
    if asked.write:
        WEIGHTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
