"""What the pages ask for while they are used, as the browser itself tells it."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_results import made_facts, made_nights
from report.pages import cohort_html, page_html

from detector.report import write_assets
from detector.tables.rows import facts_row, night_row

LOADED = "document.readyState === 'complete'"
ALL_DRAWN = "document.querySelectorAll('figure[data-drawn]').length === 3"
USED = """(async () => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
  const own = "button:not(:disabled, .modebar-btn)";
  for (const button of document.querySelectorAll(own)) button.click();
  for (let y = 0; y < document.body.scrollHeight; y += 500) {
    scrollTo(0, y);
    await new Promise(requestAnimationFrame);
  }
})()"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    write_assets(folder)
    (folder / "recordings" / "subject_01").mkdir(parents=True)
    return folder


def test_a_recordings_page_asks_for_its_scripts_alone_and_nothing_is_complained_of(out, tab):
    page = out / "recordings" / "subject_01" / "report.html"
    page.write_text(page_html(), encoding="utf-8")
    tab.open(page, LOADED)
    tab.value(USED)
    tab.wait(ALL_DRAWN)
    scripts = [path.as_uri() for path in (out / "assets").iterdir()]
    assert sorted(set(tab.asked_for()) - {page.as_uri()}) == sorted(scripts)
    assert tab.complaints() == []


def test_a_cohorts_page_asks_for_its_script_alone_and_nothing_is_complained_of(out, tab):
    facts = made_facts()
    nights = [night_row(facts, night) for night in made_nights()]
    page = out / "report.html"
    text = cohort_html(nights, [{**facts_row(facts), "status": "ok"}])
    page.write_text(text, encoding="utf-8")
    tab.open(page, LOADED)
    tab.value(USED)
    (script,) = (out / "assets").glob("page-*.js")
    assert tab.asked_for() == [page.as_uri(), script.as_uri()]
    assert tab.complaints() == []


def test_a_page_that_does_ask_and_complain_is_seen_to(tmp_path, tab):
    page = tmp_path / "chatty.html"
    page.write_text(
        '<img src="http://nowhere.invalid/a.png"><script>console.warn(1); missing()</script>',
        encoding="utf-8",
    )
    tab.open(page, LOADED)
    assert "http://nowhere.invalid/a.png" in tab.asked_for()
    assert len(tab.complaints()) >= 2
