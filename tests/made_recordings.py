"""Small recordings made in memory, and what can be done to the bytes of a CWA file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from recordings import Health
from recordings.clock import place
from recordings.formats.axivity_cwa import HEADER, SECTOR, CwaReader
from recordings.writers import (
    CwaLayout,
    GeneactivLayout,
    Gt3xLayout,
    write_cwa,
    write_geneactiv,
    write_gt3x,
)

T0_NS = 1_709_675_999_250_000_000
"""2024-03-05T21:59:59.25 device time."""

DATA = Path(__file__).parent / "data"

SECTOR_BYTES = SECTOR.itemsize
HEADER_BYTES = HEADER.itemsize


def resting(n, *, unit=256, step=4, seed=1):
    """Codes (n, 3) of a sensor that lies still with 1 g along z, and noise of one step."""
    noise = np.random.default_rng(seed).integers(-1, 2, (n, 3))
    return ((np.array([0, 0, unit // step]) + noise) * step).astype(np.int16)


def sample_times(n, rate_hz):
    return T0_NS + np.rint(np.arange(n) * (1e9 / rate_hz)).astype(np.int64)


def written(write, codes, layout, true_hz):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made"
        write(path, [(codes, sample_times(len(codes), true_hz))], layout)
        return path.read_bytes()


def cwa(codes, *, true_hz=98.5, **layout):
    """A CWA file; the layout as in :class:`recordings.writers.CwaLayout`."""
    return written(write_cwa, codes, CwaLayout(**layout), true_hz)


def geneactiv(codes, **layout):
    return written(write_geneactiv, codes, GeneactivLayout(**layout), 100.0)


def gt3x(codes, *, rate_hz=100, **layout):
    """A .gt3x file; the layout as in :class:`recordings.writers.Gt3xLayout`."""
    return written(write_gt3x, codes, Gt3xLayout(rate_hz=rate_hz, **layout), rate_hz)


def sectors_of(content):
    """The data sectors of a CWA file, to be changed at will."""
    return np.frombuffer(content[HEADER_BYTES:], SECTOR).copy()


def seal(sectors):
    """Give sectors the checksums that make their words sum to 0."""
    sectors = sectors.copy()
    sectors["checksum"] = 0
    words = sectors.view("<u2").reshape(len(sectors), 256).astype(np.int64)
    sectors["checksum"] = -words.sum(axis=1) % 65_536
    return sectors


def with_sectors(content, sectors):
    """The file with other data sectors."""
    return content[:HEADER_BYTES] + sectors.tobytes()


def changed(content, which, **fields):
    """The file with fields of some sectors changed and sealed."""
    sectors = sectors_of(content)
    for name, value in fields.items():
        sectors[name][which] = value
    return with_sectors(content, seal(sectors))


def flipped(content, *numbers, at=200):
    """The file with one byte of each of these sectors changed."""
    damaged = bytearray(content)
    for number in numbers:
        damaged[HEADER_BYTES + number * SECTOR_BYTES + at] ^= 0x5A
    return bytes(damaged)


def read_cwa(path, batch_sectors=512):
    """Samples, times, segments and health, in batches of any size."""
    health = Health()
    reader = CwaReader(path, batch_sectors=batch_sectors)
    chunks = place(
        reader.blocks(health),
        nominal_hz=reader.header.nominal_hz,
        scale=reader.scale,
        health=health,
    )
    parts = [(c.samples, c.times_ns(c.first_index + np.arange(len(c)))) for c in chunks]
    samples = np.concatenate([s for s, _ in parts])
    times = np.concatenate([t for _, t in parts])
    return samples, times, [(s.reason, s.samples) for s in health.segments], health
