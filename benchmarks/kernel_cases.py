"""The hot kernels with arguments like those of the pass, for everything that measures them.

Data are of the size that one call has in the pass (a frame of a second, an epoch of five, a
sector), drawn anew for each of many calls: a branch must not be guessed because it was seen before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from detector.kernels import bands, epochs, intake, levels
from detector.settings import ScanSettings
from detector.signal.design import Design
from recordings.kernels import cwa, geneactiv, gt3x

RATE_HZ = 100
EPOCH_N = 5 * RATE_HZ
CALLS = 16
"""Sets of arguments of each kernel."""


@dataclass(frozen=True, slots=True)
class Case:
    """A kernel and what it is called with."""

    name: str
    stage: str
    kernel: Callable[..., Any]
    arguments: list[tuple[Any, ...]]
    samples: int
    """Of a recording that one call does its part for."""
    instruction: str
    """Packed x86 instruction, as a regular expression, that its loop must be made of."""
    bound: str
    """What keeps it from being faster."""

    def repeated(self, times: int) -> Callable[[], Any]:
        """Return what calls it with every set of arguments, so many times.

        The loop is compiled: a call from Python takes longer than most kernels do.
        """
        kernel, sets = self.kernel, tuple(self.arguments)

        @njit
        def loop(sets: Any, times: int) -> Any:
            result = kernel(*sets[0])
            for _ in range(times):
                for arguments in sets:
                    result = kernel(*arguments)
            return result

        return lambda: loop(sets, times)


def cases() -> Iterator[Case]:
    """Return all of them, in the order of the pass."""
    rng = np.random.default_rng(1)
    yield from _decoding(rng)
    yield from _filters(rng)
    yield from _epochs(rng)


def _decoding(rng: np.random.Generator) -> Iterator[Case]:
    words = [rng.integers(0, 2**16, (8, 256)).astype(np.uint16) for _ in range(CALLS)]
    yield Case("_sum_is_zero", "decode", cwa._sum_is_zero, [(w, 3) for w in words], 120, "paddw",
               "reading 512 bytes")  # fmt: skip
    sectors, counts = np.arange(8), np.full(8, 120)
    flat = np.empty(3 * 8 * 120, np.int16)
    packed = [(w.view(np.uint32), sectors, counts, flat) for w in words]
    yield Case("unpack_packed", "decode", cwa.unpack_packed, packed, 960, "ps[lr][la]?v?[dqw]",
               "shuffles: six bytes out of four")  # fmt: skip
    text = [rng.choice(np.frombuffer(b"0123456789abcdef", np.uint8), 3600) for _ in range(CALLS)]
    digits = [(t.view(np.uint64), np.empty(450, np.uint64)) for t in text]
    yield Case("_digits_to_numbers", "decode", geneactiv._digits_to_numbers, digits, 300,
               "ps[lr]lq", "some twenty operations on eight digits")  # fmt: skip
    bodies = [rng.integers(0, 256, 450).astype(np.uint8) for _ in range(CALLS)]
    log = [(body, np.empty(300, np.int16)) for body in bodies]
    yield Case("_unpack_12", "decode", gt3x._unpack_12, log, 100, "ps[lr][la]?v?[dqw]",
               "shuffles: 64-bit lanes, where 16 would do")  # fmt: skip


def _filters(rng: np.random.Generator) -> Iterator[Case]:
    raw = [rng.integers(-300, 300, 3 * EPOCH_N).astype(np.int16) for _ in range(CALLS)]
    gain, offset, limits = np.full(3, 1 / 256), np.zeros(3), np.array([-2048.0, 2047.0])
    accel_g, clipped = np.empty((3, EPOCH_N)), np.empty(EPOCH_N, np.bool_)
    scaled = [(r, gain, offset, limits, accel_g, clipped) for r in raw]
    yield Case("to_g", "intake", intake.to_g, scaled, EPOCH_N, "mulpd",
               "shuffles: every third of 16-bit numbers")  # fmt: skip
    n = RATE_HZ
    axes = [rng.normal(0, 0.01, (3, n + 4)) for _ in range(CALLS)]
    scratch = np.empty(4 * n)
    yield Case("difference", "filters", bands.difference, [(*a, scratch) for a in axes], n, "subpd",
               "shuffles into lanes")  # fmt: skip
    design = Design.of(float(n), 0.004, ScanSettings())
    state, slow_g, powers = np.zeros(bands.N_STATE), np.empty(4 * n), np.empty((4, n))
    lanes = [rng.normal(0, 0.01, 4 * n) for _ in range(CALLS)]
    yield Case("recurse", "filters", bands.recurse,
               [(x, design.factors, state, slow_g, powers) for x in lanes], n, "mulpd",
               "54 vector operations, four a cycle: 14 cycles")  # fmt: skip
    power = [rng.random(2 * n) for _ in range(CALLS)]
    out, window_n = np.empty(n), design.rms_n
    yield Case("moving_rms", "envelopes", levels.moving_rms,
               [(p, n, 2 * n, window_n, out) for p in power], n, "addpd",
               "10 additions and a root")  # fmt: skip
    yield Case("root", "envelopes", levels.root, [(p[:n], out) for p in power], n, "sqrtpd",
               "the divider: a root in 2 cycles")  # fmt: skip
    frames = [np.sqrt(np.convolve(p, np.ones(10), "valid")[:n]) for p in power]
    space = np.empty(2 * n + levels.SPARE)
    yield Case("levels_of", "levels", levels.levels_of, [(f, space) for f in frames], n // 2,
               "maxpd", "12 comparisons of four lanes, twice (jerk and movement)")  # fmt: skip


def _epochs(rng: np.random.Generator) -> Iterator[Case]:
    n = EPOCH_N
    axes_g = [rng.integers(-8, 8, (3, n)) / 64 + 0.5 for _ in range(CALLS)]
    codes, state = np.empty(n, np.int32), np.zeros(epochs.N_STATE, np.int64)
    yield Case("add_axis", "epochs", epochs.add_axis,
               [(a[k], codes, state, k) for a in axes_g for k in range(3)], n // 3, "pmul[a-z]*q",
               "64-bit sums of 32-bit numbers")  # fmt: skip
    yield Case("enmo_sum", "epochs", epochs.enmo_sum, [tuple(a) for a in axes_g], n, "sqrtpd",
               "the divider: a root in 2 cycles")  # fmt: skip
    whole = [np.rint(a[k] * epochs.PER_G).astype(np.int32) for a in axes_g for k in range(3)]
    yield Case("median_code", "epochs", epochs.median_code, [(w, 8192) for w in whole], n // 3,
               "pcmp[a-z]*d", "a handful of passes over 500 numbers, three axes")  # fmt: skip
    envelopes = [rng.random(n) for _ in range(CALLS)]
    yield Case("largest", "epochs", levels.largest, [(e,) for e in envelopes], n // 2, "maxpd",
               "loading two envelopes")  # fmt: skip
