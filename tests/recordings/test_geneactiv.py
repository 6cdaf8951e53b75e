"""GENEActiv .bin: samples, header, and the clock of its pages."""

from __future__ import annotations

import itertools
from pathlib import Path

import made_recordings as made
import naive_geneactiv as naive
import numpy as np
import pytest
from made_geneactiv import MARK, joined, made_stamp, parts_of, stamped
from reading import read

from recordings import SECOND_NS, Health, ReadOptions, RecordingError, open_recording
from recordings.formats import geneactiv

DATA = Path(__file__).parents[1] / "data"
REAL = DATA / "gnactv_50hz.bin"
CODES = made.resting(1500, step=1)


# -- the real file


def test_the_reference_decode_is_equal_sample_for_sample():
    with np.load(DATA / "gnactv_50hz.npz") as reference:
        accel_g, time_s, temperature_c = (reference[k] for k in ("accel", "time", "temperature"))
    samples, times, _, recording = read(REAL)
    chunks = list(recording.chunks())
    np.testing.assert_array_equal(
        np.concatenate([chunk.scale.to_g(chunk.samples) for chunk in chunks]).round(4), accel_g
    )
    np.testing.assert_array_equal(
        samples, np.concatenate([page.samples for page in naive.pages_of(REAL.read_bytes())])
    )
    assert times[0] == round(time_s[0] * 1e9)
    assert temperature_c[0] == chunks[0].temperature_c == 28.2


def test_a_wobble_of_half_a_second_is_no_gap_and_no_rate():
    with np.load(DATA / "gnactv_50hz.npz") as reference:
        page_times = reference["time"][::300]
    assert np.diff(page_times).tolist() == [6.5, 6.0]
    _, times, segments, recording = read(REAL)
    assert segments == [("start", 900)]
    assert set(np.diff(times)) == {SECOND_NS // 50}
    assert recording.health.measured_hz == 50


def test_the_header_of_the_real_file():
    header = open_recording(REAL).header
    assert (header.format, header.device, header.serial) == (
        "geneactiv-bin",
        "GENEActiv 1.1",
        "051386",
    )
    assert header.firmware == "Ver4.08a date14Jul14"
    assert (header.nominal_hz, header.range_g, header.utc_offset_s) == (50, 8, -4 * 3600)
    assert header.notes["Device Location Code"] == "back"
    assert header.notes["Extract Notes"] == "(device clock drift -1.459s)"


def test_what_is_personal_stays_in_the_file():
    header = open_recording(REAL).header
    assert not {"Date of Birth", "Sex", "Height", "Weight", "Subject Notes"} & set(header.notes)


# -- the header


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\r\n", b"\n"),
        (b"Subject Code:", b"Subject Code:" + bytes(200)),
        (b"Device Type:GENEActiv", b"Device Type:GENEActiv   \0\0"),
        (b"Device Identity", b"\xef\xbb\xbfDevice Identity"),
        (b"Config Notes:", b"Config Notes:J\xf6rg\r\n  wrote two lines: this"),
        (b"x gain:25500", b"x gain: 25500,0  "),
        (b"Measurement Frequency:100 Hz", b"Measurement Frequency:100,0 Hz"),
        (b"Measurement Frequency:100.0", b"Measurement Frequency:100,0"),
        (b"Number of Pages:999999", b"Number of Pages:1"),
        (b"Start Time:2024-03-05", b"Start Time:0000-00-00"),
        (b"Measurement Frequency:100 Hz\r\n", b""),
    ],
    ids=lambda text: repr(text[:24]),
)
def test_headers_are_written_in_many_ways(saved, old, new):
    content = made.geneactiv(CODES)
    assert old in content
    samples, times, _, recording = read(saved(content.replace(old, new)))
    np.testing.assert_array_equal(samples, CODES)
    assert recording.header.nominal_hz == 100
    assert recording.health.blocks == 5
    assert times[1] - times[0] == 10_000_000


def test_gain_and_offset_of_each_axis_are_applied(saved):
    path = saved(made.geneactiv(CODES, gain=(25500, 25400, 25300), offset=(300, -200, -100)))
    chunk = next(iter(open_recording(path).chunks()))
    expected = (100.0 * CODES - [300, -200, -100]) / [25500, 25400, 25300]
    np.testing.assert_allclose(chunk.scale.to_g(CODES), expected, rtol=0, atol=1e-12)
    assert (chunk.scale.lowest, chunk.scale.highest) == (-2048, 2047)


@pytest.mark.parametrize(
    ("text", "offset_s"),
    [
        (b"GMT -04:00", -4 * 3600),
        (b"GMT +05:30", 19_800),
        (b"GMT +00:00", 0),
        (b"GMT+10:00\0", 36_000),
        (b"local", None),
        (b"", None),
    ],
)
def test_the_zone_of_the_device(saved, text, offset_s):
    content = made.geneactiv(CODES).replace(b"GMT +00:00", text)
    assert open_recording(saved(content)).header.utc_offset_s == offset_s


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (b"Device Type:GENEActiv", b"Device Type:Other", "device type 'Other'"),
        (b"x gain:25500", b"x gain:", "x gain"),
        (b"y gain:25400", b"y gain:0", "gain of zero"),
        (b"z offset:-100\r\n", b"", "z offset"),
        (b"Measurement Frequency:100 Hz", b"Measurement Frequency:0 Hz", "frequency of 0"),
        (b"Measurement Frequency:100 Hz", b"Measurement Frequency:fast", "Frequency"),
        (MARK, b"Deleted Data", "Recorded Data"),
    ],
    ids=lambda text: repr(text)[:30],
)
def test_a_header_that_cannot_be_used_is_refused(saved, old, new, named):
    path = saved(made.geneactiv(CODES).replace(old, new))
    with pytest.raises(RecordingError, match=named) as refused:
        open_recording(path)
    assert refused.value.path == path


def test_only_the_first_line_tells_the_format():
    assert geneactiv.sniff(REAL.read_bytes()[:4096])
    assert geneactiv.sniff(b"\xef\xbb\xbfDevice Identity\n")
    assert not geneactiv.sniff(b"GENEA/1.00\nDevice Identity")
    assert not geneactiv.sniff(b"")


# -- the clock


@pytest.mark.parametrize(
    ("stated", "true"),
    [
        *((hz, hz) for hz in (10, 20, 25, 30, 40, 50, 60, 75, 100, 600)),
        (85.7, 600 / 7),
        (66.7, 600 / 9),
        (99.9, 100),
        (99.81, 100),  # 0.19 % off
        (99.79, 99.79),  # 0.21 %
        (100.21, 100.21),
        (87.5, 87.5),
        (93.0, 93.0),
        (0.7, 600 / 857),
        (0.0999, 0.0999),  # beyond these bounds anything is near some 600/k, or nothing is
        (600.5, 600.5),
        (1000.0, 1000.0),
    ],
)
def test_a_rounded_rate_stands_for_600_divided_by_a_whole_number(stated, true):
    assert geneactiv.true_rate_hz(stated) == pytest.approx(true, rel=1e-15)


def test_a_slow_rate_is_a_rate(saved):
    content = made.geneactiv(CODES).replace(b"Frequency:100 Hz", b"Frequency:0,5 Hz")
    reader = geneactiv.open_reader(saved(content), ReadOptions())
    assert reader.header.nominal_hz == 0.5


def test_the_range_is_its_larger_end(saved):
    content = made.geneactiv(CODES).replace(b"Range:-8 to 8", b"Range:-6 to 7,5")
    assert open_recording(saved(content)).header.range_g == 7.5


def test_a_line_without_a_colon_says_nothing(saved):
    content = made.geneactiv(CODES).replace(b"Device Type:", b"Device Type\r\nDevice Type:")
    assert open_recording(saved(content)).header.device == "GENEActiv 1.1"


def test_pages_at_85_7_hz_last_exactly_three_and_a_half_seconds(saved):
    codes = made.resting(300 * 60, step=1)
    layout = {"rate_hz": 600 / 7}
    path = saved(made.written(made.write_geneactiv, codes, made.GeneactivLayout(**layout), 600 / 7))
    assert b"Measurement Frequency:85.7\r\n" in path.read_bytes()
    samples, times, segments, recording = read(path)
    np.testing.assert_array_equal(samples, codes)
    assert segments == [("start", len(codes))]
    assert set(np.diff(times[::300])) == {3_500_000_000}
    assert recording.header.nominal_hz == 600 / 7


def test_the_first_page_gives_the_time_and_not_the_header(saved):
    content = made.geneactiv(CODES).replace(b"Start Time:2024", b"Start Time:1999")
    _, times, _, _ = read(saved(content))
    assert times[0] == made.T0_NS + 250_000_000  # rounded to half a second


def test_a_lost_page_leaves_a_gap_of_its_length(saved):
    _, times, segments, recording = read(saved(made.geneactiv(CODES, skip_pages=frozenset([2]))))
    assert segments == [("start", 600), ("lost_block", 600)]
    assert times[600] - times[599] == 3_010_000_000
    assert recording.health.gap_ns == 3 * SECOND_NS


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"2024-03-05 22:01:00:000", "gap"),
        (b"2024-03-05 21:58:00:000", "clock_backwards"),
    ],
)
def test_stamps_off_by_more_than_a_second_open_a_segment(saved, text, reason):
    header, pages = parts_of(made.geneactiv(CODES))
    pages[3] = stamped(pages[3], text)
    _, times, segments, _ = read(saved(joined(header, pages[:4])))
    assert segments == [("start", 900), (reason, 300)]
    jump_s = (times[900] - times[899]) / 1e9
    assert (jump_s > 40) if reason == "gap" else (jump_s < -60)


@pytest.mark.parametrize("text", [b"2024-03-05 22:01:00:000", b"2004-03-05 21:58:00:000"])
def test_a_stamp_that_is_off_alone_is_put_right(saved, text):
    header, pages = parts_of(made.geneactiv(CODES))
    _, right, _, _ = read(saved(joined(header, pages)))
    pages[3] = stamped(pages[3], text)
    _, times, segments, recording = read(saved(joined(header, pages)))
    np.testing.assert_array_equal(times, right)
    assert segments == [("start", 900), ("clock_jumped", 300), ("clock_jumped", 300)]
    assert [note.code for note in recording.health.remarks] == ["clock_jumped"]


@pytest.mark.parametrize("late_s", [0.5, 1.0])
def test_a_stamp_off_by_up_to_a_second_is_no_gap(saved, late_s):
    header, pages = parts_of(made.geneactiv(CODES))
    stamp = naive.pages_of(pages[3])[0].time_ns + round(late_s * 1e9)
    pages[3] = stamped(pages[3], made_stamp(stamp))
    _, times, segments, _ = read(saved(joined(header, pages)))
    assert segments == [("start", 1500)]
    assert set(np.diff(times)) == {10_000_000}


@pytest.mark.parametrize("number", [0, 1])
def test_logging_that_starts_anew_is_a_restart(saved, number):
    header, pages = parts_of(made.geneactiv(CODES))
    pages[3] = stamped(pages[3], b"2024-03-05 22:30:00:000", number)
    pages[4] = stamped(pages[4], b"2024-03-05 22:30:03:000", number + 1)
    _, _, segments, _ = read(saved(joined(header, pages)))
    assert segments == [("start", 900), ("restart", 600)]


@pytest.mark.parametrize("size", [1 << 21, 4096])
def test_every_page_gives_the_anchor_behind_its_end(saved, monkeypatch, size):
    monkeypatch.setattr(geneactiv, "BUFFER_BYTES", size)
    reader = geneactiv.open_reader(saved(made.geneactiv(made.resting(9000, step=1))), ReadOptions())
    begins, anchors = 0, []
    for block in reader.blocks(Health()):
        assert len(block.samples) > 0
        anchors.extend((block.anchors + [begins, 0]).tolist())
        begins += len(block.samples)
    start_ns = made.T0_NS + SECOND_NS // 4  # rounded to half a second
    assert anchors == [[300 * k, start_ns + 3 * k * SECOND_NS] for k in range(31)]


def test_a_rate_that_changes_back_opens_another_segment(saved):
    header, pages = parts_of(made.geneactiv(made.resting(1800, step=1)))
    start_ns = naive.pages_of(pages[2])[0].time_ns
    for number, after_s in ((2, 0), (3, 6), (4, 12), (5, 15)):
        pages[number] = stamped(pages[number], made_stamp(start_ns + after_s * SECOND_NS))
    for number in (2, 3):
        pages[number] = pages[number].replace(b"Frequency:100.0", b"Frequency:50.0")
    _, times, segments, _ = read(saved(joined(header, pages)))
    assert segments == [("start", 600), ("rate_change", 600), ("rate_change", 600)]
    assert [times[at] - times[0] for at in (600, 1200, 1799)] == [
        6 * SECOND_NS,
        18 * SECOND_NS,
        23_990_000_000,
    ]


@pytest.mark.parametrize(("spare", "found"), [(0, True), (-1, False)])
def test_the_first_page_begins_within_64_kib(saved, spare, found):
    header, pages = parts_of(made.geneactiv(CODES))
    header = header.replace(
        b"Subject Code:", b"Subject Code:" + b"x" * (65_536 - 13 - len(header) - spare)
    )
    path = saved(joined(header, pages))
    if found:
        np.testing.assert_array_equal(read(path)[0], CODES)
    else:
        with pytest.raises(RecordingError, match="first 64 KiB"):
            open_recording(path)


def test_another_rate_opens_a_segment(saved):
    header, pages = parts_of(made.geneactiv(CODES))
    start_ns = naive.pages_of(pages[3])[0].time_ns
    for number in (3, 4):
        page = stamped(pages[number], made_stamp(start_ns + (number - 3) * 6 * SECOND_NS))
        pages[number] = page.replace(b"Frequency:100.0", b"Frequency:50.0")
    _, times, segments, _ = read(saved(joined(header, pages)))
    assert segments == [("start", 900), ("rate_change", 600)]
    assert set(np.diff(times[900:])) == {20_000_000}


@pytest.mark.parametrize("stated", [b"10", b"50", b"85.7"])
def test_the_rate_of_the_pages_counts_and_not_that_of_the_header(saved, stated):
    content = made.geneactiv(CODES).replace(b"Frequency:100 Hz", b"Frequency:" + stated + b" Hz")
    _, times, segments, recording = read(saved(content))
    assert recording.header.nominal_hz == geneactiv.true_rate_hz(float(stated))
    assert segments == [("start", 1500)]
    assert set(np.diff(times)) == {10_000_000}


def test_the_temperature_is_that_of_the_first_page_of_a_minute(saved):
    header, pages = parts_of(made.geneactiv(made.resting(300 * 50, step=1)))
    degrees = [b"Temperature:%d.0" % number for number in range(50)]
    pages = [p.replace(b"Temperature:31.0", d) for p, d in zip(pages, degrees, strict=True)]
    chunks = list(open_recording(saved(joined(header, pages))).chunks())
    held = list(itertools.chain.from_iterable([c.temperature_c] * (len(c) // 300) for c in chunks))
    assert held == [0.0] * 20 + [20.0] * 20 + [40.0] * 10
