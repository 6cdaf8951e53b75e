"""EDF and BDF: unpacking against an obvious twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.kernels.edf import unpack_16, unpack_24


def naive(record, first, count, width):
    """x, y, z of every sample of a record."""
    places = [[at + width * k for at in first] for k in range(count)]
    return [
        [int.from_bytes(record[p : p + width], "little", signed=True) for p in axes]
        for axes in places
    ]


@pytest.mark.parametrize("width", [2, 3])
@given(
    records=st.integers(1, 4),
    count=st.integers(1, 9),
    order=st.permutations(range(4)),
    data=st.data(),
)
def test_samples_are_those_of_an_obvious_decoder(width, records, count, order, data):
    size = width * count * 4
    content = data.draw(st.binary(min_size=records * size, max_size=records * size))
    first = [width * count * place for place in order[:3]]
    rows = np.frombuffer(content, np.uint8).reshape(records, size)
    if width == 2:
        found = np.empty(3 * records * count, np.int16)
        unpack_16(rows.view("<i2"), np.array(first) // 2, count, found)
    else:
        found = np.empty(3 * records * count)
        unpack_24(rows, np.array(first), count, found)
    expected = [naive(row.tobytes(), first, count, width) for row in rows]
    assert found.tolist() == np.ravel(expected).tolist()


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b"\0\0\x80", -(2**23)),
        (b"\xff\xff\x7f", 2**23 - 1),
        (b"\xff\xff\xff", -1),
        (b"\1\2\3", 197121),
    ],
)
def test_the_highest_bit_is_the_sign(octets, code):
    found = np.empty(3)
    unpack_24(np.frombuffer(octets, np.uint8)[None], np.zeros(3, np.int64), 1, found)
    assert found.tolist() == [code] * 3
