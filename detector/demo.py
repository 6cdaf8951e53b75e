"""A night that never was: made, written as a device would, analysed, and held against its truth."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from recordings import SECOND_NS, Zone
from recordings.synthetic import DEMO, Plan, plan, write

from .nights.night import SLEEP_STARTS
from .reasons import REASONS

if TYPE_CHECKING:
    import numpy as np

TZ = "Europe/London"
"""Zone of the clock of a device that never was."""
_NAME = "demo_night"
_SAME_S = 1.0
"""An event whose peak is this near to a planted one is that one."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A planted sleep start and the event found in its place, if any."""

    planted: np.void
    """Row of :data:`recordings.synthetic.TRUTH`."""
    event: dict[str, str] | None
    """Row of ``events.csv``."""
    error_s: float = 0.0
    """Peak found minus peak planted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What was planted and what was found."""

    plan: Plan
    zone: Zone
    night: dict[str, str]
    """Row of ``nights.csv``."""
    pairs: tuple[Pair, ...]
    false: tuple[dict[str, str], ...]
    """Counted events where no sleep start was planted."""


def make(out: Path, seed: int) -> tuple[Plan, Path]:
    """Make a night and write it as its device would; return its truth and the file.

    Raises
    ------
    OSError
        If ``out`` cannot be written.
    """
    planned = plan(seed, DEMO)
    path = out / f"{_NAME}.bin"
    out.mkdir(parents=True, exist_ok=True)
    write(planned, path)
    return planned, path


def compare(planned: Plan, out: Path) -> Comparison:
    """Hold what a run has written into ``out`` against the truth."""
    folder = out / "recordings" / _NAME
    zone = Zone.of(TZ, planned.start_ns)
    events = _rows(folder / "events.csv")
    pairs = tuple(_pair(p, events, zone) for p in planned.rows(*SLEEP_STARTS))
    real = {id(pair.event) for pair in pairs}
    return Comparison(
        plan=planned,
        zone=zone,
        night=_rows(folder / "nights.csv")[0],
        pairs=pairs,
        false=tuple(e for e in events if e["counted"] == "true" and id(e) not in real),
    )


def described(result: Comparison) -> list[str]:
    """Return the lines that hold what was found against what was planted."""
    heading = ("planted", "size", "to onset", "found as", "size", "time error", "counted")
    rows = [heading, *(_row(pair, result.zone) for pair in result.pairs)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(heading))]
    lines = ["  ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)) for row in rows]
    others = len(result.plan.truth) - len(result.pairs)
    times = [_clock(result.zone, _device_ns(e["peak_utc"], result.zone)) for e in result.false]
    which = f" (at {', '.join(times)})" if times else ""
    return [
        *(line.rstrip() for line in lines),
        "",
        _onset(result),
        f"other movements in bed: {others} planted; counted as sleep starts without being planted "
        f"as such: {len(result.false)}{which}",
    ]


def _onset(result: Comparison) -> str:
    planted_ns = result.plan.nights[0].onset_ns
    planted = f"sleep onset: planted {_clock(result.zone, planted_ns)}"
    if not result.night["sleep_onset_utc"]:
        return f"{planted}, not found"
    found_ns = _device_ns(result.night["sleep_onset_utc"], result.zone)
    error_min = (found_ns - planted_ns) / SECOND_NS / 60
    return f"{planted}, found {_clock(result.zone, found_ns)} ({error_min:+.1f} min)"


def _row(pair: Pair, zone: Zone) -> tuple[str, ...]:
    planted, event = pair.planted, pair.event
    known = (
        _clock(zone, int(planted["peak_ns"])),
        f"{planted['size_mg']:.0f} mg",
        f"{planted['onset_offset_s'] / 60:+.1f} min",
    )
    if event is None:
        return (*known, "nothing", "", "", "no")
    reason = REASONS.get(event["reason"])
    why = f"no: {reason.sentence}" if reason else "no"
    return (
        *known,
        event["kind"],
        f"{float(event['peak_accel_mg']):.0f} mg",
        f"{pair.error_s * 1000:+.0f} ms",
        "yes" if event["counted"] == "true" else why,
    )


def _pair(planted: np.void, events: list[dict[str, str]], zone: Zone) -> Pair:
    def error_s(event: dict[str, str]) -> float:
        return (_device_ns(event["peak_utc"], zone) - int(planted["peak_ns"])) / SECOND_NS

    nearest = min(events, key=lambda event: abs(error_s(event)), default=None)
    if nearest is None or abs(error_s(nearest)) > _SAME_S:
        return Pair(planted=planted, event=None)
    return Pair(planted=planted, event=nearest, error_s=error_s(nearest))


def _device_ns(utc: str, zone: Zone) -> int:
    since = datetime.fromisoformat(utc) - _EPOCH
    seconds = since.days * 86_400 + since.seconds + zone.device_offset_s
    return seconds * SECOND_NS + since.microseconds * 1000


def _clock(zone: Zone, device_ns: int) -> str:
    return f"{zone.local(device_ns):%H:%M:%S}"


def _rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
