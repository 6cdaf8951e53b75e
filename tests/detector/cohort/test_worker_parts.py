"""What a worker does, piece by piece, without another process or machine."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
from concurrent.futures import Future

import pytest

from detector.anonymise import key_of
from detector.cohort import workers
from detector.cohort.cluster import _perform, _perform_apart, _put, connected
from detector.cohort.crews import Here
from detector.cohort.occupied import occupied
from detector.cohort.planning import planned
from detector.cohort.workers import INNER_THREADS, Workers, _interrupts_later, _tell, _Worker
from detector.job import Outcome, Progress, RunOptions
from detector.output import finished
from detector.parameter import SettingsError

from .made_sources import made_done, made_source

OPTIONS = RunOptions()


class Fraction:
    """Where a worker says how far it is."""

    value = 0.0


# ------------------------------------------------------------------ processes of this machine


def test_a_worker_says_how_much_it_has_read_and_nothing_where_that_is_unknown(monkeypatch):
    monkeypatch.setattr(workers, "_fraction", Fraction())
    _tell(Progress("reading", 0.25))
    assert workers._fraction.value == 0.25
    _tell(Progress("reading"))
    assert math.isnan(workers._fraction.value)


def test_who_watches_is_told_how_far_a_worker_is_while_it_works():
    told: list[Progress] = []
    worker = _Worker()
    worker.tell()  # nobody watches
    assert worker.idle
    worker._watch, worker._future = told.append, Future()
    assert not worker.idle
    worker.tell()
    worker._fraction.value = 0.5
    worker.tell()
    assert told == [Progress("reading", None), Progress("reading", 0.5)]
    worker._future.set_result(None)
    worker.tell()
    assert worker.idle
    assert len(told) == 2


def test_a_worker_that_never_began_has_nothing_to_end():
    _Worker().end()


@pytest.mark.usefixtures("interruptible")
def test_a_new_worker_leaves_interrupts_to_the_process_that_began_it(monkeypatch):
    monkeypatch.setattr(workers, "_fraction", None)
    fraction = Fraction()
    workers._begin(fraction)
    assert workers._fraction is fraction
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_worker_tells_how_far_it_is_where_it_was_told_to(monkeypatch, tmp_path):
    fraction = Fraction()
    monkeypatch.setattr(workers, "_fraction", fraction)
    outcome = workers._perform(made_source("a", folder=tmp_path), tmp_path / "out", OPTIONS)
    assert outcome.row["reason"] == "unreadable"
    assert math.isnan(fraction.value)  # opening, and no more


@pytest.mark.parametrize("lost", [0, 1])
def test_a_worker_that_was_killed_while_it_had_nothing_to_do_is_begun_anew(tmp_path, lost):
    told: list[Progress] = []
    tried: list[object] = []

    class Losing(_Worker):
        def _submit(self, work, *_):
            tried.append(work)
            if len(tried) <= lost:
                raise workers.BrokenExecutor
            return Future()

    worker = Losing()
    assert not worker.begin(made_source("a"), tmp_path, OPTIONS, told.append).done()
    assert len(tried) == 1 + lost
    assert told == [Progress("opening")]
    assert not worker.idle


def test_a_worker_that_is_lost_while_it_compiles_says_so():
    class Lost(_Worker):
        def _submit(self, _work, *_):
            future = Future()
            future.set_exception(workers.BrokenExecutor())
            return future

    with pytest.raises(workers.BrokenExecutor):
        Lost().warm_up()


def test_a_crew_of_processes_has_room_for_as_many_as_there_are():
    assert Workers(3).room == 3


@pytest.fixture
def interruptible():
    """Ctrl-C as a terminal has it, whatever a shell has made of it; afterwards as it was."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Windows blocks no signals")
@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_comes_after_what_may_not_be_interrupted():
    came = []

    def protected():
        with _interrupts_later():
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
            came.append("all of it")
        came.append("and more")

    with pytest.raises(KeyboardInterrupt):
        protected()
    assert came[0] == "all of it"
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_where_signals_cannot_be_blocked_work_goes_on_without(monkeypatch):
    monkeypatch.delattr(signal, "pthread_sigmask", raising=False)
    with _interrupts_later():
        pass


def test_workers_have_one_thread_each_and_the_environment_is_as_before(monkeypatch):
    monkeypatch.setenv(INNER_THREADS[0], "7")
    monkeypatch.delenv(INNER_THREADS[1], raising=False)
    warmed = []

    class Warmed(Workers):
        def __init__(self, count):
            super().__init__(count)
            self._workers[0].warm_up = lambda: warmed.append(os.environ[INNER_THREADS[0]])

    with Warmed(2):
        assert {os.environ[name] for name in INNER_THREADS} == {"1"}
    assert warmed == ["1"]
    assert os.environ[INNER_THREADS[0]] == "7"
    assert INNER_THREADS[1] not in os.environ


@pytest.mark.parametrize(("lost", "tried"), [(0, 1), (1, 2), (2, 3), (9, 3)])
def test_kernels_are_compiled_anew_where_who_did_it_was_lost_up_to_three_times(lost, tried):
    tries = []

    def warm_up():
        tries.append(1)
        if len(tries) <= lost:
            raise workers.BrokenExecutor

    crew = Workers(1)
    crew._workers[0].warm_up = warm_up
    with crew:
        assert len(tries) == tried


def test_this_process_hands_on_a_mistake_that_is_not_the_recordings(monkeypatch, tmp_path):
    def short(*_):
        raise MemoryError

    monkeypatch.setattr("detector.cohort.crews.perform", short)
    crew = Here()
    crew.poll()
    future = crew.submit(made_source("a"), tmp_path, OPTIONS, lambda _: None)
    assert isinstance(future.exception(), MemoryError)


# ------------------------------------------------------------------ workers of a cluster


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_a_worker_sent_is_put_into_its_place_whole(tmp_path):
    outcome = made_done(tmp_path / "there", "a")
    sent = content(tmp_path / "there" / "recordings" / "a")
    _put(tmp_path / "recordings" / "a", outcome, sent)
    assert content(tmp_path / "recordings" / "a") == sent
    assert finished(tmp_path / "recordings" / "a") is not None
    assert [p.name for p in (tmp_path / "recordings").iterdir()] == ["a"]


def test_of_a_failure_only_its_log_is_put_beside_what_was_there(tmp_path):
    made_done(tmp_path, "a")
    folder = tmp_path / "recordings" / "a"
    before = content(folder)
    outcome = Outcome({"recording_id": "a", "status": "failed"})
    _put(folder, outcome, {"crash.log": b"Traceback"})
    assert content(folder) == {**before, "crash.log": b"Traceback"}
    _put(tmp_path / "recordings" / "b", outcome, {})
    assert not (tmp_path / "recordings" / "b").exists()


def test_a_worker_that_sees_no_output_folder_sends_what_it_made_and_keeps_nothing(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "a.cwa").write_bytes(b"")
    outcome, sent = _perform_apart(made_source("a", folder=tmp_path), tmp_path / "out", OPTIONS)
    assert (outcome.row["reason"], sent) == ("unreadable", {})
    assert [p.name for p in tmp_path.iterdir()] == ["a.cwa"]


def test_a_worker_that_sees_the_output_folder_writes_into_it(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    outcome = _perform(made_source("a", folder=tmp_path), tmp_path / "out", OPTIONS)
    assert outcome.row["reason"] == "unreadable"


def test_without_dask_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SettingsError) as caught:
        connected("tcp://127.0.0.1:1")
    assert str(caught.value) == "a Dask cluster needs a further library: pip install distributed"


# ------------------------------------------------------------------ folders and keys


def test_where_the_system_knows_no_locks_none_is_held(tmp_path, monkeypatch):
    def unknown(*_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", unknown)
    with occupied(tmp_path), occupied(tmp_path):
        pass
    monkeypatch.undo()
    monkeypatch.setattr(sys, "platform", "win32")
    with occupied(tmp_path / "new"), occupied(tmp_path / "new"):
        assert (tmp_path / "new").is_dir()


def test_a_plan_names_nobody_by_the_key_that_is_there_or_by_one_that_nobody_keeps(tmp_path):
    options = RunOptions(anonymise=True)
    out = tmp_path / "out"

    def names() -> list[str]:
        plan = planned([made_source("a", folder=tmp_path / "gone")], out, options)
        return [source.recording_id for source in plan.sources]

    assert names() != names()
    assert list(tmp_path.iterdir()) == []
    key_of(out)
    assert names() == names() != ["a"]
    assert [p.name for p in tmp_path.iterdir()] == ["out.key"]
