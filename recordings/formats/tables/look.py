"""What the first rows of a table tell of all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...model import Health, RecordingError
from ..units import LOOK_ROWS
from .names import SHAPE_REMEDY
from .rows import RawRows, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The first rows that hold a measurement, and the first steps from row to row."""

    table: Table
    """Reads gravity if that must be added, else not."""
    rows: RawRows
    """Without missing values, and not zero on all axes; gravity added."""
    before: RawRows
    """Rows without missing values that are followed by another one, and"""
    after: RawRows
    """these."""

    @classmethod
    def at(cls, table: Table) -> Look:
        """Read as many rows as decide.

        Raises
        ------
        RecordingError
            If not one row could be used.
        """
        parts: list[RawRows] = []
        pairs: list[tuple[RawRows, RawRows]] = []
        last: RawRows | None = None
        for rows in table.rows(Health()):
            if not len(rows):
                continue
            both = rows if last is None else RawRows.joined([last, rows])
            last = rows[-1:]
            if sum(len(before) for before, _ in pairs) < LOOK_ROWS:
                good = both.good[1:] & both.good[:-1]
                pairs.append((both[:-1][good], both[1:][good]))
            if (telling := rows.good & rows.samples.any(axis=1)).any():
                parts.append(rows[telling])
            if sum(map(len, parts)) >= LOOK_ROWS:
                break
        if last is None:
            raise RecordingError(table.path, "has no rows", remedy=SHAPE_REMEDY)
        if not parts:
            zeros = any(len(before) for before, _ in pairs)
            problem = "holds nothing but zeros" if zeros else "has no row without missing values"
            raise RecordingError(table.path, problem, remedy=SHAPE_REMEDY)
        before, after = (RawRows.joined(side)[:LOOK_ROWS] for side in zip(*pairs, strict=True))
        look = cls(table=table, rows=RawRows.joined(parts)[:LOOK_ROWS], before=before, after=after)
        return look._with_gravity()

    def _with_gravity(self) -> Look:
        """Add gravity where the acceleration is without it.

        Acceleration that has it differs from it by less than from nothing.
        """
        samples, gravity = self.rows.samples, self.rows.gravity
        if gravity is None:
            return self
        size, rest = (np.median(np.linalg.norm(a, axis=1)) for a in (samples, samples - gravity))
        if rest >= size:
            return replace(self, rows=self.rows.with_gravity())
        columns = replace(self.table.columns, gravity=None)
        return replace(self, table=self.table.with_columns(columns))
