"""The command line: its commands, and the only module that prints or ends the program.

Results and ``--json`` go to the standard output, progress and messages to the standard error.
Exit status: 0 all ok, 1 some failed, 2 wrong usage or settings (before any file is opened),
3 no input found, 130 interrupted.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, cast

from cyclopts import App, CycloptsError

from .commands.answer import FAILED, INTERRUPTED, OK, USAGE, Answer
from .console import Console, mend_streams, plain
from .files import OutputError
from .machine import shortage
from .parameter import SettingsError
from .version import ALGORITHM_VERSION, VERSION

_NAME = "hypnic"

app = App(
    name=_NAME,
    help="Count sleep starts (hypnic jerks) near sleep onset in recorded accelerometer files.",
    version=f"{_NAME} {VERSION} (algorithm {ALGORITHM_VERSION})",
    help_format="plaintext",
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)


_COMMANDS = (
    (
        "running:run",
        "INPUT... -o OUT [OPTIONS]",
        "Analyse recordings and write tables and reports.\n\n"
        "Done recordings are not analysed again if neither they nor the settings have changed.",
    ),
    (
        "inspecting:inspect",
        "INPUT... [OPTIONS]",
        "Show what recordings are and how healthy, without looking for sleep.",
    ),
    (
        "running:merge",
        "OUT [OPTIONS]",
        "Write the tables and the page over all recordings anew, after shards above all.",
    ),
    (
        "demonstrating:demo",
        "-o OUT [OPTIONS]",
        "Make a night with known sleep starts, analyse it, and show found against planted.",
    ),
    ("diaries:diary", "", "Check or convert what wearers noted."),
    ("reviewing:review", "", "Take over what people judged in the report pages."),
    (
        "reviewing:compare",
        "A.csv B.csv [OPTIONS]",
        "Say how far two lists of events agree: labels, events.csv, or any with a column of times.",
    ),
    (
        "exporting:export",
        "RESULTS --to FORMAT -o FOLDER",
        "Write the results of a run in a format of other programs.",
    ),
    ("configuring:config", "", "Show or check settings."),
)
"""Where each command is, what it takes (a group of commands says so itself), and what it does. It
is imported when it is asked for: nobody waits for what another command needs."""

for _place, (_home, _takes, _does) in enumerate(_COMMANDS):
    _called = _home.partition(":")[2]
    _more = {"usage": f"Usage: {_NAME} {_called} {_takes}"} if _takes else {}
    app.command(
        f"{__package__}.commands.{_home}", name=_called, help=_does, sort_key=_place, **_more
    )


class _UnheardError(Exception):
    """The standard output takes nothing more.

    Attributes
    ----------
    seen_enough
        Whether that is because whoever read it (head, less) has gone.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(f"the standard output cannot be written: {error.strerror}")
        self.seen_enough = isinstance(error, BrokenPipeError)


@contextmanager
def _heard() -> Iterator[None]:
    """Tell that the standard output takes nothing more; from then on it leads nowhere.

    Raises
    ------
    _UnheardError
        Of what the system refuses to write.
    """
    try:
        yield
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise _UnheardError(error) from error


def _say(text: str, end: str = "\n") -> None:
    """Write to the standard output."""
    with _heard():
        print(text, end=end, flush=True)


class _Shown:
    """What shows help and version: the console of rich, which is loaded only then."""

    @cached_property
    def _console(self) -> Any:
        from rich.console import Console as RichConsole

        class Telling(RichConsole):
            def on_broken_pipe(self) -> None:
                raise  # noqa: PLE0704 (rich calls this where it has caught that; it would exit)

        return Telling()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._console, name)

    def print(self, *things: Any) -> None:
        """Write to the standard output."""
        console = self._console
        with _heard():
            console.print(*things)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status.

    Parameters
    ----------
    words
        The command line without the program's name; that of the process if None.
    """
    words = _readable(sys.argv[1:] if words is None else words)
    mend_streams()
    messages = Console(sys.stderr)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a console may not know ±, or a file's name
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with _told_to_end():
            answer = app(words, exit_on_error=False, print_error=False, console=cast(Any, _Shown()))
            answer = answer or Answer("")  # of help there is none
            _say(plain(answer.text), end="\n" if answer.text else "")
    except (Exception, KeyboardInterrupt) as error:
        status, problem = _ending(error, words)
        if problem is None:  # a bug
            raise
        if problem:
            messages.problem(f"{_NAME}: {problem}")
        return status
    if answer.closing:
        messages.problem(answer.closing)
    return answer.status


def _ending(error: BaseException, words: Sequence[str]) -> tuple[int, str | None]:
    """Return exit status and message of what ended a command; no message if it is a bug."""
    match error:
        case CycloptsError():
            from .flags import explained

            command = " ".join([_NAME, *(error.command_chain or ())])
            return USAGE, f"{explained(error, words)} (see '{command} --help')"
        case SettingsError():
            return USAGE, str(error)
        case OutputError():
            return FAILED, str(error)
        case _UnheardError():  # with status 0, whoever read it (head, less) has seen enough
            return (OK, "") if error.seen_enough else (FAILED, str(error))
        case KeyboardInterrupt():
            return INTERRUPTED, "interrupted"
    return FAILED, shortage(error)


@contextmanager
def _told_to_end() -> Iterator[None]:
    """Let the ends of a cluster's patience and of a terminal be interruptions like Ctrl-C."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    ends = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    ends = [end for end in ends if signal.getsignal(end) != signal.SIG_IGN]  # as nohup wants it
    before = {end: signal.signal(end, interrupt) for end in ends}
    try:
        yield
    finally:
        for end, handler in before.items():
            signal.signal(end, handler)


@app.command(sort_key=len(_COMMANDS))
def doctor() -> Answer:
    """Check that this installation works, and compile what needs compiling."""
    from .doctor import examine

    return Answer("", OK if examine(_say) else FAILED)


def _readable(words: Sequence[str]) -> Sequence[str]:
    """Put a word in place of ``-``, which the parser takes for an option."""
    if "-" not in words:
        return words
    from .inputs.places import STDIN

    return [STDIN if word == "-" else word for word in words]
