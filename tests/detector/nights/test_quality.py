"""What is said of whole recordings, after a run and by a survey."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_results import made_facts, made_quality
from scans import SPAN, recorded

from detector.nights.night import Interval
from detector.nights.quality import (
    Inquiry,
    described_gravity,
    idle_gaps,
    rate_bias_pct,
    remarks,
    warns,
)
from detector.pipeline import Analysis, Subject, analyse_samples, survey
from detector.reasons import FOUND
from detector.selftest import BUNDLED
from detector.settings import Settings
from recordings import (
    SECOND_NS,
    Chunk,
    Header,
    Health,
    Segment,
    Zone,
    open_recording,
    probe,
)
from recordings.synthetic import Recipe, plan, synthesise

S = Settings()
START_NS = 1_709_668_800 * SECOND_NS
"""Device time 2024-03-05T20:00:00."""


def health(*segments, **more):
    """Made of (start in s, end in s, reason)."""
    made = [
        Segment(a * SECOND_NS, b * SECOND_NS, round((b - a) * 50), why) for a, b, why in segments
    ]
    return Health(segments=made, **more)


def codes(of=None, quality=None):
    said = remarks(of or health((0, 100, "start")), quality or made_quality(), S)
    return [remark.code for remark in said]


def test_of_a_sound_recording_nothing_is_said():
    assert codes() == []


def test_gaps_are_problems():
    of = health((0, 100, "start"), (160, 300, "gap"))
    (gaps,) = remarks(of, made_quality(), S)
    assert gaps.message == "1 gap (1.0 min without samples)"
    assert warns(gaps)


def test_gaps_because_the_device_lay_still_are_told_apart():
    of = health((0, 100, "start"), (4000, 4100, "idle_sleep"), (5000, 5100, "gap"))
    of.segments.append(Segment(6000 * SECOND_NS, 6100 * SECOND_NS, 5000, "idle_fill"))
    assert [round(gap.hours * 3600) for gap in idle_gaps(of)] == [3900, 900]
    assert codes(of=of) == ["gaps", "idle_sleep_mode"]
    of.remark("idle_sleep", "the device paused twice")  # who read it knows more
    assert codes(of=of) == ["idle_sleep", "gaps"]


def test_segments_that_touch_have_no_gap_between_them():
    assert idle_gaps(health((0, 100, "start"), (100, 200, "idle_sleep"))) == ()


def test_time_that_runs_backwards_is_no_idle_gap():
    assert idle_gaps(health((0, 100, "start"), (90, 200, "idle_sleep"))) == ()


@pytest.mark.parametrize(("nominal_hz", "bias_pct"), [(51.0, -1.96), (40.0, 25.0)])
def test_the_bias_of_the_rate_is_against_the_stated_one(nominal_hz, bias_pct):
    found = rate_bias_pct(Header(format="made", nominal_hz=nominal_hz), health((0, 100, "start")))
    assert found == pytest.approx(bias_pct, abs=0.01)


def test_a_rate_that_was_not_measured_has_no_bias():
    assert rate_bias_pct(Header(format="made", nominal_hz=50.0), Health()) is None


@pytest.mark.parametrize(("samples", "said"), [(2400, []), (2399, ["too_slow"])])
def test_a_recording_at_the_least_rate_is_fast_enough(samples, said):
    of = health((0, 100, "start"))
    of.segments[0] = replace(of.segments[0], samples=samples)
    assert codes(of) == said


@pytest.mark.parametrize(("clipped", "said"), [(25_000, []), (25_001, ["clipped"])])
def test_a_share_of_clipped_samples_at_the_limit_is_not_remarked_on(clipped, said):
    quality = replace(made_quality(), clipped_samples=clipped)
    assert quality.clipped_pct == pytest.approx(clipped / 250_000)
    assert codes(quality=quality) == said


def test_an_inquiry_adds_up_over_nights():
    inquiry = Inquiry(50.0, S.health)
    for clipped in (7, 4):
        epochs = recorded("22:00", ("asleep", 30))
        epochs["n_clipped"][[3, 8]] = clipped, 1
        for name in ("mean_g", "min_g", "max_g"):
            epochs[name][60:240, 0] = 2.0  # a quarter of an hour at the end of the range
        inquiry.add(epochs, SPAN)
    found = inquiry.quality()
    assert (found.samples, found.clipped_samples) == (2 * 360 * 250, 13)
    assert found.stuck_min == 30


def test_faults_of_the_sensor_are_told():
    quality = replace(made_quality(), stuck_min=30.0, clipped_samples=50_000)
    assert codes(quality=quality) == ["stuck_axis", "clipped"]
    off = replace(made_quality().calibration, status="off", offset_mg=(101.0, 0.0, 0.0))
    quality = replace(made_quality(), calibration=off)
    (remark,) = remarks(health((0, 9, "start")), quality, S)
    assert remark.code == "calibration_off"
    assert remark.message.startswith("at rest an axis is wrong by up to 103 mg;")
    assert not warns(remark)


def test_remarks_of_the_reader_come_first_and_are_problems():
    of = health((0, 100, "start"), (160, 300, "gap"))
    of.remark("overflow", "the device lost samples")
    said = remarks(of, made_quality(), S)
    assert [remark.code for remark in said] == ["overflow", "gaps"]
    assert all(map(warns, said))


def test_every_code_that_is_found_has_a_sentence():
    of = health((0, 300, "start"), (4000, 4300, "idle_sleep"))
    of.segments[:] = [replace(s, samples=s.samples // 10) for s in of.segments]  # 5 Hz
    off = replace(made_quality().calibration, status="off")
    quality = replace(
        made_quality(), calibration=off, stuck_min=1.0, clipped_samples=made_quality().samples
    )
    # what a diary lacks is said where diary and recording meet: test_diary.py
    assert [*codes(of, quality), "diary_unrecorded"] == list(FOUND)


def test_gravity_is_described_as_far_as_it_is_known():
    quality = made_quality()
    assert described_gravity(quality) == (
        "6 mg from 1 g on average over 120 postures; x +4 mg +0.2 %, y -3 mg -0.2 %, z +0 mg "
        "+0.0 % would leave 2 mg"
    )
    unclear = replace(quality.calibration, status="unclear")
    assert "no gains and offsets explain it" in described_gravity(
        replace(quality, calibration=unclear)
    )
    few = replace(
        quality.calibration, status="not_possible", gain=None, offset_mg=None, error_after_mg=None
    )
    assert described_gravity(replace(quality, calibration=few)).endswith(
        "too few or too much alike to find gains and offsets"
    )
    none = replace(few, error_before_mg=None, postures=0)
    assert described_gravity(replace(quality, calibration=none)) == "unknown (never seen at rest)"


# ------------------------------------------------------------------ from samples


class Pieces:
    """A recording of segments: seconds of samples, each with why it begins and a pause before."""

    def __init__(self, *parts: tuple[np.ndarray, float, str], rate_hz: float = 50.0) -> None:
        self.path = Path("<pieces>")
        self.header = Header(format="made", nominal_hz=rate_hz)
        self.health = Health()
        self._parts, self._rate_hz = parts, rate_hz

    def chunks(self) -> Iterator[Chunk]:
        """Read from the beginning."""
        self.health = Health()
        begin_ns = START_NS
        for accel_g, pause_s, reason in self._parts:
            begin_ns += round(pause_s * SECOND_NS)
            chunk = Chunk.uniform(accel_g, self._rate_hz, begin_ns, reason=reason)
            begin_ns = chunk.end_ns
            self.health.segments.append(Segment(chunk.start_ns, begin_ns, len(chunk), reason))
            yield chunk


def resting(seconds, vector_g=(0.0, 0.0, 1.0), *, seed=0):
    noise = np.random.default_rng(seed).normal(0, 0.004, (round(seconds * 50), 3))
    return noise + np.array(vector_g)


def both(recording):
    """Quality as a run has it, and as a survey has it."""
    analysis = Analysis(recording, Subject(recording_id="made", tz="Europe/London"), S)
    nights, facts = list(analysis.nights()), analysis.facts
    found = probe(recording)
    zone = Zone.of("Europe/London", found.start_ns)
    return nights, facts, survey(recording, found.rate_hz, zone, S)


def test_a_survey_says_what_a_run_says_of_the_bundled_recording():
    (night,), facts, surveyed = both(open_recording(BUNDLED))
    assert night.nonwear == ()  # a real sleeper lay still, and wore it
    assert night.stuck_min == 0  # with a step of 15.6 mg, and a minute at one value
    assert surveyed == facts.quality
    assert surveyed.samples == facts.health.samples
    assert surveyed.calibration.error_before_mg is not None


def test_the_reason_of_a_gap_reaches_the_night_and_the_recording():
    recording = Pieces(
        (resting(600), 0, "start"), (resting(600), 3600, "idle_sleep"), (resting(60), 9, "gap")
    )
    (night,), facts, _ = both(recording)
    assert night.idle_min == pytest.approx(60)
    assert night.gap_min == pytest.approx(60 + 9 / 60, abs=0.01)
    assert night.reasons[0] == "idle_sleep_mode"
    said = remarks(facts.health, facts.quality, S)
    assert [remark.code for remark in said] == ["gaps", "idle_sleep_mode"]


def test_an_idle_gap_over_the_border_of_nights_belongs_to_both():
    # 20:00 to 11:40, then nothing until 12:30
    first = np.tile(resting(3600), (16, 1))[: round(15.667 * 3600 * 50)]
    recording = Pieces((first, 0, "start"), (resting(600), 3000, "idle_sleep"))
    nights, facts, _ = both(recording)
    assert [round(night.idle_min) for night in nights] == [20, 30]
    (gap,) = idle_gaps(facts.health)
    assert gap == Interval(gap.start_ns, gap.start_ns + 3000 * SECOND_NS)


def test_a_dead_axis_and_clipping_are_seen_by_run_and_survey_alike():
    rng = np.random.default_rng(1)
    accel_g = np.cumsum(rng.normal(0, 0.01, (60 * 60 * 50, 3)), axis=0)
    accel_g = np.sin(accel_g)
    accel_g[:, 1] = 0.25
    (night,), facts, surveyed = both(Pieces((accel_g, 0, "start")))
    assert surveyed == facts.quality
    assert surveyed.stuck_min == pytest.approx(60, abs=0.2)
    assert night.stuck_min == surveyed.stuck_min
    assert surveyed.calibration.postures == 0  # a dead axis calibrates nothing


def test_a_synthetic_vehicle_is_named_and_its_time_is_not_judged():
    recipe = Recipe(
        device="ax3",
        rate_hz=25.0,
        start="2024-03-05T22:30:00",
        hours=6.5,
        sleep_h=5.0,
        look_alikes=("vehicle",),
    )
    planned = plan(3, recipe)
    (vehicle,) = (m for m in planned.movements if m.cause == "vehicle")
    raw, _ = synthesise(planned)
    accel_g = planned.device.scale.to_g(raw)
    (night,) = analyse_samples(accel_g, planned.true_hz, recipe.start, site="wrist").nights
    assert night.sleep is not None
    assert "vibration" in night.reasons
    assert night.status == "limited"
    # the floor follows within two minutes
    assert night.noisy_min == pytest.approx(vehicle.length_s / 60, abs=3)
    begins_ns = planned.start_ns + round(vehicle.start_s * SECOND_NS)
    late_s = [(i.start_ns - begins_ns) / SECOND_NS for i in night.unusable]
    assert min(abs(s) for s in late_s) < 130


def test_calibration_changes_neither_samples_nor_sizes():
    # what is found is told, not used: the postures are those of the sensor as it is
    rng = np.random.default_rng(2)
    vectors = rng.normal(size=(120, 3))
    vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    measured = np.concatenate([resting(20, v + [0.1, 0, 0], seed=i) for i, v in enumerate(vectors)])
    result = analyse_samples(measured, 50.0, "2024-03-05T20:00", tz="Europe/London")
    found = result.facts.quality.calibration
    assert found.status == "off"
    assert found.offset_mg[0] == pytest.approx(-100, abs=3)
    means = result.nights[0].scan.epochs["mean_g"]
    assert np.abs(np.linalg.norm(means, axis=1) - 1).max() > 0.09


def test_facts_before_the_pass_know_nothing():
    assert made_facts().quality.calibration.status == "ok"
    analysis = Analysis(Pieces((resting(60), 0, "start")), Subject(recording_id="made"), S)
    assert analysis.facts.quality.samples == 0
    assert analysis.facts.quality.clipped_pct is None
    assert analysis.facts.quality.calibration.status == "not_possible"
