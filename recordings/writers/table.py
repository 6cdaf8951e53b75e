"""Plain tables."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ..model import Scale
from ._piece import Piece


def write_csv(
    path: Path | str, pieces: Iterable[Piece], scale: Scale, *, times: bool = True
) -> int:
    """Write a table ``time,x,y,z`` in g, every value with all the digits it needs.

    Parameters
    ----------
    path
        Where to.
    pieces
        Of any length.
    scale
        What makes g of the codes.
    times
        Write a column ``time``, ISO 8601 to the nanosecond; else uniform rows ``x,y,z``.

    Returns
    -------
    int
        Rows written.
    """
    import pyarrow as pa
    from pyarrow import csv

    stamp = [pa.field("time", pa.timestamp("ns"))] if times else []
    schema = pa.schema([*stamp, *(pa.field(axis, pa.float64()) for axis in "xyz")])
    rows = 0
    with csv.CSVWriter(Path(path), schema) as writer:
        for raw, times_ns in pieces:
            accel_g = scale.to_g(raw)
            columns = [times_ns.view("M8[ns]")] if times else []
            columns += [np.ascontiguousarray(accel_g[:, axis]) for axis in range(3)]
            writer.write_table(pa.table([pa.array(c) for c in columns], schema=schema))
            rows += len(raw)
    return rows
