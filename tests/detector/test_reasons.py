from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

import detector
import recordings
from detector import job
from detector.nights.findings import FINDINGS
from detector.nights.kinds import rules
from detector.nights.night import Site
from detector.reasons import FOUND, REASONS, REMARKS, UNDONE, sentence
from detector.settings import KindSettings

DETECTOR = Path(detector.__file__).parent
RECORDINGS = Path(recordings.__file__).parent


def strings(*paths: Path) -> set[str]:
    """Every string constant in Python files but docstrings."""
    return {
        node.value
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def rule_reasons() -> set[str]:
    return {rule.reason for site in get_args(Site) for rule in rules(KindSettings(), site, 75.0)}


def uncounted_reasons() -> set[str]:
    """Codes in the table of :func:`detector.nights.judging._why`."""
    tree = ast.parse((DETECTOR / "nights" / "judging.py").read_text(encoding="utf-8"))
    (why,) = (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "_why"
    )
    (table,) = (node.iter for node in ast.walk(why) if isinstance(node, ast.For))
    return {row.elts[0].value for row in table.elts}


def test_every_code_that_is_used_has_a_sentence_and_every_sentence_is_used():
    used = {code for code, _ in FINDINGS} | rule_reasons() | uncounted_reasons()
    assert used == set(REASONS)


def test_reasons_of_events_and_of_nights_are_told_apart():
    events = {code for code, reason in REASONS.items() if reason.level == "event"}
    assert events == rule_reasons() | uncounted_reasons()


def test_reasons_that_stop_a_night_come_before_those_that_limit_it():
    levels = [REASONS[code].level for code, _ in FINDINGS]
    assert levels == sorted(levels, key=["stops", "limits", "note"].index)


def test_every_remark_of_a_reader_has_a_sentence_and_every_sentence_a_remark():
    readers = [path for path in RECORDINGS.rglob("*.py") if "synthetic" not in path.parts]
    assert set(REMARKS) <= strings(*readers)
    remarked = set()
    for path in readers:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if called and node.func.attr in {"remark", "note"} and node.args:
                remarked |= {
                    leaf.value
                    for leaf in ast.walk(node.args[0])
                    if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)
                }
    assert remarked <= set(REMARKS)


EVERY = [*REASONS.values(), *REMARKS.values(), *FOUND.values(), *UNDONE.values()]


@pytest.mark.parametrize("reason", EVERY, ids=lambda r: r.code)
def test_a_sentence_is_plain_and_whole(reason):
    assert re.fullmatch(r"[a-z][a-z_]*", reason.code)
    assert re.fullmatch(r"[A-Z].{20,}\.", reason.sentence)
    assert "_" not in reason.sentence


def test_a_code_gives_its_sentence():
    assert sentence("no_sleep") == REASONS["no_sleep"].sentence
    with pytest.raises(KeyError):
        sentence("no_such_code")


def test_the_tables_are_keyed_by_code():
    for table in (REASONS, REMARKS, FOUND, UNDONE):
        assert all(code == reason.code for code, reason in table.items())
    assert {reason.level for reason in REMARKS.values()} == {"file"}
    assert {reason.level for reason in FOUND.values()} == {"file", "file_note"}
    assert {reason.level for reason in UNDONE.values()} == {"undone"}


def test_what_a_reader_remarks_and_what_is_found_have_codes_of_their_own():
    assert set(REMARKS) & set(FOUND) == set()


def test_no_table_explains_a_code_twice():
    tree = ast.parse((DETECTOR / "reasons.py").read_text(encoding="utf-8"))
    tables = [node for node in tree.body if isinstance(node, ast.AnnAssign)]
    listed = [
        [
            ast.literal_eval(call.args[0])
            for call in ast.walk(table)
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "Reason"
        ]
        for table in tables
    ]
    assert sum(map(len, listed)) == sum(map(len, (REASONS, REMARKS, FOUND, UNDONE)))
    for codes in listed:
        assert len(codes) == len(set(codes))


def test_every_code_of_an_input_without_results_is_given_somewhere_and_explained():
    given = set()
    for path in (DETECTOR / "job.py", *(DETECTOR / "cohort").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        given |= set(re.findall(r'(?:failed|skipped)\([^()]*?options, "(\w+)"', text))
        given |= set(re.findall(r'"reason": "(\w+)"', text))
        given |= {getattr(job, name) for name in re.findall(r"failed\([^()]*?([A-Z_]{2,}),", text)}
    assert given == set(UNDONE)
