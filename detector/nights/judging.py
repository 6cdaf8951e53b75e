"""One night judged: sleep, windows, contexts, confidence, counts, status.

Only the night's own rows are seen, so that no other night can change it. Everything that was not
observed stays out of every decision and out of every denominator.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recordings import NightSpan

from ..scan import Scan
from ..settings import Settings, SleepSettings, WindowSettings
from . import faults, figures, findings, sensitivity, series, wear
from .figures import MINUTE_NS, Picture
from .grid import EPOCH_NS, Grid, Mask
from .kinds import HIGH, LIKE_HIGH, LIKE_MEDIUM, MEDIUM, Judgement, classify, least_size_mg
from .night import SLEEP_STARTS, Events, Interval, Night, Site, Sleep, Stated
from .onset import find_sleep

_OFF_SHARE = 0.5
"""A short rest that was off for this share of it, as far as anybody can tell, is no rest."""


def judge(  # noqa: PLR0913 (what is known of a recording, each by its name)
    scan: Scan,
    span: NightSpan,
    *,
    index: int,
    recorded: Interval,
    site: Site,
    step_g: float,
    rate_hz: float,
    settings: Settings,
    given: Stated | None = None,
    idle: tuple[Interval, ...] = (),
) -> Night:
    """Decide everything about one night.

    Parameters
    ----------
    scan
        Candidates and epochs; rows outside the night do not matter.
    span
        The night.
    index
        Its number within the recording.
    recorded
        From the recording's first to its last sample. An end that is not yet known may be given as
        any time behind the night's end.
    site
        Where the sensor was worn.
    step_g, rate_hz
        The sensor's step and the measured sampling rate.
    settings
        All limits.
    given
        Sleep onset and wake as a diary or hypnogram states them, instead of those found.
    idle
        Gaps in which the device did not record because it lay still; others do not matter.
    """
    scan = scan.between(span.start_ns, span.end_ns)
    picture = _picture(scan, Grid.of(scan.epochs, span, rate_hz), settings, site, given, idle)
    events, countable = _events(picture, scan.candidates, settings, site, step_g)
    basis = findings.Basis(
        picture=picture,
        span=Interval(span.start_ns, span.end_ns),
        recorded=recorded,
        step_g=step_g,
        rate_hz=rate_hz,
        settings=settings,
    )
    codes = findings.reasons(basis)
    return Night(
        span=span,
        index=index,
        status=findings.status(basis, codes),
        reasons=codes,
        scan=scan,
        events=events,
        nonwear=picture.grid.intervals(picture.off),
        unusable=picture.grid.intervals(picture.noisy | picture.stuck),
        sleep=picture.sleep,
        window=picture.window,
        counts=figures.counts(picture, events, countable)
        | _other_counts(picture, scan.candidates, events.context, settings, site, step_g),
        **_measures(picture, events, settings, site, step_g),
    )


def _picture(
    scan: Scan,
    grid: Grid,
    settings: Settings,
    site: Site,
    given: Stated | None,
    idle: tuple[Interval, ...],
) -> Picture:
    """Find what cannot be believed, non-wear, sleep and the onset window."""
    stuck = faults.stuck(grid, settings.health)
    grid = grid.without(stuck)
    suspect = wear.suspected(grid, settings.sleep)
    off = wear.proven(grid, suspect, settings.sleep)
    sleep = find_sleep(grid, grid.known & ~off, scan.candidates, settings, site=site, given=given)
    guider = None if sleep is None else sleep.guider
    off = off | wear.awake_nonwear(grid, suspect, guider, settings.sleep)
    if sleep is not None:
        sleep = replace(sleep, others=_rested(grid, off, sleep.others, settings.sleep))
    night = grid.interval(0, len(grid))
    return Picture(
        grid=grid,
        off=off,
        wear_told=wear.can_be_told(grid, settings.sleep),
        noisy=figures.too_noisy(grid, settings.window),
        stuck=stuck,
        shaken=faults.vibration(grid, figures.hiding_floor_g_per_s(settings), settings.health),
        idle=tuple(gap for each in idle if (gap := each.within(night))),
        sleep=sleep,
        window=None if sleep is None else onset_window(sleep, settings.window),
        settings=settings.window,
    )


def _rested(
    grid: Grid, off: Mask, rests: tuple[Interval, ...], settings: SleepSettings
) -> tuple[Interval, ...]:
    """Rest periods but those in which the sensor may as well have lain on a table for an hour.

    One as long as a sleep period is not given up without proof.
    """
    return tuple(
        rest
        for rest in rests
        if rest.hours >= settings.shortest_spt_h
        or off[grid.slot(rest.start_ns) : grid.slot(rest.end_ns)].mean() < _OFF_SHARE
    )


def onset_window(sleep: Sleep, settings: WindowSettings) -> Interval | None:
    """From ``before_min`` before to ``after_min`` after sleep onset; none where it was not seen."""
    if not sleep.onset_observed:
        return None
    return Interval(
        sleep.onset_ns - round(settings.before_min * MINUTE_NS),
        sleep.onset_ns + round(settings.after_min * MINUTE_NS),
    )


def reonset_windows(sleep: Sleep, settings: WindowSettings) -> list[Interval]:
    """From ``reonset_before_min`` before to ``reonset_after_min`` after every return to sleep."""
    return [
        Interval(
            time_ns - round(settings.reonset_before_min * MINUTE_NS),
            time_ns + round(settings.reonset_after_min * MINUTE_NS),
        )
        for time_ns in sleep.reonsets
    ]


def _events(
    picture: Picture, candidates: NDArray[np.void], settings: Settings, site: Site, step_g: float
) -> tuple[Events, Mask]:
    """Events with all that is decided about them, and which sleep starts may be counted at all."""
    said = classify(candidates, settings.kinds, site=site, step_g=step_g)
    context = _contexts(picture, candidates)
    is_start = np.isin(said.kind, SLEEP_STARTS)
    large = candidates["peak_accel_mg"] >= least_size_mg(step_g, settings.kinds)
    countable = is_start & large & _whole(candidates, context)
    counted = countable & (context == "onset") & (picture.headline is not None)
    sleep = picture.sleep
    offset_s = np.full(len(candidates), np.nan)
    if sleep is not None and sleep.onset_observed:
        offset_s = (candidates["peak_ns"] - sleep.onset_ns) / 1e9
    events = Events(
        candidates=candidates,
        kind=said.kind,
        reason=_why(picture, candidates, said.reason, context, is_start & ~counted, large),
        context=context,
        counted=counted,
        confidence=_confidence(picture, said, candidates, context, is_start & ~large, settings),
        onset_offset_s=offset_s,
        likeness=said.likeness,
        active_after_s=said.active_after_s,
        cluster=series.clusters(candidates, countable, settings.kinds),
        limb=said.limb,
        series=said.series,
    )
    return events, countable


def _whole(candidates: NDArray[np.void], context: NDArray[np.str_]) -> Mask:
    """Seen from its beginning to its end, in usable time."""
    return np.asarray(~candidates["truncated"] & (context != "unusable"))


def _measures(
    picture: Picture, events: Events, settings: Settings, site: Site, step_g: float
) -> dict[str, Any]:
    """All numbers that are no counts."""
    found = figures.measures(picture, events, settings.kinds, site)
    smallest_mg = sensitivity.smallest_countable_mg(found["floor_g_per_s"], settings, step_g)
    return found | {"smallest_countable_mg": smallest_mg}


def _other_counts(
    picture: Picture,
    candidates: NDArray[np.void],
    context: NDArray[np.str_],
    settings: Settings,
    site: Site,
    step_g: float,
) -> dict[str, int | None]:
    """The headline count with all limits moved, stricter and laxer."""
    found: dict[str, int | None] = {}
    for name, factor in (("strict20", sensitivity.STRICTER), ("lax20", sensitivity.LAXER)):
        limits = sensitivity.moved(settings.kinds, factor)
        said = classify(candidates, limits, site=site, step_g=step_g)
        large = candidates["peak_accel_mg"] >= least_size_mg(step_g, limits)
        counted = np.isin(said.kind, SLEEP_STARTS) & large & _whole(candidates, context)
        count = int(np.sum(counted & (context == "onset")))
        found[f"sleep_starts_onset_{name}"] = count if picture.headline else None
    return found


def _slots(picture: Picture, candidates: NDArray[np.void]) -> NDArray[np.int64]:
    """Slot of every peak; that of an event at the night's end may lie behind it."""
    slots = (candidates["peak_ns"] - picture.grid.first_ns) // EPOCH_NS
    return np.asarray(np.minimum(slots, len(picture.grid) - 1))


def _contexts(picture: Picture, candidates: NDArray[np.void]) -> NDArray[np.str_]:
    """When each event happened; in a night without sleep all is ``pre_sleep``."""
    peak_ns = candidates["peak_ns"]
    context = np.full(len(candidates), "pre_sleep", "U16")

    def put(name: str, interval: Interval, mask: Mask | None = None) -> None:
        within = (peak_ns >= interval.start_ns) & (peak_ns < interval.end_ns)
        context[within if mask is None else within & mask] = name

    if picture.sleep is not None:
        put("sleep", Interval(picture.sleep.onset_ns, picture.sleep.wake_ns))
        context[peak_ns >= picture.sleep.wake_ns] = "post_wake"
        for window in reonset_windows(picture.sleep, picture.settings):
            put("reonset", window, np.isin(context, ("sleep", "reonset")))
    if picture.window is not None:
        put("onset", picture.window)
    context[picture.unusable[_slots(picture, candidates)]] = "unusable"
    return context


def _why(
    picture: Picture,
    candidates: NDArray[np.void],
    reason: NDArray[np.str_],
    context: NDArray[np.str_],
    uncounted: Mask,
    large: Mask,
) -> NDArray[np.str_]:
    """Reason of the kind, or why a sleep start is not counted: the first that applies."""
    slots = _slots(picture, candidates)
    why = reason.copy()
    left = uncounted.copy()
    for code, applies in (
        ("truncated", candidates["truncated"]),
        ("small", ~large),
        ("not_worn", picture.off[slots]),
        ("stuck", picture.stuck[slots]),
        ("noisy", context == "unusable"),
        ("outside_window", context != "onset"),
        ("no_count", left),
    ):
        why[left & applies] = code
        left = left & ~applies
    return why


def _confidence(
    picture: Picture,
    said: Judgement,
    candidates: NDArray[np.void],
    context: NDArray[np.str_],
    too_small: Mask,
    settings: Settings,
) -> NDArray[np.str_]:
    """From the certainty; for sleep starts with ceilings where waking movement looks the same.

    At most medium: with arousal, clipped, or awake without ``still_before_sure_s`` of stillness
    before and a still minute after. Low: too small to be counted, or truncated.
    """
    is_start = np.isin(said.kind, SLEEP_STARTS)
    high, medium = np.where(is_start, LIKE_HIGH, HIGH), np.where(is_start, LIKE_MEDIUM, MEDIUM)
    confidence = np.select(
        [said.certainty >= high, said.certainty >= medium], ["high", "medium"], "low"
    ).astype("U8")
    awake = np.isin(context, ("pre_sleep", "post_wake"))
    if picture.sleep is not None:
        awake |= candidates["peak_ns"] < picture.sleep.onset_ns
    restless = (candidates["still_before_s"] < settings.kinds.still_before_sure_s) | (
        said.active_after_s > 0
    )
    with_arousal = said.kind == "sleep_start_with_arousal"
    doubtful = with_arousal | candidates["clipped"] | (awake & restless)
    confidence[is_start & doubtful & (confidence == "high")] = "medium"
    confidence[too_small | (is_start & candidates["truncated"])] = "low"
    return confidence
