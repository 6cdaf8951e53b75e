"""Where compiled kernels are kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from project import ROOT

from detector import cache


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.delenv(cache.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    return monkeypatch


@pytest.mark.usefixtures("environment")
def test_the_folder_belongs_to_user_version_interpreter_and_numba(tmp_path: Path) -> None:
    folder = cache.cache_folder()
    assert folder.parent == tmp_path / "hypnic"
    assert cache.VERSION in folder.name
    assert "-py3." in folder.name
    assert "-numba" in folder.name
    assert "unknown" not in folder.name


@pytest.mark.usefixtures("environment")
def test_the_folder_is_made_and_numba_is_told() -> None:
    cache.use_own_cache()
    assert os.environ[cache.VARIABLE] == str(cache.cache_folder())
    assert list(cache.cache_folder().iterdir()) == []


def test_a_folder_chosen_by_the_user_stays(environment: pytest.MonkeyPatch) -> None:
    environment.setenv(cache.VARIABLE, "/elsewhere")
    cache.use_own_cache()
    assert os.environ[cache.VARIABLE] == "/elsewhere"


def test_numbas_own_choice_stays_where_ours_cannot_be_written(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    environment.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    cache.use_own_cache()
    assert cache.VARIABLE not in os.environ


def test_a_user_without_a_home_is_served(environment: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    environment.delenv("XDG_CACHE_HOME")
    environment.setattr(Path, "home", homeless)
    cache.use_own_cache()
    assert cache.VARIABLE not in os.environ


def test_numba_is_loaded_without_linear_algebra_which_others_can_still_load() -> None:
    program = (
        "import sys\n"
        "from detector.cache import load_numba\n"
        "load_numba()\n"
        "import numba\n"
        "assert numba.njit(lambda x: x + 1)(1) == 2\n"
        "assert 'numba.np.arraymath' in sys.modules\n"
        "assert 'scipy.linalg' not in sys.modules\n"
        "import scipy.linalg.cython_blas\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], cwd=ROOT, check=True)
