"""Two lists held against each other."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta

import pytest
from made_labels import made_labels, made_run

from detector.parameter import SettingsError
from detector.review.compare import Agreement
from detector.review.comparison import as_dict, described, write_disagreements
from detector.review.eventlists import read_list
from detector.review.pairing import pair, within
from detector.tables.columns import DISAGREEMENTS

EVENING = datetime(2024, 3, 5, 22, tzinfo=UTC)


@pytest.fixture
def write(tmp_path):
    """Write a list of events, given as night and seconds since its evening."""

    def written(name, events, recording_id=None):
        path = tmp_path / name
        heads = ["recording_id"] * (recording_id is not None) + ["onset_utc"]
        lines = [",".join(heads)]
        for night, second in events:
            time = EVENING + timedelta(days=night, seconds=second)
            lines.append(",".join([recording_id] * (recording_id is not None) + [time.isoformat()]))
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_list(path)

    return written


def test_events_are_paired_one_to_one_within_the_tolerance(write):
    a = write("a.csv", [(0, 0), (0, 10), (0, 20.3), (0, 20.6)])
    b = write("b.csv", [(0, 0.5), (0, 10.6), (0, 20.5)])
    agreement = Agreement(pair(a, b, 0.5))
    assert agreement.counts == (2, 2, 1)
    assert agreement.sensitivity.value == 2 / 3
    assert agreement.ppv.value == 0.5
    assert agreement.f1.value == pytest.approx(4 / 7)
    assert agreement.median_lag_s == pytest.approx((-0.5 + 0.1) / 2)
    assert not agreement.by_nights


def test_swapped_lists_swap_sensitivity_and_ppv_and_turn_the_bias_round(write):
    a = write("a.csv", [(n, 60 * k) for n in range(6) for k in range(n)])
    b = write("b.csv", [(n, 60 * k) for n in range(6) for k in range(0, 6, 2)])
    one, other = Agreement(pair(a, b, 0.5)), Agreement(pair(b, a, 0.5))
    assert one.by_nights
    assert one.sensitivity == other.ppv
    assert one.ppv == other.sensitivity
    assert one.f1 == other.f1
    assert one.bias.value == -other.bias.value
    assert one.equal == other.equal
    assert one.ccc == other.ccc


def test_a_list_agrees_with_itself_in_all(write):
    a = write("a.csv", [(n, 60 * k) for n in range(6) for k in range(n + 1)])
    agreement = Agreement(pair(a, a, 0))
    for share in (agreement.sensitivity, agreement.ppv, agreement.f1, agreement.ccc):
        assert share == pytest.approx((1, 1, 1))
    assert agreement.limits == (0, 0, 0, 0)
    assert agreement.equal[0] == 6


def test_events_before_and_after_midnight_are_of_one_night(write):
    a = write("a.csv", [(0, 0), (0, 4 * 3600), (1, 0)])
    assert [date for _, date in pair(a, a, 0.5).nights] == ["2024-03-05", "2024-03-06"]


def test_the_night_of_a_foreign_event_is_that_of_the_results_beside_it(write, tmp_path):
    own = tmp_path / "events.csv"
    own.write_text(
        "night_date,peak_utc,counted\n2024-03-05,2024-03-06T12:30:00Z,true\n", encoding="utf-8"
    )
    foreign = write("b.csv", [(0, 52_210)])  # half past twelve, of the next night by its own
    paired = pair(read_list(own), foreign, 0.5)
    assert paired.nights == (("", "2024-03-05"),)


def test_nights_without_a_counted_event_are_nights_too(tmp_path, write):
    own = tmp_path / "events.csv"
    own.write_text(
        "recording_id,night_date,peak_utc,counted\n"
        "r,2024-03-05,2024-03-05T22:00:00Z,true\nr,2024-03-06,2024-03-06T23:00:00Z,false\n",
        encoding="utf-8",
    )
    agreement = Agreement(pair(read_list(own), write("b.csv", [(0, 0)], "r"), 0.5))
    assert [each.tolist() for each in agreement.night_counts] == [[1, 0], [1, 0]]


def test_a_table_of_nights_tells_empty_nights_from_those_without_a_count(write):
    a = write("a.csv", [(0, 0), (1, 0)], "r")
    b = write("b.csv", [(0, 0), (2, 0)], "r")
    nights = {("r", f"2024-03-0{day}"): counted for day, counted in ((5, True), (7, False))}
    nights |= {("r", "2024-03-08"): True, ("other", "2024-03-05"): True}
    agreement = Agreement(within(pair(a, b, 0.5), nights))
    assert agreement.paired.nights == (("r", "2024-03-05"), ("r", "2024-03-08"))
    assert agreement.counts == (1, 0, 0)
    assert agreement.equal[0] == 2
    assert agreement.paired.nights_left_out == 2
    with pytest.raises(SettingsError, match="--nights has no night of the recordings"):
        within(pair(a, b, 0.5), {("other", "2024-03-05"): True})


# ------------------------------------------------------------------ recordings


def test_recordings_that_only_one_list_names_are_left_out_and_told(write, tmp_path):
    a, b = write("a.csv", [(0, 0)], "one"), write("b.csv", [(0, 0)], "one")
    with (tmp_path / "a.csv").open("a", encoding="utf-8") as file:
        file.write("two,2024-03-05T22:00:00Z\n")
    agreement = Agreement(pair(read_list(tmp_path / "a.csv"), b, 0.5))
    assert agreement.counts == (1, 0, 0)
    assert any("left out, only a names them: two" in line for line in described(agreement))
    assert Agreement(pair(a, b, 0.5)).counts == (1, 0, 0)


def test_the_same_time_in_another_recording_is_another_event(write, tmp_path):
    (tmp_path / "a.csv").write_text(
        "recording_id,t_utc\none,2024-03-05T22:00:00Z\ntwo,2024-03-05T23:00:00Z\n"
    )
    (tmp_path / "b.csv").write_text(
        "recording_id,t_utc\none,2024-03-05T23:00:00Z\ntwo,2024-03-05T22:00:00Z\n"
    )
    lists = [read_list(tmp_path / name) for name in ("a.csv", "b.csv")]
    assert Agreement(pair(*lists, 0.5)).counts == (0, 2, 2)


def test_a_list_without_recordings_is_of_the_only_one_of_the_other(write, tmp_path):
    a, b = write("a.csv", [(0, 0)], "one"), write("b.csv", [(0, 0)])
    assert pair(a, b, 0.5).nights == (("one", "2024-03-05"),)
    with (tmp_path / "a.csv").open("a", encoding="utf-8") as file:
        file.write("two,2024-03-05T22:00:00Z\n")
    with pytest.raises(SettingsError, match="2 recordings: which of them is it of"):
        pair(read_list(tmp_path / "a.csv"), b, 0.5)
    with pytest.raises(SettingsError, match="no recording is in both"):
        pair(a, write("c.csv", [(0, 0)], "three"), 0.5)


# ------------------------------------------------------------------ labels


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return made_run(tmp_path_factory.mktemp("run") / "out")


@pytest.fixture
def reviewers(run, tmp_path):
    """Two people who judged five candidates both, and one of them one more."""
    ann = made_labels(run, tmp_path / "ann.csv", ["keep", "keep", "reject", "unsure", "keep", ""])
    words = ["keep", "reject", "reject", "keep", "keep", "keep"]
    bea = made_labels(run, tmp_path / "bea.csv", words, reviewer="bea")
    return read_list(ann), read_list(bea)


def test_two_reviewers_are_compared_on_what_both_judged(reviewers):
    agreement = Agreement(pair(*reviewers, 0.5))
    assert agreement.table.tolist() == [[2, 1, 0], [0, 1, 0], [1, 0, 0]]
    assert agreement.counts == (2, 1, 1)
    observed, chance = 3 / 5, (3 * 3 + 1 * 2 + 1 * 0) / 25
    assert agreement.kappa.value == pytest.approx((observed - chance) / (1 - chance))
    assert agreement.paired.unseen_b == 1
    assert any("a does not judge them: 1 event of b" in line for line in described(agreement))


def test_kappa_is_unknown_where_a_list_does_not_say_what_is_no_event(run, reviewers):
    agreement = Agreement(pair(read_list(run / "events.csv"), reviewers[1], 0.5))
    assert as_dict(agreement)["kappa"] is None
    assert agreement.counts == (4, 2, 0)


def test_labels_say_nothing_of_events_and_nights_that_they_do_not_judge(run, tmp_path):
    words = ["keep", "reject"]
    labels = read_list(made_labels(run, tmp_path / "labels.csv", words))
    events = read_list(run / "events.csv")
    agreement = Agreement(pair(events, labels, 0.5))
    assert agreement.counts == (1, 1, 0)
    assert [date for _, date in agreement.paired.nights] == ["2024-03-05"]
    assert agreement.paired.unseen_a == 4
    other = Agreement(pair(labels, events, 0.5))
    assert other.counts == (1, 0, 1)
    assert other.paired.unseen_b == 4


def test_a_pair_across_noon_is_of_the_night_of_its_first_event(tmp_path, write):
    (tmp_path / "labels.csv").write_text(
        "night_date,peak_utc,label\n2024-03-05,2024-03-06T11:59:59.9Z,keep\n"
        "2024-03-06,2024-03-06T12:00:02Z,keep\n"
    )
    foreign = write("b.csv", [(0, 50_400.2), (0, 50_402.1)])
    for lists in ((read_list(tmp_path / "labels.csv"), foreign), (foreign, foreign)):
        assert Agreement(pair(*lists, 0.5)).counts == (2, 0, 0)
        assert Agreement(pair(*lists[::-1], 0.5)).counts == (2, 0, 0)


def test_what_a_reviewer_rejects_and_no_other_list_has_is_no_disagreement(write, tmp_path):
    (tmp_path / "labels.csv").write_text(
        "peak_utc,label\n2024-03-05T22:00:00Z,reject\n2024-03-05T22:01:00Z,keep\n"
    )
    paired = pair(read_list(tmp_path / "labels.csv"), write("b.csv", [(0, 60)]), 0.5)
    write_disagreements(paired, tmp_path / "d.csv")
    assert len((tmp_path / "d.csv").read_text(encoding="utf-8").splitlines()) == 1
    assert Agreement(paired).counts == (1, 0, 0)


# ------------------------------------------------------------------ what is written


def test_disagreements_are_listed_with_the_rows_of_both_lists(reviewers, tmp_path):
    write_disagreements(pair(*reviewers, 0.5), tmp_path / "d.csv")
    rows = list(csv.DictReader((tmp_path / "d.csv").read_text(encoding="utf-8").splitlines()))
    assert list(rows[0]) == [c.name for c in DISAGREEMENTS]
    assert [(r["row_a"], r["label_a"], r["label_b"]) for r in rows] == [
        ("3", "keep", "reject"),
        ("5", "unsure", "keep"),
    ]
    assert {row["sort"] for row in rows} == {"labels"}


def test_events_in_one_list_only_are_listed_in_the_order_of_time(write, tmp_path):
    a, b = write("a.csv", [(0, 9), (0, 30)]), write("b.csv", [(0, 20), (0, 30)])
    write_disagreements(pair(a, b, 0.5), tmp_path / "d.csv")
    rows = list(csv.DictReader((tmp_path / "d.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["sort"], row["time_a_utc"], row["time_b_utc"]) for row in rows] == [
        ("only_a", "2024-03-05T22:00:09.000Z", ""),
        ("only_b", "", "2024-03-05T22:00:20.000Z"),
    ]


def test_the_same_lists_give_the_same_numbers_and_json_has_them_all(write):
    a = write("a.csv", [(n, 60 * k) for n in range(8) for k in range(n)])
    b = write("b.csv", [(n, 60 * k) for n in range(8) for k in range(4)])
    one, other = (as_dict(Agreement(pair(a, b, 0.5))) for _ in range(2))
    assert json.dumps(one) == json.dumps(other)
    assert one["intervals"] == "resampled_nights"
    assert one["sensitivity"]["low"] <= one["sensitivity"]["value"] <= one["sensitivity"]["high"]
    assert [night["a"] for night in one["nights"]["counts"]] == [0, 1, 2, 3, 4, 5, 6, 7]


def test_empty_lists_have_nothing_to_agree_on(write):
    agreement = Agreement(pair(write("a.csv", []), write("b.csv", []), 0.5))
    assert as_dict(agreement)["f1"]["value"] is None
    assert any(line.startswith("F1") and line.endswith("unknown") for line in described(agreement))
