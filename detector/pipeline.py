"""From a recording to its nights: the one place where reading, detecting and judging meet.

Nights are judged as soon as the stream has passed them and then forgotten here, so that a month
costs no more memory than a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from recordings import (
    SECOND_NS,
    NightSpan,
    Place,
    Probe,
    ReadOptions,
    Recording,
    RecordingError,
    Zone,
    compare_zones,
)

from .nights.night import Interval, Night, Side, Site, Stated
from .nights.quality import Inquiry, Quality, idle_gaps
from .people.naming import NamedBy
from .result import Facts, Result
from .scan import Scan
from .settings import Settings
from .stated.diary import Diary
from .stated.hypnogram import Hypnogram, stated

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

HIGHEST_RATE_HZ = 10_000.0
"""No accelerometer is faster; a clock that creeps would ask for filters of any length."""

SETTLED_NS = 60 * SECOND_NS
"""Candidates are final at most this long after they began: longest event and surroundings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who wore the sensor, where, and in which time zone: what no file can be trusted to say."""

    recording_id: str
    shown_path: str = ""
    parts: int = 1
    """Files it was read from."""
    participant_id: str = ""
    participant_source: NamedBy = "file_name"
    session: str = ""
    notes: str = ""
    tz: str | None = None
    """IANA name of the zone in which the wearer lived; None if unknown, or that of the clock."""
    device_tz: str | None = None
    """IANA name of the zone whose time the device clock showed when the recording began; None if it
    is that of the wearer."""
    site: Site = "unknown"
    side: Side = "unknown"
    anonymised: bool = False
    """Whether names are left out and dates are moved."""
    sleep_period: tuple[time, time] | None = None
    """Local times at which sleep began and ended, in every night, where the user knows them."""
    diary: Diary = field(default_factory=Diary)
    hypnogram: Hypnogram | None = None


class Analysis:
    """One recording, opened and probed, ready for its one pass.

    Raises
    ------
    RecordingError
        If the recording cannot be read, or is sampled too slowly.
    ValueError
        If ``subject.tz`` or ``subject.device_tz`` is not an IANA zone.
    """

    def __init__(self, recording: Recording, subject: Subject, settings: Settings) -> None:
        from recordings import probe

        self.recording = recording
        self.settings = settings
        self.probe: Probe = probe(recording)
        self.zone = Zone.of(
            subject.tz,
            self.probe.start_ns,
            device_tz=subject.device_tz,
            offset_s=recording.header.known_offset_s,
        )
        self._subject = subject
        self._inquiry = Inquiry(self.probe.rate_hz, settings.health)
        if self.probe.rate_hz > HIGHEST_RATE_HZ:
            raise RecordingError(
                recording.path,
                f"its stamps say {self.probe.rate_hz:.0f} samples a second: they cannot be right",
                remedy="check the recorder's clock, or give a table without times and its --rate",
            )
        if self.probe.rate_hz < settings.scan.min_rate_hz:
            raise RecordingError(
                recording.path,
                f"sampled at {self.probe.rate_hz:.2f} Hz: too slow to see a jerk",
                remedy=f"record at 50 Hz or more (the least is {settings.scan.min_rate_hz:g} Hz)",
            )

    @property
    def facts(self) -> Facts:
        """What holds for the whole recording, as far as the latest pass has read it."""
        subject = self._subject
        named = subject.tz or subject.device_tz
        return Facts(
            recording_id=subject.recording_id,
            path=subject.shown_path,
            header=self.recording.header,
            health=self.recording.health,
            quality=self._inquiry.quality(),
            probe=self.probe,
            zone=self.zone,
            tz_name=None if self.zone.tz is None else str(self.zone.tz),
            tz_source="user" if named else "file" if self.zone.tz else "unknown",
            settings=self.settings,
            parts=subject.parts,
            participant_id=subject.participant_id,
            participant_source=subject.participant_source,
            session=subject.session,
            notes=subject.notes,
            site=subject.site,
            side=subject.side,
            anonymised=subject.anonymised,
            factors=subject.diary.columns,
        )

    def nights(self) -> Iterator[Night]:
        """Read the recording once and judge night after night."""
        night_start = time.fromisoformat(self.settings.window.night_start)
        self._inquiry = Inquiry(self.probe.rate_hz, self.settings.health)
        first_date = None
        noted = {entry.night_date for entry in self._subject.diary.entries}
        for span, scan, last_ns in split_nights(self._scans(), self.zone, night_start):
            first_date = first_date or span.date
            self._inquiry.add(scan.epochs, span)
            night = self._judged(scan, span, (span.date - first_date).days, last_ns)
            noted.discard(span.date)
            yield night
            del scan, night  # nothing of this night lives on while the next one is gathered
        if noted:
            self.recording.health.remark("diary_unrecorded", _unrecorded(sorted(noted)))
        compare_zones(
            self.recording.header,
            self.recording.health,
            self.probe.start_ns,
            tz=self._subject.tz,
            device_tz=self._subject.device_tz,
        )

    def _judged(self, scan: Scan, span: NightSpan, index: int, last_ns: int) -> Night:
        """Judge one night, and once more if stated sleep is used in place of that found."""
        from .nights.judging import judge

        judged = partial(
            judge,
            scan,
            span,
            index=index,
            recorded=Interval(self.probe.start_ns, last_ns),
            site=self._subject.site,
            step_g=self.probe.step_g,
            rate_hz=self.probe.rate_hz,
            settings=self.settings,
            idle=idle_gaps(self.recording.health),
        )
        night = judged(given=self._given(span))
        diary, sleep = self._subject.diary, night.sleep
        noted = diary.noted(span.date, self.zone)
        if sleep is not None and sleep.onset_observed and sleep.source != "diary":
            noted = replace(noted, found_onset_ns=sleep.onset_ns)
        scored = self._subject.hypnogram
        staged = None if scored is None else scored.of(span, self.zone)
        period = noted.period(sleep) if diary.use_onset else None
        period = (staged and stated(staged)) or period
        if period is not None:
            night = judged(given=period)
        return replace(night, noted=noted, staged=staged)

    def _given(self, span: NightSpan) -> Stated | None:
        """Sleep period that the user states, in this night."""
        if self._subject.sleep_period is None:
            return None
        begins = time.fromisoformat(self.settings.window.night_start)
        onset_ns, wake_ns = (
            self.zone.device_ns(datetime.combine(span.date + timedelta(days=at < begins), at))
            for at in self._subject.sleep_period
        )
        return Stated(onset_ns, wake_ns)

    def _scans(self) -> Iterator[Scan]:
        from .signal.stream import Stream

        stream = Stream(self.probe.rate_hz, self.probe.step_g, self.settings.scan)
        for chunk in self.recording.chunks():
            yield stream.push(chunk)
        yield stream.finish()


def _unrecorded(nights: Sequence[date]) -> str:
    dates = f"{nights[0]} to {nights[-1]}" if len(nights) > 1 else str(nights[0])
    number = "1 night" if len(nights) == 1 else f"{len(nights)} nights"
    return f"{number} of the diary {'was' if len(nights) == 1 else 'were'} not recorded ({dates})"


def survey(
    recording: Recording,
    rate_hz: float,
    zone: Zone,
    settings: Settings,
    advance: Callable[[int], None] = lambda _: None,
) -> Quality:
    """Read a recording once without looking for events, and say what a run would of its sensor.

    Parameters
    ----------
    recording
        Its health is filled on the way.
    rate_hz
        Measured sampling rate.
    zone
        Of the device's clock.
    settings
        The group ``health``, and where nights begin.
    advance
        Called with the bytes read so far.
    """
    from .signal.segments import Survey

    def scans() -> Iterator[Scan]:
        passing = Survey(rate_hz)
        for chunk in recording.chunks():
            advance(recording.health.bytes_read)
            yield passing.push(chunk)
        yield passing.finish()

    inquiry = Inquiry(rate_hz, settings.health)
    night_start = time.fromisoformat(settings.window.night_start)
    for span, scan, _ in split_nights(scans(), zone, night_start):
        inquiry.add(scan.epochs, span)
    return inquiry.quality()


def split_nights(
    scans: Iterable[Scan], zone: Zone, night_start: time
) -> Iterator[tuple[NightSpan, Scan, int]]:
    """Gather consecutive rows into nights, each with the last time seen so far.

    Nights without a single sample do not exist.
    """
    waiting: list[Scan] = []
    span: NightSpan | None = None
    last_ns = 0
    for scan in scans:
        waiting.append(scan)
        if not len(scan.epochs):
            continue
        last_ns = int(scan.epochs["start_ns"][-1]) + 5 * SECOND_NS
        span = span or _span_of(scan, zone, night_start)
        while span is not None and last_ns >= span.end_ns + SETTLED_NS:
            night, rest = Scan.concat(waiting).split(span.end_ns)
            waiting = [rest]
            yield span, night, last_ns
            del night
            span = _span_of(rest, zone, night_start)
    while span is not None:
        night, rest = Scan.concat(waiting).split(span.end_ns)
        waiting = [rest]
        yield span, night, last_ns
        span = _span_of(rest, zone, night_start)


def _span_of(scan: Scan, zone: Zone, night_start: time) -> NightSpan | None:
    """Night of the first epoch, None if there is none."""
    if not len(scan.epochs):
        return None
    first_ns = int(scan.epochs["start_ns"][0])
    return zone.nights(first_ns, first_ns + 1, night_start)[0]


def analyse(
    path: Place | str,
    settings: Settings | None = None,
    *,
    tz: str | None = None,
    device_tz: str | None = None,
    site: Site = "unknown",
    side: Side = "unknown",
    sleep_period: tuple[time, time] | None = None,
    reading: ReadOptions | None = None,
) -> Result:
    """Analyse one recorded file.

    Parameters
    ----------
    path
        A recording of any format that is read, or its URL.
    settings
        All thresholds; the defaults if None.
    tz
        IANA name of the zone in which the wearer lived.
    device_tz
        IANA name of the zone whose time the device clock showed when the recording began, if that
        is another one.
    site, side
        Where the sensor was worn.
    sleep_period
        Local times at which sleep began and ended, in every night, instead of those found.
    reading
        What the content of a file may leave open.

    Raises
    ------
    RecordingError
        If the file cannot be read.
    """
    from recordings import open_recording, place_of

    path = place_of(path)
    subject = Subject(
        recording_id=path.stem,
        shown_path=path.name,
        participant_id=path.stem,
        tz=tz,
        device_tz=device_tz,
        site=site,
        side=side,
        sleep_period=sleep_period,
    )
    return _collect(open_recording(path, reading), subject, settings)


def analyse_samples(
    accel_g: ArrayLike,
    rate_hz: float,
    start: datetime | str,
    settings: Settings | None = None,
    *,
    tz: str | None = None,
    site: Site = "unknown",
    side: Side = "unknown",
) -> Result:
    """Analyse samples that are already in memory.

    Parameters
    ----------
    accel_g
        Shape (n, 3), in g; rows that are not finite are gaps.
    rate_hz
        True sampling rate.
    start
        Local time of the first sample; with an offset, if that is not the one of ``tz``.
    settings, tz, site, side
        As in :func:`analyse`.
    """
    from recordings import ArrayRecording

    subject = Subject(recording_id="samples", tz=tz, site=site, side=side)
    return _collect(ArrayRecording(accel_g, rate_hz, start), subject, settings)


def _collect(recording: Recording, subject: Subject, settings: Settings | None) -> Result:
    analysis = Analysis(recording, subject, settings or Settings())
    nights = tuple(analysis.nights())
    return Result(facts=analysis.facts, nights=nights)
