"""Many recordings, one after the other: each stands for itself, and the ledger misses none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from recordings import Zone

from . import anonymise
from .csvtext import Row
from .diary_match import with_diaries, with_hypnogram
from .inputs import Source, find_inputs
from .job import Outcome, Progress, RunOptions, perform, skipped
from .merge import write_about, write_merged


class Watcher:
    """Is told how a run goes on; this one says nothing."""

    def remark(self, text: str) -> None:
        """Take what is worth knowing before the first recording."""

    def dating(self, share: float, source: Source) -> None:
        """Take how far it is known when the recordings end, which only :mod:`anonymise` asks."""

    def found(self, sources: Sequence[Source]) -> None:
        """Take what will be analysed."""

    def progress(self, index: int, progress: Progress) -> None:
        """Take how far recording ``index`` is."""

    def done(self, index: int, outcome: Outcome) -> None:
        """Take what became of recording ``index``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What became of a run."""

    out: Path
    rows: tuple[Row, ...]
    """Of ``recordings.csv``."""
    resumed: int = 0
    """Recordings that an earlier run had done; they are ``ok`` as they were."""
    interrupted: bool = False

    def count(self, status: str) -> int:
        """Return how many inputs have this status."""
        return sum(row["status"] == status for row in self.rows)

    @property
    def exit_status(self) -> int:
        """0 all ok, 1 some failed, 3 no input found, 130 interrupted."""
        if self.interrupted:
            return 130
        if self.count("skipped") == len(self.rows):
            return 3
        return 1 if self.count("failed") else 0

    def sentence(self) -> str:
        """Return the last line to print; it says what :attr:`exit_status` says."""
        if self.exit_status == 3:
            return f"no recording found{f', {len(self.rows)} skipped' if self.rows else ''}"
        words = {"ok": "ok", "ok_with_warnings": "with warnings", "failed": "failed"}
        parts = [f"{self.count(status)} {word}" for status, word in words.items()]
        if self.count("skipped"):
            parts.append(f"{self.count('skipped')} skipped")
        if self.resumed:
            parts.append(f"{self.resumed} of them done before")
        said = f"{', '.join(parts)} (see {self.out / 'recordings.csv'})"
        return f"interrupted: {said}" if self.interrupted else said


def run(
    inputs: Sequence[Path | str],
    out: Path,
    options: RunOptions | None = None,
    watcher: Watcher | None = None,
) -> Summary:
    """Analyse every input and write the output folder.

    The tables of the output folder cover the inputs of this run; those that an earlier run has
    done are not read again.

    Parameters
    ----------
    inputs
        What a command line names; see :mod:`detector.places`.
    out
        The output folder; made only if there is something to analyse.
    options
        The same for all recordings.
    watcher
        Is told how it goes on.

    Raises
    ------
    ValueError
        If ``options.tz`` or ``options.device_tz`` is not an IANA zone, or what ``options.naming``
        or ``options.diary`` says does not fit the inputs; before any file is opened.
    OSError
        If the output folder cannot be written.
    """
    options, watcher = options or RunOptions(), watcher or Watcher()
    Zone.of(options.tz, 0, device_tz=options.device_tz)
    if options.anonymise:
        anonymise.check(out)
    sources, remarks = _found(inputs, out, options)
    names = [(s.title, s.named.named_by) for s in sources if not s.skipped]
    if not names:
        return Summary(out=out, rows=tuple(_row_before(source, options) for source in sources))
    for text in (*options.naming.remarks(names), *remarks):
        watcher.remark(text)
    factors = options.diary.columns if options.diary else ()
    write_about(out, options.settings, factors)
    if options.anonymise:
        sources = anonymise.veiled(sources, anonymise.key_of(out), options, watcher.dating)
    rows = [_row_before(source, options) for source in sources]
    wanted = [i for i, source in enumerate(sources) if not source.skipped]
    resumed, interrupted = 0, False
    try:
        watcher.found([sources[i] for i in wanted])
        for index, i in enumerate(wanted):
            tell = _teller(watcher, index)
            outcome = perform(sources[i], out, options, tell)
            rows[i] = outcome.row
            resumed += outcome.resumed
            watcher.done(index, outcome)
    except KeyboardInterrupt:
        interrupted = True
    write_merged(out, options.settings, rows, factors)
    return Summary(out=out, rows=tuple(rows), resumed=resumed, interrupted=interrupted)


def _found(
    inputs: Sequence[Path | str], out: Path, options: RunOptions
) -> tuple[list[Source], list[str]]:
    """Return all inputs with what is said of them, and whom their diary misses or adds."""
    sources = find_inputs(
        inputs,
        out=out,
        reading=options.reading,
        naming=options.naming,
        apart=[options.diary.path] if options.diary else (),
    )
    return with_diaries(with_hypnogram(sources, options), options)


def _teller(watcher: Watcher, index: int) -> Callable[[Progress], None]:
    return lambda progress: watcher.progress(index, progress)


def _row_before(source: Source, options: RunOptions) -> Row:
    """Return the row that an input keeps if it is not reached."""
    if source.skipped:
        return skipped(source, options, "not_a_recording", source.skipped)
    return skipped(source, options, "interrupted", "the run was interrupted before it")
