"""The bytes of a written CWA file: each field at the offset and in the form that is stated."""

from __future__ import annotations

import struct

import made_recordings as made
import numpy as np
import pytest

from recordings.writers import CwaLayout, write_cwa

CODES = made.resting(1200)


# -- Axivity: header


def u16(content, at):
    return struct.unpack_from("<H", content, at)[0]


def u32(content, at):
    return struct.unpack_from("<I", content, at)[0]


def ax3():
    return made.cwa(CODES, true_hz=100.0, device_id=39_434, session=0x01020304)


def ax6():
    return made.cwa(
        CODES * 4,
        true_hz=100.0,
        hardware="ax6",
        packed=False,
        gyroscope=True,
        device_id=6_011_802,
        range_g=16,
        notes={"_p": "left wrist", "_sc": "a&b"},
    )


@pytest.mark.parametrize(
    ("at", "of_ax3", "of_ax6"),
    [
        (0, b"MD\xfc\x03", b"MD\xfc\x03"),  # mark, 1020 bytes behind it
        (4, b"\x00", b"\x64"),  # AX3, AX6
        (5, struct.pack("<H", 39_434), struct.pack("<H", 6_011_802 & 0xFFFF)),
        (7, b"\x04\x03\x02\x01", b"\x01\x00\x00\x00"),  # session
        (11, b"\xff\xff", struct.pack("<H", 6_011_802 >> 16)),  # 0xFFFF means 0
        (13, bytes(4), bytes(4)),  # begins at once
        (17, b"\xff" * 4, b"\xff" * 4),  # never ends
        (21, bytes(4), bytes(4)),
        (35, b"\x00", b"\x02"),  # without and with a gyroscope of 8000 / 4 deg/s
        (36, b"\x4a", b"\x0a"),  # 100 Hz at 8 g and at 16 g
        (41, b"\x2d", b"\x38"),  # firmware 45 and 56
        (42, b"\xff" * 22, b"\xff" * 22),  # no zone
        (64, b"_p=left+wrist   ", b"_p=left+wrist&_sc=a%26b  "),
        (512, b"\xff" * 512, b"\xff" * 512),
    ],
)
def test_a_field_of_a_cwa_header_stands_at_its_offset(at, of_ax3, of_ax6):
    assert ax3()[at : at + len(of_ax3)] == of_ax3
    assert ax6()[at : at + len(of_ax6)] == of_ax6


# -- Axivity: blocks


@pytest.mark.parametrize(
    ("at", "form", "value"),
    [
        (0, "2s", b"AX"),
        (2, "H", 508),
        (6, "I", 0x01020304),
        (10, "I", 3),
        (18, "H", 300),
        (20, "H", 276),  # (31 + 50) * 256 / 75
        (22, "B", 0),
        (23, "B", 190),
        (24, "B", 0x4A),
        (25, "B", 0x30),
        (28, "H", 120),
    ],
)
def test_a_field_of_a_cwa_block_stands_at_its_offset(at, form, value):
    block = ax3()[1024 + 3 * 512 :][:512]
    assert struct.unpack_from("<" + form, block, at) == (value,)


def test_a_block_of_an_ax6_states_its_units_and_six_channels():
    block = ax6()[1024:][:512]
    assert u16(block, 18) == 300 | 2 << 10 | 3 << 13  # 8000 / 4 deg/s; 1 / 2^11 g
    assert (block[25], u16(block, 28)) == (0x62, 40)
    samples = np.frombuffer(block, "<i2", 240, 30).reshape(40, 6)
    assert not samples[:, :3].any()
    np.testing.assert_array_equal(samples[:, 3:], CODES[:40] * 4)


@pytest.mark.parametrize("make", [ax3, ax6])
def test_the_words_of_a_block_add_up_to_nothing(make):
    words = np.frombuffer(make(), "<u2", offset=1024).reshape(-1, 256).astype(int)
    assert not (words.sum(axis=1) % 65_536).any()


def test_events_say_that_logging_began_at_the_first_block_of_every_run():
    content = made.cwa(CODES, restarts={4: 60.0})
    events = [content[1024 + 512 * k + 22] for k in range(10)]
    assert events == [1, 0, 0, 0, 1, 0, 0, 0, 0, 0]


def test_a_stamp_belongs_to_the_first_look_at_the_clock_behind_a_block():
    # 25 samples between looks: behind block 3, which ends at 480, the device held 500
    block = ax3()[1024 + 3 * 512 :][:512]
    packed, fraction, offset = u32(block, 14), u16(block, 4), struct.unpack_from("<h", block, 26)[0]
    # sample 500, 140 of the block, is taken five seconds behind 21:59:59.25
    assert packed == 24 << 26 | 3 << 22 | 5 << 17 | 22 << 12 | 0 << 6 | 4
    assert fraction == 0x8000 | 32_768 // 4
    assert offset + ((fraction << 1 & 0xFFFF) * 100 >> 16) == 140


@pytest.mark.parametrize(
    ("layout", "code"),
    [
        ({"rate_hz": 3200, "range_g": 16}, 0x0F),
        ({"rate_hz": 6.25, "range_g": 8}, 0x46),
        ({"rate_hz": 50, "range_g": 4}, 0x89),
        ({"rate_hz": 12.5, "range_g": 2}, 0xC7),
    ],
)
def test_rate_and_range_are_one_byte(layout, code):
    assert CwaLayout(**layout).rate_code == code


@pytest.mark.parametrize(
    ("layout", "packing", "samples", "fifo", "exponent"),
    [
        ({}, 0x30, 120, 25, 2),
        ({"packed": False, "range_g": 16}, 0x32, 80, 25, 3),
        ({"hardware": "ax6", "packed": False, "range_g": 2}, 0x32, 80, 1, 0),
        ({"hardware": "ax6", "packed": False, "gyroscope": True, "range_g": 4}, 0x62, 40, 1, 1),
    ],
)
def test_what_a_layout_means_for_blocks(layout, packing, samples, fifo, exponent):
    made_of = CwaLayout(**layout)
    assert (made_of.packing, made_of.block, made_of.fifo) == (packing, samples, fifo)
    assert made_of.exponent == exponent


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"hardware": "ax6"}, "an AX6 does not pack its samples"),
        ({"gyroscope": True}, "only an AX6 has a gyroscope"),
        ({"range_g": 6}, "range_g = 6 is none of 2, 4, 8, 16"),
        ({"rate_hz": 85.7}, "rate_hz = 85.7 is not 3200 / 2^n"),
    ],
)
def test_a_device_that_does_not_exist_is_named(wrong, said):
    with pytest.raises(ValueError) as refused:  # noqa: PT011 (the message is compared below)
        CwaLayout(**wrong)
    assert str(refused.value) == said


@pytest.mark.parametrize("code", [2044, -2048])
def test_the_outermost_codes_that_can_be_packed(tmp_path, code):
    codes = CODES.copy()
    codes[0, 0] = code
    assert write_cwa(tmp_path / "x", [(codes, made.sample_times(1200, 100.0))]) == 1200


@pytest.mark.parametrize(("range_g", "multiple"), [(16, 8), (8, 4), (4, 2)])
def test_a_code_that_cannot_be_packed_is_told_with_what_could_be(tmp_path, range_g, multiple):
    codes = np.full((120, 3), multiple // 2, np.int16)
    said = (
        f"cannot be packed at \\+-{range_g} g: it must be a multiple of {multiple} within 10 bits"
    )
    with pytest.raises(ValueError, match=said):
        write_cwa(
            tmp_path / "x", [(codes, made.sample_times(120, 100.0))], CwaLayout(range_g=range_g)
        )
