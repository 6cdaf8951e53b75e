"""Figures of many nights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np

from .anchors import RANDOM, SCALES
from .bootstrap import Figure, pooled, ratio
from .comparing import Held

Nights = Sequence[Held]
T = TypeVar("T")

SIZES_MG = {"75 mg": (67.0, 85.0), "100 mg": (87.0, 115.0), "150 mg and more": (150.0, np.inf)}
"""Bands for what is asked *at* a size: a few per cent on both sides."""
FEWEST = 20
"""A share of fewer planted movements is not named the worst."""


def counts(nights: Nights, count: Callable[[Held], float]) -> list[float]:
    """One number per night."""
    return [float(count(night)) for night in nights]


def mean(nights: Nights, value: Callable[[Held], float]) -> Figure:
    """Mean over nights."""
    return ratio(counts(nights, value), [1.0] * len(nights))


def recall(nights: Nights, low_mg: float, high_mg: float) -> Figure:
    """Share of planted sleep starts that became an event of a sleep start's kind."""

    def chosen(night: Held) -> np.ndarray:
        size = np.array(night.size_mg)
        return np.asarray((size >= low_mg) & (size < high_mg) & np.array(night.asleep, bool))

    return ratio(
        counts(nights, lambda n: np.array(n.found, bool)[chosen(n)].sum()),
        counts(nights, lambda n: chosen(n).sum()),
    )


def recall_counted(nights: Nights) -> Figure:
    """Share of those due in the onset window that were counted."""
    return ratio(counts(nights, _hits), counts(nights, lambda n: sum(n.due)))


def _hits(night: Held) -> int:
    return sum(a and b for a, b in zip(night.due, night.counted, strict=True))


def ppv(nights: Nights) -> Figure:
    """Share of counted events at which a sleep start was planted."""
    return ratio(
        counts(nights, lambda n: sum(n.counted)),
        counts(nights, lambda n: sum(n.counted) + n.false),
    )


def f1(nights: Nights) -> Figure:
    """Of counted events, against those due in the window about the true onset."""
    hits = counts(nights, _hits)
    return ratio(
        [2 * hit for hit in hits],
        [hit + n.false + sum(n.due) for hit, n in zip(hits, nights, strict=True)],
    )


def false_counts(nights: Nights) -> Figure:
    """Counted events per night at which nothing was planted."""
    return mean(nights, lambda n: n.false)


def headline(nights: Nights) -> dict[str, Figure]:
    """Error of the headline count against those due."""
    told = [n for n in nights if n.headline_error is not None]
    return {
        "nights without a count": mean(nights, lambda n: n.headline_error is None),
        "headline bias": mean(told, lambda n: n.headline_error or 0),
        "headline MAE": mean(told, lambda n: abs(n.headline_error or 0)),
        "headline exact": mean(told, lambda n: n.headline_error == 0),
        "headline within 1": mean(told, lambda n: abs(n.headline_error or 0) <= 1),
    }


def timing(nights: Nights) -> dict[str, Figure]:
    """Absolute distance of found peaks from planted ones, ms."""
    errors = [np.abs(n.error_ms).tolist() for n in nights]
    return {
        "timing median, ms": pooled(errors, np.median),
        "timing p95, ms": pooled(errors, lambda x: float(np.quantile(x, 0.95))),
    }


def onset(nights: Nights) -> dict[str, Figure]:
    """Error of sleep onset, minutes; negative early. Nights without one are within nothing."""
    errors = [[] if n.onset_error_min is None else [n.onset_error_min] for n in nights]
    figures = {
        "onset signed median, min": pooled(errors, np.median),
        "onset MAE, min": pooled(errors, lambda x: float(np.abs(x).mean())),
    }
    for limit in (10, 20, 30):
        figures[f"onset within {limit} min"] = mean(nights, lambda n, at=limit: _off(n) <= at)
    figures["onset covered by its uncertainty"] = mean(
        nights, lambda n: _off(n) <= (n.uncertainty_min or 0.0)
    )
    return figures


def _off(night: Held) -> float:
    return np.inf if night.onset_error_min is None else abs(night.onset_error_min)


def in_short(nights: Nights) -> dict[str, Figure]:
    """Return what tells two ways of judging apart."""
    return {
        "recall of those due": recall_counted(nights),
        "recall from 150 mg": recall(nights, *SIZES_MG["150 mg and more"]),
        "PPV": ppv(nights),
        "false a night": false_counts(nights),
        "headline MAE": headline(nights)["headline MAE"],
    }


def all_of(nights: Nights) -> dict[str, Figure]:
    """Every figure of a group of nights."""
    return {
        **{f"recall at {name}": recall(nights, *band) for name, band in SIZES_MG.items()},
        "recall of those due, counted": recall_counted(nights),
        "PPV of counts": ppv(nights),
        "F1 of counts": f1(nights),
        "false counts a night": false_counts(nights),
        "false events from the window to waking": mean(nights, lambda n: n.false_asleep),
        **headline(nights),
        **timing(nights),
        **onset(nights),
    }


def look_alikes(nights: Nights) -> dict[str, dict[str, Figure]]:
    """Of each planted look-alike: share counted in the window, share called a sleep start."""
    causes = sorted({row[0] for n in nights for row in n.mistaken})

    def share(cause: str, column: int, *, window: bool) -> Figure:
        chosen = [
            [row for row in n.mistaken if row[0] == cause and (row[1] or not window)]
            for n in nights
        ]
        return ratio([sum(row[column] for row in rows) for rows in chosen], list(map(len, chosen)))

    return {
        cause: {
            "counted, of those in the onset window": share(cause, 3, window=True),
            "called a sleep start, of all in bed": share(cause, 2, window=False),
        }
        for cause in causes
    }


def worst_look_alike(nights: Nights) -> tuple[str, Figure]:
    """Return the look-alike of which the largest share was counted."""
    shares = {
        cause: row["counted, of those in the onset window"]
        for cause, row in look_alikes(nights).items()
    }
    known = {c: f for c, f in shares.items() if f.n >= FEWEST}
    if not known:
        return "none", Figure(None, None, None, 0)
    name = max(known, key=lambda c: known[c].value or 0.0)
    return name, known[name]


def confusion(nights: Nights) -> dict[str, dict[str, int]]:
    """How often each planted kind became each kind of event."""
    pairs = Counter(pair for n in nights for pair in n.kinds)
    return {
        planted: {kind: pairs[planted, kind] for kind in sorted({k for _, k in pairs})}
        for planted in sorted({p for p, _ in pairs})
    }


def reliability(nights: Nights) -> dict[str, Figure]:
    """Share of counted events that were planted, by their confidence."""
    return {
        level: ratio(
            counts(nights, lambda n, at=level: sum(t for c, t in n.certainty if c == at)),
            counts(nights, lambda n, at=level: sum(c == at for c, _ in n.certainty)),
        )
        for level in ("low", "medium", "high")
    }


def likeness_levels(nights: Nights) -> dict[str, Figure]:
    """Share of planted ones among all that likeness decides on, by tenths of it."""

    def share(tenth: int) -> Figure:
        inside = [
            [true for like, true in n.likeness if min(int(10 * like), 9) == tenth] for n in nights
        ]
        return ratio([sum(row) for row in inside], [len(row) for row in inside])

    return {f"{tenth / 10:.1f} to {(tenth + 1) / 10:.1f}": share(tenth) for tenth in range(10)}


def anchors(nights: Nights) -> dict[str, dict[str, Figure]]:
    """Of each plain rule: F1 at its own threshold, the best at any, false counts at equal recall.

    Rules are given the window about the true onset, which the detector has to find.
    """
    wanted = recall_counted(nights).value or 0.0
    ours = {"F1": f1(nights), "false counts a night at its recall": false_counts(nights)}
    table: dict[str, dict[str, Figure]] = {"hypnic": ours}
    for name in nights[0].anchors if nights else ():
        scales = SCALES if name != RANDOM else (1.0,)
        scores = {scale: _tally_f1(nights, name, scale) for scale in scales}
        enough = [s for s in scales if _tally_recall(nights, name, s) >= wanted]
        table[name] = {
            "F1": scores[1.0],
            "best F1 at any threshold": max(scores.values(), key=lambda f: f.value or 0.0),
            "false counts a night at its recall": _false_at(nights, name, enough),
        }
    return table


def _false_at(nights: Nights, name: str, enough: Sequence[float]) -> Figure:
    """Return the fewest at any threshold that finds enough."""
    if not enough:
        return Figure(None, None, None, 0)
    means = [mean(nights, lambda n, s=scale: n.anchors[name][s][1]) for scale in enough]
    return min(means, key=lambda m: m.value or 0.0)


def _tally_f1(nights: Nights, name: str, scale: float) -> Figure:
    tallies = [n.anchors[name][scale] for n in nights]
    return ratio([2 * hit for hit, _, _ in tallies], [hit + off + due for hit, off, due in tallies])


def _tally_recall(nights: Nights, name: str, scale: float) -> float:
    tallies = [n.anchors[name][scale] for n in nights]
    return sum(t[0] for t in tallies) / max(1, sum(t[2] for t in tallies))


def grouped(nights: Sequence[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    """Nights, or passes, by a name, in the order in which names appear."""
    groups: dict[str, list[T]] = {}
    for night in nights:
        groups.setdefault(key(night), []).append(night)
    return groups


def sizes(nights: Iterable[Held]) -> tuple[np.ndarray, np.ndarray]:
    """Size and whether found, of every planted sleep start from the onset window to waking."""
    rows = [
        (size, found)
        for n in nights
        for size, found, asleep in zip(n.size_mg, n.found, n.asleep, strict=True)
        if asleep
    ]
    return np.array([r[0] for r in rows], float), np.array([r[1] for r in rows], bool)
