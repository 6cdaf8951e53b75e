"""Avro: schemas become programs that walk records as another library reads them."""

from __future__ import annotations

import io
import json

import fastavro
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.formats.avro_schema import SchemaError, compile_schema
from recordings.kernels import avro

LONGS = st.integers(-(2**63), 2**63 - 1)
INTS = st.integers(-(2**31), 2**31 - 1)
VALUES = {
    "null": st.none(),
    "boolean": st.booleans(),
    "int": INTS,
    "long": LONGS,
    "float": st.floats(width=32, allow_nan=False),
    "double": st.floats(allow_nan=False),
    "string": st.text(max_size=20),
    "bytes": st.binary(max_size=200),
}


@st.composite
def typed(draw, name="n", depth=3):
    """A schema whose names begin with ``name``, and a strategy for its values."""
    kinds = [*VALUES, "fixed", "enum"] + ["array", "map", "union", "record"] * (depth > 0)
    kind = draw(st.sampled_from(kinds))
    if kind in VALUES:
        schema, values = kind, VALUES[kind]
    elif kind == "fixed":
        size = draw(st.integers(0, 5))
        schema = {"type": kind, "name": name, "size": size}
        values = st.binary(min_size=size, max_size=size)
    elif kind == "enum":
        symbols = [f"s{k}" for k in range(draw(st.integers(1, 4)))]
        schema = {"type": kind, "name": name, "symbols": symbols}
        values = st.sampled_from(symbols)
    elif kind == "union":
        branch, others = draw(typed(f"{name}u", 0).filter(lambda t: t[0] != "null"))
        schema, values = ["null", branch], st.none() | others
    elif kind == "record":
        inner = {
            f"f{k}": draw(typed(f"{name}_{k}", depth - 1)) for k in range(draw(st.integers(0, 3)))
        }
        schema = record({k: t[0] for k, t in inner.items()}, name)
        values = st.fixed_dictionaries({k: t[1] for k, t in inner.items()})
    elif kind == "array":
        item, each = draw(typed(f"{name}a", depth - 1))
        schema, values = {"type": kind, "items": item}, st.lists(each, max_size=4)
    else:
        item, each = draw(typed(f"{name}m", depth - 1))
        schema = {"type": kind, "values": item}
        values = st.dictionaries(st.text(max_size=3), each, max_size=3)
    return schema, values


def record(fields, name="R", **more):
    return {
        "type": "record",
        "name": name,
        "fields": [{"name": k, "type": v} for k, v in fields.items()],
        **more,
    }


def encoded(schema, *rows):
    memory = io.BytesIO()
    parsed = fastavro.parse_schema(schema)
    for row in rows:
        fastavro.schemaless_writer(memory, parsed, row)
    return memory.getvalue()


def program_of(schema, *wanted):
    return compile_schema(json.dumps(schema).encode(), frozenset(wanted))


def walked(program, data, records=1, at=0):
    values = np.full((records, program.width), np.nan)
    bounds = avro.walk(np.frombuffer(data, np.uint8), at, program.rows, values)
    return values, *bounds


@settings(max_examples=200)
@given(
    others=st.tuples(typed("b0"), typed("b1"), typed("a0")),
    number=LONGS,
    ints=st.lists(INTS, max_size=5),
    text=st.text(max_size=9),
    rows=st.integers(1, 3),
    data=st.data(),
)
def test_wanted_values_are_those_that_were_written(others, number, ints, text, rows, data):
    wanted = {
        "number": "long",
        "ints": {"type": "array", "items": "int"},
        "inner": record({"x": "double"}, "Inner"),
        "text": ["null", "string"],
    }
    (one, some), (two, more), (three, rest) = others
    schema = record({"b0": one, "b1": two, **wanted, "a0": three})
    known = {"number": number, "ints": ints, "inner": {"x": 0.1}, "text": text}
    unknown = st.fixed_dictionaries({"b0": some, "b1": more, "a0": rest})
    whole = encoded(schema, *({**known, **data.draw(unknown)} for _ in range(rows)))
    program = program_of(schema, "number", "ints", "inner.x", "text", "nowhere")
    values, done, at, why = walked(program, whole, rows)
    assert (done, at, why) == (rows, len(whole), avro.OK)
    for each in values:
        assert program.number(each, "number") == float(number)
        assert program.number(each, "inner.x") == 0.1
        assert np.isnan(program.number(each, "nowhere"))
        assert program.text(each, "text", np.frombuffer(whole, np.uint8)) == text
        start, count = each[program.slots["ints"][1] :][:2].astype(int)
        assert count == len(ints)
        out = np.empty(count, np.int64)
        avro.read_integers(np.frombuffer(whole, np.uint8), start, out)
        assert out.tolist() == ints
    assert set(program.slots) == {"number", "ints", "inner.x", "text"}
    cut = data.draw(st.integers(0, len(whole) - 1))
    _, done, behind, why = walked(program, whole[:cut], rows)
    assert done < rows
    assert behind <= cut
    assert why == avro.CUT


@settings(max_examples=200)
@given(data=st.binary(max_size=200), other=typed())
def test_any_bytes_are_walked_or_refused(data, other):
    schema = record({"other": other[0], "ints": {"type": "array", "items": "long"}, "x": "float"})
    program = program_of(schema, "ints", "x")
    values, done, at, why = walked(program, data, 3)
    assert 0 <= at <= len(data)
    assert (why == avro.OK) == (done == 3)
    start, count = values[0][program.slots["ints"][1] :][:2]
    if count > 0:
        avro.read_integers(np.frombuffer(data, np.uint8), int(start), np.empty(int(count), "i8"))


def test_arrays_may_come_in_blocks_with_their_size_in_bytes():
    schema = record({"x": {"type": "array", "items": "int"}, "y": {"type": "array", "items": "R2"}})
    schema["fields"][1]["type"]["items"] = record({"a": "string", "b": "float"}, "R2")
    integers = b"\x04\x02\x04" + b"\x03\x06\x80\x01\x05" + b"\x00"
    records = b"\x01\x0c\x02a\0\0\0\0" + b"\x02\x00\0\0\0\0" + b"\x00"
    program = program_of(schema, "x")
    values, done, at, why = walked(program, integers + records)
    assert (done, at, why) == (1, len(integers + records), avro.OK)
    out = np.empty(int(values[0, 1]), np.int64)
    avro.read_integers(np.frombuffer(integers, np.uint8), int(values[0, 0]), out)
    assert out.tolist() == [1, 2, 64, -3]


def test_of_a_record_that_is_cut_the_values_before_the_break_are_there():
    schema = record({"a": "int", "x": {"type": "array", "items": "int"}, "b": "int"})
    whole = encoded(schema, {"a": 7, "x": [1, 2, 3, 4], "b": 8})
    values, done, _, why = walked(program_of(schema, "a", "x", "b"), whole[:4])
    assert (done, why) == (0, avro.CUT)
    assert values[0, :3].tolist() == [7, 1, 2]
    assert np.isnan(values[0, 3])


@pytest.mark.parametrize(
    ("items", "data"),
    [
        ("null", b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f\x00"),
        (record({"n": "null"}, "Nothing"), b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f\x00"),
        ({"type": "fixed", "name": "Empty", "size": 0}, b"\xfe\xff\xff\xff\xff\xff\x7f\x00"),
    ],
)
def test_endless_arrays_of_nothing_take_no_time(items, data):
    program = program_of(record({"a": {"type": "array", "items": items}, "x": "int"}), "x")
    values, done, at, why = walked(program, data + b"\x0a")
    assert (done, at, why) == (1, len(data) + 1, avro.OK)
    assert values[0, 0] == 5


@pytest.mark.parametrize(
    ("schema", "data", "why"),
    [
        ("int", b"\x80" * 9, avro.CUT),
        ("int", b"\x80" * 10 + b"\x01", avro.BAD),
        ("string", b"\x01", avro.BAD),
        ("string", b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01abc", avro.CUT),
        (["null", "int"], b"\x04", avro.BAD),
        (["null", "int"], b"\x01", avro.BAD),
        ([], b"\x00", avro.BAD),
        ({"type": "array", "items": "double"}, b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f", avro.CUT),
        ({"type": "array", "items": "int"}, b"\x02" + b"\x80" * 12, avro.BAD),
        ({"type": "array", "items": "int"}, b"\xff" * 9 + b"\x01\x00\x00", avro.BAD),
        ({"type": "map", "values": "int"}, b"\x02\x02a", avro.CUT),
        (["int"], b"", avro.CUT),
        # a number of eleven bytes in an array
        ({"type": "array", "items": "int"}, b"\x02" + b"\x80" * 10 + b"\x01\x00", avro.BAD),
        # 2**62 items, and one more
        ({"type": "array", "items": "int"}, b"\xff" * 8 + b"\x7f\x02", avro.CUT),
        ({"type": "array", "items": "int"}, b"\x81" + b"\x80" * 8 + b"\x01\x02", avro.BAD),
    ],
    ids=str,
)
def test_what_cannot_be_is_told_from_what_is_cut(schema, data, why):
    assert walked(program_of(record({"a": schema})), data)[3] == why


@pytest.mark.parametrize("ends", [(2**63 - 1, -(2**63)), (-(2**63), 2**63 - 1)])
def test_integers_of_ten_bytes_stand_anywhere_in_an_array(ends):
    schema = record({"x": {"type": "array", "items": "long"}})
    data = encoded(schema, {"x": ends})
    values, done, at, why = walked(program_of(schema, "x"), data)
    assert (done, at, why) == (1, 22, avro.OK)
    out = np.empty(2, np.int64)
    avro.read_integers(np.frombuffer(data, np.uint8), int(values[0, 0]), out)
    assert tuple(out) == ends


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ("long", -300),
        ("float", 0.5),
        ("double", 0.1),
        ("boolean", True),
        ("string", "abc"),
        ({"type": "fixed", "name": "F", "size": 3}, b"abc"),
        (["null", "int"], 7),
        ({"type": "array", "items": "int"}, [1, 300]),
        ({"type": "array", "items": "boolean"}, [True, False]),
        ({"type": "array", "items": "double"}, [0.1, 0.2]),
        ({"type": "array", "items": "string"}, ["a", "bc"]),
    ],
    ids=str,
)
def test_a_value_may_end_with_the_data_and_is_cut_a_byte_before(schema, value):
    program = program_of(record({"b": "int", "a": schema}), "a")
    data = encoded(record({"b": "int", "a": schema}), {"b": 1, "a": value})
    values, *bounds = walked(program, data)
    assert bounds == [1, len(data), avro.OK]
    if isinstance(value, (int, float)):
        assert program.number(values[0], "a") == value
    for cut in range(1, len(data)):
        assert walked(program, data[:cut])[1:] == (0, 0, avro.CUT)


# -- schemas


def test_names_are_understood_in_their_namespace():
    inner = record({"v": "int"}, "Inner")
    schema = record(
        {"a": inner, "b": "Inner", "c": "one.Inner", "d": record({"e": "one.Inner"}, "two.D")},
        namespace="one",
    )
    data = encoded(schema, {"a": {"v": 1}, "b": {"v": 2}, "c": {"v": 3}, "d": {"e": {"v": 4}}})
    program = program_of(schema, "a.v", "b.v", "c.v", "d.e.v")
    values, *_ = walked(program, data)
    assert [program.number(values[0], f"{path}.v") for path in ("a", "b", "c", "d.e")] == [
        1,
        2,
        3,
        4,
    ]


def nested(depth):
    inner = "int"
    for _ in range(depth):
        inner = {"type": "array", "items": inner}
    return inner


def maps(depth):
    inner = "int"
    for _ in range(depth):
        inner = {"type": "map", "values": inner}
    return inner


@pytest.mark.parametrize(("nest", "key"), [(nested, b""), (maps, b"\x00")])
def test_what_repeats_is_walked_sixteen_deep(nest, key):
    program = program_of(record({"a": nest(16), "b": "int"}), "b")
    data = (b"\x02" + key) * 16 + b"\x02" + b"\x00" * 16 + b"\x0a"
    values, done, at, why = walked(program, data)
    assert (done, at, why) == (1, len(data), avro.OK)
    assert values[0, 0] == 5
    with pytest.raises(SchemaError, match="nested too deep"):
        program_of(record({"a": nest(17)}))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (b"", "is no JSON"),
        (b"\xff", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b'"int"', "not that of a record"),
        (b'{"type": "record", "name": "R"}', "a record without fields"),
        (b'{"type": "record", "fields": []}', "a type without a name"),
        (
            b'{"type": "record", "name": "R", "fields": [{"name": "a"}]}',
            "does not say what None is",
        ),
        (json.dumps(record({"a": 7})).encode(), "does not say what 7 is"),
        (json.dumps(record({"a": "Other"})).encode(), "does not say what 'Other' is"),
        (json.dumps(record({"a": ["null", "R"]})).encode(), "contains 'R' in itself"),
        (json.dumps(record({"a": {"type": "fixed", "name": "F"}})).encode(), "a size of None"),
        (json.dumps(record({"a": nested(20)})).encode(), "nested too deep"),
        (b'{"type": ' * 400 + b'"record"' + b"}" * 400, "not that of a record"),
        (
            b'{"type": "record", "name": "R", "fields": [{"name": "a", "type": '
            + b'{"type": ' * 900
            + b'"int"'
            + b"}" * 900
            + b"}]}",
            "nested too deep",
        ),
    ],
    ids=lambda text: str(text)[:40],
)
def test_a_schema_that_has_no_program_is_refused(text, named):
    with pytest.raises(SchemaError, match=named):
        compile_schema(text, frozenset())


def test_a_schema_that_multiplies_is_refused_before_it_fills_the_memory():
    inner = record({"a": "null", "b": "null"}, "R0")
    for k in range(1, 40):
        inner = record({"a": inner, "b": f"R{k - 1}"}, f"R{k}")
    with pytest.raises(SchemaError, match="too long"):
        program_of(inner)
