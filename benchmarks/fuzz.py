"""Throw damaged recordings at every reader and see whether one breaks.

    python benchmarks/fuzz.py                          # 2000 damaged files of each kind
    python benchmarks/fuzz.py --inputs 100000          # a campaign
    python benchmarks/fuzz.py --kind cwa --seed 7      # one kind, other damage

The files are the small ones of the contract suite, damaged one to six times each: bytes and bits
changed, numbers made extreme, pieces cut out, put in, repeated, exchanged, taken from another kind
of file, the end cut off, the whole compressed. A reader may deliver samples or refuse with a
``RecordingError``; anything else (another exception, more than ten seconds, more memory than a
small file may cost, a broken promise of the chunks) is a fault: the file is kept and the exit
status is 1.
"""

from __future__ import annotations

import argparse
import gzip
import os
import resource
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from types import FrameType

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from reader_cases import CASES, Case, read

from recordings import RecordingError

PATIENCE_S = 10
"""A file of some kilobytes that takes longer hangs."""
MEMORY_BYTES = 512 << 20
"""Address space that a reader may ask for beyond what the process has when it begins."""
PROCESSES = 2
TEXT_ROWS = 120
"""Tables of fewer rows than those of the suite: text is slow to parse, and damage to one row is
like damage to another."""
NUMBERS = (b"-1", b"0", b"1e308", b"-1e-308", b"nan", b"inf", b"9" * 25, b"0x7f", b"", b"1,5")
EXTREMES = tuple(
    value.to_bytes(size, "little", signed=True)
    for size in (1, 2, 4, 8)
    for value in (0, 1, -1, 2 ** (8 * size - 1) - 1, -(2 ** (8 * size - 1)))
)

Damage = Callable[[bytearray, np.random.Generator, bytes], None]


class HangError(Exception):
    """A reader took too long."""


@dataclass(slots=True)
class Tally:
    """What became of the damaged files of one kind."""

    inputs: int = 0
    read: int = 0
    refused: int = 0
    slowest_s: float = 0.0
    grown_mb: float = 0.0
    faults: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add what another process saw."""
        self.inputs += other.inputs
        self.read += other.read
        self.refused += other.refused
        self.slowest_s = max(self.slowest_s, other.slowest_s)
        self.grown_mb = max(self.grown_mb, other.grown_mb)
        self.faults += other.faults


def _span(data: bytearray, rng: np.random.Generator) -> slice:
    """Return a place and a length, short ones more often than long ones."""
    start = int(rng.integers(len(data) + 1))
    return slice(start, start + int(2 ** rng.uniform(0, np.log2(len(data) + 2))))


def _change(data: bytearray, rng: np.random.Generator, _other: bytes) -> None:
    for _ in range(int(rng.integers(1, 9))):
        if data:
            data[int(rng.integers(len(data)))] = int(rng.integers(256))


def _flip(data: bytearray, rng: np.random.Generator, _other: bytes) -> None:
    if data:
        data[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))


def _exaggerate(data: bytearray, rng: np.random.Generator, _other: bytes) -> None:
    value = EXTREMES[int(rng.integers(len(EXTREMES)))]
    start = int(rng.integers(len(data) + 1))
    data[start : start + len(value)] = value


def _misnumber(data: bytearray, rng: np.random.Generator, _other: bytes) -> None:
    """Replace a run of digits, as text formats have them."""
    start = int(rng.integers(len(data) + 1))
    while start < len(data) and not chr(data[start]).isdigit():
        start += 1
    stop = start
    while stop < len(data) and chr(data[stop]) in "0123456789.":
        stop += 1
    data[start:stop] = NUMBERS[int(rng.integers(len(NUMBERS)))]


def _cut_out(data: bytearray, rng: np.random.Generator, _other: bytes) -> None:
    del data[_span(data, rng)]


def _put_in(data: bytearray, rng: np.random.Generator, _other: bytes) -> None:
    start = int(rng.integers(len(data) + 1))
    data[start:start] = rng.bytes(int(rng.integers(1, 600)))


def _repeat(data: bytearray, rng: np.random.Generator, _other: bytes) -> None:
    piece = data[_span(data, rng)][:2000]
    start = int(rng.integers(len(data) + 1))
    data[start:start] = piece * int(rng.integers(1, 6))


def _exchange(data: bytearray, rng: np.random.Generator, _other: bytes) -> None:
    piece = bytes(data[_span(data, rng)])
    start = int(rng.integers(len(data) + 1))
    data[start : start + len(piece)] = piece


def _splice(data: bytearray, rng: np.random.Generator, other: bytes) -> None:
    piece = other[_span(bytearray(other), rng)]
    start = int(rng.integers(len(data) + 1))
    data[start : start + len(piece)] = piece


def _truncate(data: bytearray, rng: np.random.Generator, _other: bytes) -> None:
    del data[int(rng.integers(len(data) + 1)) :]


DAMAGES: tuple[Damage, ...] = (
    *(_change, _flip, _exaggerate, _misnumber, _cut_out, _put_in),
    *(_repeat, _exchange, _splice, _truncate),
)


def damaged(content: bytes, rng: np.random.Generator, other: bytes) -> bytes:
    """Return a file damaged one to six times, now and then compressed before or after."""
    data = bytearray(gzip.compress(content, 1) if rng.random() < 0.03 else content)
    for _ in range(1 + int(min(5, rng.geometric(0.5) - 1))):
        DAMAGES[int(rng.integers(len(DAMAGES)))](data, rng, other)
    return bytes(data[: 1 << 20]) or b"\0"


@contextmanager
def bounded() -> Iterator[None]:
    """Interrupt what takes too long, refuse what asks for too much memory."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise HangError

    signal.signal(signal.SIGALRM, ring)
    status = Path("/proc/self/statm").read_text(encoding="ascii").split()
    used = int(status[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_BYTES, resource.RLIM_INFINITY))
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def attempt(case: Case, path: Path) -> bool:
    """Read a file; return whether it gave samples.

    Raises
    ------
    AssertionError
        If the chunks break a promise.
    """
    try:
        read(path, case)
    except RecordingError as error:
        if error.path != path or not error.problem:
            raise AssertionError(f"a refusal without a name or a reason: {error}") from error
        return False
    return True


def campaign(name: str, seed: int, inputs: int, faults: Path) -> Tally:
    """Damage one kind of file over and over."""
    warnings.simplefilter("error")
    case = next(case for case in CASES if case.name == name)
    others = [other.content for other in CASES if other.name != name]
    rng = np.random.default_rng([seed, *name.encode()])
    tally = Tally()
    with tempfile.TemporaryDirectory() as at:
        path = Path(at) / "damaged"
        whole = case.make(case.codes[:TEXT_ROWS]) if case.last_may_differ else case.content
        path.write_bytes(whole)
        attempt(case, path)  # compile, and let the allocator settle
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for number in range(inputs):
            content = damaged(whole, rng, others[int(rng.integers(len(others)))])
            path.write_bytes(content)
            began = time.perf_counter()
            try:
                with bounded():
                    given = attempt(case, path)
                tally.read += given
                tally.refused += not given
            except Exception as error:
                kept = faults / f"{name}-{seed}-{number}"
                kept.write_bytes(content)
                tally.faults.append(f"{kept}: {type(error).__name__}: {error}")
            tally.inputs += 1
            tally.slowest_s = max(tally.slowest_s, time.perf_counter() - began)
        tally.grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return tally


def measure(kinds: list[str], seed: int, inputs: int, faults: Path) -> dict[str, Tally]:
    """Run a campaign on each kind, shared among processes."""
    share = -(-inputs // PROCESSES)
    work = [(kind, PROCESSES * seed + k, share, faults) for kind in kinds for k in range(PROCESSES)]
    tallies = {kind: Tally() for kind in kinds}
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        for (kind, *_), tally in zip(
            work, pool.map(campaign, *zip(*work, strict=True)), strict=True
        ):
            tallies[kind].add(tally)
    return tallies


def main() -> int:
    """Run what the command line asks for."""
    kinds = [case.name for case in CASES]
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=2000, help="of each kind (default: 2000)")
    parser.add_argument("--kind", action="append", choices=kinds, help="only this one")
    parser.add_argument("--seed", type=int, default=0, help="which damage (default: 0)")
    parser.add_argument(
        "--faults", type=Path, default=Path("fuzz-faults"), help="where to keep them"
    )
    asked = parser.parse_args()
    asked.faults.mkdir(parents=True, exist_ok=True)
    tallies = measure(asked.kind or kinds, asked.seed, asked.inputs, asked.faults)
    print("| kind | inputs | gave samples | refused | faults | slowest | memory grew |")
    print("|---|---|---|---|---|---|---|")
    for kind, t in tallies.items():
        print(
            f"| {kind} | {t.inputs} | {t.read} | {t.refused} | {len(t.faults)} "
            f"| {t.slowest_s:.2f} s | {t.grown_mb:.0f} MB |"
        )
    for fault in [fault for t in tallies.values() for fault in t.faults]:
        print(fault)
    return int(any(t.faults for t in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
