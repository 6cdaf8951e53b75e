"""The folder of one recording: written beside its place, put there when all of it is on the disk.

``run.json`` is written last and is the only mark that a recording is done.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self

import numpy as np

from recordings import Remark

from . import files
from .nights.night import Night
from .nights.quality import remarks, warns
from .result import Facts
from .resultfile import FORMAT, night_json, result_json, to_json
from .snippets import SnippetFile
from .tables import csvtext
from .tables.columns import EVENTS, RECORDINGS, night_columns
from .tables.csvtext import Row, Value
from .tables.rows import event_arrays, event_columns, facts_row, night_row

RUN = "run.json"
_LEFT = re.compile(r"\.(.+)\.[0-9a-f]{8}\.partial|\.(.+)\.old")
_PAGE = "report.html"
_AT_ONCE = 1000
"""Events whose cells are in memory at once: they take far more of it than the events."""


class Page(Protocol):
    """What becomes of the nights in ``report.html``: :class:`detector.report.Page`."""

    def add_night(self, night: Night) -> None:
        """Take what the page needs of a night."""
        ...

    def html(self, facts: Facts) -> Iterable[str]:
        """Return the page piece by piece once all nights were added."""
        ...


class RecordingFolder:
    """Takes one night after the other; what is left undone is taken away again.

    Parameters
    ----------
    path
        The recording's output folder; an earlier one stays until :meth:`finish`.
    facts
        The recording.
    page
        Its page.
    """

    def __init__(self, path: Path, facts: Facts, page: Page) -> None:
        self._path = path
        self._partial = unfinished(path)
        self._facts = facts
        self._page = page
        self._columns = night_columns(facts.factors)
        self._n_events = 0
        self._nights: list[dict[str, Any]] = []
        self._counted: list[Row] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._partial.mkdir(parents=True)
        with self._stack:
            self._night_rows = self._open("nights.csv")
            self._event_rows = self._open("events.csv")
            self._snippets = self._stack.enter_context(SnippetFile(self._open("snippets.npz")))
            self._night_rows.write(csvtext.header(self._columns))
            self._event_rows.write(csvtext.header(EVENTS))
            self._stack = self._stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._stack.close()
        finally:  # on a full disk it cannot be closed, and its room is needed
            files.remove(self._partial)

    def add(self, night: Night) -> None:
        """Write all of a night; nothing of it is kept but its row and its counted events."""
        facts, first = self._facts, self._n_events
        self._night_rows.write(csvtext.line(self._columns, night_row(facts, night)))
        for a in range(0, len(night.events), _AT_ONCE):
            places = range(a, min(a + _AT_ONCE, len(night.events)))
            self._event_rows.write(csvtext.lines(EVENTS, event_arrays(facts, night, first, places)))
        counted = np.flatnonzero(night.events.counted).tolist()
        columns = event_columns(facts, night, first, counted)
        self._counted += [
            dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
        ]
        self._snippets.add(night, first)
        self._n_events += len(night.events)
        self._nights.append(night_json(facts, night))
        self._page.add_night(night)

    def finish(self, facts: Facts, run: Mapping[str, Any]) -> Row:
        """Write the rest, ``run.json`` last, and put the folder in its place.

        Parameters
        ----------
        facts
            The recording with its health complete.
        run
            What a later run compares to see whether anything has changed, ``input`` with the
            file's size and hash among it.

        Returns
        -------
        Row
            The recording's row of ``recordings.csv``.
        """
        self._snippets.finish()
        self._stack.close()
        page = self._page.html(facts)
        self._write(_PAGE, (piece.encode("utf-8", "backslashreplace") for piece in page))
        self._write("result.json", [result_json(facts, self._nights, self._counted)])
        row = self._row(facts, run["input"])
        content = {"format": FORMAT, **run, "row": row, "outputs": self._outputs()}
        self._write(RUN, [to_json(content)])
        files.folder_to_disk(self._partial)
        files.replace_folder(self._partial, self._path)
        return row

    def _row(self, facts: Facts, read: Mapping[str, Any]) -> Row:
        analysable = sum(night["status"] != "not_analysable" for night in self._nights)
        said = remarks(facts.health, facts.quality, facts.settings)
        if self._nights and not analysable:
            said.append(Remark("no_analysable_night", "no night of it could be analysed"))
        row: dict[str, Value] = dict(facts_row(facts))
        row["status"] = "ok_with_warnings" if any(map(warns, said)) else "ok"
        row["reason"] = ";".join(dict.fromkeys(remark.code for remark in said)) or None
        row["message"] = "; ".join(remark.message for remark in said) or None
        row["nights"] = len(self._nights)
        row["nights_analysable"] = analysable
        row["input_bytes"] = read["bytes"]
        row["input_sha256"] = read["sha256"]
        return {c.name: row.get(c.name) for c in RECORDINGS}

    def _outputs(self) -> list[dict[str, Any]]:
        paths = sorted(self._partial.iterdir())
        return [
            {"name": p.name, "bytes": p.stat().st_size, "sha256": files.sha256(p)} for p in paths
        ]

    def _open(self, name: str) -> IO[bytes]:
        file = files.new(self._partial / name)
        self._stack.callback(files.close, file)
        return file

    def _write(self, name: str, pieces: Iterable[bytes]) -> None:
        with files.new(self._partial / name) as file:
            file.writelines(pieces)
            files.close(file)


def unfinished(path: Path) -> Path:
    """Return a new place where a recording's folder is written before it takes its own.

    No two are the same: whoever was given up and works on all the same is in nobody's way.
    """
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")


def sweep(folder: Path, recording_ids: Container[str]) -> None:
    """Take away what those who were killed left of recordings, beside their folders."""
    for path in list(folder.iterdir()) if folder.is_dir() else ():
        left = _LEFT.fullmatch(path.name)
        if left and (left[1] or left[2]) in recording_ids:
            with suppress(PermissionError):  # somebody else was killed
                files.remove(path)


def finished(path: Path, factors: Sequence[str] = ()) -> dict[str, Any] | None:
    """Return what ``run.json`` of an output folder says, None unless everything it lists is there.

    A folder of another format, or whose tables have other columns than they have now, is not
    finished either.

    Parameters
    ----------
    path
        The folder.
    factors
        Headings of the diary's further columns.
    """
    try:
        run = json.loads((path / RUN).read_bytes())
        whole = run["format"] == FORMAT and all(
            (path / each["name"]).stat().st_size == each["bytes"] for each in run["outputs"]
        )
        for name, columns in (("nights.csv", night_columns(factors)), ("events.csv", EVENTS)):
            with (path / name).open("rb") as file:
                whole = whole and file.readline() == csvtext.header(columns)
        whole = whole and list(run["row"]) == [c.name for c in RECORDINGS]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return dict(run) if whole else None
