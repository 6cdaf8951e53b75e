"""What the doctor says of installations that are broken, each in its own way."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from project import ROOT

from detector import cache, doctor
from detector.machine import WORKER_BYTES

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="environments are laid out in another way"
)


def answers(
    python: str | Path = sys.executable, *, words: tuple[str, ...] = ("doctor",), **known: str
) -> tuple[int, dict[str, tuple[str, str, str]]]:
    """Exit status of the doctor, and its answers by name: status, text, remedy."""
    done = subprocess.run(
        [python, "-m", "detector", *words],
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | known,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    found: dict[str, tuple[str, str, str]] = {}
    for line in done.stdout.splitlines()[:-1]:
        if line.startswith(" "):
            name, (status, text, _) = list(found.items())[-1]
            found[name] = status, text, line.strip()
        else:
            status, name, text = line[:5].strip(), line[6:19].strip(), line[20:]
            found[name] = status, text, ""
    assert all(remedy.startswith("-> ") for status, _, remedy in found.values() if status == "warn")
    assert sum(status == "fail" for status, _, _ in found.values()) == int(
        done.stdout.splitlines()[-1].split()[0]
    )
    return done.returncode, found


@pytest.fixture(scope="module")
def bare(tmp_path_factory) -> Path:
    """A Python that has no library at all."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False, symlinks=True)
    return folder / "bin" / "python"


def packed(folder: Path, name: str, version: str, program: str = "") -> str:
    """Lay out a library as an installer would; the folder goes before all others."""
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text(program, "utf-8")
    (folder / f"{name}-{version}.dist-info").mkdir()
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (folder / f"{name}-{version}.dist-info" / "METADATA").write_text(text, "utf-8")
    return os.pathsep.join([str(folder), str(ROOT)])


def requirements(folder: Path) -> str:
    """Lay out hypnic as installed, with what it needs."""
    path = packed(folder, "hypnic", "0.0.0")
    lines = [f"Requires-Dist: {name}>={least}\n" for name, least in doctor.required().items()]
    with (folder / "hypnic-0.0.0.dist-info" / "METADATA").open("a", encoding="utf-8") as file:
        file.writelines(lines)
    return path


@pytest.mark.parametrize("old", ["0.60.0", "0.60.99rc1", "0.9"])
def test_an_old_library_is_named_with_what_is_needed(tmp_path, old):
    status, found = answers(PYTHONPATH=packed(tmp_path, "numba", old))
    assert status == 1
    assert found["numba"][:2] == ("fail", f"{old} is too old; 0.61 or newer is needed")
    assert found["numba"][2].endswith('pip install "numba>=0.61"')
    assert found["detection"][:2] == (
        "fail",
        "not tried: a package is missing or broken, see above",
    )
    assert found["numpy"][0] == "ok"


def test_a_library_that_cannot_be_loaded_is_told_in_its_own_words(tmp_path):
    broken = "raise ImportError('needs NumPy 1.26 or less')\n"
    status, found = answers(PYTHONPATH=packed(tmp_path, "pyarrow", "99.0", broken))
    assert status == 1
    assert found["pyarrow"][1] == "99.0: ImportError: needs NumPy 1.26 or less"
    assert "fresh environment" in found["pyarrow"][2]


def test_without_any_library_the_doctor_still_speaks(bare, tmp_path):
    """And without time zones: there are neither those of the system nor of a package."""
    status, found = answers(bare, PYTHONPATH=requirements(tmp_path), PYTHONTZPATH="")
    assert status == 1
    missing = {name for name, (how, _, _) in found.items() if how == "fail"}
    assert missing == {*doctor.required(), "time zones", "detection"}
    least = doctor.required()["cyclopts"]
    assert found["cyclopts"][1] == f"not installed; {least} or newer is needed"
    assert found["cyclopts"][2] == f'-> to install it: {bare} -m pip install "cyclopts>={least}"'
    assert found["time zones"][2].endswith("pip install tzdata")
    assert found["kernel cache"][0] == "ok"


def test_what_is_optional_is_no_fault_and_says_what_it_would_bring(bare, tmp_path):
    _, found = answers(bare, PYTHONPATH=requirements(tmp_path))
    for name, brings in doctor.OPTIONAL.items():
        assert found[name][:2] == ("note", f"not installed; it brings {brings}")
        assert found[name][2].endswith(f"pip install {name}")


def test_an_optional_library_that_is_broken_is_a_warning(tmp_path):
    path = packed(tmp_path, "pandas", "1.0", "raise ValueError('numpy.dtype size changed')\n")
    packed(tmp_path, "numba", "0.1")  # so that nothing is compiled for this test
    _, found = answers(PYTHONPATH=path)
    assert found["pandas"][:2] == ("warn", "ValueError: numpy.dtype size changed")


def test_a_copy_that_was_never_installed_is_said_to_be_one(bare, tmp_path):
    (tmp_path / "detector").symlink_to(ROOT / "detector")
    (tmp_path / "recordings").symlink_to(ROOT / "recordings")
    program = "import sys; from detector.__main__ import main; sys.argv[1:] = ['doctor']; main()"
    done = subprocess.run(
        [bare, "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    first, remedy = done.stdout.splitlines()[:2]
    assert first.startswith("warn  python")
    assert "is not installed: packages cannot be checked" in first
    assert "-m pip install" in remedy
    assert "fail  detection     ModuleNotFoundError" in done.stdout


def test_other_commands_name_the_missing_library_and_point_to_the_doctor(bare):
    done = subprocess.run(
        [bare, "-m", "detector", "run", "night.cwa"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"hypnic: No module named 'cyclopts' ('{bare} -m detector doctor' says more)\n"
    )


def test_a_fault_of_our_own_keeps_its_traceback(bare, tmp_path):
    packed(tmp_path, "cyclopts", "99", "from detector import no_such_thing\n")
    done = subprocess.run(
        [bare, "-m", "detector", "run"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Traceback" in done.stderr


# ------------------------------------------------------------------ folders and memory


def test_a_cache_that_can_be_written_nowhere_is_explained(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file" / "cache"))
    monkeypatch.setattr(cache, "_PACKAGE", tmp_path / "file")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    cache.use_own_cache()
    check = doctor._kernel_cache()
    assert check.status == "warn"
    assert "cannot be written: kernels are compiled in every run" in check.text
    assert check.remedy.startswith(f"set {cache.VARIABLE} ")
    monkeypatch.delenv(cache.VARIABLE)
    assert "kernels cannot be compiled" in doctor._kernel_cache().text


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no folder that nobody can write")
def test_a_place_where_nothing_can_be_written_is_a_warning(monkeypatch):
    monkeypatch.chdir("/proc")
    check = doctor._place()
    assert (check.status, check.text) == ("warn", "/proc cannot be written")
    assert check.remedy.endswith("-o FOLDER")


def test_a_place_that_is_gone_is_a_warning(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert doctor._place().text == "it has been deleted"
    monkeypatch.chdir(tmp_path)
    assert doctor._place().status == "ok"


@pytest.mark.parametrize(
    ("free", "status", "words"),
    [
        (None, "ok", "does not say"),
        (WORKER_BYTES - 1, "warn", "a recording may need 0.4 GB"),
        (WORKER_BYTES, "ok", "0.4 GB free: 1 at once"),
    ],
)
def test_too_little_memory_is_a_warning(monkeypatch, free, status, words):
    for module in ("doctor", "machine"):
        monkeypatch.setattr(f"detector.{module}.free_bytes", lambda: free)
    check = doctor._memory()
    assert check.status == status
    assert words in check.text


@pytest.mark.parametrize(("limit_kb", "status"), [("900000", "warn"), ("unlimited", "ok")])
def test_a_limit_of_address_space_is_seen(limit_kb, status):
    program = "from detector.doctor import _memory; print(_memory())"
    done = subprocess.run(
        ["sh", "-c", f"ulimit -v {limit_kb}; exec '{sys.executable}' -c '{program}'"],  # noqa: S607 (any sh)
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert f"status='{status}'" in done.stdout
    assert ("ulimit -v unlimited" in done.stdout) == (status == "warn")
