"""What a call of each hot kernel costs; without ``--benchmark-enable`` each runs once.

python -m pytest tests/benchmarks/test_kernel_speed.py --benchmark-enable
"""

from __future__ import annotations

import pytest
from kernel_cases import Case, cases

TIMES = 10


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.name)
def test_kernel(case: Case, benchmark):
    run = case.repeated(TIMES)
    run()  # compiled before the clock starts
    benchmark(run)
    benchmark.extra_info["samples"] = TIMES * len(case.arguments) * case.samples
