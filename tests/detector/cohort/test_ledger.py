"""What became of every input, in the order of the inputs."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from detector.cohort.ledger import Ledger, row_of_done

from .made_sources import made_done

SKIPPED = {"recording_id": None, "status": "skipped", "reason": "not_a_recording"}
WAITING = {"recording_id": "b", "status": "skipped", "reason": "interrupted"}


def test_an_input_that_is_not_reached_keeps_its_row(tmp_path):
    ledger = Ledger(tmp_path, [SKIPPED, WAITING])
    assert list(ledger.rows()) == [SKIPPED, WAITING]
    assert ledger.counts == Counter(skipped=2)


def test_a_failed_input_has_the_row_that_was_put_in_its_place(tmp_path):
    ledger = Ledger(tmp_path, [SKIPPED, WAITING])
    failed = {**WAITING, "status": "failed", "reason": "unreadable"}
    ledger.put(1, failed)
    assert list(ledger.rows()) == [SKIPPED, failed]
    assert ledger.counts == Counter(skipped=1, failed=1)


@pytest.mark.parametrize("status", ["ok", "ok_with_warnings"])
def test_the_row_of_what_is_done_is_read_from_its_folder(tmp_path, status):
    row = made_done(tmp_path, "b").row
    path = tmp_path / "recordings" / "b" / "run.json"
    run = json.loads(path.read_text(encoding="utf-8"))
    run["row"]["notes"] = "from the folder"
    path.write_text(json.dumps(run), encoding="utf-8")
    ledger = Ledger(tmp_path, [WAITING, SKIPPED])
    ledger.put(0, {**row, "status": status})
    found = list(ledger.rows())
    assert found[0]["notes"] == "from the folder"
    assert found[1] == SKIPPED
    assert ledger.counts == Counter({status: 1, "skipped": 1})


def test_rows_can_be_asked_for_again(tmp_path):
    ledger = Ledger(tmp_path, [WAITING])
    assert list(ledger.rows()) == list(ledger.rows()) == [WAITING]


def test_a_run_of_nothing_has_a_ledger_of_nothing(tmp_path):
    ledger = Ledger(tmp_path, [])
    assert list(ledger.rows()) == []
    assert ledger.counts.total() == 0


def test_what_is_not_done_has_no_row_in_its_folder(tmp_path):
    with pytest.raises(OSError, match=r"run\.json"):
        row_of_done(tmp_path, "b")
    (tmp_path / "recordings" / "b").mkdir(parents=True)
    (tmp_path / "recordings" / "b" / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(KeyError):
        row_of_done(tmp_path, "b")
