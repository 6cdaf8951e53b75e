from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from typing import get_args

import numpy as np
import pytest
from made_results import (
    made_asleep_night,
    made_empty_night,
    made_facts,
    made_limited_night,
    made_night,
    made_nights,
    made_result,
    made_span,
    made_unanalysable_night,
    with_remark,
)
from report.html_tree import Element, parse
from report.pages import page, page_html

from detector.nights.night import Confidence, Context, Interval, Kind, Status
from detector.reasons import REASONS, sentence
from detector.report import Page
from detector.report.cells import cells
from detector.report.render import script_name
from detector.report.words import CONFIDENCE, CONTEXT, LOOKS, STATUS
from detector.scan import EPOCH, Scan
from detector.settings import KindSettings, Settings
from detector.tables.columns import NIGHTS
from detector.tables.rows import night_row
from recordings import SECOND_NS, Zone

HOSTILE = """</script><script>alert(1)</script>'"&<img src=x onerror=alert(1)>{{ 7*7 }}"""


def cards(tree: Element) -> list[Element]:
    return tree.all("article", "card")


def night_cells(night) -> dict[str, str]:
    return dict(cells(NIGHTS, night_row(made_facts(), night)))


# Structure


def test_the_page_is_well_formed_and_says_what_it_is():
    tree = page()
    assert tree.one("html").attributes["lang"] == "en"
    assert tree.one("title").text == "subject_01: sleep starts"
    assert tree.one("h1").text == "subject_01"
    assert len(tree.all("main")) == 1


def test_ids_are_unique_and_every_reference_leads_somewhere():
    tree = page()
    ids = [e.attributes["id"] for e in tree.walk() if "id" in e.attributes]
    assert len(set(ids)) == len(ids)
    links = [a.attributes["href"] for a in tree.all("a")]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    labels = {e.attributes.get("aria-labelledby") for e in tree.walk()} - {None}
    assert labels <= set(ids)


def test_headings_do_not_skip_a_level():
    levels = [int(e.tag[1]) for e in page().walk() if re.fullmatch(r"h[1-6]", e.tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_picture_and_button_can_be_read_aloud():
    tree = page()
    for svg in tree.all("svg"):
        assert svg.attributes.get("aria-label") or svg.attributes.get("aria-hidden") == "true"
    for button in tree.all("button"):
        assert button.text or button.attributes["aria-label"]


def test_nothing_is_asked_of_the_network():
    text = page_html()
    assert not re.search(r"https?:|@import|url\(", text)
    tree = parse(text)
    assert not [v for e in tree.walk() for v in e.attributes.values() if v.startswith("//")]
    sources = [s.attributes["src"] for s in tree.all("script") if "src" in s.attributes]
    assert sources == ["../../assets/plotly.min.js", f"../../assets/{script_name()}"]


def test_no_script_stands_in_the_page():
    for script in page().all("script"):
        assert "src" in script.attributes or script.attributes["type"] == "application/json"


def test_the_same_results_give_the_same_bytes():
    assert page_html() == page_html()


def test_a_night_need_not_be_kept():
    facts = made_facts()
    night = made_night()
    taken = Page(facts)
    taken.add_night(night)
    for array in (night.scan.epochs, night.scan.candidates, night.events.counted):
        array[:] = 0
    assert "".join(taken.html(facts)) == page_html([made_night()])


# The first screen


def test_a_card_leads_with_the_count_and_its_minutes():
    card = cards(page())[0]
    assert card.one("p", "headline").text == "3 sleep starts near onset in 56.5 observed minutes"
    assert card.pairs() == {
        "Sleep onset": "23:40 ± 20 min",
        "Window 15 min earlier": "2",
        "Window 15 min later": "3",
        "Limits 20 % stricter, laxer": "2, 4",
        "Smallest jerk that could be counted": "75 mg",
        "Confidence": "1 high, 2 medium",
    }
    assert card.one("span", "status").text == "Analysed"


def test_one_sleep_start_is_not_plural():
    night = made_night()
    one = replace(night, counts={**night.counts, "sleep_starts_onset": 1})
    assert cards(page([one]))[0].one("p", "headline").text.startswith("1 sleep start near onset")


def test_a_card_tells_the_confidence_of_what_is_counted():
    assert cards(page())[0].pairs()["Confidence"] == "1 high, 2 medium"


def test_of_an_absolute_path_only_the_files_name_is_shown():
    for path in ("/srv/lovelace/study/a.cwa", "C:\\Users\\lovelace\\a.cwa"):
        html = page_html(facts=made_facts(path=path))
        assert "lovelace" not in html
        assert "a.cwa" in html


def test_a_counted_zero_is_shown_as_a_zero():
    night = made_night()
    none = replace(
        night,
        counts={**night.counts, "sleep_starts_onset": 0, "sleep_starts_onset_early15": 0},
        events=replace(night.events, counted=np.zeros(len(night.events), bool)),
    )
    card = cards(page([none]))[0]
    assert card.one("p", "headline").one("strong").text == "0"
    assert card.pairs()["Window 15 min earlier"] == "0"


@pytest.mark.parametrize("made", [made_unanalysable_night, made_asleep_night, made_empty_night])
def test_a_night_without_a_count_says_why_and_shows_no_number(made):
    night = made(0)
    card = cards(page([night]))[0]
    assert card.one("p", "headline").text == "– No count near onset"
    assert card.all("p", "reason")[0].text == sentence(night.reasons[0])
    assert not card.all("dl")
    said = card.one("div", "said").text.replace("Tue 5 to Wed 6 March 2024", "")
    assert not re.search(r"\d", said)


def test_a_limited_night_says_its_limits_beside_its_count():
    card = cards(page([made_limited_night(0)]))[0]
    assert card.one("strong").text == "3"
    assert [r.text for r in card.all("p", "reason")] == [sentence("short_usable")]


def test_notes_are_told_in_the_night_but_not_on_its_card():
    night = replace(made_night(), reasons=("coarse_step",))
    tree = page([night])
    assert sentence("coarse_step") not in cards(tree)[0].text
    assert sentence("coarse_step") in tree.one("section", "night").text


def test_the_shift_is_named_as_it_was_set():
    settings = Settings(window=replace(Settings().window, shift_min=20))
    card = cards(page([made_night()], made_facts(settings=settings)))[0]
    assert "Window 20 min earlier" in card.pairs()


@pytest.mark.parametrize(
    ("nights", "summary"),
    [
        (made_nights(), "3 nights: 2 with a count, 1 without."),
        ([made_night()], "One night, with a count."),
        ([made_asleep_night()], "Its night has no count."),
        ([made_asleep_night(0), made_empty_night(1)], "None of its nights has a count."),
        ([], "No night was found in it."),
    ],
)
def test_the_first_sentence_sums_up(nights, summary):
    assert page(nights).one("p", "lead").text == summary


# Times


def test_times_are_local_and_name_the_zone():
    text = page([made_night()]).one("figure", "timeline").one("figcaption").text
    assert "Times are local times of Europe/Berlin" in text


def test_without_a_zone_times_are_those_of_the_device_clock():
    tree = page([made_night()], made_facts(tz=None))
    assert (
        "Times are those of the device clock"
        in tree.one("figure", "timeline").one("figcaption").text
    )
    assert cards(tree)[0].one("time").text == "23:40"
    assert cards(tree)[0].one("time").attributes["datetime"] == "2024-03-05T23:40:00.000"


def test_a_night_of_the_clock_change_says_how_its_axis_goes_on():
    facts = made_facts()
    span = made_span(25)
    (spring,) = [s for s in facts.zone.nights(span.start_ns, span.end_ns) if s.date.day == 30]
    night = replace(made_night(25), span=spring, index=25)
    text = page([night]).one("figure", "timeline").one("figcaption").text
    assert "The clocks went forward by 60 min at 02:00." in text
    assert cards(page([night]))[0].pairs()["Sleep onset"] == "23:40 ± 20 min"


def test_a_clock_that_was_set_elsewhere_is_told():
    facts = made_facts()
    away = Zone.of("Europe/Berlin", facts.probe.start_ns, device_tz="Asia/Tokyo")
    assert "clock set to" not in page_html([made_night()], facts)
    assert "clock set to Asia/Tokyo" in page_html([made_night()], replace(facts, zone=away))


def test_further_rest_stands_beside_the_sleep_period():
    night = made_night()
    nap = Interval(
        night.sleep.wake_ns + 30 * 60 * SECOND_NS, night.sleep.wake_ns + 5400 * SECOND_NS
    )
    night = replace(night, sleep=replace(night.sleep, others=(nap,)), reasons=("second_sleep",))
    tree = page([night])
    assert ("Further rest", "07:00 to 08:00") in tree.one("section", "night").pairs().items()
    assert night_cells(night)["n_sleep_episodes"] == "2"
    assert sentence("second_sleep") in tree.one("section", "night").text


# Hostile and odd input


def test_nothing_from_a_file_becomes_markup():
    facts = with_remark(
        made_facts(recording_id=HOSTILE, path=HOSTILE, notes={HOSTILE: HOSTILE}),
        "bad_block",
        HOSTILE,
    )
    header = replace(facts.header, device=HOSTILE, serial=HOSTILE, firmware=HOSTILE)
    text = page_html(facts=replace(facts, header=header))
    tree = parse(text)
    assert not tree.all("img")
    assert len(tree.all("script")) == len(page().all("script"))
    assert tree.one("h1").text == " ".join(HOSTILE.split())
    assert "alert(1)</script>" not in text
    assert tree.all("ul", "remarks")[0].all("li")[1].text == " ".join(HOSTILE.split())


def test_the_data_of_a_time_line_cannot_end_its_script():
    text = page_html()
    for script in parse(text).all("script"):
        if "src" not in script.attributes:
            assert json.loads(script.text)
            assert "<" not in script.text


def test_names_in_any_script_are_kept():
    tree = page(facts=made_facts(recording_id="Schlaf Ω 夜", path="ordner/Schlaf Ω 夜.cwa"))
    assert tree.one("h1").text == "Schlaf Ω 夜"


def test_the_nights_of_a_broken_recording_fit_on_a_page():
    empty = Scan(epochs=np.zeros(1, EPOCH))
    night = replace(
        made_empty_night(), scan=empty, nonwear=(Interval(0, SECOND_NS),), reasons=("never_worn",)
    )
    assert len(page([night]).all("figure", "timeline")) == 1


# Recording


def test_interruptions_and_remarks_are_told():
    quality = next(s for s in page().all("section") if s.attributes.get("id") == "quality")
    assert [item.text for item in quality.one("ul", "remarks").all("li")] == [
        "2 blocks with a wrong checksum were left out",
        "1 gap (1.5 min without samples)",
    ]
    rows = quality.one("table").all("tr")[1:]
    assert [r.all("td")[3].text for r in rows] == ["start", "bad block"]


def test_the_quality_part_has_the_sensors_faults_and_how_it_shows_gravity():
    facts = made_facts()
    facts = replace(facts, quality=replace(facts.quality, stuck_min=12.5))
    sections = page(facts=facts).all("section")
    quality = next(s for s in sections if s.attributes.get("id") == "quality")
    list_ = quality.all("dl")[0]
    names, values = ([each.text for each in list_.all(tag)] for tag in ("dt", "dd"))
    shown = dict(zip(names, values, strict=True))
    assert shown["Time with a stuck axis"] == "12.5 min"
    assert shown["Gravity at rest"].startswith(
        "6 mg from 1 g on average over 120 postures; x +4 mg"
    )
    assert "an axis was stuck for 12 min" in quality.one("ul", "remarks").text


def test_a_nights_faults_are_shown_where_there_are_any():
    whole, limited = (page([night]).one("div", "groups").text for night in made_nights()[:2])
    assert "Not worn 120 min" in limited
    assert "Too noisy to judge 30 min" in limited
    assert "Not worn" not in whole
    assert "Sampled at 100 Hz" in whole


def test_changed_settings_stand_beside_their_defaults():
    settings = Settings(kinds=KindSettings(accel_min_mg=90))
    methods = next(
        s
        for s in page(facts=made_facts(settings=settings)).all("section")
        if s.attributes.get("id") == "methods"
    )
    (row,) = methods.one("table").all("tr")[1:]
    assert [td.text for td in row.all("td")] == [
        "kinds.accel_min_mg",
        "90 mg",
        "75 mg",
        "smallest counted peak acceleration",
    ]
    assert settings.fingerprint() in methods.text


def test_default_settings_are_said_to_be_so():
    assert "All settings have their defaults." in page().text


def test_the_methods_of_this_recording_can_be_pasted():
    methods = next(s for s in page().all("section") if s.attributes.get("id") == "methods")
    assert "Candidate sleep starts (hypnic jerks) were detected with hypnic" in methods.text
    assert "##" not in methods.text
    assert len(methods.all("li")) >= 6


def test_the_page_says_what_a_count_cannot_say():
    text = page().text
    assert "is no diagnosis" in text
    assert "Talk to a doctor" in text
    assert "no normal range exists" in text


# Words


@pytest.mark.parametrize(
    ("words", "meant"),
    [(LOOKS, Kind), (CONTEXT, Context), (STATUS, Status), (CONFIDENCE, Confidence)],
)
def test_everything_has_its_word(words, meant):
    assert set(words) == set(get_args(meant))


def test_every_kind_and_reason_can_be_shown():
    result = made_result(nights=[made_night()])
    events = result.nights[0].events
    codes = [code for code, reason in REASONS.items() if reason.level == "event"]
    rows = np.arange(len(codes)) % len(events)
    names = (
        *("candidates", "kind", "context", "confidence"),
        *("counted", "onset_offset_s", "likeness", "active_after_s", "cluster"),
    )
    arrays = {name: getattr(events, name)[rows] for name in names}
    night = replace(
        result.nights[0], events=replace(events, reason=np.array(codes, "U32"), **arrays)
    )
    text = page([night]).text
    assert [code for code in codes if sentence(code) not in text] == []
