"""Axivity CWA sectors: inspection (magic, checksum, stamps) and unpacking of samples.

Offsets are those of :data:`recordings.formats.axivity_cwa.SECTOR`, in 16-bit words.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

SECTOR_BYTES = 512
SAMPLE_BYTES = 480

GOOD, BAD_SUM, BAD_STAMP, BAD_LAYOUT, LOST, FOREIGN = 0, 1, 2, 3, 4, 5
"""Status of a sector: usable; wrong checksum; impossible date; impossible packing or count; not a
sector at all; something else that may stand in its place (header, erased flash, other blocks)."""

STATUS, SEQUENCE, SESSION, TIME_NS, ANCHOR, SAMPLES, LAYOUT, TEMPERATURE, EVENTS = range(9)
"""Rows of what :func:`inspect` finds, one column per sector. ``ANCHOR`` is the sample, counted from
the sector's first, that was taken at ``TIME_NS``; ``LAYOUT`` is rate code << 16 | packing << 8 |
accelerometer scale code; ``SESSION`` and ``SEQUENCE`` are the device's."""

INFO_ROWS = 9

_AX, _AX_WORDS = 0x5841, 508
_LOW = np.uint32(0xFFFF)
_MD, _GX, _UB, _SI, _ERASED = 0x444D, 0x5847, 0x4255, 0x4953, 0xFFFF


@njit(cache=True, nogil=True, error_model="numpy")
def _sum_is_zero(words: NDArray[np.uint16], i: int) -> bool:
    """Whether the words add up to nothing, in 16 bits as they are: sixteen in one vector."""
    total = np.uint16(0)
    for k in range(256):
        total = np.uint16((np.uint32(total) + np.uint32(words[i, k])) & _LOW)
    return bool(total == np.uint16(0))


@njit(cache=True, nogil=True, error_model="numpy")
def _kind(words: NDArray[np.uint16], i: int) -> int:
    """GOOD for a data sector by its first words, FOREIGN, or LOST."""
    magic = np.int64(words[i, 0])
    length = np.int64(words[i, 1])
    if magic == _AX:
        return GOOD if length == _AX_WORDS else LOST
    if magic in (_GX, _UB, _SI, _ERASED):
        return FOREIGN
    if magic == _MD and length == 1020:
        return FOREIGN
    return LOST


@njit(cache=True, nogil=True, error_model="numpy")
def _seconds(packed: int) -> int:
    """Seconds since 1970 of a packed date; -1 if there is no such date.

    Days by the civil calendar with years that begin in March, so that leap days come last.
    """
    year = 2000 + (packed >> 26)
    month = packed >> 22 & 15
    day = packed >> 17 & 31
    hour = packed >> 12 & 31
    minute = packed >> 6 & 63
    second = packed & 63
    if month < 1 or month > 12 or day < 1 or hour > 23 or minute > 59 or second > 59:
        return -1
    longest = 31 - (month in (4, 6, 9, 11))
    if month == 2:
        longest = 28 + (year % 4 == 0)  # 2000 to 2063: no century without a leap day
    if day > longest:
        return -1
    if month <= 2:
        year -= 1
        month += 12
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 + day
    return (days - 719_469) * 86_400 + hour * 3_600 + minute * 60 + second


@njit(cache=True, nogil=True, error_model="numpy")
def inspect(
    words: NDArray[np.uint16], first: int, final: int, info: NDArray[np.int64]
) -> tuple[int, bool]:
    """Read sectors until the alignment is lost.

    A data sector with a wrong sum keeps the alignment if a sector follows it. The last one of the
    buffer therefore waits for the next buffer, unless nothing follows (``final``).

    Parameters
    ----------
    words
        (n, 256): sectors as 16-bit words.
    first
        The sector to begin with.
    final
        Not 0 if the content ends with these sectors.
    info
        (:data:`INFO_ROWS`, n): filled from ``first`` on.

    Returns
    -------
    stop, lost
        The first sector not read, and whether no sector begins there.
    """
    n = words.shape[0]
    skip = False
    for i in range(first, n):
        kind = FOREIGN if skip else _kind(words, i)
        header = not skip and np.int64(words[i, 0]) == _MD
        skip = False
        info[STATUS, i] = kind
        if kind == LOST:
            return i, True
        if kind == FOREIGN:
            if header and i + 1 == n and not final:
                return i, False
            skip = header  # 1024 bytes
            continue
        if not _sum_is_zero(words, i):
            if i + 1 == n:
                if not final:
                    return i, False
            elif _kind(words, i + 1) == LOST:
                return i, True
            info[STATUS, i] = BAD_SUM
            continue
        _read_fields(words, i, info)
    return n, False


@njit(cache=True, nogil=True, error_model="numpy")
def _read_fields(words: NDArray[np.uint16], i: int, info: NDArray[np.int64]) -> None:
    """Fields of a sector with a good sum; the clock as in the format's rules."""
    fraction = np.int64(words[i, 2])
    rate_code = np.int64(words[i, 12]) & 0xFF
    packing = np.int64(words[i, 12]) >> 8
    scale_code = np.int64(words[i, 9]) >> 13
    offset = (np.int64(words[i, 13]) ^ 0x8000) - 0x8000
    samples = np.int64(words[i, 14])
    info[SEQUENCE, i] = np.int64(words[i, 5]) | np.int64(words[i, 6]) << 16
    info[SESSION, i] = np.int64(words[i, 3]) | np.int64(words[i, 4]) << 16
    info[SAMPLES, i] = samples
    info[LAYOUT, i] = rate_code << 16 | packing << 8 | scale_code
    info[TEMPERATURE, i] = np.int64(words[i, 10]) & 0x3FF
    info[EVENTS, i] = np.int64(words[i, 11]) & 0xFF
    seconds = _seconds(int(np.int64(words[i, 7]) | np.int64(words[i, 8]) << 16))
    shift = 15 - (rate_code & 15)
    tick = 3200 >> shift  # whole samples per second, rounded down
    f16 = (fraction & 0x7FFF) << 1 if fraction & 0x8000 else np.int64(0)
    info[ANCHOR, i] = offset + (f16 * tick >> 16)
    info[TIME_NS, i] = seconds * 1_000_000_000 + (f16 * 1_000_000_000 + 32_768 >> 16)
    known = packing in (0x30, 0x32, 0x62, 0x92) and rate_code & 15 >= 6
    size = np.int64(4) if packing == 0x30 else 2 * (packing >> 4)
    if not known or samples * size > SAMPLE_BYTES:
        info[STATUS, i] = BAD_LAYOUT
    elif seconds < 0:
        info[STATUS, i] = BAD_STAMP


@njit(cache=True, nogil=True, error_model="numpy")
def find_sector(data: NDArray[np.uint8], start: int, stop: int) -> int:
    """Return the first offset at or behind ``start`` of a whole data sector with a good sum, or -1.

    Only offsets whose 512 bytes end at or before ``stop`` are tried.
    """
    for p in range(start, stop - SECTOR_BYTES + 1):
        if data[p] != 0x41 or data[p + 1] != 0x58 or data[p + 2] != 0xFC or data[p + 3] != 0x01:
            continue
        total = np.int64(0)
        for k in range(p, p + SECTOR_BYTES, 2):
            total += np.int64(data[k]) | np.int64(data[k + 1]) << 8
        if total & 0xFFFF == 0:
            return p
    return -1


@njit(cache=True, nogil=True, error_model="numpy")
def unpack_packed(
    payload: NDArray[np.uint32],
    sectors: NDArray[np.int64],
    counts: NDArray[np.int64],
    flat: NDArray[np.int16],
) -> None:
    """Unpack 10-bit samples with a common exponent: ``count = value << exponent``.

    Parameters
    ----------
    payload
        (n, 128): sectors as 32-bit words from byte 2 on, so that samples begin at word 7.
    sectors, counts
        (m,): which sectors, and how many samples of each.
    flat
        (3 * sum of counts,): x, y, z, x, ... One dimension, because a stride known when compiling
        is what lets the loop run on vectors: 0.3 instead of 1.3 ns per sample.
    """
    at = 0
    for j in range(sectors.shape[0]):
        n = counts[j]
        source = payload[sectors[j]][7 : 7 + n]
        target = flat[at : at + 3 * n]
        for k in range(n):
            w = np.int64(source[k])
            e = w >> 30
            target[3 * k] = (((w & 0x3FF) ^ 512) - 512) << e
            target[3 * k + 1] = (((w >> 10 & 0x3FF) ^ 512) - 512) << e
            target[3 * k + 2] = (((w >> 20 & 0x3FF) ^ 512) - 512) << e
        at += 3 * n


@njit(cache=True, nogil=True, error_model="numpy")
def unpack_wide(
    words: NDArray[np.int16],
    sectors: NDArray[np.int64],
    counts: NDArray[np.int64],
    channels: int,
    flat: NDArray[np.int16],
) -> None:
    """Copy the acceleration of 16-bit samples: first of 3 channels, behind the gyroscope of 6 or 9.

    Parameters
    ----------
    words
        (n, 256): sectors as signed 16-bit words; samples begin at word 15.
    sectors, counts
        (m,): which sectors, and how many samples of each.
    channels
        Values per sample.
    flat
        (3 * sum of counts,): x, y, z, x, ...
    """
    first = 15 if channels == 3 else 18
    at = 0
    for j in range(sectors.shape[0]):
        source = words[sectors[j]]
        for k in range(counts[j]):
            p = first + k * channels
            flat[at] = source[p]
            flat[at + 1] = source[p + 1]
            flat[at + 2] = source[p + 2]
            at += 3
