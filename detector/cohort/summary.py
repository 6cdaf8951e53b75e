"""What became of a run, in one object and in one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..tables import csvtext
from ..tables.columns import RECORDINGS
from ..tables.csvtext import Row

_WORDS = {"ok": "ok", "ok_with_warnings": "with warnings", "failed": "failed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What became of a run."""

    ledger: Path
    """``recordings.csv``, or the ledger of a shard; not there if no recording was found."""
    counts: Counter[str] = field(default_factory=Counter)
    """Inputs by status."""
    unwritten: Sequence[Row] = ()
    """The rows of the ledger if it was not written."""
    resumed: int = 0
    """Recordings that an earlier run had done; they are ``ok`` as they were."""
    interrupted: bool = False

    @property
    def rows(self) -> list[Row]:
        """All rows of the ledger."""
        if self.unwritten or not self.counts:
            return list(self.unwritten)
        return list(csvtext.read(RECORDINGS, self.ledger))

    @property
    def exit_status(self) -> int:
        """0 all ok, 1 some failed, 3 no input found, 130 interrupted."""
        if self.interrupted:
            return 130
        if self.counts["skipped"] == self.counts.total():
            return 3
        return 1 if self.counts["failed"] else 0

    def sentence(self) -> str:
        """Return the last line to print; it says what :attr:`exit_status` says."""
        skipped = self.counts["skipped"]
        if self.exit_status == 3:
            return f"no recording found{f', {skipped} skipped' if skipped else ''}"
        parts = [f"{self.counts[status]} {word}" for status, word in _WORDS.items()]
        if skipped:
            parts.append(f"{skipped} skipped")
        if self.resumed:
            parts.append(f"{self.resumed} of them done before")
        said = f"{', '.join(parts)} (see {self.ledger})"
        return f"interrupted: {said}" if self.interrupted else said
