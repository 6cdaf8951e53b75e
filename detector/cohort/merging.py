"""``hypnic merge``: the tables over all recordings, from what an output folder holds."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..config import load_toml
from ..merge import DONE, write_about, write_merged
from ..output import finished
from ..parameter import SettingsError
from ..tables.columns import NIGHTS, RECORDINGS
from ..tables.csvtext import Row, text_of
from ..tables.stored import table
from .ledger import row_of_done
from .occupied import occupied
from .shards import rows_of_all
from .summary import Summary

_OWN = frozenset(column.name for column in NIGHTS)
_LOST = "its results are gone, incomplete or of another version; run again"


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
        survey = _Survey(out)
        survey.refuse_mixtures(allowed=mixed)
        settings = load_toml(out / "config.resolved.toml")
        write_about(out, settings, survey.factors)
        counts = Counter[str]()
        write_merged(out, settings, _counted(survey.rows(), counts), survey.factors)
    return Summary(ledger=out / "recordings.csv", counts=counts)


class _Survey:
    """What an output folder holds, looked through once before anything is written."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._lost = set[str]()
        self._ways = Counter[tuple[str, str]]()
        self._diaries = dict[tuple[str, ...], str]()
        for row in _ledger(out):
            if row["status"] in DONE:
                self._look(str(row["recording_id"]))

    @property
    def factors(self) -> tuple[str, ...]:
        """Headings of the diary's columns, which all recordings share."""
        return next(iter(self._diaries), ())

    def rows(self) -> Iterator[Row]:
        """Yield the rows of the inputs, those of done recordings from their folders."""
        for row in _ledger(self._out):
            recording_id = str(row["recording_id"])
            if row["status"] not in DONE:
                yield row
            elif recording_id in self._lost:
                yield {**row, "status": "failed", "reason": "lost", "message": _LOST}
            else:
                yield row_of_done(self._out, recording_id)

    def refuse_mixtures(self, *, allowed: bool) -> None:
        """Refuse recordings that were not analysed in the same way.

        Raises
        ------
        SettingsError
            Says how they differ.
        """
        if len(self._ways) > 1 and not allowed:
            shown = "; ".join(
                f"{count} by algorithm {algorithm} with settings {settings}"
                for (algorithm, settings), count in sorted(self._ways.items())
            )
            raise SettingsError(
                f"recordings were analysed in different ways: {shown}; run those again that are "
                "old, or merge them all the same with --mixed"
            )
        if len(self._diaries) > 1:
            ids = " and ".join(list(self._diaries.values())[:2])
            raise SettingsError(f"{ids} had diaries with other columns; run them again")

    def _look(self, recording_id: str) -> None:
        folder = self._out / "recordings" / recording_id
        try:
            factors = _factors(folder)
        except OSError:
            factors = ()
        run = finished(folder, factors)
        if run is None:
            self._lost.add(recording_id)
            return
        self._ways[str(run["algorithm_version"]), str(run["config_hash"])] += 1
        self._diaries.setdefault(factors, recording_id)


def _ledger(out: Path) -> Iterator[Row]:
    return rows_of_all(out) or table(out, "recordings.csv", RECORDINGS)


def _counted(rows: Iterable[Row], counts: Counter[str]) -> Iterator[Row]:
    for row in rows:
        counts[str(row["status"])] += 1
        yield row


def _factors(folder: Path) -> tuple[str, ...]:
    """Return the headings that a recording's nights have from a diary."""
    with (folder / "nights.csv").open(encoding="utf-8", newline="") as file:
        headings = map(text_of, next(csv.reader(file), ()))
        return tuple(name for name in headings if name not in _OWN)
