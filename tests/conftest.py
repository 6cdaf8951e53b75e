"""What every test run says of its surroundings."""

from __future__ import annotations

import os

import hypothesis
import numba
import numpy as np
import scipy

hypothesis.settings.register_profile("default", deadline=None, max_examples=50)
hypothesis.settings.load_profile("default")


def pytest_report_header() -> str:
    jit = "off" if os.environ.get("NUMBA_DISABLE_JIT", "0") != "0" else "on"
    return (
        f"numpy {np.__version__}, scipy {scipy.__version__}, numba {numba.__version__}, JIT {jit}"
    )
