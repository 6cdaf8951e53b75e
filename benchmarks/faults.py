"""Whether runs survive what machines do: at least 500 faults, each put into a run of its own.

    python benchmarks/faults.py                       # all of them
    python benchmarks/faults.py "full disk" --share 0.1 --seed 7

Every disturbed run must end with the bytes of an undisturbed one, or say in words (and in its
ledger, where that can be written) that it does not; run again, it must end with those bytes. Faults
that this machine does not allow (mounting, another user) are skipped, and said to be. Linux only.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from harm import disk, inputs, power, process, surroundings
from harm.runs import ARGUMENTS, ONE_THREAD, Case, Ended, count_calls, put
from harm.verdict import content, differences, judged
from made_cohort import make_cohort

from recordings.synthetic import Recipe, plan, write

RECIPE = Recipe(
    device="ax3", rate_hz=25, start="2024-03-05T22:00:00", bed_time="22:15", sleep_h=3.0, hours=3.5
)
"""Of the recording of most runs."""


class Fault(NamedTuple):
    """A kind of fault."""

    kind: str
    count: int
    """How often it is injected."""
    inject: Callable[[Case], Ended]
    data: str = "night.cwa"
    needs: str = ""
    """A key of :data:`MISSING`."""


def _signals() -> list[Fault]:
    faults = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL):
        name = number.name
        faults += [
            Fault(name, 25, partial(process.signalled, number=number)),
            Fault(
                f"{name}, several recordings",
                5,
                partial(process.signalled_cold, number=number),
                "several",
            ),
        ]
        if number != signal.SIGKILL:
            faults.append(
                Fault(f"{name} twice", 8, partial(process.signalled_twice, number=number))
            )
    return faults


FAULTS = [
    Fault("full disk", 60, disk.no_space, needs="mount"),
    Fault("full disk: files", 25, disk.no_inodes, needs="mount"),
    Fault("full disk at any moment", 25, disk.fills_up, needs="mount"),
    Fault("limit of file size", 40, disk.size_limit),
    Fault("read-only disk", 6, disk.read_only, needs="mount"),
    Fault("disk turns read-only", 15, disk.turns_read_only, needs="mount"),
    Fault("output folder removed", 15, disk.goes_away),
    Fault("output not permitted", 24, disk.permission, needs="user"),
    Fault("input vanishes", 20, inputs.vanishes),
    Fault("input is cut", 20, inputs.is_truncated),
    Fault("input grows", 20, inputs.grows),
    Fault("input is replaced", 15, inputs.is_replaced),
    Fault("input not permitted", 6, inputs.is_denied, needs="user"),
    Fault("input is a pipe", 4, inputs.is_a_pipe),
    Fault("server stalls", 2, partial(inputs.over_the_network, way="stalls"), needs="network"),
    Fault("server hangs up", 10, partial(inputs.over_the_network, way="hangs_up"), needs="network"),
    Fault("server refuses", 2, partial(inputs.over_the_network, way="refuses"), needs="network"),
    Fault("server lies", 4, partial(inputs.over_the_network, way="lies"), needs="network"),
    *_signals(),
    *(
        Fault(
            f"standard {name}: {how}",
            4,
            partial(process.without_reader, descriptor=number, how=how),
        )
        for name, number in (("output", 1), ("error", 2))
        for how in ("no reader", "closed", "full")
    ),
    Fault("few open files", 20, partial(process.few_files, cold=False)),
    Fault("few open files, from the beginning", 6, partial(process.few_files, cold=True)),
    Fault("little memory", 25, partial(process.little_memory, cold=False)),
    Fault("little memory, from the beginning", 10, partial(process.little_memory, cold=True)),
    Fault("no home", 3, surroundings.no_home, needs="mount"),
    *(
        Fault(f"kernel cache: {how}", 1, partial(surroundings.no_cache, how=how), needs=needs)
        for how, needs in (
            ("full disk", "mount"),
            ("full disk, chosen", "mount"),
            ("missing", ""),
            ("read-only", "mount"),
            ("a file", ""),
            ("cut", ""),
        )
    ),
    Fault("16 workers, cold cache", 1, partial(surroundings.many_workers, count=16), "16"),
    Fault("64 workers, cold cache", 1, partial(surroundings.many_workers, count=64), "64"),
    Fault("clock set", 15, surroundings.clock_set),
    Fault("clock of the system set", 4, surroundings.clock_set_for_all, needs="faketime"),
    Fault("power cut", 70, power.power_cut),
    Fault("order of writing", 2, power.in_order, needs="strace"),
    *(
        Fault(f"cut: {name}", 12, partial(power.torn, name=name))
        for name in ("recordings/night/run.json", "recordings/night/events.csv", "recordings.csv")
    ),
    Fault(
        "cut: recordings.csv, merged", 12, partial(power.torn, name="recordings.csv", merge=True)
    ),
]

MISSING = {
    "mount": lambda folder: not disk.can_mount(folder),
    "user": lambda _: os.geteuid() != 0,
    "faketime": lambda _: not surroundings.has_faketime(),
    "strace": lambda _: not power.has_strace(),
    "network": lambda _: not inputs.has_network(),
}
"""What a fault may need, and whether it is missing."""

COLUMNS = ("injected", "right", "ledger", "told", "killed", "resumed", "lost", "hung", "wrong")
HEADINGS = (
    *("kind of fault", "injected", "right at once", "failed, with ledger", "failed, told"),
    *("killed", "resumed right", "lost", "hung", "wrong"),
)


class Campaign:
    """Recordings, what becomes of them undisturbed, and faults.

    Parameters
    ----------
    folder
        For everything.
    seed
        Each injection has a seed of its own, made of this one, the kind and a number.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._seed = seed
        self._data = folder / "data"
        self._expected: dict[str, dict[str, bytes]] = {}
        self._calls = 0
        self.problems: list[str] = []

    def case(self, kind: str, data: str, number: int) -> Case:
        """Return a new injection."""
        folder = self._folder / "case"
        (folder / "place").mkdir(parents=True)
        folder.chmod(0o755)
        name = f"{self._seed}/{kind}/{number}"
        chance = random.Random(name)  # noqa: S311 (nothing is secret here)
        expected = self._expected.get(data, {})
        whole = self._made(data)
        own = whole
        if whole.is_file():
            own = folder / "data" / whole.name
            own.parent.mkdir()
            put(whole, own)
        return Case(folder, own, whole, chance, expected, self._calls)

    def prepare(self) -> None:
        """Load everything that warm runs share, and count the calls of one."""
        case = self.case("undisturbed", "night.cwa", 0)
        from detector.cli import main

        main(["run", str(case.data), "-o", str(case.out), *ARGUMENTS, "-q"])
        shutil.rmtree(case.folder)
        case = self.case("undisturbed", "night.cwa", 0)
        counted = case.folder / "calls"
        case.warm(count_calls(counted))
        self._calls = int(counted.read_text())
        self._expected["night.cwa"] = content(case.out)
        shutil.rmtree(case.folder)

    def _made(self, data: str) -> Path:
        path = self._data / data
        if not path.exists():
            if data.isdecimal():
                make_cohort(path, int(data), hours=0.05)
                for damaged in sorted(path.rglob("night*[1357]9.*")):  # one in twenty
                    damaged.unlink()
            elif data == "several":
                make_cohort(path, 3, hours=0.2)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                write(plan(1, RECIPE), path)
        return path

    def inject(self, fault: Fault, number: int) -> Counter[str]:
        """Disturb a run, judge it, and run again."""
        if fault.data not in self._expected:
            self._expected[fault.data] = self._undisturbed(fault.data)
        case = self.case(fault.kind, fault.data, number)
        found = Counter(injected=1)
        with case.later:
            ended = fault.inject(case)
            verdict = judged(case, ended)
            found[verdict.how] += 1
            again = case.warm()
            wrong = differences(content(case.out), case.expected)
            found["lost" if again.status or wrong else "resumed"] += 1
            if verdict.how in {"wrong", "hung"}:
                self._note(fault, number, f"{verdict.how}: {verdict.why}")
            if again.status or wrong:
                self._note(fault, number, f"again: {again.status} {again.said} {wrong}")
        shutil.rmtree(case.folder)
        return found

    def _undisturbed(self, data: str) -> dict[str, bytes]:
        case = self.case("undisturbed", data, 0)
        case.cold()
        expected = content(case.out)
        shutil.rmtree(case.folder)
        return expected

    def _note(self, fault: Fault, number: int, text: str) -> None:
        self.problems.append(f"{fault.kind}, number {number}: {text}")
        print(self.problems[-1], file=sys.stderr, flush=True)


def main(words: Sequence[str] | None = None) -> int:
    """Inject all faults and print what came of them, as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kinds", nargs="*", help="beginnings of kinds; all if none is named")
    parser.add_argument("--share", type=float, default=1.0, help="of the number of injections")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(words)
    os.environ.update(ONE_THREAD)
    total = Counter[str]()
    begun_s = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        campaign = Campaign(folder, chosen.seed)
        campaign.prepare()
        print(row(HEADINGS), row(["---"] * len(HEADINGS)), sep="\n")
        for fault in FAULTS:
            if chosen.kinds and not fault.kind.startswith(tuple(chosen.kinds)):
                continue
            if fault.needs and MISSING[fault.needs](folder):
                print(row([fault.kind, f"skipped: needs {fault.needs}"]), flush=True)
                continue
            found = Counter[str]()
            for number in range(max(1, round(fault.count * chosen.share))):
                found += campaign.inject(fault, number)
            print(row([fault.kind, *(found[each] for each in COLUMNS)]), flush=True)
            total += found
        print(row(["all", *(total[each] for each in COLUMNS)]))
    print(f"\nSeed {chosen.seed}; {(time.monotonic() - begun_s) / 60:.0f} minutes.")
    return 1 if total["lost"] + total["hung"] + total["wrong"] else 0


def row(cells: Sequence[object]) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    sys.exit(main())
