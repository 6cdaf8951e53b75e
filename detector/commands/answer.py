"""What a command has to say, and with which status the program ends."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from detector.version import VERSION

OK, FAILED, USAGE, NO_INPUT, INTERRUPTED = 0, 1, 2, 3, 130

JSON_FORMAT = 1
"""Raised when a name in the output of ``--json`` changes or goes away."""


class Answer(NamedTuple):
    """Text for the standard output, the exit status, and a last message."""

    text: str
    status: int = OK
    closing: str = ""
    """For the standard error, behind the text."""


def as_json(content: dict[str, Any]) -> str:
    """Return content as JSON with the format's number and the version."""
    return json.dumps({"format": JSON_FORMAT, "version": VERSION, **content}, indent=1)
