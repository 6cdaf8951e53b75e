"""Axivity CWA: every field, every kind of damage."""

from __future__ import annotations

from pathlib import Path

import made_recordings as made
import naive_recordings as naive
import numpy as np
import pytest
from made_recordings import read_cwa

from recordings import Health, open_recording
from recordings.formats.axivity_cwa import CwaReader, Layout, sniff
from recordings.formats.cwa_sectors import TEMPERATURE_SECTORS

DATA = Path(__file__).parents[1] / "data"
REAL = sorted(path.name for path in DATA.glob("*.cwa"))
PER_SECTOR = 120


# -- samples


def test_packed_samples_are_read_back_exactly(saved):
    codes = made.resting(10 * PER_SECTOR)
    codes[5] = (-2048, 2044, 0)
    path = saved(made.cwa(codes))
    np.testing.assert_array_equal(read_cwa(path)[0], codes)
    assert CwaReader(path).scale.gain_g == (1 / 256,) * 3


@pytest.mark.parametrize("range_g", [2, 4, 8, 16])
def test_packed_codes_keep_ten_bits_of_the_range(saved, range_g):
    step = {2: 1, 4: 2, 8: 4, 16: 8}[range_g]
    codes = made.resting(3 * PER_SECTOR, step=step)
    codes[:2] = [(-512 * step,) * 3, (511 * step,) * 3]
    path = saved(made.cwa(codes, range_g=range_g))
    reader = CwaReader(path)
    np.testing.assert_array_equal(read_cwa(path)[0], codes)
    assert (reader.scale.lowest, reader.scale.highest) == (-512 * step, 511 * step)
    assert reader.header.range_g == range_g


def test_unpacked_samples_are_read_back_exactly(saved):
    codes = made.resting(800, step=1)
    codes[0] = (-2048, 2047, 5)
    path = saved(made.cwa(codes, packed=False))
    np.testing.assert_array_equal(read_cwa(path)[0], codes)
    assert CwaReader(path).scale.gain_g == (1 / 256,) * 3
    assert (CwaReader(path).scale.lowest, CwaReader(path).scale.highest) == (-2048, 2047)


@pytest.mark.parametrize("gyroscope", [False, True])
@pytest.mark.parametrize(("range_g", "unit"), [(16, 2048), (8, 4096), (4, 8192), (2, 16_384)])
def test_an_ax6_gives_its_acceleration_only(saved, gyroscope, range_g, unit):
    codes = made.resting(800, unit=unit, step=1)
    path = saved(
        made.cwa(codes, hardware="ax6", packed=False, gyroscope=gyroscope, range_g=range_g)
    )
    reader = CwaReader(path)
    np.testing.assert_array_equal(read_cwa(path)[0], codes)
    assert reader.scale.gain_g == (1 / unit,) * 3
    assert (reader.scale.lowest, reader.scale.highest) == (-32_767, 32_767)


def test_nine_channels_give_the_acceleration_between_gyroscope_and_magnetometer(saved):
    content = made.cwa(made.resting(80, unit=2048), hardware="ax6", packed=False, range_g=16)
    sectors = made.sectors_of(content)
    rows = np.arange(26 * 9, dtype="<i2")
    sectors["packing"], sectors["samples"] = 0x92, 26
    sectors["data"] = rows.tobytes().ljust(480, b"\0")
    samples = read_cwa(saved(made.with_sectors(content, made.seal(sectors))))[0]
    np.testing.assert_array_equal(samples, rows.reshape(26, 9)[:, 3:6])


def test_a_short_block_gives_its_own_number_of_samples(saved):
    codes = made.resting(3 * PER_SECTOR)
    path = saved(made.changed(made.cwa(codes), 2, samples=50))
    np.testing.assert_array_equal(read_cwa(path)[0], codes[: 2 * PER_SECTOR + 50])


@pytest.mark.parametrize("name", ["ax3_200hz", "ax6_gyro_100hz"])
def test_real_files_equal_the_reference_decode(name):
    reference = np.load(DATA / f"{name}.npz")
    samples, times, segments, health = read_cwa(DATA / f"{name}.cwa")
    accel_g = CwaReader(DATA / f"{name}.cwa").scale.to_g(samples)
    np.testing.assert_allclose(accel_g, reference["accel_ug"] / 1e6, rtol=0, atol=5.01e-7)
    # That project places blocks at the nominal rate, which is 1.4 and 1.6 % off here.
    late_ms = (times - int(reference["second"]) * 10**9) / 1e6 - reference["time_ms"]
    assert np.abs(late_ms).max() < 12
    assert segments == [("start", len(samples))]
    assert not health.remarks


@pytest.mark.parametrize("name", REAL)
def test_real_files_equal_the_naive_decode(name):
    content = (DATA / name).read_bytes()
    decoded = [naive.cwa_sector(content[at : at + 512]) for at in range(1024, len(content), 512)]
    health = Health()
    blocks = list(CwaReader(DATA / name).blocks(health))
    np.testing.assert_array_equal(
        np.concatenate([block.samples for block in blocks]),
        np.concatenate([sector[0] for sector in decoded]),
    )
    starts = np.cumsum([0, *(len(sector[0]) for sector in decoded)])
    anchors = [[at + s[1], s[2]] for at, s in zip(starts, decoded, strict=False)]
    np.testing.assert_array_equal(np.concatenate([b.anchors for b in blocks]), anchors)
    assert (health.blocks, health.blocks_bad) == (len(decoded), 0)


# -- header


def test_the_header_tells_device_rate_range_and_notes(saved):
    content = made.cwa(
        made.resting(240), device_id=39_434, notes={"_p": "left wrist", "_sc": "s 01", "zz": "é"}
    )
    header = open_recording(saved(content)).header
    assert (header.format, header.device, header.serial) == ("axivity-cwa", "Axivity AX3", "39434")
    assert (header.nominal_hz, header.range_g, header.firmware) == (100.0, 8.0, "45")
    assert header.notes == {"body_location": "left wrist", "subject_code": "s 01", "zz": "é"}
    assert header.utc_offset_s is None


def test_the_serial_number_of_an_ax6_has_a_high_word(saved):
    content = made.cwa(
        made.resting(240, unit=4096), hardware="ax6", packed=False, device_id=6_011_802
    )
    header = open_recording(saved(content)).header
    assert (header.device, header.serial) == ("Axivity AX6", "6011802")


@pytest.mark.parametrize("field", [b"", b"\xff" * 448, b"\0" * 448, b"%%%=&&=\xfe+"])
def test_notes_may_be_blank_or_nonsense(saved, field):
    content = made.cwa(made.resting(240))
    path = saved(content[:64] + field.ljust(448) + content[512:])
    assert len(read_cwa(path)[0]) == 240


def test_rates_of_all_codes():
    rates = [Layout(0x40 | code, 0x30, 0).nominal_hz for code in range(6, 16)]
    assert rates == [6.25, 12.5, 25, 50, 100, 200, 400, 800, 1600, 3200]


def test_the_blocks_and_not_the_header_tell_rate_and_range(saved):
    content = bytearray(made.cwa(made.resting(240)))
    content[36] = 0x0B
    header = open_recording(saved(bytes(content))).header
    assert (header.nominal_hz, header.range_g) == (100.0, 8.0)


def test_only_the_mark_at_the_beginning_is_believed():
    assert sniff(b"MD\xfc\x03" + bytes(20))
    assert not sniff(b"MD\xfc\x04" + bytes(20))
    assert not sniff(b"MD")
    assert not sniff(b"")


def temperatures(path, batch_sectors=512):
    """Of every sector."""
    blocks = CwaReader(path, batch_sectors=batch_sectors).blocks(Health())
    return [b.temperature_c for b in blocks for _ in range(len(b.samples) // PER_SECTOR)]


def test_sectors_of_a_group_share_the_first_temperature_that_was_measured(saved):
    n = TEMPERATURE_SECTORS
    raw = np.r_[0, 0, 0xFC00 | 260, np.arange(300, 300 + n - 3), 280, np.arange(400, 450)]
    content = made.cwa(made.resting(len(raw) * PER_SECTOR))
    path = saved(made.changed(content, slice(None), temperature=raw))
    degrees = np.array([0, 260, 280]) * 75 / 256 - 50
    expected = np.repeat([np.nan, degrees[1], degrees[2]], [2, n - 2, len(raw) - n])
    for batch_sectors in (1, 2, 7, n - 1, n, 512):
        np.testing.assert_array_equal(temperatures(path, batch_sectors), expected)


def test_temperature_is_unknown_where_none_was_measured(saved):
    content = made.changed(made.cwa(made.resting(240)), slice(None), temperature=0)
    assert np.isnan(temperatures(saved(content))).all()


# -- the clock


@pytest.mark.parametrize(
    ("true_hz", "layout"),
    [
        (98.5, {}),
        (24.42, {"rate_hz": 25.0}),
        (12.4, {"rate_hz": 12.5}),
        (99.04, {"hardware": "ax6", "packed": False, "gyroscope": True}),
    ],
)
def test_sample_times_are_true_whatever_the_nominal_rate(saved, true_hz, layout):
    codes = made.resting(60 * PER_SECTOR, unit=4096 if layout.get("hardware") else 256)
    times = read_cwa(saved(made.cwa(codes, true_hz=true_hz, **layout)))[1]
    truth = made.sample_times(len(times), true_hz)
    # Stamps are cut off to 1/32768 s, 30.5 µs. At the beginning there is nothing to lean on.
    late_ns = times - truth
    assert np.abs(late_ns[PER_SECTOR:]).max() <= 31_000
    assert np.abs(late_ns).max() <= 65_000


def test_old_stamps_in_whole_seconds_are_good_to_a_few_milliseconds():
    _, times, segments, health = read_cwa(DATA / "ax3_2012_100hz.cwa")
    assert segments == [("start", 40 * PER_SECTOR)]
    steps_ms = np.diff(times) / 1e6
    assert 9.9 < steps_ms.min() <= steps_ms.max() < 10.4
    assert health.measured_hz == pytest.approx(98.5, abs=0.2)


@pytest.mark.parametrize("name", REAL)
def test_time_runs_evenly_in_real_files(name):
    _, times, segments, health = read_cwa(DATA / name)
    steps = np.diff(times)
    assert len(segments) == 1
    assert health.stamps_repaired == 0
    assert steps.max() < 1.05 * steps.min()
