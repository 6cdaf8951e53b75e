"""The columns of ``by_participant.csv``."""

from __future__ import annotations

from .column import PARTICIPANT_ID, Column
from .recordings import RECORDINGS

_NIGHTS = "nights.csv"


def _count(name: str, definition: str, source: str = _NIGHTS) -> Column:
    return Column(name, "integer", "1", definition, source)


def _per_hour(name: str, definition: str, source: str = _NIGHTS) -> Column:
    return Column(name, "number", "1/h", definition, source, 3)


BY_PARTICIPANT: tuple[Column, ...] = (
    PARTICIPANT_ID,
    next(c for c in RECORDINGS if c.name == "site"),
    _count("recordings", "Recordings of this person at this site that were analysed.", "run"),
    _count("recordings_failed", "Those that could not be analysed.", "run"),
    Column(
        "recording_ids",
        "string",
        "",
        "The analysed recordings, joined by a semicolon, in the order of recordings.csv.",
        "run",
    ),
    _count("nights", "Nights that hold samples, each date once."),
    _count(
        "nights_doubled",
        "Nights that more than one recording at this site holds: one of them is used, with a count "
        "before without, then the one whose onset window was observed longest, then the first.",
    ),
    _count(
        "nights_usable", "Nights with a count in observed time; all counts and rates rest on these."
    ),
    _count("sleep_starts_onset", "Sleep starts in the onset windows of those; empty without any."),
    Column(
        "onset_window_usable_h",
        "number",
        "h",
        "Observed time of these windows; empty without any.",
        _NIGHTS,
        3,
    ),
    Column(
        "sleep_starts_per_night",
        "number",
        "1",
        "Mean of sleep_starts_onset over the usable nights; no other night enters it.",
        "computed",
        3,
    ),
    _per_hour(
        "sleep_starts_per_h", "sleep_starts_onset per hour of onset_window_usable_h.", "computed"
    ),
    _per_hour(
        "ci95_low_per_h",
        "Lower end of its 95 % interval.",
        "Garwood 1936; Ulm 1990; McCullagh & Nelder 1989",
    ),
    _per_hour("ci95_high_per_h", "Upper end of its 95 % interval.", "as above"),
    Column(
        "interval",
        "string",
        "",
        "Kind of that interval: poisson (exact), or quasi_poisson where the nights differ by more "
        "than chance alone (dispersion above 1).",
        "as above",
    ),
    Column(
        "dispersion",
        "number",
        "1",
        "Pearson's chi square of the nights over its degrees of freedom; empty with one night or "
        "nothing counted.",
        "McCullagh & Nelder 1989",
        3,
    ),
    Column(
        "first_night_date",
        "date",
        "",
        "The first night with a sleep period, usable or not.",
        _NIGHTS,
    ),
    _count("first_night_sleep_starts", "Sleep starts of that night; empty if it has no count."),
    _per_hour("first_night_per_h", "The same per observed hour."),
    _count("later_nights_usable", "Usable nights after the first night."),
    _per_hour("later_nights_per_h", "Sleep starts per observed hour of those."),
    _count("weekday_nights_usable", "Usable nights that begin on Sunday to Thursday evening."),
    _per_hour("weekday_per_h", "Sleep starts per observed hour of those."),
    _count("weekend_nights_usable", "Usable nights that begin on Friday or Saturday evening."),
    _per_hour("weekend_per_h", "Sleep starts per observed hour of those."),
    _count("onset_nights", "Nights whose sleep onset was observed, with a count or without."),
    Column(
        "mean_onset_clock",
        "string",
        "",
        "Circular mean of their sleep onset, local clock time hh:mm; empty where times cancel out.",
        "Fisher 1993",
    ),
    Column(
        "sd_onset_min",
        "number",
        "min",
        "Circular standard deviation of the same; empty with one night.",
        "Fisher 1993",
        1,
    ),
    _count("wake_nights", "Nights whose wake was observed."),
    Column(
        "mean_wake_clock",
        "string",
        "",
        "Circular mean of their wake, local clock time hh:mm.",
        "Fisher 1993",
    ),
    Column("sd_wake_min", "number", "min", "Its circular standard deviation.", "Fisher 1993", 1),
    Column(
        "median_onset_uncertainty_min",
        "number",
        "min",
        "Median of onset_uncertainty_min over the nights whose sleep onset was observed.",
        _NIGHTS,
        1,
    ),
)
"""``by_participant.csv``: one row per participant and site."""
