"""What is to be reached, and whether it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from . import figures as f
from .anchors import RANDOM
from .bootstrap import Figure, pooled, ratio
from .comparing import Held
from .injection import Found


@dataclass(frozen=True, slots=True)
class Target:
    """One line of the table."""

    name: str
    sign: Literal[">=", "<="]
    bound: float
    figure: Figure
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the value is on the right side; None where nothing was measured."""
        if self.figure.value is None:
            return None
        if self.sign == ">=":
            return self.figure.value >= self.bound
        return self.figure.value <= self.bound


def of_nights(nights: Sequence[Held]) -> list[Target]:
    """All targets, on the nights of one maker."""
    in_context = f.grouped(nights, lambda n: n.case.context)

    def of(*names: str) -> list[Held]:
        return [n for name in names for n in in_context.get(name, [])]

    count, told = f.headline(of("healthy")), f.timing(nights)
    worst, share = f.worst_look_alike(nights)
    taps = f.look_alikes([n for n in nights if n.case.rate_hz >= 50]).get("tap", {})
    none = Figure(None, None, None, 0)
    return [
        *_recalls([n for n in nights if n.fine]),
        Target("PPV of counts, healthy", ">=", 0.85, f.ppv(of("healthy"))),
        *(
            Target(f"false counts a night, {name}", "<=", bound, f.false_counts(of(name)))
            for name, bound in (("quiet", 0.1), ("everything", 0.5), ("restless", 1.0))
        ),
        Target("worst look-alike: share counted", "<=", 0.03, share, worst),
        Target(
            "taps at 50 Hz and more: share counted",
            "<=",
            0.01,
            taps.get("counted, of those in the onset window", none),
        ),
        Target("count exact, healthy", ">=", 0.70, count["headline exact"]),
        Target("count within 1, healthy", ">=", 0.93, count["headline within 1"]),
        Target("timing p95, ms", "<=", 50, told["timing p95, ms"]),
        *_onsets(f.onset(of("quiet", "healthy", "everything")), f.onset(of("awake_30_60"))),
        *_anchors(nights),
    ]


def _recalls(nights: Sequence[Held]) -> list[Target]:
    return [
        Target(f"recall at {name}, step <= 4 mg", ">=", bound, f.recall(nights, *f.SIZES_MG[name]))
        for name, bound in (("150 mg and more", 0.97), ("100 mg", 0.93), ("75 mg", 0.85))
    ]


def _onsets(none: dict[str, Figure], long: dict[str, Figure]) -> list[Target]:
    """Without quiet wakefulness before sleep, and with a long one."""
    covered = long["onset covered by its uncertainty"]
    return [
        Target("onset MAE, min, no quiet wakefulness", "<=", 5, none["onset MAE, min"]),
        Target("onset within 10 min, same", ">=", 0.90, none["onset within 10 min"]),
        Target("onset covered, 30-60 min of quiet wakefulness", ">=", 0.85, covered),
    ]


def _anchors(nights: Sequence[Held]) -> list[Target]:
    """F1 and false counts against those of the best plain rule."""
    table = f.anchors(nights)
    ours = table.pop("hypnic")
    table.pop(RANDOM, None)
    best = max(table, key=lambda name: table[name]["best F1 at any threshold"].value or 0.0)
    fewest = min(
        table, key=lambda name: _or(table[name]["false counts a night at its recall"], np.inf)
    )
    return [
        Target(
            "F1 over that of the best anchor",
            ">=",
            2.0,
            _quotient(ours["F1"], table[best]["best F1 at any threshold"]),
            best,
        ),
        Target(
            "or: false counts over its, at equal recall",
            "<=",
            0.5,
            _quotient(
                ours["false counts a night at its recall"],
                table[fewest]["false counts a night at its recall"],
            ),
            fewest,
        ),
    ]


def _or(figure: Figure, other: float) -> float:
    return other if figure.value is None else figure.value


def _quotient(above: Figure, below: Figure) -> Figure:
    """Of two figures; its interval is not drawn."""
    if above.value is None or not below.value:
        return Figure(None, None, None, 0)
    return Figure(round(above.value / below.value, 3), None, None, above.n)


def of_injections(passes: Sequence[Found]) -> list[Target]:
    """Targets of recall and timing, on what was planted into real recordings."""

    def recall(chosen: Callable[[float], bool]) -> Figure:
        rows = [
            [found for size, found in zip(p.size_mg, p.found, strict=True) if chosen(size)]
            for p in passes
        ]
        return ratio([sum(row) for row in rows], [len(row) for row in rows])

    errors = [np.abs(p.error_ms).tolist() for p in passes]
    return [
        Target("recall at 150 mg and more", ">=", 0.97, recall(lambda s: s >= 150)),
        Target("recall at 100 mg", ">=", 0.93, recall(lambda s: s == 100)),
        Target("recall at 75 mg", ">=", 0.85, recall(lambda s: s == 75)),
        Target("timing p95, ms", "<=", 50, pooled(errors, lambda x: float(np.quantile(x, 0.95)))),
    ]
