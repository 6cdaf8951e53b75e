"""Messages and progress, on a terminal and elsewhere: a bar there, lines here."""

from __future__ import annotations

import io

import pytest

from detector.console import NORMAL, QUIET, VERBOSE, Bar, Console, Lines, Silence, plain


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


def test_what_a_console_cannot_show_is_replaced_and_never_an_error() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    Console(stream).note("Jürgen\udcff.cwa")
    assert raw.getvalue() == b"J?rgen?.cwa\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("ä ± 漢 \U0001f634", "ä ± 漢 \U0001f634"),
        ("\x00\x08\x0b\x1f", "\\x00\\x08\\x0b\\x1f"),
        ("\x7f\x80\x9f\xa0", "\\x7f\\x80\\x9f\xa0"),
        ("", ""),
    ],
    ids=["tabs and ends of lines", "letters", "commands", "commands of eight bits", "nothing"],
)
def test_a_text_is_shown_without_what_a_terminal_would_obey(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_who_looks_is_known_by_the_stream() -> None:
    assert Console(Terminal()).is_terminal
    assert not Console(io.StringIO()).is_terminal


def test_a_stream_without_encoding_gets_what_every_one_can_show() -> None:
    class Bare(io.StringIO):
        encoding = None  # type: ignore[assignment]  # as some have it

    stream = Bare()
    Console(stream).note("Jürgen")
    assert stream.getvalue() == "J?rgen\n"


def test_a_stream_on_a_full_disk_stops_nothing() -> None:
    class Full(io.StringIO):
        def write(self, _text: str, /) -> int:
            raise OSError(28, "No space left on device")

    Console(Full()).problem("nobody reads this")


def test_each_message_is_there_at_once() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="utf-8")
    Console(stream).problem("ä")
    assert raw.getvalue() == "ä\n".encode()


# ------------------------------------------------------------------ bars


def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere() -> None:
    assert isinstance(Console(Terminal()).progress("run"), Bar)
    assert isinstance(Console(io.StringIO()).progress("run"), Lines)
    assert type(Console(io.StringIO(), QUIET).progress("run")) is Silence


def test_a_quiet_console_shows_no_progress() -> None:
    stream = Terminal()
    with Console(stream, QUIET).progress("run") as bar:
        bar.update(0.5, "half")
    assert stream.getvalue() == ""


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


def test_a_bar_shows_how_far_the_work_is_and_goes_away() -> None:
    stream = Terminal()
    with Console(stream).progress("run") as bar:
        bar.update(0.25, "reading [a].cwa")
    shown = stream.getvalue()
    assert "run" in shown
    assert " 25%" in shown
    assert "reading [a].cwa" in shown
    assert shown.endswith("\x1b[2K")  # the line of the bar is cleared


def test_what_a_bar_shows_can_move_no_cursor() -> None:
    stream = Terminal()
    with Console(stream).progress("run") as bar:
        bar.update(0.5, "a\x1b]0;title\x07b.cwa")
    assert "a\\x1b]0;title\\x07b.cwa" in stream.getvalue()


def test_a_bar_that_was_not_begun_or_has_ended_shows_nothing() -> None:
    stream = Terminal()
    bar = Console(stream).progress("run")
    bar.update(0.5, "early")
    assert stream.getvalue() == ""


def test_a_failure_takes_the_bar_away_and_goes_on() -> None:
    stream = Terminal()
    console = Console(stream)
    with pytest.raises(KeyError), console.progress("run"):
        raise KeyError
    console.note("after it")
    assert stream.getvalue().endswith("after it\n")


# ------------------------------------------------------------------ lines


@pytest.mark.parametrize(
    ("pause_s", "share", "shown"),
    [
        (9.9, 0.5, False),
        (10.0, 0.05, True),
        (10.0, 0.049, False),
        (59.9, 0.0, False),
        (60.0, 0.0, True),
    ],
    ids=["too soon", "five per cent", "less", "nearly a minute", "a minute"],
)
def test_when_a_line_is_due(pause_s: float, share: float, *, shown: bool) -> None:
    stream, clock = io.StringIO(), Clock()
    lines = Lines(Console(stream), "inspect", clock)
    clock.now_s += pause_s
    lines.update(share, "a.cwa")
    assert stream.getvalue() == (f"inspect {share:4.0%}  a.cwa\n" if shown else "")


def test_the_next_line_is_due_from_the_last_one_on() -> None:
    stream, clock = io.StringIO(), Clock()
    lines = Lines(Console(stream), "run", clock)
    for share in (0.05, 0.09, 0.10, 0.14, 0.16):
        clock.now_s += 10
        lines.update(share, "a")
    assert [line.split()[1] for line in stream.getvalue().splitlines()] == ["5%", "10%", "16%"]


def test_lines_are_said_only_to_who_wants_them() -> None:
    stream, clock = io.StringIO(), Clock()
    lines = Lines(Console(stream, QUIET), "run", clock)
    clock.now_s += 100
    lines.update(0.5, "a")
    assert stream.getvalue() == ""


def test_by_default_what_happens_is_shown() -> None:
    assert Console(io.StringIO()).level == NORMAL


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
