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
_MARK = re.compile(r"^recordings/[^./][^/]*/run\.json$")


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
    ``recordings.csv`` says the same. ``told``: it says why, and there is no ledger of it.
    ``killed``: it could say nothing. In all of these what is marked as done is whole.
    """
    found = content(case.out)
    if ended.status is None:
        return Verdict("hung")
    if ended.status == 0:
        wrong = differences(found, case.expected)
        good = not wrong or found in case.others
        return Verdict("right") if good else Verdict("wrong", f"0, but {wrong}: {ended.said}")
    if why := _dishonest(case, ended, found):
        return Verdict("wrong", why)
    if ended.status < 0 or "KeyboardInterrupt" in ended.said:
        return Verdict("killed")
    return Verdict("ledger" if _has_undone(found) else "told")


def _dishonest(case: Case, ended: Ended, found: Content) -> str:
    """Return what is wrong about how a run has failed."""
    status, said = ended.status or 0, ended.said.strip()
    python_ended = status == -case.early or said.endswith("KeyboardInterrupt")
    dead = case.dies or (bool(case.early) and not found and python_ended)
    understood = case.silent or (said and re.search(case.says, said))
    problems = {
        said: "Traceback" in said and not dead,
        f"marked as done: {(halves := _halves(found, case.expected))}": bool(halves),
        f"signal {-status}": status < 0 and not dead,
        f"status {status}: {said}": status > 0 and not dead and status not in {1, 130, *case.also},
        f"status {status}, and says {said!r}": status > 0 and not dead and not understood,
        (ledger := _wrong_ledger(found)): status > 0 and bool(ledger),  # else it is an earlier one
    }
    return "; ".join(problem for problem, there in problems.items() if there)


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


def _rows(found: Content) -> list[dict[str, str]]:
    return list(csv.DictReader(found.get("recordings.csv", b"").decode().splitlines()))


def _wrong_ledger(found: Content) -> str:
    """Return what a ledger says and is not so."""
    rows = _rows(found)
    if not found.get("recordings.csv", b"\n").endswith(b"\n") or any(
        None in r.values() for r in rows
    ):
        return "recordings.csv is cut"
    done = [row["recording_id"] for row in rows if row["status"] in _DONE]
    lost = [each for each in done if f"recordings/{each}/run.json" not in found]
    return f"called done and not there: {lost}" if lost else ""


def _has_undone(found: Content) -> bool:
    """Whether the ledger is of a run that did not do all."""
    return any(row["status"] not in _DONE for row in _rows(found))
