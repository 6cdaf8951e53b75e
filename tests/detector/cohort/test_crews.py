"""Whoever does the work and whatever befalls them: the same bytes, and nothing is lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from detector.cohort import Executing, Shard, Watcher, Workers, merge, run
from detector.cohort.occupied import occupied
from detector.job import perform
from detector.parameter import SettingsError
from detector.tables.columns import RECORDINGS
from detector.tables.csvtext import read

from .conftest import OPTIONS, content


def statuses(out: Path) -> dict[str, tuple[str, str | None]]:
    rows = read(RECORDINGS, out / "recordings.csv")
    return {str(row["path"]).rpartition("/")[2]: (row["status"], row["reason"]) for row in rows}


class Killer(Watcher):
    """Kills the workers whenever one has begun on a recording, so many times."""

    def __init__(self, out: Path, recording_id: str, times: int) -> None:
        self.out, self.recording_id, self.left = out, recording_id, times
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()

    def watch(self):
        while self.left and not self.stop.is_set():
            if list(self.out.glob(f"recordings/.{self.recording_id}.*.partial")):
                for process in multiprocessing.active_children():
                    with suppress(ProcessLookupError):
                        os.kill(process.pid, signal.SIGKILL)
                self.left -= 1
                self.wait_until_swept()
            time.sleep(0.001)

    def wait_until_swept(self):
        while list(self.out.glob(f"recordings/.{self.recording_id}.*.partial")):
            if self.stop.wait(0.001):
                return


def test_worker_processes_give_the_same_bytes(cohort, undisturbed, tmp_path):
    summary = run([cohort], tmp_path / "out", OPTIONS, crew=lambda _: Workers(2))
    assert summary.exit_status == 1
    assert content(tmp_path / "out") == content(undisturbed)


def test_any_executor_gives_the_same_bytes(cohort, undisturbed, tmp_path):
    with ThreadPoolExecutor(3) as threads:
        run([cohort], tmp_path / "out", OPTIONS, crew=lambda _: Executing(threads, 3))
    assert content(tmp_path / "out") == content(undisturbed)


def test_a_killed_worker_costs_nothing_but_time(cohort, undisturbed, tmp_path):
    out = tmp_path / "out"
    with Killer(out, "night003", times=1) as killer:
        run([cohort], out, OPTIONS, crew=lambda _: Workers(2))
    assert killer.left == 0
    assert content(out) == content(undisturbed)


def test_a_recording_that_kills_whoever_has_it_has_failed_and_the_others_are_done(
    cohort, undisturbed, tmp_path
):
    out = tmp_path / "out"
    with Killer(out, "night003", times=2) as killer:
        summary = run([cohort], out, OPTIONS, crew=lambda _: Workers(1))
    assert killer.left == 0
    assert summary.counts["failed"] == 2
    found = statuses(out)
    assert found["night003.cwa.gz"] == ("failed", "killed")
    assert found["noise.cwa"] == ("failed", "unreadable")
    assert not list((out / "recordings").glob(".*"))
    again = run([cohort], out, OPTIONS)
    assert again.resumed == 5
    assert content(out) == content(undisturbed)


def test_want_of_memory_is_tried_again_alone(cohort, undisturbed, tmp_path):
    short, running, most = ["night001", "night001", "night004"], [], []

    def hungry(source, out, options):
        running.append(source.recording_id)
        time.sleep(0.05)
        if source.recording_id in short:
            most.append((source.recording_id, len(running)))
            short.remove(source.recording_id)
            running.remove(source.recording_id)
            raise MemoryError
        outcome = perform(source, out, options)
        running.remove(source.recording_id)
        return outcome

    with ThreadPoolExecutor(2) as threads:
        crew = Executing(threads, 2, (BrokenExecutor,), hungry)
        run([cohort], tmp_path / "out", OPTIONS, crew=lambda _: crew)
    found = statuses(tmp_path / "out")
    assert found["night001.bin"] == ("failed", "out_of_memory")
    assert found["night004.bin"][0] != "failed"
    assert most[-1] == ("night001", 1)  # nothing ran beside it the second time


def test_a_bug_in_a_crew_is_not_taken_for_a_bad_recording(cohort, tmp_path):
    def broken(source, out, options):
        raise RuntimeError("a mistake in the program")

    with ThreadPoolExecutor(1) as threads:
        crew = Executing(threads, 1, (BrokenExecutor,), broken)
        with pytest.raises(RuntimeError, match="a mistake"):
            run([cohort], tmp_path / "out", OPTIONS, crew=lambda _: crew)


# ------------------------------------------------------------------ shards


def test_shards_and_a_merge_give_the_same_bytes(cohort, undisturbed, tmp_path):
    out = tmp_path / "out"
    for number in (2, 3, 1):
        run([cohort], out, OPTIONS, shard=Shard(number, 3))
        assert not (out / "nights.csv").exists()
    assert merge(out).counts["failed"] == 1
    assert content(out) == content(undisturbed)


def test_a_missing_shard_is_named(cohort, tmp_path):
    for number in (1, 4):
        run([cohort], tmp_path / "out", OPTIONS, shard=Shard(number, 4))
    with pytest.raises(SettingsError, match=r"shards 2/4, 3/4 have not finished"):
        merge(tmp_path / "out")


def test_shards_of_two_runs_are_not_mixed_up(cohort, tmp_path):
    run([cohort], tmp_path / "out", OPTIONS, shard=Shard(1, 1))
    run([cohort], tmp_path / "out", OPTIONS, shard=Shard(1, 2))
    with pytest.raises(SettingsError, match="in 1 and in 2 shards"):
        merge(tmp_path / "out")


@pytest.mark.parametrize("text", ["0/2", "3/2", "2", "a/b", "1/0", "-1/2", "1/2/3", ""])
def test_a_piece_that_is_none_is_refused(text):
    with pytest.raises(SettingsError, match="such as 2/8"):
        Shard.parse(text)


def test_different_settings_stand_in_one_table_only_with_leave(cohort, tmp_path):
    out = tmp_path / "out"
    other = replace(OPTIONS, settings=replace(OPTIONS.settings, window=_longer_window()))
    run([cohort], out, OPTIONS, shard=Shard(1, 2))
    run([cohort], out, other, shard=Shard(2, 2))
    with pytest.raises(SettingsError, match=r"different ways.*--mixed"):
        merge(out)
    assert not (out / "nights.csv").exists()
    assert merge(out, mixed=True).exit_status == 1
    assert len({row["config_hash"] for row in read(RECORDINGS, out / "recordings.csv")}) == 2


def _longer_window():
    return replace(OPTIONS.settings.window, before_min=45.0)


def test_results_that_are_gone_are_missed_by_the_merge(cohort, tmp_path):
    out = tmp_path / "out"
    run([cohort], out, OPTIONS)
    before = content(out)
    assert merge(out).exit_status == 1
    assert content(out) == before
    (out / "recordings" / "night000" / "run.json").unlink()
    assert merge(out).counts["failed"] == 2
    assert statuses(out)["night000.cwa"] == ("failed", "lost")


def test_results_with_other_columns_are_missed_by_the_merge(cohort, tmp_path):
    out = tmp_path / "out"
    run([cohort], out, OPTIONS)
    table = out / "recordings" / "night000" / "events.csv"
    table.write_bytes(table.read_bytes().replace(b",likeness,", b",other,", 1))
    assert merge(out).counts["failed"] == 2
    assert statuses(out)["night000.cwa"] == ("failed", "lost")
    assert run([cohort], out, OPTIONS).resumed == 5


def test_a_folder_without_results_cannot_be_merged(tmp_path):
    with pytest.raises(SettingsError, match="no such folder"):
        merge(tmp_path / "nothing")
    with pytest.raises(SettingsError, match=r"recordings.csv"):
        merge(tmp_path)


# ------------------------------------------------------------------ the folder


def test_two_runs_cannot_write_into_one_folder(cohort, tmp_path):
    with occupied(tmp_path / "out"):
        for shard in (None, Shard(1, 2)):
            with pytest.raises(SettingsError, match="another run writes into this folder"):
                run([cohort], tmp_path / "out", OPTIONS, shard=shard)
    assert list((tmp_path / "out").iterdir()) == []
    assert run([cohort], tmp_path / "out", OPTIONS).exit_status == 1


def test_shards_share_a_folder_and_a_merge_waits_for_them(cohort, tmp_path):
    with occupied(tmp_path / "out", shared=True):
        for number in (1, 2):
            run([cohort], tmp_path / "out", OPTIONS, shard=Shard(number, 2))
        with pytest.raises(SettingsError, match="another run writes"):
            merge(tmp_path / "out")
    assert merge(tmp_path / "out").exit_status == 1
