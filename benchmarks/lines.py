"""How many lines of code the packages have, and how many their tests.

    python benchmarks/lines.py

Comments, docstrings and blank lines are no code.
"""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES, TESTS = ("detector", "recordings"), ("tests",)

_NOT_CODE = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT),
    tokenize.ENDMARKER,
}


def code_lines(source: str) -> int:
    """Return how many lines of a module hold code."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NOT_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - _docstring_lines(ast.parse(source)))


def _docstring_lines(tree: ast.Module) -> set[int]:
    """Return the lines of all texts that stand alone: docstrings, and what is said of constants."""
    return {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def lines_below(*folders: str) -> int:
    """Return the lines of code of all modules in folders of the project."""
    modules = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sum(code_lines(path.read_text("utf-8")) for path in modules)


def main() -> None:
    """Print both, and how many lines of tests there are for one of the packages."""
    packages, tests = lines_below(*PACKAGES), lines_below(*TESTS)
    print(f"packages  {packages:6,}\ntests     {tests:6,}\nratio     {tests / packages:6.2f}")


if __name__ == "__main__":
    main()
