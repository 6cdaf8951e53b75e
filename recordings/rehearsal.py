"""Reads a little of every format, which compiles all kernels of the readers, or loads them.

A kernel is compiled for the types that it is given, so only reading compiles what reading needs.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from .kernels import avro
from .kernels.gt3x import unpack_yxz
from .model import SECOND_NS, Scale
from .registry import open_recording
from .writers import (
    CwaLayout,
    EdfLayout,
    GeneactivLayout,
    Gt3xLayout,
    Piece,
    write_csv,
    write_cwa,
    write_edf,
    write_geneactiv,
    write_gt3x,
)

_RATE_HZ = 50
_LENGTH_S = 30
_START_NS = 1_709_679_600 * SECOND_NS


def rehearse() -> int:
    """Read half a minute of every format; return how many samples that were."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rehearsal"
        samples = 0
        for write in _writers():
            write(path, iter([_piece()]))
            samples += sum(len(chunk) for chunk in open_recording(path).chunks())
    _unpack_what_nothing_writes()
    return samples


def _piece() -> Piece:
    n = _RATE_HZ * _LENGTH_S
    codes = np.random.default_rng(1).integers(-64, 64, (n, 3)).astype(np.int16) << 2
    return codes, _START_NS + np.arange(n) * (SECOND_NS // _RATE_HZ)


def _writers() -> list[Callable[[Path, Iterator[Piece]], object]]:
    return [
        _damaged,
        partial(write_cwa, layout=CwaLayout(rate_hz=_RATE_HZ)),
        partial(write_geneactiv, layout=GeneactivLayout(rate_hz=_RATE_HZ)),
        partial(write_gt3x, layout=Gt3xLayout(rate_hz=_RATE_HZ)),
        partial(write_gt3x, layout=Gt3xLayout(rate_hz=_RATE_HZ, log="activity")),
        partial(write_edf, layout=EdfLayout(rate_hz=_RATE_HZ, plus="D")),
        partial(write_edf, layout=EdfLayout(rate_hz=_RATE_HZ, bits=24)),
        partial(write_csv, scale=Scale(gain_g=(1 / 256,) * 3)),
    ]


def _damaged(path: Path, pieces: Iterator[Piece]) -> None:
    """Write sectors of 16-bit samples and something that is no sector among them."""
    write_cwa(path, pieces, CwaLayout(rate_hz=_RATE_HZ, packed=False))
    content = path.read_bytes()
    path.write_bytes(content[:-1024] + bytes(700) + content[-1024:])


def _unpack_what_nothing_writes() -> None:
    """Call the kernels of the formats that have no writer: Avro, and .gt3x of the oldest kind."""
    unpack_yxz(np.zeros(9, np.uint8), np.empty(6, np.int16), np.empty(6, np.int16))
    data = np.frombuffer(bytes([2, 2, 0]), np.uint8)  # an array of one number
    avro.walk(data, 0, np.full((1, 3), avro.END, np.int64), np.empty((1, 1)))
    avro.read_integers(data, 0, np.empty(1, np.int64))
