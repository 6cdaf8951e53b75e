"""A small cohort with a damaged file, analysed undisturbed once."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_cohort import make_cohort

from detector.cohort import RunOptions, run

OPTIONS = RunOptions(tz="Europe/London", site="wrist")
ARGUMENTS = ("--tz", "Europe/London", "--site", "wrist", "-q")
"""The same on the command line."""


def content(out: Path) -> dict[str, bytes]:
    """Every file of an output folder but the ledgers of shards."""
    files = (path for path in sorted(out.rglob("*")) if path.is_file())
    named = {path.relative_to(out).as_posix(): path.read_bytes() for path in files}
    return {name: data for name, data in named.items() if not name.startswith("shards/")}


@pytest.fixture(scope="session")
def cohort(tmp_path_factory):
    """Seven recordings of three formats; the last one is no recording."""
    folder = tmp_path_factory.mktemp("cohort") / "data"
    make_cohort(folder, 6, hours=0.5)
    (folder / "noise.cwa").write_bytes(b"no recording" * 100)
    return folder


@pytest.fixture(scope="session")
def undisturbed(cohort, tmp_path_factory):
    """The output folder of a run in this process."""
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    assert run([cohort], out, OPTIONS).exit_status == 1
    return out
