"""What is compiled before workers begin is compiled once."""

from __future__ import annotations

import re

import numpy as np
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


def test_a_jerk_that_was_planted_is_found_where_it_was():
    said = selftest.find_planted_jerk()
    found = re.fullmatch(r"a planted jerk was found, ([+-]\d+) ms away", said)
    assert abs(int(found[1])) <= 50


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda night: np.tile(night[:1000], (17, 1)), "0 jerks found where one was planted"),
        (lambda night: night[100:], r"planted jerk was found -(9\d\d|10\d\d) ms away"),
        (
            lambda night: np.concatenate([night[:100], night]),
            r"planted jerk was found \+(9\d\d|10\d\d) ms away",
        ),
        (
            lambda night: np.concatenate([night, night[2000:]]),
            "2 jerks found where one was planted",
        ),
    ],
    ids=["none", "too early", "too late", "two"],
)
def test_a_detection_that_is_broken_is_told(monkeypatch, change, said):
    night = change(selftest._quiet_with_one_jerk())
    monkeypatch.setattr(selftest, "_quiet_with_one_jerk", lambda: night)
    with pytest.raises(RuntimeError, match=said):
        selftest.find_planted_jerk()


def test_the_recording_that_comes_along_is_read_to_its_end():
    assert selftest.scan_bundled() == "ax3_thigh25_short_night.cwa.gz holds 483 000 samples"


def test_a_little_of_every_format_is_read():
    assert re.fullmatch(r"[\d ]+ samples of all formats were read", selftest.read_every_format())
