"""Whether memory grows with the length of a recording: peaks for one day and for thirty.

    python benchmarks/memory.py             # both ways
    python benchmarks/memory.py analysis    # samples to nights, no files
    python benchmarks/memory.py run         # `hypnic run` on a CWA file, pages and tables included
    python benchmarks/memory.py --days 14   # in place of thirty

Every peak is that of a fresh process; that of a run has loaded nothing but the program. The
recording is one synthetic day at 25 Hz, repeated: what stays in memory goes with the nights, not
with the rate.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from recordings import Chunk
    from recordings.synthetic import Plan
    from recordings.writers import Piece

RATE_HZ = 25
DAYS = (1, 30)
SEED = 10_000
WAYS = ("analysis", "run")
PIECE_N = 30_000


def day() -> Plan:
    """Plan the day that is repeated: from noon to noon, asleep in between."""
    from recordings.synthetic import Recipe, plan

    return plan(SEED, Recipe(device="ax3", rate_hz=RATE_HZ, start="2024-03-05T12:00:00", hours=24))


class Repeated:
    """The same day again and again, as one recording without a gap."""

    def __init__(self, raw: np.ndarray, days: int) -> None:
        from recordings import Header, Health

        self.path = Path("<repeated day>")
        self.header = Header(format="synthetic", nominal_hz=RATE_HZ)
        self.health = Health()
        self._raw, self._days, self._plan = raw, days, day()

    def pieces(self) -> Iterator[Piece]:
        """Raw codes and their times."""
        import numpy as np

        from recordings.synthetic.devices import times_ns

        first = 0
        for _ in range(self._days):
            for a in range(0, len(self._raw), PIECE_N):
                raw = self._raw[a : a + PIECE_N]
                index = np.arange(first, first + len(raw))
                yield raw, times_ns(self._plan.start_ns, index, self._plan.true_hz)
                first += len(raw)

    def chunks(self) -> Iterator[Chunk]:
        """Read from the beginning."""
        import numpy as np

        from recordings import SECOND_NS, Chunk

        far, first = 1_000_000_000, 0
        start_ns = self._plan.start_ns
        knots = np.array([[0, start_ns], [far, start_ns + round(far * SECOND_NS / RATE_HZ)]])
        knots[1, 1] = start_ns + round(far * SECOND_NS / self._plan.true_hz)
        for raw, _ in self.pieces():
            reason = "" if first else "start"
            yield Chunk(
                samples=raw,
                scale=self._plan.device.scale,
                first_index=first,
                knots=knots,
                opens_segment=reason,
            )
            first += len(raw)


def peak_mb() -> float:
    """Return the largest memory this process has had so far, in MB (1e6 bytes).

    Linux lets ``ru_maxrss`` begin at the peak of the process that started this one; the kernel's
    ``VmHWM`` does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def once(way: str, days: int, folder: Path) -> None:
    """Do the work in this process and print how many nights there were, and the peak."""
    if way == "run":
        from detector.cli import main as hypnic

        out = Path(tempfile.mkdtemp(dir=folder))
        hypnic(["run", str(folder / f"{days}.cwa"), "--tz", "Europe/London", "-q", "-o", str(out)])
        nights = len((out / "nights.csv").read_text(encoding="utf-8").splitlines()) - 1
    else:
        import numpy as np

        from detector.pipeline import Analysis, Subject
        from detector.settings import Settings

        repeated = Repeated(np.load(folder / "day.npy"), days)
        subject = Subject(recording_id="repeated", site="wrist")
        nights = 0
        for night in Analysis(repeated, subject, Settings()).nights():
            nights += 1
            del night  # as the program does: or it would live on while the next one is gathered
    print(nights, peak_mb())


def peaks_mb(way: str, folder: Path, lengths: Sequence[int] = DAYS) -> dict[int, tuple[int, float]]:
    """Return nights and peak in MB by days, each measured in a process of its own."""
    import numpy as np

    from recordings.synthetic import synthesise
    from recordings.writers import CwaLayout, write_cwa

    raw, _ = synthesise(day())
    np.save(folder / "day.npy", raw)
    found = {}
    for days in (lengths[0], *lengths):  # the first also compiles, and is measured again
        if way == "run":
            layout = CwaLayout(rate_hz=RATE_HZ)
            write_cwa(folder / f"{days}.cwa", Repeated(raw, days).pieces(), layout)
        command = [sys.executable, __file__, "--once", way, str(days), str(folder)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        nights, peak = done.stdout.split()
        found[days] = int(nights), float(peak)
    return found


def main() -> None:
    """Measure what the command line asks for."""
    if sys.argv[1:2] == ["--once"]:
        way, days, folder = sys.argv[2:]
        once(way, int(days), Path(folder))
        return
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("way", nargs="?", choices=WAYS)
    parser.add_argument("--days", type=int, default=DAYS[1])
    asked = parser.parse_args()
    for way in [asked.way] if asked.way else WAYS:
        with tempfile.TemporaryDirectory() as folder:
            found = peaks_mb(way, Path(folder), (DAYS[0], asked.days))
        for days, (nights, peak) in found.items():
            print(f"{way}: {days} days, {nights} nights: peak {peak:.1f} MB")
        print(f"{way}: growth {found[asked.days][1] - found[DAYS[0]][1]:+.1f} MB")


if __name__ == "__main__":
    main()
