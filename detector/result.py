"""The result of one recording: the facts that hold for all of it, and its nights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from recordings import Header, Health, Probe, Zone

from .nights.night import Night, Side, Site
from .nights.quality import Quality
from .people.naming import NamedBy
from .settings import Settings

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What holds for a whole recording.

    ``health`` and ``quality`` are complete once all nights have been taken.
    """

    recording_id: str
    """Collision-proof within a run; also the name of the recording's output folder."""
    path: str
    """As given, relative to the folder given on the command line; empty for arrays."""
    header: Header
    health: Health
    quality: Quality
    probe: Probe
    zone: Zone
    tz_name: str | None
    tz_source: Literal["user", "file", "unknown"]
    settings: Settings
    parts: int = 1
    """Files it was read from."""
    participant_id: str = ""
    participant_source: NamedBy = "file_name"
    session: str = ""
    notes: str = ""
    site: Site = "unknown"
    side: Side = "unknown"
    anonymised: bool = False
    """Whether names are left out and dates are moved."""
    factors: tuple[str, ...] = ()
    """Headings of the diary's further columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Everything decided about one recording."""

    facts: Facts
    nights: tuple[Night, ...]

    def nights_table(self) -> pa.Table:
        """One row per night: the columns of ``nights.csv``."""
        from .tables.rows import nights_table

        return nights_table(self.facts, self.nights)

    def events_table(self) -> pa.Table:
        """One row per event: the columns of ``events.csv``."""
        from .tables.rows import events_table

        return events_table(self.facts, self.nights)

    def nights_frame(self) -> pd.DataFrame:
        """Return :meth:`nights_table` as pandas."""
        frame: pd.DataFrame = self.nights_table().to_pandas()
        return frame

    def events_frame(self) -> pd.DataFrame:
        """Return :meth:`events_table` as pandas."""
        frame: pd.DataFrame = self.events_table().to_pandas()
        return frame
