"""What reading costs, by format: time against reading the bytes alone, and memory.

    python benchmarks/formats.py               # two hours of 100 Hz in every format
    python benchmarks/formats.py --hours 24
    python benchmarks/formats.py --only cwa --only gt3x

The same synthetic evening is written in every format and read in a process of its own: once to
compile, then three times for the median of the CPU time. "alone" is reading the file's bytes into
one buffer, in the same process. Memory is the peak of that process; most of it is the libraries
that it imports.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from memory import peak_mb

from recordings import ReadOptions, Scale, open_recording

if TYPE_CHECKING:
    from recordings.writers import Piece

RATE_HZ = 100
REPEATS = 3
READ_BYTES = 1 << 18
COUNTS_PER_G = 256
SCALE = Scale(gain_g=(1 / COUNTS_PER_G,) * 3)

Write = Callable[[Path, "list[Piece]"], object]


def coarse(pieces: list[Piece]) -> list[Piece]:
    """Drop the two bits that an AX3 drops at 8 g."""
    return [(codes >> 2 << 2, times_ns) for codes, times_ns in pieces]


def write_parquet(path: Path, pieces: list[Piece]) -> None:
    """Write columns time, x, y, z as most programs would."""
    import pyarrow as pa
    from pyarrow import parquet

    codes, times_ns = (np.concatenate(part) for part in zip(*pieces, strict=True))
    columns = {"time": times_ns.view("M8[ns]")}
    columns |= {axis: codes[:, k] / COUNTS_PER_G for k, axis in enumerate("xyz")}
    parquet.write_table(pa.table(columns), path)


def write_embraceplus(path: Path, pieces: list[Piece]) -> None:
    """Write sessions of half an hour, one after the other."""
    import made_avro

    codes, _ = (np.concatenate(part) for part in zip(*pieces, strict=True))
    path.write_bytes(made_avro.embraceplus(codes))


def formats() -> dict[str, Write]:
    """Return what writes each format. Its imports would count as memory of the reading."""
    from recordings.writers import (
        CwaLayout,
        EdfLayout,
        GeneactivLayout,
        Gt3xLayout,
        write_csv,
        write_cwa,
        write_edf,
        write_geneactiv,
        write_gt3x,
    )

    return {
        "cwa": lambda p, x: write_cwa(p, coarse(x), CwaLayout(rate_hz=RATE_HZ)),
        "cwa-unpacked": lambda p, x: write_cwa(p, x, CwaLayout(rate_hz=RATE_HZ, packed=False)),
        "cwa-ax6-gyroscope": lambda p, x: write_cwa(
            p, x, CwaLayout(rate_hz=RATE_HZ, hardware="ax6", packed=False, gyroscope=True)
        ),
        "geneactiv": lambda p, x: write_geneactiv(p, x, GeneactivLayout(rate_hz=RATE_HZ)),
        "gt3x": lambda p, x: write_gt3x(p, x, Gt3xLayout(rate_hz=RATE_HZ, deflated=True)),
        "gt3x-12-bit-stored": lambda p, x: write_gt3x(
            p, x, Gt3xLayout(rate_hz=RATE_HZ, log="activity")
        ),
        "edf": lambda p, x: write_edf(p, x, EdfLayout(rate_hz=RATE_HZ)),
        "edf-plus-d": lambda p, x: write_edf(p, x, EdfLayout(rate_hz=RATE_HZ, plus="D")),
        "bdf": lambda p, x: write_edf(p, x, EdfLayout(rate_hz=RATE_HZ, bits=24)),
        "embraceplus-avro": write_embraceplus,
        "csv-iso-times": lambda p, x: write_csv(p, x, SCALE),
        "csv-no-times": lambda p, x: write_csv(p, x, SCALE, times=False),
        "parquet": write_parquet,
    }


def read_alone(path: Path) -> None:
    """Read all bytes into one buffer."""
    buffer = bytearray(READ_BYTES)
    with path.open("rb", buffering=0) as file:
        while file.readinto(buffer):
            pass


def decode(path: Path) -> int:
    """Read all samples and return their number."""
    recording = open_recording(path, ReadOptions(rate_hz=float(RATE_HZ)))
    return sum(len(chunk) for chunk in recording.chunks())


def cpu_s(work: Callable[[Path], object], path: Path) -> float:
    """Return the median CPU time of some work, all threads together."""
    taken = []
    for _ in range(REPEATS):
        began = time.process_time()
        work(path)
        taken.append(time.process_time() - began)
    return median(taken)


def once(path: Path) -> dict[str, float]:
    """Measure in this process."""
    samples = decode(path)
    decoded_s, alone_s = cpu_s(decode, path), cpu_s(read_alone, path)
    return {
        "bytes": path.stat().st_size / samples,
        "ns": decoded_s / samples * 1e9,
        "alone": decoded_s / max(alone_s, 1e-4),
        "peak_mb": peak_mb(),
    }


def main() -> None:
    """Measure what the command line asks for."""
    if sys.argv[1:2] == ["--once"]:
        print(json.dumps(once(Path(sys.argv[2]))))
        return
    from recordings.synthetic import Recipe, plan, synthesise

    writers = formats()
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--hours", type=float, default=2.0, help="of the recording (default: 2)")
    parser.add_argument("--only", action="append", choices=list(writers), help="this format")
    asked = parser.parse_args()
    night = plan(0, Recipe(start="2024-03-05T22:00:00", hours=asked.hours))
    piece = synthesise(night)
    print("| format | bytes a sample | CPU ns a sample | against reading alone | peak memory |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.only or writers:
            path = Path(folder) / name
            writers[name](path, [piece])
            command = [sys.executable, __file__, "--once", str(path)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            found = json.loads(done.stdout)
            path.unlink()
            print(
                f"| {name} | {found['bytes']:.1f} | {found['ns']:.1f} | {found['alone']:.1f} "
                f"| {found['peak_mb']:.0f} MB |",
                flush=True,
            )


if __name__ == "__main__":
    main()
