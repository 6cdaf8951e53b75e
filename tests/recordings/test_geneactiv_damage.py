"""GENEActiv .bin: what damage costs, and buffers of any size."""

from __future__ import annotations

import gzip
import itertools

import made_recordings as made
import naive_geneactiv as naive
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_geneactiv import joined, made_stamp, parts_of, stamped
from reading import read, remarks_of

from recordings import SECOND_NS, Health, ReadOptions, RecordingError, open_recording
from recordings.formats import geneactiv

CODES = made.resting(1500, step=1)


def test_a_page_with_a_bad_digit_costs_that_page_only(saved):
    header, pages = parts_of(made.geneactiv(CODES))
    good = pages[1]
    pages[1] = good[:1000] + b"?" + good[1001:]
    samples, times, segments, recording = read(saved(joined(header, pages)))
    np.testing.assert_array_equal(samples, np.delete(CODES, slice(300, 600), axis=0))
    assert segments == [("start", 300), ("bad_block", 900)]
    assert times[300] - times[299] == 3_010_000_000
    health = recording.health
    assert (health.blocks, health.blocks_bad, health.bytes_skipped) == (4, 1, len(good))
    assert str(len(header) + len(pages[0])) in remarks_of(recording)["bad_block"]


def test_bytes_between_pages_are_skipped_and_counted(saved):
    header, pages = parts_of(made.geneactiv(CODES))
    pages[1] += b"\0\0 dust\n"
    samples, _, segments, recording = read(saved(joined(header, pages)))
    np.testing.assert_array_equal(samples, CODES)
    assert segments == [("start", 1500)]
    assert recording.health.bytes_skipped == 8


def test_a_page_that_is_short_ends_its_run(saved):
    header, pages = parts_of(made.geneactiv(CODES))
    pages[1] = pages[1][: -2 - 120] + b"\r\n"
    samples, _, segments, _ = read(saved(joined(header, pages)))
    assert segments == [("start", 590), ("short_block", 900)]
    np.testing.assert_array_equal(samples, np.delete(CODES, slice(590, 600), axis=0))


def test_pages_that_were_cut_off_are_not_missed(saved):
    header, pages = parts_of(made.geneactiv(CODES))
    path = saved(joined(header, pages[:3]))
    recording = read(path)[3]
    assert recording.health.samples == 900
    assert not recording.health.remarks
    assert recording.health.bytes_read == path.stat().st_size


def test_a_file_cut_anywhere_gives_its_whole_samples(saved):
    content = made.geneactiv(CODES[:600])
    header, pages = parts_of(content)
    first = pages[0].index(b"100.0\r\n") + 7
    begin = len(header) + first
    for cut in [*range(begin + 1, begin + 30), *range(begin + 30, len(content), 311)]:
        page = (cut - len(header)) // len(pages[0])
        inside = cut - len(header) - page * len(pages[0]) - first
        whole = 300 * page + min(max(inside, 0) // 12, 300)
        path = saved(content[:cut])
        if not whole:
            with pytest.raises(RecordingError, match="not one readable sample"):
                read(path)
            continue
        samples, _, segments, recording = read(path)
        np.testing.assert_array_equal(samples, CODES[:whole])
        assert segments == [("start", whole)]
        assert ("truncated" in remarks_of(recording)) == (inside < 3600)
        assert recording.health.blocks_bad == 0


def test_a_cut_gzip_gives_what_it_holds(saved):
    codes = np.random.default_rng(1).integers(-2048, 2048, (6000, 3)).astype(np.int16)
    packed = gzip.compress(made.geneactiv(codes))
    samples, _, _, recording = read(saved(packed[: len(packed) // 2]))
    assert 1500 < len(samples) < 4500
    np.testing.assert_array_equal(samples, codes[: len(samples)])
    assert {"truncated", "truncated_gzip"} <= set(remarks_of(recording))


@pytest.mark.parametrize("size", [4096, 5000, 8192, 65_537])
def test_the_size_of_the_buffer_does_not_matter(saved, monkeypatch, size):
    header, pages = parts_of(made.geneactiv(made.resting(300 * 60, step=1)))
    pages = [p.replace(b"31.0", b"%d.0" % (n % 7)) for n, p in enumerate(pages)]
    pages[7] = pages[7].replace(b"0", b"x", 50)
    pages[30] = pages[30][:-500] + b"\r\n"
    del pages[44]
    for number in range(20, 59):  # the clock is put forward
        time_ns = naive.pages_of(pages[number])[0].time_ns
        pages[number] = stamped(pages[number], made_stamp(time_ns + 60 * SECOND_NS))
    path = saved(joined(header, pages) + b"dust")
    samples, times, segments, recording = read(path)
    degrees = temperatures(path)
    monkeypatch.setattr(geneactiv, "BUFFER_BYTES", size)
    again, times_again, segments_again, recording_again = read(path)
    np.testing.assert_array_equal(again, samples)
    np.testing.assert_array_equal(times_again, times)
    assert segments_again == segments
    assert recording_again.health == recording.health
    assert temperatures(path) == degrees


def temperatures(path):
    """Temperature of every sample."""
    chunks = open_recording(path).chunks()
    return list(itertools.chain.from_iterable([c.temperature_c] * len(c) for c in chunks))


def test_a_line_longer_than_the_buffer_is_skipped(saved, monkeypatch):
    monkeypatch.setattr(geneactiv, "BUFFER_BYTES", 4096)
    header, pages = parts_of(made.geneactiv(CODES))
    pages[1] += b"#" * 20_000 + b"\n"
    samples, _, _, _ = read(saved(joined(header, pages)))
    np.testing.assert_array_equal(samples, CODES)


@given(
    changes=st.lists(
        st.tuples(
            st.floats(0, 1, exclude_max=True),
            st.sampled_from(["put", "cut", "set"]),
            st.binary(min_size=1, max_size=20),
        ),
        min_size=1,
        max_size=5,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_costs_only_the_pages_it_touches(saved, changes):
    header, pages = parts_of(made.geneactiv(CODES))
    content = bytearray(joined(header, pages))
    for place, what, text in changes:
        at = len(header) + int(place * (len(content) - len(header)))
        content[at : at if what == "put" else at + len(text)] = b"" if what == "cut" else text
    whole = [CODES[300 * n : 300 * n + 300] for n, p in enumerate(pages) if b"\n" + p in content]
    reader = geneactiv.open_reader(saved(bytes(content)), ReadOptions()) if whole else None
    blocks = list(reader.blocks(Health())) if reader else []
    samples = np.concatenate([b.samples for b in blocks]) if blocks else np.empty((0, 3), np.int16)
    text = samples.tobytes()
    assert all(page.tobytes() in text for page in whole)
    for block in blocks:
        assert np.all(np.diff(block.anchors[:, 0]) > 0)
        assert np.all(np.diff(block.anchors[:, 1]) > 0)
    assert not blocks or blocks[0].breaks == "start"
