"""Which time zone names are accepted, and what to write instead of those that are not.

An abbreviation (``CET``) or an offset (``GMT+1``) does not say when clocks change, so a night near
that change would be shifted by an hour without a word: only IANA names of places are taken.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from zoneinfo import available_timezones

from ..parameter import SettingsError

_PLACE_OF = {
    "AEDT": "Australia/Sydney",
    "AEST": "Australia/Sydney",
    "AKST": "America/Anchorage",
    "BST": "Europe/London",
    "CDT": "America/Chicago",
    "CEST": "Europe/Berlin",
    "CET": "Europe/Berlin",
    "CST": "America/Chicago",
    "EDT": "America/New_York",
    "EEST": "Europe/Helsinki",
    "EET": "Europe/Helsinki",
    "EST": "America/New_York",
    "GMT": "Europe/London",
    "HST": "Pacific/Honolulu",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "MDT": "America/Denver",
    "MET": "Europe/Berlin",
    "MSK": "Europe/Moscow",
    "MST": "America/Denver",
    "NZDT": "Pacific/Auckland",
    "NZST": "Pacific/Auckland",
    "PDT": "America/Los_Angeles",
    "PST": "America/Los_Angeles",
    "WET": "Europe/Lisbon",
}
_OFFSET = re.compile(r"(?:GMT|UTC|Z)?([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)


def checked_zone_name(name: str) -> str:
    """Return an IANA zone name as it is, or refuse it with something to write instead.

    Raises
    ------
    SettingsError
        For an abbreviation, an offset, or a name that is not in the time zone database.
    """
    known = available_timezones()
    if not known:
        raise SettingsError("no time zone database is installed; run 'pip install tzdata'")
    if name == "UTC" or ("/" in name and name in known):
        return name
    if offset := _OFFSET.fullmatch(name):
        raise SettingsError(_offset_refused(name, offset))
    if place := _PLACE_OF.get(name.upper()):
        raise SettingsError(
            f"time zone {name!r} does not say when clocks change; write a place, such as '{place}'"
        )
    raise SettingsError(f"{name!r} is not an IANA time zone{_suggested(name, known)}")


def _offset_refused(name: str, offset: re.Match[str]) -> str:
    sign, hours, minutes = offset.groups()
    text = (
        f"time zone {name!r} does not say when clocks change; "
        "write a place, such as 'Europe/London'"
    )
    fixed = f"Etc/GMT{'-' if sign == '+' else '+'}{int(hours)}"
    if int(minutes or 0) == 0 and 0 < int(hours) <= 12:
        text += f" (for a clock that is never changed, '{fixed}': there the sign is reversed)"
    return text


def _suggested(name: str, known: set[str]) -> str:
    places = sorted(z for z in known if "/" in z)
    wanted = name.strip().replace(" ", "_").lower()
    near = [z for z in places if wanted in (z.lower(), z.lower().rpartition("/")[2])]
    if not near:
        lowered = {z.lower(): z for z in places}
        near = [lowered[z] for z in get_close_matches(wanted, lowered, n=1, cutoff=0.75)]
    if not near:
        return "; write a place, such as 'Europe/London'"
    return f"; did you mean {near[0]!r}?"
