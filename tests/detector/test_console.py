"""Messages and progress, on a terminal and elsewhere."""

from __future__ import annotations

import io

import pytest

from detector.console import NORMAL, QUIET, VERBOSE, Bar, Console, Lines, Silence


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.parametrize(
    ("level", "shown"),
    [(QUIET, "wrong\n"), (NORMAL, "usual\nwrong\n"), (VERBOSE, "curious\nusual\nwrong\n")],
)
def test_each_level_shows_what_is_loud_enough(level: int, shown: str) -> None:
    stream = io.StringIO()
    console = Console(stream, level)
    console.detail("curious")
    console.note("usual")
    console.problem("wrong")
    assert stream.getvalue() == shown


def test_what_is_shown_can_move_no_cursor_and_colour_nothing() -> None:
    stream = io.StringIO()
    Console(stream).problem("a\x1b]0;title\x07b\x9b2J\r\x7f\n\tend")
    assert stream.getvalue() == "a\\x1b]0;title\\x07b\\x9b2J\\x0d\\x7f\n\tend\n"


def test_a_quiet_console_shows_no_progress() -> None:
    stream = Terminal()
    with Console(stream, QUIET).progress("run") as bar:
        bar.update(0.5, "half")
    assert stream.getvalue() == ""


def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere() -> None:
    assert isinstance(Console(Terminal()).progress("run"), Bar)
    assert isinstance(Console(io.StringIO()).progress("run"), Lines)
    assert type(Console(io.StringIO(), QUIET).progress("run")) is Silence


def test_a_line_comes_when_five_percent_are_done_but_not_within_ten_seconds() -> None:
    stream, clock = io.StringIO(), Clock()
    lines = Lines(Console(stream), "run", clock)
    lines.update(0.5, "a.cwa")
    assert stream.getvalue() == ""
    clock.now_s += 10
    lines.update(0.049, "a.cwa")
    assert stream.getvalue() == ""
    lines.update(0.05, "a.cwa")
    assert stream.getvalue() == "run   5%  a.cwa\n"
    clock.now_s += 9
    lines.update(0.9, "a.cwa")
    assert stream.getvalue().count("\n") == 1


def test_a_line_comes_at_least_every_minute_while_work_goes_on() -> None:
    stream, clock = io.StringIO(), Clock()
    lines = Lines(Console(stream), "run", clock)
    for _ in range(180):
        clock.now_s += 1
        lines.update(0.01, "slow.csv")
    assert stream.getvalue().splitlines() == ["run   1%  slow.csv"] * 3


def test_a_hundred_recordings_give_at_most_twenty_lines_of_progress() -> None:
    stream, clock = io.StringIO(), Clock()
    lines = Lines(Console(stream), "run", clock)
    for done in range(1000):
        clock.now_s += 1
        lines.update((done + 1) / 1000, "x")
    assert len(stream.getvalue().splitlines()) in {19, 20}


def test_messages_appear_above_the_bar_and_after_it() -> None:
    stream = Terminal()
    console = Console(stream)
    with console.progress("run") as bar:
        bar.update(0.5, "[night].cwa")
        console.note("[first].cwa: ok")
    console.note("last line")
    shown = stream.getvalue()
    assert "[first].cwa: ok\n" in shown
    assert shown.endswith("last line\n")


def test_what_a_console_cannot_show_is_replaced_and_never_an_error() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    Console(stream).note("Jürgen\udcff.cwa")
    assert raw.getvalue() == b"J?rgen?.cwa\n"
