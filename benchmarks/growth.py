"""Cost against length and rate, as points and as a plot; `speed.py --plots` draws it.

A straight line through the longest recording is what linear cost would be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DAYS = (1, 3, 7, 14, 30)
RATES_HZ = (25, 50, 100)
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 420, 300, 52, 44, 30


@dataclass(frozen=True, slots=True)
class Growth:
    """What something costs, by how much of it there is."""

    title: str
    unit: str
    amounts: Sequence[float]
    cpu_s: Sequence[float]

    def share_of_linear(self) -> list[float]:
        """Cost as a share of what it would be if every unit cost what it does in the largest."""
        each = self.cpu_s[-1] / self.amounts[-1]
        return [s / (each * a) for s, a in zip(self.cpu_s, self.amounts, strict=True)]

    def table(self) -> str:
        """Lines of Markdown."""
        head = f"| {self.unit} | CPU | of linear |\n| --- | --- | --- |"
        rows = zip(self.amounts, self.cpu_s, self.share_of_linear(), strict=True)
        return "\n".join([head, *(f"| {a:g} | {s:.2f} s | {x:.2f} |" for a, s, x in rows)])

    def picture(self) -> str:
        """Draw points and the line as SVG."""
        right, floor = WIDTH - 14, HEIGHT - BOTTOM
        most, longest = 1.08 * max(self.cpu_s), 1.04 * self.amounts[-1]

        def at(amount: float, cpu_s: float) -> tuple[float, float]:
            return (LEFT + (right - LEFT) * amount / longest, floor - (floor - TOP) * cpu_s / most)

        parts = [_text(LEFT, 18, self.title, "start")]
        x, y = at(self.amounts[-1], self.cpu_s[-1])
        parts.append(f'<path d="M{LEFT} {floor}L{x:.1f} {y:.1f}" stroke="#bbb"/>')
        parts.append(f'<path d="M{LEFT} {TOP}V{floor}H{right}" fill="none" stroke="#444"/>')
        for amount, cpu_s in zip(self.amounts, self.cpu_s, strict=True):
            x, y = at(amount, cpu_s)
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#1f5f8b"/>')
            parts.append(_text(x, floor + 16, f"{amount:g}", "middle"))
        for share in (0.5, 1.0):
            value = share * max(self.cpu_s)
            parts.append(_text(LEFT - 6, at(0, value)[1] + 4, f"{value:.2g}", "end"))
        parts.append(_text((LEFT + right) / 2, HEIGHT - 8, self.unit, "middle"))
        parts.append(_text(LEFT - 6, TOP - 2, "CPU s", "end"))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'font-family="sans-serif" font-size="12">\n'
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n'
            + "\n".join(parts)
            + "\n</svg>\n"
        )


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def save(found: Growth, path: Path) -> None:
    """Write the plot, print the table."""
    path.write_text(found.picture(), encoding="utf-8")
    print(f"\n{found.title}\n\n{found.table()}", flush=True)
