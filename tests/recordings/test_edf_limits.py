"""EDF at its limits: numbers of the header, ranges of the axes, and what decides at the start."""

from __future__ import annotations

import made_recordings as made
import numpy as np
import pytest
from made_edf import beginning, edf, stating, stating_of
from reading import read, remarks_of

from recordings import Health, ReadOptions, RecordingError
from recordings.formats import edf as edf_format
from recordings.formats.edf import open_reader, sniff

CODES = made.resting(600, step=1)
RECORD_BYTES = 2 * (1 + 3 * 100)
"""A marker and three axes."""


def opened(content, saved, **options):
    return open_reader(saved(content), ReadOptions(**options))


def refusal(content, saved):
    with pytest.raises(RecordingError) as refused:
        opened(content, saved)
    return refused.value.problem


def without_axes(content, count):
    """The header of the first so many signals alone."""
    fixed, table = bytearray(content[:256]), content[256:1280]
    fixed[252:256], fixed[184:192] = b"%-4d" % count, b"%-8d" % (256 + 256 * count)
    columns, at = b"", 0
    for width in (16, 80, 8, 8, 8, 8, 8, 80, 8, 32):
        columns += table[at : at + width * count]
        at += 4 * width
    return bytes(fixed) + columns


# -- what it is


@pytest.mark.parametrize(
    ("head", "is_edf"),
    [
        (b"0       ".ljust(256), True),
        (b"\xffBIOSEMI".ljust(256), True),
        (b"0      1".ljust(256), False),
        (b"\xffBIOSEMJ".ljust(256), False),
        (b"0       ".ljust(255) + b"\n", False),  # lines are those of a text
        (b"0       ".ljust(255) + b"\r", False),
        (b"0       ".ljust(256) + b"\n", True),
    ],
)
def test_a_header_has_no_line_ends(head, is_edf):
    assert sniff(head) is is_edf


# -- numbers of the header


def test_one_signal_is_a_number_of_signals_but_no_accelerometer(saved):
    problem = refusal(without_axes(edf(CODES), 1), saved)
    assert problem.startswith("has no three axes of acceleration among its signals 'Marker'")


def test_of_many_signals_twelve_are_named(saved):
    content = edf(CODES)
    columns, at = b"", 256
    for width in (16, 80, 8, 8, 8, 8, 8, 80, 8, 32):
        columns += content[at : at + width] * 14
        at += 4 * width
    fixed = stating(content, signals="14", header_bytes=str(256 + 14 * 256))[:256]
    assert refusal(fixed + columns, saved).count("'Marker'") == 12


def test_a_header_may_promise_any_number_of_records(saved):
    path = saved(stating(edf(CODES), records="99999999"))
    samples, _, _, recording = read(path)
    assert len(samples) == 600
    assert remarks_of(recording)["truncated"] == "the file ends after 6 of 99999999 records"


def test_an_unfinished_file_promises_nothing(saved):
    samples, _, _, recording = read(saved(stating(edf(CODES), records="-1")))
    assert len(samples) == 600
    assert not recording.health.remarks


def test_a_header_that_promises_less_than_there_is_is_told(saved):
    samples, _, _, recording = read(saved(stating(edf(CODES), records="5")))
    assert len(samples) == 600
    assert remarks_of(recording) == {"record_count": "the header states 5 records, the file has 6"}


@pytest.mark.parametrize("rest", [1, RECORD_BYTES - 1])
def test_a_record_that_breaks_off_is_told_with_its_bytes(saved, rest):
    content = edf(CODES)
    samples, _, _, recording = read(saved(content[: 1280 + 3 * RECORD_BYTES + rest]))
    assert len(samples) == 300
    assert remarks_of(recording)["truncated"] == (
        f"the file ends after 3 of 6 records; {rest} bytes of the next were left out"
    )
    assert recording.health.bytes_skipped == rest


@pytest.mark.parametrize(
    ("marker", "bytes_"), [((1 << 24) - 300, None), ((1 << 24) - 299, (1 << 25) + 2)]
)
def test_a_record_has_32_mib_at_most(saved, marker, bytes_):
    problem = refusal(stating_of(edf(CODES), 0, samples=str(marker)), saved)
    expected = (
        "holds not one whole record" if bytes_ is None else f"states records of {bytes_} bytes"
    )
    assert problem == expected


def test_records_without_samples_are_none(saved):
    content = edf(CODES)
    for signal in range(4):
        content = stating_of(content, signal, samples="0")
    assert refusal(content, saved) == "states records of 0 bytes"


def test_a_signal_may_have_no_samples(saved):
    content = stating_of(edf(CODES), 0, samples="0")
    body = np.frombuffer(content[1280:], np.uint8).reshape(6, RECORD_BYTES)[:, 2:]
    samples = read(saved(content[:1280] + body.tobytes()))[0]
    np.testing.assert_array_equal(samples, CODES)


@pytest.mark.parametrize(
    ("duration", "problem"),
    [
        ("1E8", "states acceleration at 1e-06 Hz"),
        ("1.01E8", "states '1.01E8' s as duration of a record"),
        ("1E-9", "states acceleration at 1e+11 Hz"),
        ("9E-10", "states '9E-10' s as duration of a record"),
    ],
)
def test_a_record_lasts_a_nanosecond_to_a_hundred_million_seconds(saved, duration, problem):
    assert refusal(stating(edf(CODES), duration=duration), saved) == problem


@pytest.mark.parametrize(
    ("duration", "rate_hz"), [("100", 1.0), ("101", None), ("0.01", 10_000.0), ("0.00999", None)]
)
def test_an_accelerometer_has_1_to_10000_hz(saved, duration, rate_hz):
    content = stating(edf(CODES), duration=duration)
    if rate_hz is None:
        assert refusal(content, saved).startswith("states acceleration at ")
    else:
        assert opened(content, saved).header.nominal_hz == rate_hz


# -- ranges


@pytest.mark.parametrize(
    ("field", "text", "known"),
    [
        ("physical_max", "1E9", True),
        ("physical_max", "1.001E9", False),
        ("physical_min", "-1E9", True),
        ("digital_max", "1E10", False),
        ("digital_max", "inf", False),
        ("physical_min", "", False),
    ],
)
def test_the_end_of_a_range_is_a_number_within_a_billion(saved, field, text, known):
    content = stating_of(edf(CODES), 1, **{field: text})
    if known:
        assert opened(content, saved).header.nominal_hz == 100
    else:
        assert refusal(content, saved) == "states no range of 'Accelerometer_X' in numbers"


@pytest.mark.parametrize(("code_max", "known"), [("-2047", True), ("-2047.1", False)])
def test_a_range_has_two_codes_at_least(saved, code_max, known):
    content = stating_of(edf(CODES), 1, digital_max=code_max)
    if known:
        assert opened(content, saved).scale.gain_g[0] == 16
    else:
        assert refusal(content, saved) == "states an empty range of 'Accelerometer_X'"


def test_gain_and_offset_follow_from_the_ends_of_each_range(saved):
    content = edf(CODES, unit="mg", physical=(-8000, 8000))
    content = stating_of(content, 1, physical_min="-2000", physical_max="6000")
    content = stating_of(content, 2, digital_min="0", digital_max="1000")
    content = stating_of(content, 3, physical_min="1000", physical_max="-1000")
    scale = opened(content, saved).scale
    # x: 8 g in 4096 codes, -2 g at -2048; y: 16 g in 1000 codes, -8 g at 0; z: falling, 0 g at 0
    np.testing.assert_allclose(scale.gain_g, [8 / 4096, 16 / 1000, -2 / 4096], rtol=1e-12)
    np.testing.assert_allclose(scale.offset_g, [2, -8, 0], rtol=1e-12, atol=1e-12)
    ends = np.array([[-2048, 0, -2048], [2048, 1000, 2048]])
    np.testing.assert_allclose(scale.to_g(ends), [[-2, -8, 1], [6, 8, -1]], atol=1e-12)


@pytest.mark.parametrize(
    ("codes", "ends"), [(("0", "4095"), (0, 4095)), (("-4095", "0"), (-4095, 0))]
)
def test_the_outermost_codes_of_any_axis_are_those_that_clip(saved, codes, ends):
    content = edf(CODES)
    for signal in (1, 2, 3):
        content = stating_of(content, signal, digital_min=codes[0], digital_max=codes[1])
    scale = opened(content, saved).scale
    assert (scale.lowest, scale.highest) == ends


def test_the_range_is_what_every_axis_can_state(saved):
    content = edf(CODES)
    content = stating_of(content, 1, physical_min="-2", physical_max="6")
    content = stating_of(content, 2, physical_min="-4", physical_max="4")
    assert opened(content, saved).header.range_g == 4
    content = stating_of(content, 2, physical_min="-7", physical_max="1")
    assert opened(content, saved).header.range_g == 6


# -- the first records decide


def test_the_unit_is_told_by_rest_in_the_first_minutes_and_not_in_the_first_read(
    saved, monkeypatch
):
    monkeypatch.setattr(edf_format, "BATCH_BYTES", 2 * RECORD_BYTES)
    codes = made.resting(3000, step=1)
    codes[:200] += np.random.default_rng(1).integers(-900, 900, (200, 3)).astype(np.int16)
    reader = opened(edf(codes, unit=""), saved)
    assert reader.header.notes["unit"].startswith("g (1")


def test_records_longer_than_a_read_are_read_one_at_a_time(saved, monkeypatch):
    monkeypatch.setattr(edf_format, "BATCH_BYTES", 100)
    np.testing.assert_array_equal(read(saved(edf(CODES)))[0], CODES)


def test_a_first_onset_that_cannot_be_read_is_none(saved):
    content = edf(CODES, plus="C")
    at = content.index(b"+0.25\x14\x14")
    broken = content[:at] + b"?" + content[at + 1 :]
    assert opened(broken, saved).start_ns == made.T0_NS - 250_000_000
    assert opened(content, saved).start_ns == made.T0_NS


@pytest.mark.parametrize(
    ("onset", "gap"),
    [
        (b"+14.261", False),  # a sample and a millisecond late
        (b"+14.261000001", True),
        (b"+14.239", False),
        (b"+14.238999999", True),
    ],
)
def test_a_record_is_apart_if_it_is_off_by_more_than_a_sample_and_a_millisecond(saved, onset, gap):
    content = beginning(edf(made.resting(1500, step=1), plus="D"), b"+14.25", onset)
    reader = opened(content, saved)
    breaks = [block.breaks for block in reader.blocks(Health())]
    late = float(onset) > 14.25
    assert breaks == (["start", "gap" if late else "clock_backwards"] if gap else ["start"])


@pytest.mark.parametrize("records", [1, 2, 3, 4, 5, 100])
def test_a_record_without_an_onset_is_damage_wherever_a_read_begins(saved, monkeypatch, records):
    content = beginning(edf(CODES, plus="D"), b"+4.25", b"?")
    monkeypatch.setattr(edf_format, "BATCH_BYTES", records * (RECORD_BYTES + 48))
    _, times, segments, recording = read(saved(content))
    assert segments == [("start", 400), ("bad_block", 100)]
    assert times[400] - times[399] == 1_010_000_000
    at = 256 * 6 + 4 * (RECORD_BYTES + 48)
    assert remarks_of(recording)["bad_block"] == (
        f"1 records that do not say when they began were left out; the first is at byte {at}"
    )
