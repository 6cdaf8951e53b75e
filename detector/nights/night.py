"""What is decided about one night: its sleep, its events, its counts. Data only, no rules.

The rules are in :mod:`.onset`, :mod:`.kinds` and :mod:`.judging`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from recordings import NightSpan

from ..scan import CANDIDATE, Scan

Kind = Literal[
    "sleep_start",
    "sleep_start_with_arousal",
    "micro_twitch",
    "limb_movement",
    "periodic_limb_movement",
    "rhythmic_train",
    "body_movement",
    "impact",
    "disturbance",
    "brief_other",
]
"""In the order of the columns ``n_<kind>`` of ``nights.csv``, which is part of the results: a new
kind comes last, and none changes its place."""

Context = Literal["onset", "reonset", "sleep", "pre_sleep", "post_wake", "unusable"]
Confidence = Literal["high", "medium", "low"]
Site = Literal["wrist", "ankle", "thigh", "other", "unknown"]
Side = Literal["left", "right", "unknown"]
Status = Literal["ok", "limited", "not_analysable"]

SLEEP_STARTS: tuple[Kind, ...] = ("sleep_start", "sleep_start_with_arousal")
"""The kinds that are counted; only in the onset window do they enter the headline count."""

OTHER_KINDS: tuple[Kind, ...] = tuple(k for k in get_args(Kind) if k not in SLEEP_STARTS)
"""Kinds that are never counted as sleep starts."""

FROM_OUTSIDE: tuple[Kind, ...] = ("impact", "disturbance")
"""The kinds that the limb did not make itself."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Half-open stretch of device time, in ns."""

    start_ns: int
    end_ns: int

    def __contains__(self, time_ns: int) -> bool:
        return self.start_ns <= time_ns < self.end_ns

    def overlaps(self, other: Interval) -> bool:
        """Whether both share any time."""
        return self.start_ns < other.end_ns and other.start_ns < self.end_ns

    def within(self, other: Interval) -> Interval | None:
        """Return what both share, None if that is nothing."""
        start_ns, end_ns = max(self.start_ns, other.start_ns), min(self.end_ns, other.end_ns)
        return Interval(start_ns, end_ns) if start_ns < end_ns else None

    def shifted(self, by_ns: int) -> Interval:
        """Moved in time by ``by_ns``."""
        return Interval(self.start_ns + by_ns, self.end_ns + by_ns)

    @property
    def hours(self) -> float:
        """Length in hours."""
        return (self.end_ns - self.start_ns) / 3.6e12


@dataclass(frozen=True, slots=True)
class Stated(Interval):
    """A sleep period that is known, and from where."""

    source: Literal["diary", "hypnogram"] = "diary"


@dataclass(frozen=True, slots=True)
class Staged:
    """Stretches of a night in one sleep stage each, in order."""

    starts_ns: NDArray[np.int64]
    ends_ns: NDArray[np.int64]
    names: NDArray[np.str_]

    def at(self, time_ns: NDArray[np.int64]) -> NDArray[np.str_]:
        """Return the stage at every time, empty where none was scored."""
        i = np.searchsorted(self.starts_ns, time_ns, side="right") - 1
        scored = (i >= 0) & (time_ns < self.ends_ns[i])
        return np.where(scored, self.names[i], "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sleep:
    """The sleep period of a night and how its onset is known."""

    onset_ns: int
    """The onset used: the candidate ``settled``, or what a diary or hypnogram says."""
    wake_ns: int
    source: Literal["hypnogram", "diary", "hdcza", "still_block"]
    uncertainty_min: float
    """Spread of the onset candidates, at least the floor for motion-only estimates."""
    candidates: dict[str, int]
    """All onset candidates by name (``still``, ``still_tolerant``, ``immobile``, ``cole_kripke``,
    ``diary``, ...): device ns."""
    guider: Interval
    threshold_deg: float
    """Angle-change threshold used by the guider; NaN if it used none."""
    reonsets: tuple[int, ...] = ()
    """Returns to sleep within the sleep period."""
    others: tuple[Interval, ...] = ()
    """Further rest periods of the night, found as the guider is: naps, second sleeps."""
    onset_observed: bool = True
    """False if the recording (or an observed stretch) begins asleep: the onset is not known."""
    wake_observed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What the wearer's diary says of a night."""

    kept: bool = False
    """Whether it has this night at all."""
    times_ns: Mapping[str, int] = field(default_factory=dict)
    """Device times by the names of :data:`detector.stated.diary.TIMES`, those that were noted."""
    factors: tuple[str, ...] = ()
    """Cells of its further columns, as written."""
    found_onset_ns: int | None = None
    """Sleep onset by motion alone, None if it was not observed."""

    def period(self, found: Sleep | None) -> Stated | None:
        """Return the sleep noted, None without an onset; its wake may be that found instead."""
        onset_ns, wake_ns = (self.times_ns.get(name) for name in ("sleep_onset", "wake"))
        if wake_ns is None and found is not None and found.wake_observed:
            wake_ns = found.wake_ns
        if onset_ns is None or wake_ns is None or onset_ns >= wake_ns:
            return None
        return Stated(onset_ns, wake_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Candidates of a night with what was decided about each; parallel arrays in time order."""

    candidates: NDArray[np.void] = field(default_factory=lambda: np.empty(0, CANDIDATE))
    kind: NDArray[np.str_] = field(default_factory=lambda: np.empty(0, "U32"))
    reason: NDArray[np.str_] = field(default_factory=lambda: np.empty(0, "U32"))
    """A short code: why it is not counted, or why it has this kind."""
    context: NDArray[np.str_] = field(default_factory=lambda: np.empty(0, "U16"))
    counted: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))
    confidence: NDArray[np.str_] = field(default_factory=lambda: np.empty(0, "U8"))
    onset_offset_s: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    """NaN without a sleep onset."""
    likeness: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    """See :mod:`.likeness`; NaN for what has not the shape of a sleep start."""
    active_after_s: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    """Seconds of movement within the minute after the event."""
    cluster: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """0-based number of the repetitive series within the night, -1 for none."""
    limb: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))
    """Limb movements as periodic series are made of, whatever their kind."""
    series: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """0-based number of the periodic series within the night, -1 for none."""

    def __len__(self) -> int:
        return len(self.candidates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One night, judged. Counts are None where the night cannot carry them."""

    span: NightSpan
    index: int
    status: Status
    reasons: tuple[str, ...]
    """Codes of :mod:`detector.reasons`, the most important first."""
    scan: Scan
    events: Events
    nonwear: tuple[Interval, ...] = ()
    unusable: tuple[Interval, ...] = ()
    """Time whose noise floor is too high, or in which an axis was stuck."""
    sleep: Sleep | None = None
    window: Interval | None = None
    """The onset window, where there is an onset."""
    window_usable_min: float | None = None
    usable_h: float = 0.0
    """Usable hours (worn, observed, quiet floor) of the sleep period, or of the night if none."""
    night_usable_h: float | None = None
    """Usable hours from the onset window's start to wake; None without a window."""
    observed_h: float = 0.0
    """Hours of the night that have samples at all."""
    wear_pct: float | None = None
    """Worn share of the observed sleep period (of the night if there is none).

    None, as ``nonwear_min``, where too little was recorded to tell.
    """
    gap_min: float = 0.0
    """Minutes without samples between the night's first and last sample."""
    blanked_min: float = 0.0
    clipped_samples: int = 0
    floor_g_per_s: float | None = None
    """Median noise floor of the sleep period (of the night if there is none)."""
    smallest_countable_mg: float | None = None
    """Smallest sleep start that could have been counted over the night's floor."""
    noisy_min: float = 0.0
    """Minutes of the sleep period (of the night if there is none) whose noise floor is too high."""
    nonwear_min: float | None = None
    """Minutes of the night with samples, but not worn."""
    stuck_min: float = 0.0
    """Minutes of the night with samples, but a stuck axis."""
    idle_min: float = 0.0
    """Minutes that the device did not record because it lay still."""
    clipped_pct: float | None = None
    temperature_c: float | None = None
    """Median of the worn sleep period (of the night if there is none)."""
    measured_hz: float | None = None
    counts: dict[str, int | None] = field(default_factory=dict)
    """``sleep_starts_onset``, ``..._onset_early15``, ``..._onset_late15``, ``..._onset_strict20``,
    ``..._onset_lax20``, ``..._reonset``,
    ``..._sleep``, ``..._night``, ``n_clusters`` and ``n_<kind>`` of every other kind."""
    plm_acc_per_h: float | None = None
    """Ankle only, as the next four."""
    lm_acc_n: int | None = None
    lm_acc_per_h: float | None = None
    plm_acc_series: int | None = None
    periodicity_index_acc: float | None = None
    limb_intervals_s: NDArray[np.float64] | None = None
    """From onset to onset of successive limb movements of the sleep period; NaN where not all time
    between was observed. Ankle only."""
    posture_changes_per_h: float | None = None
    noted: Noted = field(default_factory=Noted)
    staged: Staged | None = None
    """What a sleep laboratory scored of it."""

    def stage_of(self, time_ns: NDArray[np.int64]) -> list[str]:
        """Return the sleep stage at every time, empty where none was scored."""
        return [""] * len(time_ns) if self.staged is None else self.staged.at(time_ns).tolist()
