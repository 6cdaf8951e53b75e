"""Does this installation work? Every answer with what to do if it does not.

The checks compile the kernels, so the first run after them is fast.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import available_timezones

import recordings

from .cache import VARIABLE, cache_folder, is_writable
from .version import VERSION

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Status = Literal["ok", "warn", "fail"]

PACKAGES = (
    "numpy",
    "scipy",
    "numba",
    "pyarrow",
    "cyclopts",
    "rich",
    "jinja2",
    "plotly",
    "isal",
    "edfio",
)
BUNDLED = Path(recordings.__file__).parent / "samples" / "ax3_thigh25_short_night.cwa.gz"
"""A real recording that comes with the package."""

_REINSTALL = "install hypnic again into a fresh environment"
_TOLERANCE_S = 0.05
_PLANTED_S = 150.0
_LENGTH_S = 170.0
_RATE_HZ = 100.0


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer."""

    name: str
    status: Status
    text: str
    remedy: str = ""


def checks() -> Iterator[Check]:
    """Answer one question after the other."""
    yield _python()
    yield from map(_package, PACKAGES)
    yield _compiler()
    yield _kernel_cache()
    yield _time_zones()
    for name, test in (("detection", _detects), ("reading", _reads)):
        yield _tested(name, test)


def _python() -> Check:
    text = f"{platform.python_version()} on {platform.platform()}, hypnic {VERSION}"
    return Check("python", "ok", text)


def _package(name: str) -> Check:
    try:
        import_module(name)
        return Check(name, "ok", version(name))
    except PackageNotFoundError:
        return Check(name, "warn", "works, but its version is unknown", _REINSTALL)
    except Exception as error:  # whatever a broken package raises is the answer
        return Check(name, "fail", f"{type(error).__name__}: {error}", _REINSTALL)


def _compiler() -> Check:
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}:
        return Check("compiler", "warn", "off: a night takes hours", "unset NUMBA_DISABLE_JIT")
    return Check("compiler", "ok", "on")


def _kernel_cache() -> Check:
    chosen = os.environ.get(VARIABLE)
    folder = Path(chosen) if chosen else cache_folder()
    if is_writable(folder):
        return Check("kernel cache", "ok", str(folder))
    return Check(
        "kernel cache",
        "warn",
        f"{folder} cannot be written: kernels may be compiled in every run, which takes a minute",
        f"set {VARIABLE} to a folder that can be written",
    )


def _time_zones() -> Check:
    known = available_timezones()
    if "Europe/London" in known:
        return Check("time zones", "ok", f"{len(known)} names")
    return Check("time zones", "fail", "no time zone database", "run 'pip install tzdata'")


def _tested(name: str, test: Callable[[], str]) -> Check:
    begun_s = time.monotonic()
    try:
        text = test()
    except Exception as error:  # whatever goes wrong here is the answer
        return Check(name, "fail", f"{type(error).__name__}: {error}", _REINSTALL)
    return Check(name, "ok", f"{text} ({time.monotonic() - begun_s:.1f} s)")


def _detects() -> str:
    """Find a jerk that was planted into quiet minutes."""
    from recordings import SECOND_NS, ArrayRecording, probe

    from .scan import Scan
    from .stream import Stream

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


def _reads() -> str:
    """Read the bundled recording from end to end."""
    from recordings import open_recording

    samples = sum(len(chunk) for chunk in open_recording(BUNDLED).chunks())
    return f"{BUNDLED.name} holds {samples:,} samples".replace(",", " ")
