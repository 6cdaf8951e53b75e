from __future__ import annotations

import pytest
from report.browser import find_browser, install_browser, must_have_browser


@pytest.fixture(scope="session")
def browser() -> str:
    """Path of a browser, installed if need be and possible."""
    if find_browser() is None:
        install_browser()
    found = find_browser()
    if found is None:
        told = "NO CHROMIUM FOUND: the pages were not tried in a real browser"
        if must_have_browser():
            pytest.fail(told)
        pytest.skip(told)
    return found
