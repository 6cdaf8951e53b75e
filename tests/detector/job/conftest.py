"""A recording of a minute with its results, and what is said of one."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace

import numpy as np
import pytest

from detector.inputs.sources import Part, find_inputs
from detector.job import (
    RunOptions,
    Standing,
    perform,
    standing,
)
from detector.people.identity import Identity
from detector.people.naming import Named
from recordings import SECOND_NS
from recordings.writers import CwaLayout, write_cwa

EVENING_NS = 1_709_672_400 * SECOND_NS
OPTIONS = RunOptions(tz="Europe/Berlin", site="wrist", side="left")


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A folder with a recording of a minute and its results; not to be changed."""
    folder = tmp_path_factory.mktemp("done")
    codes = np.rint(np.random.default_rng(0).normal((10, -20, 255), 1.2, (6000, 3)))
    times_ns = EVENING_NS + np.arange(6000) * (SECOND_NS // 100)
    write_cwa(folder / "a.cwa", [(codes.astype(np.int16), times_ns)], CwaLayout(packed=False))
    os.utime(folder / "a.cwa", ns=(EVENING_NS, EVENING_NS))
    outcome = perform(*source_in(folder), OPTIONS)
    assert outcome.row["status"] == "ok_with_warnings"
    return folder


@pytest.fixture
def folder(done, tmp_path):
    """A copy that a test may change."""
    return shutil.copytree(done, tmp_path / "copy")


def source_in(folder, **changes):
    (source,) = find_inputs([folder / "a.cwa"])
    parts = (Part(folder / "a.cwa", "a.cwa"),)
    return replace(source, parts=parts, **changes), folder / "out"


def stands(folder, options=OPTIONS, **changes) -> Standing:
    return standing(*source_in(folder, **changes), options)


def run_json(folder):
    return json.loads((folder / "out" / "recordings" / "a" / "run.json").read_text("utf-8"))


def change_run(folder, **values):
    path = folder / "out" / "recordings" / "a" / "run.json"
    path.write_text(json.dumps({**run_json(folder), **values}), encoding="utf-8")


def said(**row) -> Named:
    return Named(group="a", name="a", row=Identity(**row), found=Identity())
