"""The same night at another sampling rate: the same sleep starts, at the same time, of one size.

A limit cuts somewhere: what lies within three percent of one may fall on its other side at another
rate, for no digital filter is the same at two rates. Nothing else may.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import fftconvolve, firwin

from detector.pipeline import Analysis, Subject
from detector.settings import Settings
from recordings import SECOND_NS, Chunk, Header, Health
from recordings.synthetic import Recipe, plan
from recordings.synthetic.render import Signal

FINE_HZ = 600.0
RATES_HZ = (50.0, 75.0, FINE_HZ / 7, 100.0)
HALF = 150
"""Of the low-pass before thinning out, in samples of 600 Hz."""
SETTINGS = Settings()
SIZES = ("peak_accel_mg", "peak_jerk_g_per_s", "width_s")
NEAR = 0.03

LIMITS = {
    "small": ("peak_accel_mg", SETTINGS.kinds.accel_min_mg),
    "weak": ("peak_jerk_g_per_s", SETTINGS.kinds.jerk_min_g_per_s),
    "slow": ("effective_hz", SETTINGS.kinds.effective_low_hz),
    "wide": ("width_s", SETTINGS.kinds.width_max_s),
}
"""What a reason for not counting measures, and its limit."""


def sampled(night):
    """The chunks by rate of a night as noiseless sensors see it that pass what a rate can carry.

    The night is known in continuous time: it is taken at 600 Hz, a multiple of every rate, then
    low-passed and thinned out.
    """
    signal, piece_n = Signal(night), 600 * round(FINE_HZ)
    held = np.repeat(signal.at(np.zeros(1)), 2 * HALF, axis=0)
    chunks = {rate_hz: [] for rate_hz in RATES_HZ}
    for begin in range(0, round(night.recipe.hours * 3600 * FINE_HZ), piece_n):
        times_s = np.arange(begin, begin + piece_n) / FINE_HZ
        fine_g = np.concatenate([held, signal.at(times_s)])
        held = fine_g[-2 * HALF :]
        for rate_hz, before in chunks.items():
            every = round(FINE_HZ / rate_hz)
            taps = firwin(2 * HALF + 1, 0.45 * rate_hz, fs=FINE_HZ)
            passed_g = fftconvolve(fine_g, taps[:, None], mode="valid", axes=0)
            first = sum(map(len, before))
            thinned_g = passed_g[-begin % every :: every]
            before.append(Chunk.uniform(thinned_g, rate_hz, night.start_ns, first_index=first))
    return chunks


class Sampled:
    """The same as a recording."""

    path = Path("night")

    def __init__(self, rate_hz, chunks):
        self.header, self.health = Header(format="made", nominal_hz=rate_hz), Health()
        self.chunks = lambda: iter(chunks)


def judged(rate_hz, chunks):
    subject = Subject(recording_id="made", site="wrist")
    (found,) = Analysis(Sampled(rate_hz, chunks), subject, SETTINGS).nights()
    return found.events


@pytest.fixture(scope="module", params=[7, 31])
def rates(request):
    """Development nights with events at a limit; in 31 a jerk has two equal bursts."""
    recipe = Recipe(
        device="ax6",
        start="2024-03-05T22:30:00",
        hours=3.5,
        sleep_h=5.5,
        sleep_starts=10,
        size_mg=(60, 1000),
    )
    night = plan(request.param, recipe)
    return {rate_hz: judged(rate_hz, chunks) for rate_hz, chunks in sampled(night).items()}


def pairs(rates):
    """Each event counted at one rate with the nearest one at another: (events, row) twice."""
    for one, other in combinations(rates, 2):
        for a, b in ((one, other), (other, one)):
            peaks_ns = rates[b].candidates["peak_ns"]
            for row in np.flatnonzero(rates[a].counted):
                near = np.abs(peaks_ns - rates[a].candidates["peak_ns"][row]).argmin()
                yield (a, rates[a], row), (b, rates[b], near)


def test_every_counted_event_is_there_at_every_rate_within_one_sample(rates):
    found = list(pairs(rates))
    assert len(found) >= 12 * 5
    for (a_hz, a, i), (b_hz, b, k) in found:
        apart_ns = abs(int(a.candidates["peak_ns"][i]) - int(b.candidates["peak_ns"][k]))
        assert apart_ns <= SECOND_NS / min(a_hz, b_hz)


def test_every_counted_event_has_one_size(rates):
    for (_, a, i), (_, b, k) in pairs(rates):
        for size in SIZES:
            assert b.candidates[size][k] == pytest.approx(a.candidates[size][i], rel=0.1)


def test_only_what_lies_at_a_limit_may_be_counted_at_one_rate_and_not_at_another(rates):
    for _, (_, b, k) in pairs(rates):
        if b.reason[k] == "unlike":
            least = SETTINGS.kinds.likeness_least
            assert odds(b, k) == pytest.approx(np.log(least / (1 - least)), abs=0.5)
        elif not b.counted[k]:
            evidence, limit = LIMITS[b.reason[k]]
            assert b.candidates[evidence][k] == pytest.approx(limit, rel=NEAR)


def odds(events, row):
    return float(np.log(events.likeness[row] / (1 - events.likeness[row])))


def test_likeness_hardly_depends_on_the_rate(rates):
    """As log-odds: from a likeness of 0.3 to one of 0.5 it is 0.85, to 0.9 it is 3."""
    for (_, a, i), (_, b, k) in pairs(rates):
        assert odds(b, k) == pytest.approx(odds(a, i), abs=1.5)
