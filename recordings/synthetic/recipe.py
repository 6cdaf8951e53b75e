"""What kind of recording to make, and a few that are used again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

from .devices import DEVICES, Device

LookAlike = Literal["plm", "train", "scratch", "tap", "partner", "vehicle", "shaking"]
LOOK_ALIKES: tuple[LookAlike, ...] = (
    "plm",
    "train",
    "scratch",
    "tap",
    "partner",
    "vehicle",
    "shaking",
)
USUAL_LOOK_ALIKES: dict[str, tuple[LookAlike, ...]] = {
    "wrist": ("scratch", "tap", "partner"),
    "ankle": ("plm", "train", "tap", "partner"),
}
"""What happens to a healthy sleeper at each site, beside body turns and limb movements."""

DEVELOPMENT_SEEDS = range(1000)
"""Seeds on which rules and thresholds may be chosen."""

VALIDATION_SEEDS = range(10_000, 11_000)
"""Seeds on which quality is reported. No threshold, rule or default may be chosen on these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything about a recording but its randomness.

    Numbers per night and per hour are those of healthy sleepers where nothing else is said:
    10 limb movements an hour (Stefani 2015), 25 twitches (fragmentary myoclonus, median 25),
    1.6 +- 0.7 turns (Skarpsno 2017).
    """

    device: str = "geneactiv"
    """One of :data:`.devices.DEVICES`."""
    rate_hz: float | None = None
    """Rate to which the device is set; None for its usual one."""
    site: Literal["wrist", "ankle"] = "wrist"
    start: str = "2024-03-05T20:00:00"
    """Device time of the first sample, ISO 8601 without offset."""
    hours: float = 12.0
    bed_time: str = "23:00"
    """By the device's clock; each night differs by up to a quarter of an hour."""
    settling_min: tuple[float, float] = (8.0, 25.0)
    """Range of the time from going to bed until the movement of waking life has ceased."""
    quiet_wake_min: float = 0.0
    """How long the sleeper then lies awake and still. It ends with the true sleep onset."""
    sleep_h: float = 7.5
    awakenings: float = 1.5
    """Mean number per night, each of 2 to 12 minutes."""
    sleep_starts: int = 4
    """Isolated sleep starts per night: 80 % about 3 +- 8 min before onset, the others anywhere in
    the sleep period."""
    size_mg: tuple[float, float] = (30.0, 1500.0)
    """Sizes of sleep starts, log-uniform: the peak of the 1-8 Hz acceleration vector."""
    arousal_share: float = 0.15
    """Share of sleep starts that are followed by 5 to 60 s of movement."""
    shift_share: float = 0.3
    """Share of sleep starts that leave the limb turned by up to 15 degrees."""
    cluster: bool = False
    """Add a repetitive series around onset: 20 to 29 jerks in 4 to 15 min (Fusco 1999)."""
    movements_per_h: float = 10.0
    twitches_per_h: float = 25.0
    turns_per_h: float = 1.6
    look_alikes: tuple[LookAlike, ...] | None = None
    """Beside turns and limb movements; None for what is usual at the site."""

    def __post_init__(self) -> None:
        if self.device not in DEVICES:
            raise ValueError(f"device {self.device!r} is none of {', '.join(DEVICES)}")
        if not self.hours > 0:
            raise ValueError(f"hours = {self.hours} is not positive")
        if not 0 < self.size_mg[0] <= self.size_mg[1] <= 1500:
            raise ValueError(f"size_mg = {self.size_mg} does not ascend within 0 to 1500")
        datetime.fromisoformat(self.start)
        time.fromisoformat(self.bed_time)

    @property
    def sensor(self) -> Device:
        """The device class."""
        return DEVICES[self.device]

    @property
    def nominal_hz(self) -> float:
        """Rate to which the device is set."""
        return self.sensor.nominal_hz if self.rate_hz is None else self.rate_hz

    @property
    def planted(self) -> tuple[LookAlike, ...]:
        """Look-alikes to plant."""
        return USUAL_LOOK_ALIKES[self.site] if self.look_alikes is None else self.look_alikes


DEMO = Recipe(
    start="2024-03-05T21:00:00",
    hours=11.0,
    sleep_starts=6,
    size_mg=(100.0, 600.0),
    arousal_share=0.2,
    look_alikes=("scratch", "tap", "partner", "train"),
)
"""A GENEActiv on the wrist from evening to morning, with sleep starts that can be found."""

QUIET = Recipe(
    sleep_starts=0,
    movements_per_h=4.0,
    twitches_per_h=5.0,
    turns_per_h=1.0,
    awakenings=0.0,
    look_alikes=(),
)
"""Nothing to be found, and little to be mistaken."""

RESTLESS = Recipe(
    sleep_starts=4,
    movements_per_h=30.0,
    twitches_per_h=60.0,
    turns_per_h=3.5,
    awakenings=4.0,
    settling_min=(25.0, 50.0),
    look_alikes=("scratch", "tap", "partner", "train", "shaking"),
)
"""Much to be mistaken."""
