"""Who analyses recordings, as the loop of :mod:`.working` sees them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..cache import load_numba
from ..inputs.sources import Source
from ..job import Outcome, Progress, RunOptions, Watch, perform

Perform = Callable[[Source, Path, RunOptions], Any]


class Crew(ABC):
    """Analyses recordings, several at a time if it can."""

    lost: tuple[type[BaseException], ...] = ()
    """A future that fails with one of these says that the process which had the recording is no
    more, and nothing of the recording itself."""

    @property
    @abstractmethod
    def room(self) -> int:
        """How many recordings it should have at once."""

    @abstractmethod
    def submit(self, source: Source, out: Path, options: RunOptions, watch: Watch) -> Future[Any]:
        """Take a recording."""

    def result(self, future: Future[Any]) -> Outcome:
        """Return what became of a recording whose future is done, and has not failed."""
        outcome: Outcome = future.result()
        return outcome

    def poll(self) -> None:
        """Tell those who watch how far their recordings are, if that is known."""
        return

    def __enter__(self) -> Self:
        """Make ready for the first recording."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give up what is not finished: nobody waits for it any more."""
        return


class Here(Crew):
    """Analyses one recording after the other in this process."""

    @property
    def room(self) -> int:
        """One."""
        return 1

    def submit(self, source: Source, out: Path, options: RunOptions, watch: Watch) -> Future[Any]:
        """Analyse the recording before returning."""
        load_numba()
        future: Future[Outcome] = Future()
        try:
            future.set_result(perform(source, out, options, watch))
        except Exception as error:
            future.set_exception(error)
        return future


class Executing(Crew):
    """Any executor of :mod:`concurrent.futures`; it belongs to whoever made it.

    Parameters
    ----------
    executor
        Its workers see the inputs and the output folder under the same paths.
    room
        How many recordings it should have at once.
    lost
        What its futures fail with when a worker is lost.
    perform
        What a worker does.
    """

    def __init__(
        self,
        executor: Executor,
        room: int,
        lost: tuple[type[BaseException], ...] = (BrokenExecutor,),
        perform: Perform = perform,
    ) -> None:
        self._room = room
        self.lost = lost
        self._executor = executor
        self._perform = perform
        self._watched: dict[Future[Any], Watch] = {}

    @property
    def room(self) -> int:
        """As it was said."""
        return self._room

    def submit(self, source: Source, out: Path, options: RunOptions, watch: Watch) -> Future[Any]:
        """Hand the recording on."""
        future = self._executor.submit(self._perform, source, out, options)
        self._watched[future] = watch
        return future

    def poll(self) -> None:
        """Tell that recordings are being analysed; how far they are is not known."""
        self._watched = {f: watch for f, watch in self._watched.items() if not f.done()}
        for watch in self._watched.values():
            watch(Progress("reading"))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for future in self._watched:
            future.cancel()
