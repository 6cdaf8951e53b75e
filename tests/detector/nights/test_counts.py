"""The counts of a night: which events enter which of them, and when there is none."""

from __future__ import annotations

import numpy as np
import pytest
from made_pictures import DAY, picture, sleep
from scans import at, event, events

from detector.nights import figures
from detector.nights.night import OTHER_KINDS, Events

MS_NS = 1_000_000
OF_SLEEP = ("sleep_starts_reonset", "sleep_starts_sleep", "n_clusters")
OF_ONSET = ("sleep_starts_onset", "sleep_starts_onset_early15", "sleep_starts_onset_late15")


def found(*peaks: str | int, **columns: object) -> Events:
    """Sleep starts at some times, all in usable sleep and in no cluster but for what is given."""
    usual = {"kind": "sleep_start", "context": "sleep", "counted": True, "cluster": -1}
    filled = {k: np.broadcast_to(v, len(peaks)).copy() for k, v in (usual | columns).items()}
    return Events(candidates=events(*map(event, peaks)), **filled)


def counts(night: figures.Picture, rows: Events, countable: object = (True,)) -> dict:
    return figures.counts(night, rows, np.broadcast_to(countable, len(rows)).copy())


BORDERS = [
    (at("23:00") - MS_NS, 0),
    (at("23:00"), 1),
    (at("07:00") - MS_NS, 1),
    (at("07:00"), 0),
]


@pytest.mark.parametrize(("peak_ns", "number"), BORDERS)
def test_what_is_of_sleep_peaks_from_onset_on_and_before_waking(peak_ns, number):
    told = counts(picture(DAY, sleep()), found(peak_ns, kind="impact"))
    assert (told["n_impact"], told["sleep_starts_sleep"]) == (number, number)
    unusable = found(peak_ns, kind="impact", context="unusable")
    told = counts(picture(DAY, sleep()), unusable)
    assert (told["n_impact"], told["sleep_starts_sleep"]) == (0, 0)


def test_every_other_kind_has_its_own_number():
    clocks = [f"0{k // 6 + 1}:{k % 6}0" for k in range(1 + len(OTHER_KINDS))]
    told = counts(picture(DAY, sleep()), found(*clocks, kind=[*OTHER_KINDS, OTHER_KINDS[1]]))
    assert [told[f"n_{kind}"] for kind in OTHER_KINDS] == [1, 2] + [1] * (len(OTHER_KINDS) - 2)


def test_only_what_is_countable_is_a_sleep_start_of_the_night():
    contexts = [*["sleep"] * 3, "reonset", ""]
    rows = found("22:50", "23:20", "03:00", "03:10", "08:00", context=contexts)
    told = counts(picture(DAY, sleep()), rows)
    assert [told[f"sleep_starts_{n}"] for n in ("sleep", "reonset", "night")] == [3, 1, 4]
    told = counts(picture(DAY, sleep()), rows, [False, True, True, False, True])
    assert [told[f"sleep_starts_{n}"] for n in ("sleep", "reonset", "night")] == [2, 0, 2]
    assert told["sleep_starts_onset"] == 5  # of which it is said which count


@pytest.mark.parametrize(
    ("peak_ns", "number"),
    [
        (at("22:30") - MS_NS, 0),
        (at("22:30"), 1),
        (at("23:15") - MS_NS, 1),
        (at("23:15"), 0),
    ],
)
def test_the_night_is_the_window_and_sleep(peak_ns, number):
    short = picture(DAY, sleep("23:00", "23:10"))
    assert counts(short, found(peak_ns))["sleep_starts_night"] == number
    assert counts(short, found(peak_ns, cluster=0))["n_clusters"] == number


def test_clusters_are_counted_once_each_and_those_without_one_never():
    rows = found("20:00", "01:00", "01:01", "02:00", "03:00", cluster=[0, 1, 1, 2, -1])
    assert counts(picture(DAY, sleep()), rows)["n_clusters"] == 2
    assert counts(picture(DAY, sleep()), found("01:00"))["n_clusters"] == 0


def test_a_window_that_carries_no_count_leaves_those_of_sleep():
    night = picture(DAY, sleep(), off=("22:30", "22:45"))
    told = counts(night, found("23:05", "03:00", cluster=0))
    assert [told[name] for name in (*OF_ONSET, "sleep_starts_night")] == [None] * 4
    assert [told[name] for name in OF_SLEEP] == [0, 2, 1]
    assert told["n_impact"] == 0


@pytest.mark.parametrize(
    "night",
    [picture(DAY), picture(DAY, sleep(), off=("23:00", "07:00"))],
    ids=["no sleep", "none of it usable"],
)
def test_without_usable_sleep_there_is_no_count_at_all(night):
    assert set(counts(night, found("01:00")).values()) == {None}
    assert {*OF_SLEEP, *OF_ONSET, "n_impact"} <= set(counts(night, found("01:00")))


def test_a_moved_window_that_was_not_worn_has_no_count_though_the_headline_has():
    night = picture(DAY, sleep(), off=("22:15", "22:39"))  # a fifth of the window, half of another
    told = counts(night, found("23:05"))
    assert [told[name] for name in OF_ONSET] == [1, None, 1]
