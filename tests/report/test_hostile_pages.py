"""Recordings whose every name and note tries to run script, from the files to a real browser."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from urllib.parse import quote, unquote, urlparse

import pytest
from report.devtools import DevTools
from report.html_tree import parse
from report.pages import cohort_html, page_html

from detector.cli import main
from detector.report import limbs_page
from detector.selftest import BUNDLED

RUN = "window.ran=1"
TRAP = f"""'"`--></script></style></title><script>{RUN}</script><img src=x onerror={RUN}>"""
LINK = f"javascript:{RUN}//"
HANDLER = f'" autofocus onfocus="{RUN}'
FORMULA = f"=cmd|' /C calc'!A0, {{{{ 7*7 }}}} ${{{RUN}}}"
READY = "document.readyState === 'complete'"
OUTSIDE = Path("..", "..", "escaped")


def header_says(content: bytes, **said: str) -> bytes:
    """The CWA file with other words of its owner: at byte 64 of its header, as in URLs."""
    text = "&".join(f"{key}={quote(value)}" for key, value in said.items()).encode()
    return content[:64] + text[:448].ljust(448, b" ") + content[512:]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a run over files that mean no good."""
    folder = tmp_path_factory.mktemp("hostile")
    data = folder / "data"
    content = header_says(gzip.decompress(BUNDLED.read_bytes()), _sc=TRAP, _so=LINK, _sn=HANDLER)
    names = {"good": f"{TRAP.replace('/', '')}.cwa", "bad": f"{HANDLER}.cwa"}
    (data / names["good"]).parent.mkdir()
    (data / names["good"]).write_bytes(content)
    (data / names["bad"]).write_bytes(content[:1000])
    with (folder / "participants.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "participant_id", "session", "notes", "recording"])
        rows.writerow([names["good"], TRAP, LINK, FORMULA, str(OUTSIDE / TRAP)])
        rows.writerow([names["bad"], HANDLER, TRAP, LINK, f"/{OUTSIDE}\n"])
    with (folder / "diary.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["participant_id", "night_date", "sleep_onset", "wake", TRAP, FORMULA])
        rows.writerow([TRAP, "2023-05-03", "02:40", "05:40", HANDLER, TRAP])
    tables = ["--participants", str(folder / "participants.csv")]
    tables += ["--diary", str(folder / "diary.csv"), "--tz", "Europe/London", "-q"]
    main(["run", str(data), "-o", str(folder / "in" / "here" / "out"), *tables])
    return folder / "in" / "here" / "out"


@pytest.fixture(scope="module")
def pages(out: Path) -> list[Path]:
    """All pages of the run, and that of a participant with several sensors."""
    night = {"participant_id": TRAP, "night_date": "2023-05-03", "recording_ids": f"{TRAP};a"}
    pair = {"participant_id": TRAP, "recording_id": TRAP, "other_recording_id": "a",
            "place": HANDLER, "other_place": TRAP, "aligned": False}  # fmt: skip
    page = out / "participants" / "made" / "report.html"
    page.parent.mkdir(parents=True)
    page.write_text(limbs_page([], [night], [pair]), encoding="utf-8")
    return [out / "report.html", *out.glob("recordings/*/report.html"), page]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def used(tab: DevTools, page: Path) -> None:
    """Open a page, unfold and press all it has, and stay until its time lines are drawn."""
    tab.open(page, READY)
    tab.value("for (const folded of document.querySelectorAll('details')) folded.open = true;")
    own = "button:not(:disabled, .modebar-btn, [data-export])"
    tab.value(f"for (const button of document.querySelectorAll({own!r})) button.click();")
    figures = "document.querySelectorAll('figure.timeline{}').length"
    tab.value("document.querySelector('figure.timeline')?.scrollIntoView()")
    tab.wait(f"{figures.format('')} === {figures.format('[data-drawn]')}")


def test_nothing_was_written_outside_the_output_folder(out):
    root = out.parent.parent.parent
    assert {path.name for path in root.iterdir()} == {"data", "in", "participants.csv", "diary.csv"}
    assert [path.name for path in (root / "in").iterdir()] == ["here"]
    assert [path.name for path in (root / "in" / "here").iterdir()] == ["out"]
    (folder,) = (out / "recordings").glob("*/report.html")
    assert ".." not in folder.parent.name


def test_no_name_runs_and_nothing_is_complained_of(pages, tab):
    assert len(pages) == 3
    for page in pages:
        used(tab, page)
        assert tab.value("window.ran === undefined")
        assert tab.value("document.querySelectorAll('img, [onerror], [onfocus]').length") == 0
        assert [m for m in tab.told if m["method"] == "Page.javascriptDialogOpening"] == []
        assert tab.complaints() == []


def test_names_and_notes_are_shown_as_they_are(pages, tab):
    cohort, recording, participant = pages
    shown = "document.body.textContent"
    tab.open(cohort, READY)
    for text in (TRAP, HANDLER):
        assert text in tab.value(shown)
    tab.open(recording, READY)
    for text in (TRAP, LINK, HANDLER):
        assert text in tab.value(shown)
    tab.open(participant, READY)
    assert tab.value("document.querySelector('h1').textContent") == TRAP


def test_every_link_leads_into_the_output_folder(out, pages, tab):
    for page in pages[:2]:
        tab.open(page, READY)
        found = tab.value("[...document.querySelectorAll('a')].map((a) => a.href)")
        for link in map(urlparse, found):
            assert link.scheme == "file"
            assert Path(unquote(link.path)).is_relative_to(out)
            assert Path(unquote(link.path)).exists()


def test_markup_that_came_in_all_the_same_would_not_run(out, pages, tab):
    evil = out / "evil.js"
    evil.write_text(RUN, encoding="utf-8")
    for page in pages:
        nonce = parse(page.read_text(encoding="utf-8")).one("style").attributes["nonce"]
        put_in = f"<script>{RUN}</script><script src='{evil.as_uri()}'></script>"
        put_in += f"<img src=x onerror='{RUN}'><script nonce='{nonce[::-1]}'>{RUN}</script>"
        changed = page.with_name("changed.html")
        text = page.read_text(encoding="utf-8")
        changed.write_text(text.replace("<header", f"{put_in}<header", 1), encoding="utf-8")
        used(tab, changed)
        assert tab.value("window.ran === undefined")
        refused = [c for c in tab.complaints() if "Content Security Policy" in str(c)]
        assert len(refused) >= 4
        changed.unlink()


def test_a_picture_of_a_time_line_can_still_be_saved(pages, tab):
    used(tab, pages[1])
    saved = "Plotly.toImage(document.querySelector('.plot'), {format: 'png'})"
    assert tab.value(saved).startswith("data:image/png;base64,")
    assert tab.complaints() == []


def test_tables_hold_what_was_written_and_no_formula(out):
    (night,) = rows(out / "nights.csv")
    assert list(night)[-2:] == [TRAP, f"'{FORMULA}"]
    assert (night["participant_id"], night["session"]) == (TRAP, LINK)
    assert (night[TRAP], night[f"'{FORMULA}"]) == (HANDLER, TRAP)


# The policy itself


def policy(text: str) -> dict[str, str]:
    content = next(m for m in parse(text).all("meta") if "http-equiv" in m.attributes)
    parts = (part.partition(" ") for part in content.attributes["content"].split("; "))
    return {name: value for name, _, value in parts}


def test_every_page_forbids_what_it_does_not_need():
    pair = {"participant_id": "a", "recording_id": "a", "other_recording_id": "b"}
    for text in (page_html(), cohort_html([], []), limbs_page([], [], [pair])):
        nonce = parse(text).one("style").attributes["nonce"]
        rules = policy(text)
        assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
        assert rules.get("script-src", f"'nonce-{nonce}'") == f"'nonce-{nonce}'"
        assert not {"connect-src", "frame-src", "object-src", "font-src"} & rules.keys()
        for script in parse(text).all("script"):
            assert script.attributes.get("nonce", nonce) == nonce
    assert rules["style-src"] == f"'nonce-{nonce}'"
    assert "script-src" not in rules
    assert policy(cohort_html([], []))["require-trusted-types-for"] == "'script'"


def test_the_password_is_that_of_the_page_and_not_to_be_known_beforehand():
    def password(text: str) -> str:
        return parse(text).one("style").attributes["nonce"]

    assert password(page_html()) == password(page_html())
    assert len({password(text) for text in (page_html(), page_html([]), cohort_html([], []))}) == 3
