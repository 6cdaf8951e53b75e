"""Whether the same recordings give the same bytes, however and wherever they are run.

    python benchmarks/determinism.py
    python benchmarks/determinism.py --python oldest=old/bin/python --python newest=new/bin/python

Made nights in several formats and the bundled recording are run once, and then again in every way
that must not matter. All files of the output folder are compared, byte by byte, and so is every bit
of the events and epochs behind them, before anything was rounded. Other environments are named with
``--python NAME=COMMAND``; a command may have several words. What says the versions of libraries is
not compared: the plot library, the signature of a Parquet file (its rows are), that part of the
methods, and the hashes of pages that hold it.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from recordings.synthetic import Recipe, acceleration, plan, write

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "recordings" / "samples" / "ax3_thigh25_short_night.cwa.gz"
DEVICES = (("ax3", 50, "cwa"), ("geneactiv", 50, "bin"), ("actigraph", 30, "gt3x"))
FLAGS = ("--tz", "Europe/London", "--site", "wrist", "-q")

SCAN = """
import hashlib, sys
import detector
for path in sys.argv[1:]:
    bits = hashlib.sha256()
    for night in detector.analyse(path, tz="Europe/London", site="wrist").nights:
        bits.update(night.scan.epochs.tobytes() + night.scan.candidates.tobytes())
        bits.update(repr(sorted(night.counts.items())).encode())
    print(path, bits.hexdigest())
"""
"""Tells every bit of the events and epochs of recordings."""

CUT = """
import importlib
from recordings.formats.axivity_cwa import CwaReader
CwaReader.__init__.__kwdefaults__["batch_sectors"] = {sectors}
for name, constant, size in {sizes}:
    setattr(importlib.import_module(name), constant, size)
"""
"""Is run when an interpreter starts: lets readers cut what they read elsewhere."""

READERS = (
    ("recordings.formats.geneactiv", "BUFFER_BYTES"),
    ("recordings.formats.gt3x_log", "BUFFER_BYTES"),
    ("recordings.formats.gt3x_log", "BATCH_RECORDS"),
    ("recordings.formats.tables.csv_table", "BLOCK_BYTES"),
)


VERSIONS = re.compile(rb"Python [^)]*|(?<=nonce[-=])\"?[0-9a-f]{32}")
"""What the methods say of other versions, and the password of a page that says it."""


@dataclass(frozen=True)
class Way:
    """One way of running that must not matter."""

    kind: str
    name: str
    environment: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ("--jobs", "2")
    python: tuple[str, ...] = (sys.executable,)
    short: bool = False
    """Whether it is so slow that minutes must do."""


def make_nights(folder: Path, hours: float) -> list[Path]:
    """Write a night of each device and one as a table, and return their paths."""
    folder.mkdir(parents=True)
    paths = []
    for seed, (device, rate_hz, ending) in enumerate(DEVICES):
        recipe = Recipe(device=device, rate_hz=rate_hz, start="2024-03-05T22:00:00", hours=hours)
        made = plan(31_000 + seed, recipe)
        paths.append(folder / f"{device}.{ending}")
        write(made, paths[-1])
    times_ns = made.start_ns + np.arange(int(hours * 3600 * 40)) * 25_000_000
    accel_mg = np.rint(1000 * acceleration(made, times_ns)).astype(int)
    stamps = times_ns.astype("M8[ns]").astype("M8[ms]")
    rows = [f"{t},{x},{y},{z}" for t, (x, y, z) in zip(stamps, accel_mg.tolist(), strict=True)]
    paths.append(folder / "table.csv")
    paths[-1].write_text("\n".join(["time,x_mg,y_mg,z_mg", *rows]) + "\n", encoding="utf-8")
    return paths


def ways(folder: Path, pythons: Sequence[str]) -> Iterator[Way]:
    """Yield every way of running, the first of which is the one that others are held against."""
    yield Way("run", "again")
    for jobs in ("1", "3"):
        yield Way("workers", jobs, flags=("--jobs", jobs))
    for name, divide in (("tiny", 61), ("odd", 3)):
        first = f"{_cut(folder / name, divide)}{os.pathsep}{ROOT}"
        yield Way("chunks", name, {"PYTHONPATH": first})
    yield Way("JIT", "off", {"NUMBA_DISABLE_JIT": "1"}, short=True)
    yield Way("processor", "generic", {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""})
    for avoid in (_NEWER, f"{_NEWER} AVX2 FMA3"):
        yield Way("processor", f"NumPy without {avoid}", {"NPY_DISABLE_CPU_FEATURES": avoid})
    yield Way("processor", "C library without FMA, AVX2", {"GLIBC_TUNABLES": _PLAIN_C})
    for core in ("Nehalem", "Haswell"):
        yield Way("processor", f"BLAS for {core}", {"OPENBLAS_CORETYPE": core})
    for seed in ("0", "4294967295"):
        yield Way("hash seed", seed, {"PYTHONHASHSEED": seed})
    for name in ("C", "C.UTF-8"):
        yield Way("locale", name, {"LC_ALL": name, "LANG": name, "PYTHONUTF8": "0"})
    for zone in ("Asia/Kathmandu", "America/St_Johns"):
        yield Way("machine's zone", zone, {"TZ": zone})
    for n in ("1", "4"):
        names = ("NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "ARROW_IO_THREADS")
        yield Way("threads", n, dict.fromkeys(names, n))
    for text in pythons:
        name, _, command = text.partition("=")
        yield Way("environment", name, python=tuple(shlex.split(command)))


_NEWER = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL"
_PLAIN_C = "glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA,-FMA4,-AVX"


def _cut(folder: Path, divide: int) -> Path:
    """Make a folder that lets interpreters read in smaller pieces of an odd size."""
    folder.mkdir()
    sizes = []
    for module, constant in READERS:
        size = getattr(__import__(module, fromlist=[constant]), constant)
        sizes.append((module, constant, max(1, size // divide) | 1))
    (folder / "sitecustomize.py").write_text(CUT.format(sizes=sizes, sectors=7), encoding="utf-8")
    return folder


def outcome(way: Way, inputs: Sequence[Path], out: Path) -> dict[str, bytes]:
    """Run recordings in one way; return what was written, and the bits behind it."""
    environment = {**os.environ, **way.environment}
    words = ["-m", "detector", "run", *map(str, inputs), "-o", str(out), *FLAGS, *way.flags]
    _run([*way.python, *words], environment)
    bits = _run([*way.python, "-c", SCAN, *map(str, inputs)], environment)
    found = {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    for path, line in zip(inputs, bits.splitlines(), strict=True):
        found[f"bits of {path.name}"] = line
    shutil.rmtree(out)
    return found


def _run(command: Sequence[str], environment: Mapping[str, str]) -> bytes:
    done = subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True)
    if done.returncode:
        raise RuntimeError(f"{shlex.join(command)}\n{done.stderr.decode(errors='replace')}")
    return done.stdout


def comparable(found: Mapping[str, bytes], *, others: bool) -> dict[str, bytes]:
    """Return what must be the same, with libraries of other versions only what is of our making."""
    if not others:
        return dict(found)
    own = {name: content for name, content in found.items() if not name.endswith("plotly.min.js")}
    for name, content in own.items():
        if name.endswith(".parquet"):
            table = pq.read_table(io.BytesIO(content))
            own[name] = repr((table.schema, table.to_pylist())).encode()
        elif name.endswith("run.json"):
            own[name] = json.dumps({**json.loads(content), "outputs": None}).encode()
        elif name.endswith((".md", ".html")):
            own[name] = VERSIONS.sub(b"", b" ".join(content.split()))
    return own


def main(words: Sequence[str] | None = None) -> int:
    """Run everything and print what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--python", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--kind", action="append", help="only ways of this kind")
    parser.add_argument("--hours", type=float, default=1, help="of each made night (default: 1)")
    parser.add_argument("--keep", type=Path, help="where to keep what differs")
    chosen = parser.parse_args(words)
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inputs = {
            False: [*make_nights(folder / "nights", chosen.hours), SAMPLE],
            True: make_nights(folder / "minutes", 0.1),
        }
        first = {short: outcome(Way("", ""), inputs[short], folder / "out") for short in inputs}
        print("| what varies | here | files and tables of bits | of them differ |")
        print("| --- | --- | --- | --- |")
        for way in ways(folder, chosen.python):
            if chosen.kind and way.kind not in chosen.kind:
                continue
            others = way.kind == "environment"
            try:
                found = outcome(way, inputs[way.short], folder / "out")
            except RuntimeError as error:
                failed += 1
                print(f"| {way.kind} | {way.name} | it does not run | |\n{error}", flush=True)
                continue
            got, wanted = (comparable(f, others=others) for f in (found, first[way.short]))
            wrong = sorted(n for n in got.keys() | wanted.keys() if got.get(n) != wanted.get(n))
            failed += len(wrong)
            print(f"| {way.kind} | {way.name} | {len(wanted)} | {len(wrong)} |", flush=True)
            for each in wrong:
                print(f"    {each}")
                _keep(chosen.keep, f"{way.kind} {way.name}", each, got, wanted)
    return 1 if failed else 0


def _keep(
    folder: Path | None, way: str, name: str, got: Mapping[str, bytes], wanted: Mapping[str, bytes]
) -> None:
    """Keep both forms of a file that differs."""
    if folder is None:
        return
    for side, content in (("got", got.get(name, b"")), ("wanted", wanted.get(name, b""))):
        path = folder / way.replace("/", "_") / side / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
