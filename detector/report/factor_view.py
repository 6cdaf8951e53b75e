"""What the page shows of a diary's factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from detector.nights.night import Night
from detector.result import Facts
from detector.statistics.factors import compare_all, is_noted
from detector.tables.rows import night_row

from .wall import night_title

SYMPTOMS = ("headache", "dizziness")
"""Factors that a doctor should hear of."""


@dataclass(frozen=True, slots=True)
class NotedNight:
    """What is kept of a night."""

    title: str
    rate: float | None
    """Sleep starts per hour of the onset window."""
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactorView:
    """A row of the table of factors."""

    name: str
    nights: int
    slope: str
    interval: str
    chance: str


def noted_night(facts: Facts, night: Night) -> NotedNight:
    """Take from a night what the diary says and what that is compared with."""
    rate = night_row(facts, night).get("sleep_starts_onset_per_h")
    known = rate if isinstance(rate, float) else None
    return NotedNight(night_title(night.span), known, night.noted.factors)


def factor_views(facts: Facts, nights: Sequence[NotedNight]) -> list[FactorView]:
    """Return every factor that could be compared."""
    found = compare_all(facts.factors, [(night.rate, night.cells) for night in nights])
    return [
        FactorView(
            name=name,
            nights=each.nights,
            slope=f"{each.slope:+.2f}",
            interval=f"{each.low:+.2f} to {each.high:+.2f}"
            if isfinite(each.low) and isfinite(each.high)
            else "open",
            chance=f"{each.p:.3f}" if each.p >= 0.001 else "below 0.001",
        )
        for name, each in found.items()
    ]


def symptoms(facts: Facts, nights: Sequence[NotedNight]) -> list[str]:
    """Return the nights with a symptom noted that a doctor should hear of, and which."""
    named = []
    for night in nights:
        noted = [
            name
            for name, cell in zip(facts.factors, night.cells, strict=False)
            if name.lower() in SYMPTOMS and is_noted(cell)
        ]
        if noted:
            named.append(f"{night.title}: {', '.join(noted)}")
    return named
