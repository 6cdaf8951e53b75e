"""Who may write into an output folder at a time."""

from __future__ import annotations

import sys
from contextlib import ExitStack

import pytest

from detector.cohort.occupied import occupied
from detector.parameter import SettingsError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders have no locks there")


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [(False, False, True), (False, True, True), (True, False, True), (True, True, False)],
    ids=["two runs", "a shard beside a run", "a run beside a shard", "two shards"],
)
def test_only_shards_may_share_a_folder(tmp_path, first, second, taken):
    out = tmp_path / "out"
    with occupied(out, shared=first), ExitStack() as beside:
        if taken:
            with pytest.raises(SettingsError) as caught:
                beside.enter_context(occupied(out, shared=second))
            assert str(caught.value) == (
                f"{out}: another run writes into this folder; wait for it, or name another one"
            )
        else:
            beside.enter_context(occupied(out, shared=second))


def test_a_folder_is_free_when_its_run_has_ended_however_that_was(tmp_path):
    def ends_badly():
        with occupied(tmp_path):
            raise KeyError

    for _ in range(2):
        with pytest.raises(KeyError):
            ends_badly()
    with occupied(tmp_path):
        pass


def test_a_run_is_alone_unless_it_says_otherwise_and_makes_its_folder(tmp_path):
    out = tmp_path / "study" / "out"
    with occupied(out):
        assert out.is_dir()
        with pytest.raises(SettingsError), occupied(out, shared=True):
            pass


def test_a_refused_run_does_not_keep_the_folder(tmp_path):
    with occupied(tmp_path), pytest.raises(SettingsError), occupied(tmp_path):
        pass
    with occupied(tmp_path):
        pass


def test_where_the_system_knows_no_locks_on_folders_a_run_goes_on(tmp_path, monkeypatch):
    import fcntl

    def unknown(_handle, _operation):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", unknown)
    with occupied(tmp_path), occupied(tmp_path):
        pass
