"""What becomes of names, times and unknown cells in the formats of other programs."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import edfio
import pytest
from made_labels import NoPage
from made_results import made_facts, made_night

from detector.exports.bids import write_bids
from detector.exports.done import Done, done
from detector.exports.edf import write_edf
from detector.output import RecordingFolder
from detector.parameter import SettingsError
from detector.tables import csvtext
from detector.tables.columns import EVENTS, RECORDINGS
from detector.version import ALGORITHM_VERSION, VERSION
from recordings import Zone

INPUT = {"bytes": 9, "sha256": "ab" * 32}


def made_run(out, *facts, rows=()):
    """Write recordings of one night each, and the tables that exports are made from."""
    ledger = []
    for each in facts:
        with RecordingFolder(out / "recordings" / each.recording_id, each, NoPage()) as folder:
            folder.add(made_night())
            ledger.append(folder.finish(each, {"input": INPUT}))
    (out / "recordings.csv").parent.mkdir(parents=True, exist_ok=True)
    (out / "recordings.csv").write_bytes(csvtext.table(RECORDINGS, [*ledger, *rows]))
    return out


def named(recording_id="r", participant="p", session="", **more):
    facts = made_facts(recording_id=recording_id, path=f"{recording_id}.cwa", **more)
    return replace(facts, participant_id=participant, session=session)


def stems(to):
    paths = sorted(to.rglob("*_events.tsv"))
    return [p.relative_to(to).as_posix().removesuffix("_events.tsv") for p in paths]


def tsv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


# ------------------------------------------------------------------ what is done


def test_only_what_is_done_is_exported_in_the_order_of_the_ledger(tmp_path):
    rows = [{"recording_id": "x", "status": s} for s in ("failed", "skipped")]
    out = made_run(tmp_path, named("b"), named("a"), rows=rows)
    assert [each.recording_id for each in done(out)] == ["b", "a"]


def test_a_recording_without_a_sample_has_no_beginning_and_is_left_out(tmp_path):
    out = made_run(tmp_path, named())
    path = out / "recordings" / "r" / "result.json"
    result = json.loads(path.read_text(encoding="utf-8"))
    result["facts"] |= {"start": None, "start_utc": None}
    path.write_text(json.dumps(result), encoding="utf-8")
    assert done(out) == []


@pytest.mark.parametrize("content", ["", "[]", '{"facts": {}}', '{"facts": null}'])
def test_results_that_cannot_be_used_are_refused_with_their_file(tmp_path, content):
    out = made_run(tmp_path, named())
    path = out / "recordings" / "r" / "result.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        done(out)
    assert str(caught.value).startswith(f"{path}: cannot be used: ")


def test_events_have_their_seconds_since_the_first_sample_to_the_millisecond(tmp_path):
    """Begun at 20:00; the first event at 22:25:00.123."""
    (each,) = done(made_run(tmp_path, named()))
    seconds, row = next(iter(each.events()))
    assert seconds == 2 * 3600 + 25 * 60 + 0.123
    assert row["event_index"] == 0


def test_without_a_zone_seconds_are_those_of_the_device(tmp_path):
    (each,) = done(made_run(tmp_path, named(tz=None)))
    assert each.start == datetime(2024, 3, 5, 20)
    assert next(iter(each.events()))[0] == 2 * 3600 + 25 * 60 + 0.123
    assert each.device_start == datetime(2024, 3, 5, 20)


@pytest.mark.parametrize(
    ("ahead_s", "shown"), [(3600, 20), (0, 19), (-5 * 3600, 14), (19_800, 24.5)]
)
def test_the_devices_clock_is_so_far_ahead_of_utc(tmp_path, ahead_s, shown):
    each = Done(tmp_path, {}, datetime(2024, 3, 5, 19, tzinfo=UTC), ahead_s)
    assert each.device_start == datetime(2024, 3, 5) + timedelta(hours=shown)


@pytest.mark.parametrize("write", [write_bids, write_edf])
def test_an_export_may_go_into_a_folder_that_is_there_or_into_a_new_one(tmp_path, write):
    out = made_run(tmp_path / "out", named())
    first = {path: path.read_bytes() for path in write(out, tmp_path / "new" / "export")}
    assert {path: path.read_bytes() for path in write(out, tmp_path / "new" / "export")} == first


# ------------------------------------------------------------------ BIDS


@pytest.mark.parametrize(
    ("facts", "stem"),
    [
        (named(participant="P-07"), "sub-P07/motion/sub-P07_task-sleep"),
        (
            named(participant="a b", session="V_2"),
            "sub-ab/ses-V2/motion/sub-ab_ses-V2_task-sleep",
        ),
        (named(participant="007"), "sub-007/motion/sub-007_task-sleep"),
        (named(participant="Zoë"), "sub-Zo/motion/sub-Zo_task-sleep"),
    ],
)
def test_paths_are_made_of_the_letters_and_digits_of_participant_and_session(tmp_path, facts, stem):
    write_bids(made_run(tmp_path / "out", facts), tmp_path / "bids")
    assert stems(tmp_path / "bids") == [stem]


def test_only_several_recordings_of_one_session_are_numbered_runs(tmp_path):
    facts = [named("a"), named("b"), named("c", session="2"), named("d", participant="q")]
    write_bids(made_run(tmp_path / "out", *facts), tmp_path / "bids")
    assert stems(tmp_path / "bids") == [
        "sub-p/motion/sub-p_task-sleep_run-1",
        "sub-p/motion/sub-p_task-sleep_run-2",
        "sub-p/ses-2/motion/sub-p_ses-2_task-sleep",
        "sub-q/motion/sub-q_task-sleep",
    ]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ([named(participant="夜")], "participant_id '夜' has no letter or digit that BIDS allows"),
        ([named(session="--")], "session '--' has no letter or digit that BIDS allows"),
        (
            [named("a", "p-1"), named("b", "p1")],
            "participant_id 'p-1' and 'p1' would both be 'p1' in BIDS, which knows only letters "
            "and digits; name one of them otherwise (--participants)",
        ),
        (
            [named("a", session="1"), named("b", session="1.")],
            "session '1' and '1.' would both be '1' in BIDS, which knows only letters and digits; "
            "name one of them otherwise (--participants)",
        ),
    ],
)
def test_names_that_bids_cannot_hold_are_refused_and_nothing_is_written(tmp_path, facts, said):
    out = made_run(tmp_path / "out", *facts)
    with pytest.raises(SettingsError) as caught:
        write_bids(out, tmp_path / "bids")
    assert str(caught.value) == said
    assert not (tmp_path / "bids").exists()


def test_a_session_may_be_called_as_a_participant_is(tmp_path):
    facts = [named("a", "1", session="x1"), named("b", "x-1", session="1")]
    write_bids(made_run(tmp_path / "out", *facts), tmp_path / "bids")
    assert len(stems(tmp_path / "bids")) == 2


def test_cells_keep_their_decimals_and_unknown_is_n_a(tmp_path):
    paths = write_bids(made_run(tmp_path / "out", named(participant="=p")), tmp_path / "bids")
    rows = tsv(next(p for p in paths if p.suffix == ".tsv"))
    first, last = rows[1], rows[-1]
    assert (first["onset"], first["duration"], first["trial_type"]) == (
        *("11850.123", "0.900", "sleep_start"),
    )
    assert (first["peak_accel_mg"], first["counted"], first["n_bursts"]) == ("187.5", "true", "1")
    assert (last["posture_change_deg"], last["stage"], last["truncated"]) == ("n/a", "n/a", "true")
    assert "" not in {cell for row in rows for cell in row.values()}


def test_a_column_that_bids_names_otherwise_is_not_there_twice(tmp_path):
    paths = write_bids(made_run(tmp_path / "out", named()), tmp_path / "bids")
    names = list(tsv(next(p for p in paths if p.suffix == ".tsv"))[0])
    own = [c.name for c in EVENTS if c.name not in {"duration_s", "kind"}]
    assert names == ["onset", "duration", "trial_type", *own]


def test_the_side_car_has_units_where_there_are_any(tmp_path):
    paths = write_bids(made_run(tmp_path / "out", named()), tmp_path / "bids")
    told = json.loads(next(p for p in paths if p.name.endswith("_events.json")).read_text("utf-8"))
    assert told["onset"] == {
        "Description": "Start, since the first sample of the recording.",
        "Units": "s",
    }
    assert told["duration"]["Units"] == "s"
    assert "Units" not in told["trial_type"]
    assert told["trial_type"]["Description"] == "What the event was taken for."
    assert told["duration"]["Description"] == "From start to end."
    assert told["effective_hz"]["Units"] == "Hz"
    assert "Units" not in told["context"]


def test_the_dataset_says_that_it_is_made_and_by_what(tmp_path):
    (path, *_) = write_bids(made_run(tmp_path / "out", named()), tmp_path / "bids")
    told = json.loads(path.read_text(encoding="utf-8"))
    assert (told["BIDSVersion"], told["DatasetType"]) == ("1.10.0", "derivative")
    assert told["GeneratedBy"] == [
        {"Name": "hypnic", "Version": VERSION, "Description": f"algorithm {ALGORITHM_VERSION}"}
    ]


def test_a_run_of_which_nothing_is_done_has_a_description_and_no_events(tmp_path):
    out = made_run(tmp_path / "out", rows=[{"recording_id": "x", "status": "failed"}])
    assert write_bids(out, tmp_path / "bids") == [tmp_path / "bids" / "dataset_description.json"]


# ------------------------------------------------------------------ EDF+


def test_annotations_say_the_kind_and_what_is_counted_apart(tmp_path):
    (path,) = write_edf(made_run(tmp_path / "out", named()), tmp_path / "edf")
    assert path == tmp_path / "edf" / "r.edf"
    marks = edfio.read_edf(path).annotations
    assert [m.text for m in marks][:5] == [
        *("Recording starts", "body_movement", "sleep_start/counted", "sleep_start/counted"),
        "impact",
    ]
    assert (marks[0].onset, marks[0].duration) == (0, None)
    assert (marks[2].onset, marks[2].duration) == (11850.123, 0.9)


def test_an_event_of_no_length_has_none(tmp_path):
    out = made_run(tmp_path / "out", named())
    table = out / "recordings" / "r" / "events.csv"
    table.write_bytes(table.read_bytes().replace(b",0.900,impact,", b",0.000,impact,"))
    (path,) = write_edf(out, tmp_path / "edf")
    assert [m.duration for m in edfio.read_edf(path).annotations if m.text == "impact"] == [0.0]


def test_the_header_has_the_time_that_the_device_showed(tmp_path):
    facts = named()
    away = Zone.of("Europe/Berlin", facts.probe.start_ns, device_tz="Asia/Tokyo")
    (path,) = write_edf(made_run(tmp_path / "out", replace(facts, zone=away)), tmp_path / "edf")
    file = edfio.read_edf(path)
    assert datetime.combine(file.startdate, file.starttime) == datetime(2024, 3, 5, 20)


@pytest.mark.parametrize(
    ("year", "is_written"), [(1984, False), (1985, True), (2084, True), (2085, False)]
)
def test_a_year_that_two_digits_cannot_mean_is_refused(tmp_path, year, is_written):
    out = made_run(tmp_path / "out", named())
    path = out / "recordings" / "r" / "result.json"
    result = json.loads(path.read_text(encoding="utf-8"))
    result["facts"]["start_utc"] = f"{year}-06-05T19:00:00.000Z"
    path.write_text(json.dumps(result), encoding="utf-8")
    if is_written:
        (path,) = write_edf(out, tmp_path / "edf")
        assert edfio.read_edf(path).startdate.year == year
    else:
        with pytest.raises(SettingsError) as caught:
            write_edf(out, tmp_path / "edf")
        assert str(caught.value) == f"r begins in {year}: EDF knows the years 1985 to 2084"


def test_the_year_is_that_of_the_devices_clock(tmp_path):
    """A new year that had begun where the device's clock was set, and not in UTC."""
    each = Done(tmp_path, {}, datetime(2084, 12, 31, 23, 30, tzinfo=UTC), 3600)
    assert each.device_start.year == 2085
