"""A run in several pieces that know nothing of each other, such as the tasks of a job array.

Every piece finds all inputs and takes each n-th; what became of them is in a ledger of its own,
``shards/2-of-8.csv`` in the output folder, with the columns of ``recordings.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Self, TypeVar

from ..parameter import SettingsError
from ..tables import csvtext
from ..tables.columns import RECORDINGS
from ..tables.csvtext import Row
from ..tables.stored import table

FOLDER = "shards"
_NAME = re.compile(r"(\d+)-of-(\d+)\.csv")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shard:
    """One piece of a run."""

    number: int
    """From 1."""
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Understand what the user wrote, such as ``2/8``.

        Raises
        ------
        SettingsError
            If that is no piece of a whole.
        """
        match = re.fullmatch(r"(\d+)/(\d+)", text)
        if match and 1 <= int(match[1]) <= int(match[2]):
            return cls(int(match[1]), int(match[2]))
        raise SettingsError(f"--shard {text}: write which of how many, from 1, such as 2/8")

    def of_all(self, items: Sequence[T]) -> Sequence[T]:
        """Return every n-th, so that pieces of a sorted list are alike in size and kind."""
        return items[self.number - 1 :: self.of]

    def ledger(self, out: Path) -> Path:
        """Return where this piece says what became of its inputs."""
        return out / FOLDER / f"{self.number}-of-{self.of}.csv"


def rows_of_all(out: Path) -> Iterator[Row] | None:
    """Return the rows of all pieces in the order of the whole; None if there are no pieces.

    Raises
    ------
    SettingsError
        If pieces are missing, or are of different wholes.
    """
    folder = out / FOLDER
    found = [_NAME.fullmatch(path.name) for path in folder.iterdir()] if folder.is_dir() else []
    pieces = {(int(match[1]), int(match[2])) for match in found if match}
    if not pieces:
        return None
    wholes = sorted({of for _, of in pieces})
    if len(wholes) > 1:
        raise SettingsError(
            f"{folder} has ledgers of runs in {' and in '.join(map(str, wholes))} shards; remove "
            "those that do not count"
        )
    shards = [Shard(number, wholes[0]) for number in range(1, wholes[0] + 1)]
    missing = [f"{s.number}/{s.of}" for s in shards if (s.number, s.of) not in pieces]
    if missing:
        raise SettingsError(
            f"{out}: shards {', '.join(missing)} have not finished; run them, then merge"
        )
    tables = [table(s.ledger(out).parent, s.ledger(out).name, RECORDINGS) for s in shards]
    return (row for row in chain.from_iterable(zip_longest(*tables)) if row is not None)


def write_ledger(path: Path, rows: Iterator[Row]) -> None:
    """Write what became of the inputs of a piece."""
    from .. import files

    path.parent.mkdir(parents=True, exist_ok=True)
    with files.replacing(path) as file:
        file.write(csvtext.header(RECORDINGS))
        for row in rows:
            file.write(csvtext.line(RECORDINGS, row))
