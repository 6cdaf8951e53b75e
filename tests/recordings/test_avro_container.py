"""The container of Avro files by hand: integers, header, blocks, marks; schemas that are none."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from recordings import Health, RecordingError
from recordings.formats import avro_container
from recordings.formats.avro_container import LARGEST_BLOCK_BYTES, Container
from recordings.formats.avro_schema import MOST_TYPES, SchemaError, compile_schema
from recordings.kernels.avro import DEEPEST, SKIP
from recordings.source import ByteSource

SYNC = bytes(range(200, 216))


def integer(value):
    """Seven bits a byte, the lowest first, of 0, -1, 1, -2, 2, ..."""
    value = 2 * value if value >= 0 else -2 * value - 1
    out = bytearray()
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes([*out, value])


def text(value):
    return integer(len(value)) + value


def header(codec=b"null", schema=b'"int"', sync=SYNC, extra=()):
    said = [(b"avro.schema", schema), *extra]
    said += [] if codec is None else [(b"avro.codec", codec)]
    entries = b"".join(text(name) + text(value) for name, value in said)
    return b"Obj\x01" + integer(len(said)) + entries + integer(0) + sync


def block(records, data, sync=SYNC):
    return integer(records) + integer(len(data)) + data + sync


def deflated(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


class Opened:
    """The blocks of a content, and what was lost."""

    def __init__(self, path):
        self.health = Health()
        with ByteSource(path) as source:
            container = Container(source, self.health)
            self.schema = container.schema
            self.blocks = list(container.blocks())

    @property
    def data(self):
        return [bytes(each.data) for each in self.blocks]

    @property
    def remarks(self):
        return {note.code: note.message for note in self.health.remarks}


@pytest.fixture
def opened(saved):
    return lambda *parts: Opened(saved(b"".join(parts)))


# -- integers


@pytest.mark.parametrize(
    ("value", "bytes_"),
    [
        (0, "00"),
        (-1, "01"),
        (1, "02"),
        (-64, "7F"),
        (64, "8001"),
        (8192, "808001"),
        (2**63 - 1, "FEFFFFFFFFFFFFFFFF01"),
        (-(2**63), "FFFFFFFFFFFFFFFFFF01"),
    ],
)
def test_an_integer_has_seven_bits_a_byte_and_alternating_signs(value, bytes_):
    data = bytes.fromhex(bytes_)
    assert integer(value) == data
    assert avro_container._integer(bytearray(b"?" + data + b"?"), 1) == (value, 1 + len(data))


@pytest.mark.parametrize(
    ("data", "error"), [(b"", IndexError), (b"\x80", IndexError), (b"\xff" * 10, OverflowError)]
)
def test_an_integer_that_does_not_end_is_none(data, error):
    with pytest.raises(error):
        avro_container._integer(bytearray(data), 0)


# -- the header


@pytest.mark.parametrize("codec", [b"null", b"deflate", None])
def test_a_header_states_schema_and_codec(opened, codec):
    data = deflated(b"abc") if codec == b"deflate" else b"abc"
    found = opened(header(codec, schema=b'"long"'), block(3, data))
    assert found.schema == b'"long"'
    assert found.data == [b"abc"]
    assert [(each.records, each.whole) for each in found.blocks] == [(3, True)]
    assert found.blocks[0].offset == len(header(codec, schema=b'"long"'))


def test_a_map_of_the_header_may_come_in_several_parts_and_state_their_size(opened):
    one = text(b"avro.codec") + text(b"null")
    two = text(b"avro.schema") + text(b'"int"')
    parts = integer(-1) + integer(len(one)) + one + integer(1) + two + integer(0)
    found = opened(b"Obj\x01", parts, SYNC, block(1, b"x"))
    assert found.data == [b"x"]


def test_other_entries_do_not_matter(opened):
    assert opened(header(extra=[(b"writer", b"me")]), block(1, b"x")).data == [b"x"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (header()[:-1], "a damaged header"),
        (header()[:20], "a damaged header"),
        (b"Obj\x02" + header()[4:], "a damaged header"),
        (header().replace(b"avro.schema", b"avro.schemb"), "a damaged header"),
        (b"Obj\x01" + b"\xff" * 20, "a damaged header"),
        (b"Obj\x01" + integer(1) + integer(2**40) + b"x", "a damaged header"),
        (b"Obj\x01" + integer(1) + integer(-5) + b"x" * 50, "a damaged header"),
        (header(b"snappy"), "the codec 'snappy', which is not read"),
        (header(b"\xff"), "the codec 'ÿ', which is not read"),
    ],
)
def test_a_header_that_cannot_be_used(saved, content, problem):
    with ByteSource(saved(content)) as source, pytest.raises(RecordingError) as refused:
        Container(source, Health())
    assert refused.value.problem == f"is an Avro file with {problem}"


# -- blocks


def test_blocks_come_in_their_order_with_their_places(opened):
    parts = [header(), block(2, b"ab"), block(0, b""), block(1, b"c" * 1000)]
    found = opened(*parts)
    assert found.data == [b"ab", b"", b"c" * 1000]
    assert [each.records for each in found.blocks] == [2, 0, 1]
    at = np.cumsum([len(part) for part in parts])
    assert [each.offset for each in found.blocks] == at[:3].tolist()
    assert (found.health.blocks, found.health.blocks_bad) == (3, 0)
    assert found.health.bytes_read == at[-1]
    assert not found.remarks


def test_a_file_without_blocks_is_whole(opened):
    found = opened(header())
    assert found.blocks == []
    assert not found.remarks


def test_a_second_header_changes_schema_codec_and_mark(opened):
    other = SYNC[::-1]
    second = header(b"deflate", schema=b'"long"', sync=other)
    found = opened(header(), block(1, b"x"), second, block(1, deflated(b"y"), other))
    assert found.data == [b"x", b"y"]
    assert [each.schema for each in found.blocks] == [b'"int"', b'"long"']


def test_a_damaged_block_costs_what_lies_before_the_next_mark(opened):
    broken = block(1, b"abc")[:-1] + b"?"
    parts = [header(), block(1, b"x"), broken, block(1, b"lost"), block(1, b"y")]
    found = opened(*parts)
    assert found.data == [b"x", b"y"]
    at = len(header()) + len(block(1, b"x"))
    assert found.remarks == {
        "bad_block": f"1 damaged blocks were left out; the first is at byte {at}"
    }
    assert found.health.bytes_skipped == len(broken) + len(block(1, b"lost"))


@pytest.mark.parametrize(
    "start",
    [
        integer(-1) + integer(3) + b"abc",  # no number of records
        integer(1) + integer(-3) + b"abc",  # no size
        integer(1) + integer(LARGEST_BLOCK_BYTES + 1) + b"abc",
        b"\xff" * 12,  # no integer
    ],
)
def test_what_cannot_begin_a_block_is_damage(opened, start):
    found = opened(header(), start, SYNC, block(1, b"y"))
    assert found.data == [b"y"]
    assert found.health.blocks_bad == 1
    assert found.health.bytes_skipped == len(start) + 16


def test_a_file_that_ends_inside_a_block_gives_what_it_holds(opened):
    found = opened(header(), block(1, b"x"), block(9, b"abcdef")[:-20])
    assert found.data == [b"x", b"ab"]
    assert [each.whole for each in found.blocks] == [True, False]
    assert found.remarks == {"truncated": "the file ends inside a block; what it holds was used"}


def test_a_file_that_ends_inside_a_mark_has_lost_nothing_but_that(opened):
    found = opened(header(), block(1, b"abc")[:-1])
    assert found.data == [b"abc"]
    assert [each.whole for each in found.blocks] == [False]


def test_damage_at_the_end_of_a_file_is_skipped(opened):
    found = opened(header(), block(1, b"x"), b"\xff" * 50)
    assert found.data == [b"x"]
    assert (found.health.blocks_bad, found.health.bytes_skipped) == (1, 50)


def test_a_long_way_to_the_next_mark_is_searched_piece_by_piece(opened, monkeypatch):
    monkeypatch.setattr(avro_container, "_PIECE_BYTES", 100)
    monkeypatch.setattr(avro_container, "LARGEST_HEADER_BYTES", 100)
    dust = b"\xff" * 1234
    found = opened(header(), block(1, b"x"), dust, SYNC, block(1, b"y"))
    assert found.data == [b"x", b"y"]
    assert found.health.bytes_skipped == 1234 + 16


# -- packing


@pytest.mark.parametrize("cut", [1, 3])
def test_a_packed_block_that_does_not_end_is_damaged(opened, cut):
    packed = deflated(bytes(range(200)))[:-cut]
    found = opened(header(b"deflate"), block(1, packed), block(1, deflated(b"y")))
    assert found.data == [b"y"]
    assert found.health.blocks_bad == 1


def test_what_is_not_packed_is_damaged(opened):
    found = opened(header(b"deflate"), block(1, b"\x07nonsense"), block(1, deflated(b"y")))
    assert found.data == [b"y"]


@pytest.mark.parametrize(("size", "read"), [(1 << 20, True), (3 << 20, False)])
def test_a_block_inflates_to_a_mebibyte_and_128_times_its_size(opened, size, read):
    packed = deflated(bytes(size))
    assert len(packed) * 128 < 1 << 20
    found = opened(header(b"deflate"), block(1, packed), block(1, deflated(b"y")))
    assert [len(each) for each in found.data] == ([size, 1] if read else [1])


# -- schemas that are none


def record(*fields, name="R"):
    inside = ",".join(f'{{"name":"{field}","type":{kind}}}' for field, kind in fields)
    return f'{{"type":"record","name":"{name}","fields":[{inside}]}}'


def nested(depth):
    kind = '"int"'
    for _ in range(depth):
        kind = f'{{"type":"array","items":{{"type":"array","items":{kind}}}}}'
    return record(("x", kind))


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ("{", "is no JSON"),
        ("[" * 50_000, "is no JSON"),
        ('"int"', "is not that of a record"),
        ("[]", "is not that of a record"),
        ('{"type":"enum","name":"R"}', "is not that of a record"),
        ('{"type":"record","fields":[]}', "has a type without a name"),
        ('{"type":"record","name":"R"}', "has a record without fields"),
        ('{"type":"record","name":"R","fields":[5]}', "has a record without fields"),
        ('{"type":"record","name":"R","fields":[{"type":"int"}]}', "has a record without fields"),
        (record(("x", '"lonG"')), "does not say what 'lonG' is"),
        (record(("x", "5")), "does not say what 5 is"),
        (record(("x", '"R"')), "contains 'R' in itself"),
        (record(("x", '{"type":"fixed","name":"F","size":-1}')), "has a size of -1"),
        (record(("x", '{"type":"fixed","name":"F","size":"4"}')), "has a size of '4'"),
        (record(("x", '{"type":"fixed","name":"F"}')), "has a size of None"),
        (record(("x", '{"type":"fixed","name":7,"size":4}')), "has a type without a name"),
        (nested(DEEPEST), "is nested too deep"),
        (record(*((f"f{k}", '"int"') for k in range(MOST_TYPES))), "is too long"),
    ],
    ids=lambda value: value[:30],
)
def test_a_schema_that_cannot_be_walked_is_refused(schema, said):
    with pytest.raises(SchemaError) as refused:
        compile_schema(schema.encode(), frozenset())
    assert str(refused.value) == said


def test_as_many_types_as_are_allowed_are_allowed():
    fields = ((f"f{k}", '"int"') for k in range(MOST_TYPES - 1))
    assert compile_schema(record(*fields).encode(), frozenset()).name == "R"


@pytest.mark.parametrize("kind", ['"int"', '["null","int"]', '{"type":"int"}'])
def test_a_wanted_number_has_a_column_whatever_stands_around_it(kind):
    program = compile_schema(record(("a", '"string"'), ("x", kind)).encode(), frozenset({"x"}))
    assert program.slots == {"x": ("number", 0)}
    assert program.width == 1
    assert program.has({"x": "number"})
    assert not program.has({"x": "text"})
    assert not program.has({"y": "number"})


def test_a_wanted_text_and_wanted_integers_have_two_columns_each():
    schema = record(("t", '"string"'), ("i", '{"type":"array","items":"long"}'), ("x", '"double"'))
    program = compile_schema(schema.encode(), frozenset({"t", "i", "x"}))
    assert program.slots == {"t": ("text", 0), "i": ("integers", 2), "x": ("number", 4)}
    assert program.width == 5


def test_what_a_record_does_not_have_is_unknown():
    program = compile_schema(record(("t", '"string"'), ("x", '"int"')).encode(), frozenset({"t"}))
    values = np.array([np.nan, np.nan])
    assert np.isnan(program.number(values, "x"))
    assert np.isnan(program.number(values, "t"))
    assert program.text(values, "t", np.zeros(5, np.uint8)) == ""
    assert program.text(values, "y", np.zeros(5, np.uint8)) == ""


def test_a_text_is_read_where_it_stands():
    program = compile_schema(record(("t", '"string"')).encode(), frozenset({"t"}))
    data = np.frombuffer("--größe--".encode(), np.uint8)
    assert program.text(np.array([2.0, 7.0]), "t", data) == "größe"


def test_a_name_belongs_to_its_namespace():
    def fixed(space, size):
        return f'{{"type":"fixed","name":"F","namespace":"{space}","size":{size}}}'

    fields = [("p", fixed("a", 1)), ("q", fixed("b", 3)), ("r", '"a.F"'), ("s", '"b.F"')]
    program = compile_schema(record(*fields).encode(), frozenset())
    assert [row[:2] for row in program.rows[:-1].tolist()] == [[SKIP, n] for n in (1, 3, 1, 3)]
