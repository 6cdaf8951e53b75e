from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_results import (
    made_asleep_night,
    made_facts,
    made_limited_night,
    made_night,
    made_unanalysable_night,
)
from report.html_tree import Element
from report.pages import page, page_html
from scipy.stats import chi2

from detector.reasons import sentence
from detector.report.cells import cells, shown
from detector.scan import EPOCH, Scan, Snippet
from detector.tables.columns import EVENTS, NIGHTS, RECORDINGS
from detector.tables.rows import event_rows, facts_row, night_row
from recordings import SECOND_NS

HOSTILE = """</script><script>alert(1)</script>'"&<img src=x onerror=alert(1)>{{ 7*7 }}"""


def cards(tree: Element) -> list[Element]:
    return tree.all("article", "card")


def night_cells(night) -> dict[str, str]:
    return dict(cells(NIGHTS, night_row(made_facts(), night)))


# Numbers equal the tables


def values_of(tree: Element) -> dict[str, str]:
    groups = tree.one("section", "night").one("div", "groups")
    return groups.pairs()


@pytest.mark.parametrize("made", [made_night, made_limited_night, made_asleep_night])
def test_every_number_of_a_night_is_that_of_the_table(made):
    night = made(0)
    row = night_cells(night)
    told = values_of(page([night]))
    expected = {
        "Near onset, counted": row["sleep_starts_onset"],
        "with limits 20 % stricter": row["sleep_starts_onset_strict20"],
        "with limits 20 % laxer": row["sleep_starts_onset_lax20"],
        "per hour of the onset window": row["sleep_starts_onset_per_h"],
        "At returns to sleep": row["sleep_starts_reonset"],
        "Between sleep onset and wake": row["sleep_starts_sleep"],
        "In the whole night": row["sleep_starts_night"],
        "per usable hour": row["sleep_starts_night_per_h"],
        "Repetitive clusters": row["n_clusters"],
        "Median size of the counted": f"{row['median_peak_accel_mg']} mg",
        "Sleep period": f"{row['spt_h']} h",
        "Changes of posture": f"{row['posture_changes_per_h']} per h",
        "Observed in it": f"{row['onset_window_usable_min']} min",
        "Usable": f"{row['usable_h']} h",
        "Worn": f"{row['wear_pct']} %",
        "Without samples": f"{row['gap_min']} min",
        "Not judged after gaps": f"{row['blanked_min']} min",
        "Clipped samples": row["clipped_samples"],
        "Noise floor": f"{row['floor_g_per_s']} g/s",
        "Smallest jerk that could be counted": f"{row['smallest_countable_mg']} mg",
    }
    known = {name: value for name, value in expected.items() if value[:1].isdigit()}
    assert {name: told.get(name) for name in known} == known
    assert not set(expected).difference(known) & set(told)


def test_every_number_of_an_event_is_that_of_the_table():
    night = made_night()
    rows = [cells(EVENTS, row) for row in event_rows(made_facts(), night, 13)]
    tree = page([made_night(), night])
    counted = [row for row in rows if row["counted"] == "yes"]
    section = tree.all("section", "night")[1]
    articles = section.all("article", "counted")
    assert len(articles) == len(counted) == 3
    for article, row in zip(articles, counted, strict=True):
        assert article.attributes["id"] == f"event-{row['event_index']}"
        assert article.one("time").text == row["start_time"][11:19]
        assert article.pairs() == {
            "peak": f"{row['peak_accel_mg']} mg",
            "jerk": f"{row['peak_jerk_g_per_s']} g/s",
            "width": f"{row['width_s']} s",
            "lasted": f"{row['duration_s']} s",
            "still before": f"{row['still_before_s']} s",
            "moved after": f"{row['active_after_s']} s",
            "likeness": row["likeness"],
            "turn": f"{row['posture_change_deg']}°",
            "knock ratio": row["hf_lf_ratio"],
            "bursts": row["n_bursts"],
            "confidence": row["confidence"],
            "event": row["event_index"],
        }


def test_the_numbers_of_the_quality_section_are_those_of_the_ledger():
    facts = made_facts()
    row = cells(RECORDINGS, facts_row(facts))
    told = next(s for s in page().all("section") if s.attributes.get("id") == "quality").pairs()
    assert told["Measured rate"] == f"{row['measured_hz']} Hz"
    assert told["Smallest step"] == f"{row['step_mg']} mg"
    assert told["Damaged blocks"] == row["blocks_bad"] == "2"
    assert told["Time in gaps"] == f"{row['gap_min']} min" == "1.5 min"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("usable_h", 6.7, "6.7"),
        ("usable_h", "6.700", "6.7"),
        ("usable_h", 20.0, "20"),
        ("usable_h", 0.0, "0"),
        ("usable_h", None, ""),
        ("clipped_samples", 100, "100"),
        ("clipped_samples", "100", "100"),
        ("participant_id", "7.10", "7.10"),
    ],
)
def test_numbers_lose_idle_zeros_and_names_lose_nothing(name, value, text):
    column = next(c for c in NIGHTS if c.name == name)
    assert shown(column, value) == text


def test_the_rates_of_the_nights_are_those_of_the_table_with_exact_intervals():
    nights = [made_night(0), made_limited_night(1), made_unanalysable_night(2)]
    section = next(s for s in page(nights).all("section") if s.attributes.get("id") == _SIDE)
    told = [[td.text for td in tr.all("td")] for tr in section.one("table").all("tr")[1:]]
    for night, cells_ in zip(nights, told, strict=True):
        row = night_cells(night)
        names = ("sleep_starts_onset", "onset_window_usable_min", "sleep_starts_onset_per_h")
        assert cells_[:3] == [row[name] for name in names]
        assert cells_[4] == row["usable_h"]
    hours = float(night_cells(nights[0])["onset_window_usable_min"]) / 60
    low, high = chi2.ppf(0.025, 6) / 2, chi2.ppf(0.975, 8) / 2
    assert told[0][3] == f"{low / hours:.2f} to {high / hours:.2f}"
    assert told[2][3] == ""


_SIDE = "side-by-side"


def test_the_minutes_around_onset_hold_every_sleep_start_within_the_hour():
    rows = [cells(EVENTS, row) for row in event_rows(made_facts(), made_night(), 0)]
    starts = [r for r in rows if r["kind"].startswith("sleep_start") and r["onset_offset_s"]]
    near = [r for r in starts if abs(float(r["onset_offset_s"])) < 3600]
    counted = sum(r["counted"] == "yes" for r in near)
    (picture,) = page([made_night()]).all("svg", "minutes")
    assert f"{counted} counted and {len(near) - counted} not" in picture.attributes["aria-label"]
    assert len(picture.all("rect", "counted")) == counted == 3


def test_a_near_miss_names_each_condition_it_fails_with_both_numbers():
    night = made_night()
    candidates = night.events.candidates.copy()
    candidates["width_s"][8] = 1.25
    candidates["still_before_s"][8] = 1.5
    wide = replace(night, events=replace(night.events, candidates=candidates))
    articles = page([wide]).one("details", "near").all("article")
    failed = next(a for a in articles if a.attributes["data-index"] == "8").one("table", "failed")
    told = [[c.text for c in tr.all()] for tr in failed.one("tbody").all("tr")]
    kinds = made_facts().settings.kinds
    assert told == [
        ["width", "1.25 s", f"at most {kinds.width_max_s:g} s"],
        ["stillness before", "1.5 s", f"at least {kinds.still_before_s:g} s"],
    ]


# Events that are not counted


def test_what_is_excluded_adds_up_to_what_is_not_counted():
    section = page([made_night()]).one("section", "night")
    table = section.one("table")
    told = sum(int(td.text) for td in table.all("td", "n"))
    assert told == len(made_night().events) - 3
    rows = {(r.all("th")[0].text, r.all("td")[0].text) for r in table.all("tr")[1:]}
    assert ("Knock on the sensor", sentence("knock")) in rows
    assert ("Jerk like a sleep start", sentence("outside_window")) in rows


def test_parts_that_the_night_has_not_are_no_columns():
    heads = [h.text for h in page([made_unanalysable_night(0)]).all("table")[0].all("th")][:3]
    assert heads == ["Kind", "Why", "Outside sleep"]


def test_near_misses_are_folded_away_with_their_reasons():
    section = page([made_night()]).one("section", "night")
    folded = section.all("details")[0]
    assert folded.one("summary").text.startswith("Near misses: 2 ")
    assert "open" not in folded.attributes
    assert [e.one("p", "reason").text for e in folded.all("article")] == [
        sentence("outside_window"),
        sentence("outside_window"),
    ]


def test_near_misses_beyond_eight_are_told_by_number():
    night = made_night()
    rows = np.tile(np.flatnonzero(night.events.kind == "sleep_start"), 5)
    names = ("candidates", "kind", "reason", "context", "counted", "confidence")
    more = ("onset_offset_s", "likeness", "active_after_s", "cluster")
    arrays = {name: getattr(night.events, name)[rows] for name in (*names, *more)}
    arrays["candidates"]["peak_ns"] += np.arange(len(rows)) * SECOND_NS
    arrays["counted"] = np.zeros(len(rows), bool)
    many = replace(night, events=replace(night.events, **arrays))
    text = page([many]).one("section", "night").text
    assert "Near misses: 8 " in text
    assert f"{len(rows) - 8} more are in events.csv" in text


def test_events_are_numbered_through_the_recording():
    tree = page([made_night(0), made_night(1)])
    ids = [e.attributes["id"] for e in tree.all("article", "event")]
    n = len(made_night().events)
    assert ids[:3] == ["event-1", "event-2", "event-4"]
    assert f"event-{n + 1}" in ids


def test_an_event_without_its_raw_signal_is_still_listed():
    night = made_night()
    bare = replace(night, scan=Scan(night.scan.candidates, night.scan.epochs))
    articles = page([bare]).all("article", "counted")
    assert len(articles) == 3
    assert not articles[0].all("svg", "trace")


# Weight


def test_a_restless_day_of_24_hours_weighs_less_than_300_kb():
    rng = np.random.default_rng(3)
    night = made_night()
    epochs = np.zeros(17_280, EPOCH)
    epochs["start_ns"] = night.span.start_ns + np.arange(17_280) * 5 * SECOND_NS
    epochs["jerk_max_g_per_s"] = rng.lognormal(0, 2, 17_280)
    epochs["floor_g_per_s"] = rng.uniform(0.1, 0.5, 17_280)
    epochs["median_g"] = rng.normal(0, 1, (17_280, 3))
    rows = np.sort(rng.integers(0, len(night.events), 3000))
    names = (
        *("candidates", "kind", "reason", "context", "confidence"),
        *("onset_offset_s", "likeness", "active_after_s", "cluster"),
    )
    arrays = {name: getattr(night.events, name)[rows] for name in names}
    for name in ("peak_jerk_g_per_s", "peak_accel_mg", "width_s"):
        arrays["candidates"][name] = rng.uniform(0, 200, 3000)
    arrays["candidates"]["peak_ns"] = night.span.start_ns + np.arange(3000) * 28 * SECOND_NS
    counted = np.zeros(3000, bool)
    counted[np.flatnonzero(arrays["kind"] == "sleep_start")[:3]] = True
    starts = np.char.startswith(arrays["kind"], "sleep_start")
    snippets = tuple(
        Snippet(int(ns), int(ns) - 4 * SECOND_NS, 100.0, a.astype("f4"), j.astype("f4"))
        for ns, a, j in (
            (ns, rng.normal(0, 0.02, (800, 3)), rng.lognormal(-1, 1, 800))
            for ns in arrays["candidates"]["peak_ns"][starts]
        )
    )
    full = replace(
        night,
        scan=Scan(arrays["candidates"], epochs, snippets),
        events=replace(night.events, counted=counted, **arrays),
    )
    without = len(page_html([]).encode())
    assert len(page_html([full]).encode()) - without < 300_000
