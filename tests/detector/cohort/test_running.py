"""A run: what is analysed again, what is taken, what the ledger says, what it ends with."""

from __future__ import annotations

import re
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from dataclasses import replace

import pytest

from detector.cohort import Executing, RunOptions, Shard, Summary, Watcher, run
from detector.job import Outcome, failed
from detector.parameter import SettingsError
from detector.people.naming import Naming
from detector.tables.columns import RECORDINGS
from detector.tables.csvtext import read

from .made_sources import made_done

OPTIONS = RunOptions(tz="Europe/Berlin", site="wrist", side="left")


@pytest.fixture
def data(tmp_path):
    """Four files with the ending of a recorder; nobody reads them."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name in "abcd":
        (folder / f"{name}.cwa").write_bytes(name.encode())
    return folder


class Watching(Watcher):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.outcomes: list[tuple[int, str, bool]] = []
        self.remarks: list[str] = []

    def found(self, sources):
        self.names = [source.recording_id for source in sources]

    def done(self, index, outcome):
        self.outcomes.append((index, str(outcome.row["status"]), outcome.resumed))

    def remark(self, text):
        self.remarks.append(text)


def going(out, data, act, watcher=None, **more) -> tuple[Summary, list[str]]:
    """Run with somebody who does what ``act`` says; which recordings were handed to him."""
    handed: list[str] = []

    def perform(source, out, options):
        handed.append(source.recording_id)
        return act(source, out, options)

    with ThreadPoolExecutor(1) as thread:
        crew = Executing(thread, 1, (BrokenExecutor,), perform)
        summary = run([data], out, OPTIONS, watcher, crew=lambda _: crew, **more)
    return summary, handed


def well(source, out, _options) -> Outcome:
    return made_done(out, source.recording_id)


def badly(source, _out, options) -> Outcome:
    return failed(source, options, "unreadable", "is no recording")


def but(name, act, otherwise=well):
    """Do otherwise with all recordings but one."""

    def doing(source, out, options):
        return (act if source.recording_id == name else otherwise)(source, out, options)

    return doing


def ledger(path) -> list[tuple[object, object]]:
    return [(row["status"], row["reason"]) for row in read(RECORDINGS, path)]


WARNED = ("ok_with_warnings", "bad_block;gaps")
UNREADABLE = ("failed", "unreadable")
LEFT = ("skipped", "interrupted")


def test_every_input_is_handed_on_once_and_is_in_the_ledger_in_its_order(tmp_path, data):
    watcher = Watching()
    summary, handed = going(tmp_path / "out", data, but("b", badly), watcher)
    assert handed == watcher.names == list("abcd")
    assert ledger(summary.ledger) == [WARNED, UNREADABLE, WARNED, WARNED]
    assert summary.exit_status == 1
    assert {p.name for p in tmp_path.iterdir()} == {"data", "out"}  # and no key to pseudonyms
    assert sorted(watcher.outcomes) == [
        (0, "ok_with_warnings", False),
        (1, "failed", False),
        (2, "ok_with_warnings", False),
        (3, "ok_with_warnings", False),
    ]


def test_the_first_failure_ends_a_run_that_shall_fail_fast(tmp_path, data):
    summary, handed = going(tmp_path / "out", data, but("b", badly), fail_fast=True)
    assert handed == ["a", "b"]
    assert ledger(summary.ledger) == [WARNED, UNREADABLE, LEFT, LEFT]
    assert summary.exit_status == 1
    assert not summary.interrupted


@pytest.mark.parametrize("ends_run", [True, False])
def test_a_full_disk_ends_any_run_and_a_folder_that_is_refused_none(tmp_path, data, ends_run):
    def refused(source, _out, options):
        outcome = failed(source, options, "not_written", "out/x cannot be written")
        return replace(outcome, ends_run=ends_run)

    summary, handed = going(tmp_path / "out", data, but("a", refused))
    assert handed == (["a"] if ends_run else list("abcd"))
    assert ledger(summary.ledger)[0] == ("failed", "not_written")
    assert ledger(summary.ledger)[1:] == [LEFT if ends_run else WARNED] * 3


def test_failures_of_other_kinds_end_no_run(tmp_path, data):
    summary, handed = going(tmp_path / "out", data, badly)
    assert handed == list("abcd")
    assert summary.counts == {"failed": 4}


def test_what_is_not_reached_keeps_that_it_was_not(tmp_path, data):
    class Ending(Watching):
        def done(self, index, outcome):
            super().done(index, outcome)
            raise KeyboardInterrupt

    summary, _ = going(tmp_path / "out", data, well, Ending())
    assert summary.interrupted
    assert summary.exit_status == 130
    assert ledger(summary.ledger) == [WARNED, LEFT, LEFT, LEFT]


def test_a_piece_writes_its_ledger_and_no_table(tmp_path, data):
    out = tmp_path / "out"
    summary, handed = going(out, data, well, shard=Shard(2, 3))
    assert handed == ["b"]
    assert summary.ledger == out / "shards" / "2-of-3.csv"
    assert ledger(summary.ledger) == [WARNED]
    assert {p.name for p in out.iterdir()} == {
        *("assets", "config.resolved.toml", "data_dictionary.csv", "recordings", "shards")
    }


def test_with_force_no_mark_of_what_was_done_is_left_before_the_first_is_done_again(tmp_path, data):
    """So that a run that is killed knows what it has yet to do."""
    out = tmp_path / "out"
    going(out, data, well)
    marks = []

    def looking(source, out, options):
        marks.append(len(list(out.glob("recordings/*/run.json"))))
        return well(source, out, options)

    summary, handed = going(out, data, looking, force=True)
    assert handed == list("abcd")
    assert marks == [0, 1, 2, 3]
    assert summary.resumed == 0


def test_what_fails_when_it_is_analysed_again_keeps_its_earlier_results(tmp_path, data):
    out = tmp_path / "out"
    going(out, data, well)
    summary, handed = going(out, data, badly)  # nothing says with which options they were made
    assert handed == list("abcd")
    assert ledger(summary.ledger) == [UNREADABLE] * 4
    assert len(list(out.glob("recordings/*/run.json"))) == 4


def test_results_of_recordings_of_other_runs_stay_where_they_are(tmp_path, data):
    out = tmp_path / "out"
    made_done(out, "elsewhere")
    left = out / "recordings" / ".elsewhere.0123abcd.partial"
    own = out / "recordings" / ".a.0123abcd.partial"
    for path in (left, own):
        path.mkdir()
    summary, _ = going(out, data, well)
    assert (out / "recordings" / "elsewhere" / "run.json").exists()
    assert (left.exists(), own.exists()) == (True, False)
    assert len(summary.rows) == 4  # the tables are of this run's inputs


def test_a_run_that_names_nobody_makes_its_key_and_hands_on_pseudonyms(tmp_path, data):
    out = tmp_path / "out"
    options = replace(OPTIONS, anonymise=True)
    (first, *_) = run([data], out, options).rows
    assert re.fullmatch("rec-[0-9a-f]{12}", str(first["recording_id"]))
    assert (first["path"], first["anonymised"]) == (None, True)
    assert (tmp_path / "out.key").exists()
    again = run([data], out, options)
    assert again.rows[0]["recording_id"] == first["recording_id"]


def test_results_with_names_and_such_without_are_not_mixed(tmp_path, data):
    going(tmp_path / "out", data, well)
    with pytest.raises(SettingsError, match="holds results with names, such as"):
        run([data], tmp_path / "out", replace(OPTIONS, anonymise=True))


def test_recordings_that_a_pattern_names_not_are_told_before_the_first_is_begun(tmp_path, data):
    (data / "notes.csv").write_text("no recording")
    options = replace(OPTIONS, naming=Naming(pattern=re.compile("(?P<participant_id>[ab])[.]cwa")))
    watcher = Watching()
    run([data], tmp_path / "out", options, watcher)
    (remark,) = watcher.remarks
    assert remark == (
        "2 inputs have no participant by --id-regex and are called by their names: c.cwa, d.cwa"
    )
    assert sorted(watcher.names) == list("abcd")


def test_nothing_to_analyse_makes_no_folder_and_lists_what_was_skipped(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "ages.csv").write_text("who,age\na,40\n")
    summary = run([folder], tmp_path / "out", OPTIONS)
    assert summary.exit_status == 3
    assert [(row["path"], row["status"]) for row in summary.rows] == [("ages.csv", "skipped")]
    assert not (tmp_path / "out").exists()


def test_who_is_not_watched_and_says_nothing_has_defaults(tmp_path):
    (tmp_path / "data").mkdir()
    assert run([tmp_path / "data"], tmp_path / "out").exit_status == 3


def test_a_mistake_of_who_analyses_is_no_failed_recording(tmp_path, data):
    def mistaken(source, out, options):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        going(tmp_path / "out", data, mistaken)
