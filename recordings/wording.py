"""Text that comes from files and from users, as it can stand in a message."""

from __future__ import annotations

LONGEST = 700
"""Characters of a message that is still read to its end."""


def legible(text: str, most: int = LONGEST) -> str:
    """Return a text in one line that can be shown anywhere and read.

    Characters that a terminal would obey, that turn the direction of writing or are none at all are
    written as their codes. Of a longer text the beginning and the end are kept, for a message names
    the place first and the remedy last.
    """
    text = _shortened(text, most)
    if text.isprintable():
        return text
    return _shortened("".join(c if c.isprintable() else _code(c) for c in text), most)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most * 2 // 3]} ... {text[-most // 3 :]}"


def _code(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
