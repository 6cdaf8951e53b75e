"""What is said of an agreement: lines for people, numbers for programs, rows of disagreements."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from detector.review.agreement import cohen_kappa
from detector.review.compare import FEWEST_NIGHTS, Agreement
from detector.review.comparison import as_dict, described, write_disagreements
from detector.review.eventlists import EventList, Listed
from detector.review.pairing import pair, within
from detector.tables.columns import DISAGREEMENTS

SECOND_NS = 1_000_000_000
EVENING_NS = 1_709_676_000 * SECOND_NS
"""2024-03-05T22:00:00Z."""


def events(name: str, *rows: tuple[int, float], recording: str = "r", labels=()) -> EventList:
    """A list of night and seconds since its evening; with labels, judgements."""
    listed = [
        Listed(
            i,
            recording,
            EVENING_NS + night * 86_400 * SECOND_NS + round(second * 1000) * 1_000_000,
            f"2024-03-{5 + night:02d}",
            "",
            labels[i - 2] if labels else "",
            is_event=not labels or labels[i - 2] == "keep",
        )
        for i, (night, second) in enumerate(rows, 2)
    ]
    rule = "those labelled keep" if labels else "all rows"
    return EventList(Path(name), tuple(listed), "onset_utc", rule, bool(labels), bool(recording))


def agreement(a: EventList, b: EventList, tolerance_s: float = 0.5) -> Agreement:
    return Agreement(pair(a, b, tolerance_s))


FOUR = events("a.csv", (0, 0), (0, 10), (0, 20), (1, 0))
THREE = events("b.csv", (0, 0.25), (0, 10.5), (0, 40))


def lines(found: Agreement) -> list[str]:
    return described(found)


def line(found: Agreement, begin: str) -> str:
    (one,) = [text for text in described(found) if text.startswith(begin)]
    return one


# ------------------------------------------------------------------ numbers


def test_counts_and_shares_are_those_of_events_in_both_and_in_one():
    """Two in both, two only in a, one only in b."""
    found = agreement(FOUR, THREE)
    assert found.counts == (2, 2, 1)
    assert found.sensitivity.value == 2 / 3
    assert found.ppv.value == 0.5
    assert found.f1.value == pytest.approx(4 / 7)
    assert found.median_lag_s == pytest.approx(-0.375)


def test_nights_have_their_counts_and_those_that_are_equal_are_counted():
    found = agreement(FOUR, THREE)
    assert [counts.tolist() for counts in found.night_counts] == [[3, 1], [3, 0]]
    equal, share = found.equal
    assert (equal, share.value) == (1, 0.5)
    assert found.bias == (0.5, None, None)
    assert found.limits is not None
    assert found.limits.sd == pytest.approx(0.5**0.5)


@pytest.mark.parametrize(("nights", "by_nights"), [(4, False), (5, True)])
def test_from_five_nights_on_intervals_come_from_resampling_nights(nights, by_nights):
    assert FEWEST_NIGHTS == 5
    some = [(n, 10.0 * k) for n in range(nights) for k in range(2 + n % 2)]
    found = agreement(events("a.csv", *some), events("b.csv", *some[1:]))
    assert found.by_nights is by_nights
    assert (found.bias.low is not None) == by_nights
    assert (found.ccc.low is not None) == by_nights
    expected = "resampled nights" if by_nights else "fewer than 5 nights"
    assert line(found, " " * 30) == f"{'':<30}   value   95 % interval ({expected})"
    assert as_dict(found)["intervals"] == ("resampled_nights" if by_nights else "few_nights")


def test_of_several_nights_shares_are_resampled_and_of_few_are_wilsons():
    some = [(n, 0.0) for n in range(6)]
    found = agreement(events("a.csv", *some), events("b.csv", *some))
    assert found.sensitivity == (1.0, 1.0, 1.0)  # every draw of nights is without a miss
    few = agreement(events("a.csv", *some[:4]), events("b.csv", *some[:4]))
    assert few.sensitivity.low == pytest.approx(0.5101, abs=1e-4)  # Wilson's of 4 in 4


# ------------------------------------------------------------------ lines for people


def test_both_lists_are_told_with_how_they_were_understood():
    assert lines(agreement(FOUR, THREE))[:4] == [
        "a  a.csv: events are all rows, their time is onset_utc",
        "b  b.csv: events are all rows, their time is onset_utc",
        "   1 recording, 2 nights; pairs are at most 0.5 s apart",
        "",
    ]
    one = agreement(events("a.csv", (0, 0)), events("b.csv", (0, 0)), 2)
    assert "   1 recording, 1 night; pairs are at most 2 s apart" in lines(one)


def test_measures_stand_in_one_column_with_their_intervals():
    found = agreement(FOUR, THREE)
    assert line(found, "events in both") == f"{'events in both':<30} {2:>7}"
    assert line(found, "only in a") == f"{'only in a':<30} {2:>7}"
    assert line(found, "only in b") == f"{'only in b':<30} {1:>7}"
    assert line(found, "sensitivity") == "sensitivity (b found in a)        0.67   0.21 to 0.94"
    assert line(found, "PPV") == "PPV (a found in b)                0.50   0.15 to 0.85"
    assert line(found, "median time") == "median time, a minus b, s       -0.375"
    assert line(found, "events a night") == "events a night, a minus b        +0.50"
    assert line(found, "  limits of agreement") == (
        f"{'  limits of agreement':<30} {'':>7}   -0.89 to +1.89"
    )
    assert line(found, "  equal in 1 of 2") == (
        "  equal in 1 of 2                 0.50   0.09 to 0.91"
    )


def test_what_does_not_exist_is_unknown_or_left_out():
    found = agreement(events("a.csv", recording=""), events("b.csv", recording=""))
    assert line(found, "sensitivity") == "sensitivity (b found in a)     unknown"
    assert line(found, "  concordance").endswith("unknown")
    assert not [text for text in lines(found) if text.startswith(("median", "  limits"))]


def test_without_labels_kappa_is_unknown_and_says_why():
    assert line(agreement(FOUR, THREE), "kappa") == (
        f"{'kappa':<30} {'':>7}   unknown: only where both lists are labels do both say what was "
        "no event"
    )


def test_kappa_is_told_with_the_number_of_candidates():
    """Both keep one, both reject one: all agree."""
    rows = [(0, 0), (0, 10)]
    found = agreement(
        events("a.csv", *rows, labels=["keep", "reject"]),
        events("b.csv", *rows, labels=["keep", "reject"]),
    )
    assert line(found, "kappa") == "kappa of 2 candidates             1.00   1.00 to 1.00"
    assert found.table.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]


def several(name: str, recordings: str) -> EventList:
    rows = [row for each in recordings for row in events(name, (0, 0), recording=each).rows]
    return EventList(Path(name), tuple(rows), "t", "all rows", judged=False, names_recordings=True)


@pytest.mark.parametrize(
    ("names", "told"),
    [("xa", "a"), ("xab", "a, b"), ("xabc", "a, b, c"), ("xabcde", "a, b, c and 2 more")],
)
def test_recordings_that_are_left_out_are_named_up_to_three(names, told):
    found = agreement(several("a.csv", names), several("b.csv", "x"))
    assert f"   left out, only a names them: {told}" in lines(found)
    found = agreement(several("a.csv", "x"), several("b.csv", names))
    assert f"   left out, only b names them: {told}" in lines(found)


@pytest.mark.parametrize(("left", "word"), [(1, "1 night"), (2, "2 nights")])
def test_nights_without_a_count_that_are_left_out_are_told(left, word):
    a = events("a.csv", *((n, 0.0) for n in range(3)))
    nights = {("r", f"2024-03-{5 + n:02d}"): n >= left for n in range(3)}
    found = Agreement(within(pair(a, a, 0.5), nights))
    assert f"   left out, without a count: {word}" in lines(found)
    assert as_dict(found)["nights_left_out"] == left


@pytest.mark.parametrize(("extra", "word"), [(1, "1 event"), (2, "2 events")])
def test_events_that_labels_do_not_judge_are_told(extra, word):
    labels = events("b.csv", (0, 0), labels=["keep"])
    a = events("a.csv", (0, 0), *((0, 10.0 * k) for k in range(1, extra + 1)))
    found = agreement(a, labels)
    assert f"   left out, b does not judge them: {word} of a" in lines(found)
    assert as_dict(found)["a"]["not_judged_by_the_other"] == extra


# ------------------------------------------------------------------ for programs


def test_numbers_for_programs_have_four_decimals_and_null_for_unknown():
    told = as_dict(agreement(FOUR, THREE))
    assert json.loads(json.dumps(told)) == told
    assert (told["both"], told["only_a"], told["only_b"]) == (2, 2, 1)
    assert told["sensitivity"] == {"value": 0.6667, "low": 0.2077, "high": 0.9385}
    assert told["kappa"] is told["labels"] is told["label_table"] is None
    nights = told["nights"]
    assert (nights["n"], nights["equal"]) == (2, 1)
    assert nights["bias"] == {"value": 0.5, "low": None, "high": None}
    assert nights["limits_of_agreement"] == {"low": -0.8859, "high": 1.8859}
    assert nights["counts"] == [
        {"recording_id": "r", "night_date": "2024-03-05", "a": 3, "b": 3},
        {"recording_id": "r", "night_date": "2024-03-06", "a": 1, "b": 0},
    ]


def test_both_lists_stand_in_it_as_they_were_understood():
    told = as_dict(agreement(several("a.csv", "xy"), several("b.csv", "x"), 0.25))
    assert told["a"] == {
        "path": "a.csv",
        "time_column": "t",
        "events_are": "all rows",
        "recordings_left_out": ["y"],
        "not_judged_by_the_other": 0,
    }
    assert (told["b"]["recordings_left_out"], told["tolerance_s"]) == ([], 0.25)
    assert told["recordings"] == 1


def test_a_recording_without_a_name_and_limits_of_one_night_are_null():
    one = events("a.csv", (0, 0), recording="")
    told = as_dict(agreement(one, one))["nights"]
    assert told["counts"][0]["recording_id"] is None
    assert told["limits_of_agreement"] is None


def test_labels_have_their_table_in_the_order_of_their_words():
    rows = [(0, 0), (0, 10), (0, 20)]
    told = as_dict(
        agreement(
            events("a.csv", *rows, labels=["keep", "keep", "unsure"]),
            events("b.csv", *rows, labels=["keep", "reject", "reject"]),
        )
    )
    assert told["labels"] == ["keep", "reject", "unsure"]
    assert (told["both"], told["only_a"], told["only_b"]) == (1, 1, 0)  # the last is no event
    assert told["label_table"] == [[1, 1, 0], [0, 0, 0], [0, 1, 0]]
    assert told["kappa"]["value"] == pytest.approx((1 / 3 - 2 / 9) / (1 - 2 / 9), abs=1e-4)


# ------------------------------------------------------------------ disagreements


def test_every_disagreement_is_a_row_with_the_rows_of_both_lists(tmp_path):
    write_disagreements(pair(FOUR, THREE, 0.5), tmp_path / "d.csv")
    with (tmp_path / "d.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [c.name for c in DISAGREEMENTS]
    assert [
        tuple(row[name] for name in ("night_date", "sort", "time_a_utc", "row_a", "row_b"))
        for row in rows
    ] == [
        ("2024-03-05", "only_a", "2024-03-05T22:00:20.000Z", "4", ""),
        ("2024-03-05", "only_b", "", "", "4"),
        ("2024-03-06", "only_a", "2024-03-06T22:00:00.000Z", "5", ""),
    ]
    assert {(row["label_a"], row["label_b"], row["recording_id"]) for row in rows} == {
        ("", "", "r")
    }


def test_a_time_is_written_to_the_millisecond(tmp_path):
    a = events("a.csv", (0, 1.234), recording="")
    write_disagreements(pair(a, events("b.csv", recording=""), 0.5), tmp_path / "d.csv")
    text = (tmp_path / "d.csv").read_text(encoding="utf-8")
    assert text.endswith("\n,2024-03-05,only_a,2024-03-05T22:00:01.234Z,,2,,,\n")


def test_lists_that_agree_have_a_table_without_rows(tmp_path):
    write_disagreements(pair(FOUR, FOUR, 0.5), tmp_path / "d.csv")
    assert (tmp_path / "d.csv").read_text(encoding="utf-8").count("\n") == 1


def test_kappa_of_several_nights_has_an_interval_from_resampled_nights():
    """Both agree but in the last night: draws without it give one, draws of it alone nothing."""
    rows = [(n, 10.0 * k) for n in range(6) for k in range(2)]
    words = ["keep", "reject"] * 6
    other = [*words[:-1], "keep"]
    found = agreement(events("a.csv", *rows, labels=words), events("b.csv", *rows, labels=other))
    assert found.kappa.value == pytest.approx((11 / 12 - 1 / 2) / (1 / 2))
    assert found.kappa.high == 1.0
    assert found.kappa.low is not None
    assert found.kappa.low < found.kappa.value
    assert found.kappa != cohen_kappa(found.table)


def test_kappa_of_few_nights_has_the_interval_of_single_candidates():
    rows = [(0, 10.0 * k) for k in range(6)]
    words = ["keep", "reject"] * 3
    found = agreement(
        events("a.csv", *rows, labels=words),
        events("b.csv", *rows, labels=[*words[:-1], "keep"]),
    )
    assert found.kappa == cohen_kappa(found.table)
    assert found.kappa.low is not None


def test_kappa_that_chance_alone_explains_is_unknown_however_many_nights():
    rows = [(n, 0.0) for n in range(6)]
    kept = events("a.csv", *rows, labels=["keep"] * 6)
    assert agreement(kept, kept).kappa == (None, None, None)


def test_few_nights_have_a_concordance_and_limits_without_an_interval():
    """Counts of 1, 2, 3, 5 and 1, 1, 3, 2: differences of 0, 1, 0 and 3."""
    a = [(n, 10.0 * k) for n, count in enumerate((1, 2, 3, 5)) for k in range(count)]
    b = [(n, 10.0 * k) for n, count in enumerate((1, 1, 3, 2)) for k in range(count)]
    told = as_dict(agreement(events("a.csv", *a), events("b.csv", *b)))["nights"]
    assert told["ccc"]["low"] is None
    assert told["bias"] == {"value": 1.0, "low": None, "high": None}
    # a standard deviation of the square root of two
    assert told["limits_of_agreement"] == {"low": -1.7718, "high": 3.7718}
