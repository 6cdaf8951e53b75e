"""What hides one recording: digests that need the key, dates that move, words that are left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detector.people.veil import HIDDEN, Veil, bare_traceback, digest
from detector.reasons import REMARKS
from recordings import SECOND_NS, Chunk, Header, Health, Remark, Segment

KEY, OTHER_KEY = b"0" * 32, b"1" * 32
WEEK_NS = 7 * 86_400 * SECOND_NS


# ------------------------------------------------------------------ digests


def test_a_digest_is_the_same_for_the_same_words_and_key_alone():
    made = digest(KEY, "participant", "Anna")
    assert made == digest(KEY, "participant", "Anna")
    others = [
        digest(OTHER_KEY, "participant", "Anna"),
        digest(KEY, "recording", "Anna"),
        digest(KEY, "participant", "Anne"),
        digest(KEY, "participantAnna"),
        digest(KEY, "participant", "An", "na"),
        digest(KEY, 'participant", "Anna'),
    ]
    assert len({made, *others}) == 1 + len(others)
    assert len(made) == 64
    assert set(made) <= set("0123456789abcdef")


def test_values_are_sealed_whatever_their_keys_order():
    veil = Veil(KEY, 0)
    assert veil.seal({"a": 1, "b": [2.5, None]}) == veil.seal({"b": [2.5, None], "a": 1})
    assert veil.seal({"a": 1}) != veil.seal({"a": 2})
    assert veil.seal("x") != Veil(OTHER_KEY, 0).seal("x")


def test_the_key_is_not_shown_with_the_veil():
    assert "000" not in repr(Veil(KEY, 0))


# ------------------------------------------------------------------ mistakes of the program


def test_a_mistake_says_where_it_happened_and_not_to_what():
    with pytest.raises(ValueError, match="Anna") as caught:
        int("Anna Smith, born 1980")
    text = bare_traceback(caught.value)
    first, where, last = text.splitlines()
    assert first == "ValueError"
    assert where.startswith("people/test_veil.py:")
    assert where.endswith(" in test_a_mistake_says_where_it_happened_and_not_to_what")
    assert last == f"the message was {HIDDEN}"
    assert text.endswith("\n")


# ------------------------------------------------------------------ a recording

HEADER = Header(
    format="axivity-cwa",
    device="AX3",
    serial="31152",
    firmware="44",
    nominal_hz=100.0,
    range_g=8.0,
    utc_offset_s=3600,
    utc_known=True,
    notes={"subject": "Anna"},
)


class Two:
    """A recording of two segments, whose health is true to what has been read."""

    def __init__(self, header=HEADER):
        self.path, self.header, self.health = "anna.cwa", header, Health()

    def chunks(self):
        self.health = Health(blocks=3)
        for number, start_ns in enumerate((10**18, 10**18 + 10**13)):
            chunk = Chunk.uniform(np.zeros((100, 3)), 100.0, start_ns)
            for half in chunk.split(50):
                self._count(half, number)
                yield half
        self.health.remark("clock_jumped", "Anna's clock jumped")

    def _count(self, chunk, number):
        segments = self.health.segments
        if len(segments) > number:
            old = segments.pop()
            chunk_samples, start_ns = old.samples + len(chunk), old.start_ns
        else:
            chunk_samples, start_ns = len(chunk), chunk.start_ns
        segments.append(Segment(start_ns, chunk.end_ns, chunk_samples, "start"))
        self.health.bytes_read += len(chunk)


def veiled(shift_ns=-WEEK_NS, header=HEADER):
    real = Two(header)
    return real, Veil(KEY, shift_ns).over(real)


def test_of_a_known_device_the_model_stays_and_serial_and_notes_do_not():
    _, hidden = veiled()
    assert hidden.header == replace(HEADER, serial=None, notes={})
    assert hidden.path == "anna.cwa"


@pytest.mark.parametrize("name", ["csv", "edf", "empatica-e4-csv"])
def test_where_the_model_may_be_anybodys_words_it_does_not_stay(name):
    _, hidden = veiled(header=replace(HEADER, format=name))
    assert (hidden.header.device, hidden.header.firmware) == (None, None)
    assert (hidden.header.format, hidden.header.nominal_hz) == (name, 100.0)
    assert (hidden.header.utc_offset_s, hidden.header.utc_known) == (3600, True)


def test_every_time_moves_by_the_shift_and_every_sample_stays():
    real, hidden = veiled()
    for there, here in zip(real.chunks(), hidden.chunks(), strict=True):
        assert here.start_ns == there.start_ns - WEEK_NS
        assert here.end_ns == there.end_ns - WEEK_NS
        assert (here.first_index, here.opens_segment) == (there.first_index, there.opens_segment)
        np.testing.assert_array_equal(here.samples, there.samples)


def test_health_is_moved_too_and_true_to_what_was_read():
    real, hidden = veiled()
    for here in hidden.chunks():
        told = [
            (s.start_ns + WEEK_NS, s.end_ns + WEEK_NS, s.samples) for s in hidden.health.segments
        ]
        assert told == [(s.start_ns, s.end_ns, s.samples) for s in real.health.segments]
        assert hidden.health.end_ns == here.end_ns
    assert (hidden.health.blocks, hidden.health.bytes_read) == (3, 200)
    assert [s.samples for s in hidden.health.segments] == [100, 100]


def test_a_remark_says_what_its_code_says_of_any_recording():
    _, hidden = veiled()
    assert len([*hidden.chunks()]) == 4
    general = REMARKS["clock_jumped"].sentence.removesuffix(".")  # others may follow it
    assert hidden.health.remarks == [Remark("clock_jumped", general)]


def test_a_new_pass_begins_with_a_fresh_health():
    _, hidden = veiled()
    for _ in range(2):
        first = next(iter(hidden.chunks()))
        assert hidden.health.samples == len(first) == 50


def test_without_a_shift_that_keeps_all_offsets_dates_stay():
    real, hidden = veiled(shift_ns=None)
    assert next(iter(hidden.chunks())).start_ns == next(iter(real.chunks())).start_ns
