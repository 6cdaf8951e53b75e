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
        ledger = rows_of_all(out) or table(out, "recordings.csv", RECORDINGS)
        rows = list(_as_they_are(out, ledger))
        if not mixed:
            _refuse_mixtures(rows)
        settings = load_toml(out / "config.resolved.toml")
        factors = _factors(out, rows)
        write_about(out, settings, factors)
        write_merged(out, settings, rows, factors)
    return Summary(
        ledger=out / "recordings.csv", counts=Counter(str(row["status"]) for row in rows)
    )


def _as_they_are(out: Path, ledger: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows, those of done recordings from their folders."""
    for row in ledger:
        if row["status"] not in DONE:
            yield row
            continue
        try:
            yield row_of_done(out, str(row["recording_id"]))
        except (OSError, ValueError, KeyError):
            yield {**row, "status": "failed", "reason": "lost", "message": _LOST}


def _refuse_mixtures(rows: Iterable[Row]) -> None:
    """Refuse recordings that were not analysed in the same way.

    Raises
    ------
    SettingsError
        Says which ways there are.
    """
    ways = Counter(
        (str(row["algorithm_version"]), str(row["config_hash"]))
        for row in rows
        if row["status"] in DONE
    )
    if len(ways) > 1:
        shown = "; ".join(
            f"{count} by algorithm {algorithm} with settings {settings}"
            for (algorithm, settings), count in sorted(ways.items())
        )
        raise SettingsError(
            f"recordings were analysed in different ways: {shown}; run those again that are old, "
            "or merge them all the same with --mixed"
        )


def _factors(out: Path, rows: Iterable[Row]) -> tuple[str, ...]:
    """Return the headings of the diary's columns, which all recordings must share."""
    own = {column.name for column in NIGHTS}
    found: dict[tuple[str, ...], str] = {}
    for row in rows:
        if row["status"] in DONE:
            path = out / "recordings" / str(row["recording_id"]) / "nights.csv"
            with path.open(encoding="utf-8", newline="") as file:
                names = tuple(name for name in next(csv.reader(file)) if name not in own)
            found.setdefault(names, str(row["recording_id"]))
    if len(found) > 1:
        ids = " and ".join(list(found.values())[:2])
        raise SettingsError(f"{ids} were analysed with diaries of other columns; run them again")
    return next(iter(found), ())
