"""ActiGraph raw data as ActiLife exports it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..model import SECOND_NS, Scale
from ._piece import Piece

_DATES = {
    "M/d/yyyy": "{0.month}/{0.day}/{0.year}",
    "d/M/yyyy": "{0.day}/{0.month}/{0.year}",
    "dd-MM-yyyy": "{0.day:02}-{0.month:02}-{0.year}",
    "dd.MM.yyyy": "{0.day:02}.{0.month:02}.{0.year}",
    "yyyy-MM-dd": "{0.year}-{0.month:02}-{0.day:02}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActigraphCsvLayout:
    """How ActiLife was told to write, and where it ran."""

    rate_hz: int = 100
    serial: str = "TAS1H30182785"
    stamps: bool = False
    """Write the time of every row."""
    names: bool = True
    """Write the line of names."""
    date_format: str = "M/d/yyyy"
    """One of those of ActiLife; also that of the banner."""
    comma: bool = False
    """Write a decimal comma, and semicolons between cells."""
    idle_lines: bool = False
    """Write the two lines more of a newer banner."""
    filling: Literal["held", "zeros"] = "held"
    """What is written for the time between pieces that do not follow each other."""


def write_actigraph_csv(
    path: Path | str,
    pieces: Iterable[Piece],
    scale: Scale,
    layout: ActigraphCsvLayout | None = None,
) -> int:
    """Write a raw ActiGraph export: rows without holes, for what was not recorded is filled in.

    Parameters
    ----------
    path
        Where to.
    pieces
        Of any length. The first sample begins at a whole second; every sample is written at the
        nearest place of the even grid that begins there, which is free.
    scale
        What makes g of the codes; written with three decimals.
    layout
        None for 100 Hz without stamps.

    Returns
    -------
    int
        Rows written, those that were filled in too.
    """
    layout = ActigraphCsvLayout() if layout is None else layout
    rows = 0
    with Path(path).open("w", encoding="ascii", newline="\r\n") as file:
        start_ns = 0
        last = np.zeros(3)
        for raw, times_ns in pieces:
            if not rows:
                start_ns = int(times_ns[0])
                file.write(_banner(layout, start_ns))
            place = np.rint((times_ns - start_ns) * layout.rate_hz / SECOND_NS).astype(np.int64)
            accel_g = np.tile(last, (int(place[-1]) + 1 - rows, 1))
            written = np.zeros(len(accel_g), np.bool_)
            written[place - rows] = True
            accel_g[place - rows] = scale.to_g(raw)
            _fill(accel_g, written, layout.filling)
            file.writelines(_lines(layout, accel_g, start_ns, rows))
            rows += len(accel_g)
            last = accel_g[-1]
    return rows


def _fill(accel_g: NDArray[np.float64], written: NDArray[np.bool_], filling: str) -> None:
    """Repeat the row before, or zeros, where none was recorded."""
    if filling == "zeros":
        accel_g[~written] = 0.0
        return
    latest = np.maximum.accumulate(np.where(written, np.arange(len(written)), -1))
    known = latest >= 0  # before the first, the last row of the piece before stands already
    accel_g[known] = accel_g[latest[known]]


def _banner(layout: ActigraphCsvLayout, start_ns: int) -> str:
    start = datetime.fromtimestamp(start_ns // SECOND_NS, UTC)
    download = start + timedelta(days=14)
    date = _DATES[layout.date_format].format
    end = ";;;" if layout.comma else ""
    voltage = "4,21" if layout.comma else "4.21"
    idle = ["Idle Sleep Mode: Enabled", f"Sample Rate: {layout.rate_hz}"]
    axes = [f"Accelerometer {axis}" for axis in "XYZ"]
    names = (";" if layout.comma else ",").join(["Timestamp", *axes] if layout.stamps else axes)
    lines = [
        "------------ Data File Created By ActiGraph Link ActiLife v6.13.3 Firmware v1.7.2 "
        f"date format {layout.date_format} at {layout.rate_hz} Hz  Filter Normal -----------",
        f"Serial Number: {layout.serial}",
        f"Start Time {start:%H:%M:%S}",
        f"Start Date {date(start)}",
        "Epoch Period (hh:mm:ss) 00:00:00",
        f"Download Time {download:%H:%M:%S}",
        f"Download Date {date(download)}",
        "Current Memory Address: 0",
        f"Current Battery Voltage: {voltage}     Mode = 12",
        *(idle if layout.idle_lines else []),
        "--------------------------------------------------",
    ]
    return "".join(f"{line}{end}\n" for line in lines) + (f"{names}\n" if layout.names else "")


def _lines(
    layout: ActigraphCsvLayout, accel_g: NDArray[np.float64], start_ns: int, first: int
) -> Iterator[str]:
    mark = ";" if layout.comma else ","
    date = _DATES[layout.date_format].format
    for row, sample in enumerate(accel_g.tolist(), first):
        cells = [f"{value:.3f}".rstrip("0").rstrip(".") or "0" for value in sample]
        cells = ["0" if cell == "-0" else cell for cell in cells]
        if layout.comma:
            cells = [cell.replace(".", ",") for cell in cells]
        if layout.stamps:
            milliseconds = (start_ns + round(row * SECOND_NS / layout.rate_hz)) // 1_000_000
            moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
            cells.insert(0, f"{date(moment)} {moment:%H:%M:%S}.{milliseconds % 1000:03}")
        yield mark.join(cells) + "\n"
