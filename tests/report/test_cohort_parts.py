"""The page of a run: sentences, what needs so many nights, what is named and what is cut."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from made_results import made_facts, made_nights
from report.html_tree import Element, parse
from report.pages import cohort_html

from detector.reasons import sentence
from detector.report import cohort, cohort_page
from detector.tables.csvtext import Row
from detector.tables.rows import facts_row, night_row

FACTS = made_facts()
NIGHTS = [night_row(FACTS, night) for night in made_nights()]
COUNTED = NIGHTS[0]
PERSON: list[Row] = [{"participant_id": "subject_01", "site": "wrist"}]


def recording(status: str = "ok", **cells) -> Row:
    return {**facts_row(FACTS), "status": status, "nights": 3, "nights_analysable": 2, **cells}


def failed(name: str, status: str = "failed", **cells) -> Row:
    return {"recording_id": name, "path": f"{name}.cwa", "status": status, **cells}


def tree(nights=NIGHTS, recordings=None) -> Element:
    return parse(cohort_html(nights, recordings or [recording()]))


def lead(nights, recordings) -> str:
    return tree(nights, recordings).one("p", "lead").text


def rows(page: Element, name: str):
    (data,) = [s for s in page.all("script") if s.attributes.get("id") == "rows"]
    return json.loads(str(data.children[0]))[name]


def section(page: Element, name: str) -> Element | None:
    return next((s for s in page.all("section") if s.attributes.get("id") == name), None)


# ------------------------------------------------------------------ the first sentence


@pytest.mark.parametrize(
    ("recordings", "nights", "said"),
    [
        ([recording()], [COUNTED], "1 recording. 1 night, 1 with a count."),
        ([recording()] * 2, NIGHTS, "2 recordings. 3 nights, 2 with a count."),
        ([recording()], [NIGHTS[2]], "1 recording. 1 night, none with a count."),
        (
            [recording(), failed("b"), failed("c", "skipped"), failed("d", "skipped")],
            [COUNTED],
            "4 recordings, 1 failed, 2 skipped. 1 night, 1 with a count.",
        ),
        (
            [recording(), recording(anonymised=True)],
            [COUNTED],
            "2 recordings. 1 night, 1 with a count. Dates are moved by whole weeks.",
        ),
    ],
)
def test_the_first_sentence_adds_up_the_run(recordings, nights, said):
    assert lead(nights, recordings) == said


def test_large_numbers_have_their_thousands_apart():
    page = parse(cohort_page([COUNTED] * 1_100, [recording()] * 1_200, []))
    assert page.one("p", "lead").text == ("1,200 recordings. 1,100 nights, 1,100 with a count.")


# ------------------------------------------------------------------ failures


def test_a_failure_is_named_by_its_path_or_its_name_and_says_if_no_reason_is_known():
    told = section(
        tree(recordings=[recording(), failed("b", message="is empty"), failed("c", path=None)]),
        "failures",
    )
    assert [li.text for li in told.all("li")] == ["b.cwa : is empty", "c : no reason is known"]


def test_without_a_failure_there_is_no_section_of_failures():
    assert section(tree(), "failures") is None


@pytest.mark.parametrize(("n", "more"), [(8, ""), (9, "And 1 more")])
def test_the_first_eight_failures_are_named(n, more):
    told = section(tree([], [failed(f"b{i}") for i in range(n)]), "failures")
    assert len(told.all("li")) == 8
    assert ("And 1 more" in told.text) == bool(more)


@pytest.mark.parametrize(("n", "is_cut"), [(3, False), (4, True)])
@pytest.mark.parametrize("status", ["failed", "skipped"])
def test_of_too_many_failures_the_first_are_listed_and_the_page_says_so(
    monkeypatch, n, is_cut, status
):
    monkeypatch.setattr(cohort, "_MOST_FAILED", 3)
    page = tree(recordings=[recording(), *(failed(f"b{i}", status) for i in range(n))])
    assert rows(page, "recordings")["status"].count(status) == 3
    said = [p.text for p in page.all("p", "part")]
    assert any("the first 3 each are listed" in text for text in said) == is_cut


# ------------------------------------------------------------------ pictures


@pytest.mark.parametrize(("n", "shown"), [(4, False), (5, True)])
def test_from_five_counts_on_there_is_a_picture_of_them(n, shown):
    bare = {**COUNTED, "sleep_onset": None, "wake": None}
    assert bool(tree([bare] * n).all("svg", "bars")) == shown


@pytest.mark.parametrize(("n", "shown"), [(4, False), (5, True)])
def test_from_five_onsets_on_there_is_a_picture_of_them_counted_or_not(n, shown):
    night = {**NIGHTS[2], "sleep_onset": "2024-03-05T23:40:00.000+01:00"}
    assert bool(tree([night] * n).all("svg", "clock")) == shown


def test_nights_without_a_count_that_are_not_in_the_picture_are_told():
    def caption(*nights):
        return tree(list(nights)).all("figcaption")[0].text

    assert caption(*[COUNTED] * 5) == "Nights by their count of sleep starts near onset."
    assert "; 1 night has no count and is not in the picture." in caption(*[COUNTED] * 5, NIGHTS[2])
    assert "; 2 nights have no count and are not" in caption(*[COUNTED] * 5, *[NIGHTS[2]] * 2)


def test_a_map_needs_two_recordings_that_are_done_and_a_night():
    def mapped(nights, recordings):
        return bool(tree(nights, recordings).all("div", "map"))

    two = [recording(), recording("ok_with_warnings", recording_id="b")]
    assert mapped([COUNTED], two)
    assert not mapped([COUNTED], [recording(), failed("b")])
    assert not mapped([], two)


# ------------------------------------------------------------------ what limits nights


def test_what_limits_most_nights_stands_first():
    nights = [
        {**NIGHTS[2], "reasons": "no_sleep"},
        *[{**NIGHTS[2], "reasons": "too_short"}] * 2,
        *[{**COUNTED, "reasons": "short_usable"}] * 3,
        {**COUNTED, "reasons": "fragment;coarse_step"},
    ]
    table = section(tree(nights), "quality").one("tbody")
    told = [[td.text for td in tr.all("td")][:3] for tr in table.all("tr")]
    assert told == [
        [sentence("too_short"), "2", "0"],
        [sentence("no_sleep"), "1", "0"],
        [sentence("short_usable"), "0", "3"],
        [sentence("fragment"), "0", "1"],
    ]


def test_sentences_of_the_codes_that_nights_have_are_given_to_the_script():
    nights = [{**NIGHTS[2], "reasons": "no_sleep"}, {**COUNTED, "reasons": "coarse_step"}]
    assert rows(tree(nights), "reasons") == {"no_sleep": sentence("no_sleep")}


def test_a_column_is_there_only_if_it_says_something():
    def columns(page, name):
        heads = section(page, name).all("th")
        return {h.attributes.get("data-column") for h in heads}

    plain = tree([COUNTED])
    assert "why" not in columns(plain, "nights")
    assert "why" in columns(tree([{**COUNTED, "reasons": "short_usable"}]), "nights")
    mixed = [COUNTED, {**COUNTED, "reasons": "short_usable"}]
    assert "why" in columns(tree(mixed), "nights")
    assert "participant" not in columns(plain, "nights")
    named = [recording(), recording(recording_id="b", participant_id="P7")]
    assert "participant" in columns(tree([COUNTED], named), "nights")
    assert "site" not in columns(plain, "participants")
    assert "message" not in columns(plain, "recordings")
    warned = tree([COUNTED], [recording(message="2 gaps")])
    assert "message" in columns(warned, "recordings")
    some = tree([COUNTED], [recording(), recording(recording_id="b", message="2 gaps")])
    assert "message" in columns(some, "recordings")


# ------------------------------------------------------------------ lists


def test_nights_of_recordings_that_are_not_listed_are_counted_and_not_listed():
    page = parse(cohort_page([*NIGHTS, {**COUNTED, "recording_id": "b"}], [recording()], PERSON))
    assert rows(page, "nights")["recording"] == [0, 0, 0]
    assert page.one("p", "lead").text == "1 recording. 4 nights, 3 with a count."


@pytest.mark.parametrize(
    ("nights", "done", "every"), [(40, 1, 1), (41, 1, 2), (80, 1, 2), (81, 1, 3), (0, 41, 2)]
)
def test_every_nth_person_is_listed_as_nights_or_recordings_ask_for(
    monkeypatch, nights, done, every
):
    monkeypatch.setattr(cohort, "MOST_LISTED", 40)
    recordings = [
        recording(recording_id=f"r{i}", participant_id=f"p{i}", nights=nights if i == 0 else 0)
        for i in range(max(done, 7))
    ]
    page = parse(cohort_page([], recordings, [{**PERSON[0], **r} for r in recordings]))
    listed = rows(page, "participants")["participant_id"]
    assert listed == [f"p{i}" for i in range(0, len(recordings), every)]


def test_statuses_have_their_words_in_the_order_in_which_recordings_are_listed():
    page = tree()
    assert list(rows(page, "recordingStates").values()) == [
        *("Failed", "Skipped", "With warnings", "Done")
    ]
    assert set(rows(page, "states")) == {"ok", "limited", "not_analysable"}


@pytest.mark.parametrize(("n", "more"), [(500, ""), (501, " and 1 more in participants/")])
def test_of_those_with_several_sensors_the_first_five_hundred_are_linked(n, more):
    several = [(f"p{i}", f"participants/p{i}/report.html") for i in range(n)]
    told = section(parse(cohort_page([], [], [], several)), "several")
    assert Counter(a.tag for a in told.all("a")) == {"a": 500}
    assert told.text.endswith("p499 ." if not more else "1 more in participants/ .")
