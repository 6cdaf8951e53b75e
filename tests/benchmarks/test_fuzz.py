"""The campaign of damaged files: what it throws, and that it sees what it must see."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from random import Random

import fuzz
import pytest
from fuzzing.targets import PORTIONS, targets

TARGETS = {target.name: target for target in targets()}


def test_every_good_file_is_read_and_every_portion_has_its_size(tmp_path):
    for target in TARGETS.values():
        if target.whole:
            path = tmp_path / target.file
            path.write_bytes(target.whole)
            assert target.attempt(path), target.name
    assert sum(target.share for target in TARGETS.values()) == fuzz.PORTION


def test_all_portions_together_cut_a_file_at_every_byte():
    for target in TARGETS.values():
        whole = target.whole
        cuts = []
        for portion in range(PORTIONS):
            count = len(range(1 + portion, len(whole), PORTIONS))
            cuts += islice(target.inputs(Random(0), portion), count)  # noqa: S311 (no secret)
        assert sorted(map(len, cuts)) == list(range(1, len(whole)))


def test_the_same_portion_is_the_same_damage():
    for target in TARGETS.values():
        one, other = ([*islice(target.inputs(Random(3), 7), 40)] for _ in range(2))  # noqa: S311 (no secret)
        assert one == other


def grown(path):
    raise MemoryError(path)


def endless(path):
    while True:
        pass


@pytest.mark.parametrize(
    ("attempt", "said"), [(grown, "MemoryError"), (endless, "HangError")], ids=["memory", "hang"]
)
def test_a_reader_that_breaks_is_a_fault_and_its_file_is_kept(tmp_path, monkeypatch, attempt, said):
    monkeypatch.setattr(fuzz, "PATIENCE_S", 0.2)
    tried = []

    def first_settle(path):
        tried.append(path)
        return True if len(tried) <= 2 else attempt(path)

    target = replace(TARGETS["labels"], attempt=first_settle, share=9)
    tally = fuzz.campaign(target, 0, tmp_path)
    assert (tally.inputs, tally.read, tally.refused, len(tally.faults)) == (9, 0, 0, 9)
    assert all(said in fault for fault in tally.faults)
    assert len(list(tmp_path.glob("labels-0-*"))) == 9


def test_portions_add_up_and_none_is_run_twice(tmp_path):
    few = [replace(TARGETS[name], share=12) for name in ("cwa", "diary")]
    for portion in (0, 1):
        fuzz.run_portion(few, portion, tmp_path)
    done, tallies = fuzz.summed(tmp_path)
    assert done == {0, 1}
    assert [(name, tally.inputs) for name, tally in tallies.items()] == [
        ("cwa", 2 * 36),
        ("diary", 2 * 12),
    ]
    assert all(t.read + t.refused + len(t.faults) == t.inputs for t in tallies.values())
    lines = (tmp_path / "portions.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["portion"] for line in lines] == [0, 1]
    assert fuzz.table(tallies).splitlines()[-1].startswith("| **all** | 96 | ")
