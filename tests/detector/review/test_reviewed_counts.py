"""What one reviewer's labels make of a night, number by number."""

from __future__ import annotations

from pathlib import Path

import pytest

from detector.review.applied import Reviewed, _counts, _summary
from detector.review.labels import Label


def label(word: str, when: str | None = "2024-04-01T09:00:00.000Z") -> Label:
    cells = {"recording_id": "r", "reviewer": "ann", "label": word}
    return Label(Path("labels.csv"), 2, cells, 0, when)


def counted(word: str | None, **more):
    """A counted event and its label, if it has one."""
    return {"counted": True, "context": "onset"}, None if word is None else label(word, **more)


def beside(word: str | None, context: str = "onset"):
    """An event that the rules had not counted."""
    return {"counted": False, "context": context}, None if word is None else label(word)


def night(*judged, count: int | None = 3):
    return _counts({"sleep_starts_onset": count}, judged)


@pytest.mark.parametrize(
    ("words", "reviewed"),
    [
        (["keep", "keep", "keep"], 3),
        (["keep", "reject", "keep"], 2),
        (["reject", "reject", "reject"], 0),
        (["keep", "unsure", "keep"], 2),  # unsure is a judgement
        (["keep", None, "keep"], None),  # not judged to the end is unknown
        ([None, None, None], None),
        ([], 0),  # a night without candidates needs no label
    ],
)
def test_the_reviewed_count_is_what_was_kept_once_all_was_judged(words, reviewed):
    assert night(*map(counted, words))["sleep_starts_onset_reviewed"] == reviewed


def test_a_night_without_a_count_has_no_reviewed_one_either():
    found = night(beside("keep"), count=None)
    assert found["sleep_starts_onset_reviewed"] is None
    assert found["n_added"] == 1


def test_judgements_of_candidates_are_counted_by_word():
    words = ["keep", "keep", "reject", "unsure", None]
    found = night(*map(counted, words), beside("reject"), beside("keep", "sleep"))
    names = ("n_candidates", "n_judged", "n_kept", "n_rejected", "n_unsure", "n_added")
    assert [found[name] for name in names] == [5, 4, 2, 1, 1, 0]


@pytest.mark.parametrize(
    ("word", "context", "added"),
    [
        ("keep", "onset", 1),
        ("keep", "sleep", 0),
        ("keep", "reonset", 0),
        ("reject", "onset", 0),
        ("unsure", "onset", 0),
        (None, "onset", 0),
    ],
)
def test_only_what_is_kept_in_the_onset_window_is_added(word, context, added):
    found = night(counted("keep"), beside(word, context))
    assert (found["n_added"], found["sleep_starts_onset_reviewed"]) == (added, 1 + added)


def test_the_first_and_the_last_judgement_are_told_those_of_other_events_too():
    first, last = "2024-04-01T08:59:59.999Z", "2024-04-02T00:00:00.000Z"
    found = night(counted("keep"), counted("keep", when=last), counted("keep", when=None))
    assert found["last_reviewed_utc"] == last
    event, _ = beside(None)
    found = night(counted("keep"), (event, label("reject", first)))
    assert (found["first_reviewed_utc"], found["last_reviewed_utc"]) == (
        first,
        "2024-04-01T09:00:00.000Z",
    )
    silent = night(counted("keep", when=None))
    assert silent["first_reviewed_utc"] is silent["last_reviewed_utc"] is None


def test_all_nights_of_a_reviewer_are_summed_up_and_no_other_reviewers():
    def row(reviewer, count, reviewed, **counts):
        names = ("n_candidates", "n_judged", "n_kept", "n_rejected", "n_unsure", "n_added")
        return {
            "reviewer": reviewer,
            "sleep_starts_onset": count,
            "sleep_starts_onset_reviewed": reviewed,
            **dict.fromkeys(names, 0),
            **counts,
        }

    rows = [
        row("ann", 3, 3, n_candidates=3, n_judged=3, n_kept=2, n_rejected=1, n_added=1),
        row("ann", 2, None, n_candidates=2, n_judged=1, n_unsure=1),
        row("ann", None, None),
        row("bea", 9, 9, n_candidates=9, n_judged=9),
    ]
    assert _summary("ann", 7, rows) == Reviewed(
        "ann",
        nights=2,
        complete=1,
        candidates=5,
        judged=4,
        kept=2,
        rejected=1,
        unsure=1,
        others=3,
        added=1,
    )
