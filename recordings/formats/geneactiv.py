"""GENEActiv ``.bin``: a text file of a header and pages of 300 samples in hexadecimal digits.

The header is read until the first line ``Recorded Data``; every page begins with that line. A page
states its sequence number, the device time of its first sample (to half a second), its rate and a
temperature. Samples and stamps come from one clock, so there is no drift to measure: within a run,
samples are counted from the first page's time at the exact rate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from ..kernels.geneactiv import CUT, PAGE, PAGE_SAMPLES, SAMPLE_DIGITS, scan_pages
from ..model import SECOND_NS, Block, Header, Health, ReadOptions, RecordingError, Scale
from ..place import Place
from ..source import ByteSource

NAME = "geneactiv-bin"

BUFFER_BYTES = 1 << 21
"""One read: about 560 pages, 160 000 samples. What is done once for a buffer then costs little
beside what is done for every page."""

HEADER_BYTES = 1 << 16
"""The first page begins within these; real headers have 1500 to 2500 bytes."""

LOWEST, HIGHEST = -2048, 2047
"""The extreme codes of 12 bits, at about 8 g: the sensor clips there."""

STAMP_TOLERANCE_NS = SECOND_NS
"""Stamps are rounded to half seconds, and steps of 6.5 then 6.0 s occur for pages of 6.0 s: only a
larger deviation from the count of samples is a gap."""

CLOSE_SAMPLES = 10
"""Distance of anchors where pages have another rate than the header: the clock takes a disagreement
of a second between anchors for a gap, and it begins with the rate of the header."""

TEMPERATURE_PAGES = 20
"""Pages, counted from the beginning of a run, that share the temperature of their first: one minute
at 100 Hz. It keeps blocks long where the sensor flickers by its last digit."""

_MARK = re.compile(rb"^Recorded Data[ \0\t]*\r?$", re.MULTILINE)
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_ZONE = re.compile(r"(?:GMT|UTC)\s*([-+])\s*(\d{1,2}):(\d{2})")
_PAGE_HEADER_BYTES = 400
_NOTES = (
    "Device Location Code",
    "Subject Code",
    "Study Centre",
    "Study Code",
    "Start Time",
    "Measurement Period",
    "Calibration Date",
    "Extract Notes",
)
"""Shown to the user; who wore it (birth, sex, height, weight, notes) is left in the file."""


def sniff(head: bytes) -> bool:
    """Whether the first bytes are those of a GENEActiv file."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"Device Identity")


def open_reader(path: Place, options: ReadOptions) -> GeneactivReader:  # noqa: ARG001 (it says all)
    """Read the header.

    Raises
    ------
    RecordingError
        If there is no page, the device is another one, or calibration or rate are unreadable.
    """
    with ByteSource(path) as source:
        head = source.head(HEADER_BYTES)
    mark = _MARK.search(head)
    if mark is None:
        raise RecordingError(
            path,
            "has a GENEActiv header but no line 'Recorded Data' in its first 64 KiB",
            offset=len(head),
            remedy="extract the recording from the device again",
        )
    # The lines of the first page fill in what the header lacks.
    fields = _parse(head[: mark.start() + _PAGE_HEADER_BYTES])
    device = fields.get("Device Type", "")
    if not device.startswith(("GENEActiv", "GENEAsleep")):
        raise RecordingError(
            path, f"is of device type {device!r}, not GENEActiv", remedy="export it as CSV"
        )
    scale = _scale(path, fields)
    rate_hz = true_rate_hz(_required(path, fields, "Measurement Frequency"))
    if rate_hz <= 0:
        raise RecordingError(
            path,
            f"states a measurement frequency of {rate_hz} Hz",
            remedy="extract the recording from the device again",
        )
    return GeneactivReader(
        path=path, first_page=mark.start(), header=_header(fields, rate_hz), scale=scale
    )


def true_rate_hz(stated_hz: float) -> float:
    """Return the rate that a rounded text such as 85.7 stands for: 600/k Hz where one is near.

    Page lengths of 3.0, 3.5, 5.0, 6.0 and 15.0 s at 100, 85.7, 60, 50 and 20 Hz, with stamps in
    half seconds, say that 300 samples last k/2 s. A text farther than 0.2 % from any 600/k stands.
    """
    if not 0.1 <= stated_hz <= 600:
        return stated_hz
    nearest = 600 / round(600 / stated_hz)
    return nearest if abs(nearest - stated_hz) <= 0.002 * stated_hz else stated_hz


@dataclass(frozen=True, slots=True)
class GeneactivReader:
    """One GENEActiv file; see :class:`recordings.formats.Reader`."""

    path: Place
    first_page: int
    """Byte offset of the first page."""
    header: Header
    scale: Scale

    def blocks(self, health: Health) -> Iterator[Block]:
        """Decode from the beginning, page after page."""
        content = bytearray(BUFFER_BYTES)
        buffer = np.frombuffer(content, np.uint8)
        view = memoryview(content)
        pages = np.zeros(BUFFER_BYTES // 2048, PAGE)
        joiner = _Joiner(self.header.nominal_hz, health)
        filled = 0
        final = False
        with ByteSource(self.path) as source:
            source.read(self.first_page)
            while filled or not final:
                filled += source.readinto(view[filled:])
                final = filled < len(buffer)
                samples = np.empty((filled // SAMPLE_DIGITS, 3), np.int16)
                count, rows, used = scan_pages(buffer, filled, final, pages, samples)
                if not final and not used:
                    used = filled  # a line longer than the buffer
                yield from joiner.join(pages[:count], samples[:rows], source.offset - filled, used)
                buffer[: filled - used] = buffer[used:filled]
                filled -= used
            source.conclude(health)
        joiner.conclude()


class _Joiner:
    """Turns pages into blocks: decides where a page does not continue the one before."""

    def __init__(self, nominal_hz: float, health: Health) -> None:
        self._nominal_hz = nominal_hz
        self._health = health
        self._anchor_samples = PAGE_SAMPLES
        """Distance of anchors."""
        self._last: np.void | None = None
        """The newest usable page."""
        self._after_bad = False
        """Whether a bad page came after it."""
        self._start_ns = 0
        """Device time of the first page of the run."""
        self._pages = 0
        """Pages of the run so far."""
        self._temperature_c = np.nan
        self._first_bad = -1
        self._cut_samples = -1

    def join(
        self, pages: NDArray[np.void], samples: NDArray[np.int16], offset: int, used: int
    ) -> Iterator[Block]:
        """Yield the blocks of one buffer, of which ``used`` bytes from ``offset`` on were read."""
        usable = pages["samples"] > 0
        bad = ~usable & (pages["status"] != CUT)
        self._count(pages, usable, bad, offset, used)
        good = pages[usable]
        lost = np.cumsum(bad)
        if len(good):
            after_bad = np.diff(lost[usable], prepend=-int(self._after_bad)) > 0
            self._after_bad = bool(lost[-1] > lost[usable][-1])
            yield from self._runs(good, samples, after_bad)
        else:
            self._after_bad |= bool(bad.any())

    def conclude(self) -> None:
        """Say what was damaged."""
        if self._first_bad >= 0:
            self._health.remark(
                "bad_block",
                f"{self._health.blocks_bad} damaged pages were left out; the first is at byte "
                f"{self._first_bad}",
            )
        if self._cut_samples >= 0:
            self._health.remark(
                "truncated",
                f"the file breaks off inside a page, of which {self._cut_samples} whole samples "
                "were used",
            )

    def _count(
        self,
        pages: NDArray[np.void],
        usable: NDArray[np.bool_],
        bad: NDArray[np.bool_],
        offset: int,
        used: int,
    ) -> None:
        """Note what was read and what was damaged."""
        self._health.blocks += int(np.count_nonzero(usable))
        self._health.blocks_bad += int(np.count_nonzero(bad))
        self._health.bytes_skipped += used - int(pages["bytes"].sum())
        if self._first_bad < 0 and bad.any():
            self._first_bad = offset + int(pages["offset"][bad][0])
        if len(pages) and pages["status"][-1] == CUT:
            self._cut_samples = int(pages["samples"][-1])

    def _runs(
        self, good: NDArray[np.void], samples: NDArray[np.int16], after_bad: NDArray[np.bool_]
    ) -> Iterator[Block]:
        """Cut consecutive usable pages where one does not continue the one before."""
        breaks = self._breaks(good, after_bad)
        self._last = good[-1].copy()
        stamps = good["time_ns"]
        first = row = 0
        while first < len(good):
            reason = breaks.get(first, "")
            if reason:
                self._start_ns = int(stamps[first])
                self._pages = 0
            last = min((edge for edge in breaks if edge > first), default=len(good))
            late = stamps[first:last] - self._times(
                np.arange(last - first), float(good["rate_hz"][first])
            )
            apart = np.flatnonzero(np.abs(late) > STAMP_TOLERANCE_NS)
            if len(apart):
                last = first + int(apart[0])
                breaks[last] = "gap" if late[apart[0]] > 0 else "clock_backwards"
            if last > first:
                rows = int(good["samples"][first:last].sum())
                yield from self._blocks(good[first:last], samples[row : row + rows], reason)
                row += rows
            first = last

    def _breaks(self, good: NDArray[np.void], after_bad: NDArray[np.bool_]) -> dict[int, str]:
        """Return the pages that cannot continue the one before, with the reason."""
        sequence, rate_hz = good["sequence"], good["rate_hz"]
        apart = after_bad.copy()
        apart[1:] |= sequence[1:] - sequence[:-1] != 1
        apart[1:] |= rate_hz[1:] != rate_hz[:-1]
        apart[1:] |= good["samples"][:-1] != PAGE_SAMPLES
        first = _why_apart(self._last, good[0], after_bad=bool(after_bad[0]))
        others = {
            int(i): _why_apart(good[i - 1], good[i], after_bad=bool(after_bad[i]))
            for i in np.flatnonzero(apart[1:]) + 1
        }
        return {0: first, **others} if first else others

    def _times(self, index: NDArray[np.int64], stated_hz: float) -> NDArray[np.int64]:
        """Device time at which pages begin, by their number counted from the next one."""
        return self._start_ns + (self._pages + index) * _page_ns(stated_hz)

    def _blocks(
        self, run: NDArray[np.void], samples: NDArray[np.int16], reason: str
    ) -> Iterator[Block]:
        """Cut a run where the temperature changes; every page gives the anchor behind its end.

        The first block brings the anchors of all: what the clock does once for a block then costs
        little beside what it does for every page.
        """
        anchors = self._anchors(len(run), float(run["rate_hz"][0]))[0 if reason else 1 :]
        for first, last, temperature_c in self._by_temperature(run):
            yield Block(
                samples=samples[PAGE_SAMPLES * first : PAGE_SAMPLES * last],
                anchors=anchors,
                breaks=reason,
                temperature_c=temperature_c,
            )
            reason, anchors = "", anchors[:0]
        self._pages += len(run)

    def _anchors(self, count: int, stated_hz: float) -> NDArray[np.int64]:
        """Return the anchors of the next pages, that of their beginning first."""
        if true_rate_hz(stated_hz) != self._nominal_hz:
            self._anchor_samples = CLOSE_SAMPLES  # and ever after, for the clock has now that rate
        index = np.arange(0, PAGE_SAMPLES * count + 1, self._anchor_samples)
        pages, samples = np.divmod(index, PAGE_SAMPLES)
        inside = np.rint(samples * (_page_ns(stated_hz) / PAGE_SAMPLES)).astype(np.int64)
        return np.column_stack([index, self._times(pages, stated_hz) + inside])

    def _by_temperature(self, run: NDArray[np.void]) -> list[tuple[int, int, float]]:
        """Return (first page, last + 1, temperature) of the parts of a run."""
        parts = []
        first = 0
        for start in range(-self._pages % TEMPERATURE_PAGES, len(run), TEMPERATURE_PAGES):
            temperature_c = float(run["temperature_c"][start])
            if start > first and temperature_c != self._temperature_c:
                parts.append((first, start, self._temperature_c))
                first = start
            self._temperature_c = temperature_c
        return [*parts, (first, len(run), self._temperature_c)]


def _why_apart(before: np.void | None, page: np.void, *, after_bad: bool) -> str:
    """Say why a page cannot continue the one before; empty if it may."""
    if before is None:
        return "start"
    step = int(page["sequence"]) - int(before["sequence"])
    if after_bad:
        return "bad_block"
    if step != 1:
        return "lost_block" if step > 1 else "restart"
    if page["rate_hz"] != before["rate_hz"]:
        return "rate_change"
    return "" if before["samples"] == PAGE_SAMPLES else "short_block"


def _page_ns(stated_hz: float) -> int:
    """Duration of a page; a whole number of half seconds at 600/k Hz."""
    return round(PAGE_SAMPLES * SECOND_NS / true_rate_hz(stated_hz))


def _parse(head: bytes) -> dict[str, str]:
    """Return the ``key:value`` lines, padding removed; the first of a name counts."""
    fields: dict[str, str] = {}
    for line in head.decode("latin-1").split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip("\0 \t\r\ufeff"), value.strip("\0 \t\r"))
    return fields


def _required(path: Place, fields: Mapping[str, str], name: str) -> float:
    """Return a number of the header; comma or point, a unit may follow."""
    found = _NUMBER.match(fields.get(name, ""))
    value = float(found[0].replace(",", ".")) if found else np.nan
    if not isfinite(value):
        raise RecordingError(
            path,
            f"the header states no usable {name!r}: {fields.get(name, 'missing')!r}",
            remedy="extract the recording from the device again",
        )
    return value


def _header(fields: Mapping[str, str], rate_hz: float) -> Header:
    """Return what the file says of itself."""
    bounds = _NUMBER.findall(fields.get("Accelerometer Range", ""))
    model = fields.get("Device Model", "")
    return Header(
        format=NAME,
        device=f"{fields['Device Type']} {model}".strip(),
        serial=fields.get("Device Unique Serial Code") or None,
        firmware=fields.get("Device Firmware Version") or None,
        nominal_hz=rate_hz,
        range_g=max((abs(float(b.replace(",", "."))) for b in bounds), default=None),
        utc_offset_s=_utc_offset_s(fields.get("Time Zone", "")),
        notes={name: fields[name] for name in _NOTES if fields.get(name)},
    )


def _scale(path: Place, fields: Mapping[str, str]) -> Scale:
    """Return ``g = (100 raw - offset) / gain`` per axis, as printed in the vendor's manual."""
    x, y, z = (_required(path, fields, f"{axis} gain") for axis in "xyz")
    if 0.0 in (x, y, z):
        raise RecordingError(
            path,
            "states a gain of zero in its calibration data",
            remedy="extract the recording from the device again",
        )
    x0, y0, z0 = (_required(path, fields, f"{axis} offset") for axis in "xyz")
    return Scale(
        gain_g=(100 / x, 100 / y, 100 / z),
        offset_g=(-x0 / x, -y0 / y, -z0 / z),
        lowest=LOWEST,
        highest=HIGHEST,
    )


def _utc_offset_s(text: str) -> int | None:
    """Return the offset in ``GMT -04:00``, None if there is none."""
    found = _ZONE.match(text)
    if found is None:
        return None
    seconds = int(found[2]) * 3600 + int(found[3]) * 60
    return -seconds if found[1] == "-" else seconds
