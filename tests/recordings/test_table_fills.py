"""Rows that were filled in are found, however they are dealt out, and nothing else is."""

from __future__ import annotations

import itertools

import naive_tables as naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_tables import iso, read, stamps, table, values
from reading import remarks_of

from recordings import Health, RecordingError, open_recording
from recordings.formats.tables import csv_table
from recordings.formats.tables.fills import FillFinder, FillRule
from recordings.formats.tables.rows import LOSSES, MISSING, RawRows

RULES = [
    FillRule(second_rows=5, zero=(0.0, 0.0, 0.0), held=True, unsure=False),
    FillRule(second_rows=5, zero=(0.0, 0.0, 0.0), held=False, unsure=True),
    FillRule(second_rows=1, zero=None, held=True, unsure=False),
    FillRule(second_rows=3, zero=(127.0, 127.0, 127.0), held=False, unsure=False),
]


def sifted(samples, good, rule, cuts=()):
    """Why each row is lost, and what is said, of rows that come in pieces."""
    rows = RawRows(
        time=np.arange(len(samples)),
        samples=np.array(samples, float).reshape(-1, 3),
        lost=np.where(good, 0, MISSING).astype(np.uint8),
    )
    health = Health()
    finder = FillFinder(rule, health)
    parts = [finder.sift(rows[a:b]) for a, b in itertools.pairwise([0, *cuts, len(samples)])]
    if (rest := finder.finish()) is not None:
        parts.append(rest)
    joined = RawRows.joined(parts)
    np.testing.assert_array_equal(joined.time, rows.time)
    np.testing.assert_array_equal(joined.samples, rows.samples)
    return [LOSSES[code] for code in joined.lost.tolist()], health.remarks


runs = st.lists(
    st.tuples(st.sampled_from([0.0, 0.0, 1.0, 2.0, 127.0]), st.integers(1, 12), st.booleans()),
    min_size=1,
    max_size=10,
)


@given(runs, st.lists(st.integers(0, 120), max_size=8), st.sampled_from(RULES))
def test_fillings_are_those_of_the_naive_twin_however_rows_are_dealt_out(runs, cuts, rule):
    samples, good = [], []
    for value, count, fits in runs:
        samples += [[value] * 3] * count
        good += [fits or count > 2] * count
    cuts = sorted(cut for cut in cuts if cut <= len(samples))
    lost, remarks = sifted(samples, good, rule, cuts)
    expected = naive.fills(samples, good, rule)
    assert lost == [
        why if fits else "missing_values" for why, fits in zip(expected, good, strict=True)
    ]
    assert (lost, remarks) == sifted(samples, good, rule)
    assert (lost, remarks) == sifted(samples, good, rule, range(1, len(samples)))


def test_one_axis_that_changes_is_enough_to_be_measured():
    samples = [[0.0, 0.0, 0.001 * (row % 2)] for row in range(40)]
    assert set(sifted(samples, [True] * 40, RULES[0])[0]) == {""}


def test_not_more_rows_wait_than_those_of_a_second():
    rows = RawRows(time=np.arange(1), samples=np.zeros((1, 3)), lost=np.zeros(1, np.uint8))
    for rule in RULES:
        finder = FillFinder(rule, Health())
        waiting = 0
        for _ in range(100):
            waiting += 1 - len(finder.sift(rows))
            assert waiting <= rule.second_rows + 1


# -- whole files


def with_rows(accel, first, stop, value):
    accel = accel.copy()
    accel[first:stop] = value
    return accel


@pytest.mark.parametrize("block_bytes", [64, 1000, 1 << 19])
def test_a_second_of_zeros_is_a_gap_in_any_table(saved, monkeypatch, block_bytes):
    accel = with_rows(values(1000), 400, 500, 0.0)
    path = saved(table(iso(stamps(1000)), accel))
    monkeypatch.setattr(csv_table, "BLOCK_BYTES", block_bytes)
    accel_g, times, segments, recording = read(path)
    assert segments == [("start", 400), ("zero_fill", 500)]
    np.testing.assert_array_equal(accel_g, np.delete(accel, slice(400, 500), axis=0))
    np.testing.assert_array_equal(times, np.delete(stamps(1000).astype(int), slice(400, 500)))
    assert remarks_of(recording)["zero_fill"].startswith("100 rows hold nothing but zeros")
    assert recording.health.blocks_bad == 0


def test_less_than_a_second_of_zeros_is_kept(saved):
    accel = with_rows(values(1000), 400, 499, 0.0)
    assert read(saved(table(iso(stamps(1000)), accel)))[2] == [("start", 1000)]


def test_zeros_without_gravity_may_be_measured(saved):
    accel = with_rows((values(1000) - [0, 0.6, 0.8]).round(4), 400, 600, 0.0)
    names = "time,userX,userY,userZ"
    _, _, segments, recording = read(saved(table(iso(stamps(1000)), accel, names=names)), unit="g")
    assert segments == [("start", 1000)]
    assert "zero_fill" not in remarks_of(recording)


def test_zeros_before_the_first_sample_do_not_hide_the_unit(saved):
    accel = np.vstack([np.zeros((30_000, 3)), 9.80665 * values(1000)])
    accel_g, _, segments, recording = read(saved(table(iso(stamps(31_000)), accel)))
    np.testing.assert_allclose(accel_g, values(1000), atol=1e-8)
    assert segments == [("start", 1000)]
    assert recording.header.notes["unit"] == "m/s2 (9.81 at rest)"


def test_nothing_but_zeros_is_refused(saved):
    with pytest.raises(RecordingError, match="holds nothing but zeros"):
        open_recording(saved(table(iso(stamps()), np.zeros((500, 3)))))


def test_equal_rows_of_a_table_of_unknown_origin_are_told_and_kept(saved):
    accel = with_rows(values(9000), 2000, 6000, [0.1, 0.2, 0.97])
    _, _, segments, recording = read(saved(table(iso(stamps(9000)), accel)))
    assert segments == [("start", 9000)]
    assert remarks_of(recording)["held_values"].startswith("4000 rows lie in runs of equal rows")
    accel = with_rows(values(9000), 2000, 5000, [0.1, 0.2, 0.97])
    assert not read(saved(table(iso(stamps(9000)), accel)))[3].health.remarks
