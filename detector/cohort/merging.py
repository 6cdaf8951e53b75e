"""``hypnic merge``: the tables over all recordings, from what an output folder holds."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..columns import NIGHTS, RECORDINGS
from ..config import load_toml
from ..csvtext import Row
from ..merge import write_about, write_merged
from ..parameter import SettingsError
from ..results import table
from .ledger import DONE, row_of_done
from .occupied import occupied
from .shards import rows_of_all
from .summary import Summary

_OWN = frozenset(column.name for column in NIGHTS)
_LOST = "its results are no longer in the output folder"


def merge(out: Path, *, mixed: bool = False) -> Summary:
    """Write tables and pages over all recordings anew.

    The inputs are those in the ledgers of all shards; without shards those in ``recordings.csv``.

    Parameters
    ----------
    out
        An output folder.
    mixed
        Whether recordings that were analysed with different settings or algorithms may stand in one
        table.

    Raises
    ------
    SettingsError
        If there is no ledger, shards are missing, a run goes on in the folder, or recordings are
        mixed without leave.
    OSError
        If the folder cannot be written.
    """
    if not out.is_dir():
        raise SettingsError(f"{out}: no such folder; name one that 'hypnic run' wrote")
    with occupied(out):
        factors = _checked(out, mixed=mixed)
        settings = load_toml(out / "config.resolved.toml")
        write_about(out, settings, factors)
        counts = Counter[str]()
        write_merged(out, settings, _counted(_rows(out), counts), factors)
    return Summary(ledger=out / "recordings.csv", counts=counts)


def _rows(out: Path) -> Iterator[Row]:
    """Yield the rows of the inputs, those of done recordings from their folders."""
    for row in rows_of_all(out) or table(out, "recordings.csv", RECORDINGS):
        if row["status"] not in DONE:
            yield row
            continue
        try:
            yield row_of_done(out, str(row["recording_id"]))
        except (OSError, ValueError, KeyError):
            yield {**row, "status": "failed", "reason": "lost", "message": _LOST}


def _counted(rows: Iterable[Row], counts: Counter[str]) -> Iterator[Row]:
    for row in rows:
        counts[str(row["status"])] += 1
        yield row


def _checked(out: Path, *, mixed: bool) -> tuple[str, ...]:
    """Refuse mixtures; return the headings of the diary's columns, which all recordings share.

    Raises
    ------
    SettingsError
        Says how recordings differ.
    """
    ways, diaries = Counter[tuple[str, str]](), dict[tuple[str, ...], str]()
    for row in _rows(out):
        if row["status"] in DONE:
            recording_id = str(row["recording_id"])
            ways[str(row["algorithm_version"]), str(row["config_hash"])] += 1
            diaries.setdefault(_factors(out, recording_id), recording_id)
    if len(ways) > 1 and not mixed:
        shown = "; ".join(
            f"{count} by algorithm {algorithm} with settings {settings}"
            for (algorithm, settings), count in sorted(ways.items())
        )
        raise SettingsError(
            f"recordings were analysed in different ways: {shown}; run those again that are old, "
            "or merge them all the same with --mixed"
        )
    if len(diaries) > 1:
        ids = " and ".join(list(diaries.values())[:2])
        raise SettingsError(f"{ids} were analysed with diaries of other columns; run them again")
    return next(iter(diaries), ())


def _factors(out: Path, recording_id: str) -> tuple[str, ...]:
    """Return the headings that a recording's nights have from a diary."""
    path = out / "recordings" / recording_id / "nights.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(name for name in next(csv.reader(file)) if name not in _OWN)
