"""What is compiled before workers begin is compiled once."""

from __future__ import annotations

import pytest

from detector import selftest
from detector.cache import VARIABLE


def test_kernels_are_compiled_once_for_a_processor(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    selftest.compile_all()
    assert [path.name.startswith("compiled-for-") for path in tmp_path.iterdir()] == [True]
    monkeypatch.setattr(selftest, "find_planted_jerk", pytest.fail)
    selftest.compile_all()


def test_without_a_folder_for_them_they_are_compiled_all_the_same(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    selftest.compile_all()
    assert list(tmp_path.iterdir()) == []
