from __future__ import annotations

from collections.abc import Iterator

import pytest
from report.browser import find_browser, install_browser, must_have_browser
from report.devtools import DevTools


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


@pytest.fixture(scope="module")
def tab(browser: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevTools]:
    """One tab of a browser with a fresh profile."""
    with DevTools(browser, tmp_path_factory.mktemp("profile")) as tools:
        yield tools
