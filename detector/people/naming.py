"""From where inputs have their names: a table, a pattern, the folder, the file itself.

Every fact is taken from the first of these that says it: the file's row in ``participants.csv``,
the pattern of ``--id-regex``, the flags. Who nobody speaks of is called as the file is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import PurePath
from typing import Literal

from recordings import Place

from ..parameter import SettingsError, did_you_mean
from .identity import FACTS, Identity, stem
from .participants import Match, Participants
from .sheet import listed

PART_FACTS = tuple(name for name in FACTS if name not in {"notes", "recording"})
"""What cannot differ from part to part of a recording."""

PATTERN_GROUPS = ("participant_id", "session", "site", "side", "recording")
"""What a pattern may find in a path."""

NamedBy = Literal["participants", "id_regex", "file_name"]
_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Named:
    """What is known of a file, or of a recording of several, before anything is opened."""

    group: str
    """The same for all parts of one recording, and for nothing else."""
    name: str
    """What the recording's id is made of, and its participant if nobody names one."""
    row: Identity
    """What the table says."""
    found: Identity
    """What the pattern finds."""
    listed: bool = False
    """Whether the table names the file itself."""

    @classmethod
    def joined(cls, parts: Sequence[Named]) -> Named:
        """Name a recording by its parts: each may say what the others leave open."""
        rows = reduce(Identity.or_else, (part.row for part in parts))
        notes = dict.fromkeys(part.row.notes for part in parts if part.row.notes)
        return replace(
            parts[0],
            row=replace(rows, notes="; ".join(notes) or None),
            found=reduce(Identity.or_else, (part.found for part in parts)),
        )

    @property
    def said(self) -> Identity:
        """What is said by anybody, the table first."""
        return self.row.or_else(self.found)

    @property
    def participant_id(self) -> str:
        """Who wore the sensor."""
        return self.said.participant_id or self.name

    @property
    def named_by(self) -> NamedBy:
        """From where the participant is."""
        if self.row.participant_id:
            return "participants"
        return "id_regex" if self.found.participant_id else "file_name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How the inputs of a run come by their names."""

    participants: Participants | None = None
    pattern: re.Pattern[str] | None = None
    """Is searched for in the path as shown; its named groups are facts."""
    join_folders: bool = False
    """Whether the files of one folder are the parts of one recording."""

    def named(
        self, files: Sequence[tuple[Place, str]], folders: Sequence[Place] = ()
    ) -> list[Named]:
        """Name all files; none is opened.

        Parameters
        ----------
        files
            Path, and how it is shown.
        folders
            Given as inputs.

        Raises
        ------
        SettingsError
            If the table or the pattern does not fit the files.
        """
        matches = [Match(Identity(), by_name=False)] * len(files)
        if self.participants is not None:
            matches = self.participants.match([path for path, _ in files], folders)
        found = self._found([shown for _, shown in files])
        named = [
            self._named(path, shown, match, said)
            for (path, shown), match, said in zip(files, matches, found, strict=True)
        ]
        _check_parts(named, [shown for _, shown in files])
        return named

    def remarks(self, names: Iterable[tuple[str, NamedBy]]) -> list[str]:
        """Say which inputs the table and the pattern have no name for.

        Parameters
        ----------
        names
            How each input is shown, and from where its participant is.
        """
        shown = dict(names)
        remarks = []
        if self.participants is not None:
            others = [name for name, by in shown.items() if by != "participants"]
            remarks += _said_of(others, f"no participant in {self.participants.path.name}")
        elif self.pattern is not None and "participant_id" in self.pattern.groupindex:
            others = [name for name, by in shown.items() if by != "id_regex"]
            remarks += _said_of(others, "no participant by --id-regex")
        return remarks

    def _found(self, shown: Sequence[str]) -> list[Identity]:
        """Return what the pattern finds in every path."""
        found, problems = [], []
        for path in shown:
            said = Identity()
            match = self.pattern.search(path) if self.pattern else None
            for name, text in match.groupdict().items() if match else ():
                try:
                    said = said.or_else(Identity.of(name, text) if text else said)
                except SettingsError as error:
                    problems.append(f"{path}: {name}: {error}")
            found.append(said)
        if problems:
            raise SettingsError(listed("--id-regex", problems))
        return found

    def _named(self, path: Place, shown: str, match: Match, found: Identity) -> Named:
        group, name = shown, stem(shown)
        if recording := match.said.recording or found.recording:
            group, name = f"{recording}//", recording
        elif self.join_folders:
            folder = PurePath(shown).parent
            group, name = f"{folder.as_posix()}/", folder.name or path.absolute().parent.name
        return Named(group, name, match.said, found, match.by_name)


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile what the user wrote.

    Raises
    ------
    SettingsError
        If it is no regular expression, or its named groups are not among those known.
    """
    known = ", ".join(PATTERN_GROUPS)
    try:
        made = re.compile(pattern)
    except re.error as error:
        raise SettingsError(f"--id-regex is no regular expression: {error}") from error
    for name in made.groupindex:
        if name not in PATTERN_GROUPS:
            near = did_you_mean(name, PATTERN_GROUPS)
            raise SettingsError(f"--id-regex: {name!r} is not among {known}{near}")
    if not made.groupindex:
        raise SettingsError(
            f"--id-regex has no named group, as in '(?P<participant_id>[^_/]+)_'; known are {known}"
        )
    return made


def _check_parts(named: Sequence[Named], shown: Sequence[str]) -> None:
    """Refuse parts of one recording of which different things are said."""
    first: dict[tuple[str, str], tuple[str, str]] = {}
    problems = []
    for each, path in zip(named, shown, strict=True):
        for fact in PART_FACTS:
            said = getattr(each.said, fact)
            if said is None:
                continue
            before, where = first.setdefault((each.group, fact), (said, path))
            if said != before:
                problems.append(
                    f"{path}: {fact} is {said!r}, but {before!r} for {where}, "
                    f"another part of the recording {each.name!r}"
                )
    if problems:
        raise SettingsError(listed("parts of one recording contradict each other", problems))


def _said_of(names: Sequence[str], what: str) -> list[str]:
    if not names:
        return []
    more = len(names) - _MOST_SHOWN
    shown = ", ".join(names[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")
    if len(names) == 1:
        return [f"1 input has {what} and is called by its name: {shown}"]
    return [f"{len(names)} inputs have {what} and are called by their names: {shown}"]
