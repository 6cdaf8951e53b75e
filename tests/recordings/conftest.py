"""What several tests of the readers need."""

from __future__ import annotations

import pytest


@pytest.fixture
def saved(tmp_path):
    """Write bytes into a file and return its path."""

    def save(content, name="recording"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return save
