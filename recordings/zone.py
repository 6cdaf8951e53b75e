"""From the device's clock to UTC, to the wearer's local time, and to nights.

A device clock is set once, from the computer that configured it, and runs on: it does not follow
a change to or from daylight saving time, nor the wearer to another zone. So it has one constant
offset from UTC for a whole recording, while the wearer's local time may have two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from .model import SECOND_NS, Header, Health

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (device time is naive by nature)


@dataclass(frozen=True, slots=True)
class NightSpan:
    """One night: from ``night_start`` o'clock local time to the same hour of the next day."""

    date: date
    """Local date on which the night begins."""
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class Zone:
    """How device time relates to UTC and to local time.

    ``tz`` None means nobody knows: device time is then shown as it is, without offset, and UTC is
    unknown.
    """

    tz: tzinfo | None = None
    """Where the wearer was."""
    device_offset_s: int = 0
    """Constant offset of the device clock from UTC; meaningless without ``tz``."""
    device_tz: tzinfo | None = None
    """Whose local time the device clock showed when the recording began."""

    @classmethod
    def of(
        cls,
        tz: str | None,
        start_ns: int,
        *,
        device_tz: str | None = None,
        offset_s: int | None = None,
    ) -> Zone:
        """Zone of a recording.

        Parameters
        ----------
        tz
            IANA name of the zone in which the wearer lived, such as ``Europe/London``; None if it
            is that of the device clock, or unknown.
        start_ns
            Device time of the first sample. The offset in force then holds for the whole recording;
            an hour that exists twice is taken as the first.
        device_tz
            Name of the zone whose local time the device clock showed then; None if it is ``tz``.
        offset_s
            The device clock's offset from UTC, if its stamps carry it (:attr:`Header.utc_known`):
            it is believed whatever ``device_tz`` says. Without any zone, local time keeps it.

        Raises
        ------
        ValueError
            If a name is not an IANA zone.
        """
        worn: tzinfo | None = _place(tz or device_tz)
        clock: tzinfo | None = _place(device_tz or tz)
        if offset_s is not None:
            clock = timezone(timedelta(seconds=offset_s))
        return cls(worn or clock, _offset_s(clock, start_ns), clock)

    def utc_ns(self, device_ns: int) -> int | None:
        """UTC, None if unknown."""
        return None if self.tz is None else device_ns - self.device_offset_s * SECOND_NS

    def utc_iso(self, device_ns: int) -> str | None:
        """UTC as ``2024-03-05T22:41:07.250Z``, None if unknown."""
        utc = self.utc_ns(device_ns)
        return None if utc is None else f"{_iso(_naive(utc))}Z"

    def local_iso(self, device_ns: int) -> str:
        """Local time as ``2024-03-05T23:41:07.250+01:00``; without offset if nobody knows it."""
        local = self.local(device_ns)
        text = _iso(local.replace(tzinfo=None))
        offset = local.utcoffset()
        if offset is None:
            return text
        sign, minutes = ("-", -offset) if offset < timedelta(0) else ("+", offset)
        hours, rest = divmod(int(minutes.total_seconds()) // 60, 60)
        return f"{text}{sign}{hours:02d}:{rest:02d}"

    def local(self, device_ns: int) -> datetime:
        """Local time; naive if the zone is unknown. Rounded to the nearest millisecond."""
        utc = self.utc_ns(device_ns)
        if utc is None:
            return _naive(device_ns)
        return _naive(utc).replace(tzinfo=UTC).astimezone(self.tz)

    def device_ns(self, local: datetime) -> int:
        """Device time at a naive local wall-clock time (the first, if it exists twice)."""
        if self.tz is None:
            return _ns(local)
        utc = local.replace(tzinfo=self.tz).astimezone(UTC).replace(tzinfo=None)
        return _ns(utc) + self.device_offset_s * SECOND_NS

    def nights(self, start_ns: int, end_ns: int, night_start: time = time(12)) -> list[NightSpan]:
        """Every night that overlaps [start_ns, end_ns); 23 or 25 hours long where clocks change."""
        day = self.local(start_ns).date() - timedelta(days=1)
        spans = []
        while (begin := self.device_ns(datetime.combine(day, night_start))) < end_ns:
            following = day + timedelta(days=1)
            end = self.device_ns(datetime.combine(following, night_start))
            if end > max(begin, start_ns):  # a place that changed sides of the date line lost a day
                spans.append(NightSpan(day, begin, end))
            day = following
        return spans


def compare_zones(
    header: Header, health: Health, start_ns: int, *, tz: str | None, device_tz: str | None
) -> None:
    """Remark where what a file states of its clock contradicts the zones that a user names."""
    named = device_tz or (None if header.utc_known else tz)
    if named is None or header.utc_offset_s is None:
        return
    offset_s = _offset_s(_place(named), start_ns)
    if offset_s == header.utc_offset_s:
        return
    stated, by_zone = (f"UTC{s / 3600:+g} h" for s in (header.utc_offset_s, offset_s))
    if header.utc_known:
        said = f"the stamps carry {stated} and were believed; {named} would be {by_zone}"
    else:
        said = f"the file says that its clock was set to {stated}; {named}, {by_zone}, was believed"
        if not device_tz:
            said += ": where the clock was set in another zone, name that one too (--device-tz)"
    health.remark("offset_differs", said)


@cache
def _place(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not an IANA time zone; write for example 'Europe/London'")
    return ZoneInfo(name)


def _offset_s(tz: tzinfo | None, device_ns: int) -> int:
    """Offset from UTC of a clock that shows ``device_ns`` as local time."""
    offset = _naive(device_ns).replace(tzinfo=tz).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _naive(ns: int) -> datetime:
    """Return the naive time, rounded half up to the millisecond that the tables show."""
    return _EPOCH + timedelta(milliseconds=(ns + 500_000) // 1_000_000)


def _ns(naive: datetime) -> int:
    delta = naive - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * SECOND_NS + delta.microseconds * 1_000


def _iso(naive: datetime) -> str:
    return naive.isoformat(timespec="milliseconds")
