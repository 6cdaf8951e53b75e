"""Processes of this machine, each with one recording at a time.

Every worker is a pool of one process, so that a process that is killed, or that the system ends for
want of memory, takes no other recording with it. Workers are spawned, not forked: threads and
locks of this process are none of theirs. They end when this process ends, however it does.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..cache import load_numba
from ..inputs.sources import Source
from ..job import Outcome, Progress, RunOptions, Watch, perform
from .crews import Crew

INNER_THREADS = (
    *("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
    *("MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
)
"""Are 1 in every worker: several recordings at once use the processors better than one."""

_WARMINGS = 3
"""Times that the kernels are compiled anew because the one who did it was killed."""

_fraction: Any = None
"""In a worker: where it says how much of its recording it has read."""


class Workers(Crew):
    """Processes that are begun when needed.

    Parameters
    ----------
    count
        How many; at least one.
    """

    lost = (BrokenExecutor,)

    def __init__(self, count: int) -> None:
        self._workers = [_Worker() for _ in range(count)]

    @property
    def room(self) -> int:
        """As many as there are workers."""
        return len(self._workers)

    def submit(self, source: Source, out: Path, options: RunOptions, watch: Watch) -> Future[Any]:
        """Give the recording to a worker that has none."""
        worker = next(worker for worker in self._workers if worker.idle)
        return worker.begin(source, out, options, watch)

    def poll(self) -> None:
        """Ask the workers how far they are."""
        for worker in self._workers:
            worker.tell()

    def __enter__(self) -> Self:
        self._threads_before = {name: os.environ.get(name) for name in INNER_THREADS}
        os.environ.update(dict.fromkeys(INNER_THREADS, "1"))
        for _ in range(_WARMINGS):
            with suppress(BrokenExecutor):
                self._workers[0].warm_up()
                break
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.end()
        for name, value in self._threads_before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


class _Worker:
    """One process, and what it does."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._fraction = self._context.RawValue("d", math.nan)  # no lock that a kill could keep
        self._pool: ProcessPoolExecutor | None = None
        self._future: Future[Any] | None = None
        self._watch: Watch | None = None
        self._out: Path | None = None

    @property
    def idle(self) -> bool:
        return self._future is None or self._future.done()

    def begin(self, source: Source, out: Path, options: RunOptions, watch: Watch) -> Future[Any]:
        self._fraction.value = math.nan
        self._watch = watch
        watch(Progress("opening"))
        try:
            self._future = self._submit(_perform, source, out, options)
        except BrokenExecutor:  # it was killed while it had nothing to do
            self.end()
            self._future = self._submit(_perform, source, out, options)
        return self._future

    def warm_up(self) -> None:
        """Compile all kernels before other workers need them."""
        try:
            self._submit(_warm_up).result()
        except BrokenExecutor:
            self.end()
            raise

    def tell(self) -> None:
        if self._watch is None or self.idle:
            return
        fraction = self._fraction.value
        self._watch(Progress("reading", None if math.isnan(fraction) else fraction))

    def end(self) -> None:
        """End the process whatever it does: what it writes is either whole or not there."""
        if self._pool is None:
            return
        for process in list((self._pool._processes or {}).values()):
            process.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = None

    def _submit(self, work: Callable[..., Any], *args: Any) -> Future[Any]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                1, self._context, initializer=_begin, initargs=(self._fraction,)
            )
        with _interrupts_later():
            return self._pool.submit(work, *args)


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Keep Ctrl-C from processes that begin here; this one gets it a little later."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(fraction: Any) -> None:
    """Make a new process a worker."""
    global _fraction  # noqa: PLW0603 (a process has one)
    _fraction = fraction
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the process that began this one
    threading.Thread(target=_end_with_parent, daemon=True).start()
    load_numba()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _warm_up() -> None:
    from ..selftest import compile_all

    compile_all()


def _perform(source: Source, out: Path, options: RunOptions) -> Outcome:
    return perform(source, out, options, _tell)


def _tell(progress: Progress) -> None:
    _fraction.value = math.nan if progress.fraction is None else progress.fraction
