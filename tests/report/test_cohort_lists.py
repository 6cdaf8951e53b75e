"""The lists of a cohort's page in a real browser: five thousand nights, and hostile names."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest
from made_results import made_facts, made_nights
from made_run import MadeRun
from report.devtools import DevTools
from report.pages import cohort_html

from detector.reasons import sentence
from detector.report import write_assets, write_cohort_page
from detector.tables.csvtext import Row
from detector.tables.rows import facts_row, night_row

COHORT = MadeRun(750)
NIGHTS = list(COHORT.night_rows())
LISTED = "document.documentElement.classList.contains('listed')"
CELLS = """(list, name) => {
  const table = document.querySelector(`#${list} table`);
  const { cellIndex } = table.querySelector(`thead th[data-column=${name}]`);
  return [...table.tBodies[0].rows].map((row) => row.cells[cellIndex].textContent);
}"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("cohort")
    COHORT.write(out)
    write_assets(out)
    write_cohort_page(out)
    return out / "report.html"


@pytest.fixture
def opened(page: Path, tab: DevTools) -> DevTools:
    tab.open(page, LISTED)
    return tab


def cells(tab: DevTools, column: str, of: str = "nights") -> list[str]:
    found: list[str] = tab.value(f"({CELLS})('{of}', '{column}')")
    return found


def shown(tab: DevTools, of: str = "nights") -> str:
    return str(tab.value(f"document.querySelector('#{of} .shown').textContent"))


def type_in(tab: DevTools, text: str, of: str = "nights") -> None:
    """Type into the search field of a list, as a keyboard does."""
    tab.value(f"document.querySelector('#{of} [name=find]').select()")
    tab.call("Input.insertText", text=text)


def press(tab: DevTools, key: str) -> None:
    for kind in ("keyDown", "keyUp"):
        text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
        code = {"Enter": 13, "Tab": 9}[key]
        tab.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **text)


def click(tab: DevTools, selector: str) -> None:
    tab.value(f"document.querySelector({selector!r}).click()")


def test_five_thousand_nights_make_a_light_page_that_asks_for_its_script_alone(page, opened):
    assert len(NIGHTS) == 4984
    assert page.stat().st_size < 3_000_000
    (script,) = (page.parent / "assets").glob("page-*.js")
    assert opened.asked_for() == [page.as_uri(), script.as_uri()]
    assert opened.complaints() == []
    assert shown(opened) == "4,984 nights, 1 to 100 shown"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("p000007", lambda row: row["participant_id"] == "P000007"),
        ("subject_000123x", lambda _: False),
        ("2024-03-0", lambda row: str(row["night_date"]).startswith("2024-03-0")),
        ("not_analysable", lambda row: row["status"] == "not_analysable"),
        ("high_floor", lambda row: row.get("reasons") == "high_floor"),
        ("unseen_before_sleep 2024-05", lambda row: (
            row.get("reasons") == "unseen_before_sleep" and "2024-05" in str(row["night_date"]))),
    ],
)  # fmt: skip
def test_a_night_is_found_by_participant_date_state_and_reason(opened, text, wanted):
    type_in(opened, text)
    expected = [row for row in NIGHTS if wanted(row)]
    assert shown(opened).split(" of ")[0] == f"{len(expected):,}"
    names = [(row["recording_id"], row["night_date"]) for row in expected[:100]]
    assert list(zip(cells(opened, "recording"), cells(opened, "date"), strict=True)) == names


def test_nights_are_chosen_by_state(opened):
    opened.value(
        "(select => { select.value = 'limited'; select.dispatchEvent(new Event('change')); })"
        "(document.querySelector('#nights [name=state]'))"
    )
    limited = sum(row["status"] == "limited" for row in NIGHTS)
    assert shown(opened).startswith(f"{limited} of 4,984 nights")
    assert set(cells(opened, "status")) == {"Analysed, with limits"}


def test_a_column_sorts_by_the_keyboard_both_ways_with_unknown_values_last(opened):
    counts = sorted(int(n) for row in NIGHTS if (n := row.get("sleep_starts_onset")) is not None)
    opened.value("document.querySelector('#nights th[data-column=count] button').focus()")
    press(opened, "Enter")
    assert cells(opened, "count") == [str(n) for n in counts[:100]]
    press(opened, "Enter")
    assert cells(opened, "count") == [str(n) for n in counts[::-1][:100]]
    head = "document.querySelector('#nights th[data-column=count]').getAttribute('aria-sort')"
    assert opened.value(head) == "descending"
    for _ in range(49):
        click(opened, "#nights [data-turn='1']")
    assert set(cells(opened, "count")) == {""}


def test_the_evening_sorts_before_midnight(opened):
    click(opened, "#nights th[data-column=onset] button")
    first = cells(opened, "onset")
    assert all(text >= "18:00" for text in first)
    click(opened, "#nights th[data-column=onset] button")
    last = cells(opened, "onset")
    assert all("00:00" <= text < "06:00" for text in last)
    assert last == sorted(last, reverse=True)


def test_pages_hold_every_night_once_in_order(opened):
    found = cells(opened, "date")
    turns = 0
    while not opened.value("document.querySelector(\"#nights [data-turn='1']\").disabled"):
        click(opened, "#nights [data-turn='1']")
        found += cells(opened, "date")
        turns += 1
    assert turns == 49
    assert found == [row["night_date"] for row in NIGHTS]
    assert shown(opened) == "4,984 nights, 4901 to 4984 shown"
    click(opened, "#nights [data-turn='-1']")
    assert cells(opened, "date") == [row["night_date"] for row in NIGHTS[4800:4900]]


def test_links_lead_to_the_recordings_page_and_to_the_place_of_the_night(opened):
    hrefs = "[...document.querySelectorAll('#nights tbody a')].map((a) => a.getAttribute('href'))"
    assert opened.value(hrefs) == [
        f"recordings/{row['recording_id']}/report.html#night-{row['night_index']}"
        for row in NIGHTS[:100]
    ]
    type_in(opened, "P000007", "participants")
    hrefs = hrefs.replace("nights", "participants")
    assert opened.value(hrefs) == [
        f"recordings/subject_{i:06d}/report.html" for i in (7, 8)
    ]  # fmt: skip


def test_failed_recordings_come_first_and_have_no_link(opened):
    failed = sum(row["status"] == "failed" for row in COHORT.recording_rows())
    assert cells(opened, "status", "recordings")[: failed + 1] == ["Failed"] * failed + [
        "With warnings"
    ]
    first = "document.querySelector('#recordings tbody tr').querySelectorAll('a').length"
    assert opened.value(first) == 0


def test_the_button_beside_a_reason_finds_its_nights(opened):
    click(opened, "[data-find=no_sleep]")
    wanted = [row for row in NIGHTS if "no_sleep" in str(row.get("reasons")).split(";")]
    assert shown(opened).startswith(f"{len(wanted)} of ")
    assert all(sentence("no_sleep") in text for text in cells(opened, "why"))
    assert opened.value("document.activeElement.name") == "find"


def test_the_map_shows_the_worst_recordings_first_and_more_on_demand(opened):
    lines = "[...document.querySelectorAll('.map p')].map((p) => p.querySelector('a').title)"
    bad: dict[str, int] = {}
    for row in NIGHTS:
        name = str(row["recording_id"])
        bad[name] = bad.get(name, 0) + (row["status"] == "not_analysable")
    expected = sorted(bad, key=lambda name: -bad[name])
    assert opened.value(lines) == expected[:120]
    click(opened, "[data-more]")
    assert opened.value(lines) == expected
    assert opened.value("document.querySelector('[data-more]').hidden") is True
    boxes = "[...document.querySelectorAll('.map p:first-child .box')].map((a) => a.textContent)"
    of_worst = [row for row in NIGHTS if row["recording_id"] == expected[0]]
    counts = [row.get("sleep_starts_onset") for row in of_worst]
    assert opened.value(boxes) == ["–" if n is None else str(n) for n in counts]


def test_small_pictures_say_in_words_what_they_show(opened):
    row = next(r for r in NIGHTS if r.get("first_onset_offset_s") is not None)
    place = NIGHTS.index(row) + 1
    told = opened.value(
        f"[...document.querySelectorAll('#nights tbody tr:nth-child({place}) svg')]"
        ".map((svg) => svg.getAttribute('aria-label'))"
    )
    onset = str(row["sleep_onset"])[11:16]
    few, zoom, asleep = told
    assert f"now {row['sleep_starts_onset']}," in few
    assert f"onset {onset}" in zoom
    assert "first " in zoom
    assert asleep.endswith(f"onset {onset}, wake {str(row['wake'])[11:16]}")


def test_a_narrow_page_does_not_scroll_sideways(page, tab):
    tab.call(
        "Emulation.setDeviceMetricsOverride",
        width=400,
        height=800,
        deviceScaleFactor=1,
        mobile=True,
    )
    try:
        tab.open(page, LISTED)
        assert tab.value("document.documentElement.scrollWidth") == 400
    finally:
        tab.call("Emulation.clearDeviceMetricsOverride")


def test_paper_gets_more_rows_than_a_screen_and_the_screen_its_page_back(opened):
    opened.value("dispatchEvent(new Event('beforeprint'))")
    assert len(cells(opened, "date")) == 1000
    assert shown(opened) == "4,984 nights, 1 to 1000 shown"
    opened.value("dispatchEvent(new Event('afterprint'))")
    assert len(cells(opened, "date")) == 100


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def small(tmp_path: Path):
    """Write the page of a few rows and return its place."""
    write_assets(tmp_path)

    def write(nights: list[Row], recordings: list[Row]) -> Path:
        path = tmp_path / "report.html"
        path.write_text(cohort_html(nights, recordings), encoding="utf-8")
        return path

    return write


def made(**cells) -> tuple[list[Row], list[Row]]:
    facts = made_facts(recording_id=cells.pop("recording_id", "subject_01"))
    nights = [{**night_row(facts, night), "session": HOSTILE} for night in made_nights()]
    return nights, [{**facts_row(facts), "status": "ok", "nights": 3, **cells}]


def test_names_that_are_traps_are_shown_as_they_are(small, tab):
    nights, recordings = made(participant_id=HOSTILE, path=HOSTILE, device=HOSTILE)
    failed = {"status": "failed", "path": HOSTILE, "message": HOSTILE, "participant_id": HOSTILE}
    path = small(nights, [*recordings, failed])
    tab.open(path, LISTED)
    assert cells(tab, "participant") == [f"{HOSTILE}, {HOSTILE}"] * 3
    assert cells(tab, "message", "recordings")[0] == HOSTILE
    assert tab.value("document.querySelectorAll('img, script:not([src], [type])').length") == 0
    assert [m for m in tab.told if m["method"] == "Page.javascriptDialogOpening"] == []
    assert tab.complaints() == []


def test_links_hold_for_any_name(small, tab):
    path = small(*made(recording_id="Ω #1?"))
    tab.open(path, LISTED)
    href = str(tab.value("document.querySelector('#recordings tbody a').href"))
    assert unquote(href) == f"{unquote(path.parent.as_uri())}/recordings/Ω #1?/report.html"
    assert href.endswith("/%CE%A9%20%231%3F/report.html")


def test_one_recording_has_its_lists_without_pages(small, tab):
    tab.open(small(*made()), LISTED)
    assert shown(tab) == "3 nights"
    assert shown(tab, "participants") == "1 row"
    assert tab.value("document.querySelector('#nights .turn').hidden") is True
    assert cells(tab, "count") == ["3", "3", ""]


def test_an_empty_run_opens_without_complaint(small, tab):
    tab.open(small([], []), LISTED)
    assert shown(tab, "recordings") == "0 recordings"
    assert tab.complaints() == []


def test_without_scripts_the_page_says_where_its_lists_are(page, tab):
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.open(page, "document.readyState === 'complete'")
        visible = "document.querySelector('noscript p').getClientRects().length"
        assert tab.value(visible) == 1
        assert tab.value("document.querySelector('.list-tools').getClientRects().length") == 0
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)
