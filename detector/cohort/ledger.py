"""What became of every input, in memory that a hundred thousand of them fit in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..merge import DONE
from ..output import RUN
from ..tables.csvtext import Row


class Ledger:
    """The row of every input of a run; those of done recordings stay on the disk.

    Parameters
    ----------
    out
        The output folder.
    rows
        Of all inputs, as they stay if an input is not reached.
    """

    def __init__(self, out: Path, rows: Sequence[Row]) -> None:
        self._out = out
        self._rows: list[Row | None] = list(rows)
        self._statuses = [str(row["status"]) for row in rows]
        self._ids = [str(row.get("recording_id") or "") for row in rows]

    @property
    def counts(self) -> Counter[str]:
        """Inputs by status."""
        return Counter(self._statuses)

    def put(self, index: int, row: Row) -> None:
        """Note what became of an input."""
        self._statuses[index] = str(row["status"])
        self._rows[index] = None if row["status"] in DONE else row

    def rows(self) -> Iterator[Row]:
        """Yield all rows in the order of the inputs."""
        for recording_id, row in zip(self._ids, self._rows, strict=True):
            yield row_of_done(self._out, recording_id) if row is None else row


def row_of_done(out: Path, recording_id: str) -> Row:
    """Return the row that a done recording has in its folder.

    Raises
    ------
    OSError, ValueError, KeyError
        If it is not done.
    """
    row: Row = json.loads((out / "recordings" / recording_id / RUN).read_bytes())["row"]
    return row
