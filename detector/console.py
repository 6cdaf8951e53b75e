"""What the user sees while the program works: progress and messages, on one text stream.

On a terminal there is a bar; elsewhere (logs, clusters) a plain line now and then.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_STDOUT, _STDERR = 1, 2

QUIET, NORMAL, VERBOSE = 0, 1, 2

_EVERY_SHARE = 0.05
_LEAST_PAUSE_S = 10.0
_LONGEST_PAUSE_S = 60.0


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    """Return a text that can move no cursor: a name or a header may hold a terminal's commands."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def mend_streams() -> None:
    """Give a process that was begun without standard streams some that lead nowhere.

    Or the first files that it opens would take their place, and get what is meant for them.
    """
    while (handle := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        os.set_inheritable(handle, True)  # noqa: FBT003 (it has no name)
    os.close(handle)
    sys.stdout = sys.stdout or os.fdopen(_STDOUT, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(_STDERR, "w", encoding="utf-8", closefd=False)


class Console:
    """Messages by level; with ``QUIET`` only problems are shown.

    Parameters
    ----------
    stream
        Where to write; whether it is a terminal decides about colours and the bar.
    level
        ``QUIET``, ``NORMAL`` or ``VERBOSE``.
    """

    def __init__(self, stream: TextIO, level: int = NORMAL) -> None:
        self.level = level
        self._stream = stream
        self._above_bar: Callable[[str], None] | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether a person is looking."""
        return self._stream.isatty()

    def detail(self, text: str) -> None:
        """Show what only a curious user wants to know."""
        if self.level >= VERBOSE:
            self.problem(text)

    def note(self, text: str) -> None:
        """Show what happens."""
        if self.level >= NORMAL:
            self.problem(text)

    def problem(self, text: str) -> None:
        """Show what must not be missed."""
        write = self._above_bar or self._write
        write(plain(text))

    def progress(self, title: str) -> Bar | Lines | Silence:
        """Return a context manager whose ``update(share, text)`` shows how far the work is."""
        if self.level < NORMAL:
            return Silence()
        return Bar(self, title) if self.is_terminal else Lines(self, title)

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "ascii"
        safe = text.encode(encoding, "replace").decode(encoding)  # a console may be ASCII only
        with suppress(OSError):  # nobody reads it, or it is a file on a full disk: work goes on
            self._stream.write(f"{safe}\n")
            self._stream.flush()


class Silence:
    """Progress that is not shown."""

    def update(self, share: float, text: str) -> None:
        """Show nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None


class Lines(Silence):
    """Progress as plain lines: one per 5 %, but at least 10 s and at most 60 s apart.

    Parameters
    ----------
    console
        Where to write.
    title
        First word of each line.
    clock
        Seconds that only go forward.
    """

    def __init__(
        self, console: Console, title: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._title = title
        self._clock = clock
        self._shown_at_s = clock()
        self._shown_share = 0.0

    def update(self, share: float, text: str) -> None:
        """Write a line if one is due.

        Parameters
        ----------
        share
            How much of the work is done, 0 to 1.
        text
            What is being done.
        """
        pause_s = self._clock() - self._shown_at_s
        enough = share - self._shown_share >= _EVERY_SHARE and pause_s >= _LEAST_PAUSE_S
        if enough or pause_s >= _LONGEST_PAUSE_S:
            self._console.note(f"{self._title} {share:4.0%}  {text}")
            self._shown_at_s += pause_s
            self._shown_share = share


class Bar(Silence):
    """Progress as a bar on a terminal; messages appear above it."""

    def __init__(self, console: Console, title: str) -> None:
        self._console = console
        self._title = title
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def update(self, share: float, text: str) -> None:
        """Move the bar."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=share, text=plain(text))

    def __enter__(self) -> Self:
        from rich.console import Console as RichConsole
        from rich.progress import BarColumn, Progress, TextColumn
        from rich.progress import TaskProgressColumn as ShareColumn

        terminal = RichConsole(file=self._console._stream, highlight=False, markup=False)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            ShareColumn(),
            TextColumn("{task.fields[text]}", markup=False),
            console=terminal,
            transient=True,
        )
        self._progress.start()
        self._task = self._progress.add_task(self._title, total=1.0, text="")
        self._console._above_bar = terminal.print
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._console._above_bar = None
        if self._progress is not None:
            self._progress.stop()
