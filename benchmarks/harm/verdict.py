"""Whether what a run ended with is right, or honest, or neither: one judge for all faults."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .runs import Case, Ended

Content = Mapping[str, bytes]
How = Literal["right", "ledger", "told", "killed", "hung", "wrong"]

_DONE = {"ok", "ok_with_warnings"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is thought of a disturbed run."""

    how: How
    why: str = ""


def content(out: Path) -> dict[str, bytes]:
    """Return every file of an output folder, what was left lying about included."""
    paths = (path for path in sorted(out.rglob("*")) if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def judged(case: Case, ended: Ended) -> Verdict:
    """Say whether a disturbed run is right, or has honestly said that it is not.

    ``right``: all is well, and all bytes are. ``ledger``: it has failed, says why, and
    ``recordings.csv`` says the same. ``told``: it says why, and there is no ledger of it. ``killed``:
    it could say nothing. In all of these every recording that is marked as done is whole.
    """
    if ended.status is None:
        return Verdict("hung")
    if "Traceback" in ended.said:
        return Verdict("wrong", ended.said.strip())
    found, expected = content(case.out), case.expected
    if ended.status == 0:
        wrong = differences(found, expected)
        if wrong and found not in case.others:
            return Verdict("wrong", f"0, but {wrong}: {ended.said}")
        return Verdict("right")
    if halves := _halves(found, expected):
        return Verdict("wrong", f"marked as done: {halves}")
    if ended.status < 0:
        nothing_begun = not found and ended.status == -case.early
        return (
            Verdict("killed")
            if case.dies or nothing_begun
            else Verdict("wrong", f"signal {-ended.status}")
        )
    if ended.status not in {1, 130, *case.also}:
        return Verdict("wrong", f"status {ended.status}: {ended.said}")
    last = ended.said.strip().rpartition("\n")[2]
    if not case.silent and (not last or not re.search(case.says, ended.said)):
        return Verdict("wrong", f"status {ended.status} and says {ended.said!r}")
    return _with_ledger(case.out, found)


def differences(found: Content, expected: Content) -> list[str]:
    """Return which files are missing, too many, or other than they are to be."""
    names = sorted(found.keys() | expected.keys())
    return [name for name in names if found.get(name) != expected.get(name)]


def _halves(found: Content, expected: Content) -> list[str]:
    """Return the files of recordings marked as done that are not what they are to be."""
    done = [
        name.removesuffix("run.json")
        for name in found
        if re.search("/[^.][^/]*/run.json$", f"/{name}")
    ]
    return [
        name
        for name in expected
        if any(name.startswith(folder) for folder in done) and found.get(name) != expected[name]
    ]


def _with_ledger(out: Path, found: Content) -> Verdict:
    """Say whether there is a ledger that says what the run said."""
    data = found.get("recordings.csv")
    if data is None:
        return Verdict("told")
    text = data.decode()
    rows = list(csv.DictReader(text.splitlines()))
    if not text.endswith("\n") or any(None in row.values() or None in row for row in rows):
        return Verdict("wrong", "recordings.csv is cut")
    for row in rows:
        folder = f"recordings/{row['recording_id']}/run.json"
        if row["status"] in _DONE and folder not in found:
            return Verdict("wrong", f"{row['recording_id']} is called done and is not")
    undone = any(row["status"] not in _DONE for row in rows)
    return Verdict("ledger" if undone else "told")
