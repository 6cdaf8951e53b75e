"""Faults of the recordings while they are read."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from .disk import as_nobody, give
from .runs import Case, Ended, at_call, put
from .verdict import content


def _harmed(case: Case, harm: Callable[[Path], object], *, at_once: bool = False) -> Ended:
    """Do something to the recording at any moment of the run, and make it good afterwards."""
    own = case.data
    case.says = "failed: "
    if at_once:
        harm(own)
        ended = case.warm()
    else:
        ended = case.warm(at_call(case.somewhere(), lambda: harm(own)))
    if own.exists() and ended.status == 0:
        case.others.append(_undisturbed(case))
    put(case.whole, own)
    return ended


def _undisturbed(case: Case) -> dict[str, bytes]:
    """Return what comes of the recording as it is now."""
    out = case.folder / "other"
    words = [str(out) if word == str(case.out) else word for word in case.words()]
    case.warm(words=words)
    return content(out)


def vanishes(case: Case) -> Ended:
    """Remove the recording before or while it is read."""
    return _harmed(case, lambda path: path.unlink(), at_once=case.random.random() < 0.1)


def is_truncated(case: Case) -> Ended:
    """Cut the recording anywhere while it is read."""
    keep = case.random.randrange(case.data.stat().st_size)
    return _harmed(case, lambda path: os.truncate(path, keep))


def grows(case: Case) -> Ended:
    """Append to the recording while it is read, as a copy that is not complete yet does."""
    more = case.data.read_bytes()[: case.random.randrange(1, 100_000)]

    def grow(path: Path) -> None:
        with path.open("ab") as file:
            file.write(more)

    return _harmed(case, grow)


def is_replaced(case: Case) -> Ended:
    """Put another file in the place of the recording while it is read."""
    half = case.data.read_bytes()[: case.data.stat().st_size // 2]

    def replace(path: Path) -> None:
        beside = path.with_suffix(".new")
        beside.write_bytes(half)
        beside.replace(path)

    return _harmed(case, replace)


def is_denied(case: Case) -> Ended:
    """Let a user run who may not read the recording, or not search its folder."""
    own = case.data
    give(case.folder, 65534)
    denied = case.random.choice([own, own.parent])
    os.chown(denied, 0, 0)
    denied.chmod(0o600 if denied == own else 0o700)
    case.says = "failed: .*may not be read"
    ended = case.warm(as_nobody)
    denied.chmod(0o755)
    give(case.folder, 0)
    return ended


def is_a_pipe(case: Case) -> Ended:
    """Put a pipe that nobody writes into in the recording's place, named or found."""
    own = case.data
    own.unlink()
    os.mkfifo(own)
    case.says, case.also = "not a regular file|no recording found", (3,)
    if case.random.random() < 0.5:
        case.data = own.parent
    ended = case.warm()
    case.data = own
    put(case.whole, own)
    return ended


class Unwilling:
    """A web server that gives a file up to some byte, and then does as it was told.

    Parameters
    ----------
    data
        The file.
    stop
        The byte before which it stops; counted over the answer to each request.
    way
        ``stalls``, ``hangs_up``, ``refuses`` or ``lies`` (says that the file is longer).
    """

    def __init__(self, data: bytes, stop: int, way: str) -> None:
        self._data, self._stop, self._way = data, stop, way
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.willing = False
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        """Where the file is."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/night.cwa"

    def close(self) -> None:
        """Serve no longer."""
        self._socket.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                asked, _ = self._socket.accept()
                threading.Thread(target=self._answer, args=(asked,), daemon=True).start()

    def _answer(self, asked: socket.socket) -> None:
        with closing(asked), suppress(OSError):
            request = asked.recv(65536).decode("latin-1")
            part, status = self._data, "200 OK"
            headers = 'Accept-Ranges: bytes\r\nETag: "1"\r\n'
            for line in request.split("\r\n"):
                if line.lower().startswith("range: bytes="):
                    first, last = line.partition("=")[2].split("-")
                    part = self._data[int(first) : int(last) + 1]
                    status = "206 Partial Content"
                    headers += f"Content-Range: bytes {first}-{last}/{len(self._data)}\r\n"
            if self._way == "refuses" and not self.willing:
                part, status = b"", "503 Service Unavailable"
            length = len(part) + (99_999 if self._way == "lies" and not self.willing else 0)
            headers += f"Content-Length: {length}\r\nConnection: close\r\n"
            asked.sendall(f"HTTP/1.1 {status}\r\n{headers}\r\n".encode())
            if request.startswith("HEAD"):
                return
            asked.sendall(part if self.willing else part[: self._stop])
            if self._way == "stalls" and not self.willing and self._stop < len(part):
                time.sleep(1000)


def over_the_network(case: Case, way: str) -> Ended:
    """Read from a server that stops sending, hangs up, refuses or lies."""
    data = case.data.read_bytes()
    server = Unwilling(data, case.random.randrange(len(data)), way)
    case.later.callback(server.close)
    case.named, case.says = server.url, "night.cwa"
    case.also = (2,)
    ended = case.warm()
    server.willing = True
    case.expected = _undisturbed(case)
    return ended


def has_network() -> bool:
    """Whether what reads from web servers is installed; it is loaded for all runs."""
    try:
        import aiohttp  # noqa: F401 (whether it can be)
        import fsspec.implementations.http  # noqa: F401 (as above)
    except ImportError:
        return False
    return True
