"""Reading a little of every format leaves nothing to compile."""

from __future__ import annotations

import os
import subprocess
import sys

from project import ROOT

PROGRAM = """
import importlib, pkgutil, sys, tempfile
from pathlib import Path
from numba.core.dispatcher import Dispatcher
import recordings.kernels
from recordings import ReadOptions, open_recording, rehearse

def compiled():
    found = {}
    for info in pkgutil.iter_modules(recordings.kernels.__path__):
        module = importlib.import_module(f"recordings.kernels.{info.name}")
        for name, kernel in vars(module).items():
            if isinstance(kernel, Dispatcher):
                found[info.name, name] = len(kernel.signatures)
    return found

assert rehearse() > 10_000
before = compiled()
sys.path.insert(0, "tests")
from reader_cases import CASES
read = 0
with tempfile.TemporaryDirectory() as folder:
    for case in CASES:
        path = Path(folder) / case.name
        path.write_bytes(case.content)
        read += sum(len(c) for c in open_recording(path, ReadOptions(**case.options)).chunks())
print(read > 0, sum(before.values()) > 5)
print({name: n for name, n in compiled().items() if n != before[name]})
"""


def test_readers_find_their_kernels_compiled():
    environment = {k: v for k, v in os.environ.items() if k != "NUMBA_DISABLE_JIT"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["True", "True", "{}"], done.stdout + done.stderr
