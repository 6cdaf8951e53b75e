"""Avro: what damage costs, and files that were made to do harm."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zlib

import fastavro
import made_avro
import made_recordings as made
import numpy as np
import pytest
from made_avro import SYNC, blocks_of, centrepoint, embraceplus, header_of
from reading import read, remarks_of

from recordings import RecordingError, open_recording
from recordings.formats import avro_centrepoint, avro_container

CODES = made.resting(1500, step=1)
ACCEL_G = np.random.default_rng(3).normal(0, 1, (1500, 3))
STEP_NS = 31_250_000
T0_NS = made.T0_NS


def joined(content, blocks):
    return header_of(content) + b"".join(blocks)


def number(value):
    """An Avro integer."""
    value = (value << 1) ^ (value >> 63)
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def block(records, data):
    return number(records) + number(len(data)) + data + SYNC


def kept_without(*blocks, of):
    """Samples that are not in these blocks, of which each holds as many as ``of`` says."""
    edges = np.cumsum([0, *of])
    lost = [np.arange(edges[k], edges[k + 1]) for k in blocks]
    return np.delete(np.arange(edges[-1]), np.concatenate(lost))


def records_in(content):
    """Records of every block, by its first bytes (below 64)."""
    return [block[0] >> 1 for block in blocks_of(content)]


@pytest.mark.parametrize(
    ("codec", "place"),
    [("deflate", 0), ("deflate", 1), ("deflate", 20), ("deflate", -1), ("null", 0), ("null", -16)],
)
def test_a_damaged_block_costs_that_block_only(saved, codec, place):
    content = centrepoint(ACCEL_G, codec=codec)
    blocks, counts = blocks_of(content), records_in(content)
    bad = bytearray(blocks[5])
    bad[place] ^= 0xFF
    blocks[5] = bytes(bad)
    samples, times, segments, recording = read(saved(joined(content, blocks)))
    lost = (5, 6) if place < 0 else (5,)  # without its mark the next block cannot be found
    kept = kept_without(*lost, of=counts)
    np.testing.assert_array_equal(samples, ACCEL_G[kept])
    np.testing.assert_array_equal(times, T0_NS + kept * STEP_NS)
    before = sum(counts[:5])
    assert segments == [("start", before), ("gap", len(kept) - before)]
    assert recording.health.blocks_bad == 1
    offset = len(header_of(content)) + sum(map(len, blocks[:5]))
    assert remarks_of(recording)["bad_block"].endswith(f"at byte {offset}")


def test_records_of_a_good_block_that_cannot_be_walked_end_it(saved):
    content = centrepoint(ACCEL_G, codec="null")
    blocks, counts = blocks_of(content), records_in(content)
    data = blocks[5][len(number(counts[5])) + 2 : -16]
    blocks[5] = block(counts[5], data[:-40] + b"\xff" * 40)
    samples, _, segments, recording = read(saved(joined(content, blocks)))
    assert 1500 - counts[5] < len(samples) < 1500
    assert [reason for reason, _ in segments][-1] == "bad_block"
    assert recording.health.blocks_bad == 1


def test_a_session_that_ends_within_a_good_block_is_left_out_whole(saved):
    memory = io.BytesIO()
    fastavro.schemaless_writer(memory, made_avro.EMBRACEPLUS, made_avro.session(CODES))
    content = embraceplus(CODES, codec="null") + block(1, memory.getvalue()[:-100])
    samples, _, _, recording = read(saved(content))
    np.testing.assert_array_equal(samples, CODES)
    assert recording.health.blocks_bad == 1


def test_bytes_between_blocks_are_skipped_and_counted(saved):
    content = centrepoint(ACCEL_G)
    blocks = blocks_of(content)
    blocks.insert(3, b"\x01 dust" * 1000 + SYNC)
    samples, _, segments, recording = read(saved(joined(content, blocks)))
    np.testing.assert_array_equal(samples, ACCEL_G)
    assert segments == [("start", 1500)]
    assert recording.health.bytes_skipped == 6016


def test_a_file_cut_anywhere_gives_its_whole_records(saved):
    content = centrepoint(ACCEL_G)
    longest = 0
    for cut in range(len(header_of(content)), len(content), 997):
        try:
            samples, _, segments, recording = read(saved(content[:cut]))
        except RecordingError:
            assert longest == 0
            continue
        np.testing.assert_array_equal(samples, ACCEL_G[: len(samples)])
        assert segments == [("start", len(samples))]
        assert len(samples) >= longest
        assert set(remarks_of(recording)) <= {"truncated"}
        longest = len(samples)
    assert longest > 1400


def test_a_session_cut_anywhere_gives_the_samples_whose_axes_are_there(saved):
    content = embraceplus(CODES, codec="null")
    in_z = 0
    for cut in range(len(header_of(content)), len(content), 97):
        try:
            samples, _, segments, recording = read(saved(content[:cut]))
        except RecordingError:
            assert in_z == 0
            continue
        in_z += 1
        np.testing.assert_array_equal(samples, CODES[: len(samples)])
        assert segments == [("start", len(samples))]
        assert "truncated" in remarks_of(recording)
    assert in_z > 5


def test_a_cut_gzip_gives_what_it_holds(saved):
    packed = gzip.compress(centrepoint(ACCEL_G))
    samples, _, _, recording = read(saved(packed[: len(packed) // 2]))
    assert 300 < len(samples) < 1200
    np.testing.assert_array_equal(samples, ACCEL_G[: len(samples)])
    assert {"truncated", "truncated_gzip"} <= set(remarks_of(recording))


@pytest.mark.parametrize("piece", [1, 17, 1000, 5000])
@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_the_size_of_reads_and_batches_does_not_matter(saved, monkeypatch, piece, batch):
    content = centrepoint(ACCEL_G, held={*range(300, 350), 800})
    blocks = blocks_of(content)
    blocks[3] = b"\x01" + blocks[3]
    blocks[20] = blocks[20][:30] + bytes(40) + blocks[20][70:]
    path = saved(joined(content, blocks))
    samples, times, segments, recording = read(path)
    assert len(segments) == 5
    monkeypatch.setattr(avro_container, "_PIECE_BYTES", piece)
    monkeypatch.setattr(avro_centrepoint, "BATCH_RECORDS", batch)
    again, times_again, segments_again, recording_again = read(path)
    np.testing.assert_array_equal(again, samples)
    np.testing.assert_array_equal(times_again, times)
    assert segments_again == segments
    assert recording_again.health == recording.health


# -- made to do harm


def deflated(data):
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeeze.compress(data) + squeeze.flush()


HARMFUL = {
    "a block of more records than bytes": block(2**62, b""),
    "more records than there are": block(2**40, deflated(b"\xff" * 1000)),
    "a block that is larger than the file": number(1) + number(2**26) + b"x",
    "a block that is larger than any": number(1) + number(2**62) + b"x",
    "a negative size": number(1) + number(-5) + b"x" * 100,
    "an endless number": b"\xff" * 1000,
    "no blocks at all": b"",
    "only marks": SYNC * 1000,
}


@pytest.mark.parametrize("tail", HARMFUL.values(), ids=HARMFUL)
@pytest.mark.parametrize("content", [centrepoint(ACCEL_G), embraceplus(CODES)], ids=["cp", "e+"])
def test_nothing_harmful_gives_another_error_or_much_memory(saved, content, tail):
    path = saved(header_of(content) + tail)
    with pytest.raises(RecordingError) as refused:
        read(path)
    assert refused.value.path == path
    read(saved(content + tail))


@pytest.mark.parametrize("records", [10, 2**40])
def test_a_block_that_inflates_without_end_is_left_out(saved, records):
    content = centrepoint(ACCEL_G)
    bomb = block(records, deflated(bytes(1 << 25)))
    path = saved(content + bomb + b"".join(blocks_of(content)))
    open_recording(path)
    tracemalloc.start()
    try:
        samples, _, _, recording = read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(samples) == 3000
    assert recording.health.blocks_bad == 1
    assert peak < 1 << 24


def nested(depth):
    return b'{"type": "array", "items": ' * depth + b'"int"' + b"}" * depth


@pytest.mark.parametrize(
    "schema",
    [
        nested(100_000),
        b'{"type": "record", "name": "R", "fields": [{"name": "next", "type": ["null", "R"]}]}',
        b'{"type": "record", "name": "R", "fields": [{"name": "a", "type": ' + nested(300) + b"}]}",
        b"\xff\xfe",
        b"",
    ],
    ids=lambda schema: str(schema[:60]),
)
def test_a_schema_that_never_ends_is_refused(saved, schema):
    text = [b"avro.schema", schema, b"avro.codec", b"null"]
    meta = b"".join(number(len(each)) + each for each in text)
    content = b"Obj\x01" + number(2) + meta + number(0) + SYNC + block(1, b"\x02" * 1_000_000)
    with pytest.raises(RecordingError, match=r"schema|header"):
        open_recording(saved(content))


def test_a_schema_that_changes_on_the_way_costs_its_blocks(saved):
    other = made_avro.container(
        {"type": "record", "name": "R", "fields": [{"name": "x", "type": "double"}]}, [{"x": 1.0}]
    )
    content = centrepoint(ACCEL_G)
    samples, _, _, recording = read(saved(content + other + content))
    assert len(samples) == 3000
    assert recording.health.blocks_bad == 1
