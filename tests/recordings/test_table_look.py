"""What the first rows of a table tell: steps, rest, gravity, the unit, and what zeros mean."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from made_tables import iso, read, stamps, table, values
from reading import remarks_of

from recordings import ReadOptions, RecordingError, Scale
from recordings.formats.table import open_reader
from recordings.formats.tables.facts import Facts
from recordings.formats.tables.look import Look
from recordings.formats.tables.names import Columns
from recordings.formats.tables.rows import KEPT, MISSING, RawRows
from recordings.formats.tables.values import Values
from recordings.formats.units import LOOK_ROWS

N = 320
STILL = np.tile([0.0, 0.6, 0.8], (N, 1))
TIMES = iso(stamps(N))


@dataclass
class Rows:
    """A table of rows that are at hand."""

    pieces: list
    columns: Columns = field(default_factory=lambda: Columns(axes=(1, 2, 3), time=0))
    path: str = "a.csv"
    read: int = 0

    def rows(self, _health):
        for piece in self.pieces:
            self.read += 1
            yield piece

    def with_columns(self, columns):
        return Rows(self.pieces, columns)


def piece(samples, lost=(), time=None, gravity=None):
    samples = np.array(samples, float).reshape(-1, 3)
    codes = np.full(len(samples), KEPT, np.uint8)
    codes[list(lost)] = MISSING
    return RawRows(
        time=np.arange(len(samples)) if time is None else np.array(time),
        samples=samples,
        lost=codes,
        gravity=None if gravity is None else np.array(gravity, float).reshape(-1, 3),
    )


def ones(count, value=1.0):
    return [[value] * 3] * count


# -- the look


def test_rows_without_a_value_and_zeros_tell_nothing():
    look = Look.at(Rows([piece([*ones(2), *ones(1, 0.0), *ones(1, 5.0)], lost=[1])]))
    assert look.rows.samples[:, 0].tolist() == [1, 5]


def test_steps_are_those_between_rows_that_are_both_there_over_the_border_of_pieces():
    pieces = [piece(ones(3), time=[0, 10, 20]), piece(ones(3), lost=[1], time=[30, 40, 50])]
    look = Look.at(Rows(pieces))
    assert (look.after.time - look.before.time).tolist() == [10, 10, 10]
    assert look.before.time.tolist() == [0, 10, 20]


def test_empty_pieces_are_passed_over():
    pieces = [piece([]), piece(ones(2)), piece([]), piece(ones(2), time=[2, 3])]
    assert Look.at(Rows(pieces)).before.time.tolist() == [0, 1, 2]


def test_no_more_is_read_than_decides():
    some = [piece(ones(LOOK_ROWS // 2)) for _ in range(5)]
    rows = Rows(some)
    look = Look.at(rows)
    assert rows.read == 2
    assert len(look.rows) == LOOK_ROWS
    assert len(look.before) == len(look.after) == LOOK_ROWS - 1


@pytest.mark.parametrize(
    ("pieces", "problem"),
    [
        ([], "has no rows"),
        ([piece([])], "has no rows"),
        ([piece(ones(3, 0.0))], "holds nothing but zeros"),
        ([piece(ones(3), lost=[0, 1, 2])], "has no row without missing values"),
        ([piece(ones(1, 0.0))], "has no row without missing values"),
    ],
)
def test_without_a_telling_row_nothing_can_be_said(pieces, problem):
    with pytest.raises(RecordingError) as refused:
        Look.at(Rows(pieces))
    assert refused.value.problem == problem


# -- gravity that stands apart


@pytest.mark.parametrize("share", [0.0, 0.4, 0.6, 1.0])
def test_gravity_is_added_to_what_is_nearer_to_nothing_than_to_gravity(share):
    gravity = np.tile([0.0, 0.0, 1.0], (8, 1))
    columns = Columns(axes=(1, 2, 3), time=0, gravity=(4, 5, 6))
    look = Look.at(Rows([piece(share * gravity + 1e-6, gravity=gravity)], columns))
    added = share < 0.5
    assert (look.table.columns.gravity is not None) == added
    expected = share * gravity + (gravity if added else 0)
    np.testing.assert_allclose(look.rows.samples, expected, atol=1e-5)


# -- values


def values_of(samples, *, facts=None, stated=None, **columns):
    look = Look.at(Rows([piece(samples)], Columns(axes=(1, 2, 3), time=0, **columns)))
    return Values.of(look, facts or Facts(), stated)


@pytest.mark.parametrize(
    ("factor", "unit", "stated", "gain_g", "note"),
    [
        (1, None, None, 1, "g (1 at rest)"),
        (1000, None, None, 0.001, "mg (1e+03 at rest)"),
        (9.80665, None, None, 1 / 9.80665, "m/s2 (9.81 at rest)"),
        (1, "mg", None, 0.001, "mg (named)"),
        (5, None, "g", 1, "g (stated)"),
    ],
)
def test_the_scale_is_that_of_the_unit(factor, unit, stated, gain_g, note):
    found = values_of(factor * STILL, unit=unit, stated=stated)
    assert found.scale.gain_g == (gain_g,) * 3
    assert found.note == note


@pytest.mark.parametrize(
    ("factor", "zero", "codes"),
    [
        (1.0, True, []),
        (0.29, False, ["without_gravity"]),
        (0.31, True, ["unit_doubtful"]),
        (0.79, True, ["unit_doubtful"]),
        (1.21, True, ["unit_doubtful"]),
    ],
)
def test_zeros_are_no_data_where_gravity_is_measured(factor, zero, codes):
    found = values_of(factor * STILL, unit="g")
    assert found.zero == ((0, 0, 0) if zero else None)
    assert [note.code for note in found.remarks] == codes


@pytest.mark.parametrize(("unit", "per_g"), [("g", 1), ("mg", 1000), ("m/s2", 9.80665)])
def test_what_rests_at_1_g_in_its_unit_leaves_no_doubt(unit, per_g):
    found = values_of(per_g * STILL, unit=unit)
    assert found.zero == (0, 0, 0)
    assert not found.remarks
    light = values_of(0.2 * per_g * STILL, unit=unit)
    assert light.zero is None
    assert [note.code for note in light.remarks] == ["without_gravity"]


def test_names_that_say_gravity_was_removed_are_believed():
    found = values_of(STILL, unit="g", without_gravity=True)
    assert found.zero is None
    assert [note.code for note in found.remarks] == ["without_gravity"]


KNOWN = Facts(format="maker", unit="steps", scale=Scale(gain_g=(0.5,) * 3, offset_g=(-1, 0, 1)))


@pytest.mark.parametrize(
    ("rest", "fits"), [(0.49, False), (0.5, True), (1.0, True), (2.0, True), (2.01, False)]
)
def test_values_of_known_origin_must_rest_between_half_and_two_g(rest, fits):
    samples = np.tile([2.0, 2 * rest, -2.0], (N, 1))
    if fits:
        found = values_of(samples, facts=KNOWN, stated="mg")
        assert (found.scale, found.note) == (KNOWN.scale, "steps (maker)")
        assert found.zero == (2, 0, -2)  # the codes that mean 0 g
    else:
        with pytest.raises(RecordingError, match=f"has a magnitude of {rest:.4g} g at rest"):
            values_of(samples, facts=KNOWN)


@pytest.mark.parametrize(
    ("factor", "unit"),
    [
        (9.80665, "m/s2"),
        (1.0, "g"),
        (2.9, "m/s2"),  # 0.296 g: without gravity, in the unit that this program has then
        (0.01, "m/s2"),
    ],
)
def test_a_program_that_removes_gravity_has_a_unit_for_that(factor, unit):
    facts = Facts(unit_without_gravity="m/s2")
    assert values_of(factor * STILL, facts=facts).note.partition(" ")[0] == unit


def test_what_is_neither_at_rest_nor_without_gravity_is_asked_for():
    with pytest.raises(RecordingError, match="does not state its unit"):
        values_of(3.0 * STILL, facts=Facts(unit_without_gravity="m/s2"))


# -- all together


def test_the_quietest_rows_of_the_first_minutes_tell_the_unit(saved):
    shaken = values(N) + np.random.default_rng(1).normal(0, 3, (N, 3))
    shaken[160:224] = values(64)
    reader = open_reader(saved(table(TIMES, shaken)), ReadOptions())
    assert reader.header.notes["unit"] == "g (1 at rest)"


def test_a_unit_that_is_doubtful_is_read_and_told(saved):
    path = saved(table(TIMES, 1.5 * values(N), names="time,x (g),y (g),z (g)"))
    accel_g, _, _, recording = read(path)
    np.testing.assert_allclose(accel_g, 1.5 * values(N), atol=1e-9)
    assert list(remarks_of(recording)) == ["unit_doubtful"]
