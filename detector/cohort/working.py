"""The loop that keeps a crew busy and survives the loss of those who work."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import Any

from ..inputs.sources import Source
from ..job import Outcome, Progress, RunOptions, failed, not_written
from ..output import sweep
from .crews import Crew

KILLED = (
    "the process that analysed it was killed twice, the second time with nothing beside it; "
    "most often the memory did not suffice"
)
NO_MEMORY = "the memory did not suffice, twice, the second time with nothing beside it"

_PAUSE_S = 0.5
"""Between two questions of how far everybody is."""


class Work:
    """Recordings that a crew analyses, each once, or twice if who had it was lost.

    Parameters
    ----------
    sources
        What shall be analysed.
    out
        The output folder.
    options
        Of the run.
    crew
        Who does it.
    tell
        Is told how far each source, by its index, is.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        out: Path,
        options: RunOptions,
        crew: Crew,
        tell: Callable[[int, Progress], None],
    ) -> None:
        self._sources = sources
        self._out = out
        self._options = options
        self._crew = crew
        self._tell = tell
        self._waiting = deque(range(len(sources)))
        self._alone = deque[int]()
        """Lost once; each gets the machine for itself when all others are done."""
        self._running: dict[Future[Any], int] = {}
        self._begun: set[int] = set()
        self._tried: set[int] = set()

    def outcomes(self) -> Iterator[tuple[int, Outcome]]:
        """Yield what became of each source, by its index, as it comes."""
        while self._waiting or self._alone or self._running:
            self._hand_out()
            done, _ = wait(self._running, _PAUSE_S, FIRST_COMPLETED)
            for future in done:
                index = self._running.pop(future)
                if (outcome := self._outcome(index, future)) is not None:
                    self._begun.discard(index)
                    yield index, outcome
            self._crew.poll()

    def clean(self) -> None:
        """Take away what those left who were given up or lost; call when none of them works."""
        if self._begun:
            self._sweep(*self._begun)

    def _hand_out(self) -> None:
        while self._waiting and len(self._running) < self._crew.room:
            self._submit(self._waiting.popleft())
        if not self._running:
            self._submit(self._alone.popleft())

    def _submit(self, index: int) -> None:
        self._begun.add(index)
        future = self._crew.submit(
            self._sources[index],
            self._out,
            self._options,
            lambda progress: self._tell(index, progress),
        )
        self._running[future] = index

    def _outcome(self, index: int, future: Future[Any]) -> Outcome | None:
        """Return what became of a source, None if it will be tried again."""
        error = future.exception()
        if error is None:
            return self._result(index, future)
        if not isinstance(error, (MemoryError, *self._crew.lost)):
            raise error
        self._sweep(index)
        if index not in self._tried:
            self._tried.add(index)
            self._alone.append(index)
            return None
        if isinstance(error, MemoryError):
            return failed(self._sources[index], self._options, "out_of_memory", NO_MEMORY)
        return failed(self._sources[index], self._options, "killed", KILLED)

    def _result(self, index: int, future: Future[Any]) -> Outcome:
        try:
            return self._crew.result(future)
        except OSError as error:  # what came from elsewhere has no room here
            refused = not_written(self._sources[index], self._out, self._options, error)
            if refused is None:
                raise
            return refused

    def _sweep(self, *indices: int) -> None:
        sweep(self._out / "recordings", {self._sources[index].recording_id for index in indices})
