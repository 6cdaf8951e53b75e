"""The records of an ActiGraph log, and samples of 12 and 16 bits.

A record is ``1E | type u8 | unix seconds u32 | size u16 | payload | checksum u8``, little-endian;
the checksum is the complement of the exclusive or of all bytes before it. Zeros may stand between
records. Where a record is damaged, the search goes on byte by byte at the next one whose checksum
is right, whose type is known and whose time is near the last one's.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

HEAD_BYTES = 8

ACTIVITY_12_YXZ, ACTIVITY_16_XYZ, ACTIVITY_12_XYZ = 0, 26, 27
"""Records of one second of samples; one byte in place of the samples marks a USB connection."""
EVENT, METADATA, FIFO_ERROR, FIFO_DUMP, PARAMETERS = 3, 6, 19, 20, 21
LOST, CUT = -1, -2
"""In place of a type: bytes that belong to no record; the same where the log ends inside one."""

RECORD = np.dtype(
    [
        ("kind", "i8"),
        ("time_s", "i8"),  # unix seconds by the device's clock
        ("offset", "i8"),  # of the payload in the buffer; of the first lost byte
        ("size", "i8"),  # of the payload; number of lost bytes
    ]
)

SECOND = np.dtype(
    [
        ("kind", "i8"),
        ("time_s", "i8"),
        ("offset", "i8"),
        ("samples", "i8"),
        ("why", "i8"),  # it does not continue the second before, one of the codes below
    ]
)
CONTINUES, START, USB, IDLE, BAD, MISSING, BACKWARDS, SHORT = range(8)

_TIME, _LOST_BYTES, _ENDS_INSIDE = range(3)
FRESH_SCAN = (-1, 0, 0)
_LAST_S, _ENTERED_S, _LEFT_S, _LAST_SAMPLES, _DAMAGED, _PLUGGED = range(6)
FRESH_JOIN = (-1, -1, -1, 0, 0, 0)
"""States of the kernels before the first record."""

TALLIES = 6
REPEATED, UNEVEN, OVERFLOWS, PLUGS, IDLES, IDLE_S = range(TALLIES)
"""What is counted: seconds that came twice, seconds with a wrong number of samples, losses that the
device reports, USB connections with data behind them, idle episodes and their seconds."""

_MARK = 0x1E
_LAST_TYPE = 30
_ENTER, _LEAVE = 8, 9  # idle sleep mode
_DAY_S = 86_400
_BACK_S, _AHEAD_S = _DAY_S, 400 * _DAY_S  # how far apart times are behind damage
_EARLIEST_S, _LATEST_S = 946_684_800, 4_102_444_800  # 2000 and 2100: before the first record
_RESYNC_BYTES = 8192  # a longer record is not looked for behind damage


@njit(cache=True, nogil=True, error_model="numpy")
def scan_records(
    data: NDArray[np.uint8],
    stop: int,
    final: bool,  # noqa: FBT001 (a kernel takes its arguments by position)
    state: NDArray[np.int64],
    records: NDArray[np.void],
) -> tuple[int, int]:
    """Find the records of a buffer; those that nobody needs are checked and left out.

    Parameters
    ----------
    data
        The buffer.
    stop
        End of the valid bytes.
    final
        Whether the log ends at ``stop``.
    state
        Of :data:`FRESH_SCAN`, carried from buffer to buffer.
    records
        Of type :data:`RECORD`: receives what is found; scanning stops when it is full. Offsets of
        lost bytes may lie before the buffer.

    Returns
    -------
    count, consumed
        Records written, and bytes that need not be seen again.
    """
    count = 0
    pos = 0
    while pos < stop and count + 2 <= len(records):
        lost = int(state[_LOST_BYTES])
        if data[pos] == 0 and lost == 0:
            pos += 1
            continue
        size = _record_at(data, pos, stop, state)
        if size == _ENDS_EARLY and not final:
            break
        if size < 0:
            if lost == 0:
                state[_ENDS_INSIDE] = np.int64(size == _ENDS_EARLY)
            state[_LOST_BYTES] += 1
            pos += 1
            continue
        if lost > 0:
            _write(records, count, LOST, int(state[_TIME]), pos - lost, lost)
            count += 1
            state[_LOST_BYTES] = 0
        kind = int(np.int64(data[pos + 1]))
        time_s = _u32(data, pos + 2)
        state[_TIME] = time_s
        if _is_needed(kind):
            _write(records, count, kind, time_s, pos + HEAD_BYTES, size)
            count += 1
        pos += HEAD_BYTES + size + 1
    lost = int(state[_LOST_BYTES])
    if final and pos >= stop and lost > 0:
        why = CUT if state[_ENDS_INSIDE] else LOST
        _write(records, count, why, int(state[_TIME]), pos - lost, lost)
        count += 1
    return count, pos


@njit(cache=True, nogil=True, error_model="numpy")
def _is_needed(kind: int) -> bool:
    """Whether anybody looks at records of this type."""
    if kind in (ACTIVITY_12_YXZ, ACTIVITY_16_XYZ, ACTIVITY_12_XYZ):
        return True
    return kind in (EVENT, METADATA, FIFO_ERROR, FIFO_DUMP, PARAMETERS)


@njit(cache=True, nogil=True, error_model="numpy")
def _write(
    records: NDArray[np.void], index: int, kind: int, time_s: int, offset: int, size: int
) -> None:
    record = records[index]
    record["kind"] = kind
    record["time_s"] = time_s
    record["offset"] = offset
    record["size"] = size


@njit(cache=True, nogil=True, error_model="numpy")
def _u32(data: NDArray[np.uint8], pos: int) -> int:
    """Read a little-endian number of 32 bits."""
    value = np.int64(data[pos]) | np.int64(data[pos + 1]) << 8
    return int(value | np.int64(data[pos + 2]) << 16 | np.int64(data[pos + 3]) << 24)


_NO_RECORD, _ENDS_EARLY = -1, -2


@njit(cache=True, nogil=True, error_model="numpy")
def _record_at(data: NDArray[np.uint8], pos: int, stop: int, state: NDArray[np.int64]) -> int:
    """Size of the payload of the good record that begins here.

    Without one: ``_ENDS_EARLY`` if the bytes end too early to tell, else ``_NO_RECORD``.
    """
    if data[pos] != _MARK:
        return _NO_RECORD
    if pos + HEAD_BYTES > stop:
        return _ENDS_EARLY
    size = int(np.int64(data[pos + 6]) | np.int64(data[pos + 7]) << 8)
    if state[_LOST_BYTES] > 0:
        time_s = _u32(data, pos + 2)
        last_s = int(state[_TIME])
        earliest = last_s - _BACK_S if last_s >= 0 else _EARLIEST_S
        latest = last_s + _AHEAD_S if last_s >= 0 else _LATEST_S
        known = data[pos + 1] <= _LAST_TYPE and size <= _RESYNC_BYTES
        if not known or time_s < earliest or time_s > latest:
            return _NO_RECORD
    end = pos + HEAD_BYTES + size
    if end >= stop:
        return _ENDS_EARLY
    body = data[pos:end]
    checksum = 0
    for i in range(len(body)):
        checksum ^= body[i]
    return size if checksum ^ 0xFF == data[end] else _NO_RECORD


@njit(cache=True, nogil=True, error_model="numpy")
def join_seconds(
    data: NDArray[np.uint8],
    records: NDArray[np.void],
    rate: int,
    state: NDArray[np.int64],
    tally: NDArray[np.int64],
    seconds: NDArray[np.void],
) -> int:
    """Choose the seconds that are delivered, and say why one does not continue the one before.

    Records stamped with the next second may stand before the samples of a second. So the events of
    an idle episode count by their time, not by their place.

    Parameters
    ----------
    data
        The buffer.
    records
        What :func:`scan_records` found in it.
    rate
        Samples of a second.
    state
        Of :data:`FRESH_JOIN`, carried from buffer to buffer.
    tally
        Of :data:`TALLIES` numbers, counted up.
    seconds
        Of type :data:`SECOND`, as long as ``records``: receives what is to be delivered.

    Returns
    -------
    int
        Seconds written.
    """
    count = 0
    for i in range(len(records)):
        kind, time_s = records[i]["kind"], records[i]["time_s"]
        offset, size = records[i]["offset"], records[i]["size"]
        if kind == LOST:
            state[_DAMAGED] = 1
        elif kind == EVENT:
            if size == 1 and data[offset] == _ENTER:
                state[_ENTERED_S] = time_s
            elif size == 1 and data[offset] == _LEAVE:
                state[_LEFT_S] = time_s
        elif kind in (FIFO_ERROR, FIFO_DUMP):
            tally[OVERFLOWS] += 1
        elif kind in (ACTIVITY_12_YXZ, ACTIVITY_16_XYZ, ACTIVITY_12_XYZ):
            samples = size // 6 if kind == ACTIVITY_16_XYZ else size * 8 // 36
            if size == 1:
                state[_PLUGGED] = 1
            elif time_s == state[_LAST_S]:
                tally[REPEATED] += 1
            else:
                tally[UNEVEN] += np.int64(samples != rate)
                samples = min(samples, rate)
                if samples > 0:
                    second = seconds[count]
                    second["kind"] = kind
                    second["time_s"] = time_s
                    second["offset"] = offset
                    second["samples"] = samples
                    second["why"] = _why_apart(time_s, rate, state, tally)
                    count += 1
                    state[_LAST_S] = time_s
                    state[_LAST_SAMPLES] = samples
                    state[_DAMAGED] = 0
                    state[_PLUGGED] = 0
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def _why_apart(time_s: int, rate: int, state: NDArray[np.int64], tally: NDArray[np.int64]) -> int:
    """Say why a second does not continue the one before, and count what the gap is."""
    last = state[_LAST_S]
    entered = last < state[_ENTERED_S] <= time_s
    left = last < state[_LEFT_S] <= time_s
    why = MISSING
    if last < 0:
        why = START
    elif time_s < last:
        why = BACKWARDS
    elif time_s == last + 1:
        why = SHORT if state[_LAST_SAMPLES] < rate else CONTINUES
    elif state[_PLUGGED]:
        tally[PLUGS] += 1
        why = USB
    elif state[_DAMAGED] and not (entered and left):
        why = BAD
    elif entered or left:
        tally[IDLES] += 1
        tally[IDLE_S] += time_s - last - 1
        why = IDLE
    return why


@njit(cache=True, nogil=True, error_model="numpy")
def unpack_seconds(
    data: NDArray[np.uint8], seconds: NDArray[np.void], samples: NDArray[np.int16]
) -> None:
    """Unpack seconds into ``samples``, shape (n, 3): x, y, z, one second after the other."""
    spare = np.empty(3 * max(1, len(samples)), np.int16)
    row = 0
    for i in range(len(seconds)):
        kind, offset, count = seconds[i]["kind"], seconds[i]["offset"], seconds[i]["samples"]
        values = samples[row : row + count].reshape(-1)
        if kind == ACTIVITY_16_XYZ:
            body = data[offset : offset + 6 * count]
            for k in range(len(values)):
                values[k] = np.int16(np.uint16(body[2 * k]) | np.uint16(body[2 * k + 1]) << _8)
        else:
            body = data[offset : offset + (9 * count + 1) // 2]
            if kind == ACTIVITY_12_XYZ:
                _unpack_12(body, values)
            else:
                unpack_yxz(body, spare, values)
        row += count


_4, _8, _12 = np.uint16(4), np.uint16(8), np.uint16(12)
_SIGNED_4 = np.int16(4)


@njit(cache=True, nogil=True, error_model="numpy")
def unpack_yxz(
    body: NDArray[np.uint8], spare: NDArray[np.int16], values: NDArray[np.int16]
) -> None:
    """Unpack a stream of 12-bit y, x, z into x, y, z; ``spare`` is as long as ``values``."""
    packed = spare[: len(values)]
    _unpack_12(body, packed)
    for i in range(len(values) // 3):
        y, x, z = packed[3 * i], packed[3 * i + 1], packed[3 * i + 2]
        values[3 * i] = x
        values[3 * i + 1] = y
        values[3 * i + 2] = z


@njit(cache=True, nogil=True, error_model="numpy")
def _unpack_12(body: NDArray[np.uint8], values: NDArray[np.int16]) -> None:
    """Unpack a big-endian stream of 12-bit two's complement numbers: two in three bytes.

    16-bit arithmetic throughout lets the compiler work on many at a time.
    """
    pairs = len(values) // 2
    for k in range(pairs):
        middle = np.uint16(body[3 * k + 1])
        values[2 * k] = np.int16(np.uint16(body[3 * k]) << _8 | middle) >> _SIGNED_4
        values[2 * k + 1] = np.int16(middle << _12 | np.uint16(body[3 * k + 2]) << _4) >> _SIGNED_4
    if len(values) > 2 * pairs:
        last = np.uint16(body[3 * pairs]) << _8 | np.uint16(body[3 * pairs + 1])
        values[2 * pairs] = np.int16(last) >> _SIGNED_4
