"""``METHODS.md``: what a paper must say of a run, with the run's real settings and data."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from textwrap import fill
from typing import Literal

from .nights.guider import BRIDGED_MIN
from .nights.onset import UNCERTAINTY_FLOOR_MIN
from .settings import Settings
from .tables.csvtext import Row
from .version import ALGORITHM_VERSION, VERSION

_WIDTH = 96


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph or a list."""

    tag: Literal["h3", "p", "ul"]
    """As a page calls it."""
    texts: tuple[str, ...]
    """One of a heading or paragraph, those of a list; without line breaks."""


def methods(settings: Settings, rows: Iterable[Row], several: int = 0) -> str:
    """Return the text.

    Parameters
    ----------
    settings
        Of the run.
    rows
        Its rows of ``recordings.csv``.
    several
        Participants who wore several sensors at a time.
    """
    parts = (
        "# Methods",
        "A paragraph to paste into a paper, with the settings and data of this run.",
        *(_markdown(block) for block in blocks(settings, rows, several)),
    )
    return "\n\n".join(parts) + "\n"


def blocks(settings: Settings, rows: Iterable[Row], several: int = 0) -> tuple[Block, ...]:
    """Return the same without the title."""
    sentences = (
        _software(settings),
        _data(rows),
        _detection(settings),
        _sleep(settings),
        _windows(settings),
        _kinds(settings),
        _limbs(settings, several) if several else "",
    )
    return (
        _block("p", " ".join(sentences)),
        _block("h3", "What is not validated"),
        _block("ul", *_LIMITS),
        _block("h3", "References"),
        _block("ul", *_REFERENCES, _software_reference(settings)),
    )


def _block(tag: Literal["h3", "p", "ul"], *texts: str) -> Block:
    return Block(tag, tuple(" ".join(text.split()) for text in texts))


def _markdown(block: Block) -> str:
    first, others = {"h3": ("## ", ""), "p": ("", ""), "ul": ("- ", "  ")}[block.tag]
    return "\n".join(
        fill(
            text,
            _WIDTH,
            initial_indent=first,
            subsequent_indent=others,
            break_on_hyphens=False,
        )
        for text in block.texts
    )


def _software(settings: Settings) -> str:
    values = ", ".join(f"{name} = {value}" for name, value in settings.changed().items())
    return f"""
    Candidate sleep starts (hypnic jerks) were detected with hypnic {VERSION} (algorithm
    {ALGORITHM_VERSION}; Python {platform.python_version()}, numpy {version("numpy")}, numba
    {version("numba")}) with {f"these settings changed: {values}" if values else "default settings"}
    (hash {settings.fingerprint()})."""


def _data(rows: Iterable[Row]) -> str:
    kinds, zones, moved = Counter[str](), set[str](), False
    for row in rows:
        if row.get("status") in {"ok", "ok_with_warnings"}:
            kinds[_kind_of(row)] += 1
            zones.add(_zone_of(row))
            moved = moved or bool(row.get("anonymised"))
    if not kinds:
        return ""
    what = "; ".join(f"{count} x {kind}" for kind, count in sorted(kinds.items()))
    return f"""
    Recordings analysed: {kinds.total()} ({what}). Time zone: {", ".join(sorted(zones))}. The rates
    are those measured against the device's clock; samples were neither resampled nor filled in, and
    not calibrated. Time with a stuck axis, and gaps for whatever reason, are unobserved.
    {_ANONYMISED if moved else ""}"""


def _limbs(settings: Settings, several: int) -> str:
    s = settings.limbs
    people = "1 participant" if several == 1 else f"{several} participants"
    return f"""
    {people} wore several sensors at a time. Their clocks were aligned, in offset and drift, by
    movements that began on both out of stillness, where at least {s.shared_least} were shared; else
    nothing was said of what happened together. A sleep start was called by the limbs that moved
    within {s.together_s:g} s of it; what reached all sensors weakly and evenly, below
    {s.disturbance_mg:g} mg, was taken for a disturbance from outside."""


_ANONYMISED = """Names were replaced by pseudonyms. Dates are not the real ones: those of each
    participant were moved by a whole number of weeks that keeps weekdays and offsets from UTC."""


def _zone_of(row: Row) -> str:
    tz, device_tz = row.get("tz"), row.get("device_tz")
    elsewhere = (
        f" (device clock set to {device_tz})" if tz and device_tz and device_tz != tz else ""
    )
    return f"{tz or 'unknown'}{elsewhere}"


def _kind_of(row: Row) -> str:
    rate_hz, site = row.get("measured_hz"), row.get("site")
    rate = f" at {rate_hz:.1f} Hz" if isinstance(rate_hz, float) else ""
    worn = "site unknown" if site == "unknown" else f"site {site}"
    return f"{row.get('device') or row.get('format')}{rate}, {worn}"


def _detection(settings: Settings) -> str:
    s = settings.scan
    return f"""
    Jerk is the vector norm of the three axes' derivatives after a Butterworth band-pass
    ({s.jerk_low_hz:g} to {s.jerk_high_hz:g} Hz), as a moving RMS over {s.envelope_s:g} s. An event
    began where it exceeded {s.on_factor:g} times the recording's own noise floor (the
    {100 * s.floor_quantile:g}th percentile of the one-second levels of the past {s.floor_s:g} s, at
    most {s.floor_max_g_per_s:g} g/s), but at least {s.jerk_min_g_per_s:g} g/s and
    {s.jerk_min_per_step:g} g/s per mg of the sensor's step (or, for slower movement, where
    acceleration from {s.movement_low_hz:g} Hz exceeded its own threshold of at least
    {s.movement_min_mg:g} mg), and ended when the level had
    stayed below {100 * s.off_share:g} % of that threshold for {s.merge_s:g} s. Filters were
    restarted at every gap, and the {s.blank_s:g} s behind it were not judged."""


def _sleep(settings: Settings) -> str:
    s, window = settings.sleep, settings.window
    guider = {
        "auto": f"""HDCZA (van Hees 2018) where a night was observed for at least
            {s.hdcza_min_h:g} h, else by the same rule with a fixed threshold of
            {s.fixed_angle_deg:g} degrees""",
        "hdcza": "HDCZA (van Hees 2018)",
        "fixed": f"the rule of van Hees 2018 with a threshold of {s.fixed_angle_deg:g} degrees",
    }[s.guider]
    return f"""
    Nights ran from {window.night_start} to {window.night_start} local time. The sleep period was
    found by {guider}; up to {BRIDGED_MIN:g} min without data did not end a still block. Sleep
    onset is where the share of half minutes with movement fell from
    about {s.moved_awake_pct:g} % to {s.moved_asleep_pct:g} % (a hidden Markov model of two states);
    its uncertainty is the spread of this and of other estimates (sustained inactivity after van
    Hees 2015, with and without tolerance for isolated jerks; the first immobile
    {s.immobile_min:g} min; Cole 1992), at least {UNCERTAINTY_FLOOR_MIN:g} min for estimates from
    motion alone. Non-wear was taken from windows of {s.nonwear_window_min:g} min (standard
    deviation below {s.nonwear_sd_mg:g} mg, range below {s.nonwear_range_mg:g} mg; after van Hees
    2013)."""


def _windows(settings: Settings) -> str:
    w = settings.window
    return f"""
    Sleep starts were counted from {w.before_min:g} min before to
    {w.after_min:g} min after sleep onset, and again with this window moved by {w.shift_min:g} min
    both ways. A night whose window could be judged for less than {w.usable_window_pct:g} % has no
    count."""


def _kinds(settings: Settings) -> str:
    k = settings.kinds
    return f"""
    An event was counted as a candidate sleep start if its peak acceleration was at least
    {k.accel_min_mg:g} mg ({k.accel_min_coarse_mg:g} mg for sensors with a step of 10 mg or more),
    its peak jerk at least {k.jerk_min_g_per_s:g} g/s, its width at 25 % of the peak at most
    {k.width_max_s:g} s, its duration at most {k.duration_max_s:g} s with no more than
    {k.bursts_max} bursts, the posture change at most {k.posture_max_deg:g} degrees, and its
    effective frequency between {k.effective_low_hz:g} and {k.effective_high_hz:g} Hz, and if it
    followed at least {k.still_before_s:g} s of stillness; movement after it did not exclude it if
    its opening jerk met these limits, no later one within {k.arousal_s:g} s was above
    {100 * k.arousal_late_share:g} % of it, all of it was over within {k.arousal_active_max_s:g} s,
    and the posture changed by at most {k.arousal_posture_max_deg:g} degrees. Besides, its likeness
    to a sleep start had to be at least {k.likeness_least:g}: an additive logistic model of ten
    measurements, learnt from simulated nights and not from recorded sleep starts.
    Knocks on the sensor (impact band above {k.impact_ratio:g} of the jerk band), rhythmic trains,
    periodic series, body movements, small twitches and damped ringing were told apart by rule and
    not counted."""


_LIMITS = (
    """No public accelerometer data with labelled hypnic jerks exist. The rules rest on published
    physiology, on simulation and on unlabelled real nights; a figure of accuracy can only hold for
    simulated or injected events. Call the events candidate sleep starts.""",
    """Ordinary movement while falling asleep can meet the same rules: healthy sleepers make about
    ten visible movements per hour (Stefani 2015; Montini 2024), sleep starts are perhaps one per
    night. Report counts with the observed minutes and with those of the moved windows.""",
    """A sensor sees the limb that wears it. A count of zero does not mean that there was no jerk,
    and a count is not that of the person.""",
    """Sleep onset from motion alone is uncertain by 20 to 30 minutes, and early where people lie
    still awake (Conley 2019; Scott 2020).""",
    """Epileptic and propriospinal myoclonus cannot be told from sleep starts by acceleration; below
    40 Hz, nor can a knock on the sensor.""",
    """No normal range exists. This is no diagnosis and no medical device: nothing about periodic
    limb movement disorder, restless legs, REM sleep behaviour disorder, epilepsy, fragmentary
    myoclonus, arousals or sleep stages follows from these counts, and nothing about causes.""",
)

_REFERENCES = (
    """Sleep starts: Whitney & Weiss 2018 (Curr Sleep Med Rep); Chiaro 2016 (Sleep Med 26:37);
    Calandra-Buonaura 2014 (Sleep Med); repetitive clusters: Fusco 1999 (Epileptic Disord 1:63).""",
    "Movement in healthy sleep: Stefani 2015; Frauscher 2014 (Sleep 37:763); Montini 2024.",
    """Sleep period and inactivity: van Hees 2015 (PLoS ONE 10:e0142533); van Hees 2018 (Sci Rep
    8:12975). Activity: Cole 1992. Non-wear: van Hees 2013.""",
    "Accuracy of sleep onset from motion: Conley 2019; Scott 2020 (Sleep Med Rev).",
    "Periodic limb movements: WASM 2016 (Ferri 2016).",
)


def _software_reference(settings: Settings) -> str:
    return f"""Software: hypnic {VERSION}. Every setting with its unit and source is in
    config.resolved.toml (hash {settings.fingerprint()})."""
