"""What a call of each hot kernel costs; without ``--benchmark-enable`` each runs once.

python -m pytest tests/benchmarks/test_kernel_speed.py --benchmark-enable
"""

from __future__ import annotations

import pytest
from kernel_cases import Case, cases


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.name)
def test_kernel(case: Case, benchmark):
    case.run()  # compiled before the clock starts
    benchmark(case.run)
    benchmark.extra_info["samples"] = case.samples * len(case.arguments)
