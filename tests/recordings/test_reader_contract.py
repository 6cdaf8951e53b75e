"""What every reader owes, whatever the format: samples or one clear error, and nothing else."""

from __future__ import annotations

import gzip
import itertools
import pickle

import made_recordings as made
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from reader_cases import CASES, read

from recordings import ReadOptions, RecordingError, open_recording

FEW = 30
"""A table of fewer rows may be refused because its unit cannot be told."""

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def read_or_refuse(path, case):
    """Samples in g, or None for a RecordingError that names the file."""
    try:
        return read(path, case)[0]
    except RecordingError as error:
        refusal = error
    assert refusal.path == path
    assert refusal.problem
    assert str(path) in str(refusal)
    return None


# -- a good file


@every_case
def test_samples_are_those_written(saved, case):
    accel_g, _, recording = read(saved(case.content), case)
    first = next(iter(recording.chunks()))
    assert first.samples.dtype == case.dtype
    if case.name == "geneactiv":
        np.testing.assert_array_equal(first.samples, case.codes)
    else:
        expected_g = case.codes / case.counts_per_g
        if case.decimals is not None:
            expected_g = expected_g.round(case.decimals)
        np.testing.assert_array_equal(accel_g, expected_g)


@every_case
def test_at_rest_there_is_one_g(saved, case):
    accel_g = read(saved(case.content), case)[0]
    assert np.median(np.linalg.norm(accel_g, axis=1)) == pytest.approx(1.0, abs=0.03)


@every_case
def test_time_ascends_at_about_the_nominal_rate(saved, case):
    _, times, recording = read(saved(case.content), case)
    assert recording.header.nominal_hz == pytest.approx(case.rate_hz)
    np.testing.assert_allclose(np.diff(times), 1e9 / case.rate_hz, rtol=0.02)
    remarks = {note.code for note in recording.health.remarks}
    assert remarks == ({"time_relative"} if "uniform" in case.name else set())
    assert len(recording.health.segments) == 1
    if "uniform" not in case.name:
        assert times[0] == pytest.approx(made.T0_NS, abs=0.26e9)


@every_case
def test_every_pass_gives_the_same(saved, case):
    accel_g, times, recording = read(saved(case.content), case)
    health = recording.health
    passes = [recording.chunks(), recording.chunks()]
    chunks = [[next(one), *one] for one in passes]
    for one, two in itertools.zip_longest(*chunks):
        np.testing.assert_array_equal(one.samples, two.samples)
        np.testing.assert_array_equal(one.knots, two.knots)
    assert recording.health == health
    assert len(accel_g) == len(times) == health.samples


@every_case
def test_samples_handed_out_are_never_written_to_again(saved, case):
    recording = open_recording(saved(case.content), ReadOptions(**case.options))
    kept = [(chunk, chunk.samples.copy()) for chunk in recording.chunks()]
    for chunk, copy in kept:
        np.testing.assert_array_equal(chunk.samples, copy)


@every_case
def test_the_header_travels_between_processes(saved, case):
    header = open_recording(saved(case.content), ReadOptions(**case.options)).header
    assert pickle.loads(pickle.dumps(header)) == header  # noqa: S301 (our own bytes)


@every_case
@pytest.mark.parametrize("name", ["a.cwa", "a.BIN", "a.csv", "a.parquet", "a.gz", "a"])
def test_neither_name_nor_compression_matters(saved, case, name):
    plain, packed = case.content, gzip.compress(case.content)
    expected = read(saved(plain), case)[:2]
    for content in (plain,) if case.from_end else (plain, packed):
        found = read(saved(content, name), case)[:2]
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_array_equal(found[1], expected[1])


@every_case
def test_a_pass_that_stops_early_closes_its_file(saved, case):
    recording = open_recording(saved(case.content), ReadOptions(**case.options))
    chunks = recording.chunks()
    first = next(chunks)
    assert recording.health.samples == len(first)
    del chunks  # a file left open would be a ResourceWarning, which is an error here


# -- a damaged file


def starts_like(accel_g, whole, case):
    """Whether these are the first samples of the whole file."""
    certain = len(accel_g) - case.last_may_differ
    return np.array_equal(accel_g[:certain], whole[:certain])


@every_case
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_file_cut_anywhere_gives_its_first_samples_or_is_refused(saved, case, pack):
    content = pack(case.content)
    whole = read(saved(case.content), case)[0]
    step = max(1, len(content) // 40)
    cuts = sorted({*range(1, 70, 7), *range(70, len(content), step), len(content) - 1})
    longest = 0
    for cut in cuts:
        accel_g = read_or_refuse(saved(content[:cut]), case)
        if accel_g is None:
            assert longest < FEW
            continue
        assert starts_like(accel_g, whole, case)
        assert len(accel_g) >= longest
        longest = len(accel_g)
    if case.from_end:
        assert longest == 0
    else:
        assert longest >= (len(whole) // 2 if pack is bytes else 1)


@every_case
def test_a_header_alone_is_refused(saved, case):
    if case.header_bytes:
        assert read_or_refuse(saved(case.content[: case.header_bytes]), case) is None


@every_case
def test_a_header_before_random_bytes_gives_no_other_error(saved, case):
    for seed in range(5):
        noise = np.random.default_rng(seed).bytes(3000)
        read_or_refuse(saved(case.content[: case.header_bytes] + noise), case)


@st.composite
def damages(draw):
    """Places (0 to 1) with what happens there: bytes changed, put in, taken out."""
    place = st.floats(0, 1)
    change = st.tuples(place, st.sampled_from("cio"), st.binary(min_size=1, max_size=40))
    return draw(st.lists(change, min_size=1, max_size=4))


@every_case
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(damage=[(0.0, "c", b"!\r")])
@given(damage=damages())
def test_any_damage_gives_samples_or_a_refusal(saved, case, damage):
    content = bytearray(case.content)
    for place, how, extra in damage:
        at = int(place * (len(content) - 1))
        if how == "c":
            content[at : at + len(extra)] = extra[: len(content) - at]
        elif how == "i":
            content[at:at] = extra
        else:
            del content[at : at + len(extra)]
    read_or_refuse(saved(bytes(content) or b"x"), case)


@pytest.mark.parametrize("content", [b"", b"\0", b"\n", b"MD\xfc\x03", b"\x1f\x8b", b"a,b,c\n"])
def test_nearly_nothing_is_refused(saved, content):
    assert read_or_refuse(saved(content), CASES[0]) is None
