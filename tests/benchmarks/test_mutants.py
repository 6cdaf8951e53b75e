"""A mutant is a module with one thing changed, put where the program runs through it."""

from __future__ import annotations

import ast
from contextlib import contextmanager
from itertools import zip_longest

import mutants
import pytest
from mutants import ROOT, mutants_of

import recordings.clock
import recordings.registry
from detector.nights import findings, kinds, likeness
from recordings.zone import Zone

FINDINGS, SETTLING = "detector/nights/findings.py", "detector/nights/settling.py"


@pytest.mark.parametrize("module", ["recordings/kernels/clock.py", "recordings/formats/units.py"])
def test_every_mutant_has_one_change_and_says_where(module):
    text = (ROOT / module).read_text(encoding="utf-8")
    lines = ast.unparse(ast.parse(text)).splitlines()
    seen = set()
    for mutant in mutants_of(module):
        changed = ast.unparse(mutant.tree).splitlines()
        differ = [(i, b) for i, (a, b) in enumerate(zip_longest(lines, changed)) if a != b]
        assert len(differ) == 1, mutant.change
        seen.update(differ)
    assert len(seen) > 50


def of(module: str, scope: str, change: str) -> mutants.Mutant:
    """The first mutant of a function or constant by that change."""
    return next(
        each for each in mutants.mutants_of(module) if (each.scope, each.change) == (scope, change)
    )


@contextmanager
def put_in(module: str, scope: str, change: str):
    """Change this process for a while."""
    living = mutants.functions_of(module)[scope]
    before = living.__code__, living.__defaults__, living.__kwdefaults__
    mutants.put_in(of(module, scope, change))
    try:
        yield
    finally:
        living.__code__, living.__defaults__, living.__kwdefaults__ = before


def test_a_function_that_a_table_holds_is_changed():
    holds = dict(findings.FINDINGS)["clipped"]
    assert holds.__code__.co_qualname == "_clipped"
    before = holds.__code__
    with put_in(FINDINGS, "_clipped", "Gt to GtE"):
        assert holds.__code__ is not before
    assert holds.__code__ is before


def test_a_method_is_changed():
    run = recordings.clock._Run(5, "start", end=9)
    assert run.length(0) == 4
    with put_in("recordings/clock.py", "_Run.length", "Sub to Add"):
        assert run.length(0) == 14
    assert run.length(0) == 4


def test_a_default_is_changed():
    with put_in("recordings/zone.py", "Zone.nights", "12 to 13"):
        (night,) = Zone().nights(0, 1)
        assert night.start_ns == -11 * 3600 * 10**9
    (night,) = Zone().nights(0, 1)
    assert night.start_ns == -12 * 3600 * 10**9


def test_a_constant_is_changed_wherever_it_was_imported():
    mutants.put_in(of("detector/nights/likeness.py", "NEIGHBOUR_S", "180.0 to 181.0"))
    try:
        assert kinds.NEIGHBOUR_S == likeness.NEIGHBOUR_S == 181.0
    finally:
        kinds.NEIGHBOUR_S = likeness.NEIGHBOUR_S = 180.0


def test_a_constant_without_which_no_module_could_be_imported_is_told_apart():
    with pytest.raises(ImportError):  # one tuple less another
        mutants.put_in(of("recordings/registry.py", "DEVICE_ENDINGS", "Add to Sub"))


def test_what_cannot_be_put_in_is_not_counted_as_killed():
    mutant = of(SETTLING, "moved", "Gt to GtE")
    mutant.scope = "nothing"
    with pytest.raises(ValueError, match="not enough values"):
        mutants.put_in(mutant)
