"""Faults of the process: signals, pipes that were closed, and limits."""

from __future__ import annotations

import os
import resource
import signal
import time
from contextlib import suppress

from .runs import Case, Ended, at_call, ended

_COLD_S = 4.0
"""A cold run of several recordings takes longer; signals come within that time."""


def signalled(case: Case, number: signal.Signals) -> Ended:
    """Send a signal to a warm run at any call."""
    _expect(case, number)
    return case.warm(at_call(case.somewhere(), lambda: os.kill(os.getpid(), number)))


def signalled_twice(case: Case, number: signal.Signals) -> Ended:
    """Send a signal twice, as who is impatient does: the second while the run is ending."""
    _expect(case, number)
    first, second = case.somewhere(), case.random.randint(1, 20_000)

    def send() -> None:
        at_call(second, lambda: os.kill(os.getpid(), number))()
        os.kill(os.getpid(), number)

    return case.warm(at_call(first, send))


def signalled_cold(case: Case, number: signal.Signals) -> Ended:
    """Send a signal to a cold run of several recordings and two workers, at any time."""
    _expect(case, number)
    case.early = number
    case.flags += ["--jobs", "2"]
    process = case.begin_cold(_hears)
    end_s = time.monotonic() + case.random.uniform(0, _COLD_S)
    while time.monotonic() < end_s and not os.waitid(
        os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT
    ):
        time.sleep(0.005)
    with suppress(ProcessLookupError):
        if number == signal.SIGINT:
            os.killpg(process, number)  # as a terminal does
        else:
            os.kill(process, number)
    return ended(process, case.folder)


def _hears() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _expect(case: Case, number: signal.Signals) -> None:
    case.dies = number == signal.SIGKILL
    case.says = "interrupted"


def without_reader(case: Case, *, descriptor: int, how: str) -> Ended:
    """Let nobody take what the run says: a pipe that was closed, none at all, a full disk."""
    case.flags += ["--json"] if descriptor == 1 else ["-v"]
    case.says = ".*"
    case.silent = descriptor == 2

    def close() -> None:
        if how == "closed":
            os.close(descriptor)
        elif how == "full":
            os.dup2(os.open("/dev/full", os.O_WRONLY), descriptor)
        else:
            reading, writing = os.pipe()
            os.close(reading)
            os.dup2(writing, descriptor)

    if case.random.random() < 0.5 and how != "closed":
        return case.warm(at_call(case.somewhere(), close))
    return case.cold(close)


def few_files(case: Case, *, cold: bool) -> Ended:
    """Let no more than so many files be open at once."""
    limit = case.random.randint(4, 40 if cold else 20)
    case.says, case.also = "Too many open files|descriptors", (2,)
    run = case.cold if cold else case.warm
    return run(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))


def little_memory(case: Case, *, cold: bool) -> Ended:
    """Let the address space be small: of a warm run, hardly more than it has."""
    case.says, case.also = "memory", (2,)
    if cold:
        limit = case.random.randint(60, 1200) << 20
        return case.cold(lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
    more = int(2 ** case.random.uniform(16, 28))

    def narrow() -> None:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 (shorter)
            pages = int(file.read().split()[0])
        limit = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    return case.warm(narrow)
