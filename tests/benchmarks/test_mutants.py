"""A mutant is a module with one thing changed."""

from __future__ import annotations

import ast
from itertools import zip_longest

import pytest
from mutants import ROOT, mutants_of


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
