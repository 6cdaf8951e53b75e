"""``labels.csv`` read: what a cell may hold, and every refusal with its place."""

from __future__ import annotations

import pytest

from detector.parameter import SettingsError
from detector.review.labels import read_labels, refuse_other_results
from detector.tables.columns import LABELS

NAMES = [c.name for c in LABELS]
ROW = {
    "recording_id": "r",
    "night_date": "2024-03-05",
    "event_index": "4",
    "start_time": "2024-03-05T23:41:07.000+01:00",
    "start_utc": "2024-03-05T22:41:07.000Z",
    "peak_utc": "2024-03-05T22:41:07.250Z",
    "kind": "sleep_start",
    "label": "keep",
    "reviewer": "ann",
    "reviewed_utc": "2024-04-01T09:00:00.000Z",
    "algorithm_version": "1",
    "config_hash": "ab",
}
EVENTS = {("r", 4): {**ROW, "event_index": 4}}
RECORDINGS = {"r": {"algorithm_version": "1", "config_hash": "ab"}}


@pytest.fixture
def write(tmp_path):
    """Write labels, given as changes of a row, under a name."""

    def written(*rows: dict[str, str], name="labels.csv", names=NAMES, separator=","):
        lines = [separator.join(names)]
        lines += [separator.join({**ROW, **row}.get(n, "") for n in names) for row in rows]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return tmp_path / name

    return written


def refused(*paths) -> str:
    with pytest.raises(SettingsError) as caught:
        read_labels(paths)
    return str(caught.value)


# ------------------------------------------------------------------ what is read


def test_a_label_belongs_to_an_event_and_a_reviewer(write):
    (label,) = read_labels([write({})])
    assert label.key == ("r", 4)
    assert (label.word, label.reviewer, label.number) == ("keep", "ann", 2)
    assert label.reviewed_utc == "2024-04-01T09:00:00.000Z"


def test_rows_without_a_label_say_nothing_and_are_not_looked_at(write):
    path = write({"label": "", "reviewer": "", "event_index": "x"}, {"label": "unsure"})
    assert [(label.number, label.word) for label in read_labels([path])] == [(3, "unsure")]


def test_empty_lines_are_no_rows_and_end_nothing(write):
    path = write({}, {"event_index": "5"})
    heading, first, second = path.read_text().splitlines()
    empty = "," * (len(NAMES) - 1)
    path.write_text("\n".join([heading, "", first, empty, second, ""]) + "\n")
    assert [(label.index, label.number) for label in read_labels([path])] == [(4, 3), (5, 5)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_may_stand_in_any_order_and_separated_as_a_spreadsheet_does(write, separator):
    (label,) = read_labels([write({}, names=NAMES[::-1], separator=separator)])
    assert label.key == ("r", 4)


@pytest.mark.parametrize(
    ("cell", "when"),
    [
        ("2024-04-01T09:00:00.123Z", "2024-04-01T09:00:00.123Z"),
        ("2024-04-01T11:00:00+02:00", "2024-04-01T09:00:00.000Z"),
        ("", None),
    ],
)
def test_when_it_was_judged_is_told_in_utc_and_may_be_unknown(write, cell, when):
    (label,) = read_labels([write({"reviewed_utc": cell})])
    assert label.reviewed_utc == when


def test_a_reviewers_name_is_without_the_apostrophe_that_kept_it_harmless(write):
    (label,) = read_labels([write({"reviewer": "'=ann"})])
    assert label.reviewer == "=ann"


def test_several_people_may_judge_one_event_and_one_person_several(write):
    paths = [
        write({}, {"event_index": "5"}, name="ann.csv"),
        write({"reviewer": "bea"}, name="bea.csv"),
    ]
    assert [(x.reviewer, x.index) for x in read_labels(paths)] == [
        ("ann", 4),
        ("ann", 5),
        ("bea", 4),
    ]


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            {"label": "kep"},
            "label: 'kep' is not keep, reject or unsure; did you mean 'keep'?",
        ),
        ({"label": "KEEP"}, "label: 'KEEP' is not keep, reject or unsure"),
        ({"reviewer": ""}, "reviewer: is empty; say who judged"),
        ({"reviewer": "x" * 81}, "reviewer: is longer than 80 characters"),
        ({"event_index": ""}, "event_index: '' is no number of an event"),
        ({"event_index": "1.0"}, "event_index: '1.0' is no number of an event"),
        ({"event_index": "-1"}, "event_index: '-1' is no number of an event"),
        ({"event_index": "1" * 10}, "event_index: '1111111111' is no number of an event"),
        ({"event_index": "٣"}, "event_index: '٣' is no number of an event"),
        (
            {"reviewed_utc": "yesterday"},
            "reviewed_utc: 'yesterday' is not like 2024-03-05T22:41:07.250Z",
        ),
        (
            {"reviewed_utc": "2024-04-01T09:00:00"},
            "reviewed_utc: '2024-04-01T09:00:00' does not say that it is UTC; end it with Z",
        ),
    ],
    ids=lambda value: "" if isinstance(value, str) else str(*value.values())[:12],
)
def test_a_cell_that_cannot_be_meant_is_refused_by_row_and_column(write, cells, said):
    path = write({}, {"event_index": "5", **cells})
    assert refused(path) == f"{path}: row 3, {said}"


def test_what_is_just_within_its_limits_is_taken(write):
    (label,) = read_labels([write({"reviewer": "x" * 80, "event_index": "9" * 9})])
    assert (len(label.reviewer), label.index) == (80, 999_999_999)


def test_all_that_is_wrong_with_a_file_is_said_at_once(write):
    said = refused(write({"label": "x"}, {}, {"reviewer": ""}))
    assert "2 problems" in said
    assert "row 2, label: 'x'" in said
    assert "row 4, reviewer: is empty" in said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (NAMES[1:], "row 1: there is no column recording_id"),
        ([n for n in NAMES if n != "label"], "row 1: there is no column label"),
        (NAMES[2:], "row 1: there is no column recording_id, night_date"),
        ([*NAMES, "notes"], "row 1: 'notes' is no column of labels"),
        ([*NAMES, "labels"], "row 1: 'labels' is no column of labels; did you mean 'label'?"),
        ([*NAMES, "a", "b"], "row 1: 'a', 'b' are no columns of labels"),
        ([*NAMES, "label"], "row 1: there are 2 columns 'label'"),
    ],
)
def test_a_table_with_other_columns_is_refused(write, names, said):
    path = write({}, names=names)
    assert refused(path) == f"{path}: {said}"


def test_a_row_with_more_or_fewer_cells_is_refused(write):
    path = write({})
    path.write_text(path.read_text() + "r,2024-03-05\n")
    assert refused(path) == f"{path}: row 3: has 2 cells instead of 12"
    path.write_text(path.read_text() + "r" + ",x" * 12 + "\n")
    said = refused(path)
    assert "row 3: has 2 cells instead of 12" in said
    assert "row 4: has 13 cells instead of 12" in said


def test_a_second_judgement_is_refused_with_the_place_of_the_first(write):
    path = write({}, {"event_index": "5"}, {"label": "reject"})
    assert refused(path) == (
        f"{path}: row 4, event_index: ann judged event 4 of r in row 2 already; keep one of the two"
    )
    first, second = write({}, name="a.csv"), write({}, name="b.csv")
    assert refused(first, second) == (
        f"{second}: row 2, event_index: ann judged event 4 of r in {first}, row 2 already; "
        "keep one of the two"
    )


# ------------------------------------------------------------------ labels of other results


def contradicted(write, **cells) -> str:
    path = write(cells)
    with pytest.raises(SettingsError) as caught:
        refuse_other_results(read_labels([path]), RECORDINGS, EVENTS)
    return str(caught.value).removeprefix(f"{path}: row 2, ")


def test_labels_of_these_results_are_taken(write):
    refuse_other_results(read_labels([write({})]), RECORDINGS, EVENTS)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"recording_id": "z"}, "recording_id: 'z' is not in these results"),
        (
            {"algorithm_version": "0"},
            "algorithm_version: is '0', these results have '1': judge the events of this run anew",
        ),
        (
            {"config_hash": "cd"},
            "config_hash: is 'cd', these results have 'ab': judge the events of this run anew",
        ),
        ({"event_index": "5"}, "event_index: r has no event 5"),
        ({"kind": "impact"}, "kind: is 'impact', event 4 of r has 'sleep_start'"),
        (
            {"night_date": "2024-03-06"},
            "night_date: is '2024-03-06', event 4 of r has '2024-03-05'",
        ),
        ({"start_time": ""}, "start_time: is '', event 4 of r has '2024-03-05T23:41:07.000+01:00'"),
        ({"peak_utc": ""}, "peak_utc: is '', event 4 of r has '2024-03-05T22:41:07.250Z'"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_label_that_contradicts_the_results_is_refused_by_its_column(write, cells, said):
    assert contradicted(write, **cells) == said


def test_a_time_in_utc_that_nobody_knows_is_empty_in_both(write):
    unknown = {("r", 4): {**EVENTS["r", 4], "start_utc": None, "peak_utc": None}}
    labels = read_labels([write({"start_utc": "", "peak_utc": ""})])
    refuse_other_results(labels, RECORDINGS, unknown)
