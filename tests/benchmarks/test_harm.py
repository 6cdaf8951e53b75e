"""The judge of runs that were disturbed: what it lets pass, and what not."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="faults are injected on Linux")

from harm.power import _complaints
from harm.runs import Case, Ended
from harm.verdict import judged

WHOLE = {
    "recordings.csv": b"recording_id,status\na,ok\n",
    "recordings/a/run.json": b"{}",
    "recordings/a/events.csv": b"x\n1\n",
}
UNDONE = {"recordings.csv": b"recording_id,status\na,failed\n"}
SAID = "hypnic: x cannot be written: No space left on device"


def verdict(folder: Path, files: dict[str, bytes], status: int | None, said: str = SAID, **about):
    chance = random.Random(1)  # noqa: S311 (nothing is secret here)
    case = Case(folder, folder, folder, chance, WHOLE, 1, says="No space", **about)
    for name, data in files.items():
        path = case.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return judged(case, Ended(status, said)).how


@pytest.mark.parametrize(
    ("files", "status", "how"),
    [
        (WHOLE, 0, "right"),
        (WHOLE, 1, "told"),
        (UNDONE, 1, "ledger"),
        ({}, 1, "told"),
        (WHOLE, None, "hung"),
        (UNDONE, 0, "wrong"),
        (WHOLE | {"left": b""}, 0, "wrong"),
        (WHOLE | {"recordings/a/events.csv": b"x\n"}, 1, "wrong"),
        ({"recordings.csv": b"recording_id,status\na,o"}, 1, "wrong"),
        ({"recordings.csv": WHOLE["recordings.csv"]}, 1, "wrong"),
        ({}, 2, "wrong"),
        ({}, -9, "wrong"),
    ],
)
def test_only_what_is_right_or_honest_passes(tmp_path, files, status, how):
    assert verdict(tmp_path, files, status) == how


@pytest.mark.parametrize("said", ["", "something else", f"Traceback (most recent ...\n{SAID}"])
def test_a_failure_without_a_message_that_fits_does_not_pass(tmp_path, said):
    assert verdict(tmp_path, UNDONE, 1, said) == "wrong"


def test_who_is_killed_need_not_say_anything(tmp_path):
    assert verdict(tmp_path, {}, -9, "", dies=True) == "killed"


SYNCED = (
    '1 write(3</out/.a.partial>, ""..., 9) = 9\n'
    "1 fsync(3</out/.a.partial>) = 0\n"
    '1 rename("/out/.a.partial", "/out/a") = 0\n'
    "1 fsync(3</out>) = 0\n"
)


@pytest.mark.parametrize(
    ("left_out", "said"),
    [(None, ""), (1, "/out/.a.partial was named /out/a unsynced"), (3, "names in /out were not")],
)
def test_a_name_before_the_content_or_without_its_folder_is_told(left_out, said):
    lines = [line for n, line in enumerate(SYNCED.splitlines()) if n != left_out]
    complaints = list(_complaints(os.linesep.join(lines), "/out"))
    assert len(complaints) == bool(said)
    assert said in "".join(complaints)
