"""What counts as a line of code."""

from __future__ import annotations

import pytest

from benchmarks.lines import code_lines


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("", 0),
        ("# a comment\n\n\n", 0),
        ('"""A docstring\nof two lines."""\n', 0),
        ("x = 1  # with a comment\n", 1),
        ("x = (\n    1,\n\n    2,\n)\n", 4),
        ('TEXT = """one\n\ntwo"""\n', 3),
        ('A = 1\n"""What A is."""\n', 1),
        ('def f():\n    """Say what it does."""\n\n    return 1\n', 2),
        ('class C:\n    """C."""\n', 1),
    ],
    ids=[
        *("nothing", "comment", "docstring", "comment behind code", "blank line in a statement"),
        *("text that is used", "text of a constant", "function", "class"),
    ],
)
def test_comments_docstrings_and_blank_lines_are_no_code(source: str, lines: int) -> None:
    assert code_lines(source) == lines
