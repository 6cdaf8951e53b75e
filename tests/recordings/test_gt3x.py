"""ActiGraph .gt3x: samples, header, axes, and the clock of its seconds."""

from __future__ import annotations

import zipfile
from pathlib import Path

import made_recordings as made
import naive_gt3x as naive
import numpy as np
import pytest
from made_gt3x import (
    is_second,
    members_of,
    record,
    records_of,
    stamp_of,
    with_info,
    with_records,
    zipped,
)
from reading import read, remarks_of

from recordings import SECOND_NS, ReadOptions, RecordingError, open_recording
from recordings.formats import actigraph_gt3x, gt3x_log
from recordings.formats.gt3x_info import parse_info

DATA = Path(__file__).parents[1] / "data"
LINK, BT = DATA / "link_idle_30hz.gt3x", DATA / "wgt3xbt_30hz.gt3x"
CODES = made.resting(1000, step=1)
"""Ten seconds."""

START_S = made.T0_NS // SECOND_NS


# -- real files


def test_the_reference_decode_is_equal_sample_for_sample():
    with np.load(DATA / "link_idle_30hz.npz") as reference:
        accel_mg, time_ms = reference["accel_mg"], reference["time_ms"]
        start_ns = int(reference["second"]) * SECOND_NS
    samples, times, _, recording = read(LINK)
    # It holds the last sample through every gap: only what was recorded can be compared.
    rows = np.searchsorted(time_ms, np.rint((times - start_ns) / 1e6))
    np.testing.assert_array_equal(time_ms[rows], np.rint((times - start_ns) / 1e6))
    exact_mg = samples * (1000 / 256)  # halves were rounded away from zero
    rounded_mg = np.sign(exact_mg) * np.floor(np.abs(exact_mg) + 0.5)
    np.testing.assert_array_equal(rounded_mg, accel_mg[rows])
    others = np.delete(accel_mg, rows, axis=0)
    assert len(others) > 5 * 60 * 30
    assert np.count_nonzero(np.diff(others, axis=0).any(axis=1)) == 2
    assert recording.health.samples == len(rows) == 54 * 30


@pytest.mark.parametrize("path", [LINK, BT], ids=["Link", "wGT3X-BT"])
def test_a_real_file_is_read_as_by_the_plain_reader(path):
    log = members_of(path.read_bytes())["log.bin"]
    seconds, tally = naive.seconds_of(naive.records_of(log), 30)
    samples, times, segments, recording = read(path)
    np.testing.assert_array_equal(samples, naive.array_of(seconds))
    assert times[::30].tolist() == [second.time_s * SECOND_NS for second in seconds]
    reasons = [second.why for second in seconds if second.why]
    assert [reason.removesuffix("_sleep") for reason, _ in segments] == reasons
    assert recording.health.blocks == len(seconds)
    assert set(remarks_of(recording)) == {"idle_sleep"}
    assert f": {tally['idles']} times, " in remarks_of(recording)["idle_sleep"]


def test_the_header_of_a_real_file():
    header = open_recording(LINK).header
    assert (header.format, header.device) == ("actigraph-gt3x", "ActiGraph Link")
    assert (header.serial, header.firmware) == ("TAS1E06160523", "1.7.2")
    assert (header.nominal_hz, header.range_g) == (30, 8)
    assert (header.utc_offset_s, header.utc_known) == (-5 * 3600, False)
    assert open_recording(BT).header.utc_offset_s == 2 * 3600
    assert header.notes == {"Limb": "Wrist", "Side": "Left", "Dominance": "Non-Dominant"}


@pytest.mark.parametrize("path", [LINK, BT], ids=["Link", "wGT3X-BT"])
def test_who_wore_it_stays_in_the_file(path):
    info = parse_info(members_of(path.read_bytes())["info.txt"])
    personal = {"Subject Name", "Sex", "Height", "Mass", "Age", "DateOfBirth"} & set(info)
    assert len(personal) >= 4
    header = open_recording(path).header
    assert not {*personal} & {*header.notes}
    assert not {info["Subject Name"]} & {*header.notes.values()}


# -- the archive


@pytest.mark.parametrize("log", ["activity", "activity2", "activity3"])
@pytest.mark.parametrize("deflated", [False, True])
@pytest.mark.parametrize("log_first", [False, True])
def test_every_kind_of_record_in_every_archive(saved, log, deflated, log_first):
    content = made.gt3x(CODES, log=log, deflated=deflated, log_first=log_first)
    samples, times, segments, recording = read(saved(content))
    np.testing.assert_array_equal(samples, CODES)
    assert times.tolist() == (START_S * SECOND_NS + np.arange(1000) * 10_000_000).tolist()
    assert segments == [("start", 1000)]
    assert recording.health.remarks == []
    assert recording.health.blocks == 10


def test_other_members_and_folders_do_not_matter(saved):
    members = members_of(made.gt3x(CODES))
    moved = {f"wave 1/{name.upper()}": content for name, content in members.items()}
    others = {"epoch.bin": b"\x1e" * 500, "__MACOSX/wave 1/._log.bin": b"icon", "a/": b""}
    content = zipped({**others, **moved}, zipfile.ZIP_DEFLATED)
    np.testing.assert_array_equal(read(saved(content))[0], CODES)


def test_recordings_side_by_side_in_one_archive_are_refused(saved):
    members = members_of(made.gt3x(CODES))
    content = zipped({f"{folder}/{name}": members[name] for folder in "ab" for name in members})
    with pytest.raises(RecordingError, match=r"is a zip archive of 4 files.*; unpack it"):
        open_recording(saved(content))


def test_the_log_alone_is_enough(saved):
    members = members_of(made.gt3x(CODES))
    path = saved(zipped({"log.bin": members["log.bin"]}))
    np.testing.assert_array_equal(read(path)[0], CODES)
    header = open_recording(path).header
    assert (header.serial, header.device, header.firmware) == (None, "ActiGraph", None)
    assert (header.nominal_hz, header.range_g) == (100, 8)


# -- axes and their ends


def test_clipped_are_the_extreme_codes(saved):
    codes = np.tile(np.array([[-2048, 2047, 0]], np.int16), (1000, 1))
    chunk = next(iter(open_recording(saved(made.gt3x(codes))).chunks()))
    assert (chunk.scale.lowest, chunk.scale.highest) == (-2048, 2047)
    np.testing.assert_array_equal(chunk.samples, codes)


def test_firmware_1_6_0_of_one_device_turned_the_axes(saved):
    codes = np.random.default_rng(1).integers(-2047, 2048, (1000, 3)).astype(np.int16)
    turned = made.gt3x(codes, serial="MOS2D00000000", firmware="1.6.0", log="activity")
    stored = naive.seconds_of(naive.records_of(members_of(turned)["log.bin"]), 100)[0]
    np.testing.assert_array_equal(naive.array_of(stored), codes[:, [1, 0, 2]] * [-1, 1, 1])
    np.testing.assert_array_equal(read(saved(turned))[0], codes)
    for other in (with_info(turned, b"MOS2D", b"TAS1D"), with_info(turned, b"1.6.0", b"1.6.1")):
        np.testing.assert_array_equal(read(saved(other))[0], naive.array_of(stored))


def test_a_turned_axis_that_clips_is_seen_to_clip(saved):
    stored = np.tile(np.array([[-2048, 2047, 0], [2047, -2048, 0]], np.int16), (500, 1))
    content = made.gt3x(stored, serial="MOS2D00000000", log="activity", parameters=False)
    turned = with_info(content, b"1.7.2", b"1.6.0")
    chunk = next(iter(open_recording(saved(turned)).chunks()))
    ends = (chunk.samples <= chunk.scale.lowest) | (chunk.samples >= chunk.scale.highest)
    np.testing.assert_array_equal(ends, np.tile([[True, True, False]], (1000, 1)))


# -- the clock


@pytest.mark.parametrize("offset_min", [-300, 0, 330])
def test_local_stamps_are_taken_as_they_are(saved, offset_min):
    _, times, _, recording = read(saved(made.gt3x(CODES, utc_offset_min=offset_min)))
    assert times[0] == START_S * SECOND_NS
    assert recording.header.utc_offset_s == 60 * offset_min
    assert recording.header.known_offset_s is None


@pytest.mark.parametrize("offset_min", [-300, 0, 330])
@pytest.mark.parametrize("parameters", [False, True])
def test_utc_stamps_are_moved_to_the_local_time_they_state(saved, offset_min, parameters):
    content = made.gt3x(CODES, utc_offset_min=offset_min, in_utc=True, parameters=parameters)
    first = next(r for r in records_of(content) if is_second(r))
    assert stamp_of(first) == START_S - 60 * offset_min
    _, times, _, recording = read(saved(content))
    assert times[0] == START_S * SECOND_NS
    assert recording.header.known_offset_s == 60 * offset_min


def test_an_offset_among_the_parameters_is_enough(saved):
    content = made.gt3x(CODES, utc_offset_min=-300, in_utc=True)
    content = with_info(content, b"TimeZone: -05:00:00\r\n", b"")
    silent = with_records(content, [r for r in records_of(content) if r[1] != 6])
    assert open_recording(saved(silent)).header.known_offset_s == -300 * 60


@pytest.mark.parametrize(
    "text", [b"{", b"[1]", b'{"UsedUtc": 1}', b"\xff\xfe", b"[" * 7000], ids=repr
)
def test_metadata_that_cannot_be_understood_is_passed_over(saved, text):
    content = made.gt3x(CODES, parameters=False)
    records = [r for r in records_of(content) if r[1] != 6]
    path = saved(with_records(content, [record(6, START_S, text), *records]))
    np.testing.assert_array_equal(read(path)[0], CODES)
    assert open_recording(path).header.utc_known is False


def test_a_pause_while_the_device_lies_still_is_a_gap(saved):
    content = made.gt3x(CODES, idle_seconds=frozenset([3, 4, 5]))
    samples, times, segments, recording = read(saved(content))
    np.testing.assert_array_equal(samples, np.delete(CODES, slice(300, 600), axis=0))
    assert segments == [("start", 300), ("idle_sleep", 400)]
    assert times[300] - times[299] == 3_010_000_000
    assert recording.health.gap_ns == 3 * SECOND_NS
    assert remarks_of(recording) == {
        "idle_sleep": "the device lay still and recorded nothing: once, 0.1 min in all"
    }


def test_a_connection_is_a_gap_of_its_own_kind_and_the_one_at_the_end_is_none(saved):
    content = made.gt3x(CODES, usb_seconds=frozenset([3, 4]), lost_seconds=frozenset([5]))
    samples, _, segments, recording = read(saved(content))
    np.testing.assert_array_equal(samples, np.delete(CODES, slice(300, 600), axis=0))
    assert segments == [("start", 300), ("usb_connection", 400)]
    assert set(remarks_of(recording)) == {"usb_connection"}


def test_seconds_that_are_missing_without_a_word_are_a_gap(saved):
    _, times, segments, recording = read(saved(made.gt3x(CODES, lost_seconds=frozenset([3]))))
    assert segments == [("start", 300), ("lost_block", 600)]
    assert times[300] - times[299] == 1_010_000_000
    assert recording.health.remarks == []


def test_records_of_the_next_second_may_come_before_the_samples_of_this_one(saved):
    content = made.gt3x(CODES, idle_seconds=frozenset([3, 4, 5]))
    records = records_of(content)
    places = [i for i, r in enumerate(records) if r[1] == 3]
    for i in places:
        records[i - 1], records[i] = records[i], records[i - 1]
    _, _, segments, _ = read(saved(with_records(content, records)))
    assert segments == [("start", 300), ("idle_sleep", 400)]


def test_a_clock_that_is_set_back_opens_a_segment(saved):
    content = made.gt3x(CODES)
    records = records_of(content)
    seconds = [r for r in records if is_second(r)]
    late = [record(r[1], stamp_of(r) - 3600, r[8:-1]) for r in seconds[5:]]
    path = saved(with_records(content, [*records[:3], *seconds[:5], *late]))
    _, times, segments, recording = read(path)
    assert segments == [("start", 500), ("clock_backwards", 500)]
    assert times[500] - times[499] == 10_000_000 - 3600 * SECOND_NS
    assert "clock_backwards" in remarks_of(recording)


@pytest.mark.parametrize(("rate_hz", "step_ns"), [(30, 33_333_333), (32, 31_250_000)])
def test_samples_of_a_second_are_spread_evenly_over_it(saved, rate_hz, step_ns):
    content = made.gt3x(CODES[: 10 * rate_hz], rate_hz=rate_hz)
    _, times, _, recording = read(saved(content))
    assert recording.header.nominal_hz == rate_hz
    assert np.abs(np.diff(times) - step_ns).max() <= 1
    assert set(np.diff(times[::rate_hz])) == {SECOND_NS}


# -- what it is


def test_the_members_tell_the_format():
    assert actigraph_gt3x.sniff_members(["log.bin", "info.txt"])
    assert actigraph_gt3x.sniff_members(["x/Info.txt", "x/ACTIVITY.BIN"])
    assert actigraph_gt3x.sniff_members(["log.bin"])
    assert actigraph_gt3x.sniff_members(["activity.bin", "battery.bin"])
    assert not actigraph_gt3x.sniff_members(["activity.bin"])
    assert not actigraph_gt3x.sniff_members(["info.txt", "blog.bin"])


# -- the rate, and logs longer than a read


@pytest.mark.parametrize("log", ["activity", "activity2", "activity3"])
@pytest.mark.parametrize(("seconds", "marks"), [(1, 0), (1, 3), (5, 0)])
def test_the_seconds_of_a_log_tell_the_rate_before_info_does(saved, log, seconds, marks):
    content = made.gt3x(made.resting(60 * seconds, step=1), rate_hz=60, log=log, parameters=False)
    records = [each for each in records_of(content) if is_second(each)]
    kind, last_s = records[0][1], stamp_of(records[-1])
    records += [record(kind, last_s + 9 + k, b"Z") for k in range(marks)]
    content = with_info(with_records(content, records), b"Sample Rate: 60", b"Sample Rate: 100")
    assert open_recording(saved(content)).header.nominal_hz == 60


def test_a_log_without_seconds_has_the_rate_of_info(saved):
    content = made.gt3x(CODES, parameters=False)
    others = [each for each in records_of(content) if not is_second(each)]
    reader = actigraph_gt3x.open_reader(saved(with_records(content, others)), ReadOptions())
    assert reader.rate_hz == 100


@pytest.mark.parametrize("size", [70_000, 609 * 150, 1 << 17])
def test_the_size_of_a_read_does_not_matter(saved, monkeypatch, size):
    codes = made.resting(300 * 100, step=1)
    path = saved(made.gt3x(codes))
    monkeypatch.setattr(gt3x_log, "BUFFER_BYTES", size)
    samples, times, segments, recording = read(path)
    np.testing.assert_array_equal(samples, codes)
    assert segments == [("start", 30_000)]
    assert set(np.diff(times)) == {10_000_000}
    assert (recording.health.blocks, recording.health.blocks_bad) == (300, 0)
    assert not recording.health.remarks


@pytest.mark.parametrize("cut", [1, 100, 608])
def test_a_log_that_ends_inside_a_record_is_told_with_the_bytes_that_are_unused(saved, cut):
    records = [each for each in records_of(made.gt3x(CODES)) if is_second(each)]
    assert len(records[-1]) == 609  # of a hundred samples
    content = with_records(made.gt3x(CODES), [*records[:-1], records[-1][:cut]])
    recording = read(saved(content))[3]
    assert remarks_of(recording) == {
        "truncated": f"the log ends inside a record: {cut} bytes unused"
    }
    assert recording.health.blocks == 9
