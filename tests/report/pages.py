"""Pages made from hand-made results."""

from __future__ import annotations

from collections.abc import Sequence

from made_results import made_facts, made_nights
from report.html_tree import Element, parse

from detector.nights.night import Night
from detector.report import Page, cohort_page
from detector.result import Facts
from detector.statistics.by_participant import participant_rows
from detector.tables.csvtext import Row


def page_html(nights: Sequence[Night] | None = None, facts: Facts | None = None) -> str:
    facts = facts or made_facts()
    page = Page(facts)
    for night in made_nights() if nights is None else nights:
        page.add_night(night)
    return "".join(page.html(facts))


def page(nights: Sequence[Night] | None = None, facts: Facts | None = None) -> Element:
    return parse(page_html(nights, facts))


def cohort_html(nights: Sequence[Row], recordings: Sequence[Row]) -> str:
    people = list(participant_rows(nights, recordings))
    return cohort_page(nights, recordings, people)
