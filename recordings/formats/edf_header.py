"""The header of an EDF or BDF file: text fields of fixed width, of all signals field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from ..model import SECOND_NS, RecordingError, Remark
from ..place import Place
from ..source import ByteSource
from .edf_time import start_time

EDF_MARK = b"0       "
BDF_MARK = b"\xffBIOSEMI"

LARGEST_NUMBER = 1e9
"""The ends of a range are within this."""

LARGEST_RECORD_BYTES = 1 << 25
"""A larger record is damage of the header. The format recommends 61 440 bytes."""

_FIXED = (8, 80, 80, 8, 8, 8, 44, 8, 8, 4)
"""Version, patient, recording, date, time, bytes of the header, reserved, records, duration,
signals."""

_OF_SIGNALS = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
"""Label, transducer, dimension, physical minimum and maximum, digital ones, filters, samples in a
record, reserved."""

REMEDY = "export the recording again, or copy it anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One signal as the header describes it."""

    label: str
    dimension: str
    physical: tuple[str, str]
    digital: tuple[str, str]
    samples: int
    """In a record."""
    offset: int
    """Where its bytes begin in a record."""

    @property
    def is_annotations(self) -> bool:
        """Whether its bytes are text: times and annotations."""
        return self.label in ("EDF Annotations", "BDF Annotations")


@dataclass(frozen=True, slots=True, kw_only=True)
class EdfHeader:
    """What the header states."""

    width: int
    """Bytes of a sample: 2 in EDF, 3 in BDF."""
    recording: str
    """Identification of the recording; that of the patient is left in the file."""
    start_ns: int
    remarks: tuple[Remark, ...]
    """What is not known of the start."""
    interrupted: bool
    """EDF+D: every record says itself when it began."""
    records: int
    """-1 while a file is written."""
    duration_ns: int
    """Of a record."""
    signals: tuple[Signal, ...]

    @property
    def header_bytes(self) -> int:
        """Where the records begin."""
        return sum(_FIXED) + sum(_OF_SIGNALS) * len(self.signals)

    @property
    def record_bytes(self) -> int:
        """Length of a record."""
        return self.width * sum(signal.samples for signal in self.signals)

    def bytes_of(self, signal: Signal) -> slice:
        """Return where in a record a signal stands."""
        return slice(signal.offset, signal.offset + self.width * signal.samples)

    @property
    def annotations(self) -> Signal | None:
        """The signal whose text says when a record began."""
        return next((signal for signal in self.signals if signal.is_annotations), None)


def read_header(path: Place) -> EdfHeader:
    """Read and check the header.

    Raises
    ------
    RecordingError
        If it is cut, or its numbers cannot be.
    """
    with ByteSource(path) as source:
        head = source.read(sum(_FIXED))
        fields = [*_cut(head, _FIXED)]
        count = _whole(path, fields[9], 252, "number of signals", 1, 9999)
        table = source.read(sum(_OF_SIGNALS) * count)
    if len(table) < sum(_OF_SIGNALS) * count:
        raise RecordingError(
            path, "ends inside its header", offset=len(head) + len(table), remedy=REMEDY
        )
    _whole(path, fields[5], 184, "length of the header", *[len(head) + len(table)] * 2)
    width = 3 if head.startswith(BDF_MARK) else 2
    start_ns, remarks = start_time(fields[3], fields[4], fields[2])
    header = EdfHeader(
        width=width,
        recording=fields[2],
        start_ns=start_ns,
        remarks=remarks,
        interrupted=fields[6].startswith(("EDF+D", "BDF+D")),
        records=_whole(path, fields[7], 236, "number of records", -1, 10**8),
        duration_ns=_duration_ns(path, fields[8]),
        signals=tuple(_signals(path, table, count, width)),
    )
    if not 0 < header.record_bytes <= LARGEST_RECORD_BYTES:
        raise RecordingError(
            path,
            f"states records of {header.record_bytes} bytes",
            offset=sum(_FIXED) + sum(_OF_SIGNALS[:8]) * count,
            remedy=REMEDY,
        )
    return header


def number(text: str) -> float | None:
    """Return a number of the header, None if it is none; some writers use decimal commas."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) <= LARGEST_NUMBER else None


def _cut(text: bytes, widths: tuple[int, ...]) -> Iterator[str]:
    """Yield the fields without padding."""
    for end, width in zip(accumulate(widths), widths, strict=True):
        yield text[end - width : end].decode("latin-1").strip("\0 ")


def _signals(path: Place, table: bytes, count: int, width: int) -> Iterator[Signal]:
    """Yield the signals; in the table all labels come first, then all transducers, ..."""
    columns = []
    at = 0
    for size in _OF_SIGNALS:
        columns.append([*_cut(table[at : at + size * count], (size,) * count)])
        at += size * count
    begin = sum(_FIXED) + sum(_OF_SIGNALS[:8]) * count
    offset = 0
    for i, (label, _, dimension, p_low, p_high, d_low, d_high, _, samples, _) in enumerate(
        zip(*columns, strict=True)
    ):
        named = f"number of samples of {label!r}"
        signal = Signal(
            label=label,
            dimension=dimension,
            physical=(p_low, p_high),
            digital=(d_low, d_high),
            samples=_whole(path, samples, begin + 8 * i, named, 0, 10**8),
            offset=offset,
        )
        offset += width * signal.samples
        yield signal


def _whole(path: Place, text: str, offset: int, what: str, low: int, high: int) -> int:
    """Return a whole number of the header within its bounds."""
    try:
        value = int(text)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        raise RecordingError(path, f"states {text!r} as {what}", offset=offset, remedy=REMEDY)
    return value


def _duration_ns(path: Place, text: str) -> int:
    """Return the duration of a record: eight characters are a whole number of ns."""
    try:
        seconds = Decimal(text.replace(",", "."))
        ns = int(seconds * SECOND_NS) if 0 < seconds <= 10**8 else 0
    except (ArithmeticError, ValueError):
        ns = 0
    if ns <= 0:
        raise RecordingError(
            path, f"states {text!r} s as duration of a record", offset=244, remedy=REMEDY
        )
    return ns
