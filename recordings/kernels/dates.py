"""Dates and times of day written as text, one in each cell of a column.

``2024-03-05 22:41:07.250``, ``5/3/2024 10:41:07 PM``, ``05.03.2024 22:41:07,250`` and what lies
between; behind the time an offset from UTC (``Z``, ``+01``, ``+0130``, ``+01:30``) and a name in
brackets, which is not read.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

YEAR_FIRST, MONTH_FIRST, DAY_FIRST = range(3)
"""In which order the three numbers of a date stand: y m d, m d y, d m y."""

NO_OFFSET = 1 << 20
"""In place of the seconds of an offset where there is none."""

_NO_DAY = -1_000_000
_SPACE, _TAB, _PLUS, _COMMA, _MINUS, _POINT, _SLASH, _COLON = 32, 9, 43, 44, 45, 46, 47, 58
_ZERO, _OPEN, _CLOSE, _T, _Z = 48, 91, 93, 84, 90
_LOWER_A, _LOWER_M, _LOWER_P, _TO_LOWER = 97, 109, 112, 32
_FIELDS = 7  # three numbers of a date; hour, minute, second, fraction
_HOUR, _MINUTE, _SECOND, _FRACTION = 3, 4, 5, 6
_MOST_DIGITS = 9
_FIRST_YEAR, _LAST_YEAR, _CENTURY = 1900, 2239, 2000
_DAYS_BEFORE_MONTH = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365])
_DAYS_TO_1970 = 719_162  # from 0001-01-01, Gregorian
_TEN_TO_THE = 10 ** np.arange(_MOST_DIGITS + 1)
_SECOND_NS = 1_000_000_000
_HALF_DAY_H = 12
_LARGEST_OFFSET_H = 18


@njit(cache=True, nogil=True, error_model="numpy")
def read_stamps(
    data: NDArray[np.uint8],
    edges: NDArray[np.int32],
    order: int,
    times_ns: NDArray[np.int64],
    offsets_s: NDArray[np.int32],
    good: NDArray[np.bool_],
) -> None:
    """Read a column of stamps.

    Parameters
    ----------
    data
        The text of all cells, one behind the other.
    edges
        (n + 1,): where the cells begin and end.
    order
        Of year, month and day.
    times_ns
        (n,): set to ns since 1970, the offset subtracted.
    offsets_s
        (n,): set to the offset from UTC, :data:`NO_OFFSET` if the stamp has none.
    good
        (n,): which cells to read; those that are no stamp are unset.
    """
    value = np.zeros(_FIELDS, np.int64)
    digits = np.zeros(_FIELDS, np.int64)
    for row in range(len(good)):
        if not good[row]:
            continue
        at, stop = int(edges[row]), int(edges[row + 1])
        while at < stop and _is_blank(data[stop - 1]):
            stop -= 1
        at = _split(data, at, stop, value, digits)
        offsets_s[row] = NO_OFFSET
        if at < stop:
            at = _half_day(data, at, stop, value)
            offsets_s[row], at = _offset(data, at, stop)
            named = at < stop and data[at] == _OPEN and data[stop - 1] == _CLOSE
            at = stop if named else at
        days = _days(value, digits, order)
        fits = value[_HOUR] <= 23 and value[_MINUTE] <= 59 and value[_SECOND] <= 59
        good[row] = fits and at == stop and days != _NO_DAY
        if not good[row]:
            continue
        offset_s = 0 if offsets_s[row] == NO_OFFSET else offsets_s[row]
        minutes = (days * 24 + value[_HOUR]) * 60 + value[_MINUTE]
        times_ns[row] = (minutes * 60 + value[_SECOND] - offset_s) * _SECOND_NS
        if digits[_FRACTION]:
            times_ns[row] += value[_FRACTION] * _TEN_TO_THE[_MOST_DIGITS - digits[_FRACTION]]


@njit(cache=True, nogil=True, error_model="numpy")
def _split(
    data: NDArray[np.uint8],
    at: int,
    stop: int,
    value: NDArray[np.int64],
    digits: NDArray[np.int64],
) -> int:
    """Read the numbers of a stamp; return the place behind them and blanks, ``stop`` + 1 if bad."""
    for field in range(_SECOND, _FIELDS):
        value[field] = digits[field] = 0
    at = _behind_blanks(data, at, stop)
    date_mark = np.uint8(0)
    for field in range(_FIELDS):
        number, count = np.int64(0), 0
        while at < stop and 0 <= np.int64(data[at]) - _ZERO <= 9:
            if count < _MOST_DIGITS:
                number = 10 * number + np.int64(data[at]) - _ZERO
                count += 1
            at += 1
        value[field], digits[field] = number, count
        if not (count == 4 and field < _HOUR) and not 1 <= count <= (2 if field < 6 else 9):
            return stop + 1
        mark = data[at] if at < stop else np.uint8(0)
        if field < 2:
            fits = mark in (_MINUS, _SLASH, _POINT) and (field == 0 or mark == date_mark)
            date_mark = mark
        elif field == 2:
            fits = mark in (_T, _SPACE, _TAB)
        elif field == _HOUR:
            fits = mark == _COLON
        else:
            more = mark == _COLON if field == _MINUTE else mark in (_POINT, _COMMA)
            if field == _FRACTION or not more:
                break
            fits = True
        if not fits:
            return stop + 1
        at += 1
        if field == 2:
            at = _behind_blanks(data, at, stop)
    return _behind_blanks(data, at, stop)


@njit(cache=True, nogil=True, error_model="numpy")
def _days(value: NDArray[np.int64], digits: NDArray[np.int64], order: int) -> int:
    """Return the days since 1970; a number that means none if there is no such date."""
    y = 0 if order == YEAR_FIRST else 2
    m = 0 if order == MONTH_FIRST else 1
    d = 3 - y - m
    year, month, day = value[y], value[m], value[d]
    if digits[y] == 2:
        year += _CENTURY
    if digits[y] < 2 or digits[m] > 2 or digits[d] > 2:
        return _NO_DAY
    if not (_FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= 12 and day >= 1):
        return _NO_DAY
    leap = np.int64(year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    length = _DAYS_BEFORE_MONTH[month] - _DAYS_BEFORE_MONTH[month - 1] + leap * (month == 2)
    if day > length:
        return _NO_DAY
    before = year - 1
    days = 365 * before + before // 4 - before // 100 + before // 400 - _DAYS_TO_1970
    return int(days + _DAYS_BEFORE_MONTH[month - 1] + leap * (month > 2) + day - 1)


@njit(cache=True, nogil=True, error_model="numpy")
def _half_day(data: NDArray[np.uint8], at: int, stop: int, value: NDArray[np.int64]) -> int:
    """Take ``AM`` or ``p.m.`` into the hour; return the place behind it and blanks."""
    letter = data[at] | _TO_LOWER
    if letter not in (_LOWER_A, _LOWER_P):
        return at
    at += 1
    if at < stop and data[at] == _POINT:
        at += 1
    if at >= stop or data[at] | _TO_LOWER != _LOWER_M or not 1 <= value[_HOUR] <= _HALF_DAY_H:
        return stop + 1
    at += 1
    if at < stop and data[at] == _POINT:
        at += 1
    value[_HOUR] = value[_HOUR] % _HALF_DAY_H + _HALF_DAY_H * (letter == _LOWER_P)
    return _behind_blanks(data, at, stop)


@njit(cache=True, nogil=True, error_model="numpy")
def _offset(data: NDArray[np.uint8], at: int, stop: int) -> tuple[int, int]:
    """Read an offset from UTC; seconds or :data:`NO_OFFSET`, and the place behind it and blanks."""
    if at >= stop or data[at] not in (_Z, _PLUS, _MINUS):
        return NO_OFFSET, at
    sign = -1 if data[at] == _MINUS else 1
    at += 1
    if data[at - 1] == _Z:
        return 0, _behind_blanks(data, at, stop)
    number, count = np.int64(0), 0
    while at < stop and count < 4:
        if 0 <= np.int64(data[at]) - _ZERO <= 9:
            number = 10 * number + np.int64(data[at]) - _ZERO
            count += 1
        elif data[at] != _COLON or count != 2:
            break
        at += 1
    hours, minutes = (number // 100, number % 100) if count == 4 else (number, 0)
    if count not in (2, 4) or hours > _LARGEST_OFFSET_H or minutes > 59:
        return NO_OFFSET, stop + 1
    return int(sign * (hours * 60 + minutes) * 60), _behind_blanks(data, at, stop)


@njit(cache=True, nogil=True, error_model="numpy")
def _behind_blanks(data: NDArray[np.uint8], at: int, stop: int) -> int:
    """Return the next place that is no blank."""
    while at < stop and _is_blank(data[at]):
        at += 1
    return at


@njit(cache=True, nogil=True, error_model="numpy")
def _is_blank(byte: int) -> bool:
    return byte in (_SPACE, _TAB)
