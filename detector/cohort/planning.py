"""What a run has to do: which inputs there are, and what earlier runs have left."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from recordings import Zone

from .. import anonymise
from ..diary_match import with_diaries, with_hypnogram
from ..inputs.sources import Source, find_inputs
from ..job import RunOptions, Standing, skipped, standing
from ..tables.csvtext import Row
from .shards import Shard
from .watching import Watcher

_AT_ONCE = 8
"""Folders that are looked into at once: on a network each look takes a while."""

NOT_REACHED = "the run ended before it"
FORCED = Standing(why="--force")


class Line(NamedTuple):
    """What will be done with an input."""

    what: Literal["run", "done", "skip"]
    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The inputs of a run."""

    sources: Sequence[Source]
    """Recordings and what was skipped, in the order of the ledger."""
    standings: Sequence[Standing | None]
    """Of each; None for what was skipped."""

    def lines(self) -> Iterator[Line]:
        """Say of every input what will be done."""
        for source, stands in zip(self.sources, self.standings, strict=True):
            if stands is None:
                yield Line("skip", source.title, source.skipped)
            elif stands.row is not None:
                yield Line("done", source.title, "")
            else:
                yield Line("run", source.title, stands.why)

    def rows(self, options: RunOptions) -> list[Row]:
        """Return the rows that inputs keep if they are not reached."""
        return [_row_before(source, options) for source in self.sources]


def found(
    inputs: Sequence[Path | str], out: Path, options: RunOptions
) -> tuple[list[Source], list[str]]:
    """Return all inputs, and what is worth knowing of how they are named.

    Raises
    ------
    ValueError
        If ``options.tz`` or ``options.device_tz`` is not an IANA zone, or what ``options.naming``
        or ``options.diary`` says does not fit the inputs; before any file is opened.
    """
    Zone.of(options.tz, 0, device_tz=options.device_tz)
    sources = find_inputs(
        inputs,
        out=out,
        reading=options.reading,
        naming=options.naming,
        apart=[options.diary.path] if options.diary else (),
    )
    sources, remarks = with_diaries(with_hypnogram(sources, options), options)
    names = [(s.title, s.named.named_by) for s in sources if not s.skipped]
    return sources, [*options.naming.remarks(names), *remarks] if names else []


def planned(
    sources: Sequence[Source],
    out: Path,
    options: RunOptions,
    watcher: Watcher | None = None,
    *,
    shard: Shard | None = None,
    force: bool = False,
) -> Plan:
    """Say of every input whether it must be analysed; nothing is written.

    Parameters
    ----------
    sources
        As :func:`found`.
    out
        The output folder, which need not be there.
    options
        Of the run.
    watcher
        Is told how far the dating of recordings is, which only :mod:`detector.anonymise` asks for.
    shard
        Which of the inputs, all if None.
    force
        Whether what is done is to be done again.
    """
    if options.anonymise:
        there = anonymise.key_path(out).exists()
        key = anonymise.key_of(out) if there else secrets.token_bytes()
        sources = anonymise.veiled(sources, key, options, (watcher or Watcher()).dating)
    if shard:
        sources = shard.of_all(sources)
    if force:
        return Plan(sources, [None if source.skipped else FORCED for source in sources])
    with ThreadPoolExecutor(_AT_ONCE) as looking:
        return Plan(sources, list(looking.map(partial(_standing, out, options), sources)))


def _standing(out: Path, options: RunOptions, source: Source) -> Standing | None:
    return None if source.skipped else standing(source, out, options)


def _row_before(source: Source, options: RunOptions) -> Row:
    if source.skipped:
        return skipped(source, options, "not_a_recording", source.skipped)
    return skipped(source, options, "interrupted", NOT_REACHED)
