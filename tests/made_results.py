"""Hand-made results for tests of tables, files and pages: no recording is read for them.

The recording starts on 2024-03-05 at 20:00 in Europe/Berlin (+01:00). Night 0 is whole, night 1 is
limited, night 2 cannot be analysed; all share one shape: epochs from 22:00 to 07:00, asleep from
23:40 to 06:30.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.nights.calibration import Calibration
from detector.nights.night import OTHER_KINDS, Events, Interval, Night, Site, Sleep
from detector.nights.quality import Quality
from detector.result import Facts, Result
from detector.scan import CANDIDATE, EPOCH, Scan, Snippet
from detector.settings import Settings
from recordings import SECOND_NS, Header, Health, NightSpan, Probe, Remark, Segment, Zone

TZ = "Europe/Berlin"
RATE_HZ = 100.0
MINUTE_NS = 60 * SECOND_NS
HOUR_NS = 60 * MINUTE_NS
DAY_NS = 24 * HOUR_NS
EVENING_NS = 1_709_596_800 * SECOND_NS
"""Device time 2024-03-05T00:00:00."""

FIRST_DATE = date(2024, 3, 5)

KINDS: tuple[tuple[float, str, str, str, bool, str], ...] = (
    # minutes after sleep onset, kind, reason, context, counted, confidence
    (-75.0, "body_movement", "long", "pre_sleep", False, "low"),
    (-22.5, "sleep_start", "jerk", "onset", True, "medium"),
    (-4.0, "sleep_start", "jerk", "onset", True, "high"),
    (-3.0, "impact", "knock", "onset", False, "high"),
    (2.0, "sleep_start_with_arousal", "arousal", "onset", True, "medium"),
    (9.0, "micro_twitch", "small", "onset", False, "low"),
    (60.0, "rhythmic_train", "train", "sleep", False, "medium"),
    (100.0, "limb_movement", "periodic", "sleep", False, "medium"),
    (130.0, "sleep_start", "outside_window", "sleep", False, "medium"),
    (180.0, "disturbance", "ringing", "sleep", False, "low"),
    (200.0, "sleep_start", "outside_window", "reonset", False, "low"),
    (300.0, "brief_other", "posture", "sleep", False, "low"),
    (420.0, "body_movement", "posture", "post_wake", False, "low"),
)
"""The events of every made night that has a sleep period."""


def made_facts(
    *,
    tz: str | None = TZ,
    recording_id: str = "subject_01",
    path: str = "wave1/subject_01.cwa",
    site: Site = "wrist",
    settings: Settings | None = None,
    nights: int = 3,
    notes: dict[str, str] | None = None,
) -> Facts:
    """Facts of a recording of ``nights`` nights with one gap of 90 s; ``tz`` None: zone unknown."""
    start_ns = EVENING_NS + 20 * HOUR_NS
    cut_ns = start_ns + 2 * HOUR_NS
    end_ns = EVENING_NS + nights * DAY_NS + 8 * HOUR_NS
    health = Health(
        blocks=4_000,
        blocks_bad=2,
        bytes_read=2_048_000,
        segments=[
            Segment(start_ns, cut_ns, round(2 * 3600 * RATE_HZ), "start"),
            Segment(
                cut_ns + 90 * SECOND_NS,
                end_ns,
                round((end_ns - cut_ns - 90 * SECOND_NS) / SECOND_NS * RATE_HZ),
                "bad_block",
            ),
        ],
    )
    health.remark("bad_block", "2 blocks with a wrong checksum were left out")
    return Facts(
        recording_id=recording_id,
        path=path,
        header=Header(
            format="axivity-cwa",
            device="AX3",
            serial="012345",
            firmware="45",
            nominal_hz=100.0,
            range_g=8.0,
            notes={"subject": "01"} if notes is None else notes,
        ),
        health=health,
        quality=made_quality(),
        probe=Probe(rate_hz=RATE_HZ, step_g=1 / 256, start_ns=start_ns),
        zone=Zone.of(tz, start_ns),
        tz_name=tz,
        tz_source="unknown" if tz is None else "user",
        settings=settings or Settings(),
        participant_id="subject_01",
        site=site,
        side="left",
    )


def made_quality() -> Quality:
    """A sound sensor with a few clipped samples."""
    return Quality(
        calibration=Calibration(
            status="ok",
            postures=120,
            error_before_mg=6.25,
            error_after_mg=1.5,
            gain=(1.002, 0.998, 1.0),
            offset_mg=(4.0, -3.0, 0.5),
        ),
        samples=25_000_000,
        clipped_samples=8,
    )


def made_span(index: int = 0) -> NightSpan:
    """Noon to noon, night number ``index``."""
    noon_ns = EVENING_NS + index * DAY_NS + 12 * HOUR_NS
    return NightSpan(FIRST_DATE + timedelta(days=index), noon_ns, noon_ns + DAY_NS)


def made_epochs(index: int = 0) -> NDArray[np.void]:
    """Nine hours of 5-s epochs from 22:00: movement until 23:40 and from 06:30, turns between."""
    first_ns = EVENING_NS + index * DAY_NS + 22 * HOUR_NS
    n = 9 * 720
    rng = np.random.default_rng(index)
    epochs = np.zeros(n, EPOCH)
    epochs["start_ns"] = first_ns + np.arange(n) * 5 * SECOND_NS
    awake = (np.arange(n) < 1_200) | (np.arange(n) >= 6_120)
    angle = np.repeat(rng.uniform(-70, 70, n // 540), 540)
    angle = np.deg2rad(angle + np.where(awake, rng.normal(0, 15, n), 0.0))
    gravity = np.stack([np.cos(angle), np.zeros(n), np.sin(angle)], axis=1)
    epochs["n_samples"] = round(5 * RATE_HZ)
    epochs["observed_s"] = 5.0
    epochs["median_g"] = epochs["mean_g"] = gravity
    epochs["sd_g"] = np.where(awake, 0.08, 0.006)[:, None]
    epochs["min_g"] = gravity - 0.1
    epochs["max_g"] = gravity + 0.1
    epochs["enmo_mg"] = np.where(awake, rng.gamma(2, 20, n), rng.gamma(1, 0.5, n))
    epochs["jerk_max_g_per_s"] = np.where(awake, rng.gamma(2, 1, n), rng.normal(0.25, 0.02, n))
    epochs["accel_max_mg"] = np.where(awake, rng.gamma(2, 90, n), rng.normal(7, 1, n))
    epochs["floor_g_per_s"] = 0.21
    epochs["temperature_c"] = 31.5
    epochs["observed_s"][:2] = 0.0
    for name in ("jerk_max_g_per_s", "accel_max_mg"):
        epochs[name][:2] = np.nan
    return epochs


def made_onset_ns(index: int = 0) -> int:
    """Sleep onset of night number ``index``: 23:40."""
    return EVENING_NS + index * DAY_NS + 23 * HOUR_NS + 40 * MINUTE_NS


def made_candidates(index: int = 0) -> NDArray[np.void]:
    """One candidate per row of :data:`KINDS`, sizes as the kinds have them."""
    rows = np.zeros(len(KINDS), CANDIDATE)
    for row, (minutes, kind, *_rest) in zip(rows, KINDS, strict=True):
        start_ns = made_onset_ns(index) + round(minutes * MINUTE_NS) + 123_456_789
        small = kind in {"micro_twitch", "disturbance"}
        row["start_ns"] = start_ns
        row["peak_ns"] = start_ns + 250_000_000
        row["end_ns"] = start_ns + (4_500_000_000 if kind == "body_movement" else 900_000_000)
        row["segment"] = 1
        row["peak_jerk_g_per_s"] = 0.62 if small else 4.25
        row["peak_accel_mg"] = 31.5 if small else 187.5
        row["width_s"] = 0.46
        row["rise_s"] = 0.12
        row["effective_hz"] = 3.61
        row["hf_lf_ratio"] = 1.7 if kind == "impact" else 0.08
        row["lf_share"] = 0.7
        row["n_bursts"] = 6 if kind == "rhythmic_train" else 1
        row["burst_interval_s"] = 1.1 if kind == "rhythmic_train" else np.nan
        row["burst_interval_cv"] = 0.1 if kind == "rhythmic_train" else np.nan
        row["burst_spread"] = 1.0
        row["n_alternations"] = 2
        row["alternation_cv"] = np.nan
        row["late_ratio"] = 0.2
        row["posture_change_deg"] = 48.0 if kind == "body_movement" else 1.5
        row["still_before_s"] = 43.21
        row["threshold_g_per_s"] = 0.525
        row["floor_g_per_s"] = 0.21
    rows["posture_change_deg"][-1] = np.nan
    rows["truncated"][-1] = True
    return rows


def made_events(index: int = 0) -> Events:
    """What was decided about :func:`made_candidates`; three are counted."""
    candidates = made_candidates(index)
    offset_s = (candidates["peak_ns"] - made_onset_ns(index)) / SECOND_NS
    cluster = np.full(len(candidates), -1, np.int64)
    cluster[7:9] = 0
    return Events(
        candidates=candidates,
        kind=np.array([k[1] for k in KINDS], "U32"),
        reason=np.array([k[2] for k in KINDS], "U32"),
        context=np.array([k[3] for k in KINDS], "U16"),
        counted=np.array([k[4] for k in KINDS]),
        confidence=np.array([k[5] for k in KINDS], "U8"),
        onset_offset_s=offset_s,
        likeness=np.where([k[1].startswith("sleep_start") for k in KINDS], 0.8125, np.nan),
        active_after_s=np.linspace(0, 24, len(candidates)),
        cluster=cluster,
    )


def made_snippets(events: Events) -> tuple[Snippet, ...]:
    """Eight seconds around the peak of each sleep start."""
    time_s = np.arange(round(8 * RATE_HZ)) / RATE_HZ - 4
    jerk = (0.2 + 4 * np.exp(-((time_s / 0.2) ** 2))).astype(np.float32)
    pulse = 0.18 * np.exp(-((time_s / 0.15) ** 2)) * np.sin(2 * np.pi * 3 * time_s)
    accel = np.stack([0.1 + pulse, -0.2 + 0.4 * pulse, 0.97 - 0.2 * pulse], axis=1)
    starts = np.char.startswith(events.kind, "sleep_start")
    return tuple(
        Snippet(int(peak), int(peak) - 4 * SECOND_NS, RATE_HZ, accel.astype(np.float32), jerk)
        for peak in events.candidates["peak_ns"][starts]
    )


def made_sleep(index: int = 0) -> Sleep:
    """23:40 to 06:30, three onset candidates 20 min apart at most, one return to sleep."""
    onset_ns = made_onset_ns(index)
    return Sleep(
        onset_ns=onset_ns,
        wake_ns=onset_ns + 410 * MINUTE_NS,
        source="hdcza",
        uncertainty_min=20.0,
        candidates={
            "still": onset_ns - 12 * MINUTE_NS,
            "still_tolerant": onset_ns,
            "immobile": onset_ns + 8 * MINUTE_NS,
        },
        guider=Interval(onset_ns - 15 * MINUTE_NS, onset_ns + 412 * MINUTE_NS),
        threshold_deg=0.21,
        reonsets=(onset_ns + 202 * MINUTE_NS,),
    )


def made_night(index: int = 0) -> Night:
    """Return a whole night: three counted sleep starts, every other kind once."""
    events = made_events(index)
    sleep = made_sleep(index)
    kinds = [k for k, c in zip(events.kind, events.context, strict=True) if c in _ASLEEP]
    counts: dict[str, int | None] = {
        "sleep_starts_onset": 3,
        "sleep_starts_onset_early15": 2,
        "sleep_starts_onset_late15": 3,
        "sleep_starts_onset_strict20": 2,
        "sleep_starts_onset_lax20": 4,
        "sleep_starts_reonset": 1,
        "sleep_starts_sleep": 1,
        "sleep_starts_night": 5,
        "n_clusters": 0,
        **{f"n_{kind}": kinds.count(kind) for kind in OTHER_KINDS},
    }
    return Night(
        span=made_span(index),
        index=index,
        status="ok",
        reasons=(),
        scan=Scan(events.candidates, made_epochs(index), made_snippets(events)),
        events=events,
        sleep=sleep,
        window=Interval(
            sleep.candidates["still"] - 30 * MINUTE_NS, sleep.onset_ns + 15 * MINUTE_NS
        ),
        window_usable_min=56.5,
        usable_h=6.7,
        night_usable_h=7.4,
        observed_h=9.0,
        wear_pct=99.25,
        nonwear_min=0.0,
        gap_min=1.5,
        blanked_min=0.333,
        clipped_samples=4,
        floor_g_per_s=0.21,
        clipped_pct=0.0001,
        temperature_c=31.5,
        measured_hz=RATE_HZ,
        smallest_countable_mg=75.0,
        counts=counts,
        posture_changes_per_h=1.64,
    )


_ASLEEP = {"onset", "reonset", "sleep"}


def made_limited_night(index: int = 1) -> Night:
    """Return a night with a count but less usable time than wanted, some of it not worn."""
    night = made_night(index)
    hour = Interval(made_onset_ns(index) + 3 * HOUR_NS, made_onset_ns(index) + 5 * HOUR_NS)
    noisy = Interval(hour.end_ns, hour.end_ns + 30 * MINUTE_NS)
    return replace(
        night,
        status="limited",
        reasons=("short_usable",),
        nonwear=(hour,),
        unusable=(noisy,),
        usable_h=3.25,
        wear_pct=70.7,
        nonwear_min=120.0,
        noisy_min=30.0,
    )


def made_unanalysable_night(index: int = 2) -> Night:
    """Return a night without a sleep period: epochs and events, but nothing counted."""
    whole = made_events(index)
    n = len(whole)
    events = replace(
        whole,
        context=np.full(n, "pre_sleep", "U16"),
        counted=np.zeros(n, bool),
        onset_offset_s=np.full(n, np.nan),
        cluster=np.full(n, -1, np.int64),
    )
    return Night(
        span=made_span(index),
        index=index,
        status="not_analysable",
        reasons=("no_sleep", "fragment"),
        scan=Scan(events.candidates, made_epochs(index)),
        events=events,
        usable_h=8.75,
        observed_h=9.0,
        wear_pct=100.0,
        nonwear_min=0.0,
        floor_g_per_s=0.21,
        counts=dict.fromkeys(made_night().counts),
    )


def made_asleep_night(index: int = 0) -> Night:
    """Return a night that begins asleep: a sleep period whose onset nobody saw, no onset count."""
    night = made_night(index)
    assert night.sleep is not None
    return replace(
        night,
        status="not_analysable",
        reasons=("began_asleep",),
        sleep=replace(night.sleep, onset_observed=False),
        window=None,
        window_usable_min=None,
        events=replace(night.events, counted=np.zeros(len(night.events), bool)),
        counts={**night.counts, **{k: None for k in night.counts if "_onset" in k}},
    )


def made_empty_night(index: int = 0) -> Night:
    """Return a night without one sample that could be judged."""
    return Night(
        span=made_span(index),
        index=index,
        status="not_analysable",
        reasons=("no_data",),
        scan=Scan(),
        events=Events(),
    )


def made_nights() -> tuple[Night, ...]:
    """One night of each status."""
    return made_night(0), made_limited_night(1), made_unanalysable_night(2)


def made_result(*, nights: Sequence[Night] | None = None, **facts: Any) -> Result:
    """Facts and nights together; keywords go to :func:`made_facts`."""
    return Result(facts=made_facts(**facts), nights=tuple(nights or made_nights()))


def with_remark(facts: Facts, code: str, message: str) -> Facts:
    """Return the same facts with one more remark in their health."""
    health = replace(facts.health, remarks=[*facts.health.remarks, Remark(code, message)])
    return replace(facts, health=health)
