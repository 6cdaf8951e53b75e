"""Every parameter once: default, unit (the name's suffix), bounds, effect and source.

API arguments, TOML keys, command-line flags and the documentation are all made from these classes.
Sources: names of papers or tools; "simulation" and "real nights" are this project's own studies,
"choice" marks an engineering decision for which no source exists.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from .parameter import Group, SettingsError, setting

__all__ = [
    "HealthSettings",
    "KindSettings",
    "LimbSettings",
    "ScanSettings",
    "Settings",
    "SettingsError",
    "SleepSettings",
    "WindowSettings",
]

JERK_SHARE_OF_RATE = 0.4
"""The jerk band ends at this share of the sampling rate at most: nearer to the half, where nothing
can be sampled, a filter no longer has the shape that the thresholds were found with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanSettings(Group):
    """The one pass over the samples: bands, floor, thresholds, events."""

    GROUP = "scan"
    BELOW = (("jerk_low_hz", "jerk_high_hz"), ("impact_low_hz", "impact_high_hz"))

    min_rate_hz: float = setting(
        24.0,
        "recordings sampled more slowly are refused",
        low=20,
        high=100,
        source="simulation: below 25 Hz nominal a jerk loses more than 10 % of its peak; "
        "24 allows a slow 25-Hz clock",
    )
    jerk_low_hz: float = setting(
        2.0, "lower edge of the jerk band", low=0.5, high=5, source="simulation"
    )
    jerk_high_hz: float = setting(
        8.0,
        "upper edge of the jerk band",
        low=4,
        high=12,
        source="simulation: best margin between "
        "a 50 mg jerk and the quiet signal for every device class",
    )
    movement_low_hz: float = setting(
        1.0, "lower edge of the movement band", low=0.25, high=3, source="simulation"
    )
    impact_low_hz: float = setting(
        12.0,
        "lower edge of the impact band",
        low=9,
        high=20,
        source="simulation: a knock rings at 20-45 Hz, a limb does not",
    )
    impact_high_hz: float = setting(
        24.0,
        "upper edge of the impact band (at most 0.46 of the rate)",
        low=15,
        high=45,
        source="simulation",
    )
    impact_min_rate_hz: float = setting(
        40.0,
        "below this rate knocks cannot be told from jerks",
        low=30,
        high=100,
        source="simulation",
    )
    envelope_s: float = setting(
        0.1,
        "length of the moving RMS that makes the envelopes",
        low=0.05,
        high=0.2,
        source="choice; S-PLMAD uses 0.15 s",
    )
    floor_s: float = setting(
        120.0, "history of the noise floor", low=30, high=600, source="simulation"
    )
    floor_quantile: float = setting(
        0.25,
        "quantile of the history's one-second levels that is the floor: low, so that movement "
        "in up to three quarters of the history does not raise it",
        low=0.05,
        high=0.5,
        source="choice",
    )
    floor_max_g_per_s: float = setting(
        1.0,
        "thresholds are made from no higher floor than this: in lasting movement everything is an "
        "event, and none of it passes for stillness",
        low=0.3,
        high=10,
        source="real nights: walking raises the floor to 40, quiet is 0.2 to 0.3",
    )
    on_factor: float = setting(
        2.5,
        "an event begins above this multiple of the floor",
        low=1.5,
        high=6,
        source="simulation: 2 gives up to 36 false events in 8 quiet hours, 2.5 none",
    )
    off_share: float = setting(
        0.5,
        "an event ends below this share of the threshold it began with",
        low=0.1,
        high=0.9,
        source="choice; EMG scoring has 0.25",
    )
    jerk_min_g_per_s: float = setting(
        0.30,
        "the jerk threshold is never lower",
        low=0.05,
        high=2,
        source="real nights: the 99.9th percentile of quiet is 0.29 to 0.31",
    )
    jerk_min_per_step: float = setting(
        0.04,
        "nor lower than this many g/s per mg of the sensor's step",
        low=0,
        high=0.2,
        source="simulation: a step of 15.6 mg through the band gives 0.3 g/s",
    )
    movement_min_mg: float = setting(
        40.0,
        "movement-band threshold for slower events, never lower",
        low=5,
        high=200,
        source="choice: periodic limb movements at the ankle have about 70 mg and little jerk",
    )
    merge_s: float = setting(
        0.5,
        "an event ends when the level has stayed low for this long",
        low=0.1,
        high=2,
        source="AASM/WASM end of a leg movement",
    )
    burst_apart_s: float = setting(
        0.12, "sub-peaks closer than this are one", low=0.05, high=0.5, source="choice"
    )
    burst_share: float = setting(
        0.4,
        "sub-peaks below this share of the peak do not count",
        low=0.1,
        high=0.9,
        source="choice",
    )
    longest_event_s: float = setting(
        30.0,
        "movement that lasts longer is cut into events of this length",
        low=15,
        high=45,
        source="choice: bounds memory; nothing of interest lasts so long",
    )
    blank_s: float = setting(
        10.0,
        "after every gap this much time is not judged while the filters and the floor settle",
        low=2,
        high=60,
        source="choice",
    )

    def __post_init__(self) -> None:
        Group.__post_init__(self)  # super() does not survive slots=True
        needed_hz = self.jerk_high_hz / JERK_SHARE_OF_RATE
        if self.min_rate_hz < needed_hz:
            raise SettingsError(
                f"scan.jerk_high_hz = {self.jerk_high_hz:g} needs scan.min_rate_hz of at least "
                f"{needed_hz:.2f}, but it is {self.min_rate_hz:g}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SleepSettings(Group):
    """Non-wear, sleep period, sleep onset."""

    GROUP = "sleep"
    AT_MOST = (("hdcza_low_deg", "hdcza_high_deg"), ("nonwear_step_min", "nonwear_window_min"))

    guider: Literal["auto", "hdcza", "fixed"] = setting(
        "auto",
        "how the sleep period is found: HDCZA needs most of a day with waking time; fixed "
        "uses fixed_angle_deg; auto takes HDCZA where the night was observed for hdcza_min_h",
        source="van Hees 2018; choice",
    )
    hdcza_min_h: float = setting(
        16.0,
        "hours of a noon-to-noon day that HDCZA's percentile needs",
        low=6,
        high=24,
        source="choice",
    )
    hdcza_percentile: float = setting(
        10.0, "percentile of the day's angle changes", low=1, high=50, source="van Hees 2018; GGIR"
    )
    hdcza_factor: float = setting(
        15.0, "multiple of that percentile", low=1, high=50, source="van Hees 2018; GGIR"
    )
    hdcza_low_deg: float = setting(
        0.13, "lower clip of the threshold", low=0.01, high=1, source="GGIR 3.3-7"
    )
    hdcza_high_deg: float = setting(
        0.50, "upper clip of the threshold", low=0.05, high=5, source="GGIR 3.3-7"
    )
    fixed_angle_deg: float = setting(
        0.20,
        "threshold for recordings of a night only",
        low=0.05,
        high=2,
        source="GGIR before 3.0-7; wristpy",
    )
    block_min: float = setting(
        30.0, "shorter still blocks are dropped", low=5, high=120, source="van Hees 2018"
    )
    join_min: float = setting(
        60.0, "still blocks closer than this are one", low=5, high=180, source="van Hees 2018"
    )
    shortest_spt_h: float = setting(
        2.5, "a shorter sleep period is refused", low=0.5, high=8, source="real nights"
    )
    posture_deg: float = setting(
        5.0,
        "an angle change above this between 5-s epochs ends sustained inactivity",
        low=1,
        high=20,
        source="van Hees 2015",
    )
    inactivity_min: float = setting(
        5.0, "shortest sustained inactivity", low=2, high=30, source="van Hees 2015"
    )
    jerk_return_deg: float = setting(
        10.0,
        "an isolated jerk does not end inactivity if the angle returns within this",
        low=2,
        high=30,
        source="choice",
    )
    jerk_return_s: float = setting(30.0, "and within this time", low=5, high=120, source="choice")
    immobile_min: float = setting(
        10.0,
        "length of the first immobile block that marks the second onset candidate",
        low=5,
        high=30,
        source="Actiwatch",
    )
    moved_awake_pct: float = setting(
        56.0,
        "share of half minutes with movement before sleep onset; onset is where it gives way to "
        "moved_asleep_pct",
        low=30,
        high=95,
        source="simulation: development nights",
    )
    moved_asleep_pct: float = setting(
        12.0,
        "share of half minutes with movement in sleep",
        low=2,
        high=25,
        source="simulation; healthy sleepers move 10 to 11 times an hour (Stefani 2015)",
    )
    reonset_still_min: float = setting(
        10.0, "inactivity that makes a second onset", low=5, high=60, source="choice"
    )
    reonset_active_min: float = setting(
        5.0, "activity that must come before it", low=1, high=60, source="choice"
    )
    nonwear_window_min: float = setting(
        60.0, "window of the non-wear test", low=15, high=240, source="van Hees 2013; GGIR"
    )
    nonwear_step_min: float = setting(
        15.0, "step of the non-wear test", low=5, high=60, source="GGIR"
    )
    nonwear_sd_mg: float = setting(
        13.0,
        "an axis with a smaller standard deviation may be off the body",
        low=1,
        high=50,
        source="GGIR",
    )
    nonwear_range_mg: float = setting(
        150.0, "and with a smaller range", low=10, high=500, source="GGIR 3.3-7"
    )
    nonwear_asleep_min: float = setting(
        90.0,
        "stillness looks like non-wear in deep sleep: it must last at least this long",
        low=30,
        high=600,
        source="choice",
    )
    nonwear_temperature_c: float = setting(
        25.0,
        "long stillness is non-wear below this temperature, wear above it, where there is a sensor",
        low=15,
        high=33,
        source="DETACH 26; skdh 25",
    )
    nonwear_cooler_c: float = setting(
        3.0,
        "in the night it must also be colder by this than when the sensor was surely worn, if it "
        "was",
        low=0,
        high=15,
        source="choice: on a real evening a worn wrist was at 24 degrees for an hour",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSettings(Group):
    """Nights and the windows in which events are counted."""

    GROUP = "window"

    night_start: str = setting(
        "12:00",
        "local time at which nights begin and end; move it for people who sleep by day",
        source="GGIR",
    )
    before_min: float = setting(
        30.0,
        "the onset window begins this long before sleep onset",
        low=0,
        high=180,
        source="choice: onset estimates are early or late by tens of minutes",
    )
    after_min: float = setting(
        15.0, "and ends this long after sleep onset", low=0, high=120, source="choice"
    )
    shift_min: float = setting(
        15.0,
        "the count is repeated with the window moved by this much both ways",
        low=1,
        high=60,
        source="choice",
    )
    reonset_before_min: float = setting(
        10.0, "window before a second onset", low=0, high=60, source="choice"
    )
    reonset_after_min: float = setting(
        5.0, "window after a second onset", low=0, high=60, source="choice"
    )
    usable_spt_h: float = setting(
        4.0,
        "a night with less usable sleep period is marked as limited",
        low=0.5,
        high=10,
        source="choice",
    )
    usable_window_pct: float = setting(
        80.0,
        "a night whose onset window was observed for less has no count",
        low=10,
        high=100,
        source="choice",
    )
    noisy_floor_g_per_s: float = setting(
        1.0,
        "time with a higher noise floor (vehicle, restlessness) is unusable",
        low=0.2,
        high=10,
        source="simulation",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthSettings(Group):
    """What is said of the sensor, and when its signal cannot be believed."""

    GROUP = "health"

    stuck_min: float = setting(
        10.0,
        "an axis that shows one and the same value for this long may be stuck",
        low=2,
        high=120,
        source="real nights: the longest that a sound axis did was 1.7 min, at a step of 15.6 mg",
    )
    stuck_moved_mg: float = setting(
        300.0,
        "and is stuck if another axis changed by this much meanwhile",
        low=50,
        high=2000,
        source="choice: twenty steps of the coarsest sensor",
    )
    vibration_min: float = setting(
        10.0,
        "shortest steady shaking that is called vibration (vehicle, fan)",
        low=2,
        high=60,
        source="choice",
    )
    missing_pct: float = setting(
        5.0,
        "a sleep period of which a larger share was not recorded or not worn is remarked on",
        low=0.1,
        high=100,
        source="choice",
    )
    clipped_pct: float = setting(
        0.1,
        "a larger share of samples at an end of the sensor's range is remarked on",
        low=0.001,
        high=50,
        source="choice; real days have up to 0.001",
    )
    calibration_still_mg: float = setting(
        13.0,
        "10 s with a smaller standard deviation on every axis tell how the sensor shows gravity",
        low=1,
        high=50,
        source="van Hees 2014; GGIR",
    )
    calibration_reach_mg: float = setting(
        300.0,
        "that must have been seen beyond this on both sides of every axis",
        low=100,
        high=900,
        source="van Hees 2014; GGIR",
    )
    calibration_error_mg: float = setting(
        10.0,
        "gains and offsets that leave a larger mean error are not believed",
        low=1,
        high=100,
        source="van Hees 2014; GGIR",
    )
    calibration_off_mg: float = setting(
        20.0,
        "a sensor whose axes are wrong by more is remarked on",
        low=5,
        high=500,
        source="choice: 17 mg turn gravity by one degree",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSettings(Group):
    """What a candidate must look like to be called a sleep start, and what rules it out."""

    GROUP = "kinds"
    AT_MOST = (
        ("accel_listed_mg", "accel_min_mg"),
        ("accel_listed_mg", "accel_min_coarse_mg"),
        ("still_before_s", "still_before_sure_s"),
        ("posture_max_deg", "arousal_posture_max_deg"),
    )

    accel_min_mg: float = setting(
        75.0,
        "smallest counted peak acceleration",
        low=20,
        high=500,
        source="MotionWatch 50-100 mg; real nights",
    )
    accel_min_coarse_mg: float = setting(
        100.0,
        "the same where the sensor's step is 10 mg or more",
        low=20,
        high=500,
        source="real nights",
    )
    accel_listed_mg: float = setting(
        50.0,
        "smaller events are micro-twitches; from here to accel_min they are listed, not counted",
        low=10,
        high=300,
        source="MotionWatch",
    )
    jerk_min_g_per_s: float = setting(
        1.0, "smallest counted peak jerk", low=0.3, high=5, source="simulation"
    )
    width_max_s: float = setting(
        1.2,
        "greatest width at 25 % of the peak",
        low=0.2,
        high=2,
        source="choice: twice that of one contraction (simulation: 0.36 to 0.52 s at any size)",
    )
    duration_max_s: float = setting(
        3.0,
        "greatest duration",
        low=0.5,
        high=5,
        source="three bursts of at most 0.25 s, 0.8 s apart, and the limb's ringing (simulation)",
    )
    likeness_least: float = setting(
        0.4,
        "smallest likeness of a sleep start: the share of sleep starts among movements like it, on "
        "made nights",
        low=0.0001,
        high=0.99,
        source="simulation: development nights",
    )
    bursts_max: int = setting(3, "most sub-peaks", low=1, high=10, source="simulation")
    posture_max_deg: float = setting(
        20.0, "greatest posture change", low=5, high=90, source="choice"
    )
    arousal_posture_max_deg: float = setting(
        60.0, "the same for a sleep start followed by movement", low=5, high=180, source="choice"
    )
    arousal_late_share: float = setting(
        0.5,
        "then every later peak within arousal_s is at most this share of the opening jerk",
        low=0.1,
        high=1,
        source="choice",
    )
    arousal_s: float = setting(
        15.0, "how long later peaks are compared", low=5, high=60, source="choice"
    )
    arousal_active_max_s: float = setting(
        60.0, "longest movement after it", low=10, high=300, source="choice"
    )
    still_before_s: float = setting(
        10.0, "stillness that must come before", low=2, high=60, source="WASM interval; choice"
    )
    still_before_sure_s: float = setting(
        30.0,
        "stillness before that gives high confidence before onset",
        low=10,
        high=300,
        source="real nights: waking movement before onset is the main contaminant",
    )
    isolated_s: float = setting(
        30.0,
        "no other candidate within this makes an event isolated",
        low=5,
        high=120,
        source="choice",
    )
    impact_ratio: float = setting(
        0.8,
        "impact-band over jerk-band envelope above which an event is a knock",
        low=0.3,
        high=3,
        source="simulation: knocks 1.5 to 2.4, limbs below 0.55",
    )
    impact_width_s: float = setting(
        0.35, "and its greatest width", low=0.1, high=1, source="simulation"
    )
    effective_low_hz: float = setting(
        1.2,
        "lowest effective frequency (peak jerk / 2 pi peak acceleration)",
        low=0.5,
        high=4,
        source="choice: well below the 2 to 4.5 Hz of a limb that swings freely",
    )
    effective_high_hz: float = setting(
        12.0, "highest effective frequency", low=6, high=30, source="simulation"
    )
    sustained_s: float = setting(
        10.0,
        "shaking that lasts at least this long is a rhythmic train with reason 'sustained'",
        low=5,
        high=60,
        source="convulsive seizures last longer than 10 s",
    )
    sustained_share: float = setting(
        0.6,
        "with at least this share of its power in the jerk band",
        low=0.3,
        high=0.95,
        source="OpenSeizureDetector",
    )
    sustained_mg: float = setting(
        200.0, "and at least this peak", low=50, high=2000, source="choice"
    )
    train_min: int = setting(4, "fewest bursts of a rhythmic train", low=3, high=10, source="AASM")
    train_interval_low_s: float = setting(
        0.25, "shortest interval in a train", low=0.1, high=1, source="AASM: up to 4 Hz"
    )
    train_interval_high_s: float = setting(
        3.3, "longest interval in a train", low=1, high=5, source="AASM: from 0.3 Hz"
    )
    train_cv: float = setting(
        0.35, "greatest variation of the intervals (SD / mean)", low=0.1, high=0.8, source="choice"
    )
    train_spread: float = setting(
        3.0, "greatest ratio between its bursts' sizes", low=1.5, high=10, source="choice"
    )
    periodic_min: int = setting(
        4, "fewest movements of a periodic series", low=3, high=10, source="WASM 2016"
    )
    periodic_low_s: float = setting(
        10.0,
        "shortest onset-to-onset interval of a periodic series",
        low=3,
        high=20,
        source="WASM 2016; AASM has 5",
    )
    periodic_high_s: float = setting(
        90.0, "longest onset-to-onset interval", low=30, high=150, source="WASM 2016"
    )
    periodic_shortest_s: float = setting(
        0.5, "shortest periodic movement", low=0.1, high=1, source="WASM 2016"
    )
    periodic_longest_s: float = setting(
        10.0, "longest periodic movement", low=2, high=15, source="WASM 2016"
    )
    ringing_min: int = setting(
        3, "fewest alternations of a ringing disturbance", low=2, high=10, source="choice"
    )
    ringing_cv: float = setting(
        0.25, "greatest variation of its half periods", low=0.05, high=0.6, source="choice"
    )
    cluster_min: int = setting(
        5, "fewest sleep starts of a repetitive cluster", low=3, high=20, source="after Fusco 1999"
    )
    cluster_gap_s: float = setting(
        60.0, "longest pause within a cluster", low=10, high=300, source="after Fusco 1999"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LimbSettings(Group):
    """Several sensors on one person: how their clocks are aligned, what happens together."""

    GROUP = "limbs"

    offset_max_min: float = setting(
        10.0, "greatest offset between two clocks", low=0.1, high=60, source="choice"
    )
    drift_max_ppm: float = setting(
        100.0,
        "greatest drift between two clocks",
        low=1,
        high=500,
        source="Axivity: up to 2 s a day (23 ppm) for each clock",
    )
    shared_least: int = setting(
        8, "fewest movements that two sensors must share", low=4, high=100, source="choice"
    )
    together_s: float = setting(
        0.5,
        "movements of several limbs are one event if they begin within this time of each other",
        low=0.1,
        high=2,
        source="choice",
    )
    disturbance_mg: float = setting(
        80.0,
        "what moves every sensor, none of them by as much as this, may come from outside",
        low=20,
        high=200,
        source="choice: a mattress passes on 8 to 30 mg of a partner's movement",
    )
    disturbance_spread: float = setting(
        2.0,
        "and does if the largest peak is at most this multiple of the smallest",
        low=1.1,
        high=5,
        source="simulation",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of a run that can change a result."""

    scan: ScanSettings = field(default_factory=ScanSettings)
    sleep: SleepSettings = field(default_factory=SleepSettings)
    window: WindowSettings = field(default_factory=WindowSettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    kinds: KindSettings = field(default_factory=KindSettings)
    limbs: LimbSettings = field(default_factory=LimbSettings)

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Plain nested values, in declaration order."""
        return asdict(self)

    def of_recording(self) -> Settings:
        """Return what a recording depends on: limbs are looked at when all recordings are done."""
        return replace(self, limbs=LimbSettings())

    def fingerprint(self) -> str:
        """First 16 hex digits of the SHA-256 over all values."""
        text = json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def changed(self) -> dict[str, Any]:
        """Return the settings that differ from their defaults, as ``{"scan.on_factor": 3.0}``."""
        default = Settings().as_dict()
        return {
            f"{group}.{name}": value
            for group, values in self.as_dict().items()
            for name, value in values.items()
            if value != default[group][name]
        }
