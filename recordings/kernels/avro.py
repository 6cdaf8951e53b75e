"""Avro data: records are walked by a program that was made from their schema.

Integers are variable-length (7 bits a byte, zigzag), and nothing says how long a record is but its
schema: so every value before a wanted one is passed over.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

OK, CUT, BAD = 0, 1, 2
"""Why :func:`walk` came back: all records walked; the data end inside one; this cannot be Avro."""

END, INT, FLOAT, DOUBLE, BOOLEAN, BYTES, SKIP, UNION, JUMP, ITEMS, INTS, LOOP, NEXT = range(13)
"""Operations, rows of a program with an argument and a slot (-1: not wanted).

``END`` of a record. ``INT``, ``FLOAT``, ``DOUBLE``, ``BOOLEAN``: one value into the slot.
``BYTES``: where it begins and its length into two slots. ``SKIP``: argument bytes. ``UNION``: of
argument branches; the row of each follows. ``JUMP`` to row argument. ``ITEMS``: an array of items
of argument bytes each. ``INTS``: an array of integers; where it begins and how many it holds into
two slots. ``LOOP``, ``NEXT``: other arrays; before each item ``NEXT``, which leaves for row
argument behind the last.
"""

DEEPEST = 16
"""Loops within loops."""

LARGEST = 1 << 62
"""No array has more items."""

_TOO_LONG, _SHORT = -2, -1


@njit(cache=True, nogil=True, error_model="numpy")
def _integer(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """Return an integer and the place behind it; that is negative if there is none."""
    value = np.int64(0)
    for k in range(10):
        if at + k >= end:
            return 0, _SHORT
        byte = np.int64(data[at + k])
        value |= (byte & 0x7F) << (7 * k)
        if byte < 0x80:
            return int((value >> 1 & 0x7FFF_FFFF_FFFF_FFFF) ^ -(value & 1)), at + k + 1
    return 0, _TOO_LONG


@njit(cache=True, nogil=True, error_model="numpy")
def _count(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """Return the number of items in a block of an array, and the place behind it.

    A negative number is followed by the size of the block in bytes, which nobody needs.
    """
    count, at = _integer(data, at, end)
    if count < 0:
        if count < -LARGEST:
            return 0, _TOO_LONG
        count = -count
        _, at = _integer(data, at, end)
    return count, at


@njit(cache=True, nogil=True, error_model="numpy")
def _items(data: NDArray[np.uint8], at: int, end: int, size: int) -> int:
    """Pass over an array of items of one size."""
    while True:
        count, at = _count(data, at, end)
        if at < 0 or count == 0:
            return at
        if size > 0 and count > (end - at) // size:
            return _SHORT
        at += count * size


@njit(cache=True, nogil=True, error_model="numpy")
def _integers(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """Pass over an array of integers; return how many there were before a possible end."""
    total = 0
    while True:
        count, at = _count(data, at, end)
        if at < 0 or count == 0:
            return total, at
        length = 0
        while count > 0:
            if at >= end:
                return total, _SHORT
            length += 1
            if data[at] < 0x80:
                total += 1
                count -= 1
                length = 0
            elif length == 10:
                return total, _TOO_LONG
            at += 1


@njit(cache=True, nogil=True, error_model="numpy")
def _little_endian(data: NDArray[np.uint8], at: int, size: int) -> int:
    bits = np.int64(0)
    for k in range(size):
        bits |= np.int64(data[at + k]) << (8 * k)
    return int(bits)


@njit(cache=True, nogil=True, error_model="numpy")
def walk(
    data: NDArray[np.uint8],
    at: int,
    program: NDArray[np.int64],
    values: NDArray[np.float64],
) -> tuple[int, int, int]:
    """Walk records and take what is wanted of them.

    Parameters
    ----------
    data
        Records one after the other.
    at
        Where the first begins.
    program
        (rows, 3): operation, argument, slot.
    values
        (records, slots): filled; what a record does not have stays as it is.

    Returns
    -------
    records, at, why
        Whole records, the place behind them, and whether all were there (``OK``, ``CUT``, ``BAD``).
        Of the record that is not whole the values before the break are there.
    """
    end = data.shape[0]
    left = np.zeros(DEEPEST + 1, np.int64)
    bits = np.zeros(1, np.int64)
    as_double = bits.view(np.float64)
    as_single = bits.view(np.float32)
    behind = at
    for record in range(values.shape[0]):
        row = depth = 0
        while program[row, 0] != END:
            operation, argument, slot = program[row, 0], program[row, 1], program[row, 2]
            row += 1
            value = 0.0
            first = at
            if operation == INT:
                number, at = _integer(data, at, end)
                value = float(number)
            elif operation in (DOUBLE, FLOAT, BOOLEAN):
                at += argument
                if at > end:
                    at = _SHORT
                else:
                    bits[0] = _little_endian(data, first, argument)
                    value = as_double[0]
                    if operation == FLOAT:
                        value = float(as_single[0])
                    elif operation == BOOLEAN:
                        value = float(bits[0])
            elif operation in (BYTES, SKIP):
                size = argument
                if operation == BYTES:
                    size, at = _integer(data, at, end)
                    first = at
                    value = float(size)
                if size < 0:
                    at = _TOO_LONG
                elif size > end - at:
                    at = _SHORT
                else:
                    at += size
            elif operation == UNION:
                number, at = _integer(data, at, end)
                if number < 0 or number >= argument:
                    at = _TOO_LONG
                row += number
            elif operation == JUMP:
                row = argument
            elif operation == ITEMS:
                at = _items(data, at, end, argument)
            elif operation == INTS:
                number, at = _integers(data, at, end)
                value = float(number)
            elif operation == LOOP:
                depth += 1
                left[depth] = 0
            elif operation == NEXT:
                if left[depth] == 0:
                    left[depth], at = _count(data, at, end)
                left[depth] -= 1
                if left[depth] < 0:
                    depth -= 1
                    row = argument
            if slot >= 0 and operation in (BYTES, INTS):
                values[record, slot] = first
                values[record, slot + 1] = value
            elif slot >= 0 and at >= 0:
                values[record, slot] = value
            if at < 0:
                return record, behind, CUT if at == _SHORT else BAD
        behind = at
    return values.shape[0], at, OK


@njit(cache=True, nogil=True, error_model="numpy")
def read_integers(data: NDArray[np.uint8], at: int, out: NDArray[np.int64]) -> None:
    """Read the first integers of an array that :func:`walk` has passed over.

    Parameters
    ----------
    data
        As there.
    at
        Where the array begins.
    out
        (n,): filled; n is not more than ``walk`` has found.
    """
    end = data.shape[0]
    left = 0
    for k in range(out.shape[0]):
        while left == 0:
            left, at = _count(data, at, end)
        out[k], at = _integer(data, at, end)
        left -= 1
