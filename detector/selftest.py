"""Small tasks of known outcome; they compile what analysing a recording needs compiled."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import recordings

from .cache import COMPLETE, VARIABLE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BUNDLED = Path(recordings.__file__).parent / "samples" / "ax3_thigh25_short_night.cwa.gz"
"""A real recording that comes with the package."""

_TOLERANCE_S = 0.05
_PLANTED_S = 150.0
_LENGTH_S = 170.0
_RATE_HZ = 100.0


def compile_all() -> None:
    """Compile every kernel there is, unless that has been done for this processor before.

    Processes that begin at once would otherwise compile the same ones, each for itself.
    """
    from llvmlite import binding

    folder = os.environ.get(VARIABLE)
    mark = Path(folder or "") / f"{COMPLETE}{vars(binding)['get_host_cpu_name']()}"
    if folder and mark.exists():
        return
    for task in (find_planted_jerk, scan_bundled, read_every_format):
        task()
    if folder and mark.parent.is_dir():
        mark.touch()


def read_every_format() -> str:
    """Read a little of every format."""
    from recordings import rehearse

    return f"{rehearse():,} samples of all formats were read".replace(",", " ")


def find_planted_jerk() -> str:
    """Find a jerk that was planted into quiet minutes, and say how well.

    Raises
    ------
    RuntimeError
        If it is not found where it was planted.
    """
    from recordings import SECOND_NS, ArrayRecording, probe

    from .scan import Scan
    from .signal.stream import Stream

    recording = ArrayRecording(_quiet_with_one_jerk(), _RATE_HZ, "2024-03-05T23:00:00")
    found = probe(recording)
    stream = Stream(found.rate_hz, found.step_g)
    scans = [stream.push(chunk) for chunk in recording.chunks()]
    peaks_ns = Scan.concat([*scans, stream.finish()]).candidates["peak_ns"]
    if len(peaks_ns) != 1:
        raise RuntimeError(f"{len(peaks_ns)} jerks found where one was planted")
    error_s = (int(peaks_ns[0]) - found.start_ns) / SECOND_NS - _PLANTED_S
    if abs(error_s) > _TOLERANCE_S:
        raise RuntimeError(f"the planted jerk was found {error_s * 1000:+.0f} ms away")
    return f"a planted jerk was found, {error_s * 1000:+.0f} ms away"


def _quiet_with_one_jerk() -> NDArray[np.float64]:
    import numpy as np

    t_s = np.arange(round(_LENGTH_S * _RATE_HZ)) / _RATE_HZ
    accel_g = np.random.default_rng(1).normal([0.0, 0.0, 1.0], 0.002, (len(t_s), 3))
    since_s = t_s - _PLANTED_S
    # A limb jerk is a brief burst near 4 Hz; this one has its largest jerk in the middle.
    accel_g[:, 0] += 0.3 * np.sin(2 * np.pi * 4 * since_s) * np.exp(-((since_s / 0.12) ** 2))
    return np.asarray(np.round(accel_g / 0.0039) * 0.0039)


def scan_bundled() -> str:
    """Look for jerks in the bundled recording from end to end, and say what it holds."""
    from recordings import open_recording, probe

    from .signal.stream import Stream

    recording = open_recording(BUNDLED)
    found = probe(recording)
    stream, samples = Stream(found.rate_hz, found.step_g), 0
    for chunk in recording.chunks():
        stream.push(chunk)
        samples += len(chunk)
    stream.finish()
    return f"{BUNDLED.name} holds {samples:,} samples".replace(",", " ")
