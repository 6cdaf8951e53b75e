"""Faults of the disk that results are written to."""

from __future__ import annotations

import os
import resource
import shutil
import stat
import subprocess
from contextlib import suppress
from pathlib import Path

from .runs import Case, Ended, at_call

NOT_WRITTEN = r"/out\S* cannot be written: .*(Read-only|No such)"
NO_ROOM = r"/out/\S+ cannot be written: (No space|File too large).*run again"
_MOUNT, _UNMOUNT = (shutil.which(name) or name for name in ("mount", "umount"))
_NOBODY = 65534
_PAGE = 4096


def can_mount(folder: Path) -> bool:
    """Whether this process may mount file systems."""
    try:
        mount("-t", "tmpfs", "none", str(folder))
    except (OSError, subprocess.CalledProcessError):
        return False
    unmount(folder)
    return True


def mount(*words: str) -> None:
    """Mount a file system, or change one."""
    subprocess.run([_MOUNT, *words], check=True, capture_output=True)


def unmount(place: Path) -> None:
    """Take a file system away."""
    subprocess.run([_UNMOUNT, "-l", str(place)], check=True)


def _mounted(case: Case, options: str) -> Path:
    place = case.out.parent
    mount("-t", "tmpfs", "-o", options, "none", str(place))
    case.later.callback(unmount, place)
    return place


def no_space(case: Case) -> Ended:
    """Let the disk have room for a random number of pages, and then for more."""
    pages = {name: len(data) // _PAGE + 1 for name, data in case.expected.items()}
    whole = sum(pages.values())
    scripts = sum(n for name, n in pages.items() if name.startswith("assets/"))
    first = 1 if case.random.random() < 0.2 else scripts
    place = _mounted(case, f"size={case.random.randint(first, whole) * _PAGE}")
    case.says = NO_ROOM
    ended = case.warm()
    mount("-o", "remount,size=100m", str(place))
    return ended


def no_inodes(case: Case) -> Ended:
    """Let the disk have room for a random number of files."""
    place = _mounted(case, f"nr_inodes={case.random.randint(2, len(case.expected) + 6)}")
    case.says = NO_ROOM
    ended = case.warm()
    mount("-o", "remount,nr_inodes=1000", str(place))
    return ended


def fills_up(case: Case) -> Ended:
    """Let others fill the disk at any moment."""
    place = _mounted(case, "size=100m")
    case.says = NO_ROOM

    def fill() -> None:
        with suppress(OSError), (place / "others").open("wb") as file:
            while True:
                file.write(bytes(1 << 20))
        with suppress(OSError), (place / "others").open("ab", buffering=0) as file:
            while True:
                file.write(bytes(_PAGE))

    ended = case.warm(at_call(case.somewhere(), fill))
    (place / "others").unlink(missing_ok=True)
    return ended


def size_limit(case: Case) -> Ended:
    """Let no file grow beyond a size, which works wherever there are limits."""
    low, high = 9, 23
    limit = int(2 ** case.random.uniform(low, high))
    case.says = NO_ROOM
    return case.warm(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))


def read_only(case: Case) -> Ended:
    """Let the whole disk be read-only from the beginning, with and without earlier results."""
    place = _mounted(case, "size=100m")
    if case.random.random() < 0.5:
        case.warm()
        case.flags.append("--force")
    mount("-o", "remount,ro", str(place))
    case.also, case.says = (2,), "may not write|cannot be written: .*Read-only"
    ended = case.warm()
    mount("-o", "remount,rw", str(place))
    return ended


def turns_read_only(case: Case) -> Ended:
    """Let the disk become read-only at any moment, as it does after an error of the device."""
    place = _mounted(case, "size=100m")
    case.says = "may not write|" + NOT_WRITTEN
    case.also = (2,)

    def turn() -> None:
        with suppress(subprocess.CalledProcessError):  # the system refuses while files are written
            mount("-o", "remount,ro", str(place))

    ended = case.warm(at_call(case.somewhere(), turn))
    mount("-o", "remount,rw", str(place))
    return ended


def goes_away(case: Case) -> Ended:
    """Let somebody remove the output folder at any moment."""
    case.says = NOT_WRITTEN

    def remove() -> None:
        shutil.rmtree(case.out, ignore_errors=True)

    return case.warm(at_call(case.somewhere(), remove))


def permission(case: Case) -> Ended:
    """Let another user run, who may not write one of the folders or replace one of the files."""
    case.says, case.also = "may not write|cannot be written: .*denied", (2,)
    place = case.out.parent
    which = case.random.choice(["place", "out", "recordings", "recording", "assets", "lately"])
    if which != "place":
        case.warm()
    if which in {"recordings", "recording"}:
        case.flags.append("--force")
    if which == "assets":
        shutil.rmtree(case.out / "assets")
        (case.out / "assets").mkdir()
    denied = {
        "place": place,
        "out": case.out,
        "recordings": case.out / "recordings",
        "recording": next(iter((case.out / "recordings").glob("*")), place),
        "assets": case.out / "assets",
    }.get(which)
    give(case.folder, _NOBODY)
    if denied is None:
        case.flags.append("--force")
        ended = case.warm(as_nobody, at_call(case.somewhere(), lambda: case.out.chmod(0o555)))
        case.out.chmod(0o755)
    else:
        denied.chmod(0o555)
        ended = case.warm(as_nobody)
        denied.chmod(0o755)
    give(case.folder, 0)
    return ended


def as_nobody() -> None:
    """Become a user whom files have to permit what they permit."""
    os.setgroups([])
    os.setgid(_NOBODY)
    os.setuid(_NOBODY)


def give(folder: Path, user: int) -> None:
    """Give a folder with all it holds to a user."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user, user)
        if stat.S_ISDIR(path.stat().st_mode):
            path.chmod(0o755)
