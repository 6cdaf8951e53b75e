"""Tables of a cohort of any size, made up: what so large a run would leave behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp
from pathlib import Path
from random import Random

from detector import files
from detector.statistics.by_participant import write_by_participant
from detector.tables import csvtext
from detector.tables.columns import NIGHTS, RECORDINGS
from detector.tables.csvtext import Row

NIGHTS_EACH = 7
_FIRST = datetime(2024, 1, 1, tzinfo=UTC)
_STOPS = ("no_sleep", "window_not_observed", "unseen_before_sleep", "no_sleep;fragment")
_LIMITS = ("short_usable", "onset_uncertain", "gap_at_onset;short_usable", "high_floor")


@dataclass(frozen=True, slots=True)
class MadeRun:
    """A cohort in which every eighth person wears two sensors and one file in twenty is damaged."""

    recordings: int
    seed: int = 0

    def write(self, out: Path) -> None:
        """Write the tables from which the page is made."""
        out.mkdir(parents=True, exist_ok=True)
        for name, columns, rows in (
            ("nights.csv", NIGHTS, self.night_rows()),
            ("recordings.csv", RECORDINGS, self.recording_rows()),
        ):
            with files.replacing(out / name) as file:
                file.write(csvtext.header(columns))
                for row in rows:
                    file.write(csvtext.line(columns, row))
        write_by_participant(out)

    def recording_rows(self) -> Iterator[Row]:
        """Yield the rows of ``recordings.csv``."""
        for i in range(self.recordings):
            yield self._recording(i)

    def night_rows(self) -> Iterator[Row]:
        """Yield the rows of ``nights.csv``."""
        random = Random(self.seed)  # noqa: S311 (no secret)
        for i in range(self.recordings):
            recording = self._recording(i)
            if recording["status"] != "failed":
                for index in range(NIGHTS_EACH):
                    yield _night(random, recording, index)

    def _recording(self, i: int) -> Row:
        name = f"subject_{i:06d}"
        row = {
            "recording_id": name,
            "path": f"wave{i % 3}/{name}.cwa",
            "participant_id": f"P{i - (i % 9 == 8):06d}",
            "site": "ankle" if i % 9 == 8 and i % 2 else "wrist",
            "side": "left" if i % 9 == 8 else "right",
            "device": "AX3",
            "format": "axivity-cwa",
        }
        if i % 20 == 3:
            told = f"not one sample could be read (at byte {1024 * i})"
            return {**row, "status": "failed", "reason": "unreadable", "message": told}
        return {
            **row,
            "status": "ok_with_warnings" if i % 7 == 0 else "ok",
            "message": "Damaged parts of the file were left out." if i % 7 == 0 else None,
            "duration_h": 24.0 * NIGHTS_EACH,
            "nights": NIGHTS_EACH,
            "nights_analysable": NIGHTS_EACH - 1,
        }


def _night(random: Random, recording: Row, index: int) -> Row:
    date = _FIRST + timedelta(days=index + hash_of(str(recording["participant_id"])) % 300)
    row: dict[str, csvtext.Value] = {
        "recording_id": recording["recording_id"],
        "participant_id": recording["participant_id"],
        "night_date": date.date().isoformat(),
        "night_index": index,
        "status": "ok",
        "usable_h": round(random.uniform(5, 9), 3),
    }
    luck = random.random()
    if luck < 0.1:
        return {**row, "status": "not_analysable", "reasons": random.choice(_STOPS)}
    if luck < 0.25:
        row |= {"status": "limited", "reasons": random.choice(_LIMITS)}
    return row | _slept(random, date, hash_of(str(recording["participant_id"])) % 4)


def _slept(random: Random, date: datetime, leaning: int) -> Row:
    """Return the cells of a night with a count, by how much its sleeper leans to jerks."""
    onset = date + timedelta(minutes=random.gauss(23.5 * 60, 50))
    wake = onset + timedelta(minutes=random.gauss(450, 50))
    usable_min = 45.0 if random.random() < 0.7 else round(random.uniform(36, 45), 2)
    count = _poisson(random, leaning * random.gammavariate(2, 0.5))
    ends = sorted(random.uniform(-1800, 900) for _ in range(min(count, 2)))
    return {
        "sleep_onset": onset.isoformat(timespec="milliseconds"),
        "sleep_onset_utc": csvtext.utc_text(onset),
        "wake": wake.isoformat(timespec="milliseconds"),
        "wake_utc": csvtext.utc_text(wake),
        "onset_source": "hdcza",
        "onset_uncertainty_min": round(60 + random.expovariate(0.1), 1),
        "onset_window_start_utc": csvtext.utc_text(onset - timedelta(minutes=30)),
        "onset_window_end_utc": csvtext.utc_text(onset + timedelta(minutes=15)),
        "onset_window_usable_min": usable_min,
        "sleep_starts_onset": count,
        "sleep_starts_onset_early15": _poisson(random, count * 0.8),
        "sleep_starts_onset_late15": _poisson(random, count * 0.9),
        "sleep_starts_onset_strict20": count // 2,
        "sleep_starts_onset_lax20": count + _poisson(random, 0.7),
        "sleep_starts_night": count + _poisson(random, 3),
        "first_onset_offset_s": round(ends[0], 3) if ends else None,
        "last_onset_offset_s": round(ends[-1], 3) if ends else None,
    }


def _poisson(random: Random, mean: float) -> int:
    """Draw by multiplication (Knuth), which is quick for small means."""
    n, product, limit = 0, random.random(), exp(-mean)
    while product > limit:
        n, product = n + 1, product * random.random()
    return n


def hash_of(text: str) -> int:
    """Return a number that a name always has."""
    return int.from_bytes(text.encode()[-4:]) * 2_654_435_761 >> 7
