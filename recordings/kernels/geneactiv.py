"""GENEActiv pages: a few lines of text, then 3600 hexadecimal digits.

One call reads every page of a buffer. A damaged page is reported and skipped; the search for the
next one goes on at the next line that is exactly ``Recorded Data``.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

SAMPLE_DIGITS = 12
PAGE_SAMPLES = 300
GOOD, BAD_HEADER, BAD_HEX, CUT = range(4)
"""Status of a page: fine; a line of its header is missing or unreadable; its digits are; it is the
last one and breaks off, ``samples`` whole samples being there."""

PAGE = np.dtype(
    [
        ("offset", "i8"),  # of its line `Recorded Data`, in the buffer
        ("bytes", "i8"),  # from there to the next line behind it; 0 if it could not be used
        ("sequence", "i8"),
        ("time_ns", "i8"),  # device time of its first sample
        ("rate_hz", "f8"),
        ("temperature_c", "f8"),  # NaN: not stated
        ("samples", "i8"),
        ("status", "i8"),
    ]
)

_MARK = np.frombuffer(b"Recorded Data", np.uint8)
_SEQUENCE = np.frombuffer(b"Sequence Number:", np.uint8)
_TIME = np.frombuffer(b"Page Time:", np.uint8)
_TEMPERATURE = np.frombuffer(b"Temperature:", np.uint8)
_RATE = np.frombuffer(b"Measurement Frequency:", np.uint8)
_NUL, _TAB, _LF, _CR, _SPACE = 0, 9, 10, 13, 32
_COMMA, _MINUS, _POINT, _ZERO, _COLON = 44, 45, 46, 48, 58
_HEADER_LINES = 16  # at most; eight are usual
_NAME_BYTES = 40  # a header line has its colon within these
_TIME_FIELDS = 7  # year to milliseconds
_FIELD_DIGITS = 9
_MAX_DIGITS = 15  # of a decimal number: exact in float64
_LAST_YEAR = 2200  # int64 nanoseconds reach 2262
_DAYS_BEFORE_MONTH = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365])
_DAYS_TO_1970 = 719_162  # from 0001-01-01, Gregorian

# Eight digits at a time, one in each byte of a little-endian word.
_WORD_BYTES = 8
_ONES = np.uint64(0x0101010101010101)
_SIXES = np.uint64(0x0606060606060606)
_TEXT_ZEROS = np.uint64(0x3030303030303030)
_LOW_HALVES = np.uint64(0x0F0F0F0F0F0F0F0F)
_HIGH_HALVES = np.uint64(0xF0F0F0F0F0F0F0F0)
_PAIRS = np.uint64(0x00FF00FF00FF00FF)
_QUADS = np.uint64(0x0000FFFF0000FFFF)
_3, _4, _5, _6, _8, _16 = (np.uint64(bits) for bits in (3, 4, 5, 6, 8, 16))


@njit(cache=True, nogil=True, error_model="numpy")
def scan_pages(
    data: NDArray[np.uint8],
    stop: int,
    final: bool,  # noqa: FBT001 (a kernel takes its arguments by position)
    pages: NDArray[np.void],
    samples: NDArray[np.int16],
) -> tuple[int, int, int]:
    """Read the pages of a buffer.

    Parameters
    ----------
    data
        The buffer; it begins at the beginning of a line.
    stop
        End of the valid bytes.
    final
        Whether the file ends at ``stop``.
    pages
        Of type :data:`PAGE`: receives what the pages say; reading stops when it is full.
    samples
        (n, 3), n >= stop // 12: receives the samples, one page after another.

    Returns
    -------
    count, rows, consumed
        Pages written, samples written, and bytes that need not be seen again.
    """
    count = 0
    rows = 0
    usual = PAGE_SAMPLES * SAMPLE_DIGITS
    fields = np.empty(_TIME_FIELDS, np.int64)
    words = np.empty(usual // _WORD_BYTES, np.uint64)
    quads = np.empty_like(words)
    pos = 0
    while count < len(pages):
        start, after, found = _find_mark(data, pos, stop, final)
        if not found:
            return count, rows, start
        page = pages[count]
        page["offset"] = start
        first = _read_header(data, after, stop, final, fields, page)
        if first < 0:  # the page goes on behind the buffer, as below
            return count, rows, start
        if page["status"] == GOOD:
            page["status"] = BAD_HEX
            for guess in (usual, 0):
                end = _end_of_digits(data, first, stop, final, guess)
                if end < 0:
                    return count, rows, start
                whole = (end - first) // SAMPLE_DIGITS
                status = _completeness(data, first, end, stop, final, usual)
                if _decode(data, first, whole, words, quads, samples, rows):
                    page["status"] = status
                    break
            if page["status"] != BAD_HEX:
                page["samples"] = whole
                rows += whole
                after = min(_line_end(data, end, stop) + 1, stop)
                page["bytes"] = after - start
        count += 1
        pos = after
    return count, rows, pos


@njit(cache=True, nogil=True, error_model="numpy")
def _find_mark(
    data: NDArray[np.uint8],
    pos: int,
    stop: int,
    final: bool,  # noqa: FBT001 (see scan_pages)
) -> tuple[int, int, bool]:
    """Find the next line that is the mark: (where it begins, where the next line begins, True).

    Without one: (what need not be searched again, that, False).
    """
    while pos < stop:
        end = _line_end(data, pos, stop)
        if end == stop and not final:
            return pos, pos, False
        if _starts(data, pos, end, _MARK) and _blank(data, pos + len(_MARK), end):
            return pos, min(end + 1, stop), True
        pos = end + 1
    return stop, stop, False


@njit(cache=True, nogil=True, error_model="numpy")
def _read_header(
    data: NDArray[np.uint8],
    pos: int,
    stop: int,
    final: bool,  # noqa: FBT001 (see scan_pages)
    fields: NDArray[np.int64],
    page: np.void,
) -> int:
    """Read the lines between the mark and the digits into ``page``.

    Returns where the digits begin, -1 if that is behind the buffer. A header that breaks off with
    the file makes a cut page without samples.
    """
    page["sequence"] = -1
    page["time_ns"] = -1
    page["rate_hz"] = np.nan
    page["temperature_c"] = np.nan
    page["samples"] = 0
    page["bytes"] = 0
    page["status"] = BAD_HEADER
    for _ in range(_HEADER_LINES):
        colon = _find(data, pos, min(pos + _NAME_BYTES, stop), _COLON)
        if colon < 0:
            if final or pos + _NAME_BYTES <= stop or _find(data, pos, stop, _LF) >= 0:
                break
            return -1
        end = _line_end(data, pos, stop)
        if end == stop:
            page["status"] = CUT
            return stop if final else -1
        if _starts(data, pos, end, _SEQUENCE):
            page["sequence"] = _whole_number(data, colon + 1, end)
        elif _starts(data, pos, end, _TIME):
            page["time_ns"] = _time_ns(data, colon + 1, end, fields)
        elif _starts(data, pos, end, _TEMPERATURE):
            page["temperature_c"] = _number(data, colon + 1, end)
        elif _starts(data, pos, end, _RATE):
            page["rate_hz"] = _number(data, colon + 1, end)
        pos = end + 1
    if page["sequence"] >= 0 and page["time_ns"] >= 0 and page["rate_hz"] > 0:
        page["status"] = GOOD
    elif final and stop - pos < _NAME_BYTES:
        page["status"] = CUT
    return pos


@njit(cache=True, nogil=True, error_model="numpy")
def _end_of_digits(
    data: NDArray[np.uint8],
    first: int,
    stop: int,
    final: bool,  # noqa: FBT001 (see scan_pages)
    guess: int,
) -> int:
    """Find where the line of digits ends, blanks left out; -1 if that is behind the buffer.

    A right guess of their number saves the search. A wrong one has a line end among the digits,
    which shows when they are decoded.
    """
    guessed = first + guess < stop and _is_blank(data[first + guess])
    end = _line_end(data, first + guess if guessed else first, stop)
    if end == stop and not final:
        return -1
    while end > first and _is_blank(data[end - 1]):
        end -= 1
    return end


@njit(cache=True, nogil=True, error_model="numpy")
def _completeness(
    data: NDArray[np.uint8],
    first: int,
    end: int,
    stop: int,
    final: bool,  # noqa: FBT001 (see scan_pages)
    usual: int,
) -> int:
    """Tell whole digits from those that break off with the file and those with some missing."""
    digits = end - first
    if final and digits < usual and _blank(data, end, stop):
        return CUT
    return GOOD if digits > 0 and digits % SAMPLE_DIGITS == 0 else BAD_HEX


@njit(cache=True, nogil=True, error_model="numpy")
def _decode(
    data: NDArray[np.uint8],
    first: int,
    count: int,
    words: NDArray[np.uint64],
    quads: NDArray[np.uint64],
    samples: NDArray[np.int16],
    row: int,
) -> bool:
    """Decode ``count`` samples; False if there is a character that is no hexadecimal digit.

    A sample is x, y and z of 12 bits each, two's complement, then light, button and a reserved bit.
    """
    text = words.view(np.uint8)
    numbers = quads.view(np.int32)
    fits = len(text) // SAMPLE_DIGITS
    for begin in range(0, count, fits):
        part = min(fits, count - begin)
        source = data[first + SAMPLE_DIGITS * begin : first + SAMPLE_DIGITS * (begin + part)]
        for j in range(len(source)):
            text[j] = source[j]
        for j in range(len(source), len(text)):
            text[j] = _ZERO
        if not _digits_to_numbers(words, quads):
            return False
        target = samples[row + begin : row + begin + part]
        for i in range(part):
            word = np.int64(numbers[3 * i]) << 48 | np.int64(numbers[3 * i + 1]) << 32
            word |= np.int64(numbers[3 * i + 2]) << 16
            target[i, 0] = word >> 52
            target[i, 1] = word << 12 >> 52
            target[i, 2] = word << 24 >> 52
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def _digits_to_numbers(words: NDArray[np.uint64], quads: NDArray[np.uint64]) -> bool:
    """Turn eight digits a word into two 16-bit numbers a word; False if one is no digit.

    Works on the bytes of a word side by side: a letter has bit 6 set, and its low half is its value
    less nine. A byte is a digit if its value is below 16 and leads back to the same byte.
    """
    wrong = np.uint64(0)
    for i in range(len(words)):
        word = words[i]
        letters = (word >> _6) & _ONES
        values = (word & _LOW_HALVES) + letters + (letters << _3)
        from_ten = ((values + _SIXES) >> _4) & _ONES
        upper_case = word & ~(letters << _5)
        wrong |= upper_case ^ (values + _TEXT_ZEROS + (from_ten << _3) - from_ten)
        wrong |= values & _HIGH_HALVES
        pairs = ((values << _4) | (values >> _8)) & _PAIRS
        quads[i] = ((pairs << _8) | (pairs >> _16)) & _QUADS
    return bool(wrong == np.uint64(0))


@njit(cache=True, nogil=True, error_model="numpy")
def _whole_number(data: NDArray[np.uint8], pos: int, end: int) -> int:
    """Read a whole number, -1 if there is none."""
    value = _number(data, pos, end)
    return int(value) if value >= 0 and value == np.floor(value) else -1


@njit(cache=True, nogil=True, error_model="numpy")
def _number(data: NDArray[np.uint8], pos: int, end: int) -> float:
    """Read a decimal number with point or comma, NaN if there is none; a blank ends it."""
    while pos < end and _is_blank(data[pos]):
        pos += 1
    negative = pos < end and data[pos] == _MINUS
    if negative:
        pos += 1
    mantissa = 0.0
    scale = 1.0
    digits = 0
    behind_mark = False
    while pos < end and not _is_blank(data[pos]):
        digit = np.int64(data[pos]) - _ZERO
        if 0 <= digit <= 9 and digits < _MAX_DIGITS:
            mantissa = 10.0 * mantissa + digit
            digits += 1
            if behind_mark:
                scale *= 10.0
        elif (data[pos] == _POINT or data[pos] == _COMMA) and not behind_mark:
            behind_mark = True
        else:
            return np.nan
        pos += 1
    if digits == 0:
        return np.nan
    return -mantissa / scale if negative else mantissa / scale


@njit(cache=True, nogil=True, error_model="numpy")
def _time_ns(data: NDArray[np.uint8], pos: int, end: int, fields: NDArray[np.int64]) -> int:
    """Read ``2019-03-21 14:58:00:500``, padded or not, as ns since 1970; -1 if it is no time."""
    fields[:] = 0
    field = 0
    digits = 0
    while pos < end and field < _TIME_FIELDS:
        digit = np.int64(data[pos]) - _ZERO
        if 0 <= digit <= 9:
            if digits == _FIELD_DIGITS:
                return -1
            fields[field] = 10 * fields[field] + digit
            digits += 1
        elif digits > 0:
            field += 1
            digits = 0
        if field < _TIME_FIELDS:
            pos += 1
    if field + (digits > 0) < _TIME_FIELDS or not _blank(data, pos, end):
        return -1
    year, month, day = fields[0], fields[1], fields[2]
    if not (1970 <= year <= _LAST_YEAR and 1 <= month <= 12 and day >= 1):
        return -1
    leap = np.int64(year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    length = _DAYS_BEFORE_MONTH[month] - _DAYS_BEFORE_MONTH[month - 1] + leap * (month == 2)
    if day > length or fields[3] > 23 or fields[4] > 59 or fields[5] > 59 or fields[6] > 999:
        return -1
    before = year - 1
    days = 365 * before + before // 4 - before // 100 + before // 400 - _DAYS_TO_1970
    days += _DAYS_BEFORE_MONTH[month - 1] + leap * (month > 2) + day - 1
    seconds = ((days * 24 + fields[3]) * 60 + fields[4]) * 60 + fields[5]
    return int(seconds * 1_000_000_000 + fields[6] * 1_000_000)


@njit(cache=True, nogil=True, error_model="numpy")
def _starts(data: NDArray[np.uint8], pos: int, end: int, text: NDArray[np.uint8]) -> bool:
    """Whether the bytes from ``pos`` on begin with ``text``."""
    if end - pos < len(text):
        return False
    for i in range(len(text)):  # noqa: SIM110 (compiled: no generators)
        if data[pos + i] != text[i]:
            return False
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def _find(data: NDArray[np.uint8], pos: int, end: int, byte: int) -> int:
    """Where ``byte`` stands in the line that begins at ``pos``, -1 if not before ``end``."""
    while pos < end:
        if data[pos] == byte:
            return pos
        if data[pos] == _LF:
            return -1
        pos += 1
    return -1


@njit(cache=True, nogil=True, error_model="numpy")
def _line_end(data: NDArray[np.uint8], pos: int, stop: int) -> int:
    """Where the line that holds ``pos`` ends: at its line feed, or at ``stop``."""
    while pos < stop and data[pos] != _LF:
        pos += 1
    return pos


@njit(cache=True, nogil=True, error_model="numpy")
def _blank(data: NDArray[np.uint8], pos: int, end: int) -> bool:
    """Whether only blanks are left before ``end``."""
    while pos < end and _is_blank(data[pos]):
        pos += 1
    return pos >= end


@njit(cache=True, nogil=True, error_model="numpy")
def _is_blank(byte: int) -> bool:
    """Whether it is a space, a tab, a NUL or part of a line end."""
    return byte in (_SPACE, _NUL, _TAB, _CR, _LF)
