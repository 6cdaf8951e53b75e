"""``hypnic diary``: what wearers noted, checked and converted."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from detector.options import Checking, Converting, cells_of, checked_diary
from detector.parameter import SettingsError
from detector.people.sheet import TableError

from .answer import OK, USAGE, Answer

_NOTHING_ASKED = Checking()
_NOTHING_TO_ADD = Converting()

diary = App(name="diary")


@diary.command(usage="Usage: hypnic diary check TABLE [INPUT...] [OPTIONS]")
def check(table: Path, *inputs: str, flags: Checking = _NOTHING_ASKED) -> Answer:
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
        from detector.diary_match import problems_of
        from detector.inputs.sources import find_inputs
        from detector.job import RunOptions

        options = RunOptions(tz=flags.tz, device_tz=flags.device_tz, naming=flags.naming())
        sources = find_inputs(inputs, reading=flags.reading(), naming=options.naming, apart=[table])
        if inputs and all(source.skipped for source in sources):
            raise SettingsError("no recording found")
        problems = problems_of(read, sources, options)
    except TableError as error:
        problems = list(error.problems)
    if problems:
        return Answer("\n".join(f"{table}: {text}" for text in problems), USAGE)
    nights = sum(map(len, read.entries.values()))
    factors = f", factors {', '.join(read.columns)}" if read.columns else ""
    return Answer(f"{table}: ok: nights {nights}, participants {len(read.entries)}{factors}", OK)


@diary.command(usage="Usage: hypnic diary convert LOG [OPTIONS] > DIARY")
def convert(log: Path, *, flags: Converting = _NOTHING_TO_ADD) -> Answer:
    """Write a sleep log of GGIR, which has a row per participant, as a diary.

    Parameters
    ----------
    log
        The log (CSV), in the basic or the advanced format.
    """
    from detector.stated.diary_ggir import converted

    cells = cells_of(flags.settings(), flags.date_order)
    table, left = converted(log, cells, flags.first())
    closing = f"{log}: a diary has no place for {', '.join(left)}" if left else ""
    return Answer(table.decode().rstrip("\n"), OK, closing)
