"""Empatica E4: ``ACC.csv``, which begins with its start and its rate, each written three times.

Seconds since 1970 in UTC, then Hz, then x, y and z in 1/64 g, clipped at ±2 g.
"""

from __future__ import annotations

from ....model import SECOND_NS, ReadOptions, Scale
from ....place import Place
from ..facts import Facts
from ..text import is_number

TABLES = ("ACC.csv",)
BESIDE = ("BVP.csv", "EDA.csv", "IBI.csv", "TEMP.csv")
"""In the archive of a session: the acceleration, and what else stands there."""

_SCALE = Scale(gain_g=(1 / 64,) * 3, lowest=-128, highest=127)
_RANGE_G = 2.0
_EARLIEST_START_S, _LATEST_START_S = 1e9, 4.1e9
_HIGHEST_HZ = 1000.0


def recognise(_path: Place, head: bytes, _options: ReadOptions) -> Facts | None:
    """Read the first two rows."""
    start, _, rest = head.partition(b"\n")
    rate, _, _ = rest.partition(b"\n")
    start_s, rate_hz = _three_equal(start), _three_equal(rate)
    if start_s is None or rate_hz is None:
        return None
    if not (_EARLIEST_START_S < start_s < _LATEST_START_S and 0 < rate_hz <= _HIGHEST_HZ):
        return None
    return Facts(
        format="empatica-e4-csv",
        begin=len(start) + len(rate) + 2,
        device="Empatica E4",
        range_g=_RANGE_G,
        unit="1/64 g",
        scale=_SCALE,
        rate_hz=rate_hz,
        start_ns=round(start_s * 1e6) * (SECOND_NS // 1_000_000),
        utc_offset_s=0,
    )


def _three_equal(line: bytes) -> float | None:
    """Return the number that stands three times in a line."""
    cells = [cell.strip() for cell in line.decode("latin-1").split(",")]
    if len(cells) != 3 or len(set(cells)) != 1:
        return None
    return float(cells[0]) if is_number(cells[0], ".") else None
