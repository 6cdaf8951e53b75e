"""The page of a whole run: its recordings and all their nights."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from detector.columns import NIGHTS, RECORDINGS
from detector.csvtext import Row
from detector.files import write
from detector.reasons import sentence

from .cells import Cells, cells, shown_path
from .render import render
from .words import STATUS, is_note

_RECORDING_STATUS = {
    "failed": "Failed",
    "skipped": "Skipped",
    "ok_with_warnings": "With warnings",
    "ok": "Done",
}
"""What a recording's status is called, in the order in which recordings are listed."""

_MOST_BARS = 24
_FEWEST_NIGHTS = 5
"""Nights with a count that make a picture of them worth its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRow:
    """One line of the table of recordings."""

    cells: Cells
    status: str
    link: str
    """Empty for a recording without a page."""
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NightRow:
    """One line of the table of nights."""

    cells: Cells
    status: str
    link: str
    onset: str
    onset_key: str
    """Minutes since the night's date began, so that the evening sorts before midnight."""
    reasons: str


def cohort_page(nights_rows: Sequence[Row], recordings_rows: Sequence[Row]) -> str:
    """Return the page of a run.

    Parameters
    ----------
    nights_rows
        Rows of ``nights.csv``.
    recordings_rows
        Rows of ``recordings.csv``, failed and skipped ones too.
    """
    nights = [_night(cells(NIGHTS, row)) for row in nights_rows]
    recordings = [_recording(cells(RECORDINGS, row)) for row in recordings_rows]
    order = list(_RECORDING_STATUS)
    recordings.sort(key=lambda r: order.index(r.cells["status"]))
    counts = [int(n.cells["sleep_starts_onset"]) for n in nights if n.cells["sleep_starts_onset"]]
    return render(
        "cohort.html",
        nights=nights,
        recordings=recordings,
        participants=any(n.cells["participant_id"] != n.cells["recording_id"] for n in nights),
        summary=_summary(recordings, len(nights), len(counts)),
        histogram=_histogram(counts) if len(counts) >= _FEWEST_NIGHTS else None,
        uncounted=len(nights) - len(counts),
    )


def write_cohort_page(out: Path) -> None:
    """Write ``report.html`` of a run from the tables beside it."""
    tables = [_rows(out / name) for name in ("nights.csv", "recordings.csv")]
    write(out / "report.html", cohort_page(*tables).encode())


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: text or None for name, text in row.items()} for row in csv.DictReader(file)]


def _recording(row: Cells) -> RecordingRow:
    done = row["status"] in {"ok", "ok_with_warnings"}
    return RecordingRow(
        cells=row,
        status=_RECORDING_STATUS[row["status"]],
        link=_page_of(row["recording_id"]) if done else "",
        path=shown_path(row["path"]),
    )


def _night(row: Cells) -> NightRow:
    onset = row["sleep_onset"]
    return NightRow(
        cells=row,
        status=STATUS[row["status"]],
        link=f"{_page_of(row['recording_id'])}#night-{row['night_index']}",
        onset=onset[11:16],
        onset_key=_minutes(row["night_date"], onset[:16]) if onset else "",
        reasons=" ".join(sentence(c) for c in row["reasons"].split(";") if c and not is_note(c)),
    )


def _minutes(date: str, wall_time: str) -> str:
    since = datetime.fromisoformat(wall_time) - datetime.fromisoformat(date)
    return str(round(since.total_seconds() / 60))


def _page_of(recording_id: str) -> str:
    return f"recordings/{quote(recording_id)}/report.html"


def _summary(recordings: Sequence[RecordingRow], nights: int, counted: int) -> str:
    states = Counter(r.cells["status"] for r in recordings)
    parts = [_plural(len(recordings), "recording")]
    parts += [f"{states[s]} {word}" for s, word in (("failed", "failed"), ("skipped", "skipped"))
              if states[s]]  # fmt: skip
    moved = any(r.cells["anonymised"] in {"yes", "true"} for r in recordings)
    said = f"{', '.join(parts)}. {_plural(nights, 'night')}, {counted or 'none'} with a count."
    return f"{said} Dates are moved by whole weeks." if moved else said


def _plural(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def _histogram(counts: Sequence[int]) -> Markup:
    """Draw how many nights have each count; the last bar takes the rest."""
    most = min(max(counts), _MOST_BARS)
    nights = Counter(min(n, most) for n in counts)
    tallest = max(nights.values())
    step, height = 28, 90
    parts = []
    for n in range(most + 1):
        x, tall = n * step, round(nights[n] / tallest * height, 1)
        name = f"{n}+" if n == most < max(counts) else str(n)
        parts.append(
            f'<rect x="{x + 3}" y="{height + 14 - tall:.1f}" width="{step - 6}" height="{tall}"/>'
            f'<text x="{x + step / 2:g}" y="{height + 28}">{name}</text>'
        )
        if nights[n]:
            parts.append(
                f'<text x="{x + step / 2:g}" y="{height + 10 - tall:.1f}">{nights[n]}</text>'
            )
    label = "; ".join(f"{_plural(nights[n], 'night')} with {n}" for n in sorted(nights))
    head = Markup('<svg class="bars" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        (most + 1) * step, height + 34, label
    )
    return head + Markup("".join(parts)) + Markup("</svg>")  # noqa: S704 (numbers only)
