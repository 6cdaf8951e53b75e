"""Files that users give beside recordings are read whole, or refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from detector.given import content
from detector.parameter import SettingsError


@pytest.mark.parametrize("size", [0, 1, 1 << 20])
def test_a_file_up_to_its_greatest_size_is_read_whole(tmp_path, size):
    (tmp_path / "a").write_bytes(b"x" * size)
    assert content(tmp_path / "a", 1 << 20) == b"x" * size


def test_a_larger_one_is_taken_for_another_kind_of_file(tmp_path):
    (tmp_path / "a").write_bytes(bytes((3 << 20) + 1))
    with pytest.raises(SettingsError) as caught:
        content(tmp_path / "a", 3 << 20)
    assert str(caught.value) == (
        f"{tmp_path / 'a'}: is larger than 3 MiB; is it another kind of file?"
    )


@pytest.mark.parametrize(
    ("name", "why"), [("gone", "No such file or directory"), ("", "Is a directory")]
)
def test_what_cannot_be_read_is_told_with_the_systems_words(tmp_path: Path, name, why):
    with pytest.raises(SettingsError) as caught:
        content(tmp_path / name, 9)
    assert str(caught.value) == f"{tmp_path / name}: cannot be read: {why}"
