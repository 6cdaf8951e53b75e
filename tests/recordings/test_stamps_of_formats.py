"""Clocks that stand still, run back or jump, in the files of every format: read, and told."""

from __future__ import annotations

import made_recordings as made
import naive_recordings as naive
import numpy as np
import pytest
from made_geneactiv import joined, made_stamp, parts_of, stamped

import detector
from recordings import SECOND_NS, RecordingError, open_recording

N = 9000
FAR_S = 10**9
"""A third of a century."""


def cwa_time(time_ns: int) -> int:
    """Seconds of a stamp as a CWA file packs them."""
    date, clock = str(np.datetime64(time_ns // SECOND_NS, "s")).split("T")
    y, mo, d = map(int, date.split("-"))
    h, mi, s = map(int, clock.split(":"))
    return (y - 2000) << 26 | mo << 22 | d << 17 | h << 12 | mi << 6 | s


def cwa(moved_s):
    """A file whose blocks' stamps are moved: block number to seconds, or None to stand still."""
    content = made.cwa(made.resting(N))
    sectors = made.sectors_of(content)
    for k in range(len(sectors)):
        by_s = moved_s(k / len(sectors))
        if by_s is None:
            sectors["time"][k], sectors["fraction"][k] = (
                sectors["time"][k - 1],
                sectors["fraction"][k - 1],
            )
        elif by_s:
            right_s = naive.cwa_time(int(sectors["time"][k]))
            sectors["time"][k] = cwa_time((right_s + by_s) * SECOND_NS)
    return made.with_sectors(content, made.seal(sectors))


def geneactiv(moved_s):
    header, pages = parts_of(made.geneactiv(made.resting(N, step=1)))
    stamps = [made.T0_NS + 250_000_000 + 3 * SECOND_NS * k for k in range(len(pages))]
    for k in range(len(pages)):
        by_s = moved_s(k / len(pages))
        stamps[k] = stamps[k - 1] if by_s is None else stamps[k] + by_s * SECOND_NS
        pages[k] = stamped(pages[k], made_stamp(stamps[k]))
    return joined(header, pages)


def table(moved_s):
    times_ns = made.T0_NS // 10**7 * 10**7 + np.arange(N) * 10**7
    for k in range(N):
        by_s = moved_s(k / N)
        times_ns[k] = times_ns[k - 1] if by_s is None else times_ns[k] + by_s * SECOND_NS
    accel_g = np.random.default_rng(1).normal(0, 0.004, (N, 3)) + [0, 0, 1]
    rows = zip((times_ns // 10**6).astype("M8[ms]").astype(str), accel_g, strict=True)
    lines = [f"{t},{x:.4f},{y:.4f},{z:.4f}" for t, (x, y, z) in rows]
    return "\n".join(["time,x,y,z", *lines, ""]).encode()


WRITERS = {"cwa": cwa, "geneactiv": geneactiv, "table": table}

STEADY = dict.fromkeys(WRITERS, ())
JUMPED = dict.fromkeys(WRITERS, ("clock_jumped",))
STORIES = {
    "steady": (lambda _: 0, STEADY),
    "one stretch in the far future": (
        lambda share: FAR_S if 0.45 < share < 0.5 else 0,
        JUMPED,
    ),
    "one stretch in the past": (
        lambda share: -3600 if 0.45 < share < 0.5 else 0,
        JUMPED,
    ),
    "set back for good": (
        lambda share: -3600 if share > 0.5 else 0,
        dict.fromkeys(WRITERS, ("clock_backwards",)),
    ),
    "set forward for good": (lambda share: 3600 if share > 0.5 else 0, STEADY),
    "standing still for a while": (
        lambda share: None if 0.5 < share < 0.55 else 0,
        {"cwa": ("stamps_dropped",), "geneactiv": ("clock_jumped",), "table": None},
    ),
}
"""What the clock did, and what is said of it; None for a format that has words of its own."""


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("kind", WRITERS)
def test_every_format_tells_what_its_clock_did(saved, kind, story):
    moved_s, said = STORIES[story]
    recording = open_recording(saved(WRITERS[kind](moved_s)))
    chunks = list(recording.chunks())
    health = recording.health
    assert sum(map(len, chunks)) == health.samples
    codes = tuple(note.code for note in health.remarks)
    if said[kind] is not None:
        assert codes == said[kind]
    assert bool(codes) or not health.stamps_repaired
    span_s = health.span_ns / SECOND_NS
    moved = 3600 if story == "set forward for good" else 0
    assert span_s == pytest.approx(N / (98.5 if kind == "cwa" else 100) + moved, abs=1.1)


@pytest.mark.parametrize("kind", WRITERS)
def test_one_wrong_stretch_does_not_cost_what_comes_after_it(saved, kind):
    path = saved(WRITERS[kind](STORIES["one stretch in the far future"][0]))
    [night] = detector.analyse(path, tz="Europe/London").nights
    assert night.observed_h * 3600 == pytest.approx(N / 100, abs=6)


def test_a_clock_that_creeps_is_told_however_little_time_it_shows(saved):
    content = made.cwa(made.resting(N))
    sectors = made.sectors_of(content)
    sectors["time"] = sectors["time"][0]
    sectors["fraction"] = 0x8000 + 2 * np.arange(len(sectors))
    recording = open_recording(saved(made.with_sectors(content, made.seal(sectors))))
    assert list(recording.chunks())
    codes = {note.code for note in recording.health.remarks}
    assert codes >= {"stamps_dropped", "rate_implausible"}


def test_a_rate_that_no_sensor_has_is_refused():
    with pytest.raises(RecordingError, match="1000000 samples a second: they cannot be right"):
        detector.analyse_samples(np.zeros((1000, 3)) + [0, 0, 1], 1e6, "2024-05-02T22:00")


# ------------------------------------------------------------------ the rate by the hour


def rates_of(saved, hz_of_hour):
    """Lowest and highest rate, and what is said, of hours sampled at these rates."""
    start_ns, pieces = made.T0_NS, []
    for hz in hz_of_hour:
        n = round(3660 * hz)
        times_ns = start_ns + np.arange(n) * round(SECOND_NS / hz)
        start_ns += n * round(SECOND_NS / hz)
        pieces.append((made.resting(n, unit=256, step=1), times_ns))
    path = saved(b"")
    made.write_cwa(path, pieces, made.CwaLayout(rate_hz=25.0, packed=False))
    recording = open_recording(path)
    for _ in recording.chunks():
        pass
    health = recording.health
    return health.lowest_hz, health.highest_hz, [note.code for note in health.remarks]


@pytest.mark.parametrize(
    ("hz_of_hour", "said"),
    [
        ((25.0, 25.0), []),
        ((24.4, 24.4), []),
        ((24.3, 24.6, 24.5), []),
        ((25.0, 24.1), ["rate_varies"]),
        ((26.5, 26.5), ["rate_implausible"]),
        ((23.5, 23.5), ["rate_implausible"]),
    ],
)
def test_the_rate_of_single_hours_is_told(saved, hz_of_hour, said):
    lowest_hz, highest_hz, codes = rates_of(saved, hz_of_hour)
    assert lowest_hz == pytest.approx(min(hz_of_hour), rel=2e-3)
    assert highest_hz == pytest.approx(max(hz_of_hour), rel=2e-3)
    assert codes == said


def test_less_than_an_hour_has_no_rate_of_an_hour(saved):
    recording = open_recording(saved(made.cwa(made.resting(N))))
    assert list(recording.chunks())
    assert recording.health.lowest_hz is recording.health.highest_hz is None
