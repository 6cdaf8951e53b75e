"""The program's entry where a library is missing."""

from __future__ import annotations

import sys

import pytest

from detector.__main__ import main


@pytest.fixture
def without(monkeypatch):
    """Take a module away, and let the command line be loaded anew."""

    def take(name, *words):
        monkeypatch.delitem(sys.modules, "detector.cli", raising=False)
        monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.setattr(sys, "argv", ["hypnic", *words])

    return take


def test_a_missing_library_is_named_with_the_command_that_says_more(without, capsys):
    without("cyclopts", "run", "a.cwa")
    assert main() == 1
    said = capsys.readouterr().err
    assert said.startswith("hypnic: ")
    assert "cyclopts" in said
    assert said.endswith(f"('{sys.executable} -m detector doctor' says more)\n")


def test_the_doctor_speaks_without_the_library_too(without, capsys, monkeypatch):
    without("cyclopts", "doctor")
    monkeypatch.setattr("detector.doctor.examine", lambda say: say("what is wrong"))
    assert main() == 1
    assert capsys.readouterr() == ("what is wrong\n", "")


def test_a_module_of_our_own_that_is_missing_keeps_its_traceback(without):
    without("detector.console", "run")
    with pytest.raises(ImportError, match=r"detector\.console"):
        main()


def test_all_else_is_the_command_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["hypnic", "--version"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("hypnic ")
