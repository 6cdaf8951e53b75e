"""The ActiGraph files that are written are what a device would have written."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_gt3x import members_of
from naive_gt3x import records_of

from recordings.writers import Gt3xLayout, write_gt3x

S = 1_000_000_000
START_NS = 1_709_675_999_500_000_000


def codes(n):
    return np.random.default_rng(0).integers(-2048, 2048, (n, 3)).astype(np.int16)


def times(n, rate_hz):
    return START_NS + np.rint(np.arange(n) * (S / rate_hz)).astype(np.int64)


def content(pieces, layout=None):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "written"
        write_gt3x(path, pieces, layout)
        return path.read_bytes()


@settings(max_examples=15)
@given(
    cuts=st.lists(st.integers(0, 1000), max_size=8),
    log=st.sampled_from(["activity", "activity2", "activity3", "old"]),
)
def test_the_cutting_into_pieces_does_not_change_a_gt3x_file(cuts, log):
    raw, times_ns = codes(1000), times(1000, 30)
    layout = Gt3xLayout(log=log, idle_seconds=frozenset({3, 4}))
    edges = [0, *sorted(cuts), len(raw)]
    pieces = [(raw[a:b], times_ns[a:b]) for a, b in pairwise(edges)]
    whole = content([(raw, times_ns)], layout)
    assert members_of(content(pieces, layout)) == members_of(whole)


def test_the_log_of_a_gt3x_file_is_a_sequence_of_good_records():
    layout = Gt3xLayout(idle_seconds=frozenset({2, 3}), usb_seconds=frozenset({5}))
    log = members_of(content([(codes(300), times(300, 30))], layout))["log.bin"]
    records = records_of(log)
    assert [r.kind for r in records] == [6, 6, 21, 2, 26, 26, 3, 3, 26, 26, *[26] * 5]
    assert [r.payload for r in records if r.kind == 3] == [b"\x08", b"\x09"]
    first_s = START_NS // S
    stamps = [r.time_s - first_s for r in records[3:]]
    assert stamps == [1, 0, 1, 2, 4, 4, 5, 6, 7, 8, 9, 10]
    assert [len(r.payload) for r in records[8:]] == [180, 1, 180, 180, 180, 180, 1]


def test_parameters_state_scale_rate_and_time():
    log = members_of(content([(codes(30), times(30, 30))]))["log.bin"]
    payload = records_of(log)[2].payload
    entries = [payload[i : i + 8].hex() for i in range(0, len(payload), 8)]
    assert entries[0] == "0000370000004009"  # 256 as in real files
    assert entries[2] == "01000a001e000000"


@pytest.mark.parametrize(("idle", "features"), [((), "90010000"), ((3,), "94010000")])
def test_idle_sleep_mode_is_among_the_features(idle, features):
    layout = Gt3xLayout(idle_seconds=frozenset(idle))
    log = members_of(content([(codes(300), times(300, 30))], layout))["log.bin"]
    assert records_of(log)[2].payload[8:16].hex() == "01000200" + features


def test_twelve_bits_are_packed_as_in_the_example_of_the_format():
    raw = np.array([[8, 6, -323], [9, 7, -321], [8, 7, -321], [0, 0, 0]], np.int16)
    layout = Gt3xLayout(rate_hz=4, log="activity")
    log = members_of(content([(raw, times(4, 4))], layout))["log.bin"]
    (payload,) = [r.payload for r in records_of(log) if r.kind == 0 and len(r.payload) > 1]
    assert payload[:13].hex() == "006008ebd007009ebf007008eb"
    assert payload[13] >> 4 == 0xF


def test_what_an_old_device_did_not_record_is_zero():
    raw = codes(120)
    layout = Gt3xLayout(log="old", lost_seconds=frozenset({1}))
    stream = members_of(content([(raw, times(120, 30))], layout))["activity.bin"]
    assert len(stream) == 120 * 9 // 2
    assert not any(stream[135:270])
    assert any(stream[:135])
    assert any(stream[270:])


@pytest.mark.parametrize("log", ["activity", "activity2"])
@pytest.mark.parametrize("bad", [-2049, 2048])
def test_a_code_that_an_actigraph_cannot_store_is_refused(tmp_path, bad, log):
    raw = codes(300)
    raw[7, 2] = bad
    with pytest.raises(ValueError, match="12 bits"):
        write_gt3x(tmp_path / "x.gt3x", [(raw, times(300, 30))], Gt3xLayout(log=log))


@pytest.mark.parametrize("rate_hz", [0, 31])
def test_a_rate_that_no_actigraph_has_is_refused(rate_hz):
    with pytest.raises(ValueError, match="all are even"):
        Gt3xLayout(rate_hz=rate_hz)


def test_less_than_a_second_is_refused(tmp_path):
    with pytest.raises(ValueError, match="second"):
        write_gt3x(tmp_path / "x.gt3x", [(codes(29), times(29, 30))])
