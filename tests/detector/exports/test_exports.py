"""What other programs get, read back by their own means and compared with the tables."""

from __future__ import annotations

import csv
import json
import sys
from datetime import datetime, timedelta

import edfio
import pytest
from made_labels import events_of, made_run, rows_of
from made_results import made_facts

from detector.exports import EXPORTS
from detector.parameter import SettingsError

FACTS = (
    made_facts(),
    made_facts(recording_id="subject_01b", path="wave2/subject_01.cwa"),
    made_facts(recording_id="nobody_knows", path="x.cwa", tz=None),
)
STARTS = {facts.recording_id: datetime(2024, 3, 5, 20) for facts in FACTS}
"""What the devices' clocks showed."""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return made_run(tmp_path_factory.mktemp("run") / "out", *FACTS)


@pytest.fixture
def exported(run, tmp_path):
    """Write an export into a folder of its own."""

    def export(name, folder="export"):
        EXPORTS[name](run, tmp_path / folder)
        return tmp_path / folder

    return export


def since_start_s(row):
    """Seconds of the device's clock from the recording's start to the event's."""
    local = datetime.fromisoformat(row["start_time"]).replace(tzinfo=None)
    return (local - STARTS[row["recording_id"]]) / timedelta(seconds=1)


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_has_the_same_bytes_every_time_and_is_all_that_it_names(run, tmp_path, name):
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        named = EXPORTS[name](run, folder)
        assert sorted(named) == sorted(p for p in folder.rglob("*") if p.is_file())
    one, other = (
        {p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in folders
    )
    assert one
    assert one == other


@pytest.mark.parametrize("name", EXPORTS)
def test_a_folder_without_results_is_refused_and_nothing_written(tmp_path, name):
    with pytest.raises(SettingsError, match="'hypnic run' wrote"):
        EXPORTS[name](tmp_path, tmp_path / "export")
    assert not (tmp_path / "export").exists()


# ------------------------------------------------------------------ BIDS


def test_bids_events_are_the_events_with_onsets_since_the_first_sample(run, exported):
    found = []
    for path in sorted(exported("bids").rglob("*_events.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += csv.DictReader(file, delimiter="\t")
    own = rows_of(run / "events.csv")
    assert len(found) == len(own) > 60
    back = {(row["recording_id"], row["event_index"]): row for row in found}
    for row in own:
        theirs = back[row["recording_id"], row["event_index"]]
        assert float(theirs["onset"]) == pytest.approx(since_start_s(row), abs=1e-6)
        assert (theirs["duration"], theirs["trial_type"]) == (row["duration_s"], row["kind"])
        same = [name for name in row if name not in {"duration_s", "kind"}]
        assert {n: theirs[n] for n in same} == {n: row[n] or "n/a" for n in same}


def test_every_bids_column_is_explained_in_the_side_car(exported):
    folder = exported("bids")
    paths = sorted(folder.rglob("*_events.tsv"))
    assert [path.relative_to(folder).as_posix() for path in paths] == [
        f"sub-subject01/motion/sub-subject01_task-sleep_run-{run}_events.tsv" for run in (1, 2, 3)
    ]
    for path in paths:
        heading = path.read_text(encoding="utf-8").partition("\n")[0].split("\t")
        side_car = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert list(side_car) == heading
        assert all(each["Description"] for each in side_car.values())
        assert side_car["peak_accel_mg"]["Units"] == "mg"
    description = json.loads((folder / "dataset_description.json").read_text(encoding="utf-8"))
    assert description["GeneratedBy"][0]["Name"] == "hypnic"


def test_participants_that_bids_could_not_tell_apart_are_refused(tmp_path):
    out = made_run(tmp_path / "out", *FACTS[:2])
    text = (out / "recordings.csv").read_text(encoding="utf-8").splitlines()
    text[2] = text[2].replace(",subject_01,", ",subject-01,")
    (out / "recordings.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="'subject_01' and 'subject-01' would both be"):
        EXPORTS["bids"](out, tmp_path / "export")


# ------------------------------------------------------------------ EDF+


@pytest.mark.parametrize("name", STARTS)
def test_edf_annotations_are_the_events_on_the_clock_of_the_device(run, exported, name):
    file = edfio.read_edf(exported("edf") / f"{name}.edf")
    start = datetime.combine(file.startdate, file.starttime)
    assert start == STARTS[name]
    own = [row for row in events_of(run) if row["recording_id"] == name]
    first, *annotations = file.annotations
    assert (first.onset, first.text) == (0, "Recording starts")
    assert len(annotations) == len(own) > 20
    for row, theirs in zip(own, annotations, strict=True):
        assert theirs.onset == pytest.approx(since_start_s(row), abs=1e-6)
        assert theirs.duration == row["duration_s"]
        kind, _, counted = theirs.text.partition("/")
        assert (kind, bool(counted)) == (row["kind"], row["counted"])


def test_without_edfio_the_remedy_is_named_and_nothing_written(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "edfio", None)
    with pytest.raises(SettingsError, match="pip install edfio"):
        EXPORTS["edf"](run, tmp_path / "export")
    assert not (tmp_path / "export").exists()
