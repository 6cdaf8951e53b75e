from __future__ import annotations

import json
import tracemalloc
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from made_results import made_facts, made_nights
from made_run import MadeRun
from report.html_tree import Element, parse
from report.pages import cohort_html

from detector.reasons import sentence
from detector.report import cohort, distributions, write_cohort_page
from detector.report.render import script_name
from detector.statistics.by_participant import write_by_participant
from detector.tables import csvtext
from detector.tables.columns import NIGHTS, RECORDINGS
from detector.tables.csvtext import Row
from detector.tables.rows import facts_row, night_row

FACTS = made_facts()
NIGHT_ROWS = [night_row(FACTS, night) for night in made_nights()]
FAILED: Row = {
    "recording_id": "b",
    "path": "wave1/b.cwa",
    "status": "failed",
    "reason": "unreadable",
    "message": "not one sample could be read (at byte 1024)",
}
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


def recording(status: str = "ok", **values) -> Row:
    return {**facts_row(FACTS), "status": status, "nights": 3, "nights_analysable": 2, **values}


def tree(nights=NIGHT_ROWS, recordings=None) -> Element:
    return parse(cohort_html(nights, recordings or [recording(), FAILED]))


def rows(page: Element, name: str) -> dict[str, list]:
    """A list's columns of values, as the page's script finds them."""
    (data,) = [s for s in page.all("script") if s.attributes.get("id") == "rows"]
    found: dict[str, list] = json.loads(str(data.children[0]))[name]
    assert len({len(values) for values in found.values()}) == 1
    return found


def section(page: Element, name: str) -> Element:
    return next(s for s in page.all("section") if s.attributes.get("id") == name)


def columns(page: Element, name: str) -> list[str]:
    return [
        h.attributes["data-column"]
        for h in section(page, name).all("th")
        if "data-column" in h.attributes
    ]


def test_the_first_sentence_counts_recordings_and_nights():
    assert tree().one("p", "lead").text == "2 recordings, 1 failed. 3 nights, 2 with a count."


def test_what_failed_is_told_before_everything_else():
    page = tree()
    assert page.all("section")[0] is section(page, "failures")
    (told,) = section(page, "failures").all("li")
    assert told.text == f"wave1/b.cwa : {FAILED['message']}"


def test_of_many_failures_the_first_are_told_and_the_others_counted():
    page = tree(recordings=[recording(), *[{**FAILED, "path": f"{i}.cwa"} for i in range(20)]])
    shown = section(page, "failures")
    assert shown.one("h2").text == "20 recordings failed"
    assert len(shown.all("li")) == 8
    assert "And 12 more" in shown.text
    assert rows(page, "recordings")["status"].count("failed") == 20


def test_recordings_are_listed_with_failures_first():
    listed = [
        recording("ok", recording_id="a"),
        {**FAILED, "recording_id": "s", "status": "skipped"},
        recording("ok_with_warnings", recording_id="w"),
        FAILED,
    ]
    found = rows(tree([], listed), "recordings")
    assert found["status"] == ["failed", "skipped", "ok_with_warnings", "ok"]
    assert found["message"][0] == FAILED["message"]


def test_every_night_names_its_recording():
    page = tree()
    places = rows(page, "nights")["recording"]
    ids = [rows(page, "recordings")["recording_id"][place] for place in places]
    assert ids == ["subject_01"] * 3
    assert rows(page, "nights")["night_index"] == [0, 1, 2]


def test_an_unknown_count_is_null_with_its_reason():
    found = rows(tree(), "nights")
    assert found["sleep_starts_onset"] == [3, 3, None]
    assert found["reasons"][2] == "no_sleep fragment"


def test_what_is_only_worth_knowing_of_a_night_is_left_to_its_own_page():
    page = tree([{**NIGHT_ROWS[0], "reasons": "short_usable;coarse_step"}])
    assert rows(page, "nights")["reasons"] == ["short_usable"]


def test_reasons_are_summed_up_over_nights_with_and_without_a_count():
    page = tree([NIGHT_ROWS[2], {**NIGHT_ROWS[0], "reasons": "short_usable"}, NIGHT_ROWS[2]])
    told = [
        [c.text for c in row.all("td")][:3]
        for row in section(page, "quality").one("tbody").all("tr")
    ]
    assert told == [
        [sentence("fragment"), "2", "0"],
        [sentence("no_sleep"), "2", "0"],
        [sentence("short_usable"), "0", "1"],
    ]


def test_participants_are_listed_where_they_say_more_than_the_recording():
    assert "participant" not in columns(tree(), "nights")
    page = tree(recordings=[recording(participant_id="Ω")])
    assert "participant" in columns(page, "nights")
    assert rows(page, "recordings")["participant_id"] == ["Ω"]


def test_every_participant_has_a_row_and_sites_a_column_where_they_differ():
    two = [recording(), recording(recording_id="k", site="ankle")]
    page = tree([*NIGHT_ROWS, {**NIGHT_ROWS[0], "recording_id": "k"}], two)
    found = rows(page, "participants")
    assert (found["site"], found["sleep_starts_onset"]) == (["wrist", "ankle"], [6, 3])
    assert found["recording_ids"] == ["subject_01", "k"]
    assert "site" in columns(page, "participants")
    assert "site" not in columns(tree(recordings=[recording()]), "participants")


def test_times_are_minutes_since_the_nights_date_began():
    early = {
        **NIGHT_ROWS[0],
        "sleep_onset": "2024-03-05T23:40:00.000+01:00",
        "wake": "2024-03-06T06:30:00.000+01:00",
        "onset_window_start_utc": "2024-03-05T22:10:00.000Z",
        "first_onset_offset_s": -90.0,
    }
    late = {**NIGHT_ROWS[0], "sleep_onset": "2024-03-06T00:20:00.000+01:00"}
    found = rows(tree([early, late]), "nights")
    assert found["onset_min"] == [1420, 1460]
    assert found["wake_min"][0] == 1830
    assert found["window_min"][0] == 1420 - 30
    assert found["first_min"][0] == 1418.5


def test_a_histogram_needs_some_nights_and_names_every_bar():
    counted = NIGHT_ROWS[0]
    assert not tree([counted] * 4).all("svg", "bars")
    page = tree([counted] * 5 + [{**counted, "sleep_starts_onset": 0}])
    bars = next(s for s in page.all("svg", "bars") if "clock" not in s.classes)
    assert bars.attributes["aria-label"] == "1 night with 0; 5 nights with 3"


def test_many_counts_share_the_last_bar():
    nights = [{**NIGHT_ROWS[0], "sleep_starts_onset": n} for n in (1, 2, 3, 24, 30)]
    texts = [t.text for t in tree(nights).all("svg", "bars")[0].all("text")]
    assert "24+" in texts
    assert "25" not in texts


def test_numbers_on_bars_stay_short():
    (svg,) = parse(distributions.histogram(Counter({0: 262_756, 1: 9_999}))).all("svg")
    assert [t.text for t in svg.all("text")] == ["0", "263k", "1", "9999"]
    assert svg.attributes["aria-label"] == "262756 nights with 0; 9999 nights with 1"


def test_clock_times_are_counted_in_half_hours_from_noon():
    assert [distributions.clock_bin(m) for m in (720, 719, 23 * 60 + 40, 1440 + 20)] == [
        0,
        47,
        23,
        24,
    ]
    drawn = distributions.clock(Counter({23: 4, 24: 1}), Counter({37: 2}))
    (svg,) = parse(drawn).all("svg")
    assert svg.attributes["aria-label"] == "Onset: 4 from 23:30, 1 from 00:00; Wake: 2 from 06:30"
    heights = [float(r.attributes["height"]) for r in svg.all("rect")]
    assert heights == [56, 14, 28]


def test_a_run_without_a_night_says_so():
    page = tree([], [FAILED])
    assert "No recording holds a night." in page.text
    assert page.one("p", "lead").text == "1 recording, 1 failed. 0 nights, none with a count."


def test_a_run_of_nothing_has_a_page():
    page = parse(cohort_html([], []))
    assert page.one("p", "lead").text == "0 recordings. 0 nights, none with a count."


def test_nothing_from_a_file_becomes_markup():
    named = [recording(participant_id=HOSTILE, path=HOSTILE), {**FAILED, "message": HOSTILE}]
    page = tree([{**NIGHT_ROWS[0], "session": HOSTILE}], named)
    assert len(page.all("script")) == 2
    assert not page.all("img")
    assert HOSTILE in section(page, "failures").text
    assert rows(page, "participants")["participant_id"][0] == HOSTILE
    assert rows(page, "nights")["session"] == [HOSTILE]


def test_what_needs_the_script_says_so_without_it():
    (told,) = tree().all("noscript")
    assert "nights.csv" in told.text


def cohort_of(people: int, nights: int) -> tuple[list[Row], list[Row]]:
    first = date(2024, 3, 5)
    recordings = [
        recording(recording_id=f"r{i}", participant_id=f"p{i // 2}", nights=nights)
        for i in range(2 * people)
    ]
    dated = [
        {
            **NIGHT_ROWS[0],
            "recording_id": r["recording_id"],
            "night_date": str(first + timedelta(j)),
        }
        for r in recordings
        for j in range(nights)
    ]
    return dated, recordings


def test_a_run_too_large_for_a_page_lists_every_nth_person_whole_and_says_so(monkeypatch):
    monkeypatch.setattr(cohort, "MOST_LISTED", 40)
    nights, recordings = cohort_of(10, 6)  # 120 nights: every third person
    page = tree(nights, [*recordings, FAILED])
    assert "one participant in 3" in page.all("p", "part")[0].text
    assert rows(page, "participants")["participant_id"] == ["p0", "p3", "p6", "p9"]
    listed = rows(page, "recordings")["recording_id"]
    assert listed == ["b", "r0", "r1", "r6", "r7", "r12", "r13", "r18", "r19"]
    assert Counter(rows(page, "nights")["recording"]) == dict.fromkeys(range(1, 9), 6)
    assert "120 nights, 120 with a count" in page.one("p", "lead").text
    bars = page.all("svg", "bars")[0]
    assert bars.attributes["aria-label"] == "120 nights with 3"


def test_a_run_that_fits_is_listed_whole_and_says_nothing_of_it(monkeypatch):
    monkeypatch.setattr(cohort, "MOST_LISTED", 120)
    page = tree(*cohort_of(10, 6))
    assert len(rows(page, "nights")["recording"]) == 120
    assert [p.text for p in page.all("p", "part")] == [page.one("noscript").text]


def test_memory_does_not_grow_with_the_run(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(cohort, "MOST_LISTED", 300)
    monkeypatch.setattr(cohort, "_MOST_FAILED", 20)
    peaks = []
    for recordings in (100, 150, 600):  # the first also pays for what is loaded once
        out = tmp_path / str(recordings)
        MadeRun(recordings).write(out)
        tracemalloc.start()
        write_cohort_page(out)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 1.5 * peaks[1]  # listed whole, it would be four times as much


def test_the_page_written_from_the_tables_is_the_one_made_from_the_rows(tmp_path: Path):
    recordings = [recording(), FAILED]
    (tmp_path / "nights.csv").write_bytes(csvtext.table(NIGHTS, NIGHT_ROWS))
    (tmp_path / "recordings.csv").write_bytes(csvtext.table(RECORDINGS, recordings))
    write_by_participant(tmp_path)
    write_cohort_page(tmp_path)
    assert (tmp_path / "report.html").read_text("utf-8") == cohort_html(NIGHT_ROWS, recordings)


def test_nothing_is_asked_of_the_network():
    text = cohort_html(NIGHT_ROWS, [recording(), FAILED])
    assert "http:" not in text
    assert "https:" not in text
    sources = [s.attributes.get("src") for s in parse(text).all("script")]
    assert sources == [None, f"assets/{script_name()}"]
