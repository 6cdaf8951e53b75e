"""Figures as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .bootstrap import Figure
from .targets import Target


def table(rows: Iterable[Sequence[str]]) -> str:
    """Markdown, columns aligned; the first row is the head."""
    cells = [list(row) for row in rows]
    widths = [max(len(row[k]) for row in cells) for k in range(len(cells[0]))]
    cells.insert(1, ["-" * width for width in widths])
    return "\n".join(
        f"| {' | '.join(c.ljust(w) for c, w in zip(row, widths, strict=True))} |" for row in cells
    )


def shown(figure: Figure) -> str:
    """Return a value with its interval."""
    if figure.value is None:
        return "none"
    if figure.low is None or figure.high is None:
        return _number(figure.value)
    return f"{_number(figure.value)} ({_number(figure.low)} to {_number(figure.high)})"


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def columns(groups: Mapping[str, Mapping[str, Figure]], corner: str) -> str:
    """One column per group, one row per figure."""
    names = list(dict.fromkeys(name for group in groups.values() for name in group))
    none = Figure(None, None, None, 0)
    body = [[name, *(shown(g.get(name, none)) for g in groups.values())] for name in names]
    return table([[corner, *groups], *body])


def numbered(groups: Mapping[str, Mapping[str, Figure]], corner: str) -> str:
    """Two columns per group, a share and of how many; one row per figure."""
    heads = [head for name in groups for head in (name, "of")]
    rows: dict[str, list[str]] = {}
    for group in groups.values():
        for name, figure in group.items():
            rows.setdefault(name, []).extend((shown(figure), str(figure.n)))
    return table([[corner, *heads], *([name, *cells] for name, cells in rows.items())])


def targets(groups: Mapping[str, Sequence[Target]]) -> str:
    """One table for each group."""
    words = {True: "yes", False: "no", None: "not measured"}
    parts = []
    for name, lines in groups.items():
        body = [
            [
                t.name,
                f"{t.sign} {t.bound:g}",
                shown(t.figure) + (f", {t.note}" if t.note else ""),
                str(t.figure.n),
                words[t.met],
            ]
            for t in lines
        ]
        head = ["target", "to reach", "measured (95 % interval)", "of", "met"]
        parts.append(f"### {name}\n\n{table([head, *body])}")
    return "\n\n".join(parts)


def matrix(counts: Mapping[str, Mapping[str, int]]) -> str:
    """Planted kinds downwards, found kinds across."""
    kinds = sorted({k for row in counts.values() for k in row})
    body = [[name, *(str(row.get(k, 0)) for k in kinds)] for name, row in counts.items()]
    return table([["planted", *kinds], *body])


def plain(value: Any) -> Any:
    """Anything of this benchmark as JSON can hold it."""
    if isinstance(value, Figure):
        return value._asdict()
    if isinstance(value, Target):
        return {
            "name": value.name,
            "bound": value.bound,
            "sign": value.sign,
            "met": value.met,
            "note": value.note,
            **value.figure._asdict(),
        }
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value
