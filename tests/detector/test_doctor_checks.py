"""Each check of the doctor by itself: what it asks, what it answers, and what to do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from detector import doctor
from detector.doctor import Check


@pytest.fixture
def examined(monkeypatch):
    """Let the checks give these answers; what is said, and whether hypnic works."""

    def go(*found):
        monkeypatch.setattr(doctor, "checks", lambda: iter(found))
        monkeypatch.setattr(doctor, "use_own_cache", lambda: None)
        lines: list[str] = []
        return doctor.examine(lines.append), lines

    return go


OK, NOTE = Check("numpy", "ok", "2.4.6"), Check("pandas", "note", "not installed", "install it")
WARN, FAIL = Check("memory", "warn", "0.1 GB free", "end programs"), Check("numba", "fail", "no")

# ------------------------------------------------------------------ what is said


def test_every_answer_is_a_line_and_every_remedy_one_below_it(examined):
    assert examined(OK, NOTE, WARN)[1][:-1] == [
        "ok    numpy         2.4.6",
        "note  pandas        not installed",
        "                    -> install it",
        "warn  memory        0.1 GB free",
        "                    -> end programs",
    ]


@pytest.mark.parametrize(
    ("found", "works", "last"),
    [
        ((OK,), True, "everything works"),
        ((OK, NOTE), True, "everything works"),
        ((OK, WARN, WARN), True, "it works, see the warnings"),
        ((OK, FAIL), False, "1 of 2 checks failed"),
        ((FAIL, WARN, FAIL, OK), False, "2 of 4 checks failed"),
    ],
    ids=["all well", "something optional", "warnings", "a failure", "several"],
)
def test_the_last_line_and_the_answer_agree(examined, found, works, last):
    assert examined(*found)[0] is works
    assert examined(*found)[1][-1] == last


# ------------------------------------------------------------------ packages


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """Pretend that a package of a version is installed, which does this when it is loaded."""

    def lay_out(version, program=""):
        (tmp_path / "made_package.py").write_text(program)
        folder = tmp_path / f"made_package-{version}.dist-info"
        folder.mkdir()
        text = f"Metadata-Version: 2.1\nName: made-package\nVersion: {version}\n"
        (folder / "METADATA").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "made_package", raising=False)

    return lay_out


@pytest.mark.parametrize(
    ("found", "least", "fits"),
    [
        ("1.26", "1.26", True),
        ("1.26.0", "1.26", True),
        ("1.26", "1.26.0", True),
        ("1.25.9", "1.26", False),
        ("1.9", "1.10", False),
        ("1.10", "1.9", True),
        ("2", "1.26", True),
        ("2.0rc1", "2", True),
    ],
)
def test_versions_are_compared_number_by_number(installed, found, least, fits):
    installed(found)
    check = doctor._package("made_package", least)
    assert check.status == ("ok" if fits else "fail")
    if fits:
        assert check == Check("made_package", "ok", found)
    else:
        assert check.text == f"{found} is too old; {least} or newer is needed"
        assert check.remedy == (
            f'to install it: {sys.executable} -m pip install "made_package>={least}"'
        )


def test_a_package_that_is_missing_is_told_with_the_version_needed():
    check = doctor._package("no_such_package", "3.1")
    assert (check.status, check.text) == ("fail", "not installed; 3.1 or newer is needed")
    assert check.remedy.endswith('pip install "no_such_package>=3.1"')


@pytest.mark.parametrize("error", ["ImportError", "ValueError", "RuntimeError"])
def test_a_package_that_cannot_be_loaded_is_told_in_its_own_words(installed, error):
    installed("2.0", f"raise {error}('broken')\n")
    check = doctor._package("made_package", "1.0")
    assert (check.status, check.text) == ("fail", f"2.0: {error}: broken")
    assert check.remedy == "install hypnic again into a fresh environment"


def test_what_is_optional_is_never_a_failure(installed):
    missing = doctor._optional("no_such_package", "wings")
    assert (missing.status, missing.text) == ("note", "not installed; it brings wings")
    assert missing.remedy == f"to install it: {sys.executable} -m pip install no_such_package"
    installed("2.0", "raise ValueError('broken')\n")
    broken = doctor._optional("made_package", "wings")
    assert (broken.status, broken.text) == ("warn", "ValueError: broken")
    assert broken.remedy.endswith("pip install -U made_package")


def test_an_optional_package_that_is_there_is_well(installed):
    installed("2.0")
    assert doctor._optional("made_package", "wings") == Check("made_package", "ok", "2.0")


def test_what_is_needed_is_what_the_project_declares():
    needed = doctor.required()
    assert {"numpy", "numba", "scipy", "cyclopts", "pyarrow"} <= needed.keys()
    assert "tzdata" not in needed
    assert not needed.keys() & doctor.OPTIONAL.keys()


# ------------------------------------------------------------------ the machine


@pytest.mark.parametrize(
    ("value", "status"), [(None, "ok"), ("", "ok"), ("0", "ok"), ("1", "warn"), ("true", "warn")]
)
def test_a_compiler_that_is_off_is_a_warning(monkeypatch, value, status):
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    if value is not None:
        monkeypatch.setenv("NUMBA_DISABLE_JIT", value)
    check = doctor._compiler()
    assert check.status == status
    if status == "warn":
        assert (check.text, check.remedy) == ("off: a night takes hours", "unset NUMBA_DISABLE_JIT")


@pytest.mark.parametrize(
    ("known", "status", "text"),
    [
        ({"Europe/London", "UTC"}, "ok", "2 names"),
        ({"UTC"}, "fail", "no time zone database"),
        (set(), "fail", "no time zone database"),
    ],
    ids=["there", "a part", "none"],
)
def test_time_zones_are_needed(monkeypatch, known, status, text):
    monkeypatch.setattr(doctor, "available_timezones", lambda: known)
    check = doctor._time_zones()
    assert (check.status, check.text) == (status, text)
    assert check.remedy.endswith("pip install tzdata") is (status == "fail")


@pytest.mark.parametrize(
    ("limit", "status", "text"),
    [
        ((1 << 30) - 1, "warn", "this process may use 1.1 GB of address space; 1.1 GB is needed"),
        (500_000_000, "warn", "this process may use 0.5 GB of address space; 1.1 GB is needed"),
        (1 << 30, "ok", "this system does not say what is free"),
        (None, "ok", "this system does not say what is free"),
    ],
)
def test_a_limit_of_the_address_space_is_held_against_what_is_needed(
    monkeypatch, limit, status, text
):
    monkeypatch.setattr(doctor, "address_bytes", lambda: limit)
    monkeypatch.setattr(doctor, "free_bytes", lambda: None)
    check = doctor._memory()
    assert (check.status, check.text) == (status, text)
    assert check.remedy == ("raise the limit: ulimit -v unlimited" if status == "warn" else "")


def test_a_folder_that_can_be_written_is_well_and_nothing_is_left_in_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert doctor._place() == Check("this folder", "ok", f"{Path.cwd()} can be written")
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------ trials


def test_a_trial_says_what_it_found_and_how_long_it_took():
    check = doctor._tested("detection", lambda: "a planted jerk was found")
    assert check.status == "ok"
    assert check.text.startswith("a planted jerk was found (")
    assert check.text.endswith(" s)")


@pytest.mark.parametrize("error", [RuntimeError("2 jerks found"), KeyError("x"), MemoryError()])
def test_a_trial_that_fails_is_told_in_its_own_words(error):
    def fails():
        raise error

    check = doctor._tested("detection", fails)
    assert (check.status, check.text) == ("fail", f"{type(error).__name__}: {error}")
    assert check.remedy == "install hypnic again into a fresh environment"


def test_questions_come_in_order_and_trials_only_where_packages_are_whole(monkeypatch):
    monkeypatch.setattr(doctor, "_selftests", lambda: iter([Check("detection", "ok", "found")]))
    monkeypatch.setattr(doctor, "OPTIONAL", {})
    monkeypatch.setattr(doctor, "required", lambda: {"numpy": "1.0"})
    names = [check.name for check in doctor.checks()]
    assert names == [
        *("python", "numpy", "compiler", "kernel cache", "time zones", "memory", "this folder"),
        "detection",
    ]
    monkeypatch.setattr(doctor, "required", lambda: {"no_such_package": "1.0"})
    *_, last = doctor.checks()
    assert (last.status, last.text) == (
        "fail",
        "not tried: a package is missing or broken, see above",
    )


def test_trials_that_cannot_be_loaded_are_told_and_not_tried(monkeypatch):
    monkeypatch.setitem(sys.modules, "detector.selftest", None)
    (one,) = doctor._selftests()
    assert (one.name, one.status) == ("detection", "fail")
    assert one.text.startswith("ModuleNotFoundError: ")


def test_a_copy_that_is_not_installed_cannot_have_its_packages_checked(monkeypatch):
    def unknown(name):
        raise doctor.PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "requires", unknown)
    assert doctor.required() == {}
    one = doctor._python()
    assert one.status == "warn"
    assert one.text.endswith("which is not installed: packages cannot be checked")
    assert f"-m pip install {Path(doctor.__file__).parents[1]}" in one.remedy


def test_without_a_home_folder_there_is_no_place_for_kernels(monkeypatch):
    def nobody():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(doctor, "lasting_folder", lambda: None)
    monkeypatch.setattr(doctor, "cache_folder", nobody)
    monkeypatch.setenv(doctor.VARIABLE, "/somewhere")
    one = doctor._kernel_cache()
    assert one.status == "warn"
    assert one.text.startswith("the home folder is unknown: kernels are ")
