"""The files of the output folder itself: always made anew from the folders of its recordings.

Tables go from disk to disk: nothing here grows with the number of nights or events.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from . import files
from .config import dump_toml
from .methods import methods
from .settings import Settings
from .statistics.by_participant import write_by_participant
from .tables import csvtext
from .tables.arrow import write_parquet
from .tables.columns import DICTIONARY, EVENTS, RECORDINGS, Column, night_columns
from .tables.csvtext import Row
from .tables.rows import dictionary_rows

DONE = ("ok", "ok_with_warnings")


def write_about(out: Path, settings: Settings, factors: Sequence[str] = ()) -> None:
    """Write what is known before the first recording: settings, dictionary, the pages' script.

    Parameters
    ----------
    out
        The output folder.
    settings
        Of the run.
    factors
        Headings of the diary's further columns.
    """
    from .report import write_assets

    out.mkdir(parents=True, exist_ok=True)
    files.write(out / "config.resolved.toml", dump_toml(settings).encode())
    files.write(out / "data_dictionary.csv", csvtext.table(DICTIONARY, dictionary_rows(factors)))
    write_assets(out)


def write_merged(
    out: Path, settings: Settings, rows: Iterable[Row], factors: Sequence[str] = ()
) -> None:
    """Write the tables and pages over all recordings of a run.

    Parameters
    ----------
    out
        The output folder.
    settings
        Of the run.
    rows
        The rows of ``recordings.csv``.
    factors
        Headings of the diary's further columns.
    """
    from .limbs import write_limbs
    from .report import write_cohort_page

    done = _write_ledger(out / "recordings.csv", rows)
    for name, columns in (("nights", night_columns(factors)), ("events", EVENTS)):
        _join(out, f"{name}.csv", columns, done)
        (out / f"{name}.parquet").unlink(missing_ok=True)
        if len(done) > 1:  # of one the CSV will do, and pyarrow needs more memory than all the rest
            write_parquet(out / f"{name}.csv", columns, out / f"{name}.parquet")
    several = write_limbs(out, settings, csvtext.read(RECORDINGS, out / "recordings.csv"))
    ledger = csvtext.read(RECORDINGS, out / "recordings.csv")
    files.write(out / "METHODS.md", methods(settings, ledger, len(several)).encode())
    write_by_participant(out)
    write_cohort_page(out, several)


def _write_ledger(path: Path, rows: Iterable[Row]) -> list[str]:
    """Write ``recordings.csv``; return the ids of what is done."""
    done = []
    with files.replacing(path) as file:
        file.write(csvtext.header(RECORDINGS))
        for row in rows:
            file.write(csvtext.line(RECORDINGS, row))
            if row["status"] in DONE:
                done.append(str(row["recording_id"]))
    return done


def _join(out: Path, name: str, columns: Sequence[Column], recording_ids: Sequence[str]) -> None:
    """Join the recordings' tables; all have the header that is written first."""
    with files.replacing(out / name) as merged:
        merged.write(csvtext.header(columns))
        for recording_id in recording_ids:
            with (out / "recordings" / recording_id / name).open("rb") as table:
                table.readline()
                shutil.copyfileobj(table, merged)
