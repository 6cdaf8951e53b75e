"""What is written can be read back exactly, and is what a device would have written."""

from __future__ import annotations

import datetime as dt
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_recordings import cwa_sector
from pyarrow import csv

from recordings.registry import open_recording
from recordings.synthetic import DEVICES, Recipe, plan, samples, synthesise, write
from recordings.writers import (
    CwaLayout,
    GeneactivLayout,
    write_csv,
    write_cwa,
    write_geneactiv,
)

S = 1_000_000_000
START_NS = 1_709_675_999_500_000_000
RESOLUTION_NS = 30_600  # of a CWA stamp: 1/32768 s


def codes(n, *, low=-512, high=512, step=4, seed=0):
    return (np.random.default_rng(seed).integers(low, high, (n, 3)) * step).astype(np.int16)


def times(n, rate_hz):
    return START_NS + np.rint(np.arange(n) * (S / rate_hz)).astype(np.int64)


def cut(raw, times_ns, cuts):
    """Pieces of a recording, cut before the given samples."""
    edges = [0, *sorted(min(c, len(raw)) for c in cuts), len(raw)]
    return [(raw[a:b], times_ns[a:b]) for a, b in pairwise(edges)]


def content(writer, pieces, *layout):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "written"
        writer(path, pieces, *layout)
        return path.read_bytes()


def read(path):
    """Samples, device times and reasons of the segments, through the real reader."""
    recording = open_recording(path)
    chunks = list(recording.chunks())
    stamps = [c.times_ns(np.arange(c.first_index, c.first_index + len(c))) for c in chunks]
    reasons = [segment.reason for segment in recording.health.segments]
    return (
        np.concatenate([c.samples for c in chunks]),
        np.concatenate(stamps),
        reasons,
        recording,
    )


def sectors(raw_bytes):
    return [cwa_sector(raw_bytes[at : at + 512]) for at in range(1024, len(raw_bytes), 512)]


# --- round trips ---------------------------------------------------------------------------------

WRITTEN_BY = {
    "ax3": ("axivity-cwa", RESOLUTION_NS),
    "ax6": ("axivity-cwa", RESOLUTION_NS),
    "geneactiv": ("geneactiv-bin", 0),
    "actigraph": ("actigraph-gt3x", 1),
}
"""The format of each hardware, and by how much its stamps are rounded."""


@pytest.mark.parametrize(
    ("device", "rate_hz"),
    [
        ("ax3", 100),
        ("ax3", 25),
        ("ax3-unpacked", 50),
        ("ax6", 100),
        ("ax6-8g", 50),
        ("geneactiv", 100),
        ("geneactiv", 85.7),
        ("geneactiv", 75),
        ("geneactiv", 30),
        ("actigraph", 30),
        ("actigraph", 100),
    ],
)
def test_a_synthetic_night_is_read_back_exactly(tmp_path, device, rate_hz):
    night = plan(2, Recipe(device=device, rate_hz=rate_hz, start="2024-03-05T22:59:00", hours=0.1))
    path = tmp_path / "night"
    n = write(night, path)
    raw, times_ns = synthesise(night)
    assert len(raw) - n < 300
    found, stamps, reasons, recording = read(path)
    np.testing.assert_array_equal(found, raw[:n])
    late = stamps - times_ns[:n]
    format_, tolerance_ns = WRITTEN_BY[night.device.hardware]
    assert np.abs(late).max() <= tolerance_ns
    assert reasons == ["start"]
    assert recording.health.remarks == []
    assert recording.header.format == format_
    assert recording.header.range_g == night.device.range_g
    (chunk,) = {c.scale for c in recording.chunks()}
    expected = night.device.scale
    np.testing.assert_allclose(chunk.to_g(raw), expected.to_g(raw), rtol=0, atol=1e-15)
    assert (chunk.lowest, chunk.highest) == (expected.lowest, expected.highest)


@settings(max_examples=15)
@given(
    cuts=st.lists(st.integers(0, 1000), max_size=8),
    layout=st.sampled_from(
        [
            CwaLayout(),
            CwaLayout(packed=False),
            CwaLayout(hardware="ax6", packed=False, gyroscope=True, range_g=16),
            CwaLayout(skip_blocks=frozenset({1, 4}), restarts={3: 60.0}),
        ]
    ),
)
def test_the_cutting_into_pieces_does_not_change_a_cwa_file(cuts, layout):
    raw, times_ns = codes(1000), times(1000, 98.3)
    whole = content(write_cwa, [(raw, times_ns)], layout)
    assert content(write_cwa, cut(raw, times_ns, cuts), layout) == whole


@settings(max_examples=10)
@given(cuts=st.lists(st.integers(0, 1000), max_size=8))
def test_the_cutting_into_pieces_does_not_change_a_geneactiv_file(cuts):
    raw, times_ns = codes(1000), times(1000, 100)
    whole = content(write_geneactiv, [(raw, times_ns)])
    assert content(write_geneactiv, cut(raw, times_ns, cuts)) == whole


@settings(max_examples=20)
@given(
    true_hz=st.floats(94, 104),
    n=st.integers(300, 3000),
    unpacked=st.booleans(),
    seed=st.integers(0, 99),
)
def test_any_rate_of_the_oscillator_is_read_back_from_the_stamps(true_hz, n, unpacked, seed):
    raw, times_ns = codes(n, seed=seed), times(n, true_hz)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.cwa"
        written = write_cwa(path, [(raw, times_ns)], CwaLayout(packed=not unpacked))
        found, stamps, _, _ = read(path)
    np.testing.assert_array_equal(found, raw[:written])
    # before the first and behind the last anchor the error of two stamps is extrapolated
    late = np.abs(stamps - times_ns[:written])
    assert late[150:-150].max(initial=0) <= RESOLUTION_NS
    assert late.max() <= 4 * RESOLUTION_NS


def test_a_clock_that_changes_its_pace_is_followed(tmp_path):
    pace = 10_000_000 * (1 + 0.02 * np.sin(np.arange(60_000) / 90_000))
    times_ns = START_NS + np.rint(np.cumsum(pace)).astype(np.int64)
    path = tmp_path / "warm.cwa"
    n = write_cwa(path, [(codes(60_000), times_ns)])
    _, stamps, _, _ = read(path)
    assert np.abs(stamps - times_ns[:n])[150:-150].max() < 40_000


# --- CWA -----------------------------------------------------------------------------------------


def test_every_sector_is_good_and_holds_the_samples_by_another_decoder():
    raw = codes(620)
    decoded = sectors(content(write_cwa, [(raw, times(620, 98))]))
    assert len(decoded) == 5
    np.testing.assert_array_equal(np.concatenate([s[0] for s in decoded]), raw[:600])
    assert [s[3] for s in decoded] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("range_g", "exponent"), [(16, 3), (8, 2), (4, 1), (2, 0)])
def test_the_extreme_codes_of_every_range_survive_packing(range_g, exponent):
    raw = np.array([[-512, 511, 0], [511, -512, -1]] * 60, np.int16) << exponent
    layout = CwaLayout(range_g=range_g)
    (sector,) = sectors(content(write_cwa, [(raw, times(120, 100))], layout))
    np.testing.assert_array_equal(sector[0], raw)
    assert layout.exponent == exponent


@pytest.mark.parametrize("bad", [1, 2, 2048, -2052])
def test_a_code_that_a_device_could_not_pack_is_refused(tmp_path, bad):
    raw = codes(240)
    raw[130, 1] = bad
    with pytest.raises(ValueError, match="cannot be packed"):
        write_cwa(tmp_path / "x.cwa", [(raw, times(240, 100))])


@pytest.mark.parametrize(
    ("layout", "code"),
    [
        ({"rate_hz": 100, "range_g": 8}, 0x4A),
        ({"rate_hz": 25, "range_g": 8}, 0x48),
        ({"rate_hz": 200, "range_g": 8}, 0x4B),
        ({"rate_hz": 100, "range_g": 16}, 0x0A),
        ({"rate_hz": 12.5, "range_g": 2}, 0xC7),
    ],
)
def test_rate_and_range_are_coded_as_in_real_files(layout, code):
    raw_bytes = content(
        write_cwa, [(codes(240), times(240, 100))], CwaLayout(**layout, packed=False)
    )
    assert raw_bytes[36] == code
    assert raw_bytes[1024 + 24] == code


@pytest.mark.parametrize(
    ("layout", "held"), [({}, {120, 125, 130, 135, 140}), ({"hardware": "ax6"}, {80})]
)
def test_a_stamp_says_how_many_samples_were_held_when_the_device_looked_at_its_clock(layout, held):
    layout = CwaLayout(packed=not layout, **layout)
    decoded = sectors(content(write_cwa, [(codes(6000), times(6000, 98.5))], layout))
    assert {anchor for _, anchor, *_ in decoded} == held
    for block, (_, anchor, time_ns, *_) in enumerate(decoded[:-1]):
        true_ns = times(6200, 98.5)[block * layout.block + anchor]
        assert 0 <= true_ns - time_ns <= RESOLUTION_NS


def test_a_lost_block_shows_as_a_gap_in_the_sequence(tmp_path):
    raw, path = codes(1200), tmp_path / "lost.cwa"
    n = write_cwa(path, [(raw, times(1200, 98))], CwaLayout(skip_blocks=frozenset({3, 4})))
    assert n == 1200
    assert [s[3] for s in sectors(path.read_bytes())] == [0, 1, 2, 5, 6, 7, 8, 9]
    found, stamps, reasons, _ = read(path)
    np.testing.assert_array_equal(found, np.delete(raw, np.s_[360:600], axis=0))
    assert len(reasons) == 2
    assert np.diff(stamps)[359] == pytest.approx(241 * S / 98, rel=0.01)


@pytest.mark.parametrize("pause_s", [240.0, -3600.0])
def test_a_restart_begins_its_sequence_anew_and_moves_the_clock(tmp_path, pause_s):
    raw, path = codes(2400), tmp_path / "again.cwa"
    write_cwa(path, [(raw, times(2400, 98))], CwaLayout(restarts={8: pause_s}))
    assert [s[3] for s in sectors(path.read_bytes())] == [*range(8), *range(12)]
    found, stamps, reasons, _ = read(path)
    np.testing.assert_array_equal(found, raw)
    assert len(reasons) == 2
    assert np.diff(stamps)[959] / S == pytest.approx(pause_s + 1 / 98, abs=0.001)


def test_the_header_of_a_cwa_says_who_and_where(tmp_path):
    path = tmp_path / "who.cwa"
    notes = {"_p": "right ankle", "_sc": "Kim & 2"}
    layout = CwaLayout(hardware="ax6", packed=False, device_id=5963886, notes=notes)
    write_cwa(path, [(codes(240), times(240, 100))], layout)
    header = open_recording(path).header
    assert header.serial == "5963886"
    assert header.device == "Axivity AX6"
    assert header.notes["body_location"] == "right ankle"
    assert header.notes["subject_code"] == "Kim & 2"


@pytest.mark.parametrize(
    "wrong",
    [
        {"hardware": "ax6"},
        {"gyroscope": True},
        {"range_g": 6},
        {"rate_hz": 85.7},
        {"rate_hz": 3.125},
        {"rate_hz": 6400},
    ],
)
def test_a_device_that_does_not_exist_is_refused(wrong):
    with pytest.raises(ValueError, match=r".+"):
        CwaLayout(**wrong)


def test_less_than_a_block_is_a_file_without_blocks(tmp_path):
    path = tmp_path / "short.cwa"
    assert write_cwa(path, [(codes(119), times(119, 100))]) == 0
    assert write_cwa(path, []) == 0
    assert path.stat().st_size == 1024


# --- GENEActiv -----------------------------------------------------------------------------------


def test_a_geneactiv_file_has_the_lines_of_a_real_one():
    lines = content(write_geneactiv, [(codes(600), times(600, 100))]).decode("ascii").split("\r\n")
    assert lines[0] == "Device Identity"
    assert lines[46] == "Calibration Data"
    assert lines[47:49] == ["x gain:25500", "x offset:300"]
    assert lines[59] == lines[69] == "Recorded Data"
    assert lines[62] == "Page Time:2024-03-05 21:59:59:500"
    assert lines[72] == "Page Time:2024-03-05 22:00:02:500"
    assert len(lines[68]) == 3600
    assert lines[68] == lines[68].upper()
    assert len(lines) == 59 + 2 * 10 + 1


def test_twelve_digits_hold_one_sample():
    raw = np.zeros((300, 3), np.int16)
    raw[:3] = [[-2048, 2047, 0], [-1, 1, -2], [1000, -1000, 255]]
    digits = content(write_geneactiv, [(raw, times(300, 100))]).split(b"\r\n")[68]
    assert digits[:36] == b"8007FF000000" + b"FFF001FFE000" + b"3E8C180FF000"


@pytest.mark.parametrize("bad", [-2049, 2048])
def test_a_code_of_more_than_12_bits_is_refused(tmp_path, bad):
    raw = codes(300)
    raw[7, 2] = bad
    with pytest.raises(ValueError, match="12 bits"):
        write_geneactiv(tmp_path / "x.bin", [(raw, times(300, 100))])


def test_less_than_a_page_is_refused(tmp_path):
    with pytest.raises(ValueError, match="page"):
        write_geneactiv(tmp_path / "x.bin", [(codes(299), times(299, 100))])


def test_a_lost_page_shows_as_a_gap_in_the_sequence(tmp_path):
    raw, path = codes(1500), tmp_path / "lost.bin"
    layout = GeneactivLayout(skip_pages=frozenset({2}))
    assert write_geneactiv(path, [(raw, times(1500, 100))], layout) == 1500
    found, stamps, reasons, _ = read(path)
    np.testing.assert_array_equal(found, np.delete(raw, np.s_[600:900], axis=0))
    assert len(reasons) == 2
    assert np.diff(stamps)[599] == 3_010_000_000


@pytest.mark.parametrize(("minutes", "text"), [(60, "+01:00"), (-210, "-03:30"), (0, "+00:00")])
def test_the_offset_from_utc_stands_in_the_header(tmp_path, minutes, text):
    path = tmp_path / "zone.bin"
    layout = GeneactivLayout(utc_offset_min=minutes)
    write_geneactiv(path, [(codes(300), times(300, 100))], layout)
    assert f"Time Zone:GMT {text}".encode() in path.read_bytes()
    assert open_recording(path).header.utc_offset_s == 60 * minutes


def test_a_plan_states_its_offset_and_its_site(tmp_path):
    night = plan(2, Recipe(start="2024-03-05T22:59:00", hours=0.01, site="ankle"))
    write(night, tmp_path / "night.bin", utc_offset=dt.timedelta(hours=-4))
    header = open_recording(tmp_path / "night.bin").header
    assert header.utc_offset_s == -4 * 3600
    assert header.notes["Device Location Code"] == "left ankle"
    device = DEVICES["geneactiv"]
    write(
        plan(2, Recipe(device="actigraph", hours=0.01, site="ankle")),
        tmp_path / "night.gt3x",
        utc_offset=dt.timedelta(hours=-4),
    )
    header = open_recording(tmp_path / "night.gt3x").header
    assert header.utc_offset_s == -4 * 3600
    assert header.notes["Limb"] == "Ankle"
    layout = GeneactivLayout()
    assert tuple(g / 100 for g in layout.gain) == device.counts_per_g
    assert tuple(o / 100 for o in layout.offset) == device.zero_counts


# --- CSV -----------------------------------------------------------------------------------------


def test_a_table_holds_every_digit_of_values_and_times(tmp_path):
    night = plan(2, Recipe(device="actigraph", start="2024-03-05T22:59:00", hours=0.02))
    raw, times_ns = synthesise(night)
    path = tmp_path / "night.csv"
    assert write_csv(path, samples(night), night.device.scale) == len(raw)
    table = csv.read_csv(path)
    assert table.column_names == ["time", "x", "y", "z"]
    values = np.column_stack([table[axis].to_numpy() for axis in "xyz"])
    np.testing.assert_array_equal(values, night.device.scale.to_g(raw))
    np.testing.assert_array_equal(table["time"].to_numpy().astype("M8[ns]").view("i8"), times_ns)


@pytest.mark.parametrize(("device", "rate_hz"), [("actigraph", 30), ("ax3", 100)])
def test_a_table_is_read_back_in_g(tmp_path, device, rate_hz):
    recipe = Recipe(device=device, rate_hz=rate_hz, start="2024-03-05T22:59:00", hours=0.1)
    night = plan(2, recipe)
    path = tmp_path / "night.csv"
    write_csv(path, samples(night), night.device.scale)
    raw, times_ns = synthesise(night)
    found, stamps, reasons, recording = read(path)
    np.testing.assert_array_equal(found, night.device.scale.to_g(raw))
    assert np.abs(stamps - times_ns).max() <= 1000
    assert reasons == ["start"]
    assert recording.health.measured_hz == pytest.approx(night.true_hz, rel=1e-6)


def test_a_table_without_times_has_uniform_rows(tmp_path):
    night = plan(2, Recipe(device="actigraph", start="2024-03-05T22:59:00", hours=0.01))
    path = tmp_path / "rows.csv"
    scale = night.device.scale
    rows = write_csv(path, samples(night), scale, times=False)
    table = csv.read_csv(path)
    assert table.column_names == ["x", "y", "z"]
    assert table.num_rows == rows == night.samples
