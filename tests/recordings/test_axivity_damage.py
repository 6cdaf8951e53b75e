"""Axivity CWA: every kind of interruption and damage, and batches of any size."""

from __future__ import annotations

from pathlib import Path

import made_recordings as made
import numpy as np
import pytest
from made_recordings import read_cwa

from recordings import RecordingError, open_recording

DATA = Path(__file__).parents[1] / "data"
PER_SECTOR = 120


def codes_of(health):
    return {note.code: note.message for note in health.remarks}


# -- interruptions


def test_lost_blocks_leave_a_gap_of_their_length(saved):
    codes = made.resting(20 * PER_SECTOR)
    samples, times, segments, health = read_cwa(
        saved(made.cwa(codes, skip_blocks=frozenset({5, 6, 7})))
    )
    kept = np.r_[0 : 5 * PER_SECTOR, 8 * PER_SECTOR : 20 * PER_SECTOR]
    np.testing.assert_array_equal(samples, codes[kept])
    assert segments == [("start", 5 * PER_SECTOR), ("lost_block", 12 * PER_SECTOR)]
    truth = made.sample_times(len(codes), 98.5)[kept]
    assert np.abs(times - truth).max() < 130_000
    assert health.gap_ns == pytest.approx(3 * PER_SECTOR / 98.5 * 1e9, abs=130_000)
    assert health.blocks_bad == 0


@pytest.mark.parametrize("pause_s", [240.0, 0.0, -7200.0])
def test_a_restart_opens_a_segment(saved, pause_s):
    content = made.cwa(made.resting(20 * PER_SECTOR), restarts={8: pause_s})
    _, times, segments, health = read_cwa(saved(content))
    assert segments == [("start", 8 * PER_SECTOR), ("restart", 12 * PER_SECTOR)]
    step_s = (times[8 * PER_SECTOR] - times[8 * PER_SECTOR - 1]) / 1e9
    assert step_s == pytest.approx(pause_s + 1 / 98.5, abs=1e-3)
    assert ("clock_backwards" in codes_of(health)) == (pause_s < 0)


def test_another_session_opens_a_segment(saved):
    content = made.changed(made.cwa(made.resting(6 * PER_SECTOR)), slice(3, None), session=99)
    assert read_cwa(saved(content))[2] == [("start", 3 * PER_SECTOR), ("restart", 3 * PER_SECTOR)]


def test_blocks_of_another_configuration_are_skipped_and_told(saved):
    content = made.changed(made.cwa(made.resting(9 * PER_SECTOR)), [3, 4], rate_code=0x49)
    _, _, segments, health = read_cwa(saved(content))
    assert segments == [("start", 3 * PER_SECTOR), ("other_configuration", 4 * PER_SECTOR)]
    assert health.blocks_bad == 2
    assert "2 blocks with another rate" in codes_of(health)["other_configuration"]
    assert f"byte {1024 + 3 * 512}" in codes_of(health)["other_configuration"]


def test_a_repeated_block_is_delivered_once(saved):
    content = made.cwa(made.resting(6 * PER_SECTOR))
    sectors = made.sectors_of(content)[[0, 1, 2, 2, 2, 3, 4, 5]]
    samples, _, segments, health = read_cwa(saved(made.with_sectors(content, sectors)))
    np.testing.assert_array_equal(samples, made.resting(6 * PER_SECTOR))
    assert segments == [("start", 6 * PER_SECTOR)]
    assert "2 repeated" in codes_of(health)["duplicate_block"]


def test_a_second_recording_appended_is_read_on(saved):
    content = made.cwa(made.resting(6 * PER_SECTOR))
    _, _, segments, health = read_cwa(saved(content + content))
    assert segments == [("start", 6 * PER_SECTOR), ("restart", 6 * PER_SECTOR)]
    assert "2 blocks that hold no samples" in codes_of(health)["foreign_block"]
    assert "clock_backwards" in codes_of(health)


@pytest.mark.parametrize("mark", [b"GX", b"UB", b"SI", b"\xff\xff"])
def test_blocks_without_samples_interrupt_nothing(saved, mark):
    content = made.cwa(made.resting(6 * PER_SECTOR))
    at = 1024 + 2 * 512
    path = saved(content[:at] + mark.ljust(512, b"\xff") + content[at:])
    _, _, segments, health = read_cwa(path)
    assert segments == [("start", 6 * PER_SECTOR)]
    assert health.bytes_skipped == 512
    assert health.blocks_bad == 0


def test_lost_samples_that_the_device_owns_up_to_are_told(saved):
    content = made.changed(made.cwa(made.resting(6 * PER_SECTOR)), [2, 4], events=[0x10, 0x20])
    health = read_cwa(saved(content))[3]
    assert "2 times" in codes_of(health)["overflow"]


# -- damage


def test_bad_blocks_cost_themselves_only(saved):
    content = (DATA / "ax3_wrist_100hz.cwa").read_bytes()
    bad = [0, 13, 14, 142, 143, 144]
    whole, whole_times, *_ = read_cwa(DATA / "ax3_wrist_100hz.cwa")
    samples, times, segments, health = read_cwa(saved(made.flipped(content, *bad)))
    kept = np.repeat(~np.isin(np.arange(145), bad), PER_SECTOR)
    np.testing.assert_array_equal(samples, whole[kept])
    assert np.abs(times - whole_times[kept]).max() < 10_000_000
    assert segments == [("start", 12 * PER_SECTOR), ("bad_block", 127 * PER_SECTOR)]
    assert (health.blocks, health.blocks_bad, health.bytes_skipped) == (145, 6, 6 * 512)
    assert codes_of(health)["bad_block"] == (
        "6 damaged blocks skipped, the first at byte 1024 (wrong checksum)"
    )


def test_bytes_too_many_cost_one_block(saved):
    content = (DATA / "ax3_wrist_100hz.cwa").read_bytes()
    at = 1024 + 40 * 512 + 100
    samples, _, segments, health = read_cwa(saved(content[:at] + bytes(100) + content[at:]))
    whole = read_cwa(DATA / "ax3_wrist_100hz.cwa")[0]
    np.testing.assert_array_equal(samples, np.delete(whole, np.s_[4800:4920], axis=0))
    assert [why for why, _ in segments] == ["start", "bad_block"]
    assert (health.blocks_bad, health.bytes_skipped) == (1, 612)


def test_bytes_too_few_cost_one_block(saved):
    content = (DATA / "ax3_wrist_100hz.cwa").read_bytes()
    at = 1024 + 40 * 512 + 100
    samples = read_cwa(saved(content[:at] + content[at + 101 :]))[0]
    whole = read_cwa(DATA / "ax3_wrist_100hz.cwa")[0]
    np.testing.assert_array_equal(samples, np.delete(whole, np.s_[4800:4920], axis=0))


def test_bytes_too_many_between_blocks_cost_nothing(saved):
    content = (DATA / "ax3_wrist_100hz.cwa").read_bytes()
    at = 1024 + 40 * 512
    samples, _, segments, _ = read_cwa(saved(content[:at] + b"?" * 77 + content[at:]))
    np.testing.assert_array_equal(samples, read_cwa(DATA / "ax3_wrist_100hz.cwa")[0])
    assert len(segments) == 1


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"time": 0}, "impossible date"),
        ({"samples": 121}, "impossible packing or sample count"),
        ({"packing": 0x40}, "impossible packing or sample count"),
        ({"rate_code": 0x42}, "impossible packing or sample count"),
        ({"magic": b"AY"}, "no block begins here"),
        ({"length": 509}, "no block begins here"),
    ],
)
def test_a_block_that_cannot_be_is_skipped_with_its_place(saved, fields, why):
    content = made.changed(made.cwa(made.resting(6 * PER_SECTOR)), 3, **fields)
    samples, _, segments, health = read_cwa(saved(content))
    assert len(samples) == 5 * PER_SECTOR
    assert segments[1] == ("bad_block", 2 * PER_SECTOR)
    assert codes_of(health)["bad_block"].endswith(f"at byte {1024 + 3 * 512} ({why})")


def test_erased_and_zeroed_tails_are_told(saved):
    content = made.cwa(made.resting(6 * PER_SECTOR))
    erased = read_cwa(saved(content + b"\xff" * 51_200))[3]
    zeroed = read_cwa(saved(content + bytes(51_200)))[3]
    assert (erased.blocks_bad, erased.bytes_skipped) == (0, 51_200)
    assert (zeroed.blocks_bad, zeroed.bytes_skipped) == (100, 51_200)


@pytest.mark.parametrize("extra", [1, 2, 511])
def test_a_cut_tail_is_dropped_and_told(saved, extra):
    content = made.cwa(made.resting(6 * PER_SECTOR))
    samples, _, _, health = read_cwa(saved(content[: 1024 + 4 * 512 + extra]))
    assert len(samples) == 4 * PER_SECTOR
    assert health.bytes_skipped == extra
    assert "ends inside a block" in codes_of(health)["truncated"]
    assert f"{extra} bytes" in codes_of(health)["truncated"]


def test_a_file_without_one_good_block_is_refused_with_its_place(saved):
    content = made.cwa(made.resting(3 * PER_SECTOR))
    for damaged in (content[:1024], content[:1500], made.flipped(content, 0, 1, 2)):
        with pytest.raises(RecordingError, match="not one readable data block") as caught:
            open_recording(saved(damaged))
        assert caught.value.offset == 1024


def test_a_cut_header_is_refused_with_its_place(saved):
    with pytest.raises(RecordingError, match="ends inside its header") as caught:
        open_recording(saved(made.cwa(made.resting(240))[:700]))
    assert caught.value.offset == 700


# -- batches


def damaged_file():
    """Many blocks with every kind of damage, some of it on the borders of batches."""
    content = made.cwa(made.resting(60 * PER_SECTOR), skip_blocks=frozenset({9, 30}))
    content = made.flipped(content, 3, 7, 8, 15, 16, 31)
    content = made.flipped(content, 23, 24, at=0)
    parts = [content[: 1024 + 40 * 512 + 33], b"\x41\x58\xfc\x01" * 40]
    parts += [content[1024 + 40 * 512 + 33 :], content, b"AX\xfc\x01cut"]
    return b"".join(parts)


@pytest.mark.parametrize("batch_sectors", [2, 3, 7, 8, 64])
def test_nothing_depends_on_the_size_of_the_batches(saved, batch_sectors):
    path = saved(damaged_file())
    samples, times, segments, health = read_cwa(path)
    samples_2, times_2, segments_2, health_2 = read_cwa(path, batch_sectors)
    np.testing.assert_array_equal(samples_2, samples)
    np.testing.assert_array_equal(times_2, times)
    assert segments_2 == segments
    assert health_2 == health
    assert health.blocks_bad > 10
