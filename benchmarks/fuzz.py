"""Throw damaged and hostile files at every reader and see whether one breaks.

    python benchmarks/fuzz.py                     # 10,000 inputs over all readers
    python benchmarks/fuzz.py --inputs 1000000    # the campaign; begun again, it goes on
    python benchmarks/fuzz.py --portion 7 --into again  # the one of cwa-7-123.cwa again

The good files are the small ones of the contract suite and of the tables that people write. They
are cut at every byte, and damaged in every other way: bytes and bits changed, numbers, dates and
cells made extreme, pieces cut out, put in, repeated, exchanged, taken from another recording of the
same or another kind, inside and outside packing, with checksums as they fall or made right. Beside
them stand files made to do harm: bombs, archives that lie, schemas without end, gigantic cells.

A reader may deliver or refuse, with its own error, which names the file, what is wrong and what can
be done. Anything else (another exception, more than ten seconds of CPU time, more memory than a
small file may cost, a broken promise of the chunks, a message that nobody can read) is a fault: the
file is kept and the exit status is 1.

Inputs come in portions of 10,000. What every portion gave is kept in a file, so that a campaign can
be interrupted; the table is of all of them.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import resource
import signal
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from types import FrameType

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from fuzzing.targets import LAST, Target, targets

PORTION = 10_000
PATIENCE_S = 10
"""CPU time: a file of some kilobytes that takes longer hangs."""
STANDSTILL_S = 1800
"""Time by the clock after which a reader is given up that no signal reaches."""
MEMORY_BYTES = 512 << 20
"""Address space that a reader may ask for beyond what the process has when it begins."""


class HangError(Exception):
    """A reader took too long."""


@dataclass(slots=True)
class Tally:
    """What became of the inputs of one reader."""

    inputs: int = 0
    read: int = 0
    refused: int = 0
    slowest_s: float = 0.0
    grown_mb: float = 0.0
    faults: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add another portion."""
        self.inputs += other.inputs
        self.read += other.read
        self.refused += other.refused
        self.slowest_s = max(self.slowest_s, other.slowest_s)
        self.grown_mb = max(self.grown_mb, other.grown_mb)
        self.faults += other.faults


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise HangError


def _peak_mb() -> float:
    """Return the most memory that was in use since :func:`_forget_peak`."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _forget_peak() -> float:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _peak_mb()


@contextmanager
def _bounded() -> Iterator[None]:
    """Refuse what asks for too much memory, interrupt what takes too long, give up what stands."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * os.sysconf("SC_PAGE_SIZE") + MEMORY_BYTES
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    handler = signal.signal(signal.SIGPROF, _ring)
    faulthandler.dump_traceback_later(STANDSTILL_S, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGPROF, handler)
        resource.setrlimit(resource.RLIMIT_AS, before)


def campaign(target: Target, portion: int, into: Path) -> Tally:
    """Try one portion of the inputs of a reader; the present one lies in ``into``."""
    random = Random(f"{target.name} {portion}")  # noqa: S311 (the same damage again, no secret)
    tally = Tally()
    path = into / target.file
    for content in (target.whole, target.whole):  # compile, and let the allocator settle
        path.write_bytes(content or b" ")
        target.attempt(path)
    before = _forget_peak()
    with _bounded():
        for number, content in enumerate(target.inputs(random, portion)):
            path.write_bytes(content)
            if problem := _tried(target, path, tally):
                kept = f"{target.name.replace(' ', '_')}-{portion}-{number}{path.suffix}"
                (into / kept).write_bytes(content)
                tally.faults.append(f"{kept}: {problem}"[:300])
            LAST.clear()
    tally.grown_mb = _peak_mb() - before
    return tally


def _tried(target: Target, path: Path, tally: Tally) -> str:
    """Let a reader have an input; return how it broke, empty if it did not."""
    began = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, PATIENCE_S)
    try:
        given = target.attempt(path)
        tally.read += given
        tally.refused += not given
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        tally.inputs += 1
        tally.slowest_s = max(tally.slowest_s, time.process_time() - began)
    return ""


def run_portion(chosen: Sequence[Target], portion: int, into: Path) -> None:
    """Run a portion over all readers and write down what it gave."""
    tallies = {each.name: asdict(campaign(each, portion, into)) for each in chosen}
    with (into / "portions.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"portion": portion, "readers": tallies}) + "\n")


def summed(into: Path) -> tuple[set[int], dict[str, Tally]]:
    """Return which portions are done, and what they gave together."""
    done, tallies = set(), dict[str, Tally]()
    known = into / "portions.jsonl"
    for line in known.read_text(encoding="utf-8").splitlines() if known.exists() else []:
        portion = json.loads(line)
        done.add(portion["portion"])
        for name, tally in portion["readers"].items():
            tallies.setdefault(name, Tally()).add(Tally(**tally))
    return done, tallies


def table(tallies: dict[str, Tally]) -> str:
    """Return what became of all inputs, as Markdown."""
    whole = Tally()
    for tally in tallies.values():
        whole.add(tally)
    lines = [
        "| reader | inputs | read | refused | faults | slowest | memory |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {t.inputs:,} | {t.read:,} | {t.refused:,} | {len(t.faults)} "
        f"| {t.slowest_s:.2f} s | {max(0, t.grown_mb):.0f} MB |"
        for name, t in [*tallies.items(), ("**all**", whole)]
    ]
    return "\n".join(lines)


def main() -> int:
    """Run what the command line asks for."""
    warnings.simplefilter("error")
    readers = targets()
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=PORTION, help="default: 10000")
    parser.add_argument("--portion", type=int, help="this alone, by the number in a kept name")
    parser.add_argument(
        "--into", type=Path, default=ROOT / "build" / "fuzz", help="for what is kept"
    )
    asked = parser.parse_args()
    asked.into.mkdir(parents=True, exist_ok=True)
    portions = -(-asked.inputs // PORTION)
    done, _ = summed(asked.into)
    asked_for = {*range(portions)} if asked.portion is None else {asked.portion}
    for portion in sorted(asked_for - done):
        run_portion(readers, portion, asked.into)
        print(f"portion {portion + 1} of {portions}", file=sys.stderr, flush=True)
    _, tallies = summed(asked.into)
    print(table(tallies))
    faults = [fault for tally in tallies.values() for fault in tally.faults]
    print("\n".join(faults), end="\n" * bool(faults))
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
