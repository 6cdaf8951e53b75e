"""The rules of the house, for every file of the repository. One command checks all."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from project import PACKAGES, ROOT, project_files

from detector.version import VERSION

LONGEST_MODULE = 400
LONGEST_FUNCTION = 40
LONGEST_KERNEL = 80
LONGER = {
    "detector/settings.py": "one declaration after the other, each parameter once",
}
"""Files and functions (``file:function``) that may be longer, and why."""

NOT_TEXT = {".gz", ".png", ".gt3x", ".cwa", ".bin", ".npz", ".parquet", ".edf", ".avro"}
PYTHON = project_files("*.py")


def texts() -> list[tuple[Path, str]]:
    """Every text file of the repository with its content."""
    paths = [path for path in project_files() if path.suffix.lower() not in NOT_TEXT]
    return [(path, path.read_text(encoding="utf-8")) for path in paths]


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    "command", ["ruff check --no-fix", "ruff format --check", "mypy"], ids=lambda c: c[:11]
)
def test_the_checkers_have_nothing_to_say(command):
    done = subprocess.run(
        [sys.executable, "-m", *command.split()],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_modules_are_short():
    lines = {shown(p): len(p.read_text(encoding="utf-8").splitlines()) for p in PYTHON}
    assert {f: n for f, n in lines.items() if n > LONGEST_MODULE and f not in LONGER} == {}


def lengths(path: Path) -> dict[str, int]:
    """Lines of the code of every function in a file: without decorators and docstring."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            last = node.end_lineno or node.lineno
            first = node.body[0]
            docstring = (first.end_lineno or first.lineno) - first.lineno + 1
            has_docstring = ast.get_docstring(node, clean=False) is not None
            found[node.name] = last - node.lineno + 1 - has_docstring * docstring
    return found


def test_functions_are_short():
    long = {
        f"{shown(path)}:{name}": n
        for path in PYTHON
        if "tests" not in path.parts
        for name, n in lengths(path).items()
        if n > (LONGEST_KERNEL if "kernels" in path.parts else LONGEST_FUNCTION)
    }
    assert {name: n for name, n in long.items() if name not in LONGER} == {}


def test_nothing_longer_is_allowed_than_there_is():
    files = {shown(path) for path in PYTHON}
    assert {entry.partition(":")[0] for entry in LONGER} <= files


def test_a_rule_is_silenced_only_with_a_reason():
    bare = re.compile(r"#\s*(noqa(:\s*[A-Z0-9, ]+)?|type:\s*ignore(\[[a-z0-9, -]+\])?)\s*$", re.M)
    assert [shown(path) for path in PYTHON if bare.search(path.read_text(encoding="utf-8"))] == []


def test_the_version_is_written_in_one_place():
    said = re.compile(rf"(?<![\w.]){re.escape(VERSION)}(?![\w.]*\w)")
    places = {shown(path) for path, text in texts() if said.search(text)}
    assert places == {"detector/version.py", "CHANGELOG.md"}


def test_no_file_names_a_place_that_only_one_machine_has():
    # put together here so that this file does not name them itself
    folders = "|".join(("work", "tmp", "root", "home", "Users"))
    path_of_a_machine = re.compile(rf"(?<![\w.~}}>-])/({folders})(/|\b(?=[\s\"'`)]))")
    found = [
        f"{shown(path)}: {match.group()}"
        for path, text in texts()
        for match in path_of_a_machine.finditer(text)
    ]
    assert found == []


def test_no_file_names_the_host_of_a_package_registry():
    hosts = ("pypi" + ".org", "python" + "hosted", "anaconda" + ".org", "npmjs" + ".")
    found = [(shown(path), host) for path, text in texts() for host in hosts if host in text]
    assert found == []


def test_text_files_are_utf8_with_plain_line_ends_and_no_trailing_blanks():
    untidy = re.compile(r"\r|[ \t]+$|[^\n]\Z|\n\n\Z", re.M)
    own = [(p, text) for p, text in texts() if "data" not in p.parts and p.name != "LICENSE"]
    assert [shown(path) for path, text in own if untidy.search(text)] == []


def test_the_licence_is_there_and_is_the_one_declared():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_no_package_is_held_back():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    requirements = re.findall(r'^    "([a-z0-9-]+[<>=!~][^"]*)",$', project, re.M)
    assert len(requirements) >= 10
    assert [r for r in requirements if "<" in r or "==" in r or "~=" in r] == []


def test_the_packages_say_that_they_are_typed():
    assert [name for name in PACKAGES if not (ROOT / name / "py.typed").is_file()] == []
