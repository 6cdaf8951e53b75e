"""How a command ends: which status, which words, and which signals are interruptions."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from detector.cli import _ending, _readable, _told_to_end, main
from detector.commands.answer import (
    FAILED,
    INTERRUPTED,
    NO_INPUT,
    OK,
    USAGE,
    Answer,
    as_json,
)
from detector.commands.reviewing import Comparing
from detector.files import OutputError
from detector.parameter import SettingsError
from detector.version import VERSION


def test_statuses_are_those_of_the_contract():
    assert (OK, FAILED, USAGE, NO_INPUT, INTERRUPTED) == (0, 1, 2, 3, 130)


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (SettingsError("--rate 0 is outside"), USAGE, "--rate 0 is outside"),
        (OutputError("out/a cannot be written"), FAILED, "out/a cannot be written"),
        (KeyboardInterrupt(), INTERRUPTED, "interrupted"),
        (
            MemoryError(),
            FAILED,
            "the memory does not suffice; give it more (see ulimit -v), then run again",
        ),
        (
            OSError(errno.EMFILE, "no", "a.html"),
            FAILED,
            "too many open files; raise their limit (ulimit -n), then run again",
        ),
        (ZeroDivisionError(), FAILED, None),
        (OSError(errno.EIO, "no"), FAILED, None),
    ],
    ids=["settings", "results", "interrupted", "memory", "files", "a bug", "a bug of the system"],
)
def test_what_ended_a_command_gives_status_and_words(error, status, said):
    assert _ending(error, []) == (status, said)


def test_a_wrong_command_line_points_to_the_help_of_its_command(capsys):
    assert main(["run", "a"]) == USAGE
    assert capsys.readouterr().err == "hypnic: --out is missing (see 'hypnic run --help')\n"
    assert main(["diary", "check"]) == USAGE
    assert capsys.readouterr().err.endswith("(see 'hypnic diary check --help')\n")
    assert main(["rnu"]) == USAGE
    assert capsys.readouterr().err.endswith("(see 'hypnic --help')\n")


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (["run", "-", "-o", "x"], ["run", "@-", "-o", "x"]),
        (["inspect", "a", "-q"], ["inspect", "a", "-q"]),
        (["run", "@-"], ["run", "@-"]),
        ([], []),
    ],
)
def test_a_dash_alone_stands_for_the_standard_input(words, read):
    assert list(_readable(words)) == read


ENDS = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has it")
@pytest.mark.parametrize("end", ENDS)
def test_a_wish_to_end_is_an_interruption_and_only_while_a_command_runs(end):
    before = signal.signal(end, signal.SIG_DFL)  # these tests themselves may run under nohup
    try:
        with pytest.raises(KeyboardInterrupt), _told_to_end():
            os.kill(os.getpid(), end)
        assert signal.getsignal(end) == signal.SIG_DFL
    finally:
        signal.signal(end, before)


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has it")
@pytest.mark.parametrize("end", ENDS)
def test_a_wish_that_shall_not_be_heard_stays_unheard(end):
    before = signal.signal(end, signal.SIG_IGN)
    try:
        with _told_to_end():
            os.kill(os.getpid(), end)
        assert signal.getsignal(end) == signal.SIG_IGN
    finally:
        signal.signal(end, before)


# ------------------------------------------------------------------ answers


def test_an_answer_is_well_and_has_no_more_to_say_unless_it_does():
    assert Answer("x") == ("x", OK, "")


def test_json_has_its_format_and_the_version_first():
    found = json.loads(as_json({"exit_status": 0, "recordings": []}))
    assert found == {"format": 1, "version": VERSION, "exit_status": 0, "recordings": []}
    assert list(found)[:2] == ["format", "version"]


def test_text_goes_to_the_standard_output_and_closing_words_to_the_other(tmp_path, capsys):
    log = tmp_path / "log.csv"
    log.write_text("ID,onset_N1,wakeup_N1,nap\n7,2024-03-05 23:00,2024-03-06 07:00,x\n")
    assert main(["diary", "convert", str(log)]) == OK
    said = capsys.readouterr()
    assert said.out.splitlines()[1] == "7,2024-03-05,,,2024-03-05T23:00:00,2024-03-06T07:00:00,"
    assert said.err == f"{log}: a diary has no place for nap\n"


# ------------------------------------------------------------------ checks of a comparison


@pytest.mark.parametrize("tolerance_s", [0, 0.5, 60])
def test_events_may_lie_up_to_a_minute_apart(tolerance_s):
    Comparing(tolerance_s=tolerance_s).check(Path("a.csv"), Path("b.csv"))


@pytest.mark.parametrize(
    ("tolerance_s", "shown"), [(-0.001, "-0.001"), (60.1, "60.1"), (float("nan"), "nan")]
)
def test_another_tolerance_is_refused_with_what_is_allowed(tolerance_s, shown):
    with pytest.raises(SettingsError) as caught:
        Comparing(tolerance_s=tolerance_s).check(Path("a.csv"), Path("b.csv"))
    assert str(caught.value) == f"--tolerance-s {shown} is outside 0 to 60 s"


@pytest.mark.parametrize("out", ["a.csv", "./b.csv", "x/../a.csv"])
def test_a_list_is_never_overwritten(tmp_path, monkeypatch, out):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError) as caught:
        Comparing(out=Path(out)).check(Path("a.csv"), Path("b.csv"))
    assert str(caught.value) == f"--out {Path(out)} is one of the lists; name another file"
    Comparing(out=Path("c.csv")).check(Path("a.csv"), Path("b.csv"))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [(None, []), ("", []), ("a", ["a"]), ("a,b", ["a", "b"]), (" a , ,b,", ["a", "b"])],
)
def test_kinds_are_named_one_by_one(text, kinds):
    assert Comparing(kinds=text).kinds_named == kinds


# ------------------------------------------------------------------ settings shown and checked


def test_a_file_that_is_wrong_ends_the_check_with_its_name(tmp_path, capsys):
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text("")
    bad.write_text("[scan]\non_factor = 99\n")
    assert main(["config", "validate", str(good), str(bad)]) == USAGE
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"hypnic: {bad}: scan.on_factor = 99 is outside 1.5 to 6\n"


# ------------------------------------------------------------------ diaries checked


@pytest.fixture
def diary(tmp_path, capsys):
    """Write a diary and check it: status, what is said on both streams."""

    def check(rows, *words):
        path = tmp_path / "d.csv"
        path.write_text(f"participant_id,night_date,wake{rows}")
        status = main(["diary", "check", str(path), *words])
        said = capsys.readouterr()
        return status, said.out.replace(f"{path}: ", ""), said.err

    return check


def test_a_sound_diary_is_summed_up(diary):
    rows = ",stress,tea\nanna,2024-03-05,6:00,1,2\nanna,2024-03-06,6:00,1,2\nbert,2024-03-05,,,\n"
    assert diary(rows) == (OK, "ok: nights 3, participants 2, factors stress, tea\n", "")
    assert diary("\nanna,2024-03-05,6:00\n") == (OK, "ok: nights 1, participants 1\n", "")


def test_all_that_is_wrong_with_a_diary_is_a_line_each(diary):
    status, said, _ = diary("\nanna,2024-03-05,25:00\n,2024-03-05,6:00\n")
    assert status == USAGE
    assert said.splitlines() == [
        "row 2, wake: '25:00' is not a time of day; write it like 22:30",
        "row 3, participant_id: is empty",
    ]


def test_a_zone_lets_times_be_checked_that_it_does_not_have(diary):
    rows = "\nanna,2024-03-30,1:30\n"
    assert diary(rows)[0] == OK
    status, said, _ = diary(rows, "--tz", "Europe/London")
    assert (status, said) == (
        USAGE,
        "row 2, wake: 2024-03-31 01:30 does not exist in Europe/London: clocks were set forward\n",
    )


def test_recordings_that_are_none_cannot_be_checked_against(diary, tmp_path):
    (tmp_path / "empty").mkdir()
    status, _, said = diary("\nanna,2024-03-05,6:00\n", str(tmp_path / "empty"))
    assert (status, said) == (USAGE, "hypnic: no recording found\n")


@pytest.mark.parametrize(
    ("words", "status", "shown"),
    [
        (["--version"], OK, f"hypnic {VERSION} "),
        (["config", "validate"], USAGE, ""),
    ],
)
def test_the_program_and_its_module_are_entered_alike(monkeypatch, capsys, words, status, shown):
    from detector.__main__ import main as entry

    monkeypatch.setattr(sys, "argv", ["hypnic", *words])
    assert entry() == status
    assert capsys.readouterr().out.startswith(shown)
