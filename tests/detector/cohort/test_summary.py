"""Exit status and last line of a run, which agree."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from detector.cohort import Summary
from detector.tables import csvtext
from detector.tables.columns import RECORDINGS

LEDGER = Path("out") / "recordings.csv"
SEE = f"(see {LEDGER})"


def summary(*, interrupted=False, resumed=0, **counts) -> Summary:
    return Summary(ledger=LEDGER, counts=Counter(counts), interrupted=interrupted, resumed=resumed)


@pytest.mark.parametrize(
    ("counts", "status", "said"),
    [
        ({"ok": 2}, 0, f"2 ok, 0 with warnings, 0 failed {SEE}"),
        ({"ok_with_warnings": 3}, 0, f"0 ok, 3 with warnings, 0 failed {SEE}"),
        ({"ok": 1, "failed": 1}, 1, f"1 ok, 0 with warnings, 1 failed {SEE}"),
        ({"failed": 4}, 1, f"0 ok, 0 with warnings, 4 failed {SEE}"),
        ({"ok": 1, "skipped": 2}, 0, f"1 ok, 0 with warnings, 0 failed, 2 skipped {SEE}"),
        (
            {"failed": 1, "skipped": 2},
            1,
            f"0 ok, 0 with warnings, 1 failed, 2 skipped {SEE}",
        ),
        ({}, 3, "no recording found"),
        ({"skipped": 5}, 3, "no recording found, 5 skipped"),
    ],
    ids=str,
)
def test_the_status_is_that_of_the_worst_and_the_sentence_says_the_same(counts, status, said):
    found = summary(**counts)
    assert (found.exit_status, found.sentence()) == (status, said)


@pytest.mark.parametrize("counts", [{"ok": 2}, {"failed": 1}, {"skipped": 2}])
def test_an_interrupted_run_is_interrupted_whatever_was_done(counts):
    found = summary(interrupted=True, **counts)
    assert found.exit_status == 130
    assert found.sentence().startswith("interrupted: ")
    assert found.sentence().endswith(SEE)


def test_what_an_earlier_run_had_done_is_told():
    assert summary(ok=3, failed=1, skipped=1, resumed=2).sentence() == (
        f"3 ok, 0 with warnings, 1 failed, 1 skipped, 2 of them done before {SEE}"
    )


def test_rows_are_those_of_the_ledger_or_those_that_were_not_written(tmp_path):
    path = tmp_path / "recordings.csv"
    path.write_bytes(csvtext.table(RECORDINGS, [{"recording_id": "a", "status": "ok"}]))
    written = Summary(ledger=path, counts=Counter(ok=1))
    assert [(r["recording_id"], r["status"], r["nights"]) for r in written.rows] == [
        ("a", "ok", None)
    ]
    row = {"path": "notes.txt", "status": "skipped"}
    assert Summary(ledger=path, counts=Counter(skipped=1), unwritten=[row]).rows == [row]
    assert Summary(ledger=tmp_path / "nothing").rows == []
