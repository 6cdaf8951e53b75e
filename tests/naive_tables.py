"""Slow, obvious twins of what reads tables: dates, fillings, runs of rows."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

SECOND_NS = 1_000_000_000

_STAMP = re.compile(
    r"[ \t]*(\d{4}|\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{1,2})[T \t][ \t]*"
    r"(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d+))?)?[ \t]*"
    r"(?:([ap])\.?m\.?[ \t]*)?"
    r"(?:(Z)[ \t]*|([+-])(\d{2})(?::?(\d{2}))?[ \t]*)?(?:\[.*\][ \t]*)?",
    re.IGNORECASE | re.DOTALL,
)
_PLACES = {"ymd": (0, 1, 2), "mdy": (2, 0, 1), "dmy": (2, 1, 0)}


def stamp(text, order):
    """(ns since 1970 in UTC or local, offset in seconds or None); None if it is no stamp."""
    found = _STAMP.fullmatch(text)
    if not found or (found[10] and found[10] != "Z"):
        return None
    numbers = found[1], found[3], found[4]
    year, month, day = (numbers[place] for place in _PLACES[order])
    if len(year) not in (2, 4) or len(month) > 2 or len(day) > 2:
        return None
    hour, minute, second = int(found[5]), int(found[6]), int(found[7] or 0)
    if found[9]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (found[9] in "pP")
    year = int(year) + 2000 * (len(year) == 2)
    try:
        moment = datetime(year, int(month), int(day), hour, minute, second)
    except ValueError:
        return None
    offset = offset_of(found)
    if offset == "bad" or not 1900 <= year <= 2239:
        return None
    since = moment - datetime(1970, 1, 1)
    fraction_ns = int((found[8] or "").ljust(9, "0")[:9])
    seconds = since // timedelta(seconds=1) - (offset or 0)
    return seconds * SECOND_NS + fraction_ns, offset


def offset_of(found):
    if found[10]:
        return 0
    if not found[11]:
        return None
    hours, minutes = int(found[12]), int(found[13] or 0)
    if hours > 18 or minutes > 59:
        return "bad"
    return (-1 if found[11] == "-" else 1) * (hours * 60 + minutes) * 60


def fills(samples, good, rule):
    """Why rows are filled in: "", ``idle_fill`` or ``zero_fill`` for each."""
    why = [""] * len(samples)
    first = 0
    while first < len(samples):
        stop = first + 1
        while (
            stop < len(samples) and good[first] and good[stop] and samples[stop] == samples[first]
        ):
            stop += 1
        zero = good[first] and rule.zero is not None and samples[first] == list(rule.zero)
        begin = first if zero else first + 1
        if (zero or rule.held) and stop - begin >= rule.second_rows:
            why[begin:stop] = ["zero_fill" if zero else "idle_fill"] * (stop - begin)
        first = stop
    return why


def runs(time, lost, pace):
    """Runs of rows as (reason, row numbers, anchors), and what was counted on the way."""
    time, jumping = mended(time, lost, pace)
    found, counts = [], dict.fromkeys(("shared", "frozen", "back"), 0) | {"jumping": jumping}
    before, reason, repeated = None, "", 0
    for row in range(len(time)):
        if lost[row]:
            reason = lost[row]
            continue
        step = 0 if before is None else time[row] - before
        unseen = repeated * pace.step_ns
        ahead = step - (unseen if unseen > pace.gap_ns else 0)
        if before is None:
            reason = "start"
        elif not reason and step and abs(ahead) > pace.gap_ns:
            reason = "gap" if ahead > 0 else "clock_backwards"
        repeated = repeated + 1 if step == 0 and not reason else 0
        frozen = repeated * pace.step_ns > pace.gap_ns
        if reason:
            found.append((reason, [], []))
        elif step == 0:
            counts["frozen" if frozen else "shared"] += 1
        counts["back"] += step < 0 and not reason
        found[-1][1].append(row)
        found[-1][2].append(frozen)
        before, reason = time[row], ""
    return [
        (reason, rows, anchors([time[row] for row in rows], frozen, pace.window_rows))
        for reason, rows, frozen in found
    ], counts


def mended(time, lost, pace):
    """Stamps, those that jump away and back replaced; how many these are."""
    time = [int(t) for t in time]
    kept = [row for row in range(len(time)) if not lost[row]]
    replaced = 0
    for k, row in enumerate(kept):
        if not k or kept[k - 1] != row - 1 or abs(time[row] - time[row - 1]) <= pace.gap_ns:
            continue
        for j in range(1, pace.window_rows + 1):
            if row + j >= len(time) or lost[row + j]:
                break
            line = time[row - 1] + round(pace.step_ns * (j + 1))
            if abs(time[row + j] - line) <= pace.gap_ns / 2:
                for i in range(j):
                    time[row + i] = time[row - 1] + round(pace.step_ns * (i + 1))
                replaced += j
                break
    return time, replaced


def anchors(time, frozen, size):
    """Middle row and mean stamp of every window without a frozen stamp.

    A rest counts from half a window on, or alone. The first window has an anchor always.
    """
    found = []
    for first in range(0, len(time), size):
        window = time[first : first + size]
        still = frozen[first : first + size]
        if first and (any(still) or 2 * len(window) < size):
            continue
        if any(still):
            window = window[: still.index(True)]
        window = window[: len(window) - (len(window) % 2 == 0)]
        total = sum(t - window[0] for t in window)
        mean = window[0] + (2 * total + len(window)) // (2 * len(window))
        found.append([first + len(window) // 2, mean])
    return found
