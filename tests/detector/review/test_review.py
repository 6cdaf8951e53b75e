"""Labels applied to the results they were made from, and refused by all others."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from made_labels import events_of, made_labels, made_run, rows_of
from made_results import made_facts

from detector.parameter import SettingsError
from detector.review.applied import apply
from detector.review.labels import read_labels
from detector.tables.columns import LABELS, REVIEWED_EVENTS, REVIEWED_NIGHTS

OWN = {"reviewed_nights.csv", "reviewed_events.csv"}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Two nights with three counted events each, and one that cannot be judged."""
    return made_run(tmp_path_factory.mktemp("run") / "out")


@pytest.fixture
def out(run, tmp_path):
    """A copy that a test may write to."""
    for path in run.glob("*.csv"):
        target = tmp_path / "out" / path.name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
    return tmp_path / "out"


def content(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def counts(out):
    """Reviewed count, judged and candidates of every night and reviewer."""
    names = ("reviewer", "sleep_starts_onset_reviewed", "n_judged", "n_candidates")
    return [tuple(row[name] for name in names) for row in rows_of(out / "reviewed_nights.csv")]


# ------------------------------------------------------------------ what is written


def test_the_reviewed_tables_stand_beside_the_others_and_change_none(out, tmp_path):
    before = content(out)
    apply(out, [made_labels(out, tmp_path / "labels.csv", ["keep"] * 6)])
    after = content(out)
    assert {path.name for path in after.keys() - before.keys()} == OWN
    assert {path: after[path] for path in before} == before


def test_every_night_has_a_reviewed_count_beside_the_automatic_one_with_who_and_when(out, tmp_path):
    words = ["keep", "reject", "keep", "unsure", "keep", "reject"]
    apply(out, [made_labels(out, tmp_path / "labels.csv", words)])
    first, second, last = rows_of(out / "reviewed_nights.csv")
    assert list(first) == [c.name for c in REVIEWED_NIGHTS]
    assert (first["sleep_starts_onset"], first["sleep_starts_onset_reviewed"]) == ("3", "2")
    assert (second["sleep_starts_onset"], second["sleep_starts_onset_reviewed"]) == ("3", "1")
    assert (second["n_kept"], second["n_rejected"], second["n_unsure"]) == ("1", "1", "1")
    assert first["reviewer"] == "ann"
    assert first["first_reviewed_utc"] == "2024-04-01T09:00:00.000Z"
    assert first["last_reviewed_utc"] == "2024-04-01T09:00:02.000Z"
    assert last["status"] == "not_analysable"
    assert (last["sleep_starts_onset_reviewed"], last["first_reviewed_utc"]) == ("", "")


def test_a_night_that_is_not_judged_to_the_end_says_how_far_and_has_no_count(out, tmp_path):
    apply(out, [made_labels(out, tmp_path / "labels.csv", ["keep", "keep", "", "keep"])])
    assert counts(out) == [("ann", "", "2", "3"), ("ann", "", "1", "3"), ("ann", "", "0", "0")]
    events = rows_of(out / "reviewed_events.csv")
    assert list(events[0]) == [c.name for c in REVIEWED_EVENTS]
    assert [row["label"] for row in events] == ["keep", "keep", "", "keep", "", ""]
    assert events[2]["reviewed_utc"] == ""


def test_a_near_miss_that_is_kept_is_added_only_in_the_onset_window(out, tmp_path):
    events = events_of(out)
    night = events[0]["night_date"]
    words = {i: "keep" for i, e in enumerate(events) if e["counted"]}
    beside = [
        i
        for i, e in enumerate(events)
        if e["night_date"] == night and not e["counted"] and e["context"] in {"onset", "sleep"}
    ]
    words |= dict.fromkeys(beside, "keep")
    apply(out, [made_labels(out, tmp_path / "labels.csv", words, counted=False)])
    (first, *_) = rows_of(out / "reviewed_nights.csv")
    in_window = sum(events[i]["context"] == "onset" for i in beside)
    assert 0 < in_window < len(beside)
    assert first["n_added"] == str(in_window)
    assert first["sleep_starts_onset_reviewed"] == str(3 + in_window)


def test_several_reviewers_have_a_row_each_and_the_order_of_their_files_does_not_matter(
    out, tmp_path
):
    paths = [
        made_labels(out, tmp_path / "zoe.csv", ["keep"] * 6, reviewer="zoe"),
        made_labels(out, tmp_path / "ann.csv", ["reject"] * 3),
    ]
    said = apply(out, paths)
    once = content(out)
    assert [(one.reviewer, one.judged, one.complete) for one in said] == [
        ("ann", 3, 1),
        ("zoe", 6, 2),
    ]
    assert counts(out)[:4] == [
        ("ann", "0", "3", "3"),
        ("zoe", "3", "3", "3"),
        ("ann", "", "0", "3"),
        ("zoe", "3", "3", "3"),
    ]
    apply(out, paths[::-1])
    assert content(out) == once


def test_labels_of_a_recording_without_a_known_zone_are_found_by_local_time(tmp_path):
    out = made_run(tmp_path / "out", made_facts(tz=None))
    apply(out, [made_labels(out, tmp_path / "labels.csv", ["keep"] * 6)])
    assert counts(out)[0] == ("ann", "3", "3", "3")
    assert rows_of(out / "reviewed_events.csv")[0]["start_utc"] == ""


def test_a_name_that_is_a_formula_stays_harmless_and_is_the_same_name(out, tmp_path):
    path = made_labels(out, tmp_path / "labels.csv", ["keep"] * 6, reviewer="=1+1")
    assert [one.reviewer for one in apply(out, [path])] == ["=1+1"]
    assert rows_of(out / "reviewed_nights.csv")[0]["reviewer"] == "'=1+1"


# ------------------------------------------------------------------ what is refused


@pytest.fixture
def refused(out, tmp_path):
    """What is said of labels of which one cell was changed; nothing is written."""

    def change(column, text):
        path = made_labels(out, tmp_path / "labels.csv", ["keep"] * 6)
        rows = rows_of(path)
        rows[1][column] = text
        file = io.StringIO()
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        path.write_text(file.getvalue(), encoding="utf-8")
        with pytest.raises(SettingsError) as caught:
            apply(out, [path])
        assert OWN.isdisjoint(p.name for p in out.iterdir())
        return str(caught.value)

    return change


@pytest.mark.parametrize(
    ("column", "text", "message"),
    [
        ("recording_id", "subject_02", "'subject_02' is not in these results; did you mean"),
        ("algorithm_version", "1", "is '1', these results have '"),
        ("config_hash", "0123456789abcdef", "is '0123456789abcdef', these results have '"),
        ("event_index", "999", "subject_01 has no event 999"),
        ("event_index", "-1", "'-1' is no number of an event"),
        ("event_index", "7", "has '2024-03-06T"),
        ("start_utc", "2024-03-05T22:00:00.000Z", "is '2024-03-05T22:00:00.000Z', event "),
        ("kind", "impact", "is 'impact', event "),
        ("label", "kep", "'kep' is not keep, reject or unsure; did you mean 'keep'?"),
        ("reviewer", "", "is empty; say who judged"),
        ("reviewed_utc", "1 April", "'1 April' is not like 2024-"),
        ("reviewed_utc", "0001-01-01T00:00:00+14:00", "'0001-01-01T00:00:00+14:00' is not like"),
        ("reviewed_utc", "2024-04-01T09:00:00", "does not say that it is UTC"),
    ],
)
def test_labels_of_other_results_are_refused_by_row_and_column(refused, column, text, message):
    said = refused(column, text)
    where = "start_time" if text == "7" else column
    assert f"labels.csv: row 3, {where}: " in said
    assert message in said


def test_an_event_that_somebody_judged_twice_is_refused_with_both_places(out, tmp_path):
    paths = [made_labels(out, tmp_path / name, ["keep"]) for name in ("a.csv", "b.csv")]
    with pytest.raises(SettingsError, match=r"b\.csv: row 2, event_index: ann judged .*a\.csv, r"):
        apply(out, paths)


def test_labels_that_say_nothing_are_refused(out, tmp_path):
    with pytest.raises(SettingsError, match="nothing is judged there"):
        apply(out, [made_labels(out, tmp_path / "labels.csv", ["", ""])])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "row 1: there is no column recording_id, "),
        ("labl\n", "row 1: 'labl' is no column of labels; did you mean 'label'?"),
        (",".join(c.name for c in LABELS) + ",label\n", "there are 2 columns 'label'"),
        (",".join(c.name for c in LABELS) + "\na,b\n", "row 2: has 2 cells instead of 12"),
    ],
)
def test_a_table_with_other_columns_is_no_table_of_labels(tmp_path, text, message):
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_labels([path])
    assert message in str(caught.value)


def test_a_folder_without_results_is_refused(out, tmp_path):
    path = made_labels(out, tmp_path / "labels.csv", ["keep"])
    with pytest.raises(SettingsError, match=r"recordings\.csv: cannot be read: .*'hypnic run'"):
        apply(tmp_path, [path])
    (out / "nights.csv").write_text("recording_id\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="has other columns than this version writes"):
        apply(out, [path])


def test_an_interrupted_write_leaves_what_was_there(out, tmp_path, monkeypatch):
    path = made_labels(out, tmp_path / "labels.csv", ["keep"] * 6)
    apply(out, [path])
    before = content(out)
    real = Path.replace

    def fails(self, target):
        if self.name.endswith("reviewed_events.csv.partial"):
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(OSError, match="No space left"):
        apply(out, [made_labels(out, path, ["reject"] * 6)])
    assert content(out) == before


def test_an_event_that_only_one_reviewer_judged_beside_the_counted_is_a_row_of_that_reviewer(
    out, tmp_path
):
    beside = next(i for i, e in enumerate(events_of(out)) if not e["counted"])
    paths = [
        made_labels(out, tmp_path / "ann.csv", ["keep"]),
        made_labels(out, tmp_path / "bea.csv", {beside: "keep"}, reviewer="bea", counted=False),
    ]
    apply(out, paths)
    rows = [r for r in rows_of(out / "reviewed_events.csv") if r["counted"] == "false"]
    assert [(r["reviewer"], r["label"]) for r in rows] == [("bea", "keep")]
