"""Which refusals of the system are one recording's own, and which end a run."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from detector.inputs.sources import Part, Source
from detector.job import RunOptions, not_written
from detector.people.identity import Identity
from detector.people.naming import Named

NAMED = Named(group="g", name="a", row=Identity(), found=Identity())
SOURCE = Source((Part(Path("a.cwa"), "a.cwa"),), NAMED, "a")
OPTIONS = RunOptions()


@pytest.mark.parametrize(
    ("number", "at", "ends_run"),
    [
        (errno.EACCES, "out/recordings/a/crash.log", False),
        (errno.EACCES, b"out/recordings/a/crash.log", False),
        (errno.EACCES, "out/recordings", True),
        (errno.EACCES, "out", True),
        (errno.EDQUOT, "out/recordings/a/events.csv", True),
        (errno.EIO, "out/recordings/a/events.csv", True),
        (errno.ENOSPC, None, True),
    ],
)
def test_only_a_recordings_own_folder_is_refused_for_it_alone(number, at, ends_run):
    error = OSError(number, os.strerror(number), at)
    outcome = not_written(SOURCE, Path("out"), OPTIONS, error)
    assert (outcome.row["status"], outcome.row["reason"]) == ("failed", "not_written")
    assert outcome.ends_run is ends_run
    assert f"cannot be written: {os.strerror(number)}; " in outcome.problem


@pytest.mark.parametrize("at", ["elsewhere/a", "recordings/a", None])
def test_what_is_refused_elsewhere_is_a_bug(at):
    error = PermissionError(errno.EACCES, "no", at)
    assert not_written(SOURCE, Path("out"), OPTIONS, error) is None
