"""``hypnic merge``: what stands in the tables again, and what is refused with nothing written."""

from __future__ import annotations

import json
import shutil

import pytest
from made_results import made_facts

from detector.cohort import Shard, merge
from detector.cohort.occupied import occupied
from detector.cohort.shards import write_ledger
from detector.merge import write_about, write_merged
from detector.parameter import SettingsError
from detector.settings import Settings, WindowSettings
from detector.tables.columns import NIGHTS, RECORDINGS, night_columns
from detector.tables.csvtext import header, read

from .made_sources import made_done

FAILED = {
    "recording_id": "bad",
    "path": "bad.cwa",
    "status": "failed",
    "reason": "unreadable",
    "message": "is empty",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The folder of a run: two recordings done, one failed."""
    out = tmp_path_factory.mktemp("whole") / "out"
    write_about(out, Settings())
    rows = [made_done(out, "a").row, FAILED, made_done(out, "b").row]
    write_merged(out, Settings(), rows)
    return out


@pytest.fixture
def out(whole, tmp_path):
    """A copy that a test may change."""
    return shutil.copytree(whole, tmp_path / "out")


def tables(out):
    return {p.name: p.read_bytes() for p in out.iterdir() if p.is_file()}


def statuses(out):
    rows = read(RECORDINGS, out / "recordings.csv")
    return [(row["recording_id"], row["status"], row["reason"]) for row in rows]


def change_run(out, name, **values):
    path = out / "recordings" / name / "run.json"
    run = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**run, **values}), encoding="utf-8")


def refused(out, **options) -> str:
    before = tables(out)
    with pytest.raises(SettingsError) as caught:
        merge(out, **options)
    assert tables(out) == before
    return str(caught.value)


def test_a_merge_of_a_whole_folder_changes_nothing_and_counts_what_there_is(out):
    before = tables(out)
    summary = merge(out)
    assert tables(out) == before
    assert dict(summary.counts) == {"ok_with_warnings": 2, "failed": 1}
    assert (summary.exit_status, summary.ledger) == (1, out / "recordings.csv")


def test_what_was_lost_from_the_tables_comes_back_from_the_folders(out):
    before = tables(out)
    for name in ("nights.csv", "events.csv", "report.html", "by_participant.csv", "METHODS.md"):
        (out / name).unlink()
    (out / "nights.parquet").unlink()
    merge(out)
    assert tables(out) == before


def test_the_settings_are_those_of_the_run(out):
    settings = Settings(window=WindowSettings(before_min=41.0))
    write_about(out, settings)
    merge(out)
    assert "41 min before" in (out / "METHODS.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("gone", ["run.json", "nights.csv", "events.csv", "report.html"])
def test_results_of_which_a_file_is_gone_are_lost_and_the_others_stay(out, gone):
    (out / "recordings" / "a" / gone).unlink()
    assert merge(out).counts["failed"] == 2
    assert statuses(out) == [
        ("a", "failed", "lost"),
        ("bad", "failed", "unreadable"),
        ("b", "ok_with_warnings", "bad_block;gaps"),
    ]
    row = next(iter(read(RECORDINGS, out / "recordings.csv")))
    assert row["message"] == "its results are gone, incomplete or of another version; run again"
    assert {r["recording_id"] for r in read(NIGHTS, out / "nights.csv")} == {"b"}


def test_results_whose_whole_folder_is_gone_are_lost(out):
    shutil.rmtree(out / "recordings" / "b")
    merge(out)
    assert statuses(out)[2] == ("b", "failed", "lost")


def test_what_an_input_that_failed_has_of_an_earlier_run_is_not_looked_at(out):
    made_done(out, "bad", algorithm_version="7")
    assert merge(out).counts["failed"] == 1
    assert statuses(out)[1] == ("bad", "failed", "unreadable")
    assert {r["recording_id"] for r in read(NIGHTS, out / "nights.csv")} == {"a", "b"}


@pytest.mark.parametrize(
    ("values", "way"),
    [
        ({"algorithm_version": "7"}, "1 by algorithm 7 with settings "),
        ({"config_hash": "0123"}, "1 by algorithm 1 with settings 0123"),
    ],
)
def test_recordings_that_were_analysed_in_different_ways_are_refused_unless_allowed(
    out, values, way
):
    change_run(out, "b", **values)
    said = refused(out)
    assert said.startswith("recordings were analysed in different ways: ")
    assert way in said
    assert said.endswith("; run those again that are old, or merge them all the same with --mixed")
    assert merge(out, mixed=True).exit_status == 1


def test_the_ways_are_counted(out):
    write_merged(out, Settings(), [made_done(out, name).row for name in ("a", "b", "c")])
    change_run(out, "a", algorithm_version="0")
    own = made_facts().settings.fingerprint()
    assert f"1 by algorithm 0 with settings {own}; 2 by algorithm 1 with settings {own};" in (
        refused(out)
    )


def give_diary(out, name, *factors):
    """Let the nights of a recording have the columns of a diary, as its run would have."""
    path = out / "recordings" / name / "nights.csv"
    old, new = header(NIGHTS), header(night_columns(factors))
    lines = path.read_bytes().removeprefix(old).splitlines()
    path.write_bytes(new + b"".join(line + b"," * len(factors) + b"\n" for line in lines))
    run_path = path.with_name("run.json")
    run = json.loads(run_path.read_text(encoding="utf-8"))
    for each in run["outputs"]:
        if each["name"] == "nights.csv":
            each["bytes"] = path.stat().st_size
    run_path.write_text(json.dumps(run), encoding="utf-8")


def test_the_columns_of_a_diary_that_all_share_stand_in_the_tables_again(out):
    for name in ("a", "b"):
        give_diary(out, name, "=stress", "coffee")
    assert merge(out).counts["failed"] == 1
    heading = (out / "nights.csv").read_bytes().partition(b"\n")[0]
    assert heading.endswith(b",'=stress,coffee")
    assert b"\n=stress" not in (out / "data_dictionary.csv").read_bytes()
    assert b"'=stress" in (out / "data_dictionary.csv").read_bytes()


def test_diaries_with_other_columns_are_refused_with_two_of_the_recordings(out):
    write_merged(out, Settings(), [made_done(out, name).row for name in "abc"])
    give_diary(out, "a", "stress")
    give_diary(out, "c", "coffee")
    assert refused(out) == "a and b had diaries with other columns; run them again"
    assert refused(out, mixed=True).startswith("a and b")


def test_a_folder_that_is_none_or_holds_no_ledger_is_refused(tmp_path):
    with pytest.raises(SettingsError) as caught:
        merge(tmp_path / "nowhere")
    assert str(caught.value) == (
        f"{tmp_path / 'nowhere'}: no such folder; name one that 'hypnic run' wrote"
    )
    assert not (tmp_path / "nowhere").exists()
    assert "recordings.csv: cannot be read" in refused(tmp_path)


def test_a_ledger_that_is_cut_is_refused(out):
    path = out / "recordings.csv"
    path.write_bytes(path.read_bytes()[:-7])
    assert "recordings.csv: is cut; run hypnic again" in refused(out)


def test_pieces_go_before_the_ledger_of_the_whole(out):
    rows = [{**row} for row in read(RECORDINGS, out / "recordings.csv")]
    write_ledger(Shard(1, 2).ledger(out), iter(rows[:1]))
    write_ledger(Shard(2, 2).ledger(out), iter(rows[2:]))
    assert merge(out).exit_status == 0
    assert [name for name, *_ in statuses(out)] == ["a", "b"]


def test_a_folder_in_which_a_run_goes_on_is_refused(out):
    with occupied(out, shared=True):
        assert refused(out) == (
            f"{out}: another run writes into this folder; wait for it, or name another one"
        )
    assert merge(out).exit_status == 1


def test_a_folder_is_free_again_when_its_run_has_ended_or_failed(tmp_path):
    with pytest.raises(KeyError), occupied(tmp_path / "out"):
        raise KeyError
    with occupied(tmp_path / "out"):
        assert (tmp_path / "out").is_dir()


def test_a_folder_to_be_is_made_with_those_above_it(tmp_path):
    with occupied(tmp_path / "study" / "wave1" / "out"):
        assert (tmp_path / "study" / "wave1" / "out").is_dir()


def test_runs_that_share_a_folder_do_not_keep_each_other_out(tmp_path):
    with (
        occupied(tmp_path, shared=True),
        occupied(tmp_path, shared=True),
        pytest.raises(SettingsError, match="another run"),
        occupied(tmp_path),
    ):
        pass
