"""What the commands take beside inputs and settings, and how far that can be checked at once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Group
from cyclopts import Parameter as Flag
from cyclopts.validators import Number

from recordings import ReadOptions

from .console import NORMAL, QUIET, VERBOSE, Console
from .flags import one_of, resolved_settings, stated_columns
from .machine import jobs
from .parameter import SettingsError
from .people.zone_names import checked_zone_name
from .settings import Settings

if TYPE_CHECKING:
    from .cohort import Crew
    from .people.naming import Naming
    from .stated.diary_table import Cells, DiaryTable
    from .stated.hypnogram import Hypnogram

_COHORTS = Group("Many recordings", sort_key=1)
_MESSAGES = Group("Messages", sort_key=2)


def _switch(text: str, group: Group | None = None) -> Flag:
    """Describe a switch that has no opposite."""
    return Flag(negative="", help=text, show_default=False, group=group)


def _message(text: str, short: str | None = None) -> Flag:
    """Describe a switch that decides on what is said."""
    return Flag(alias=short, negative="", help=text, show_default=False, group=_MESSAGES)


@Flag(name="*")
@dataclass(frozen=True, kw_only=True)
class Saying:
    """How much is said, and where."""

    quiet: Annotated[bool, _message("say only what went wrong, and the last line", "-q")] = False
    verbose: Annotated[bool, _message("say more", "-v")] = False

    def console(self) -> Console:
        """Messages as loud as wanted."""
        if self.quiet and self.verbose:
            raise SettingsError("--quiet and --verbose exclude each other")
        level = QUIET if self.quiet else VERBOSE if self.verbose else NORMAL
        return Console(sys.stderr, level)


@Flag(name="*")
@dataclass(frozen=True, kw_only=True)
class Reading(Saying):
    """What the user knows of the recordings and no file can say."""

    tz: Annotated[str | None, Flag(help="zone in which it was worn, such as Europe/London")] = None
    device_tz: Annotated[
        str | None, Flag(help="zone that the device clocks were set to, if another one")
    ] = None
    rate: Annotated[float | None, Flag(help="sampling rate in Hz of tables without time")] = None
    unit: Annotated[
        Literal["g", "mg", "m/s2"] | None,
        Flag(help="unit of tables that do not say", converter=one_of),
    ] = None
    columns: Annotated[
        str | None,
        Flag(help="columns of tables by position or name, such as time=1,x=2,y=3,z=4"),
    ] = None
    date_order: Annotated[
        Literal["ymd", "mdy", "dmy"] | None,
        Flag(help="order of year, month and day in dates that leave it open", converter=one_of),
    ] = None
    participants: Annotated[
        Path | None,
        Flag(help="table (CSV) of who wore which recording, where, and in which zone"),
    ] = None
    id_regex: Annotated[
        str | None,
        Flag(
            help="regular expression whose named groups (participant_id, session, site, side, "
            "recording) are taken from each path"
        ),
    ] = None
    join: Annotated[
        bool,
        _switch("take the files of one folder for the parts of one recording"),
    ] = False
    json: Annotated[bool, _message("write a summary as JSON to the standard output")] = False

    def check(self) -> None:
        """Refuse what cannot be meant, before any file is opened."""
        for name in (self.tz, self.device_tz):
            if name is not None:
                checked_zone_name(name)
        if self.rate is not None and not 1 <= self.rate <= 10_000:
            raise SettingsError(f"--rate {self.rate:g} is outside 1 to 10000 Hz")
        self.reading()

    def reading(self) -> ReadOptions:
        """Return what the content of a file may leave open."""
        return ReadOptions(
            rate_hz=self.rate,
            unit=self.unit,
            columns=None if self.columns is None else stated_columns(self.columns),
            date_order=self.date_order,
        )

    def naming(self) -> Naming:
        """Return how recordings come by their names; table and pattern are checked."""
        from .people.naming import Naming, compiled
        from .people.participants import read

        return Naming(
            participants=None if self.participants is None else read(self.participants),
            pattern=None if self.id_regex is None else compiled(self.id_regex),
            join_folders=self.join,
        )


@Flag(name="*")
@dataclass(frozen=True, kw_only=True)
class Looking(Reading):
    """How closely recordings are looked at."""

    quick: Annotated[
        bool, _switch("read only the first ten minutes of each: nothing is said of the rest")
    ] = False


@Flag(name="*")
@dataclass(frozen=True, kw_only=True)
class Checking(Reading):
    """What the cells of a diary depend on."""

    config: Annotated[Path | None, Flag(help="settings file (TOML) of the run")] = None

    def settings(self) -> Settings:
        """Return those of the run."""
        return resolved_settings(self.config)


@Flag(name="*")
@dataclass(frozen=True, kw_only=True)
class Converting:
    """What a sleep log leaves open."""

    first_night: Annotated[
        str | None, Flag(help="date of everybody's first night, where the log has no dates")
    ] = None
    date_order: Annotated[
        Literal["mdy", "dmy"] | None,
        Flag(help="order of month and day in dates that leave it open", converter=one_of),
    ] = None
    config: Annotated[Path | None, Flag(help="settings file (TOML) of the run")] = None

    def first(self) -> date | None:
        """Return the date of the first night."""
        try:
            return None if self.first_night is None else date.fromisoformat(self.first_night)
        except ValueError:
            text = f"--first-night {self.first_night}: write a date like 2024-03-05"
            raise SettingsError(text) from None

    def settings(self) -> Settings:
        """Return those of the run."""
        return resolved_settings(self.config)


@Flag(name="*")
@dataclass(frozen=True, kw_only=True)
class Demonstrating(Saying):
    """What the demonstration needs."""

    out: Annotated[Path, Flag(alias="-o", help="folder for the results")]
    seed: Annotated[int, Flag(help="which night, from 0", validator=Number(gte=0))] = 15


@Flag(name="*")
@dataclass(frozen=True, kw_only=True)
class Merging(Saying):
    """What may stand in one table."""

    mixed: Annotated[
        bool, _switch("also recordings that were analysed with different settings or algorithms")
    ] = False


@Flag(name="*")
@dataclass(frozen=True, kw_only=True)
class Running(Reading):
    """What a run needs beside its inputs."""

    out: Annotated[Path, Flag(alias="-o", help="folder for the results")]
    config: Annotated[Path | None, Flag(help="settings file (TOML)")] = None
    site: Annotated[
        Literal["wrist", "ankle", "thigh", "other"] | None,
        Flag(help="where it was worn", converter=one_of),
    ] = None
    side: Annotated[
        Literal["left", "right"] | None, Flag(help="on which side", converter=one_of)
    ] = None
    sleep_period: Annotated[
        str | None,
        Flag(help="when sleep began and ended in every night (23:10-06:45), instead of that found"),
    ] = None
    diary: Annotated[
        Path | None, Flag(help="table (CSV) of what the wearers noted of their nights")
    ] = None
    diary_onset: Annotated[
        Literal["compare", "use"] | None,
        Flag(
            help="what the diary's sleep is for: compare (the default) or use, in place of that "
            "found",
            converter=one_of,
        ),
    ] = None
    hypnogram: Annotated[
        Path | None,
        Flag(help="sleep stages (CSV or EDF+) of the one recording; they say when sleep began"),
    ] = None
    anonymise: Annotated[
        bool,
        _switch("leave out names, serials and paths, and move all dates by whole weeks"),
    ] = False
    jobs: Annotated[
        int | None,
        Flag(
            alias="-j",
            help="recordings analysed at once; as many as processors and memory allow if not given",
            validator=Number(gte=1),
            group=_COHORTS,
        ),
    ] = None
    scheduler: Annotated[
        str | None,
        Flag(help="address of a Dask cluster to work on, tcp://host:port", group=_COHORTS),
    ] = None
    local_cluster: Annotated[
        int | None,
        Flag(
            help="begin a Dask cluster of so many workers here",
            validator=Number(gte=1),
            group=_COHORTS,
        ),
    ] = None
    shard: Annotated[
        str | None,
        Flag(help="do one piece of the inputs, such as 2/8; 'merge' joins all", group=_COHORTS),
    ] = None
    dry_run: Annotated[
        bool, _switch("say what would be analysed and why, and do nothing", _COHORTS)
    ] = False
    force: Annotated[bool, _switch("analyse again what is already done", _COHORTS)] = False
    fail_fast: Annotated[bool, _switch("end at the first failure", _COHORTS)] = False

    def check(self) -> None:
        """Refuse what cannot be meant, before any file is opened."""
        super().check()
        ways = {"--jobs": self.jobs, "--scheduler": self.scheduler}
        ways["--local-cluster"] = self.local_cluster
        given = [name for name, value in ways.items() if value is not None]
        if len(given) > 1:
            raise SettingsError(f"{' and '.join(given)} exclude each other")
        if self.diary_onset and self.diary is None:
            raise SettingsError("--diary-onset needs a --diary")
        if self.diary_onset == "use" and self.sleep_period:
            raise SettingsError("--sleep-period and --diary-onset use exclude each other")

    def cohort(self) -> dict[str, Any]:
        """Return how many recordings are gone through; a cluster is found or begun."""
        from .cohort import Shard

        return {
            "crew": self._crew(),
            "shard": Shard.parse(self.shard) if self.shard else None,
            "force": self.force,
            "fail_fast": self.fail_fast,
        }

    def _crew(self) -> Callable[[int], Crew]:
        """Return who analyses how many recordings: one alone is analysed here."""
        from .cohort import Here, Workers

        if self.scheduler is not None or self.local_cluster is not None:
            from .cohort.cluster import OnCluster, begun, connected

            found = connected(self.scheduler) if self.scheduler else begun(self.local_cluster or 1)
            return lambda _recordings: OnCluster(found, self.out)
        most = self.jobs or jobs()
        return lambda recordings: Workers(min(most, recordings)) if recordings > 1 else Here()

    def scored(self) -> Hypnogram | None:
        """Return what a sleep laboratory scored; all of it is checked."""
        if self.hypnogram is None:
            return None
        from .stated.hypnogram_file import read

        return read(self.hypnogram)

    def diary_table(self, settings: Settings) -> DiaryTable | None:
        """Return what the wearers noted; all of it is checked."""
        return None if self.diary is None else checked_diary(self.diary, settings, self.date_order)


def checked_diary(path: Path, settings: Settings, date_order: str | None) -> DiaryTable:
    """Read a diary for a run with these settings."""
    from .stated.diary_table import read
    from .tables.columns import NIGHTS

    return read(path, cells_of(settings, date_order), {c.name for c in NIGHTS})


def cells_of(settings: Settings, date_order: str | None) -> Cells:
    """Return how a diary's cells are understood."""
    from .stated.diary_table import Cells

    return Cells(time.fromisoformat(settings.window.night_start), date_order)
