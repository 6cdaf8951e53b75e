"""What a command has to say on the standard output."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from detector.version import VERSION

JSON_FORMAT = 1
"""Raised when a name in the output of ``--json`` changes or goes away."""


class Answer(NamedTuple):
    """Text for the standard output, and the exit status."""

    text: str
    status: int = 0


def as_json(content: dict[str, Any]) -> str:
    """Return content as JSON with the format's number and the version."""
    return json.dumps({"format": JSON_FORMAT, "version": VERSION, **content}, indent=1)
