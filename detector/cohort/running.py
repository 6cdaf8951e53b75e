"""A run: every input stands for itself, and the ledger misses none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from .. import anonymise, files
from ..job import Outcome, RunOptions
from ..merge import write_about, write_merged
from ..output import RUN, sweep
from ..resultfile import to_json
from .crews import Crew, Here
from .ledger import Ledger
from .occupied import occupied
from .planning import FORCED, Plan, found, planned
from .shards import Shard, write_ledger
from .summary import Summary
from .watching import Watcher
from .working import Work


def here(_recordings: int) -> Crew:
    """Let this process analyse all recordings."""
    return Here()


def run(
    inputs: Sequence[Path | str],
    out: Path,
    options: RunOptions | None = None,
    watcher: Watcher | None = None,
    *,
    crew: Callable[[int], Crew] = here,
    shard: Shard | None = None,
    force: bool = False,
    fail_fast: bool = False,
) -> Summary:
    """Analyse every input and write the output folder.

    The tables of the output folder cover the inputs of this run; those that an earlier run has
    done are not read again. Whatever the crew and however often the run was killed and begun again,
    the bytes are the same.

    Parameters
    ----------
    inputs
        What a command line names; see :mod:`detector.inputs.places`.
    out
        The output folder; made only if there is something to analyse.
    options
        The same for all recordings.
    watcher
        Is told how it goes on.
    crew
        Returns who analyses that many recordings.
    shard
        The piece of the inputs that is done here; then there are no tables but the piece's ledger.
    force
        Whether to analyse again what is done.
    fail_fast
        Whether to end at the first failure.

    Raises
    ------
    ValueError
        If an option does not fit the inputs, or another run writes into ``out``; before any file is
        opened.
    OSError
        If the output folder cannot be written.
    """
    options, watcher = options or RunOptions(), watcher or Watcher()
    if options.anonymise:
        anonymise.check(out)
    sources, remarks = found(inputs, out, options)
    if all(source.skipped for source in sources):
        rows = Plan(sources, ()).rows(options)
        counts = Counter(str(row["status"]) for row in rows)
        return Summary(ledger=out / "recordings.csv", counts=counts, unwritten=rows)
    for text in remarks:
        watcher.remark(text)
    with occupied(out, shared=shard is not None):
        write_about(out, options.settings, options.factors)
        if options.anonymise:
            anonymise.key_of(out)
        plan = planned(sources, out, options, watcher, shard=shard, force=force)
        return _Run(plan, out, options, watcher, fail_fast=fail_fast).done_by(crew, shard)


class _Run:
    """A run of which all is known but the results."""

    def __init__(
        self, plan: Plan, out: Path, options: RunOptions, watcher: Watcher, *, fail_fast: bool
    ) -> None:
        self._out = out
        self._options = options
        self._watcher = watcher
        self._fail_fast = fail_fast
        self._ledger = Ledger(out, plan.rows(options))
        pairs = zip(plan.sources, plan.standings, strict=True)
        self._wanted = [
            (at, source, standing) for at, (source, standing) in enumerate(pairs) if standing
        ]
        self._resumed = 0

    def done_by(self, crew: Callable[[int], Crew], shard: Shard | None) -> Summary:
        """Let the crew work, then write what is made from all recordings."""
        interrupted = False
        try:
            self._watcher.found([source for _, source, _ in self._wanted])
            self._analyse(self._resume(), crew)
        except KeyboardInterrupt:
            interrupted = True
        if shard:
            path = shard.ledger(self._out)
            write_ledger(path, self._ledger.rows())
        else:
            path = self._out / "recordings.csv"
            rows = self._ledger.rows()
            write_merged(self._out, self._options.settings, rows, self._options.factors)
        return Summary(
            ledger=path,
            counts=self._ledger.counts,
            resumed=self._resumed,
            interrupted=interrupted,
        )

    def _resume(self) -> list[int]:
        """Take what is done from earlier runs; return which of the wanted is left to do."""
        left = []
        for index, (_, source, standing) in enumerate(self._wanted):
            folder = self._out / "recordings" / source.recording_id
            if standing.touched is not None:
                with suppress(PermissionError):  # then the next run looks at the content again
                    files.write(folder / RUN, to_json(standing.touched))
            if standing.row is not None:
                self._take(index, Outcome(standing.row, resumed=True))
                self._resumed += 1
                continue
            left.append(index)
            if standing is FORCED:  # so that a run that is killed knows what it has yet to do
                with suppress(PermissionError):  # then it will fail, and stay as it is
                    (folder / RUN).unlink(missing_ok=True)
        sweep(self._out / "recordings", {source.recording_id for _, source, _ in self._wanted})
        return left

    def _analyse(self, left: Sequence[int], crew: Callable[[int], Crew]) -> None:
        if not left:
            return
        sources = [self._wanted[index][1] for index in left]
        working = crew(len(left))
        work = Work(
            sources,
            self._out,
            self._options.without_tables(),
            working,
            lambda at, progress: self._watcher.progress(left[at], progress),
        )
        try:
            with working:
                for at, outcome in work.outcomes():
                    self._take(left[at], outcome)
                    if outcome.ends_run or (self._fail_fast and outcome.row["status"] == "failed"):
                        break
        finally:
            work.clean()

    def _take(self, index: int, outcome: Outcome) -> None:
        self._ledger.put(self._wanted[index][0], outcome.row)
        self._watcher.done(index, outcome)
