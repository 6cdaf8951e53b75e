"""Tables of known origin: one module per program that writes them.

Each has ``recognise(path, head, options)``: what is known of a table that begins with these bytes,
None if it has another origin. It refuses by name what would be misread. :mod:`.phyphox` has none:
its tables are known by what stands beside them in their archive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ....model import ReadOptions
from ....place import Place
from ..facts import Facts
from ..text import UTF8_MARK
from . import actigraph, activpal, empatica, sensor_logger

VENDORS: tuple[Callable[[Place, bytes, ReadOptions], Facts | None], ...] = (
    actigraph.recognise,
    empatica.recognise,
    activpal.recognise,
    sensor_logger.recognise,
)


def recognise(path: Place, head: bytes, options: ReadOptions) -> Facts:
    """Return what is known of a text table by the way it begins.

    Raises
    ------
    RecordingError
        If it holds something else than acceleration.
    """
    begin = len(UTF8_MARK) if head.startswith(UTF8_MARK) else 0
    for recognise_one in VENDORS:
        if facts := recognise_one(path, head[begin:], options):
            return replace(facts, begin=begin + facts.begin)
    return Facts(begin=begin)
