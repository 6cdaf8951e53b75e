"""Imports point one way. The table says which way; the tests hold it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import NamedTuple

import pytest
from project import ROOT, package_modules

import detector
import recordings
from detector.selftest import BUNDLED
from recordings import synthetic

LAYERS = {
    "recordings": (
        "rehearsal",  # all formats, written and read
        "writers synthetic",  # made recordings and their truth: nothing of the readers needs them
        "joined",  # several files as one recording
        "registry probing",  # which reader, and what the first minutes say
        "formats",  # bytes to blocks
        "clock source arrays",  # blocks to chunks; where bytes and samples come from
        "stamps",  # what is said of a clock
        "gzipped zipped",  # what a file may be packed in
        "feed",
        "fetch",  # bytes of files in stores
        "store",  # what stores are asked
        "kernels",
        "zone",
        "model",
        "errors options",
        "place",  # where a file is
        "wording",
    ),
    "detector": (
        "__main__ cli",
        "commands",  # on results
        "options flags",
        "exports",
        "demo doctor inspect inspection narrator",
        "pace",
        "cohort",  # many recordings
        "anonymise",
        "diary_match",  # whose diary is whose
        "job merge limbs selftest",  # one recording into its folder; the tables of all
        "report",
        "review",  # people's judgements, other lists of events
        "output resultfile snippets methods",
        "pipeline",  # reading, detecting and judging meet here
        "inputs",  # which files are recordings, and which of them are one
        "stated",  # what others say of the nights
        "statistics",  # what the nights of one person amount to
        "tables",
        "result",
        "people",  # who wore the sensor, and by which name
        "nights",  # what is made of what the pass leaves
        "signal",  # the one pass
        "kernels",
        "reasons limb_reasons",
        "scan",
        "files paths cache console machine",
        "config",
        "settings",
        "given",  # files that users give beside recordings
        "parameter version",
    ),
}
"""Top to bottom. A module or subpackage imports from its own row and from those below."""

UPWARD = {
    ("detector.result", "detector.tables.rows"): "a result turns itself into tables when asked to",
}
"""Imports against the direction, inside a function, and why."""

APART = (
    (
        "nights",
        "signal kernels",
    ),
)
"""Parts that meet only in the tables of :mod:`detector.scan`."""

SLOW = {
    *("numba", "scipy", "pyarrow", "plotly", "pandas", "jinja2", "isal", "llvmlite", "edfio"),
    *("fsspec", "aiohttp"),
}
"""Packages that take longer to import than a user wants to wait for ``--help``."""

LANES = "detector.kernels.lanes"

MODULES = package_modules()
EXPORTED = {package.__name__: package.__all__ for package in (recordings, synthetic, detector)}


class Import(NamedTuple):
    """One import of one module of the project by another."""

    importer: str
    imported: str
    name: str
    """What is imported from it; empty for the module itself."""
    at_top: bool
    """Whether it runs when the importer is imported."""


def imports_of(module: str) -> Iterator[Import]:
    """Every import of the project's own modules, those for type checkers left out."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node, at_top in statements(tree, at_top=True):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, "", at_top)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*(above if node.level else []), *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                is_module = inner in MODULES and alias.name not in EXPORTED.get(base, ())
                target = (inner, "") if is_module else (base, alias.name)
                yield Import(module, *target, at_top)


def statements(node: ast.AST, *, at_top: bool) -> Iterator[tuple[ast.AST, bool]]:
    """Every node with whether it runs at import; branches for type checkers left out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield child, at_top
        yield from statements(child, at_top=at_top and not inside)


IMPORTS = [each for module in MODULES for each in imports_of(module)]
INTERNAL = [each for each in IMPORTS if each.imported in MODULES]


def part(module: str) -> str:
    """The module or subpackage right below a package that a module belongs to; itself if none."""
    return module.split(".")[1] if "." in module else "__init__"


def row(module: str) -> int:
    """Row of the table, counted from the top; -1 for the packages themselves."""
    if "." not in module:
        return -1
    rows = LAYERS[module.partition(".")[0]]
    return next(i for i, names in enumerate(rows) if part(module) in names.split())


def test_every_module_has_its_place_and_every_place_its_module():
    for package, rows in LAYERS.items():
        listed = [name for names in rows for name in names.split()]
        there = {part(m) for m in MODULES if m.startswith(f"{package}.")}
        assert sorted(listed) == sorted(there)


def test_imports_point_down():
    upward = {
        (each.importer, each.imported)
        for each in INTERNAL
        if each.importer.split(".")[0] == each.imported.split(".")[0]
        and row(each.importer) >= 0
        and row(each.imported) < row(each.importer)
    }
    assert upward == set(UPWARD)


def test_imports_against_the_direction_happen_when_called():
    assert [e for e in INTERNAL if e[:2] in UPWARD and e.at_top] == []


def test_no_imports_at_the_top_go_round():
    graph: dict[str, set[str]] = {module: set() for module in MODULES}
    for each in INTERNAL:
        if each.at_top and not each.importer.startswith(f"{each.imported}."):
            graph[each.importer].add(each.imported)
    assert set(TopologicalSorter(graph).static_order()) == set(MODULES)


@pytest.mark.parametrize(("some", "others"), APART)
def test_the_pass_and_the_judgement_know_only_the_tables_between_them(some, others):
    sides = (set(some.split()), set(others.split()))
    across = [
        each
        for each in INTERNAL
        if each.importer.startswith("detector.")
        and each.imported.startswith("detector.")
        and any(
            part(each.importer) in a and part(each.imported) in b for a, b in (sides, sides[::-1])
        )
    ]
    assert across == []


def test_recordings_know_nothing_of_the_detector():
    assert [
        e for e in IMPORTS if e.importer.startswith("recordings") and "detector" in e.imported
    ] == []


def test_the_detector_takes_from_recordings_what_they_export():
    taken = [
        (each.importer, each.imported, each.name)
        for each in IMPORTS
        if each.importer.startswith("detector") and each.imported.startswith("recordings")
    ]
    whole = {importer for importer, _, name in taken if not name}
    reached = [
        (module, "recordings", node.attr)
        for module in whole
        for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "recordings"
    ]
    public = {("recordings", name) for name in ("", "__file__", *recordings.__all__)}
    public |= {("recordings.synthetic", name) for name in synthetic.__all__}
    assert taken
    assert [t for t in taken + reached if t[1:] not in public] == []
    assert {t[0] for t in taken if t[1] == "recordings.synthetic"} == {"detector.demo"}


def test_what_packages_export_is_there():
    for package in (recordings, synthetic, detector):
        assert [name for name in package.__all__ if not hasattr(package, name)] == []


def test_kernels_stand_alone():
    kernels = [m for m in MODULES if ".kernels." in m]
    assert len(kernels) >= 6
    allowed = {"__future__", "math", "typing", "numba", "numpy", "numpy.typing", *kernels}
    lanes = {"llvmlite", "numba.extending"}  # the one that speaks to the compiler
    found = [e for e in IMPORTS if e.importer in kernels and e.imported not in allowed]
    assert [e for e in found if (e.importer, e.imported) not in {(LANES, m) for m in lanes}] == []


def test_only_the_command_line_prints_or_ends_the_program():
    ends_itself = {("detector.cohort.workers", "os._exit")}  # where its parent has ended
    ends = {"print", "exit", "sys.exit", "SystemExit", "os._exit"}
    loud = [
        f"{module}:{node.lineno}"
        for module, path in MODULES.items()
        if module not in {"detector.cli", "detector.__main__"}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ends
        and (module, ast.unparse(node.func)) not in ends_itself
    ]
    assert loud == []


def modules_after(statement: str) -> set[str]:
    """What a fresh interpreter has loaded in the end."""
    program = f"{statement}\nimport sys; sys.stderr.write('\\n' + ' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stderr.splitlines()[-1].split())


def loaded_by(statement: str) -> set[str]:
    """Top-level packages that a fresh interpreter has loaded in the end."""
    return {name.split(".")[0] for name in modules_after(statement)}


@pytest.mark.parametrize("package", ["recordings", "detector"])
def test_importing_a_package_loads_nothing_of_others(package):
    assert (SLOW | {"numpy", "rich", "cyclopts"}) & loaded_by(f"import {package}") == set()


@pytest.mark.parametrize(
    "words",
    [
        "--help",
        "--version",
        "run --help",
        "inspect --help",
        "diary check --help",
        "config show",
        "run",
        "rum",
        "run night.cwa -o out --no-such-flag",
        "run night.cwa -o out --tz CET",
        "run night.cwa -o out --scan.on-factor 99",
    ],
)
def test_what_a_user_waits_for_loads_nothing_slow(words):
    loaded = loaded_by(f"import detector.cli; detector.cli.main({words.split()})")
    assert "cyclopts" in loaded
    assert (SLOW | {"numpy"}) & loaded == set()


NOT_FOR_ONE = {
    *("scipy.linalg", "scipy.special", "scipy.signal", "pyarrow", "pandas", "rich"),
    *("recordings.formats.edf", "recordings.formats.table"),
}
"""What one CWA recording does not need."""


def test_an_inspection_loads_only_what_it_needs():
    loaded = modules_after(f"import detector.cli; detector.cli.main(['inspect', {str(BUNDLED)!r}])")
    assert {"numba", "recordings.formats.axivity_cwa"} <= loaded
    assert (NOT_FOR_ONE | {"jinja2", "plotly"}) & loaded == set()


def test_a_run_loads_only_what_it_needs_and_no_compiler_for_what_is_done(tmp_path):
    words = ["run", str(BUNDLED), "-o", str(tmp_path / "out"), "--tz", "Europe/London"]
    run = f"import detector.cli; detector.cli.main({words})"
    loaded = modules_after(run)
    assert {"numba", "recordings.formats.axivity_cwa"} <= loaded
    assert NOT_FOR_ONE & loaded == set()
    assert (NOT_FOR_ONE | {"numba", "llvmlite"}) & modules_after(run) == set()
