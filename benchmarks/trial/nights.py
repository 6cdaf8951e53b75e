"""Which nights are judged: makers, contexts, devices; and a made night as a recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import second

from detector.nights import likeness
from detector.nights.grid import EPOCH_NS
from detector.nights.judging import judge
from detector.nights.night import Interval, Night
from detector.pipeline import Analysis, Subject
from detector.settings import Settings
from recordings import SECOND_NS, Chunk, Header, Health
from recordings.synthetic import LOOK_ALIKES, Plan, Recipe, plan, samples

MINUTE_NS = 60 * SECOND_NS
MAKERS: dict[str, Callable[[int, Recipe], Plan]] = {"driven": plan, "drawn": second.plan}
"""Generator A, on whose development seeds defaults are chosen, and generator B."""

WEIGHTS = Path(__file__).resolve().parents[1] / "weights"

CLASSES = (
    ("ax3", 100),
    ("geneactiv", 100),
    ("ax6", 100),
    ("ax3-unpacked", 100),
    ("ax3", 50),
    ("geneactiv", 50),
    ("actigraph", 30),
)
"""Device and nominal rate in Hz; nights take them in turn."""

NIGHT: dict[str, Any] = {
    "start": "2024-03-05T21:15:00",
    "bed_time": "22:15",
    "hours": 6.0,
    "sleep_h": 4.3,
}
"""An evening and the first hours of sleep: all that the onset window and its floor depend on."""

QUIET_WAKE_MIN = {"awake_1_30": (1.0, 30.0), "awake_30_60": (30.0, 60.0)}
CONTEXTS: dict[str, dict[str, Any]] = {
    "quiet": {
        "look_alikes": (),
        "movements_per_h": 4.0,
        "twitches_per_h": 5.0,
        "turns_per_h": 1.0,
        "awakenings": 0.0,
    },
    "healthy": {},
    "everything": {"look_alikes": LOOK_ALIKES, "cluster": False},
    "restless": {"settling_min": (60.0, 75.0), "movements_per_h": 20.0, "awakenings": 3.0},
    "awake_1_30": {},
    "awake_30_60": {},
}
"""What differs from a healthy sleeper's night. ``awake_*`` lie awake and still for so many minutes
before they sleep; everywhere else sleep begins when movement ceases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One night to be made."""

    maker: str
    context: str
    device: str
    rate_hz: float
    seed: int

    @property
    def recipe(self) -> Recipe:
        """What is asked of the maker."""
        more = dict(CONTEXTS[self.context])
        if self.context in QUIET_WAKE_MIN:
            low, high = QUIET_WAKE_MIN[self.context]
            share = np.random.default_rng([self.seed, 77]).uniform()
            more["quiet_wake_min"] = float(low + (high - low) * share)
        return Recipe(device=self.device, rate_hz=self.rate_hz, **NIGHT, **more)

    def plan(self) -> Plan:
        """Draw the night."""
        return MAKERS[self.maker](self.seed, self.recipe)


def cases(seeds: range, nights: int) -> list[Case]:
    """So many nights of every maker and context, each of a seed of its own; devices in turn."""
    return [
        Case(
            maker=maker,
            context=context,
            device=CLASSES[(k + shift) % len(CLASSES)][0],
            rate_hz=CLASSES[(k + shift) % len(CLASSES)][1],
            seed=seeds[k * len(CONTEXTS) + shift],
        )
        for k in range(nights)
        for maker in MAKERS
        for shift, context in enumerate(CONTEXTS)
    ]


class PlannedRecording:
    """A made night as a recording: sampled as it is read, never whole in memory."""

    def __init__(self, planned: Plan, keep: Interval | None = None) -> None:
        self.path = Path(f"<{planned.recipe.device}, seed {planned.seed}>")
        self.header = Header(format="synthetic", nominal_hz=planned.recipe.nominal_hz)
        self.health = Health()
        self._plan, self._keep = planned, keep
        self._kept: list[np.ndarray] = []
        self.kept_from_ns = 0

    @property
    def kept_g(self) -> np.ndarray:
        """Samples of the stretch to be kept, as the latest pass has read them."""
        return np.concatenate(self._kept) if self._kept else np.empty((0, 3))

    def chunks(self) -> Iterator[Chunk]:
        """Sample the night, ten minutes at a time."""
        planned, far = self._plan, 1_000_000_000
        end_ns = planned.start_ns + round(far * SECOND_NS / planned.true_hz)
        knots = np.array([[0, planned.start_ns], [far, end_ns]])
        first, self._kept = 0, []
        for raw, times_ns in samples(planned):
            self._look(raw, times_ns)
            yield Chunk(
                samples=raw,
                scale=planned.device.scale,
                first_index=first,
                knots=knots,
                opens_segment="" if first else "start",
            )
            first += len(raw)

    def _look(self, raw: np.ndarray, times_ns: np.ndarray) -> None:
        if self._keep is None:
            return
        a, b = np.searchsorted(times_ns, (self._keep.start_ns, self._keep.end_ns))
        if a < b:
            if not self._kept:
                self.kept_from_ns = int(times_ns[a])
            self._kept.append(self._plan.device.scale.to_g(raw[a:b]))


def weights_of(maker: str) -> Path:
    """Likeness as the nights of one maker alone would have it."""
    return WEIGHTS / f"{maker}.toml"


def about(onset_ns: int) -> Interval:
    """Return the onset window of a sleep onset that is known."""
    window = Settings().window
    return Interval(
        onset_ns - round(window.before_min * MINUTE_NS),
        onset_ns + round(window.after_min * MINUTE_NS),
    )


class Observed:
    """One made night after its pass: it can be judged again and again."""

    def __init__(self, planned: Plan, recording: Any, settings: Settings) -> None:
        subject = Subject(recording_id="made", site=planned.recipe.site)
        self._analysis = Analysis(recording, subject, settings)
        (self._night,) = self._analysis.nights()

    def night(self, settings: Settings, weights: Path = likeness.WEIGHTS) -> Night:
        """Judge with other limits, or with another model of likeness."""
        scan, probe = self._night.scan, self._analysis.probe
        kept, likeness.WEIGHTS = likeness.WEIGHTS, weights
        try:
            return judge(
                scan,
                self._night.span,
                index=0,
                recorded=Interval(probe.start_ns, int(scan.epochs["start_ns"][-1]) + EPOCH_NS),
                site=self._analysis.facts.site,
                step_g=probe.step_g,
                rate_hz=probe.rate_hz,
                settings=settings,
            )
        finally:
            likeness.WEIGHTS = kept


def analysed(recording: Any, site: str) -> list[Night]:
    """Return the nights as the detector judges them with its defaults."""
    subject = Subject(recording_id="made", site=site)  # type: ignore[arg-type]  # one of its sites
    return list(Analysis(recording, subject, Settings()).nights())
