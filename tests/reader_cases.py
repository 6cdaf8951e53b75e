"""One small good file of every kind, and reading it while every promise of a reader is checked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import made_recordings as made
import numpy as np
from made_avro import centrepoint, embraceplus, header_of
from made_edf import edf

from recordings import ReadOptions, Scale, open_recording
from recordings.writers import write_actigraph_csv, write_csv

N = 600
COUNTS_PER_G = 256
BOUND_N = 1 << 18
"""A chunk is no longer than this."""


def table(codes, **options):
    scale = Scale(gain_g=(1 / COUNTS_PER_G,) * 3)
    return made.written(
        lambda path, pieces, _: write_csv(path, pieces, scale, **options), codes, None, 100.0
    )


def parquet(codes):
    import pyarrow as pa
    from pyarrow import parquet as pq

    columns = {"time": made.sample_times(len(codes), 100.0).view("M8[ns]")}
    columns |= {axis: codes[:, k] / COUNTS_PER_G for k, axis in enumerate("xyz")}
    memory = io.BytesIO()
    pq.write_table(pa.table(columns), memory)
    return memory.getvalue()


def actigraph(codes):
    scale = Scale(gain_g=(1 / COUNTS_PER_G,) * 3)
    return made.written(
        lambda path, pieces, _: write_actigraph_csv(path, pieces, scale), codes, None, 100.0
    )


def text(rows, *above):
    lines = [*above, *(",".join(map(str, row)) for row in rows), ""]
    return "\n".join(lines).encode()


def e4(codes):
    start = f"{made.T0_NS / 1e9:.6f}"
    return text(codes.tolist(), ", ".join([start] * 3), ", ".join(["100.000000"] * 3))


def wrist_motion(codes):
    gravity = np.tile([0.0, 0.0, 1.0], (len(codes), 1))
    values = np.hstack([codes / COUNTS_PER_G - gravity, gravity]).tolist()
    times = made.sample_times(len(codes), 100.0).tolist()
    axes = [f"{what}{axis}" for what in ("acceleration", "gravity") for axis in "XYZ"]
    rows = ([time, *row] for time, row in zip(times, values, strict=True))
    return text(rows, ",".join(["time", *axes]))


def e4_session(codes):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("ACC.csv", e4(codes))
        archive.writestr("TEMP.csv", "1551453301.0\n4.0\n31.2\n")
    return memory.getvalue()


class Case(NamedTuple):
    """One kind of file: N samples at rest."""

    name: str
    make: Callable[..., bytes]
    codes: np.ndarray
    dtype: type
    options: Mapping[str, float] = MappingProxyType({})
    """What the user must say."""
    header_bytes: int = 0
    last_may_differ: bool = False
    """A number that is cut is another number: the last row of a cut text may be wrong."""
    rate_hz: float = 100.0
    counts_per_g: int = COUNTS_PER_G
    decimals: int | None = None
    """To which values in g are rounded."""
    from_end: bool = False
    """The directory stands at the end: a cut file is refused, and so is a compressed one."""

    @property
    def content(self):
        return CONTENT[self.name]


COARSE, FINE = made.resting(N), made.resting(N, step=1)
SESSION = embraceplus(FINE, codec="null", rate_hz=100.0)
EXPORT = centrepoint(FINE / COUNTS_PER_G)
CASES = (
    Case("cwa", made.cwa, COARSE, np.int16, header_bytes=1024),
    Case("cwa-unpacked", lambda c: made.cwa(c, packed=False), FINE[:560], np.int16, {}, 1024),
    Case(
        "cwa-ax6",
        lambda c: made.cwa(c * 16, hardware="ax6", packed=False, gyroscope=True),
        FINE,
        np.int16,
        header_bytes=1024,
    ),
    Case("geneactiv", made.geneactiv, FINE, np.int16, header_bytes=1000),
    Case("edf", edf, FINE, np.int16, header_bytes=1280),
    Case("edf-interrupted", lambda c: edf(c, plus="D"), FINE, np.int16, {}, 1536),
    Case("bdf", lambda c: edf(c, bits=24), FINE, np.float64, {}, 1280),
    Case("embraceplus", lambda _: SESSION, FINE, np.int16, {}, len(header_of(SESSION))),
    Case("centrepoint", lambda _: EXPORT, FINE, np.float64, {}, len(header_of(EXPORT)), rate_hz=32),
    Case("gt3x", made.gt3x, FINE, np.int16),
    Case("gt3x-packed", lambda c: made.gt3x(c, log="activity", deflated=True), FINE, np.int16),
    Case("gt3x-old", lambda c: made.gt3x(c, log="old", log_first=False), FINE, np.int16),
    Case("csv", table, FINE, np.float64, header_bytes=10, last_may_differ=True),
    Case(
        "csv-uniform",
        lambda c: table(c, times=False),
        FINE,
        np.float64,
        {"rate_hz": 100.0},
        6,
        last_may_differ=True,
    ),
    Case(
        "actigraph-csv",
        actigraph,
        FINE,
        np.float64,
        header_bytes=450,
        last_may_differ=True,
        decimals=3,
    ),
    Case(
        "empatica-e4-csv",
        e4,
        made.resting(N, unit=64, step=1),
        np.float64,
        header_bytes=80,
        last_may_differ=True,
        counts_per_g=64,
    ),
    Case(
        "empatica-e4-session",
        e4_session,
        made.resting(N, unit=64, step=1),
        np.float64,
        last_may_differ=True,
        counts_per_g=64,
    ),
    Case("wrist-motion", wrist_motion, FINE, np.float64, header_bytes=72, last_may_differ=True),
    Case("parquet", parquet, FINE, np.float64, from_end=True),
)
CONTENT = {case.name: case.make(case.codes) for case in CASES}


def read(path, case):
    """All samples in g and their times, checking what every chunk owes."""
    recording = open_recording(path, ReadOptions(**case.options))
    accel_g, times = (np.concatenate(part) for part in zip(*pieces(recording), strict=True))
    return accel_g, times, recording


def pieces(recording):
    """Samples in g and their times, chunk by chunk, checking what each owes."""
    first_ns, n, follows = None, 0, 0
    for chunk in recording.chunks():
        assert chunk.samples.dtype in (np.int16, np.float64)
        assert chunk.samples.shape == (len(chunk), 3)
        assert chunk.samples.flags.c_contiguous
        assert 0 < len(chunk) <= BOUND_N
        assert chunk.knots.dtype == np.int64
        assert chunk.knots.shape[0] >= 2
        assert np.all(np.diff(chunk.knots, axis=0) > 0)
        assert bool(chunk.opens_segment) == (chunk.first_index == 0)
        if not chunk.opens_segment:
            assert chunk.first_index == follows
        follows = chunk.first_index + len(chunk)
        accel_g = chunk.scale.to_g(chunk.samples)
        assert np.all(np.isfinite(accel_g))
        times = chunk.times_ns(np.arange(chunk.first_index, follows))
        first_ns, n = times[0] if first_ns is None else first_ns, n + len(chunk)
        yield accel_g, times
    assert recording.health.samples == n
    assert recording.health.start_ns == first_ns
