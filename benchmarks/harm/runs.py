"""Runs of ``hypnic`` that a fault can be put into, each in a process of its own.

A *warm* run is forked from this process, which has loaded all libraries and compiled all kernels:
it begins where the command line is parsed and costs a tenth of a second. A *cold* run begins
with the interpreter, as a user's does. Both see the same program.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

LIMIT_S = 240.0
"""A run that takes longer hangs: undisturbed and cold it takes four seconds of a processor."""

ARGUMENTS = ("--tz", "Europe/London", "--site", "wrist")
ONE_THREAD = dict.fromkeys(("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

Prepare = Callable[[], object]
"""Called in the process of a run before the program begins."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run ended with."""

    status: int | None
    """Exit status, negative if a signal ended it; None if it hung."""
    said: str
    """On the standard error."""


@dataclass(slots=True)
class Case:
    """One injection: a folder of its own, the recordings, and chance.

    Attributes
    ----------
    folder
        Everything of this injection is in it.
    data
        What is analysed: a copy of a recording that a fault may damage, or a folder of several.
    expected
        What an undisturbed run ends with.
    whole
        The recording as it was.
    calls
        How many calls an undisturbed warm run makes.
    named
        What is analysed, if it is no file.
    says
        What the run must have said if it did not go well (a regular expression).
    silent
        Whether nobody hears what it says.
    dies
        Whether the fault ends the process, so that it cannot say anything.
    early
        A signal that may end the process before the program listens to it.
    limit_s
        After which a cold run is taken to hang.
    also
        Statuses with which it may end besides 1 and 130.
    others
        Results that are right as well, since the fault made another recording of the file.
    """

    folder: Path
    data: Path
    whole: Path
    random: random.Random
    expected: dict[str, bytes]
    calls: int
    named: str = ""
    flags: list[str] = field(default_factory=list)
    says: str = ""
    silent: bool = False
    dies: bool = False
    early: int = 0
    limit_s: float = LIMIT_S
    also: tuple[int, ...] = ()
    others: list[dict[str, bytes]] = field(default_factory=list)
    later: ExitStack = field(default_factory=ExitStack)

    @property
    def out(self) -> Path:
        """The output folder."""
        return self.folder / "place" / "out"

    def words(self) -> list[str]:
        """Return the command line."""
        return ["run", self.named or str(self.data), "-o", str(self.out), *ARGUMENTS, *self.flags]

    def somewhere(self) -> int:
        """Return a call at random, anywhere in an undisturbed run."""
        return self.random.randint(1, self.calls)

    def warm(self, *prepare: Prepare, words: Sequence[str] | None = None) -> Ended:
        """Run, forked from this process."""
        return ended(self.begin_warm(*prepare, words=words), self.folder)

    def begin_warm(self, *prepare: Prepare, words: Sequence[str] | None = None) -> int:
        """Begin a warm run; return its process id."""
        sys.stdout.flush()
        sys.stderr.flush()
        process = os.fork()
        if not process:
            _live(self.words() if words is None else words, self.folder, prepare)
        return process

    def cold(
        self,
        *prepare: Prepare,
        environment: Mapping[str, str | None] | None = None,
        before: Sequence[str] = (),
    ) -> Ended:
        """Run from the very beginning, with other environment variables (None: without)."""
        process = self.begin_cold(*prepare, environment=environment, before=before)
        return ended(process, self.folder, self.limit_s)

    def begin_cold(
        self,
        *prepare: Prepare,
        environment: Mapping[str, str | None] | None = None,
        before: Sequence[str] = (),
    ) -> int:
        """Begin a cold run; return its process id."""
        given = {**os.environ, **ONE_THREAD, **(environment or {})}

        def begin() -> None:
            for each in prepare:
                each()

        with (self.folder / "said").open("wb") as said:
            process = subprocess.Popen(
                [*before, sys.executable, "-m", "detector", *self.words()],
                stdout=subprocess.DEVNULL,
                stderr=said,
                env={name: value for name, value in given.items() if value is not None},
                preexec_fn=begin,  # noqa: PLW1509 (this process has one thread)
                start_new_session=True,
            )
        process.returncode = 0  # it is waited for here, not by subprocess
        return process.pid


def put(whole: Path, own: Path) -> None:
    """Copy a recording with its times, over whatever is there."""
    own.unlink(missing_ok=True)
    shutil.copy2(whole, own)


def _live(words: Sequence[str], folder: Path, prepare: Sequence[Prepare]) -> None:
    """Be a run, and never return."""
    status = 1
    try:
        os.setsid()
        said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(said, 2)
        os.close(said)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's jobs do not hear it
        from detector.cli import main

        for each in prepare:
            each()
        status = main(list(words))
    except BaseException:
        sys.setprofile(None)
        with suppress(BaseException):
            traceback.print_exc()
    finally:
        os._exit(status)


def ended(process: int, folder: Path, limit_s: float = LIMIT_S) -> Ended:
    """Wait for a run, and end it with all its workers if it takes too long."""
    end_s = time.monotonic() + limit_s
    status: int | None = None
    while True:
        done, code = os.waitpid(process, os.WNOHANG)
        if done:
            status = os.waitstatus_to_exitcode(code)
            break
        if time.monotonic() > end_s:
            with suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)
            os.waitpid(process, 0)
            break
        time.sleep(0.005)
    return Ended(status, (folder / "said").read_text("utf-8", "replace"))


def at_call(number: int, act: Callable[[], object]) -> Prepare:
    """Return what makes a process do something at its n-th call of any function.

    A point in a run that is the same whenever the run is begun again, however busy the machine.
    """

    def begin() -> None:
        left = number

        def count(*_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                sys.setprofile(None)
                act()

        sys.setprofile(count)

    return begin


def count_calls(into: Path) -> Prepare:
    """Return what makes a process count its calls, and write down how many there were."""

    def begin() -> None:
        made = 0

        def count(_frame: object, event: str, what: object) -> None:
            nonlocal made
            made += 1
            if event == "c_call" and what is os._exit:
                sys.setprofile(None)
                into.write_text(str(made))

        sys.setprofile(count)

    return begin
