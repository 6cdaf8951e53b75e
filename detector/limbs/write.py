"""``limbs.csv``, ``limb_nights.csv``, ``alignments.csv`` and the participants' pages."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

from detector import files
from detector.people.identity import recording_ids
from detector.settings import Settings
from detector.tables import csvtext
from detector.tables.columns import ALIGNMENTS, LIMB_NIGHTS, LIMBS
from detector.tables.csvtext import Row

from .calls import joint_events
from .group import together
from .rows import alignment_rows, limb_rows, night_rows
from .sensors import sensors, worn_by_one

PAGES = "participants"
_TABLES = {"limbs.csv": LIMBS, "limb_nights.csv": LIMB_NIGHTS, "alignments.csv": ALIGNMENTS}


def write_limbs(out: Path, settings: Settings, rows: Iterable[Row]) -> list[tuple[str, str]]:
    """Write what several sensors on one person say together, made anew from their folders.

    The tables are always written, with no rows if nobody wore several sensors at a time.

    Parameters
    ----------
    out
        The output folder.
    settings
        Of the run.
    rows
        Of ``recordings.csv``, in any order.

    Returns
    -------
    list of tuple
        Participants who wore several sensors at a time, and the links to their pages.
    """
    from detector.report import limbs_page

    people = worn_by_one(rows)
    folders = recording_ids(list(people), list(people))
    files.remove(out / PAGES)
    written = []
    with ExitStack() as stack:
        tables = {name: stack.enter_context(files.replacing(out / name)) for name in _TABLES}
        for name, columns in _TABLES.items():
            tables[name].write(csvtext.header(columns))
        for folder, (person, recorded) in zip(folders, people.items(), strict=True):
            found: dict[str, list[Row]] = {name: [] for name in _TABLES}
            for group in together(sensors(out, recorded), settings):
                joints = joint_events(group, settings)
                found["limbs.csv"] += limb_rows(group, joints, len(found["limbs.csv"]))
                found["limb_nights.csv"] += night_rows(group, joints, settings.kinds)
                found["alignments.csv"] += alignment_rows(group)
            for name, columns in _TABLES.items():
                tables[name].write(b"".join(csvtext.line(columns, row) for row in found[name]))
            if found["alignments.csv"]:
                (out / PAGES / folder).mkdir(parents=True)
                page = limbs_page(*(found[name] for name in _TABLES))
                html = page.encode("utf-8", "backslashreplace")
                files.write(out / PAGES / folder / "report.html", html)
                written.append((person, f"{PAGES}/{quote(folder)}/report.html"))
    return written
