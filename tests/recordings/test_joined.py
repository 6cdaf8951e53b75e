"""One recording split over several files is the recording that it was."""

from __future__ import annotations

import itertools

import made_recordings as made
import numpy as np
import pytest
from made_avro import embraceplus

from recordings import ReadOptions, RecordingError, Scale, open_parts, open_recording, probe
from recordings.formats.axivity_cwa import CwaReader
from recordings.joined import JoinedRecording, _Part
from recordings.registry import FileRecording
from recordings.writers import CwaLayout, write_csv, write_cwa

N = 3000
PERIOD_NS = 10_000_000
CODES = made.resting(N)
WHOLE = made.cwa(CODES)
SECTORS = made.sectors_of(WHOLE)
S = 1_000_000_000


@pytest.fixture
def cut(tmp_path):
    """Cut the whole file before these sectors into files whose names are not in their order."""

    def into_files(*cuts, change=lambda _, sectors: sectors):
        paths = []
        for number, (a, b) in enumerate(itertools.pairwise([0, *cuts, len(SECTORS)])):
            path = tmp_path / f"{9 - number}.cwa"
            path.write_bytes(made.with_sectors(WHOLE, change(number, SECTORS[a:b])))
            paths.append(path)
        return paths

    return into_files


def written(path, start_s, n=480, seed=1, **layout):
    """Write a CWA file that begins so many seconds after the usual start."""
    times_ns = made.T0_NS + round(start_s * S) + np.arange(n) * PERIOD_NS
    codes = made.resting(n, seed=seed)
    write_cwa(path, [(codes, times_ns)], CwaLayout(packed=False, **layout))
    return path


def read(recording):
    """Samples, times and segments, checking what every chunk owes."""
    samples, times, follows, known = [], [], 0, {}
    for chunk in recording.chunks():
        assert np.all(np.diff(chunk.knots, axis=0) > 0)
        assert bool(chunk.opens_segment) == (chunk.first_index == 0)
        known = {} if chunk.opens_segment else known
        assert chunk.first_index == (0 if chunk.opens_segment else follows)
        for index, ns in chunk.knots.tolist():
            assert known.setdefault(index, ns) == ns
        follows = chunk.first_index + len(chunk)
        samples.append(chunk.samples)
        times.append(chunk.times_ns(np.arange(chunk.first_index, follows)))
        assert recording.health.samples == sum(map(len, samples))
    return np.concatenate(samples), np.concatenate(times), recording.health


def whole_of(tmp_path):
    path = tmp_path / "whole"
    path.write_bytes(WHOLE)
    return open_recording(path)


# -- parts that follow each other without a hole


@pytest.mark.parametrize("cuts", [(2,), (12,), (5, 9, 12), tuple(range(2, len(SECTORS) - 1, 2))])
def test_contiguous_parts_are_one_segment_with_the_samples_and_times_of_the_whole(
    tmp_path, cut, cuts
):
    samples, times, health = read(open_parts(cut(*cuts)))
    expected, expected_times, whole = read(whole_of(tmp_path))
    np.testing.assert_array_equal(samples, expected)
    assert np.abs(times - expected_times).max() < PERIOD_NS / 100
    assert [(s.reason, s.samples) for s in health.segments] == [("start", len(expected))]
    assert health.start_ns == pytest.approx(whole.start_ns, abs=1000)
    assert (health.blocks, health.remarks) == (whole.blocks, [])
    assert health.bytes_read == whole.bytes_read + len(cuts) * made.HEADER_BYTES


def test_times_are_those_of_the_whole_but_for_the_blocks_at_the_border(tmp_path, cut):
    times = read(open_parts(cut(12)))[1]
    changed = np.flatnonzero(times != read(whole_of(tmp_path))[1])
    border = 12 * 120
    assert len(changed) == 0 or (border - 240 <= changed[0] and changed[-1] < border + 240)


@pytest.mark.parametrize("batch", [1, 2, 5, 1000])
def test_any_cutting_into_chunks_gives_the_same_times(cut, batch):
    paths = sorted(cut(7, 8, 20), reverse=True)
    expected = read(open_parts(paths))
    parts = [FileRecording(path, CwaReader(path, batch_sectors=batch)) for path in paths]
    starts = [next(part.chunks()) for part in parts]
    joined = [_Part(r, c.start_ns, c.scale) for r, c in zip(parts, starts, strict=True)]
    found = read(JoinedRecording(joined, []))
    np.testing.assert_array_equal(found[1], expected[1])
    assert found[2] == expected[2]


def test_the_order_in_which_parts_are_given_does_not_matter(cut):
    paths = cut(5, 11)
    expected = read(open_parts(paths))
    for order in itertools.permutations(paths):
        found = read(open_parts(order))
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_array_equal(found[1], expected[1])
        assert found[2] == expected[2]


def test_every_pass_begins_anew_and_a_short_first_part_does_not_end_the_probe(tmp_path, cut):
    recording = open_parts(cut(3))
    found = probe(recording)
    assert found == probe(whole_of(tmp_path))
    assert read(recording)[2] == read(recording)[2]


def test_chunks_that_wait_for_a_border_are_few(cut):
    recording = open_parts(cut(12))
    first = next(recording.chunks())
    assert recording.health.samples == len(first)


def test_the_files_of_a_night_from_an_app_follow_each_other(tmp_path):
    n, hz = 64 * 90, 64.0
    codes = np.random.default_rng(0).integers(-40, 40, (4 * n, 3)) + np.array([0, 0, 2048])
    paths = [tmp_path / f"P7_{k}.avro" for k in range(4)]
    for k, path in enumerate(paths):
        start_ns = made.T0_NS + 250_000_000 + k * 90 * S
        zone_s = 3600 if k < 2 else 0  # the wearer travelled
        content = embraceplus(codes[k * n : (k + 1) * n], start_ns=start_ns, zone_s=zone_s)
        path.write_bytes(content)
    recording = open_parts(paths)
    samples, times, health = read(recording)
    np.testing.assert_array_equal(samples, codes)
    assert [s.reason for s in health.segments] == ["start"]
    np.testing.assert_allclose(np.diff(times), S / hz, rtol=1e-6)
    assert recording.header.known_offset_s == 3600


# -- holes and overlaps


@pytest.mark.parametrize(
    ("late_s", "segments"),
    [(-0.004, 1), (0.0, 1), (0.005, 1), (0.012, 2), (0.5, 2), (3600.0, 2)],
)
def test_a_hole_of_a_sample_or_more_is_a_gap(tmp_path, late_s, segments):
    one = written(tmp_path / "one", 0)
    (only,) = read(open_recording(one))[2].segments
    two = written(tmp_path / "two", (only.end_ns - made.T0_NS) / S + late_s)
    _, times, health = read(open_parts([one, two]))
    assert [s.reason for s in health.segments] == ["start", "next_part"][:segments]
    assert health.samples == 960
    assert np.all(np.diff(times) > 0)
    assert health.remarks == []
    if segments == 2:
        assert health.gap_ns == pytest.approx(late_s * S, abs=1e6)


def test_segments_within_the_parts_keep_their_reasons(cut):
    flipped = made.sectors_of(made.flipped(WHOLE, 3))

    def damaged(number, sectors):
        return flipped[: len(sectors)] if number == 0 else sectors

    _, _, health = read(open_parts(cut(12, change=damaged)))
    assert [s.reason for s in health.segments] == ["start", "bad_block"]
    assert health.blocks_bad == 1
    (remark,) = health.remarks
    assert remark.code == "bad_block"
    assert remark.message.startswith("9.cwa: ")


def test_a_remark_that_holds_for_all_parts_is_made_once(tmp_path):
    paths = []
    for number in range(2):
        accel = np.random.default_rng(1).normal(0, 0.01, (600, 3))
        times_ns = made.T0_NS + 60 * number * S + np.arange(600) * PERIOD_NS
        paths.append(tmp_path / f"{number}.csv")
        write_csv(paths[-1], [(np.round(accel, 3), times_ns)], Scale())
    (remark,) = read(open_parts(paths, ReadOptions(unit="g")))[2].remarks
    assert remark.code == "without_gravity"
    assert remark.message.startswith("gravity")


def test_remarks_that_differ_in_their_numbers_are_one(tmp_path, cut):
    def damaged(number, sectors):
        return made.sectors_of(made.flipped(made.with_sectors(WHOLE, sectors), *range(number)))

    (remark,) = read(open_parts(cut(5, 10, 15, change=damaged)))[2].remarks
    assert remark.code == "bad_block"
    assert remark.message.startswith("8.cwa: 1 ")
    assert remark.message.endswith(" (and the like 2 times more)")


def test_where_parts_overlap_time_runs_back_and_it_is_said(tmp_path):
    paths = [written(tmp_path / "one", 0), written(tmp_path / "two", 2.5, seed=2)]
    _, times, health = read(open_parts(paths))
    assert [s.reason for s in health.segments] == ["start", "next_part"]
    assert np.count_nonzero(np.diff(times) < 0) == 1
    (remark,) = health.remarks
    assert remark.code == "parts_overlap"
    assert remark.message.startswith("two begins 2.300 s before the end of the part before; ")


# -- clocks that state their offset


def test_parts_that_state_other_offsets_are_put_on_one_clock(tmp_path):
    rows = [f"{20 * i % 1000:03d}+02:00,0.01,0.02,{0.99 + i % 3 / 100:.2f}\n" for i in range(50)]
    summer = "time,x,y,z\n" + "".join(f"2024-10-27T02:59:59.{row}" for row in rows)
    winter = summer.replace("02:59:59", "02:00:00").replace("+02:00", "+01:00")
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path, text in zip(paths, (winter, summer), strict=True):
        path.write_text(text)
    recording = open_parts(paths)
    _, times, health = read(recording)
    assert recording.header.known_offset_s == 7200
    assert len(health.segments) == 1
    np.testing.assert_allclose(np.diff(times), 20e6, rtol=0.01)


# -- what is no part of the recording


@pytest.mark.parametrize(
    ("layout", "problem"),
    [
        ({"device_id": 777}, "its serial is 777, not 12345"),
        ({"rate_hz": 50.0}, "its rate is 50 Hz, not 100 Hz"),
        ({"range_g": 16}, "its range is 16.0, not 8.0"),
        ({"hardware": "ax6"}, "its device is Axivity AX6, not Axivity AX3"),
    ],
)
def test_files_of_another_device_or_setup_are_refused(tmp_path, layout, problem):
    paths = [written(tmp_path / "one", 0), written(tmp_path / "two", 9, **layout)]
    with pytest.raises(RecordingError, match=problem) as caught:
        open_parts(paths)
    assert caught.value.path == paths[1]
    assert "begins with one" in str(caught.value)


def test_files_of_another_format_are_refused(tmp_path):
    table = tmp_path / "two"
    times_ns = made.T0_NS + 60 * S + np.arange(600) * PERIOD_NS
    write_csv(table, [(made.resting(600), times_ns)], Scale(gain_g=(1 / 256,) * 3))
    with pytest.raises(RecordingError, match="its format is csv, not axivity-cwa"):
        open_parts([written(tmp_path / "one", 0), table])


@pytest.mark.parametrize("stated", [0, 1], ids=["the first", "the second"])
def test_of_two_parts_both_or_none_state_their_offset(tmp_path, stated):
    for k in (0, 1):
        offset = "+01:00" if k == stated else ""
        rows = (f"2024-03-05T22:0{k}:{s:05.2f}{offset},0,0,1" for s in np.arange(0, 30, 0.02))
        (tmp_path / f"{k}.csv").write_text("\n".join(["time,x,y,z", *rows]))
    with pytest.raises(RecordingError, match="of the two only one states the offset of its times"):
        open_parts([tmp_path / "0.csv", tmp_path / "1.csv"])


def test_parts_without_the_time_of_day_cannot_be_joined(tmp_path):
    (tmp_path / "a.csv").write_text("x,y,z\n" + "0.0,0.0,1.0\n" * 100)
    with pytest.raises(RecordingError, match="does not say when it was recorded"):
        open_parts([tmp_path / "a.csv", tmp_path / "a.csv"], ReadOptions(rate_hz=50.0))


def test_parts_in_other_units_are_read_each_in_its_own(tmp_path):
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for k, (path, unit) in enumerate(zip(paths, (1 / 256, 1000 / 256), strict=True)):
        times_ns = made.T0_NS + 6 * k * S + np.arange(600) * PERIOD_NS
        write_csv(path, [(made.resting(600), times_ns)], Scale(gain_g=(unit,) * 3))
    recording = open_parts(paths)
    size = [float(np.abs(c.scale.to_g(c.samples)).max()) for c in recording.chunks()]
    assert max(size) < 1.2
    assert [note.code for note in recording.health.remarks] == ["parts_differ"]


def test_a_part_that_cannot_be_read_is_left_out_and_said(tmp_path, cut):
    paths = cut(12)
    (tmp_path / "empty.cwa").touch()
    recording = open_parts([*paths, tmp_path / "empty.cwa"])
    health = read(recording)[2]
    assert health.samples == len(SECTORS) * 120
    (remark,) = health.remarks
    assert remark.code == "part_unreadable"
    assert remark.message.startswith("empty.cwa was left out: it is empty")


def test_parts_of_which_none_can_be_read_are_refused(tmp_path):
    for name in "ab":
        (tmp_path / name).touch()
    with pytest.raises(RecordingError, match="is empty"):
        open_parts([tmp_path / "a", tmp_path / "b"])


def test_one_part_alone_is_the_file_itself(tmp_path):
    path = written(tmp_path / "one", 0)
    assert isinstance(open_parts([path]), FileRecording)


def test_the_header_is_that_of_the_first_part_with_the_notes_in_common(tmp_path):
    one = written(tmp_path / "one", 0, notes={"_p": "left wrist", "_so": "P01"})
    two = written(tmp_path / "two", 60, notes={"_p": "left wrist", "_so": "P02"})
    first = open_recording(one).header
    header = open_parts([two, one]).header
    assert (header.serial, header.nominal_hz) == (first.serial, first.nominal_hz)
    common = set(first.notes.items()) & set(open_recording(two).header.notes.items())
    assert dict(header.notes) == dict(common)
    assert common < set(first.notes.items())
