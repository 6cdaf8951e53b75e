"""EDF, EDF+ and BDF."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..model import SECOND_NS
from ._piece import Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class EdfLayout:
    """How a recorder writes its acceleration, and what goes wrong.

    A marker of one sample a record comes first, as an example of all that is not acceleration.
    """

    rate_hz: int = 100
    record_s: int = 1
    bits: Literal[16, 24] = 16
    """24 makes a BDF; codes may then be wider than a piece's type says."""
    plus: Literal["", "C", "D"] = ""
    """EDF+, continuous or interrupted: records begin with an annotation that says when."""
    labels: tuple[str, str, str] = ("Accelerometer_X", "Accelerometer_Y", "Accelerometer_Z")
    unit: str = "g"
    physical: tuple[int, int] = (-8, 8)
    digital: tuple[int, int] = (-2048, 2048)
    equipment: str = "X"
    skip_records: frozenset[int] = frozenset()
    """Records that are lost, counted from 0."""
    counts_records: bool = True
    """Whether the header was finished; else it states -1 records."""

    @property
    def samples(self) -> int:
        """Samples of an axis in a record."""
        return self.rate_hz * self.record_s


_ANNOTATION_BYTES = 48
_RECORDS_AT = 236


def write_edf(path: Path | str, pieces: Iterable[Piece], layout: EdfLayout | None = None) -> int:
    """Write an EDF or BDF file.

    Parameters
    ----------
    path
        Where to.
    pieces
        Of any length. The first sample gives the start: to the second, with EDF+ exactly. Of an
        interrupted recording every record's first sample gives its own.
    layout
        None for EDF at 100 Hz.

    Returns
    -------
    int
        Samples written: whole records, as a recorder does. Skipped records count.

    Raises
    ------
    ValueError
        If nothing comes to be written, or a text of the layout is too long.
    """
    layout = EdfLayout() if layout is None else layout
    raw, times_ns = np.empty((0, 3), np.int64), np.empty(0, np.int64)
    done, start_ns, size = 0, 0, layout.samples
    with Path(path).open("wb") as file:
        for more, more_ns in pieces:
            raw, times_ns = np.concatenate([raw, more]), np.concatenate([times_ns, more_ns])
            count = len(raw) // size
            if not count:
                continue
            if not done:
                start_ns = int(times_ns[0])
                file.write(_header(layout, start_ns // SECOND_NS))
            records = _records(layout, raw[: count * size], times_ns, start_ns, done)
            kept = [i for i in range(count) if done + i not in layout.skip_records]
            file.write(records[kept].tobytes())
            raw, times_ns = raw[count * size :], times_ns[count * size :]
            done += count
        if not done:
            raise ValueError(f"not one whole record of {size} samples")
        if layout.counts_records:
            file.seek(_RECORDS_AT)
            file.write(_text(done - len(layout.skip_records), 8))
    return done * size


def _records(
    layout: EdfLayout,
    raw: NDArray[np.int64],
    times_ns: NDArray[np.int64],
    start_ns: int,
    first: int,
) -> NDArray[np.uint8]:
    """Return records as bytes, shape (records, bytes)."""
    size, width = layout.samples, layout.bits // 8
    count = len(raw) // size
    parts = [np.zeros((count, width), np.uint8)]
    codes = raw.astype("<i8").reshape(count, size, 3)
    for axis in range(3):
        low_bytes = np.ascontiguousarray(codes[:, :, axis]).view(np.uint8).reshape(count, size, 8)
        parts.append(low_bytes[:, :, :width].reshape(count, -1))
    if layout.plus:
        texts = []
        for i in range(count):
            since_ns = (first + i) * layout.record_s * SECOND_NS + start_ns
            onset_ns = int(times_ns[i * size]) if layout.plus == "D" else since_ns
            texts.append(_onset(onset_ns - start_ns // SECOND_NS * SECOND_NS))
        text = np.frombuffer(b"".join(texts), np.uint8).reshape(count, _ANNOTATION_BYTES)
        parts.append(text)
    return np.concatenate(parts, axis=1)


def _onset(ns: int) -> bytes:
    """Return the annotation that begins a record, exact and without needless digits."""
    seconds, rest = divmod(ns, SECOND_NS)
    text = f"+{seconds}.{rest:09}".rstrip("0").removesuffix(".")
    return f"{text}\x14\x14".encode("ascii").ljust(_ANNOTATION_BYTES, b"\0")


def _header(layout: EdfLayout, start_s: int) -> bytes:
    start = datetime.fromtimestamp(start_s, UTC)
    bdf, width = layout.bits == 24, layout.bits // 8
    name = "BDF" if bdf else "EDF"
    low, high = layout.physical
    ends = (-(1 << layout.bits - 1), (1 << layout.bits - 1) - 1)
    axis = (layout.unit, low, high, *layout.digital, layout.samples)
    signals = [("Marker", "", *ends, *ends, 1), *((label, *axis) for label in layout.labels)]
    if layout.plus:
        signals.append((f"{name} Annotations", "", -1, 1, *ends, _ANNOTATION_BYTES // width))
    label, dimension, *numbers = zip(*signals, strict=True)
    named_date = start.strftime("%d-%b-%Y").upper()
    fields = [
        b"\xffBIOSEMI" if bdf else _text("0", 8),
        _text("X X X X", 80),
        _text(f"Startdate {named_date} X X {layout.equipment}", 80),
        start.strftime("%d.%m.%y%H.%M.%S").encode("ascii"),
        _text(256 * (1 + len(signals)), 8),
        _text(f"{name}+{layout.plus}" if layout.plus else "", 44),
        _text(-1, 8),
        _text(layout.record_s, 8),
        _text(len(signals), 4),
        *(_text(each, 16) for each in label),
        *(_text("", 80) for _ in signals),
        *(_text(each, 8) for each in dimension),
        *(_text(each, 8) for column in numbers[:4] for each in column),
        *(_text("", 80) for _ in signals),
        *(_text(each, 8) for each in numbers[4]),
        *(_text("", 32) for _ in signals),
    ]
    return b"".join(fields)


def _text(value: object, width: int) -> bytes:
    text = str(value).encode("ascii").ljust(width)
    if len(text) > width:
        raise ValueError(f"{value!r} does not fit into {width} characters")
    return text
