"""How fast: every figure a ratio of CPU times, measured side by side.

    python benchmarks/speed.py                               # a week; half an hour
    python benchmarks/speed.py --days 1 --repeats 2          # small
    python benchmarks/speed.py --peers VENV/bin/python       # also against other programs
    python benchmarks/speed.py --plots docs                  # cost by length and by rate instead

Both sides of a ratio are run in turn, each in a process of its own, so that a machine that is busy
meanwhile is busy for both; given is the ratio of the medians. CPU time is that of all threads and
children, with the system's part. Where a side is work in a process (reading, decoding, the pass),
importing and loading kernels come before the clock starts. Other programs live in an environment of
their own; one that is not installed, or fails, is left out and told.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import growth

PIECE_N = 30_000
LENGTH_HZ = 25
"""Rate of the recordings of several lengths: thirty days at 100 Hz are a gigabyte."""
_READ_BYTES = 1 << 18

PROLOGUE = """
import json, resource, sys, time
path, small = sys.argv[1:]
def cpu_s():
    used = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
"""
EPILOGUE = """
begun = cpu_s()
work(path)
peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"cpu_s": cpu_s() - begun, "whole_s": cpu_s(), "peak_mb": peak_mb}))
"""
OWN = {
    "reading": f"""
def work(path):
    buffer = bytearray({_READ_BYTES})
    with open(path, "rb", buffering=0) as file:
        while file.readinto(buffer):
            pass
""",
    "decode": """
from detector.cache import use_own_cache; use_own_cache()
from recordings import open_recording
def work(path):
    return sum(len(chunk) for chunk in open_recording(path).chunks())
work(small)
""",
    "pass": """
from detector.cache import use_own_cache; use_own_cache()
from recordings import open_recording, probe
from detector.signal.stream import Stream
def work(path):
    recording = open_recording(path)
    found = probe(recording)
    stream = Stream(found.rate_hz, found.step_g)
    for chunk in recording.chunks():
        stream.push(chunk)
    stream.finish()
work(small)
""",
    "reference": """
from detector.cache import use_own_cache; use_own_cache()
from recordings import open_recording, probe
import reference
def work(path):
    recording = open_recording(path)
    reference.scan(recording, probe(recording).rate_hz)
work(small)
""",
}
PEERS = {
    "actfast": """
import actfast
def work(path):
    parts = actfast.read(path)["timeseries"].values()
    if not any(len(part.get("acceleration", ())) for part in parts):
        raise RuntimeError("it read no sample")
""",
    "skdh cwa": "import skdh\ndef work(path):\n    skdh.io.ReadCwa().predict(file=path)",
    "skdh geneactiv": "import skdh\ndef work(path):\n    skdh.io.ReadBin().predict(file=path)",
    "actipy": """
import actipy
def work(path):
    actipy.read_device(path, lowpass_hz=None, calibrate_gravity=False, detect_nonwear=False,
                       resample_hz=None, verbose=False)
""",
    "pygt3x": """
from pygt3x.reader import FileReader
def work(path):
    with FileReader(path) as reader:
        reader.to_pandas()
""",
    "skdh sleep": """
import skdh
def work(path):
    pipeline = skdh.Pipeline()
    pipeline.add(skdh.io.ReadCwa())
    pipeline.add(skdh.preprocessing.GetDayWindowIndices(bases=[12], periods=[24]))
    pipeline.add(skdh.preprocessing.CalibrateAccelerometer())
    pipeline.add(skdh.sleep.Sleep(day_window=(12, 24)))
    pipeline.run(file=path, tz_name="Europe/London")
""",
    "wristpy": """
import tempfile
from pathlib import Path
from wristpy.core import orchestrator
def work(path):
    with tempfile.TemporaryDirectory() as folder:
        orchestrator.run(input=Path(path), output=Path(folder) / "out.csv")
""",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A ratio: what ``above`` takes over what ``below`` does, each (work, file)."""

    measure: str
    to_reach: str
    above: tuple[str, str]
    below: tuple[str, str]
    whole: bool = False
    """Whether starting the process counts."""


def rows(days: int) -> Iterator[Row]:
    """Return what is compared."""
    hypnic, cwa = ("decode", "cwa"), ("pass", "cwa")
    yield Row("reference / pass", ">= 8", ("reference", "night"), ("pass", "night"))
    yield Row("pass / reading the file", "<= 20", cwa, ("reading", "cwa"))
    yield Row("decode CWA / reading the file", "<= 3", hypnic, ("reading", "cwa"))
    for kind in ("cwa", "geneactiv", "gt3x"):
        least = ">= 1.5" if kind == "gt3x" else ">= 4"
        readable = "gt3x, 12 bit" if kind == "gt3x" else kind  # of the other log it reads nothing
        yield Row(
            f"actfast / decode {readable}", least, ("actfast", readable), ("decode", readable)
        )
        far = ">= 20" if kind == "cwa" else ">= 8"
        others = ["actipy", "pygt3x" if kind == "gt3x" else f"skdh {kind}"]
        for peer in others:
            yield Row(f"{peer.split()[0]} / decode {kind}", far, (peer, kind), ("decode", kind))
    yield Row("pass, idle / normal", "<= 1.2", ("pass", "idle"), ("pass", "night"))
    yield Row(f"pass, {days} days / 1 day", f"{days} +- 10 %", cwa, ("pass", "day"))
    yield Row("pass, 100 Hz / 25 Hz", "4 +- 10 %", ("pass", "day"), ("pass", "25 Hz"))
    yield Row("skdh sleep / hypnic run", ">= 25", ("skdh sleep", "cwa"), ("run", "cwa"), whole=True)
    yield Row("wristpy / hypnic run (GENEActiv)", ">= 25", ("wristpy", "geneactiv"),
              ("run", "geneactiv"), whole=True)  # fmt: skip
    yield Row(
        "hypnic run / actfast reading", "<= 3", ("run", "cwa"), ("actfast", "cwa"), whole=True
    )


def pieces(rate_hz: int, hours: float, times: int = 1, *, device="ax3", idle=False):
    """Yield the samples of a synthetic stretch, repeated, with their stamps."""
    from recordings.synthetic import Recipe, plan, synthesise
    from recordings.synthetic.devices import times_ns

    recipe = Recipe(device=device, rate_hz=rate_hz, start="2024-03-05T22:00:00", hours=hours)
    day = plan(10_000, recipe)
    raw = synthesise(day)[0]
    raw = np.broadcast_to(raw[:1], raw.shape) if idle else raw
    first = 0
    for _ in range(times):
        for a in range(0, len(raw), PIECE_N):
            piece = raw[a : a + PIECE_N]
            index = np.arange(first, first + len(piece))
            first += len(piece)
            yield piece, times_ns(day.start_ns, index, day.true_hz)


def made(folder: Path, days: int) -> dict[str, Path]:
    """Write the recordings, each by its own sort of device: a day of movement, repeated."""
    from recordings.writers import (
        CwaLayout,
        GeneactivLayout,
        Gt3xLayout,
        write_cwa,
        write_geneactiv,
        write_gt3x,
    )

    ending = {"geneactiv": "bin", "gt3x": "gt3x", "gt3x, 12 bit": "gt3x"}
    names = ("cwa", *ending, "day", "night", "idle", "25 Hz", "small")
    files = {n: folder / f"{n.replace(' ', '')}.{ending.get(n, 'cwa')}" for n in names}
    at_100 = CwaLayout(rate_hz=100)
    write_cwa(files["cwa"], pieces(100, 24, days), at_100)
    geneactiv = pieces(100, 24, days, device="geneactiv")
    write_geneactiv(files["geneactiv"], geneactiv, GeneactivLayout(rate_hz=100))
    for name, log in (("gt3x", "activity2"), ("gt3x, 12 bit", "activity")):
        layout = Gt3xLayout(rate_hz=100, deflated=True, log=log)
        write_gt3x(files[name], pieces(100, 24, days, device="actigraph"), layout)
    write_cwa(files["day"], pieces(100, 24), at_100)
    write_cwa(files["night"], pieces(100, 8), at_100)
    write_cwa(files["idle"], pieces(100, 8, idle=True), at_100)
    write_cwa(files["25 Hz"], pieces(25, 24), CwaLayout(rate_hz=25))
    write_cwa(files["small"], pieces(100, 0.5), at_100)
    return files


def made_to_grow(folder: Path) -> dict[str, Path]:
    """Write recordings of one rate and several lengths, and of one length and several rates."""
    from recordings.writers import CwaLayout, write_cwa

    files = {"small": folder / "small.cwa"}
    write_cwa(files["small"], pieces(100, 0.5), CwaLayout(rate_hz=100))
    for rate_hz, days in [(LENGTH_HZ, d) for d in growth.DAYS] + [(r, 1) for r in growth.RATES_HZ]:
        path = files[f"{days} days, {rate_hz} Hz"] = folder / f"{days}d{rate_hz}.cwa"
        write_cwa(path, pieces(rate_hz, 24, days), CwaLayout(rate_hz=rate_hz))
    return files


def plots(bench: Bench, repeats: int, folder: Path) -> None:
    """Draw what the pass costs by length and by rate: least of the runs, all amounts in turn."""
    for name, title, unit, amounts, file in (
        ("length", f"the pass, by length, at {LENGTH_HZ} Hz", "days", growth.DAYS,
         f"{{}} days, {LENGTH_HZ} Hz"),
        ("rate", "the pass, by rate, one day", "Hz", growth.RATES_HZ, "1 days, {} Hz"),
    ):  # fmt: skip
        costs = [float("inf")] * len(amounts)
        for _ in range(repeats):
            for k, amount in enumerate(amounts):
                found = bench.measure("pass", file.format(amount))
                costs[k] = min(costs[k], found["cpu_s"] if found else costs[k])
        growth.save(growth.Growth(title, unit, amounts, costs), folder / f"cost-by-{name}.svg")


class Bench:
    """Runs works on files, each in a process of its own."""

    def __init__(self, files: dict[str, Path], peers: str | None) -> None:
        self._files, self._peers = files, peers
        self.failed: dict[tuple[str, str], str] = {}
        usual = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        self._environment = {**usual, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'benchmarks'}"}

    def measure(self, work: str, file: str) -> dict[str, float] | None:
        """Return CPU seconds and peak memory; None, and why in ``failed``, if it cannot be run."""
        if work == "run":
            return self._command(self._files[file])
        python, code = (sys.executable, OWN[work]) if work in OWN else (self._peers, PEERS[work])
        if python is None:
            self.failed[work, file] = "not asked for: --peers"
            return None
        small = str(self._files[file if work not in OWN else "small"])
        words = [python, "-c", PROLOGUE + code + EPILOGUE, str(self._files[file]), small]
        environment = self._environment if work in OWN else dict(os.environ)
        done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
        if done.returncode:
            self.failed[work, file] = (done.stderr.strip().splitlines() or ["no message"])[-1][:90]
            return None
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def _command(self, path: Path) -> dict[str, float]:
        with tempfile.TemporaryDirectory() as out:
            asked = ["run", str(path), "-o", out, "-q", "--tz", "Europe/London"]
            words = [sys.executable, "-m", "detector", *asked]
            with (Path(out) / "said").open("wb") as said:
                begun = subprocess.Popen(words, env=self._environment, stdout=said, stderr=said)
                _, status, used = os.wait4(begun.pid, 0)
            begun.returncode = os.waitstatus_to_exitcode(status)
            if begun.returncode:
                raise RuntimeError(f"{' '.join(words)} failed: {begun.returncode}")
        taken = used.ru_utime + used.ru_stime
        return {"cpu_s": taken, "whole_s": taken, "peak_mb": used.ru_maxrss / 1024}


def compare(bench: Bench, row: Row, repeats: int) -> str:
    """Measure both sides in turn; return a line of the table."""
    taken: dict[tuple[str, str], list[float]] = {row.above: [], row.below: []}
    peaks: dict[tuple[str, str], float] = {}
    for _ in range(repeats):
        for side, seconds in taken.items():
            found = bench.measure(*side)
            if found is None:
                return f"| {row.measure} | {row.to_reach} | left out: {bench.failed[side]} | | |"
            seconds.append(found["whole_s" if row.whole else "cpu_s"])
            peaks[side] = max(peaks.get(side, 0), found["peak_mb"])
    above, below = (median(taken[side]) for side in (row.above, row.below))
    spread = max((max(each) - min(each)) / median(each) for each in taken.values())
    shown = f"{above:.2f} / {below:.2f} s, {peaks[row.above]:.0f} / {peaks[row.below]:.0f} MB"
    return f"| {row.measure} | {row.to_reach} | {above / below:.2f} | {shown} | {spread:.0%} |"


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peers", help="Python of an environment that has other programs")
    parser.add_argument("--only", default="", help="rows whose measure contains this")
    parser.add_argument("--plots", type=Path, help="draw cost by length and rate into this folder")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:  # its memory is not ours
            work = (made_to_grow, Path(folder)) if asked.plots else (made, Path(folder), asked.days)
            files = apart.submit(*work).result()
        bench = Bench(files, asked.peers)
        if asked.plots:
            plots(bench, asked.repeats, asked.plots)
            return
        bench.measure("run", "small")  # kernels are compiled before anything is measured
        print(f"{asked.days} days at 100 Hz; median of {asked.repeats}; {platform.platform()}")
        print("\n| measure | to reach | ratio | CPU, peak memory | spread |")
        print("| --- | --- | --- | --- | --- |", flush=True)
        for row in rows(asked.days):
            if asked.only in row.measure:
                print(compare(bench, row, asked.repeats), flush=True)


if __name__ == "__main__":
    main()
