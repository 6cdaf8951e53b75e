"""A web server on this computer, as willing or unwilling as a test wants it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

pytest.importorskip("aiohttp", reason="it is in the extra dev: install it anew")

USER, PASSWORD = "alice", "s3cr3t-w0rd"


class Server(ThreadingHTTPServer):
    """Serves a folder to one user.

    Attributes
    ----------
    ranges
        Whether it gives parts of files.
    sizes
        Whether it says how long they are.
    breaks_at
        The byte before which it always hangs up; None for never.
    sent
        Method, path and bytes of each answer's content.
    """

    def __init__(self, folder: Path, *, ranges: bool, sizes: bool) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
        self.ranges = ranges
        self.sizes = sizes
        self.breaks_at: int | None = None
        self.sent: list[tuple[str, str, int]] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def url(self, name: str = "") -> str:
        return f"http://{USER}:{PASSWORD}@{self.host}/{name}"

    def shown(self, name: str = "") -> str:
        return f"http://{self.host}/{name}"

    def sent_bytes(self, name: str) -> int:
        return sum(count for _, path, count in self.sent if path == f"/{name}")


class _Handler(SimpleHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_HEAD(self) -> None:
        if self.server.sizes and self._may():
            super().do_HEAD()
        elif not self.server.sizes:
            self.send_error(405)

    def do_GET(self) -> None:
        if not self._may():
            return
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            super().do_GET()
            return
        content = path.read_bytes()
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        first, last = (int(asked[1]), int(asked[2])) if asked else (0, len(content))
        partly = bool(asked) and self.server.ranges
        part = content[first : last + 1] if partly else content
        self.send_response(206 if partly else 200)
        if self.server.sizes:
            self.send_header("Content-Length", str(len(part)))
        if partly:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.end_headers()
        if self.server.breaks_at is not None:
            part = part[: max(0, self.server.breaks_at - (first if partly else 0))]
        self.server.sent.append(("GET", self.path, len(part)))
        with suppress(ConnectionError):  # whoever asked may have seen enough
            self.wfile.write(part)
        self.close_connection = True

    def _may(self) -> bool:
        expected = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") == f"Basic {expected}":
            return True
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()
        return False


@contextmanager
def serving(folder: Path, *, ranges: bool = True, sizes: bool = True) -> Iterator[Server]:
    """Serve a folder as long as the context lasts."""
    with Server(folder, ranges=ranges, sizes=sizes) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
