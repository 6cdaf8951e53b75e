"""EDF and BDF: what damage costs, and reads of any size."""

from __future__ import annotations

import gzip

import made_recordings as made
import numpy as np
import pytest
from made_edf import beginning, edf, stating
from reading import read, remarks_of

from recordings import RecordingError, open_recording
from recordings.formats import edf as edf_format

CODES = made.resting(1500, step=1)
HEADER_BYTES = 256 * 5
RECORD_BYTES = 2 * 301
"""Without annotations."""


@pytest.mark.parametrize("stated", ["-1", "0", "15"])
def test_the_size_of_the_file_tells_the_number_of_records(saved, stated):
    samples, _, _, recording = read(saved(stating(edf(CODES), records=stated)))
    np.testing.assert_array_equal(samples, CODES)
    assert recording.health.blocks == 15
    assert recording.health.remarks == []


def test_records_that_the_header_does_not_know_of_are_read_and_said(saved):
    samples, _, _, recording = read(saved(stating(edf(CODES), records="7")))
    np.testing.assert_array_equal(samples, CODES)
    assert "states 7 records, the file has 15" in remarks_of(recording)["record_count"]


@pytest.mark.parametrize("counts_records", [True, False])
def test_a_file_cut_anywhere_gives_its_whole_records(saved, counts_records):
    content = edf(CODES, counts_records=counts_records)
    for cut in range(HEADER_BYTES + 1, len(content), 173):
        whole, rest = divmod(cut - HEADER_BYTES, RECORD_BYTES)
        path = saved(content[:cut])
        if not whole:
            with pytest.raises(RecordingError, match="not one whole record"):
                open_recording(path)
            continue
        samples, _, segments, recording = read(path)
        np.testing.assert_array_equal(samples, CODES[: 100 * whole])
        assert segments == [("start", 100 * whole)]
        assert (list(remarks_of(recording)) == ["truncated"]) == bool(rest or counts_records)
        assert recording.health.bytes_skipped == rest
        assert recording.health.bytes_read == cut


def test_a_cut_gzip_gives_what_it_holds(saved):
    codes = np.random.default_rng(1).integers(-2048, 2048, (6000, 3)).astype(np.int16)
    packed = gzip.compress(edf(codes))
    samples, _, _, recording = read(saved(packed[: len(packed) // 2]))
    assert 1500 < len(samples) < 4500
    np.testing.assert_array_equal(samples, codes[: len(samples)])
    assert {"truncated", "truncated_gzip"} <= set(remarks_of(recording))


@pytest.mark.parametrize("onset", [b"", b"7.25", b"+x", b"+12345678901", b"+\xff"])
def test_a_record_that_does_not_say_when_it_began_is_left_out(saved, onset):
    content = beginning(edf(CODES, plus="D"), b"+7.25", onset)
    if onset == b"7.25":  # the sign is no more than a habit
        assert read(saved(content))[2] == [("start", 1500)]
        return
    samples, times, segments, recording = read(saved(content))
    kept = np.delete(np.arange(1500), np.s_[700:800])
    np.testing.assert_array_equal(samples, CODES[kept])
    np.testing.assert_array_equal(times, made.T0_NS + kept * 10_000_000)
    assert segments == [("start", 700), ("bad_block", 700)]
    health = recording.health
    record_bytes = RECORD_BYTES + 48
    assert (health.blocks, health.blocks_bad, health.bytes_skipped) == (14, 1, record_bytes)
    first = HEADER_BYTES + 256 + 7 * record_bytes
    assert remarks_of(recording)["bad_block"].endswith(f"at byte {first}")


def test_a_record_that_does_not_say_when_it_began_hurts_no_continuous_recording(saved):
    samples, _, segments, _ = read(saved(beginning(edf(CODES, plus="C"), b"+7.25", b"+x")))
    np.testing.assert_array_equal(samples, CODES)
    assert segments == [("start", 1500)]


@pytest.mark.parametrize("size", [1, 602, 700, 5000])
@pytest.mark.parametrize("length", [7, 100, 1000])
@pytest.mark.parametrize("plus", ["", "D"])
def test_the_size_of_reads_and_blocks_does_not_matter(saved, monkeypatch, size, length, plus):
    codes = made.resting(4000, step=1)
    content = edf(codes, plus=plus, true_hz=99.7, skip_records=frozenset({5, 6, 30}))
    if plus:
        content = beginning(content, b"+20.310180542", b"+?")
    path = saved(content)
    samples, times, segments, recording = read(path)
    monkeypatch.setattr(edf_format, "BATCH_BYTES", size)
    monkeypatch.setattr(edf_format, "BLOCK_SAMPLES", length)
    again, times_again, segments_again, recording_again = read(path)
    np.testing.assert_array_equal(again, samples)
    np.testing.assert_array_equal(times_again, times)
    assert segments_again == segments
    assert len(segments) == (4 if plus else 1)
    assert recording_again.health == recording.health
