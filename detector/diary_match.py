"""Whose diary is whose: rows and recordings by participant, times by the zone that was worn in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from .inputs.sources import Source
from .job import RunOptions, subject_of
from .parameter import SettingsError
from .people.sheet import refuse
from .stated.diary import Diary
from .stated.diary_table import DiaryTable

_MOST_SHOWN = 5


def with_diaries(sources: Sequence[Source], options: RunOptions) -> tuple[list[Source], list[str]]:
    """Return the inputs with what their wearers noted, and whom the diary misses or adds.

    Raises
    ------
    SettingsError
        If the diary is of none of them, or has a time that their zone does not.
    """
    table = options.diary
    if table is None:
        return list(sources), []
    unmatched = _strangers(table, sources)
    if not any(s.named.participant_id in table.entries for s in sources if not s.skipped):
        refuse(table.path, unmatched)
    found, problems = _settled(table, sources, options)
    refuse(table.path, problems)
    return found, [f"{table.path.name}: {text}" for text in unmatched]


def with_hypnogram(sources: Sequence[Source], options: RunOptions) -> list[Source]:
    """Return the inputs, the one recording among them with its stages.

    Raises
    ------
    SettingsError
        If there is not one recording, or its zone does not have the hypnogram's time.
    """
    if options.hypnogram is None:
        return list(sources)
    wanted = [source for source in sources if not source.skipped]
    if len(wanted) != 1:
        raise SettingsError(f"--hypnogram is of one recording, but there are {len(wanted)}")
    subject = subject_of(wanted[0], options)
    name = subject.tz or subject.device_tz
    hypnogram, problem = options.hypnogram.settled(ZoneInfo(name) if name else None)
    if problem:
        raise SettingsError(f"--hypnogram: {problem}")
    return [s if s.skipped else replace(s, hypnogram=hypnogram) for s in sources]


def problems_of(table: DiaryTable, sources: Sequence[Source], options: RunOptions) -> list[str]:
    """Say all that a run over these inputs would refuse or remark; of the table alone if none."""
    if sources:
        return [*_strangers(table, sources), *_settled(table, sources, options)[1]]
    tz = options.tz or options.device_tz
    problems = dict[str, int]()
    for who in table.entries if tz else ():
        problems |= _in_zone(table.of(who), ZoneInfo(tz or "UTC"))[1]
    return sorted(problems, key=lambda text: problems[text])


def _settled(
    table: DiaryTable, sources: Sequence[Source], options: RunOptions
) -> tuple[list[Source], list[str]]:
    """Return the inputs with their wearers' diaries, and which times their zones do not have."""
    found, problems = [], dict[str, int]()
    for source in sources:
        diary = table.of(source.named.participant_id, use_onset=options.use_diary_onset)
        if not source.skipped:
            subject = subject_of(source, options)
            name = subject.tz or subject.device_tz
            diary, wrong = _in_zone(diary, ZoneInfo(name) if name else None)
            problems |= wrong
        found.append(replace(source, diary=diary))
    return found, sorted(problems, key=lambda text: problems[text])


def _strangers(table: DiaryTable, sources: Sequence[Source]) -> list[str]:
    """Say which participants have a diary and no recording, and which a recording and no diary."""
    recorded = dict.fromkeys(s.named.participant_id for s in sources if not s.skipped)
    alone = [who for who in table.entries if who not in recorded]
    without = [who for who in recorded if who not in table.entries]
    said = []
    if alone:
        said.append(f"no recording of {_named(alone, without)}")
    if without:
        said.append(f"no row for {_named(without, alone)}")
    return said


def _in_zone(diary: Diary, tz: ZoneInfo | None) -> tuple[Diary, dict[str, int]]:
    entries, problems = [], dict[str, int]()
    for entry in diary.entries:
        clear, wrong = entry.settled(tz)
        for name, text in wrong or clear.disorder():
            problems[f"row {entry.number}, {name}: {text}"] = entry.number
        entries.append(clear)
    return replace(diary, entries=tuple(entries)), problems


def _named(names: Sequence[str], others: Sequence[str]) -> str:
    """List names, each with the one of the other side that it may be."""
    shown = []
    for name in names[:_MOST_SHOWN]:
        near = get_close_matches(name, others, n=1)
        shown.append(f"{name!r} (is it {near[0]!r}?)" if near else repr(name))
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
