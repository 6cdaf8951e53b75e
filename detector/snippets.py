"""``snippets.npz``: the raw signal around every candidate sleep start, for ``numpy.load``.

Arrays ``event_index``, ``peak_ns``, ``start_ns`` (device time) and ``rate_hz``, shape (k,), name
the snippets; ``accel_g/<event_index>``, shape (n, 3), and ``jerk_g_per_s/<event_index>``, shape
(n,), hold them. The members are stored, not packed, and carry no time: equal content gives equal
bytes whatever the machine.
"""

from __future__ import annotations

import io
import zipfile
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from .nights.night import SLEEP_STARTS, Night

_NO_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_ROW = np.dtype([("event_index", "i8"), ("peak_ns", "i8"), ("start_ns", "i8"), ("rate_hz", "f8")])


class SnippetFile:
    """Writes snippets one night after the other; keeps none of them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
        self._rows: list[tuple[int, int, int, float]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def add(self, night: Night, first_index: int) -> None:
        """Write the snippets of a night's candidate sleep starts, counted or not.

        Parameters
        ----------
        night
            The night.
        first_index
            ``event_index`` of its first event.
        """
        by_peak = {snippet.peak_ns: snippet for snippet in night.scan.snippets}
        wanted = np.isin(night.events.kind, SLEEP_STARTS)
        for i in np.flatnonzero(wanted).tolist():
            snippet = by_peak.get(int(night.events.candidates[i]["peak_ns"]))
            if snippet is not None:
                index = first_index + i
                self._write(f"accel_g/{index}", snippet.accel_g)
                self._write(f"jerk_g_per_s/{index}", snippet.jerk_g_per_s)
                self._rows.append((index, snippet.peak_ns, snippet.start_ns, snippet.rate_hz))

    def finish(self) -> None:
        """Write the arrays that name the snippets."""
        rows = np.array(self._rows, _ROW)
        for name in _ROW.names or ():
            self._write(name, np.ascontiguousarray(rows[name]))

    def _write(self, name: str, array: NDArray[Any]) -> None:
        member = zipfile.ZipInfo(f"{name}.npy", _NO_TIME)
        member.create_system = _UNIX
        data = io.BytesIO()
        np.lib.format.write_array(data, array, allow_pickle=False)
        self._zip.writestr(member, data.getvalue())
