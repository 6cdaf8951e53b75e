"""Results in the formats of other programs, made from the tables of an output folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .bids import write_bids
from .edf import write_edf

EXPORTS: dict[str, Callable[[Path, Path], list[Path]]] = {
    "bids": write_bids,
    "edf": write_edf,
}
"""By name: what writes the results of one folder into another, and says which files it wrote."""

__all__ = ["EXPORTS"]
