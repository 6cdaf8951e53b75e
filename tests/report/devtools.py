"""A page in a real browser, through the DevTools protocol: what it asks for and complains of."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from pathlib import Path
from typing import Any

OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-quic"),
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe"),
)
COMPLAINTS = {"Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"}
PATIENCE_S = 120


class DevTools:
    """One tab; speaks over a pair of pipes, which Chromium expects as descriptors 3 and 4."""

    def __init__(self, browser: str, profile: Path) -> None:
        theirs, self._out = os.pipe()
        self._in, answers = os.pipe()

        def place() -> None:
            copies = os.dup(theirs), os.dup(answers)
            for copy, descriptor in zip(copies, (3, 4), strict=True):
                os.dup2(copy, descriptor)

        self._process = subprocess.Popen(
            [browser, *OPTIONS, f"--user-data-dir={profile}", "about:blank"],
            stderr=subprocess.DEVNULL,
            close_fds=False,
            preexec_fn=place,  # noqa: PLW1509 (descriptors alone are touched)
        )
        os.close(theirs)
        os.close(answers)
        self._asked = 0
        self._rest = b""
        self._tab: dict[str, str] = {}
        self.told: list[dict[str, Any]] = []
        """Every event so far."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._tab = {"sessionId": session}
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> DevTools:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Return the answer to one command."""
        self._asked += 1
        asked = {"id": self._asked, "method": method, "params": params, **self._tab}
        os.write(self._out, json.dumps(asked).encode() + b"\0")
        while True:
            message = self._message()
            if message.get("id") == self._asked:
                return dict(message["result"])
            self.told.append(message)

    def value(self, script: str) -> Any:
        """Return what an expression amounts to, awaited if need be."""
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        return answer["result"].get("value")

    def open(self, page: Path, until: str) -> None:
        """Open a page and wait until an expression is true."""
        self.told.clear()
        self.call("Page.navigate", url=page.as_uri())
        self.wait(until)

    def wait(self, until: str) -> None:
        """Wait until an expression is true."""
        last = time.monotonic() + PATIENCE_S
        while not self.value(until):
            assert time.monotonic() < last, f"never {until}"
            time.sleep(0.05)

    def asked_for(self) -> list[str]:
        """Addresses of all that the page asked for since it was opened."""
        requests = (m["params"] for m in self.told if m["method"] == "Network.requestWillBeSent")
        return [request["request"]["url"] for request in requests]

    def complaints(self) -> list[object]:
        """What the console was told, by the page or about it."""
        return [m["params"] for m in self.told if m["method"] in COMPLAINTS]

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            assert select.select([self._in], [], [], PATIENCE_S)[0], "the browser says nothing"
            piece = os.read(self._in, 1 << 16)
            assert piece, "the browser has ended"
            self._rest += piece
        text, self._rest = self._rest.split(b"\0", 1)
        return dict(json.loads(text))
