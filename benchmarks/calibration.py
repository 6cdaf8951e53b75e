"""What calibration of the sensor would change: nights seen by a sound and by a wrong sensor.

    python benchmarks/calibration.py            # synthetic nights
    python benchmarks/calibration.py FILE...    # recordings, as they are and calibrated

A wrong sensor has an offset of plus or minus 50 mg and a gain of plus or minus 3 % on every axis,
the signs drawn anew for every seed. A recording is calibrated by what is found in all of it. A pass
before the run is timed as the survey of ``hypnic inspect``, which decodes and sums up epochs.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from trial.nights import MINUTE_NS, PlannedRecording

from detector.nights.calibration import Calibration
from detector.nights.night import Night
from detector.pipeline import Analysis, Subject, survey
from detector.settings import Settings
from recordings import Chunk, Recording, Zone, open_recording, probe
from recordings.synthetic import VALIDATION_SEEDS, Recipe, plan

OFFSET_MG, GAIN = 50.0, 0.03
DEVICES = ("geneactiv", "ax3")
RATE_HZ = 50.0


class Rescaled:
    """A recording whose axes have another gain and offset."""

    def __init__(self, recording: Recording, gain: np.ndarray, offset_g: np.ndarray) -> None:
        self.path, self.header = recording.path, recording.header
        self.health = recording.health
        self._recording, self._gain, self._offset_g = recording, gain, offset_g

    def chunks(self) -> Iterator[Chunk]:
        """Read from the beginning."""
        for chunk in self._recording.chunks():
            self.health = self._recording.health
            scale = chunk.scale
            gain_g = np.array(scale.gain_g) * self._gain
            offset_g = np.array(scale.offset_g) * self._gain + self._offset_g
            yield replace(
                chunk,
                scale=replace(scale, gain_g=tuple(gain_g), offset_g=tuple(offset_g)),
            )


@dataclass(frozen=True, slots=True)
class Seen:
    """A recording as one sensor shows it."""

    nights: list[Night]
    calibration: Calibration
    run_s: float
    """What the analysis took."""


def seen(recording: Recording, site: str) -> Seen:
    """Analyse with the defaults."""
    analysis = Analysis(recording, Subject(recording_id="calibration", site=site), Settings())
    begun_s = time.perf_counter()
    nights = list(analysis.nights())
    took_s = time.perf_counter() - begun_s
    return Seen(nights, analysis.facts.quality.calibration, took_s)


def changes(before: Seen, after: Seen) -> list[tuple[float | None, int | None, int | None]]:
    """Return by how much onset (min), headline and count in sleep differ, per night."""
    found = []
    for a, b in zip(before.nights, after.nights, strict=True):
        shift = None
        if a.sleep and b.sleep and a.sleep.onset_observed and b.sleep.onset_observed:
            shift = (b.sleep.onset_ns - a.sleep.onset_ns) / MINUTE_NS
        counts = (_difference(a, b, name) for name in ("sleep_starts_onset", "sleep_starts_sleep"))
        found.append((shift, *counts))
    return found


def _difference(a: Night, b: Night, name: str) -> int | None:
    before, after = a.counts[name], b.counts[name]
    return None if before is None or after is None else after - before


def wrong(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw the gains and offsets (g) of a wrong sensor."""
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], (2, 3))
    return 1 + GAIN * signs[0], OFFSET_MG / 1000 * signs[1]


def synthetic(seeds: Sequence[int]) -> None:
    """Print what a wrong sensor changes, and how well it is recognised."""
    for device in DEVICES:
        shifts, counts, all_night, residual_mg, statuses = [], [], [], [], []
        for seed in seeds:
            gain, offset_g = wrong(seed)
            recording = PlannedRecording(plan(seed, Recipe(device=device, rate_hz=RATE_HZ)))
            sound = seen(recording, "wrist")
            off = seen(Rescaled(recording, gain, offset_g), "wrist")
            ((shift, count, whole),) = changes(sound, off)
            shifts.append(shift)
            counts.append(count)
            all_night.append(whole)
            statuses.append((sound.calibration.status, off.calibration.status))
            if off.calibration.gain is not None and sound.calibration.gain is not None:
                undone = np.array(off.calibration.gain) * gain / np.array(sound.calibration.gain)
                residual_mg.append(1000 * np.abs(undone - 1).max())
        print(f"{device} {RATE_HZ:g} Hz, {len(seeds)} nights, wrong sensor against sound sensor")
        print(f"  onset moved (min):      {_spread(shifts)}")
        print(f"  headline count changed: {_spread(counts)}")
        print(f"  count in sleep changed: {_spread(all_night)}")
        print(f"  calibration (sound, wrong): {Counter(statuses)}")
        print(f"  gain left wrong (1/1000): {_spread(residual_mg)}")


def real(paths: Sequence[Path], site: str) -> None:
    """Print what calibrating recordings changes."""
    for path in paths:
        recording = open_recording(path)
        as_it_is = min((seen(recording, site) for _ in range(3)), key=lambda each: each.run_s)
        found = as_it_is.calibration
        print(f"{path.name}: {found}")
        print(
            f"  a pass before the run: {_pass_s(recording):.2f} s, the run: {as_it_is.run_s:.2f} s"
        )
        if found.gain is None or found.offset_mg is None:
            continue
        gain, offset_g = np.array(found.gain), np.array(found.offset_mg) / 1000
        calibrated = seen(Rescaled(open_recording(path), gain, offset_g), site)
        for night, (shift, count, whole) in zip(
            as_it_is.nights, changes(as_it_is, calibrated), strict=True
        ):
            print(f"  {night.span.date}: onset {shift}, headline {count}, in sleep {whole}")


def _pass_s(recording: Recording) -> float:
    """Return the shortest of three passes that do no more than calibration needs."""
    rate_hz, zone, took_s = probe(recording).rate_hz, Zone(), []
    for _ in range(3):
        begun_s = time.perf_counter()
        survey(recording, rate_hz, zone, Settings())
        took_s.append(time.perf_counter() - begun_s)
    return min(took_s)


def _spread(values: Sequence[float | None]) -> str:
    known = np.array([v for v in values if v is not None])
    if not len(known):
        return "unknown"
    changed = np.count_nonzero(np.abs(known) > 1e-9)
    return (
        f"{changed} of {len(known)} changed, mean {known.mean():+.2f}, "
        f"largest {np.abs(known).max():.2f}"
    )


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, help="recordings")
    parser.add_argument("--site", default="wrist", help="where they were worn (default: wrist)")
    parser.add_argument("--seeds", type=int, default=10, help="nights per device (default: 10)")
    asked = parser.parse_args()
    if asked.files:
        real(asked.files, asked.site)
    else:
        synthetic(VALIDATION_SEEDS[: asked.seeds])


if __name__ == "__main__":
    main()
