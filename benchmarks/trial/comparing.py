"""One night held against its truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from detector.nights.kinds import COARSE_STEP_G
from detector.nights.likeness import WEIGHTS
from detector.nights.night import SLEEP_STARTS, Interval, Night
from detector.review import matching
from detector.settings import ScanSettings, Settings
from recordings import SECOND_NS
from recordings.synthetic import NightTruth, Plan

from .anchors import ANCHORS, RANDOM, SCALES
from .nights import MAKERS, MINUTE_NS, Case, Observed, PlannedRecording, about, weights_of

MATCH_NS = round(0.5 * SECOND_NS)
_AROUND_NS = round(0.5 * SECOND_NS)
_LASTING = ("vehicle", "fan")

Tally = tuple[int, int, int]
"""Planted and found, found alone, planted."""


def matched(planted_ns: np.ndarray, found_ns: np.ndarray) -> np.ndarray:
    """Index of the found event of each planted one, -1 for none; the nearest pairs first."""
    return matching.matched(planted_ns, found_ns, MATCH_NS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one night shows. Parallel lists are of planted sleep starts in bed."""

    case: Case
    fine: bool
    """Whether the sensor's step is 4 mg or finer."""
    size_mg: list[float]
    found: list[bool]
    counted: list[bool]
    asleep: list[bool]
    """From the onset window to waking."""
    due: list[bool]
    """Within the window about the true onset, and large enough to be counted."""
    error_ms: list[float]
    """Peak found minus peak planted, of those found."""
    false: int
    """Counted events that match nothing planted."""
    false_asleep: int
    """The same of all events of counted kinds from the onset window to waking."""
    headline_error: int | None
    """Headline count minus those due; None without a count."""
    onset_error_min: float | None
    uncertainty_min: float | None
    quiet_wake_min: float
    mistaken: list[tuple[str, bool, bool, bool]]
    """Every other planted movement in bed: cause, within the true window, called a sleep start,
    counted."""
    kinds: list[tuple[str, str]]
    """Planted and found kind of every movement from going to bed to waking."""
    certainty: list[tuple[str, bool]]
    """Confidence of each counted event, and whether a sleep start was planted there."""
    likeness: list[tuple[float, bool]]
    """Of each event that likeness decides on in the onset window, and whether a sleep start was
    planted there."""
    anchors: dict[str, dict[float, Tally]]
    """By rule and multiple of its threshold, within the true window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A way of judging a night."""

    name: str
    settings: Settings = field(default_factory=Settings)
    foreign: bool = False
    """Whether likeness is what the nights of the other maker alone would have it."""


AS_SHIPPED = Variant(name="as shipped")
FOREIGN = Variant(name="by the other maker", foreign=True)


def judged(case: Case, variants: Sequence[Variant] = (AS_SHIPPED,)) -> list[Held]:
    """Make and analyse one night, and compare it as every variant judges it.

    One pass serves all variants that scan alike. Plain rules are held beside the first one alone.
    """
    planned = case.plan()
    truth = planned.nights[0]
    recording = PlannedRecording(planned, about(truth.onset_ns))
    found: list[Held] = []
    observed: dict[ScanSettings, Observed] = {}
    for variant in variants:
        scan = variant.settings.scan
        if scan not in observed:
            observed[scan] = Observed(planned, recording, variant.settings)
        (other,) = set(MAKERS) - {case.maker}
        weights = weights_of(other) if variant.foreign else WEIGHTS
        night = observed[scan].night(variant.settings, weights)
        found.append(held(case, planned, night, None if found else recording))
    return found


def held(
    case: Case, planned: Plan, night: Night, recording: PlannedRecording | None = None
) -> Held:
    """Compare one night with its truth, and plain rules where the samples are given."""
    truth = planned.nights[0]
    true_window = about(truth.onset_ns)
    window = night.window or true_window
    asleep = Interval(min(window.start_ns, true_window.start_ns), truth.wake_ns)
    starts = np.isin(night.events.kind, SLEEP_STARTS)
    peaks_ns = night.events.candidates["peak_ns"][starts]
    counted = night.events.counted[starts]
    rows = planned.rows(*SLEEP_STARTS)
    partner = matched(rows["peak_ns"], peaks_ns)
    found, alone = partner >= 0, ~np.isin(np.arange(len(peaks_ns)), partner)
    due = within(rows["peak_ns"], true_window) & (rows["size_mg"] >= least_mg(planned))
    headline, sleep = night.counts["sleep_starts_onset"], night.sleep
    return Held(
        case=case,
        fine=planned.device.step_mg <= 4.0,
        size_mg=rows["size_mg"].tolist(),
        found=found.tolist(),
        counted=np.isin(partner, np.flatnonzero(counted)).tolist(),
        asleep=within(rows["peak_ns"], asleep).tolist(),
        due=due.tolist(),
        error_ms=((peaks_ns[partner[found]] - rows["peak_ns"][found]) / 1e6).tolist(),
        false=int((alone & counted).sum()),
        false_asleep=int((alone & within(peaks_ns, asleep)).sum()),
        headline_error=None if headline is None else headline - int(due.sum()),
        onset_error_min=sleep and (sleep.onset_ns - truth.onset_ns) / MINUTE_NS,
        uncertainty_min=sleep and sleep.uncertainty_min,
        quiet_wake_min=planned.recipe.quiet_wake_min,
        mistaken=_mistaken(planned, truth, peaks_ns[alone], counted[alone]),
        kinds=_kinds(planned, truth, night),
        certainty=_certainty(night, alone),
        likeness=_likeness(night, rows["peak_ns"], least_mg(planned)),
        anchors={}
        if recording is None
        else _anchors(planned, recording, rows["peak_ns"], due, int(counted.sum())),
    )


def _certainty(night: Night, alone: np.ndarray) -> list[tuple[str, bool]]:
    starts = np.isin(night.events.kind, SLEEP_STARTS)
    counted = night.events.counted[starts]
    levels = night.events.confidence[starts][counted].tolist()
    return list(zip(levels, (~alone[counted]).tolist(), strict=True))


def _likeness(night: Night, planted_ns: np.ndarray, least: float) -> list[tuple[float, bool]]:
    """Counted events, and those that would be counted if they were more like a sleep start."""
    events = night.events
    rows = events.candidates
    unlike = (events.reason == "unlike") & (events.context == "onset") & ~rows["truncated"]
    chosen = events.counted | (unlike & (rows["peak_accel_mg"] >= least))
    partner = matched(planted_ns, rows["peak_ns"][chosen])
    true = np.isin(np.arange(chosen.sum()), partner)
    return list(zip(events.likeness[chosen].tolist(), true.tolist(), strict=True))


def least_mg(planned: Plan) -> float:
    """Smallest size that the headline count is meant to hold."""
    kinds = Settings().kinds
    coarse = planned.device.step_mg >= 1000 * COARSE_STEP_G
    return kinds.accel_min_coarse_mg if coarse else kinds.accel_min_mg


def within(times_ns: np.ndarray, interval: Interval) -> np.ndarray:
    """Which times lie within."""
    return (times_ns >= interval.start_ns) & (times_ns < interval.end_ns)


def _in_bed(planned: Plan, truth: NightTruth) -> np.ndarray:
    return planned.truth[within(planned.truth["peak_ns"], Interval(truth.bed_ns, truth.wake_ns))]


def _mistaken(
    planned: Plan, truth: NightTruth, false_ns: np.ndarray, counted: np.ndarray
) -> list[tuple[str, bool, bool, bool]]:
    """Give every false event to the shortest planted movement that it falls into."""
    rows = _in_bed(planned, truth)
    rows = rows[~np.isin(rows["kind"], SLEEP_STARTS)]
    length_ns = rows["end_ns"] - rows["start_ns"]
    called, took = np.zeros(len(rows), bool), np.zeros(len(rows), bool)
    for time_ns, is_counted in zip(false_ns, counted, strict=True):
        covers = (rows["start_ns"] - _AROUND_NS <= time_ns) & (
            rows["end_ns"] + _AROUND_NS >= time_ns
        )
        if covers.any():
            nearest = np.where(covers, length_ns, np.iinfo(np.int64).max).argmin()
            called[nearest] = True
            took[nearest] |= bool(is_counted)
    in_window = within(rows["peak_ns"], about(truth.onset_ns))
    names = [_name(row, truth) for row in rows]
    return list(zip(names, in_window.tolist(), called.tolist(), took.tolist(), strict=True))


def _name(row: Any, truth: NightTruth) -> str:
    """Cause, and for what sleepers and waking people both do, which of the two."""
    cause, peak = str(row["cause"]), row["peak_ns"]
    if cause not in ("limb", "turn"):
        return cause
    awake = peak < truth.onset_ns or any(a <= peak < b for a, b in truth.awakenings)
    return f"{cause}, awake" if awake else f"{cause}, asleep"


def _kinds(planned: Plan, truth: NightTruth, night: Night) -> list[tuple[str, str]]:
    """Kind of the largest event that overlaps each planted movement."""
    candidates = night.events.candidates
    found = []
    for row in _in_bed(planned, truth):
        if row["cause"] in _LASTING:
            continue
        touching = np.flatnonzero(
            (candidates["start_ns"] <= row["end_ns"]) & (candidates["end_ns"] >= row["start_ns"])
        )
        kind = "none"
        if len(touching):
            largest = touching[candidates["peak_accel_mg"][touching].argmax()]
            kind = str(night.events.kind[largest])
        found.append((str(row["kind"]), kind))
    return found


def _anchors(
    planned: Plan,
    recording: PlannedRecording,
    planted_ns: np.ndarray,
    due: np.ndarray,
    number: int,
) -> dict[str, dict[float, Tally]]:
    """Run every plain rule on the samples of the true window."""
    accel_g, rate_hz = recording.kept_g, planned.true_hz
    if not len(accel_g):
        return {}

    def tally(positions: np.ndarray) -> Tally:
        times_ns = recording.kept_from_ns + np.rint(positions * (SECOND_NS / rate_hz)).astype("i8")
        partner = matched(planted_ns, times_ns)
        hit = int((due & (partner >= 0)).sum())
        return hit, int(len(times_ns) - (partner >= 0).sum()), int(due.sum())

    found = {}
    for name, prepare in ANCHORS.items():
        rule = prepare(accel_g, rate_hz)
        found[name] = {scale: tally(rule(scale)) for scale in SCALES}
    rng = np.random.default_rng([planned.seed, 78])
    found[RANDOM] = {1.0: tally(rng.uniform(0, len(accel_g), number))}
    return found
