"""activPAL3: rows without names of a spreadsheet's day and codes of 8 bits, at 20 Hz.

g = (code - 127) / 256 * 4, so the codes 0 and 255 are ±2 g. Times are local.
"""

from __future__ import annotations

import re

from ....model import ReadOptions, Scale
from ....place import Place
from ..facts import Facts

_SCALE = Scale(gain_g=(4 / 256,) * 3, offset_g=(-127 * 4 / 256,) * 3, lowest=0, highest=255)
_RANGE_G = 2.0
_ROW = re.compile(rb"\d{5}\.\d{4,}([,;\t])(\d{1,3})\1(\d{1,3})\1(\d{1,3})\r?")
_ROWS = 20
"""The first rows of which all must look like that: a second."""


def recognise(_path: Place, head: bytes, _options: ReadOptions) -> Facts | None:
    """Look at the first rows."""
    lines = head.split(b"\n", _ROWS)[:_ROWS]
    rows = [match for line in lines if (match := _ROW.fullmatch(line))]
    if len(rows) < min(_ROWS, len(lines)):
        return None
    if any(int(row[axis]) > _SCALE.highest for row in rows for axis in (2, 3, 4)):
        return None
    return Facts(
        format="activpal-csv",
        device="activPAL",
        range_g=_RANGE_G,
        unit="4/256 g, 127 for 0 g",
        scale=_SCALE,
    )
