"""The kernel that reads GENEActiv pages equals its naive twin, whatever the bytes."""

from __future__ import annotations

from pathlib import Path

import made_recordings as made
import naive_geneactiv as naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.kernels import geneactiv

REAL = (Path(__file__).parents[1] / "data" / "gnactv_50hz.bin").read_bytes()
STATUS = {
    geneactiv.GOOD: "good",
    geneactiv.BAD_HEADER: "bad_header",
    geneactiv.BAD_HEX: "bad_hex",
    geneactiv.CUT: "cut",
}
HEAD = (
    b"Recorded Data\nDevice Unique Serial Code:051386\nSequence Number:%d\n"
    b"Page Time:2019-05-21 16:16:43:500\nUnassigned:\nTemperature:28.2\nBattery voltage:4.1642\n"
    b"Device Status:Recording\nMeasurement Frequency:50.0\n"
)
DIGITS = made.resting(300, step=1)


def page(number=0, digits=b"F2202700B000" * 20):
    return HEAD % number + digits + b"\n"


def pages_part(content):
    return content[content.index(b"Recorded Data") :]


def scan(content, *, final=True, capacity=64):
    """What the kernel makes of a buffer: pages, samples, bytes used."""
    data = np.frombuffer(content + b"#", np.uint8)  # a byte behind the end that must not count
    pages = np.zeros(capacity, geneactiv.PAGE)
    samples = np.zeros((len(content) // 12 + 1, 3), np.int16)
    count, rows, used = geneactiv.scan_pages(data, len(content), final, pages, samples)
    return pages[:count], samples[:rows], used


def scan_in_parts(content, size):
    """The same out of a buffer that is smaller than the file."""
    pages, samples = [], []
    begin = 0
    while True:
        stop = min(begin + size, len(content))
        part, rows, used = scan(content[begin:stop], final=stop == len(content), capacity=2)
        part["offset"] += begin
        pages.append(part.copy())
        samples.append(rows)
        if stop == len(content) and not len(part):
            break
        begin += used
        assert used or stop == len(content), "no progress"
    assert begin + used == len(content)
    return np.concatenate(pages), np.concatenate(samples)


def assert_equal_to_twin(content):
    pages, samples, used = scan(content)
    expected = naive.pages_of(content)
    assert used == len(content)
    assert [STATUS[p["status"]] for p in pages] == [p.status for p in expected]
    for name in ("offset", "sequence", "time_ns", "rate_hz", "temperature_c"):
        np.testing.assert_array_equal(pages[name], [getattr(p, name) for p in expected])
    assert pages["samples"].tolist() == [len(p.samples) for p in expected]
    np.testing.assert_array_equal(
        samples, np.concatenate([naive.NONE, *(p.samples for p in expected)])
    )


@pytest.mark.parametrize(
    "content", [pages_part(REAL), pages_part(made.geneactiv(DIGITS))], ids=["real", "made"]
)
def test_pages_equal_those_of_the_twin(content):
    assert_equal_to_twin(content)
    assert len(scan(content)[1]) % 300 == 0


def test_all_codes_of_twelve_bits_are_read_in_both_cases_of_letters():
    codes = np.arange(-2048, 2048)
    digits = b"".join(b"%03X" % (code & 0xFFF) * 3 + b"000" for code in codes.tolist())
    for text in (digits, digits.lower()):
        samples = scan(page(0, text))[1]
        np.testing.assert_array_equal(samples, np.column_stack([codes] * 3))


@pytest.mark.parametrize("byte", range(256))
def test_a_byte_is_a_digit_or_spoils_its_page(byte):
    digits = bytearray(b"F2202700B000" * 20)
    digits[123] = byte
    content = page(0, bytes(digits)) + page(1)
    pages, samples, _ = scan(content)
    good = bytes([byte]) in b"0123456789abcdefABCDEF"
    assert STATUS[pages[0]["status"]] == ("good" if good else "bad_hex")
    assert len(samples) == (40 if good else 20)
    assert_equal_to_twin(content)


def test_a_file_cut_at_any_byte_gives_its_whole_samples():
    content = page(0) + page(1, b"0123456789AB" * 20)
    whole = scan(content)[1]
    starts = [len(HEAD % 0), len(page(0)) + len(HEAD % 1)]
    for cut in range(len(content)):
        pages, samples, used = scan(content[:cut])
        complete = [min(max(cut - start, 0) // 12, 20) for start in starts]
        assert len(samples) == sum(complete), cut
        np.testing.assert_array_equal(samples, whole[: len(samples)])
        assert set(pages["status"].tolist()) <= {geneactiv.GOOD, geneactiv.CUT}
        assert used == cut
        assert_equal_to_twin(content[:cut])


@pytest.mark.parametrize("size", [3900, 4000, 5003, 8192, 20_000])
def test_the_size_of_the_buffer_does_not_matter(size):
    damaged = page(1).replace(b"F2202700B000", b"F2202700B00G", 1)
    content = pages_part(REAL) + b"dust\n\n" + damaged + page(2) + pages_part(REAL)[:2000]
    pages, samples, _ = scan(content)
    in_parts, samples_in_parts = scan_in_parts(content, size)
    np.testing.assert_array_equal(in_parts, pages)
    np.testing.assert_array_equal(samples_in_parts, samples)


@pytest.mark.parametrize(
    "change",
    [
        (b"\n", b"\r\n"),
        (b"50.0\n", b"50,0 Hz\n"),
        (b"28.2", b" 28,2  "),
        (b"Recorded Data\n", b"Recorded Data \0\n"),
        (b"Unassigned:\n", b""),
        (b"Unassigned:\n", b"Unassigned:x\nButton:1\n"),
        (b"2019-05-21 16:16:43:500", b"2019-5-21 16:16:43:500"),
        (b"28.2", b"-3.5"),
        (b"16:16:43:500", b"16:16:43:000000500"),
    ],
    ids=str,
)
def test_other_ways_to_write_a_page_are_read(change):
    content = (page(0) + page(1)).replace(*change)
    assert_equal_to_twin(content)
    assert len(scan(content)[1]) == 40


@pytest.mark.parametrize(
    "change",
    [
        (b"Sequence Number:0", b"Sequence Number:"),
        (b"Sequence Number:0", b"Sequence Number:-1"),
        (b"Sequence Number:0", b"Sequence Number:1.5"),
        (b"Page Time:2019", b"Page Time:0000"),
        (b"2019-05-21", b"2019-02-29"),
        (b"2019-05-21", b"2019-13-21"),
        (b"16:16:43:500", b"24:16:43:500"),
        (b"16:16:43:500", b"16:16:43"),
        (b"16:16:43:500", b"16:16:43:0000000500"),
        (b"Measurement Frequency:50.0", b"Measurement Frequency:0"),
        (b"Measurement Frequency:50.0", b"Measurement Frequency:fast"),
        (b"Measurement Frequency:50.0\n", b""),
    ],
    ids=str,
)
def test_a_page_with_an_unreadable_header_is_left_out(change):
    content = page(0).replace(*change) + page(1)
    assert_equal_to_twin(content)
    pages, samples, _ = scan(content)
    assert STATUS[pages[0]["status"]] == "bad_header"
    assert len(samples) == 20


@pytest.mark.parametrize(
    ("content", "used"),
    [
        (b"", 0),
        (b"Recorded Da", 0),
        (b"dust\nRecorded Da", 5),
        (b"dust\ndust\n", 10),
        (b"dust\n" + HEAD % 0, 5),
        (b"dust\n" + page(0)[:-1], 5),
    ],
)
def test_what_the_buffer_breaks_off_waits_for_the_next_one(content, used):
    pages, samples, consumed = scan(content, final=False)
    assert (len(pages), len(samples), consumed) == (0, 0, used)


def test_a_leap_day_is_a_day():
    for year, there in ((2020, True), (2019, False), (2000, True), (2100, False)):
        content = page(0).replace(b"2019-05-21", b"%d-02-29" % year)
        assert_equal_to_twin(content)
        assert len(scan(content)[1]) == (20 if there else 0)


@pytest.mark.parametrize(("missing", "left"), [(1, 0), (11, 0), (12, 299), (600, 250), (3599, 0)])
def test_a_page_that_lost_digits_is_good_only_if_samples_are_whole(missing, left):
    content = page(0, b"F2202700B000" * 300)
    cut = content[: len(HEAD)] + content[len(HEAD) + missing :] + page(1, b"F2202700B000" * 300)
    assert_equal_to_twin(cut)
    assert scan(cut)[0]["samples"].tolist() == [left, 300]


@given(
    changes=st.lists(
        st.tuples(
            st.floats(0, 1, exclude_max=True),
            st.sampled_from(["put", "cut", "set"]),
            st.sampled_from(
                [b"\0", b"\n", b"\r\n", b":", b"G", b"7", b"Recorded Data\n", b"\xff", b",", b" "]
            ),
        ),
        max_size=6,
    )
)
def test_damaged_bytes_equal_their_twin(changes):
    content = bytearray(page(0) + page(1) + page(2, b"0123456789AB" * 7))
    for place, what, text in changes:
        at = int(place * len(content))
        until = at if what == "put" else at + len(text)
        content[at:until] = b"" if what == "cut" else text
    assert_equal_to_twin(bytes(content))
