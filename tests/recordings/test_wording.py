"""What comes from files and users can be shown in a message, whatever it is."""

from __future__ import annotations

import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_edf import edf, stating_of
from made_gt3x import zipped
from made_recordings import resting

from recordings import RecordingError, legible, open_recording


@given(st.text(st.characters(exclude_categories=[]), max_size=300), st.integers(10, 100))
def test_any_text_becomes_one_short_line_that_can_be_shown(text, most):
    shown = legible(text, most)
    assert shown.isprintable()
    assert len(shown) <= most + len(" ... ") + 1
    assert legible(shown, 1000) == shown


def test_what_a_terminal_would_obey_is_written_as_its_code():
    assert legible("a\x1b[2Jb\nc\u202ed\udcffé") == r"a\x1b[2Jb\nc\u202ed\udcffé"


def test_of_a_long_text_the_place_and_the_remedy_are_kept():
    said = legible(f"row 3: {'x' * 10_000} is no time; write 22:30", 100)
    assert said.startswith("row 3: xxx")
    assert said.endswith("xxx is no time; write 22:30")


def test_a_question_is_followed_by_its_answer():
    error = RecordingError("a.csv", "which unit?", remedy="state it")
    assert str(error) == "a.csv: which unit? state it"


@pytest.mark.parametrize(
    "content",
    [
        zipped({"new\nline": b"1", "\x1b[2J": b"2"}),
        zipped({"x" * 60_000: b"1"}, zipfile.ZIP_BZIP2),
        stating_of(edf(resting(600, step=1)), 1, label="\x07\x1b[2JAcc"),
    ],
    ids=["control characters", "a name without end", "a label"],
)
def test_names_from_files_cannot_spoil_a_message(saved, content):
    with pytest.raises(RecordingError) as caught:
        open_recording(saved(content))
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 2000
