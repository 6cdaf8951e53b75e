"""EDF and BDF records: from axis after axis to sample after sample."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True, error_model="numpy")
def unpack_16(
    records: NDArray[np.int16], first: NDArray[np.int64], count: int, flat: NDArray[np.int16]
) -> None:
    """Copy 16-bit samples.

    Parameters
    ----------
    records
        (records, words).
    first
        (3,): the word of a record at which x, y and z begin.
    count
        Samples of an axis in a record.
    flat
        (3 * records * count,): x, y, z, x, ...
    """
    x, y, z = first[0], first[1], first[2]
    at = 0
    for r in range(records.shape[0]):
        words = records[r]
        for k in range(count):
            flat[at] = words[x + k]
            flat[at + 1] = words[y + k]
            flat[at + 2] = words[z + k]
            at += 3


@njit(cache=True, nogil=True, error_model="numpy")
def unpack_24(
    records: NDArray[np.uint8], first: NDArray[np.int64], count: int, flat: NDArray[np.float64]
) -> None:
    """Copy 24-bit samples, lowest byte first.

    Parameters
    ----------
    records
        (records, bytes).
    first
        (3,): the byte of a record at which x, y and z begin.
    count
        Samples of an axis in a record.
    flat
        (3 * records * count,): x, y, z, x, ...
    """
    at = 0
    for r in range(records.shape[0]):
        octets = records[r]
        for k in range(count):
            for axis in range(3):
                p = first[axis] + 3 * k
                code = np.int64(octets[p])
                code |= np.int64(octets[p + 1]) << 8
                code |= np.int64(octets[p + 2]) << 16
                flat[at] = (code ^ 0x80_0000) - 0x80_0000
                at += 1
