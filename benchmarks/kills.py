"""Whether a cohort survives kills: 200 recordings, at least 200 kills, the same bytes at the end.

    python benchmarks/kills.py                # local pool, Dask cluster, two shards at once
    python benchmarks/kills.py --recordings 40 --kills 9 pool

Five per cent of the recordings are damaged. While a run goes on, ``kill -9`` hits a worker or the
main process at a random time; when the main process is gone, the run is begun again, as a person
would. At the end the tables over all recordings are held, byte by byte, against those of a run that
nobody disturbed.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from made_cohort import make_cohort

TABLES = (
    *("nights.csv", "events.csv", "recordings.csv", "nights.parquet", "events.parquet"),
    *("by_participant.csv", "report.html", "METHODS.md"),
    *("data_dictionary.csv", "config.resolved.toml"),
)
WAYS = ("pool", "cluster", "shards")
_ARGUMENTS = ("--tz", "Europe/London", "--site", "wrist", "-q")
_PAUSE_S = (0.5, 6.0)
"""Between two kills, at random; the first comes that long after a run began."""
_WORKERS_SHARE = 0.6
"""Of kills that hit a worker; the others hit the main process."""


def content(out: Path) -> dict[str, bytes]:
    """Return the tables over all recordings, and every file of every recording."""
    paths = [out / name for name in TABLES]
    paths += [path for path in sorted(out.glob("recordings/**/*")) if path.is_file()]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths if path.exists()}


def begin(data: Path, out: Path, *flags: str) -> subprocess.Popen[bytes]:
    """Begin a run in a session of its own."""
    command = [sys.executable, "-m", "detector", "run", str(data), "-o", str(out), *_ARGUMENTS]
    return subprocess.Popen([*command, *flags], stderr=subprocess.DEVNULL, start_new_session=True)


def members(process: subprocess.Popen[bytes]) -> Iterator[int]:
    """Yield the living processes of a run but the main one; Linux only."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == process.pid:
            continue
        with suppress(OSError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == process.pid and fields[0] != "Z":
                yield int(entry.name)


class Campaign:
    """Runs that are disturbed until enough kills have been made.

    Parameters
    ----------
    data
        The recordings.
    kills
        How many there are to be.
    seed
        Of their times and victims.
    """

    def __init__(self, data: Path, kills: int, seed: int) -> None:
        self._data = data
        self._random = random.Random(seed)  # noqa: S311 (nothing is secret here)
        self.left = kills
        self.killed = {"main": 0, "worker": 0}

    def survive(self, out: Path, *flags: str) -> int:
        """Run until it ends by itself; return its exit status."""
        while True:
            process = begin(self._data, out, *flags)
            while self.left and process.poll() is None:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(self._random.uniform(*_PAUSE_S))
                if process.poll() is None:
                    self._kill_one(process)
            if (status := process.wait()) >= 0:
                return status
            self._end(process)

    def _kill_one(self, process: subprocess.Popen[bytes]) -> None:
        which = "worker" if self._random.random() < _WORKERS_SHARE else "main"
        workers = list(members(process))
        while which == "worker" and not workers:  # on a busy machine they come late
            if process.poll() is not None:
                return
            time.sleep(0.01)
            workers = list(members(process))
        victim = self._random.choice(workers) if which == "worker" else process.pid
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
            self.killed[which] += 1
            self.left -= 1
        if which == "main":
            process.wait()

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until nothing of a killed run lives on."""
        end_s = time.monotonic() + 60
        while list(members(process)):
            if time.monotonic() > end_s:
                raise RuntimeError("workers outlive their run")
            time.sleep(0.05)


def survived(way: str, data: Path, out: Path, kills: int, seed: int) -> Campaign:
    """Go through a cohort in one way, disturbed, and once more in the end for what was lost."""
    campaign = Campaign(data, kills, seed)
    if way == "shards":
        _two_shards(campaign, data, out)
    else:
        flags = ("--local-cluster", "2") if way == "cluster" else ("--jobs", "2")
        campaign.survive(out, *flags)
        while campaign.left:
            campaign.survive(out, *flags, "--force")
        campaign.survive(out, *flags)  # those whose process was killed twice
    return campaign


def _two_shards(campaign: Campaign, data: Path, out: Path) -> None:
    """Let two shards run at once, the second of them undisturbed, then change roles."""
    parts = (campaign.left // 2, campaign.left - campaign.left // 2)
    for part, disturbed, other in zip(parts, ("1/2", "2/2"), ("2/2", "1/2"), strict=True):
        beside = begin(data, out, "--jobs", "1", "--shard", other)
        campaign.left = part
        flags = ("--jobs", "1", "--shard", disturbed)
        campaign.survive(out, *flags)
        while campaign.left:
            campaign.survive(out, *flags, "--force")
        campaign.survive(out, *flags)
        beside.wait()
    subprocess.run([sys.executable, "-m", "detector", "merge", str(out), "-q"], check=False)


def differences(out: Path, expected: dict[str, bytes]) -> list[str]:
    """Return the names of files that are not what they are to be."""
    found = content(out)
    names = sorted(found.keys() | expected.keys())
    return [name for name in names if found.get(name) != expected.get(name)]


def main(words: Sequence[str] | None = None) -> int:
    """Run the campaign and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("ways", nargs="*", help=f"of {', '.join(WAYS)}; all if none is named")
    parser.add_argument("--recordings", type=int, default=200)
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--kills", type=int, default=201, help="in all ways together")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(words)
    ways = chosen.ways or WAYS
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        make_cohort(data, chosen.recordings, chosen.hours)
        begin(data, Path(name) / "undisturbed", "--jobs", "2").wait()
        expected = content(Path(name) / "undisturbed")
        print("| way | recordings | workers killed | main killed | files that differ | minutes |")
        print("| --- | --- | --- | --- | --- | --- |")
        for way in ways:
            begun_s = time.monotonic()
            kills = chosen.kills // len(ways)
            campaign = survived(way, data, Path(name) / way, kills, chosen.seed)
            wrong = differences(Path(name) / way, expected)
            failed += len(wrong)
            minutes = (time.monotonic() - begun_s) / 60
            killed = campaign.killed
            print(
                f"| {way} | {chosen.recordings} | {killed['worker']} | {killed['main']} | "
                f"{len(wrong)} of {len(expected)} | {minutes:.1f} |",
                flush=True,
            )
            if wrong:
                print("\n".join(wrong[:20]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
