"""Parquet: the tables over all recordings with their types, units and definitions."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from detector import files
from detector.arrow import arrow_table, schema
from detector.columns import EVENTS, NIGHTS, RECORDINGS
from detector.results import table

_TABLES = {"events": EVENTS, "nights": NIGHTS, "recordings": RECORDINGS}
_ROWS = 50_000
"""In memory at once, and in a row group."""


def write_parquet(out: Path, to: Path) -> list[Path]:
    """Write ``events.parquet``, ``nights.parquet`` and ``recordings.parquet``."""
    from pyarrow.parquet import ParquetWriter

    tables = {name: table(out, f"{name}.csv", columns) for name, columns in _TABLES.items()}
    to.mkdir(parents=True, exist_ok=True)
    for name, columns in _TABLES.items():
        with (
            files.replacing(to / f"{name}.parquet") as file,
            ParquetWriter(file, schema(columns), compression="zstd") as writer,
        ):
            while rows := list(islice(tables[name], _ROWS)):
                writer.write_table(arrow_table(columns, rows))
    return [to / f"{name}.parquet" for name in _TABLES]
