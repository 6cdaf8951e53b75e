"""The files over all recordings, made from the folders of recordings."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest
from made_labels import NoPage
from made_results import made_facts, made_night, made_unanalysable_night

from detector.config import load_toml
from detector.merge import write_about, write_merged
from detector.output import RecordingFolder
from detector.report.render import script_name
from detector.settings import KindSettings, Settings
from detector.tables.columns import EVENTS, NIGHTS, RECORDINGS, night_columns
from detector.tables.csvtext import header, read

INPUT = {"bytes": 9, "sha256": "ab" * 32}
FAILED = {"recording_id": "bad", "status": "failed", "reason": "unreadable"}


def made(out, name, *nights):
    facts = made_facts(recording_id=name, path=f"{name}.cwa")
    with RecordingFolder(out / "recordings" / name, facts, NoPage()) as folder:
        for night in nights or (made_night(),):
            folder.add(night)
        return folder.finish(facts, {"input": INPUT})


# ------------------------------------------------------------------ before the first recording


def test_settings_dictionary_and_scripts_are_there_from_the_beginning(tmp_path):
    settings = Settings(kinds=KindSettings(accel_min_mg=81.0))
    write_about(tmp_path / "new" / "out", settings)
    out = tmp_path / "new" / "out"
    assert sorted(p.name for p in out.iterdir()) == [
        *("assets", "config.resolved.toml", "data_dictionary.csv")
    ]
    assert load_toml(out / "config.resolved.toml") == settings
    assert sorted(p.name for p in (out / "assets").iterdir()) == [script_name(), "plotly.min.js"]


def test_the_dictionary_has_the_factors_of_the_diary(tmp_path):
    write_about(tmp_path, Settings(), ["stress"])
    rows = (tmp_path / "data_dictionary.csv").read_text(encoding="utf-8").splitlines()
    assert [r for r in rows if r.startswith("stress,")] == [
        'stress,,string,"A factor of the diary, as written there.",diary,nights.csv'
    ]


# ------------------------------------------------------------------ after the last


def test_the_ledger_has_every_row_in_the_order_given(tmp_path):
    rows = [FAILED, made(tmp_path, "b"), {**FAILED, "status": "skipped"}, made(tmp_path, "a")]
    write_merged(tmp_path, Settings(), iter(rows))
    found = [
        (r["recording_id"], r["status"]) for r in read(RECORDINGS, tmp_path / "recordings.csv")
    ]
    assert found == [
        ("bad", "failed"),
        ("b", "ok_with_warnings"),
        ("bad", "skipped"),
        ("a", "ok_with_warnings"),
    ]


def test_tables_hold_what_is_done_and_nothing_of_what_lies_beside_it(tmp_path):
    made(tmp_path, "of_another_run")
    rows = [made(tmp_path, "b", made_night(0), made_unanalysable_night(1)), FAILED]
    write_merged(tmp_path, Settings(), rows)
    nights = list(read(NIGHTS, tmp_path / "nights.csv"))
    assert [(n["recording_id"], n["night_index"]) for n in nights] == [("b", 0), ("b", 1)]
    assert nights[1]["sleep_starts_onset"] is None
    n_events = len(made_night().events) + len(made_unanalysable_night().events)
    events = list(read(EVENTS, tmp_path / "events.csv"))
    assert [e["event_index"] for e in events] == list(range(n_events))


@pytest.mark.parametrize(("done", "there"), [("", False), ("a", False), ("ab", True)])
def test_parquet_is_there_for_several_recordings(tmp_path, done, there):
    (tmp_path / "nights.parquet").write_bytes(b"of an earlier run")
    write_merged(tmp_path, Settings(), [FAILED, *(made(tmp_path, name) for name in done)])
    for name in ("nights", "events"):
        path = tmp_path / f"{name}.parquet"
        assert path.exists() == there
        if there:
            rows = list(read(NIGHTS if name == "nights" else EVENTS, path.with_suffix(".csv")))
            table = pq.read_table(path)
            assert table["recording_id"].to_pylist() == [r["recording_id"] for r in rows]


def test_a_run_of_which_nothing_is_done_has_tables_of_their_headings(tmp_path):
    write_merged(tmp_path, Settings(), [FAILED], ["stress"])
    assert (tmp_path / "nights.csv").read_bytes() == header(night_columns(["stress"]))
    assert (tmp_path / "events.csv").read_bytes() == header(EVENTS)
    told = (tmp_path / "METHODS.md").read_text(encoding="utf-8")
    assert "Recordings analysed" not in " ".join(told.split())


def test_every_file_of_the_contract_is_there(tmp_path):
    write_merged(tmp_path, Settings(), [made(tmp_path, "a"), made(tmp_path, "b")])
    assert {p.name for p in tmp_path.iterdir()} == {
        *("nights.csv", "events.csv", "recordings.csv", "by_participant.csv", "recordings"),
        *("nights.parquet", "events.parquet", "limbs.csv", "limb_nights.csv", "alignments.csv"),
        *("METHODS.md", "report.html"),
    }


def test_the_methods_tell_of_what_is_in_the_ledger(tmp_path):
    write_merged(tmp_path, Settings(), [made(tmp_path, "a"), made(tmp_path, "b"), FAILED])
    text = " ".join((tmp_path / "METHODS.md").read_text(encoding="utf-8").split())
    assert "Recordings analysed: 2 (2 x AX3 at 100.0 Hz, site wrist)." in text
