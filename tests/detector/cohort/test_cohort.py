from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detector.cohort import RunOptions, Summary, Watcher, run
from detector.config import load_toml
from detector.job import CRASH_LOG
from detector.settings import KindSettings, LimbSettings, Settings
from detector.tables.columns import NIGHTS, RECORDINGS
from detector.tables.csvtext import header, read
from recordings import SECOND_NS
from recordings.writers import CwaLayout, write_cwa

EVENING_NS = 1_709_672_400 * SECOND_NS
"""2024-03-05T21:00:00 by the device's clock."""

OPTIONS = RunOptions(tz="Europe/Berlin", site="wrist", side="left")
TOP = {
    *("report.html", "nights.csv", "events.csv", "recordings.csv", "data_dictionary.csv"),
    *("nights.parquet", "events.parquet", "by_participant.csv"),
    *("limbs.csv", "limb_nights.csv", "alignments.csv"),
    *("config.resolved.toml", "METHODS.md", "recordings", "assets"),
}


def make_recording(path: Path, seed: int = 0) -> Path:
    """Write three minutes of a sensor that lies still."""
    rng = np.random.default_rng(seed)
    n = 3 * 60 * 100
    codes = np.rint(rng.normal((10, -20, 255), 1.2, (n, 3))).astype(np.int16)
    path.parent.mkdir(parents=True, exist_ok=True)
    times_ns = EVENING_NS + np.arange(n) * (SECOND_NS // 100)
    write_cwa(path, [(codes, times_ns)], CwaLayout(packed=False))
    return path


@pytest.fixture
def data(tmp_path):
    """Two recordings in a folder, with their files' times fixed."""
    for seed, name in enumerate(("a/one.cwa", "b/two.CWA")):
        path = make_recording(tmp_path / "data" / name, seed)
        os.utime(path, ns=(EVENING_NS, EVENING_NS))
    return tmp_path / "data"


def content(out: Path) -> dict[str, bytes]:
    files = (path for path in sorted(out.rglob("*")) if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def statuses(summary: Summary) -> dict[object, tuple[object, object]]:
    return {row["path"]: (row["status"], row.get("reason")) for row in summary.rows}


class Story(Watcher):
    """Remembers what it was told, and can act at a moment."""

    def __init__(self, at=(), act=lambda: None):
        self.told, self.at, self.act = [], at, act

    def tell(self, *what):
        self.told.append(what)
        if what == self.at:
            self.act()

    def found(self, sources):
        self.tell("found", len(sources))

    def progress(self, index, progress):
        if (index, progress.phase) not in self.told:
            self.tell(index, progress.phase)

    def done(self, index, outcome):
        self.tell(index, "resumed" if outcome.resumed else "done")


def interrupt():
    raise KeyboardInterrupt


def fail():
    raise RuntimeError("a mistake in the program")


def test_a_run_writes_the_folder_of_the_contract(data, tmp_path):
    out = tmp_path / "out"
    summary = run([data], out, OPTIONS)
    assert {path.name for path in out.iterdir()} == TOP
    assert {path.name for path in (out / "recordings").iterdir()} == {"one", "two"}
    assert summary.exit_status == 0
    warned = ("ok_with_warnings", "no_analysable_night")
    assert statuses(summary) == {"a/one.cwa": warned, "b/two.CWA": warned}
    assert summary.sentence() == (f"0 ok, 2 with warnings, 0 failed (see {out / 'recordings.csv'})")


def test_the_tables_of_the_run_join_those_of_the_recordings(data, tmp_path):
    out = tmp_path / "out"
    summary = run([data], out, OPTIONS)
    for name in ("nights.csv", "events.csv"):
        head, *rest = (out / "recordings" / "one" / name).read_bytes().splitlines(keepends=True)
        rest += (out / "recordings" / "two" / name).read_bytes().splitlines(keepends=True)[1:]
        assert (out / name).read_bytes() == b"".join([head, *rest])
    nights = list(read(NIGHTS, out / "nights.csv"))
    assert [night["recording_id"] for night in nights] == ["one", "two"]
    assert {night["sleep_starts_onset"] for night in nights} == {None}
    assert list(read(RECORDINGS, out / "recordings.csv")) == [dict(row) for row in summary.rows]


def test_a_changed_setting_of_limbs_lets_all_recordings_keep_their_results(data, tmp_path):
    run([data], tmp_path / "out", OPTIONS)
    options = replace(OPTIONS, settings=Settings(limbs=LimbSettings(together_s=1.0)))
    story = Story()
    run([data], tmp_path / "out", options, story)
    assert [told[1:] for told in story.told] == [(2,), ("resumed",), ("resumed",)]
    assert load_toml(tmp_path / "out" / "config.resolved.toml") == options.settings
    run([data], tmp_path / "fresh", options)
    assert content(tmp_path / "out") == content(tmp_path / "fresh")


def test_the_settings_that_were_written_are_those_of_the_run(data, tmp_path):
    settings = Settings(kinds=KindSettings(accel_min_mg=80.0))
    run([data], tmp_path / "out", replace(OPTIONS, settings=settings))
    assert load_toml(tmp_path / "out" / "config.resolved.toml") == settings
    assert settings.fingerprint() in (tmp_path / "out" / "METHODS.md").read_text()


def test_two_runs_give_the_same_bytes(data, tmp_path):
    run([data], tmp_path / "first", OPTIONS)
    run([data], tmp_path / "second", OPTIONS)
    assert content(tmp_path / "first") == content(tmp_path / "second")


def test_a_bad_file_is_in_the_ledger_and_the_others_are_done(data, tmp_path):
    (data / "a" / "empty.cwa").write_bytes(b"")
    (data / "a" / "noise.cwa").write_bytes(np.random.default_rng(0).bytes(5000))
    (data / "b" / "cut.cwa").write_bytes((data / "a" / "one.cwa").read_bytes()[:1024])
    (data / "participants.csv").write_text("file,age\none.cwa,40\n")
    out = tmp_path / "out"
    summary = run([data, tmp_path / "missing.cwa"], out, OPTIONS)
    shown = {str(path).rpartition("/")[2]: said for path, said in statuses(summary).items()}
    failed = ("failed", "unreadable")
    assert shown["empty.cwa"] == shown["noise.cwa"] == shown["missing.cwa"] == failed
    assert shown["cut.cwa"] == failed
    assert shown["participants.csv"] == ("skipped", "not_a_recording")
    assert shown["one.cwa"] == shown["two.CWA"] == ("ok_with_warnings", "no_analysable_night")
    assert summary.exit_status == 1
    assert summary.sentence().startswith("0 ok, 2 with warnings, 4 failed, 1 skipped")
    ledger = list(read(RECORDINGS, out / "recordings.csv"))
    assert len(ledger) == 7
    assert all(row["message"] for row in ledger if row["status"] in {"failed", "skipped"})
    empty = next(row for row in ledger if str(row["path"]).endswith("empty.cwa"))
    assert (empty["input_bytes"], empty["nights"], empty["samples"]) == (0, None, None)


def test_what_is_done_is_not_read_again(data, tmp_path):
    out = tmp_path / "out"
    first = run([data], out, OPTIONS)
    before = content(out)
    story = Story()
    again = run([data], out, OPTIONS, story)
    assert story.told == [
        *(("found", 2), (0, "resumed"), (1, "resumed")),
    ]
    assert again.rows == first.rows
    assert again.resumed == 2
    assert again.sentence().startswith("0 ok, 2 with warnings, 0 failed, 2 of them done before")
    assert content(out) == before


@pytest.mark.parametrize(
    "options",
    [
        replace(OPTIONS, settings=Settings(kinds=KindSettings(accel_min_mg=80.0))),
        replace(OPTIONS, tz="Europe/London"),
        replace(OPTIONS, tz=None),
        replace(OPTIONS, site="ankle"),
        replace(OPTIONS, side="right"),
    ],
)
def test_another_setting_or_option_is_another_analysis(data, tmp_path, options):
    run([data], tmp_path / "out", OPTIONS)
    assert run([data], tmp_path / "out", options).resumed == 0
    run([data], tmp_path / "fresh", options)
    assert content(tmp_path / "out") == content(tmp_path / "fresh")


def test_a_changed_file_is_analysed_again_and_a_touched_one_is_not(data, tmp_path):
    out = tmp_path / "out"
    run([data], out, OPTIONS)
    os.utime(data / "a" / "one.cwa", ns=(EVENING_NS + 1, EVENING_NS + 1))
    assert run([data], out, OPTIONS).resumed == 2
    make_recording(data / "b" / "two.CWA", seed=7)
    assert run([data], out, OPTIONS).resumed == 1
    run([data], tmp_path / "fresh", OPTIONS)
    assert content(out) == content(tmp_path / "fresh")


def test_a_lost_output_is_made_again(data, tmp_path):
    out = tmp_path / "out"
    run([data], out, OPTIONS)
    before = content(out)
    (out / "recordings" / "two" / "events.csv").unlink()
    assert run([data], out, OPTIONS).resumed == 1
    assert content(out) == before


@pytest.mark.parametrize("at", [("found", 2), (0, "reading"), (0, "writing"), (1, "opening")])
def test_an_interrupted_run_has_its_ledger_and_goes_on_where_it_was(data, tmp_path, at):
    out = tmp_path / "out"
    summary = run([data], out, OPTIONS, Story(at, interrupt))
    assert summary.exit_status == 130
    assert summary.sentence().startswith("interrupted: ")
    done = 1 if at[0] == 1 else 0
    ledger = list(read(RECORDINGS, out / "recordings.csv"))
    reasons = [row["reason"] for row in ledger]
    assert reasons == ["no_analysable_night"] * done + ["interrupted"] * (2 - done)
    assert len(list(read(NIGHTS, out / "nights.csv"))) == done
    assert run([data], out, OPTIONS).resumed == done
    run([data], tmp_path / "fresh", OPTIONS)
    assert content(out) == content(tmp_path / "fresh")


def test_a_bug_is_never_success_and_keeps_its_traceback(data, tmp_path):
    out = tmp_path / "out"
    summary = run([data], out, OPTIONS, Story((0, "reading"), fail))
    assert statuses(summary)["a/one.cwa"] == ("failed", "crashed")
    assert statuses(summary)["b/two.CWA"][0] == "ok_with_warnings"
    assert summary.exit_status == 1
    assert "RuntimeError: a mistake in the program" in str(summary.rows[0]["message"])
    log = out / str(summary.rows[0]["log"])
    assert log == out / "recordings" / "one" / CRASH_LOG
    assert "Traceback" in log.read_text()
    assert "a mistake in the program" in log.read_text()
    assert len(list(read(NIGHTS, out / "nights.csv"))) == 1
    run([data], out, OPTIONS)
    run([data], tmp_path / "fresh", OPTIONS)
    assert content(out) == content(tmp_path / "fresh")


def test_a_failure_leaves_what_an_earlier_run_had_done(data, tmp_path):
    out = tmp_path / "out"
    run([data], out, OPTIONS)
    before = content(out / "recordings")
    whole = (data / "a" / "one.cwa").read_bytes()
    (data / "a" / "one.cwa").write_bytes(b"")
    summary = run([data], out, OPTIONS)
    assert summary.exit_status == 1
    assert content(out / "recordings") == before
    assert len(list(read(NIGHTS, out / "nights.csv"))) == 1
    (data / "a" / "one.cwa").write_bytes(whole)
    os.utime(data / "a" / "one.cwa", ns=(EVENING_NS, EVENING_NS))
    assert run([data], out, OPTIONS).resumed == 2
    assert content(out / "recordings") == before


def test_a_file_that_changes_while_it_is_read_has_failed(data, tmp_path):
    def append():
        with (data / "a" / "one.cwa").open("ab") as file:
            file.write(b"more")

    summary = run([data], tmp_path / "out", OPTIONS, Story((0, "writing"), append))
    assert statuses(summary)["a/one.cwa"] == ("failed", "unreadable")
    assert "changed while it was being read" in str(summary.rows[0]["message"])
    assert not (tmp_path / "out" / "recordings" / "one").exists()


class Fractions(Watcher):
    """Remembers how much was read."""

    def __init__(self):
        self.read = []

    def progress(self, index, progress):
        if progress.phase == "reading":
            self.read.append((index, progress.fraction))


def test_a_file_that_goes_away_while_it_is_read_has_failed(data, tmp_path):
    gone = Story((0, "writing"), (data / "a" / "one.cwa").unlink)
    summary = run([data], tmp_path / "out", OPTIONS, gone)
    assert statuses(summary)["a/one.cwa"] == ("failed", "unreadable")
    assert "can no longer be read" in str(summary.rows[0]["message"])


def test_progress_says_how_much_of_the_file_was_read(data, tmp_path):
    seen = Fractions()
    run([data / "a"], tmp_path / "out", OPTIONS, seen)
    assert seen.read == sorted(seen.read)
    index, fraction = seen.read[-1]
    assert index == 0
    assert 0 < fraction <= 1


def test_nothing_found_is_its_own_outcome_and_writes_nothing(tmp_path):
    (tmp_path / "data").mkdir()
    summary = run([tmp_path / "data"], tmp_path / "out", OPTIONS)
    assert summary.exit_status == 3
    assert summary.sentence() == "no recording found"
    (tmp_path / "data" / "ages.csv").write_text("file,age\none.cwa,40\n")
    summary = run([tmp_path / "data"], tmp_path / "out", OPTIONS)
    assert summary.exit_status == 3
    assert summary.sentence() == "no recording found, 1 skipped"
    assert not (tmp_path / "out").exists()


def test_only_failures_still_have_tables_with_headers(tmp_path):
    summary = run([tmp_path / "missing.cwa"], tmp_path / "out", OPTIONS)
    assert summary.exit_status == 1
    assert (tmp_path / "out" / "nights.csv").read_bytes() == header(NIGHTS)


def test_a_zone_that_does_not_exist_is_refused_before_anything_is_done(data, tmp_path):
    with pytest.raises(ValueError, match="Europe/London"):
        run([data], tmp_path / "out", replace(OPTIONS, tz="GMT+1"))
    assert not (tmp_path / "out").exists()


def test_parquet_tables_are_there_for_several_recordings_and_none_is_left_of_an_earlier_run(
    data, tmp_path
):
    out = tmp_path / "out"
    run([data], out, OPTIONS)
    assert (out / "nights.parquet").exists()
    assert (out / "events.parquet").exists()
    run([data / "a"], out, OPTIONS)
    assert not (out / "nights.parquet").exists()
    assert not (out / "events.parquet").exists()
