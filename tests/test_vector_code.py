"""The guard of speed: hot kernels are vector code, whatever else the machine does meanwhile.

Time cannot be tested where others work on the same machine; what the compiler made of a loop can.
A loop that falls back to one number at a time costs four to sixteen times as much and looks the
same in every result.
"""

from __future__ import annotations

import platform
import re

import numpy as np
import pytest
from kernel_cases import Case, cases
from numba import config, njit

pytestmark = [
    pytest.mark.skipif(
        platform.machine().lower() not in {"x86_64", "amd64"}, reason="knows x86 instructions only"
    ),
    pytest.mark.skipif(bool(config.DISABLE_JIT), reason="nothing is compiled"),
]
MULTIPLICATIONS = 12 + 3 + 1 + 4
"""Of a sample in the recursions: two for each of six sections, gains, derivative, squares."""
GATHER = "v?p?gather[a-z]*"
"""Collects numbers from anywhere, one by one: what is made of a loop over an array's values."""
CASES = list(cases())


def assembly(kernel, arguments):
    """Compile a kernel for its arguments, past every cache; return its instructions."""
    fresh = njit(nogil=True, error_model="numpy")(kernel.py_func)
    fresh(*arguments)
    return fresh.inspect_asm(fresh.signatures[0]).splitlines()


def packed(lines, instruction):
    """Lines with a packed instruction, whatever the width of its vectors."""
    pattern = re.compile(rf"\s+v?{instruction}\s.*%[xyz]mm")
    return [line for line in lines if pattern.match(line)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_loop_of_a_hot_kernel_is_vector_code(case: Case):
    lines = assembly(case.kernel, case.arguments[0])
    assert packed(lines, case.instruction)
    assert not packed(lines, GATHER)


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.stage != "decode"], ids=lambda case: case.name
)
def test_nothing_is_contracted_in_what_decides_an_event(case: Case):
    lines = assembly(case.kernel, case.arguments[0])
    assert not packed(lines, "fn?m(?:add|sub)[0-9a-z]*")


def test_the_recursions_multiply_no_more_than_their_formula():
    case = next(c for c in CASES if c.name == "recurse")
    lines = packed(assembly(case.kernel, case.arguments[0]), "mulpd")
    four_lanes = sum(0.5 if "xmm" in line else 1.0 for line in lines)
    assert four_lanes <= MULTIPLICATIONS


def test_what_is_no_vector_code_is_told():
    @njit
    def recursion(values):
        last = 0.0
        for i in range(len(values)):
            last = values[i] - 0.5 * last
        return last

    @njit
    def scaling(values):
        for i in range(len(values)):
            values[i] *= 0.5

    assert packed(["\tvpgatherqd\t(%rbx,%zmm8), %ymm7 {%k1}"], GATHER)
    assert not packed(assembly(recursion, [np.ones(99)]), "mulpd")
    assert packed(assembly(scaling, [np.ones(99)]), "mulpd")
