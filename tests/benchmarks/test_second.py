"""The second maker of nights: what its plans promise, and what its look-alikes look like."""

from __future__ import annotations

import numpy as np
import pytest
import second
from scipy.signal import butter, sosfiltfilt
from second import draws
from second.bodies import Thrown

from recordings import SECOND_NS
from recordings.synthetic import LOOK_ALIKES, Recipe, acceleration, samples, synthesise
from recordings.synthetic.truth import measure
from recordings.synthetic.vectors import direction

SHORT = {
    "start": "2024-03-05T22:10:00",
    "bed_time": "22:30",
    "hours": 2.5,
    "sleep_h": 2.0,
    "look_alikes": LOOK_ALIKES,
}
SEEDS = range(12)


@pytest.fixture(scope="module")
def planned():
    return second.plan(7, Recipe(sleep_starts=6, size_mg=(80, 800), **SHORT))


def at_250_hz(movement, up, around_s=3.0):
    """The movement alone, on a grid of 4 ms."""
    count = int((movement.length_s + 2 * around_s) * 250)
    return movement.shape(up, 50.0)(movement.start_s - around_s + np.arange(count) / 250)


def main_hz(accel_g):
    """Where the spectrum of the strongest axis has its peak, above 0.4 Hz."""
    axis = accel_g[:, accel_g.std(axis=0).argmax()]
    power = np.abs(np.fft.rfft(axis - axis.mean(), 1 << 17))
    hz = np.fft.rfftfreq(1 << 17, 1 / 250)
    return hz[np.where(hz > 0.4, power, 0).argmax()]


def band_peak(accel_g, low_hz, high_hz):
    sos = butter(2, [low_hz, high_hz], "band", fs=250, output="sos")
    return np.linalg.norm(sosfiltfilt(sos, accel_g, axis=0), axis=1).max()


def test_the_same_seed_gives_the_same_night(planned):
    again = second.plan(planned.seed, planned.recipe)
    assert np.array_equal(again.truth, planned.truth)
    assert not np.array_equal(second.plan(8, planned.recipe).truth, planned.truth)


def test_pieces_of_any_size_give_the_same_samples():
    short = second.plan(7, Recipe(sleep_starts=6, **(SHORT | {"hours": 0.6})))
    whole, times_ns = synthesise(short)
    raw, stamps = zip(*samples(short, piece_s=7.3), strict=True)
    assert np.array_equal(np.concatenate(raw), whole)
    assert np.array_equal(np.concatenate(stamps), times_ns)


def test_another_device_sees_the_same_movements(planned):
    other = second.plan(
        7, Recipe(device="ax3", rate_hz=50, sleep_starts=6, size_mg=(80, 800), **SHORT)
    )
    assert np.array_equal(other.truth["peak_ns"], planned.truth["peak_ns"])
    assert np.array_equal(other.truth["size_mg"], planned.truth["size_mg"])


def test_the_stated_size_and_time_are_those_in_the_samples(planned):
    rows = planned.rows("sleep_start")
    assert len(rows) >= 4
    for row in rows:
        times_ns = row["peak_ns"] + np.arange(-1000, 1001) * (SECOND_NS // 250)
        accel_g = acceleration(planned, times_ns)
        sos = butter(2, [1, 8], "band", fs=250, output="sos")
        size_g = np.linalg.norm(sosfiltfilt(sos, accel_g, axis=0), axis=1)
        near = slice(850, 1151)
        assert 1000 * size_g[near].max() == pytest.approx(row["size_mg"], rel=0.1, abs=8)


def test_every_kind_of_look_alike_is_planted(planned):
    wanted = set(second.CAUSES) - {"sleep_start"}
    there = {str(c) for s in range(3) for c in second.plan(s, planned.recipe).truth["cause"]}
    assert wanted <= there


def test_planted_sizes_are_those_that_were_asked_for(planned):
    size_mg = planned.rows("sleep_start", "sleep_start_with_arousal")["size_mg"]
    assert (size_mg > 79).all()
    assert (size_mg < 805).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_thrown_body_comes_to_rest(seed):
    jerk = draws.sleep_start(np.random.default_rng(seed), shift=False, size_mg=200)
    if isinstance(jerk, Thrown):
        jerk = Thrown(cause="x", start_s=0, pulses=jerk.pulses, along=jerk.along,
                      tilt_axis=jerk.along, tilt_per_m=0.0, gain=0.01)  # fmt: skip
        accel_g = at_250_hz(jerk, np.array([0.0, 0.0, 1.0]))
        speed = np.abs(accel_g.cumsum(axis=0)).max()
        assert np.abs(accel_g.sum(axis=0)).max() < 0.02 * speed


@pytest.mark.parametrize("seed", SEEDS)
def test_sleep_starts_are_short_and_low_in_frequency(seed):
    rng = np.random.default_rng(seed)
    found = measure(draws.sleep_start(rng, shift=False, size_mg=200), direction(rng))
    assert 0.15 < found.width_s < 1.0
    assert 1.5 < 1000 * found.jerk_g_per_s / found.size_mg / (2 * np.pi) < 8


@pytest.mark.parametrize("seed", SEEDS)
def test_a_tap_rings_above_the_band_of_limbs_and_a_jerk_does_not(seed):
    rng = np.random.default_rng(seed)
    up = direction(rng)
    knock = at_250_hz(draws.tap(rng)[0], up)
    jerk = at_250_hz(draws.sleep_start(rng, shift=False, size_mg=200), up)
    assert band_peak(knock, 12, 48) > 0.8 * band_peak(knock, 2, 8)
    assert band_peak(jerk, 12, 48) < 0.8 * band_peak(jerk, 2, 8)


@pytest.mark.parametrize(
    ("draw", "low_hz", "high_hz"),
    [
        (draws.scratch, 2.5, 7),
        (draws.shaking, 2.5, 9),
        (draws.rocking, 0.4, 4.2),
        (draws.partner, 2.5, 7.5),
        (draws.mattress, 1.5, 4.5),
    ],
)
def test_what_swings_has_its_frequency(draw, low_hz, high_hz):
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        assert low_hz < main_hz(at_250_hz(draw(rng)[0], direction(rng))) < high_hz


def test_bed_rings_are_small_and_twitches_are_as_small_as_asked():
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        up = direction(rng)
        ring = np.linalg.norm(at_250_hz(draws.partner(rng)[0], up), axis=1).max()
        assert 0.006 < ring < 0.032
        assert 5 <= (draws.twitch(rng)[1] or 0) <= 40


@pytest.mark.parametrize(
    ("draw", "low_s", "high_s"), [(draws.foot_tremor, 8.5, 16.5), (draws.alma, 1.5, 21)]
)
def test_trains_are_rows_of_like_pulses(draw, low_s, high_s):
    for seed in SEEDS:
        movement = draw(np.random.default_rng(seed))[0]
        begins = np.array([p.after_s for p in movement.pulses])
        assert len(begins) >= 4
        assert 0.4 < np.median(np.diff(begins)) < 1.1
        assert low_s < movement.length_s < high_s


def test_turns_turn_and_periodic_movements_come_back():
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        turned = draws.turn(rng)[0]
        across = np.cross(turned.axis, turned.radius)
        angle = np.degrees(np.arccos(np.clip(across @ turned.settled(across), -1, 1)))
        assert 19 < angle < 131
        up = direction(rng)
        periodic = draws.plm(rng)[0]
        assert np.allclose(periodic.settled(up), up)
        assert 0.8 < periodic.length_s < 8
