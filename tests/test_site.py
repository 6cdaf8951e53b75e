"""The pages of the documentation make a site, with everything that Python users may rely on."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from project import ROOT, project_files

import detector
import recordings
from recordings import synthetic


def test_every_page_is_in_the_list_of_the_site():
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8").splitlines()
    pages = {
        f"/docs/{path.stem}" for path in project_files("docs/*.md") if path.parent.name == "docs"
    }
    assert pages - {"/docs/index"} - set(index) == set()


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site, built without a single warning."""
    pytest.importorskip("sphinx", reason="comes with '.[dev]' and '.[docs]'")
    pytest.importorskip("myst_parser", reason="comes with '.[dev]' and '.[docs]'")
    folder = tmp_path_factory.mktemp("site")
    words = ["-q", "-W", "--keep-going", "-c", "docs", "-d", folder / "trees", "-b", "html"]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *words, ".", folder / "html"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_every_page_is_in_the_site(site):
    pages = [*project_files("docs/*.md", "docs/**/*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"]
    names = [path.relative_to(ROOT).with_suffix(".html") for path in pages]
    assert [name for name in names if not (site / name).is_file()] == []


def test_everything_that_python_users_may_rely_on_is_explained(site):
    text = (site / "docs" / "api.html").read_text(encoding="utf-8")
    names = [
        f"{package.__name__}.{name}"
        for package in (detector, recordings, synthetic)
        for name in package.__all__
        if inspect.isroutine(value := getattr(package, name)) or inspect.isclass(value)
    ]
    assert len(names) > 30
    assert [name for name in names if f'id="{name}"' not in text] == []


def test_every_option_of_every_command_is_in_the_site(site):
    text = (site / "docs" / "commands.html").read_text(encoding="utf-8")
    assert [o for o in ("--tz", "--local-cluster", "--tolerance-s") if f">{o}<" not in text] == []
