"""A power cut: what was not synced is lost, names that were not synced may be.

A warm run writes down what it opens, renames and syncs, and ends at any call. Then of every file
the bytes behind its last sync are dropped, and of every folder a random number of the last changes
of names since it was synced is taken back: what a journalling file system may leave.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from .runs import Case, Ended, at_call

_STRACE = shutil.which("strace") or ""
_UNSYNCED = 99
"""Exit status of a run that was right, but would not have outlived a power cut."""
_NAMES = {"os.rename", "os.mkdir"}


def power_cut(case: Case) -> Ended:
    """Cut the power at any call."""
    case.dies = True
    log = case.folder / "log"
    if case.random.random() < 0.3:
        case.warm()
        case.flags.append("--force")
    before = {path.stat().st_ino: path.stat().st_size for path in case.out.rglob("*")}
    ended = case.warm(_writing_down(log, case.out), at_call(case.somewhere(), lambda: os._exit(9)))
    _lose(case, before, [json.loads(line) for line in log.read_text().splitlines()])
    case.flags = [flag for flag in case.flags if flag != "--force"]
    return Ended(-9, ended.said) if ended.status == 9 else ended


def _writing_down(log: Path, out: Path) -> Any:
    def begin() -> None:
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        inside = str(out.parent)

        def note(*what: object) -> None:
            os.write(file, f"{json.dumps(what)}\n".encode())

        def hear(event: str, args: tuple[Any, ...]) -> None:
            if event in _NAMES and str(args[0]).startswith(inside):
                note(event, *map(str, args[: 2 if event == "os.rename" else 1]))

        real = os.fsync

        def sync(handle: int) -> None:
            real(handle)
            path = Path(f"/proc/self/fd/{handle}").readlink()
            note("sync", str(path), os.fstat(handle).st_size, os.fstat(handle).st_ino)

        sys.addaudithook(hear)
        os.fsync = sync

    return begin


def _lose(case: Case, before: dict[int, int], noted: list[list[Any]]) -> None:
    """Take away what a disk need not have kept, which it has ``before`` by inode."""
    synced = before | {
        inode: size for what, *args in noted if what == "sync" for _, size, inode in [args]
    }
    for path in [path for path in case.out.parent.rglob("*") if path.is_file()]:
        status = path.stat()
        kept = synced.get(status.st_ino, 0)
        if kept < status.st_size:
            os.truncate(path, case.random.choice([kept, case.random.randint(kept, status.st_size)]))
    names: dict[str, list[list[str]]] = {}
    for what, *args in noted:
        if what == "sync":
            names.pop(args[0], None)
        else:
            names.setdefault(str(Path(args[-1]).parent), []).append([what, *args])
    for folder, changes in names.items():
        count = case.random.randint(0, len(changes))
        for change in reversed(changes[len(changes) - count :]):
            _taken_back(Path(folder), change)


def _taken_back(folder: Path, change: list[str]) -> None:
    new = Path(change[-1])
    if not folder.is_dir() or not new.exists():
        return
    if change[0] == "os.mkdir":
        shutil.rmtree(new)
    elif not Path(change[1]).exists() and Path(change[1]).parent.is_dir():
        new.rename(change[1])


def has_strace() -> bool:
    """Whether calls of the system can be watched."""
    return bool(_STRACE)


def in_order(case: Case) -> Ended:
    """Watch a cold run: nothing may take its name before it is on the disk, and names are synced.

    Every file that is renamed, and every file in a folder that is, must have been synced since it
    was written last; and the folder that has the new name, afterwards.
    """
    trace = case.folder / "trace"
    calls = "write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2"
    watched = [_STRACE, "-f", "-y", "-qq", "-s", "0", "-e", f"trace={calls}", "-o", str(trace)]
    ended = case.cold(before=watched)
    complaints = list(_complaints(trace.read_text("utf-8", "replace"), str(case.out)))
    return Ended(_UNSYNCED, "; ".join(complaints)) if complaints else ended


def torn(case: Case, name: str, *, merge: bool = False) -> Ended:
    """Cut a file of earlier results anywhere; run again, or merge, which cannot make up for it."""
    case.warm()
    path = case.out / name
    os.truncate(path, case.random.randrange(path.stat().st_size))
    if not merge:
        return case.warm()
    case.also, case.says = (2,), path.name
    ended = case.warm(words=["merge", str(case.out)])
    if ended.status:
        path.unlink()  # it is not of this run
    return ended


def _complaints(trace: str, out: str) -> list[str]:
    dirty: set[str] = set()
    named: set[str] = set()
    said = []
    for line in trace.splitlines():
        call = re.search(r"\b(write|pwrite64|writev|fsync|fdatasync|rename\w*)\((.*)", line)
        if call is None or out not in line:
            continue
        what, rest = call.groups()
        if what in {"write", "pwrite64", "writev"}:
            dirty.add(_of_descriptor(rest))
        elif what in {"fsync", "fdatasync"}:
            dirty.discard(_of_descriptor(rest))
            named.discard(_of_descriptor(rest))
        else:
            old, new = re.findall(r'"([^"]*)"', rest)[:2]
            said += [f"{path} was named {new} unsynced" for path in dirty if _within(path, old)]
            named.add(str(Path(new).parent))
    return said + [f"names in {folder} were not synced" for folder in sorted(named)]


def _of_descriptor(rest: str) -> str:
    match = re.match(r"\d+<([^>]*)>", rest)
    return match[1] if match else ""


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
