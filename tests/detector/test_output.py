from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_results import (
    made_asleep_night,
    made_facts,
    made_nights,
    made_unanalysable_night,
    with_remark,
)

from detector import files
from detector.output import RUN, RecordingFolder, finished, sweep, unfinished
from detector.result import Facts
from detector.resultfile import to_json
from detector.tables.columns import EVENTS, RECORDINGS
from detector.tables.csvtext import header

ROOT = Path(__file__).parents[2]
INPUT = {"bytes": 2_048_512, "mtime_ns": 1_709_700_000_000_000_001, "sha256": "ab" * 32}
FILES = {"nights.csv", "events.csv", "snippets.npz", "result.json", "report.html", "run.json"}


class PlainPage:
    """A page that names its nights."""

    def __init__(self) -> None:
        self.dates: list[str] = []

    def add_night(self, night):
        self.dates.append(night.span.date.isoformat())

    def html(self, facts: Facts) -> list[str]:
        return [f"<p>{facts.path} {' '.join(self.dates)}</p>"]


class BrokenPage(PlainPage):
    def add_night(self, night):
        super().add_night(night)
        if len(self.dates) == 2:
            raise KeyboardInterrupt


def write(path: Path, facts: Facts | None = None, nights=None, page=None):
    facts = facts or made_facts()
    with RecordingFolder(path, facts, page or PlainPage()) as folder:
        for night in made_nights() if nights is None else nights:
            folder.add(night)
        return folder.finish(facts, {"input": INPUT, "config_hash": "x"})


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_recording_has_the_files_of_the_contract_and_is_finished(tmp_path):
    row = write(tmp_path / "subject_01")
    assert set(content(tmp_path / "subject_01")) == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["subject_01"]
    run = finished(tmp_path / "subject_01")
    assert run is not None
    assert run["row"] == row
    assert run["input"] == INPUT


def test_run_json_lists_every_other_file_with_size_and_hash(tmp_path):
    write(tmp_path / "a")
    outputs = json.loads((tmp_path / "a" / RUN).read_text())["outputs"]
    assert {each["name"] for each in outputs} == FILES - {RUN}
    for each in outputs:
        path = tmp_path / "a" / each["name"]
        assert each["bytes"] == path.stat().st_size
        assert each["sha256"] == files.sha256(path)


def test_the_same_result_gives_the_same_bytes(tmp_path):
    write(tmp_path / "a")
    write(tmp_path / "b")
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_the_row_counts_nights_and_passes_remarks_on(tmp_path):
    facts = with_remark(made_facts(), "truncated", "the file ends early")
    row = write(tmp_path / "a", facts)
    assert list(row) == [c.name for c in RECORDINGS]
    assert (row["nights"], row["nights_analysable"]) == (3, 2)
    assert row["status"] == "ok_with_warnings"
    assert row["reason"] == "bad_block;truncated;gaps"
    assert row["message"] == (
        "2 blocks with a wrong checksum were left out; the file ends early; "
        "1 gap (1.5 min without samples)"
    )
    assert row["input_sha256"] == INPUT["sha256"]


def test_a_healthy_recording_is_ok_and_one_without_a_usable_night_warns(tmp_path):
    facts = made_facts()
    whole = replace(facts.health, blocks_bad=0, remarks=[], segments=facts.health.segments[:1])
    healthy = replace(facts, health=whole)
    row = write(tmp_path / "a", healthy)
    assert (row["status"], row["reason"], row["message"]) == ("ok", None, None)
    row = write(tmp_path / "b", healthy, [made_unanalysable_night(0)])
    assert (row["status"], row["reason"]) == ("ok_with_warnings", "no_analysable_night")


def test_what_is_only_worth_knowing_is_told_and_is_no_warning(tmp_path):
    facts = made_facts()
    whole = replace(facts.health, blocks_bad=0, remarks=[], segments=facts.health.segments[:1])
    clipping = replace(facts.quality, clipped_samples=facts.quality.samples // 100)
    row = write(tmp_path / "a", replace(facts, health=whole, quality=clipping))
    assert (row["status"], row["reason"]) == ("ok", "clipped")
    assert row["message"] == "1 % of the samples are at an end of the range"


def test_result_json_has_everything_decided(tmp_path):
    write(tmp_path / "a")
    result = json.loads((tmp_path / "a" / "result.json").read_text())
    assert result["format"] == 1
    assert set(result) == {
        *("format", "meta", "facts", "health", "settings", "nights", "factors", "counted_events")
    }
    assert result["facts"]["start"] == "2024-03-05T20:00:00.000+01:00"
    assert result["settings"] == made_facts().settings.as_dict()
    first, limited, last = result["nights"]
    assert first["sleep_starts_onset"] == 3
    assert first["sleep"]["onset_candidates"] == {
        "still": "2024-03-05T23:28:00.000+01:00",
        "still_tolerant": "2024-03-05T23:40:00.000+01:00",
        "immobile": "2024-03-05T23:48:00.000+01:00",
    }
    assert first["onset_window"]["start_utc"] == "2024-03-05T21:58:00.000Z"
    assert limited["nonwear"][0]["start"] == "2024-03-07T02:40:00.000+01:00"
    assert last["sleep_starts_onset"] is None
    assert last["sleep"] is None
    assert [e["event_index"] for e in result["counted_events"]] == [1, 2, 4, 14, 15, 17]


def test_an_onset_that_was_not_observed_is_said_so(tmp_path):
    write(tmp_path / "a", nights=[made_asleep_night()])
    (night,) = json.loads((tmp_path / "a" / "result.json").read_text())["nights"]
    assert night["sleep_onset"] is None
    assert night["sleep"]["onset_observed"] is False


def test_snippets_are_found_by_the_index_of_their_event(tmp_path):
    nights = made_nights()
    write(tmp_path / "a", nights=nights)
    with (tmp_path / "a" / "events.csv").open(newline="") as file:
        events = list(csv.DictReader(file))
    with np.load(tmp_path / "a" / "snippets.npz") as snippets:
        starts = [int(e["event_index"]) for e in events if e["kind"].startswith("sleep_start")]
        pictured = [index for index in starts if index < sum(len(n.events) for n in nights[:2])]
        assert snippets["event_index"].tolist() == pictured
        own = nights[1].scan.snippets[0]
        assert snippets["peak_ns"][5] == own.peak_ns
        np.testing.assert_array_equal(snippets[f"accel_g/{pictured[5]}"], own.accel_g)
        np.testing.assert_array_equal(snippets[f"jerk_g_per_s/{pictured[5]}"], own.jerk_g_per_s)


def test_a_recording_without_nights_has_its_files_too(tmp_path):
    write(tmp_path / "a", nights=[])
    assert (tmp_path / "a" / "events.csv").read_bytes() == header(EVENTS)
    with np.load(tmp_path / "a" / "snippets.npz") as snippets:
        assert snippets["event_index"].shape == (0,)


def test_snippets_carry_no_time_of_writing(tmp_path):
    write(tmp_path / "a")
    with zipfile.ZipFile(tmp_path / "a" / "snippets.npz") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_run_that_ends_before_the_end_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "a", page=BrokenPage())
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_ends_before_the_end_leaves_the_earlier_result_as_it_was(tmp_path):
    write(tmp_path / "a")
    before = content(tmp_path / "a")
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "a", page=BrokenPage())
    assert content(tmp_path / "a") == before


def killed_writes(folder: Path) -> list[str]:
    """Run the script of that name; what it prints."""
    places = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, "-m", "killed_writes", str(folder)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": places},
    )
    return done.stdout.splitlines()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes that were forked")
def test_a_process_killed_at_any_moment_leaves_the_old_result_or_the_new_one_or_none(tmp_path):
    states = [line.split() for line in killed_writes(tmp_path)]
    assert states.pop() == ["3", "False"]
    assert {died for _, died in states} == {"True"}
    nights = [n for n, _ in states]
    assert nights == sorted(nights, key=["0", "none", "3"].index)
    assert set(nights) == {"0", "none", "3"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes that were forked")
def test_after_a_kill_at_any_moment_the_next_run_ends_with_the_same_bytes(tmp_path):
    kills = len(killed_writes(tmp_path))
    write(tmp_path / "fresh")
    for n in range(1, kills + 1):
        sweep(tmp_path / str(n), {"a"})
        write(tmp_path / str(n) / "a")
        assert content(tmp_path / str(n) / "a") == content(tmp_path / "fresh")
        assert [path.name for path in (tmp_path / str(n)).iterdir()] == ["a"]


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_folder_that_misses_a_file_is_not_finished(tmp_path, name):
    write(tmp_path / "a")
    (tmp_path / "a" / name).unlink()
    assert finished(tmp_path / "a") is None


def test_a_folder_with_a_shortened_file_is_not_finished(tmp_path):
    write(tmp_path / "a")
    page = tmp_path / "a" / "report.html"
    page.write_bytes(page.read_bytes()[:-1])
    assert finished(tmp_path / "a") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": 2}', '{"format": 1}'])
def test_a_damaged_run_json_is_no_mark(tmp_path, text):
    write(tmp_path / "a")
    (tmp_path / "a" / RUN).write_text(text)
    assert finished(tmp_path / "a") is None


def test_tables_of_other_columns_are_not_finished(tmp_path):
    write(tmp_path / "a")
    table = tmp_path / "a" / "nights.csv"
    table.write_bytes(table.read_bytes().replace(b"wear_pct", b"worn_pct", 1))
    assert finished(tmp_path / "a") is None


def test_nothing_is_nowhere_finished(tmp_path):
    assert finished(tmp_path / "a") is None


def test_json_refuses_nan_and_escapes_bytes_that_are_no_text():
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"x": float("nan")})
    assert json.loads(to_json({"x": "a\udce9"})) == {"x": "a\udce9"}


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    files.write(tmp_path / "a.txt", b"old")
    with (
        pytest.raises(ValueError, match="closed file"),
        files.replacing(tmp_path / "a.txt") as file,
    ):
        file.close()
    assert content(tmp_path) == {"a.txt": b"old"}
    files.write(tmp_path / "a.txt", b"new")
    assert content(tmp_path) == {"a.txt": b"new"}


# ------------------------------------------------------------------ what the killed left


def left_in(folder: Path, *names: str) -> list[str]:
    """Make folders with something in them, sweep for the recordings a and b, say what is left."""
    for name in names:
        (folder / name).mkdir()
        (folder / name / "events.csv").write_bytes(b"half")
    sweep(folder, {"a", "b"})
    return sorted(path.name for path in folder.iterdir())


def test_half_folders_of_these_recordings_are_swept_and_the_whole_ones_stay(tmp_path):
    half = [unfinished(tmp_path / name).name for name in "aab"]
    assert left_in(tmp_path, "a", *half, ".b.old") == ["a"]


@pytest.mark.parametrize(
    "name",
    [
        *(".c.0123abcd.partial", ".c.old", "a.0123abcd.partial", ".a.0123abc.partial"),
        *(".a.0123ABCD.partial", ".a.partial", ".a.0123abcd.partial.old", ".aa.old"),
    ],
)
def test_what_others_left_is_not_swept(tmp_path, name):
    assert left_in(tmp_path, name) == [name]


def test_where_nothing_was_written_nothing_is_swept(tmp_path):
    sweep(tmp_path / "nowhere", {"a"})
    assert list(tmp_path.iterdir()) == []


def test_no_two_half_folders_have_one_name(tmp_path):
    names = {unfinished(tmp_path / "a").name for _ in range(20)}
    assert len(names) == 20
    assert all(name.startswith(".a.") and name.endswith(".partial") for name in names)
