"""What is released: what the archives hold, and what is said of it."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest
from project import ROOT, project_files

from detector.version import ALGORITHM_VERSION, VERSION

CHANGES = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def release() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", ROOT / ".ci" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """The files of the repository as they are now, and nothing else."""
    folder = tmp_path_factory.mktemp("release") / "source"
    for path in project_files():
        to = folder / path.relative_to(ROOT)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)
    return folder


def test_wheel_and_source_archive_hold_the_packages_and_what_is_read_beside_them(
    release, source, tmp_path
):
    """The wheel is built from the source archive, without any network."""
    pytest.importorskip("build", reason="comes with '.[dev]'")
    wheel, archive = release.built(source, tmp_path, "--no-isolation")
    assert wheel.name == f"hypnic-{VERSION}-py3-none-any.whl"
    assert archive.name == f"hypnic-{VERSION}.tar.gz"
    in_wheel = release.held(wheel)
    assert release.differences(in_wheel, release.wheel_files(source)) == []
    assert {"detector/py.typed", "detector/report/style.css", release.SAMPLE} <= in_wheel
    in_archive = release.held(archive)
    assert release.differences(in_archive, release.source_files(source)) == []
    assert {"docs/method.md", "CHANGELOG.md", *in_wheel} <= in_archive


def test_a_file_that_is_lost_or_too_much_is_named(release):
    assert release.differences({"a", "b"}, {"b", "c"}) == [
        "c is missing",
        "a does not belong there",
    ]


def test_the_newest_changes_are_those_of_this_version():
    heads = re.findall(r"^## (\S+) - (?:unreleased|\d{4}-\d\d-\d\d)$", CHANGES, re.MULTILINE)
    assert heads[0] == VERSION
    assert len(heads) == CHANGES.count("\n## ")


def test_the_changes_say_of_every_version_whether_results_change():
    for part in CHANGES.split("\n## ")[1:]:
        first = part.split("\n\n")[1]
        assert first.startswith(("Changes results:", "Changes no results")), part[:40]


def test_the_changes_say_what_every_algorithm_changed():
    """A number that is raised in the program is explained here."""
    told = re.findall(r"^\| (\d+) \| [^|]{20,} \|$", CHANGES, re.MULTILINE)
    assert told == [str(n) for n in range(int(ALGORITHM_VERSION), 0, -1)]
