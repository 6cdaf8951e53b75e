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


def test_a_folder_chosen_by_the_user_stays(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv(cache.VARIABLE, str(tmp_path / "chosen"))
    cache.use_own_cache()
    assert os.environ[cache.VARIABLE] == str(tmp_path / "chosen")
    assert cache.lasting_folder() == tmp_path / "chosen"


def test_ours_takes_the_place_of_a_chosen_folder_that_cannot_be_written(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    environment.setenv(cache.VARIABLE, str(tmp_path / "file" / "chosen"))
    cache.use_own_cache()
    assert os.environ[cache.VARIABLE] == str(cache.cache_folder())


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


def test_where_nothing_can_be_written_kernels_are_those_of_this_run(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    environment.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    environment.setattr(cache, "_PACKAGE", tmp_path / "file")
    environment.setattr("tempfile.tempdir", str(tmp_path))
    cache.use_own_cache()
    assert cache.lasting_folder() is None
    folder = Path(os.environ[cache.VARIABLE])
    assert folder.parent == tmp_path
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("environment")
def test_kernels_that_are_all_there_need_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.use_own_cache()
    monkeypatch.delenv(cache.VARIABLE)
    (cache.cache_folder() / f"{cache.COMPLETE}this").touch()
    monkeypatch.setattr(cache, "is_writable", lambda _: False)
    cache.use_own_cache()
    assert os.environ[cache.VARIABLE] == str(cache.cache_folder())


@pytest.mark.parametrize("keep", [0, 1, 200, -1])
def test_a_kernel_that_a_power_cut_has_torn_is_compiled_anew(
    environment: pytest.MonkeyPatch, tmp_path: Path, keep: int
) -> None:
    code = (
        "from detector.cache import use_own_cache; use_own_cache()\n"
        "import numba\n"
        "@numba.njit(cache=True)\n"
        "def twice(x): return 2 * x\n"
        "print(twice(21))\n"
    )
    (tmp_path / "made.py").write_text(code)
    environment.setenv("PYTHONPATH", str(Path(__file__).parents[2]))

    def run() -> str:
        command = [sys.executable, str(tmp_path / "made.py")]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert run() == "42\n"
    kernels = list(cache.cache_folder().rglob("*.nb[ic]"))
    assert len(kernels) == 2
    for path in kernels:
        path.write_bytes(path.read_bytes()[:keep])
    assert run() == "42\n"
    assert all(path.read_bytes().endswith(b".") for path in kernels)
