"""Compiled templates are kept beside compiled kernels, and nothing depends on it."""

from __future__ import annotations

import pytest

from detector.cache import VARIABLE
from detector.report import render

PAGE = "base.html"


@pytest.fixture
def fresh(monkeypatch):
    """Make an environment of templates as a new process would, with kernels in a folder."""

    def make(folder):
        monkeypatch.setenv(VARIABLE, str(folder))
        return render._environment.__wrapped__()

    return make


def kept(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("__jinja2_*")}


def test_a_template_is_compiled_once(fresh, tmp_path):
    fresh(tmp_path).get_template(PAGE)
    first = kept(tmp_path)
    assert first
    fresh(tmp_path).get_template(PAGE)
    assert kept(tmp_path) == first


def test_a_template_that_cannot_be_kept_is_used_all_the_same(fresh, tmp_path):
    assert fresh(tmp_path / "gone").get_template(PAGE)


def test_a_torn_template_is_compiled_again(fresh, tmp_path):
    fresh(tmp_path).get_template(PAGE)
    for name in kept(tmp_path):
        path = tmp_path / name
        path.write_bytes(path.read_bytes()[:-100])
    assert fresh(tmp_path).get_template(PAGE)
