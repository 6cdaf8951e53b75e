"""Whoever wants to know how a run goes on."""

from __future__ import annotations

from collections.abc import Sequence

from ..inputs.sources import Source
from ..job import Outcome, Progress


class Watcher:
    """Is told how a run goes on; this one says nothing."""

    def remark(self, text: str) -> None:
        """Take what is worth knowing before the first recording."""

    def dating(self, share: float, source: Source) -> None:
        """Take how far it is known when the recordings end, which only :mod:`anonymise` asks."""

    def found(self, sources: Sequence[Source]) -> None:
        """Take what shall be analysed, done before or not."""

    def progress(self, index: int, progress: Progress) -> None:
        """Take how far recording ``index`` is."""

    def done(self, index: int, outcome: Outcome) -> None:
        """Take what became of recording ``index``."""
