from __future__ import annotations

from pathlib import Path

from made_results import made_facts, made_nights
from report.html_tree import Element, parse

from detector import csvtext
from detector.columns import NIGHTS, RECORDINGS
from detector.csvtext import Row
from detector.reasons import sentence
from detector.report import cohort_page, write_cohort_page
from detector.report.render import script_name
from detector.tables import facts_row, night_row

FACTS = made_facts()
NIGHT_ROWS = [night_row(FACTS, night) for night in made_nights()]
FAILED: Row = {
    "recording_id": "b",
    "path": "wave1/b.cwa",
    "status": "failed",
    "reason": "unreadable",
    "message": "wave1/b.cwa: not one sample could be read (at byte 1024)",
}


def recording(status: str = "ok", **values) -> Row:
    return {**facts_row(FACTS), "status": status, "nights": 3, "nights_analysable": 2, **values}


def tree(nights=NIGHT_ROWS, recordings=None) -> Element:
    return parse(cohort_page(nights, recordings or [recording(), FAILED]))


def table(page: Element, name: str) -> Element:
    return next(s for s in page.all("section") if s.attributes.get("id") == name).one("table")


def column(page: Element, head: str) -> list[Element]:
    """The cells of one column of the table of nights."""
    rows = table(page, "nights").all("tr")
    place = [h.text for h in rows[0].all("th")].index(head)
    return [[c for c in row.children if isinstance(c, Element)][place] for row in rows[1:]]


def test_the_first_sentence_counts_recordings_and_nights():
    assert tree().one("p", "lead").text == "2 recordings, 1 failed. 3 nights, 2 with a count."


def test_what_failed_comes_first_with_its_message():
    rows = [
        recording("ok", recording_id="a"),
        {**FAILED, "recording_id": "s", "status": "skipped"},
        recording("ok_with_warnings", recording_id="w"),
        FAILED,
    ]
    listed = table(tree(recordings=rows), "recordings").all("tr")[1:]
    assert [r.one("span", "status").text for r in listed] == [
        "Failed",
        "Skipped",
        "With warnings",
        "Done",
    ]
    assert FAILED["message"] in listed[0].text
    assert not listed[0].all("a")


def test_every_night_leads_to_its_place_on_its_recordings_page():
    links = [a.attributes["href"] for a in table(tree(), "nights").all("a")]
    assert links == [f"recordings/subject_01/report.html#night-{i}" for i in range(3)]


def test_links_hold_for_any_name():
    facts = made_facts(recording_id="Ω #1?")
    page = tree([night_row(facts, made_nights()[0])], [facts_row(facts) | {"status": "ok"}])
    link = table(page, "recordings").one("a").attributes["href"]
    assert link == "recordings/%CE%A9%20%231%3F/report.html"


def test_an_unknown_count_is_an_empty_cell_with_its_reason():
    page = tree()
    assert [c.text for c in column(page, "Sleep starts near onset")] == ["3", "3", ""]
    assert column(page, "Why")[2].text == f"{sentence('no_sleep')} {sentence('fragment')}"


def test_what_is_only_worth_knowing_of_a_night_is_left_to_its_own_page():
    page = tree([{**NIGHT_ROWS[0], "reasons": "short_usable;coarse_step"}])
    assert column(page, "Why")[0].text == sentence("short_usable")


def test_participants_are_listed_where_they_say_more_than_the_recording():
    heads = [h.text for h in table(tree(), "nights").all("th")]
    assert "Participant" not in heads
    page = tree([{**NIGHT_ROWS[0], "participant_id": "Ω"}])
    assert column(page, "Participant")[0].text == "Ω"


def test_onsets_sort_by_the_night_and_not_by_the_clock():
    early = {**NIGHT_ROWS[0], "sleep_onset": "2024-03-05T23:40:00.000+01:00"}
    late = {**NIGHT_ROWS[0], "sleep_onset": "2024-03-06T00:20:00.000+01:00"}
    cells = column(tree([early, late]), "Onset")
    assert [c.text for c in cells] == ["23:40", "00:20"]
    keys = [int(c.attributes["data-key"]) for c in cells]
    assert keys == [1420, 1460]


def test_a_histogram_needs_some_nights_and_names_every_bar():
    counted = NIGHT_ROWS[0]
    assert not tree([counted] * 4).all("svg", "bars")
    bars = tree([counted] * 5 + [{**counted, "sleep_starts_onset": 0}]).one("svg", "bars")
    assert bars.attributes["aria-label"] == "1 night with 0; 5 nights with 3"


def test_many_counts_share_the_last_bar():
    rows = [{**NIGHT_ROWS[0], "sleep_starts_onset": n} for n in (1, 2, 3, 24, 30)]
    texts = [t.text for t in tree(rows).one("svg", "bars").all("text")]
    assert "24+" in texts
    assert "25" not in texts


def test_a_run_without_a_night_says_so():
    page = tree([], [FAILED])
    assert "No recording holds a night." in page.text
    assert page.one("p", "lead").text == "1 recording, 1 failed. 0 nights, none with a count."


def test_nothing_from_a_file_becomes_markup():
    hostile = "<script>alert(1)</script>"
    page = tree(recordings=[{**FAILED, "path": hostile, "message": hostile}])
    assert len(page.all("script")) == 1
    assert hostile in page.text


def test_the_page_written_from_the_tables_is_the_one_made_from_the_rows(tmp_path: Path):
    rows = [recording(), FAILED]
    (tmp_path / "nights.csv").write_bytes(csvtext.table(NIGHTS, NIGHT_ROWS))
    (tmp_path / "recordings.csv").write_bytes(csvtext.table(RECORDINGS, rows))
    write_cohort_page(tmp_path)
    assert (tmp_path / "report.html").read_text("utf-8") == cohort_page(NIGHT_ROWS, rows)


def test_nothing_is_asked_of_the_network():
    text = cohort_page(NIGHT_ROWS, [recording(), FAILED])
    assert "http:" not in text
    assert "https:" not in text
    assert [s.attributes["src"] for s in parse(text).all("script")] == [f"assets/{script_name()}"]
