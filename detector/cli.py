"""The command line: the only module that prints to the standard output or ends the program.

Results and ``--json`` go to the standard output, progress and messages to the standard error.
Exit status: 0 all ok, 1 some failed, 2 wrong usage or settings (before any file is opened),
3 no input found, 130 interrupted.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App, CycloptsError

from .cache import use_own_cache
from .commands import Answer, as_json, compare, config, export, review
from .console import Console
from .files import OutputError, writing
from .flags import explained, resolved_settings, two_times, with_settings
from .inputs.places import STDIN
from .options import (
    Checking,
    Converting,
    Looking,
    Merging,
    Running,
    Showing,
    cells_of,
    checked_diary,
)
from .parameter import SettingsError
from .people.sheet import TableError
from .version import ALGORITHM_VERSION, VERSION

if TYPE_CHECKING:
    from .cohort import Summary
    from .job import RunOptions

OK, FAILED, USAGE, NO_INPUT, INTERRUPTED = 0, 1, 2, 3, 130

_NAME = "hypnic"

app = App(
    name=_NAME,
    help="Count sleep starts (hypnic jerks) near sleep onset in recorded accelerometer files.",
    version=f"{_NAME} {VERSION} (algorithm {ALGORITHM_VERSION})",
    help_format="plaintext",
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
app.command(review)
app.command(compare, sort_key=5, usage=f"Usage: {_NAME} compare A.csv B.csv [OPTIONS]")
app.command(export, sort_key=6, usage=f"Usage: {_NAME} export RESULTS --to FORMAT -o FOLDER")
app.command(config)
diary = App(name="diary", help="Check or convert what wearers noted.", sort_key=4)
app.command(diary)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status.

    Parameters
    ----------
    words
        The command line without the program's name; that of the process if None.
    """
    words = [STDIN if word == "-" else word for word in (sys.argv[1:] if words is None else words)]
    messages = Console(sys.stderr)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a console may not know ±, or a file's name
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = app(words, exit_on_error=False, print_error=False)
        if isinstance(status, Answer):
            print(status.text, end="\n" if status.text else "")
            status = status.status
        sys.stdout.flush()
    except CycloptsError as error:
        command = " ".join([_NAME, *(error.command_chain or ())])
        messages.problem(f"{_NAME}: {explained(error, words)} (see '{command} --help')")
        return USAGE
    except SettingsError as error:
        messages.problem(f"{_NAME}: {error}")
        return USAGE
    except OutputError as error:
        messages.problem(f"{_NAME}: {error}")
        return FAILED
    except KeyboardInterrupt:
        messages.problem(f"{_NAME}: interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    return status or OK


_NOTHING_SAID = Looking()
_NOTHING_ASKED = Checking()
_NOTHING_TO_ADD = Converting()
_NOTHING_MIXED = Merging()


@app.command(sort_key=1, usage=f"Usage: {_NAME} run INPUT... -o OUT [OPTIONS]")
@with_settings
def run(*inputs: str, flags: Running, **settings: str) -> int:
    """Analyse recordings and write tables and reports.

    Done recordings are not analysed again if neither they nor the settings have changed.

    Parameters
    ----------
    inputs
        Recorded files, folders that are searched for them, patterns
        ('data/**/*.cwa'), URLs of any of these (s3://, sftp://, https://),
        @list.txt with one of these in a line, or - for such a list on the
        standard input.
    """
    flags.check()
    console = flags.console()
    period = None if flags.sleep_period is None else two_times("--sleep-period", flags.sleep_period)
    resolved = resolved_settings(flags.config, settings)
    _check_inputs(inputs)
    _check_out(flags.out, inputs)
    diary, hypnogram = flags.diary_table(resolved), flags.scored()
    use_own_cache()
    from .anonymise import key_path
    from .job import RunOptions

    options = RunOptions(
        settings=resolved,
        tz=flags.tz,
        device_tz=flags.device_tz,
        site=flags.site or "unknown",
        side=flags.side or "unknown",
        sleep_period=period,
        diary=diary,
        hypnogram=hypnogram,
        use_diary_onset=flags.diary_onset == "use",
        reading=flags.reading(),
        naming=flags.naming(),
        anonymise=flags.anonymise,
    )
    changed = [f"{key} = {value}" for key, value in resolved.changed().items()]
    console.detail(f"settings {resolved.fingerprint()}: {', '.join(changed) or 'all defaults'}")
    if flags.dry_run:
        return _dry_run(inputs, options, flags)
    summary = _watched_run(inputs, flags.out, options, console, **flags.cohort())
    if flags.anonymise and summary.exit_status != NO_INPUT:
        key = key_path(flags.out)
        console.note(f"the key to the pseudonyms is {key}: keep it apart from the results")
    if flags.json:
        _print_json({"exit_status": summary.exit_status, "recordings": summary.rows})
    console.problem(summary.sentence())
    return summary.exit_status


@app.command(sort_key=2.5, usage=f"Usage: {_NAME} merge OUT [OPTIONS]")
def merge(out: Path, *, flags: Merging = _NOTHING_MIXED) -> int:
    """Write the tables and the page over all recordings anew, after shards above all.

    Parameters
    ----------
    out
        Output folder of 'hypnic run'.
    """
    from .cohort import merge as merged

    with writing(out):
        summary = merged(out, mixed=flags.mixed)
    flags.console().problem(summary.sentence())
    return summary.exit_status


@app.command(sort_key=2, usage=f"Usage: {_NAME} inspect INPUT... [OPTIONS]")
def inspect(*inputs: str, flags: Looking = _NOTHING_SAID) -> int:
    """Show what recordings are and how healthy, without looking for sleep.

    Parameters
    ----------
    inputs
        Recorded files, folders that are searched for them, patterns
        ('data/**/*.cwa'), URLs of any of these (s3://, sftp://, https://),
        @list.txt with one of these in a line, or - for such a list on the
        standard input.
    """
    flags.check()
    console = flags.console()
    _check_inputs(inputs)
    use_own_cache()
    from .inspect import inspect_all
    from .inspection import described, listed
    from .job import RunOptions

    options = RunOptions(
        tz=flags.tz, device_tz=flags.device_tz, reading=flags.reading(), naming=flags.naming()
    )
    with console.progress("inspect") as bar:
        found = inspect_all(inputs, options, quick=flags.quick, advance=bar.update)
    names = [(one.title, one.subject.participant_source) for one in found if not one.skipped]
    for text in options.naming.remarks(names):
        console.problem(text)
    failed = sum(one.status == "failed" for one in found)
    recordings = sum(one.status != "skipped" for one in found)
    status = FAILED if failed else OK if recordings else NO_INPUT
    if flags.json:
        _print_json({"exit_status": status, "recordings": [one.as_dict() for one in found]})
    elif len(found) > 1 and not flags.verbose:
        print("\n".join(listed(found)))
    else:
        print("\n\n".join("\n".join(described(one)) for one in found), end="\n" if found else "")
    if status != OK:
        console.problem(f"{failed} of {recordings} failed" if failed else "no recording found")
    return status


@app.command(sort_key=3, usage=f"Usage: {_NAME} demo -o OUT [OPTIONS]")
def demo(*, flags: Showing) -> int:
    """Make a night with known sleep starts, analyse it, and show found against planted."""
    console = flags.console()
    _check_out(flags.out)
    use_own_cache()
    from . import demo as demonstration
    from .job import RunOptions

    console.note("making a night as a GENEActiv would record it")
    with writing(flags.out):
        planned, path = demonstration.make(flags.out, flags.seed)
    options = RunOptions(tz=demonstration.TZ, site="wrist", side="left")
    summary = _watched_run([path], flags.out, options, console)
    if summary.exit_status == OK:
        print("\n".join(demonstration.described(demonstration.compare(planned, flags.out))))
        console.note(f"the report is {flags.out / 'report.html'}")
    console.problem(summary.sentence())
    return summary.exit_status


@app.command(sort_key=8)
def doctor() -> int:
    """Check that this installation works, and compile what needs compiling."""
    use_own_cache()
    from .doctor import checks

    found = {"ok": 0, "warn": 0, "fail": 0}
    for check in checks():
        found[check.status] += 1
        print(f"{check.status:<5} {check.name:<13} {check.text}", flush=True)
        if check.remedy:
            print(f"{'':<19} -> {check.remedy}", flush=True)
    if found["fail"]:
        print(f"{found['fail']} of {sum(found.values())} checks failed")
        return FAILED
    print("it works, see the warnings" if found["warn"] else "everything works")
    return OK


@diary.command(usage=f"Usage: {_NAME} diary check DIARY [INPUT...] [OPTIONS]")
def check(table: Path, *inputs: str, flags: Checking = _NOTHING_ASKED) -> int:
    """Say all that is wrong with a diary, without opening any recording.

    With recordings, whose diary is missing and whose recording is, and which times the zone that
    they were worn in does not have.

    Parameters
    ----------
    table
        The diary (CSV).
    inputs
        The recordings that it belongs to, named as for run.
    """
    flags.check()
    try:
        read = checked_diary(table, flags.settings(), flags.date_order)
        from .diary_match import problems_of
        from .inputs.sources import find_inputs
        from .job import RunOptions

        options = RunOptions(tz=flags.tz, device_tz=flags.device_tz, naming=flags.naming())
        sources = find_inputs(inputs, reading=flags.reading(), naming=options.naming, apart=[table])
        if inputs and all(source.skipped for source in sources):
            raise SettingsError("no recording found")
        problems = problems_of(read, sources, options)
    except TableError as error:
        problems = list(error.problems)
    for text in problems:
        print(f"{table}: {text}")
    if not problems:
        nights = sum(map(len, read.entries.values()))
        factors = f", factors {', '.join(read.columns)}" if read.columns else ""
        print(f"{table}: ok: nights {nights}, participants {len(read.entries)}{factors}")
    return USAGE if problems else OK


@diary.command(usage=f"Usage: {_NAME} diary convert LOG [OPTIONS] > DIARY")
def convert(log: Path, *, flags: Converting = _NOTHING_TO_ADD) -> int:
    """Write a sleep log of GGIR, which has a row per participant, as a diary.

    Parameters
    ----------
    log
        The log (CSV), in the basic or the advanced format.
    """
    from .stated.diary_ggir import converted

    cells = cells_of(flags.settings(), flags.date_order)
    table, left = converted(log, cells, flags.first())
    print(table.decode(), end="")
    if left:
        Console(sys.stderr).problem(f"{log}: a diary has no place for {', '.join(left)}")
    return OK


def _watched_run(
    inputs: Sequence[Path | str], out: Path, options: RunOptions, console: Console, **cohort: Any
) -> Summary:
    from .cohort import run
    from .narrator import Narrator

    with writing(out), _terminated_as_interrupted(), console.progress("run") as bar:
        return run(inputs, out, options, Narrator(console, bar, out), **cohort)


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Let the end of a cluster's patience, SIGTERM, be an interruption like Ctrl-C."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _dry_run(inputs: Sequence[str], options: RunOptions, flags: Running) -> int:
    """Say of every input whether it would be analysed, and why."""
    from .cohort import Shard, found, planned

    sources, remarks = found(inputs, flags.out, options)
    for text in remarks:
        flags.console().problem(text)
    shard = Shard.parse(flags.shard) if flags.shard else None
    plan = planned(sources, flags.out, options, shard=shard, force=flags.force)
    lines = list(plan.lines())
    status = OK if any(each.what != "skip" for each in lines) else NO_INPUT
    if flags.json:
        _print_json({"exit_status": status, "inputs": [each._asdict() for each in lines]})
    else:
        for each in lines:
            print(f"{each.what:<5} {each.path}{each.why and f': {each.why}'}")
    counts = Counter[str](each.what for each in lines)
    words = {"run": "to analyse", "done": "done", "skip": "skipped"}
    said = ", ".join(f"{counts[what]} {word}" for what, word in words.items())
    flags.console().problem(said if status == OK else "no recording found")
    return status


def _check_inputs(inputs: Sequence[str]) -> None:
    if not inputs:
        raise SettingsError("no INPUT given: name recorded files or folders")


def _check_out(out: Path, inputs: Sequence[str] = ()) -> None:
    there = next(path for path in (out, *out.absolute().parents) if path.exists())
    if not there.is_dir():
        raise SettingsError(f"--out {out}: {there} is a file; name a folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise SettingsError(f"--out {out}: you may not write into {there}; name another folder")
    if any(path.is_dir() and path.resolve() == out.resolve() for path in map(Path, inputs)):
        raise SettingsError(f"--out {out} is the folder of the recordings; name another")


def _print_json(content: dict[str, Any]) -> None:
    print(as_json(content))
