"""The loop that keeps a crew busy: who is tried again, who has failed, and what is swept."""

from __future__ import annotations

import threading
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor

import pytest

from detector.cohort.crews import Executing, Here
from detector.cohort.working import KILLED, NO_MEMORY, Work
from detector.job import Outcome, Progress, RunOptions

from .made_sources import made_source

OPTIONS = RunOptions()


class Crewed(Executing):
    """Threads that do what a test says; remembers how many recordings were at work at once."""

    def __init__(self, room: int, act) -> None:
        self.threads = ThreadPoolExecutor(room)
        self.most = self.now = 0
        self.begun: list[str] = []
        super().__init__(self.threads, room, (BrokenExecutor,), act)

    def submit(self, source, out, options, watch) -> Future:
        self.begun.append(source.recording_id)
        self.now += 1
        self.most = max(self.most, self.now)
        return super().submit(source, out, options, watch)

    def result(self, future):
        self.now -= 1
        return super().result(future)

    def __exit__(self, *error):
        super().__exit__(*error)
        self.threads.shutdown()


def done(source, _out, _options) -> Outcome:
    return Outcome({"recording_id": source.recording_id, "status": "ok", "reason": None})


def failing(times: dict[str, int], error: type[BaseException]):
    """Fail so many times with recordings of these names, then be done."""

    def act(source, out, options):
        if times.get(source.recording_id, 0):
            times[source.recording_id] -= 1
            raise error
        return done(source, out, options)

    return act


def worked(tmp_path, names: str, act, room: int = 1) -> tuple[dict[str, Outcome], Crewed]:
    sources = [made_source(name) for name in names]
    told: list[tuple[int, Progress]] = []
    crew = Crewed(room, act)
    with crew:
        work = Work(sources, tmp_path, OPTIONS, crew, lambda i, p: told.append((i, p)))
        outcomes = {sources[i].recording_id: outcome for i, outcome in work.outcomes()}
    work.clean()
    return outcomes, crew


def statuses(outcomes: dict[str, Outcome]) -> dict[str, tuple[object, object]]:
    return {name: (o.row["status"], o.row["reason"]) for name, o in sorted(outcomes.items())}


def test_every_recording_has_one_outcome(tmp_path):
    outcomes, crew = worked(tmp_path, "abcde", done)
    assert sorted(outcomes) == list("abcde")
    assert crew.begun == list("abcde")


def test_while_somebody_works_it_is_told_how_far_he_is(tmp_path):
    told = threading.Event()

    def waiting(source, out, options):
        assert told.wait(20)  # who is not told within that time is never told
        return done(source, out, options)

    crew = Crewed(1, waiting)
    with crew:
        work = Work([made_source("a")], tmp_path, OPTIONS, crew, lambda *_: told.set())
        ((index, outcome),) = work.outcomes()
    assert (index, outcome.row["status"]) == (0, "ok")


def test_nothing_to_do_is_done_at_once(tmp_path):
    assert worked(tmp_path, "", done)[0] == {}


@pytest.mark.parametrize("room", [1, 2, 3])
def test_no_more_are_at_work_than_there_is_room_for(tmp_path, room):
    _, crew = worked(tmp_path, "abcdefg", done, room)
    assert crew.most == room


def test_who_is_lost_once_is_tried_again_when_all_others_are_done(tmp_path):
    outcomes, crew = worked(tmp_path, "abc", failing({"a": 1}, BrokenExecutor))
    assert set(statuses(outcomes).values()) == {("ok", None)}
    assert crew.begun == ["a", "b", "c", "a"]


def test_who_is_lost_twice_has_failed_and_the_others_are_done(tmp_path):
    outcomes, crew = worked(tmp_path, "abc", failing({"b": 2}, BrokenExecutor))
    assert statuses(outcomes) == {
        "a": ("ok", None),
        "b": ("failed", "killed"),
        "c": ("ok", None),
    }
    assert outcomes["b"].row["message"] == KILLED
    assert crew.begun.count("b") == 2


def test_want_of_memory_is_tried_again_and_named(tmp_path):
    outcomes, _ = worked(tmp_path, "ab", failing({"a": 2, "b": 1}, MemoryError))
    assert statuses(outcomes) == {"a": ("failed", "out_of_memory"), "b": ("ok", None)}
    assert outcomes["a"].row["message"] == NO_MEMORY


def test_several_who_were_lost_are_tried_again_one_by_one(tmp_path):
    outcomes, crew = worked(tmp_path, "abcd", failing({"a": 1, "b": 1}, BrokenExecutor), room=4)
    assert set(statuses(outcomes).values()) == {("ok", None)}
    assert sorted(crew.begun[4:]) == ["a", "b"]


def test_a_mistake_in_the_program_ends_the_work(tmp_path):
    with pytest.raises(ZeroDivisionError):
        worked(tmp_path, "ab", failing({"a": 1}, ZeroDivisionError))


def test_what_who_was_lost_left_is_swept_and_what_others_left_is_not(tmp_path):
    folder = tmp_path / "recordings"
    left, other = folder / ".a.0123abcd.partial", folder / ".z.0123abcd.partial"

    def leaving(source, out, options):
        if not other.exists():
            left.mkdir(parents=True)
            other.mkdir()
            raise BrokenExecutor
        assert not left.exists()
        return done(source, out, options)

    outcomes, _ = worked(tmp_path, "a", leaving)
    assert statuses(outcomes) == {"a": ("ok", None)}
    assert other.exists()


def test_what_was_given_up_is_swept_and_what_is_done_stays(tmp_path):
    sources = [made_source(name) for name in "ab"]
    crew = Crewed(1, done)
    with crew:
        work = Work(sources, tmp_path, OPTIONS, crew, lambda *_: None)
        outcomes = work.outcomes()
        next(outcomes)  # a is done; b has not begun
        work._hand_out()
    partials = [tmp_path / "recordings" / f".{name}.0123abcd.partial" for name in "ab"]
    for path in partials:
        path.mkdir(parents=True)
    work.clean()
    assert [path.exists() for path in partials] == [True, False]


def test_results_that_the_disk_does_not_take_have_failed(tmp_path):
    class Full(Crewed):
        def result(self, _future):
            raise OSError(28, "No space left on device", str(tmp_path / "x"))

    crew = Full(1, done)
    with crew:
        work = Work([made_source("a")], tmp_path, OPTIONS, crew, lambda *_: None)
        ((_, outcome),) = work.outcomes()
    assert (outcome.row["status"], outcome.row["reason"]) == ("failed", "not_written")
    assert outcome.problem.startswith(f"{tmp_path / 'x'} cannot be written: No space left")


def test_another_error_of_the_system_is_a_mistake_and_keeps_its_traceback(tmp_path):
    class Broken(Crewed):
        def result(self, _future):
            raise OSError(5, "Input/output error", "/elsewhere")

    crew = Broken(1, done)
    with crew, pytest.raises(OSError, match="Input/output"):
        list(Work([made_source("a")], tmp_path, OPTIONS, crew, lambda *_: None).outcomes())


# ------------------------------------------------------------------ crews


def test_this_process_takes_one_recording_at_a_time_and_says_how_far_it_is(tmp_path):
    told: list[Progress] = []
    source = made_source("missing", folder=tmp_path)
    crew = Here()
    with crew:
        future = crew.submit(source, tmp_path / "out", OPTIONS, told.append)
    assert crew.room == 1
    assert future.done()
    assert crew.result(future).row["reason"] == "unreadable"
    assert [p.phase for p in told] == ["opening"]


def test_an_executor_says_that_what_is_not_done_is_being_read(tmp_path):
    told: list[Progress] = []
    waiting: Future = Future()

    class Slow(ThreadPoolExecutor):
        def submit(self, *_):
            return waiting

    crew = Executing(Slow(1), 4)
    assert crew.room == 4
    crew.submit(made_source("a"), tmp_path, OPTIONS, told.append)
    crew.poll()
    crew.poll()
    assert told == [Progress("reading")] * 2
    waiting.set_result(Outcome({"status": "ok"}))
    crew.poll()
    assert len(told) == 2


def test_an_executor_gives_up_what_has_not_begun(tmp_path):
    waiting: Future = Future()

    class Slow(ThreadPoolExecutor):
        def submit(self, *_):
            return waiting

    crew = Executing(Slow(1), 1)
    with crew:
        crew.submit(made_source("a"), tmp_path, OPTIONS, lambda _: None)
    assert waiting.cancelled()
