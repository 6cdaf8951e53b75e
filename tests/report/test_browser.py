"""The pages in a real browser, opened from the disk."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from made_results import made_facts, made_nights
from report.browser import find_browser
from report.html_tree import parse
from report.pages import cohort_html, page_html

from detector.nights.night import SLEEP_STARTS
from detector.reasons import sentence
from detector.report import write_assets
from detector.report.cells import cells
from detector.report.words import LOOKS
from detector.tables.columns import EVENTS
from detector.tables.rows import event_rows, facts_row, night_row

OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-quic"),
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--hide-scrollbars"),
    *("--window-size=1400,9000", "--virtual-time-budget=8000", "--dump-dom"),
)

pytestmark = pytest.mark.usefixtures("browser")

LABELS = [
    *("recording_id", "night_date", "event_index", "start_time", "start_utc", "peak_utc", "kind"),
    *("label", "reviewer", "reviewed_utc", "algorithm_version", "config_hash"),
]

DRIVE = """
"use strict";
const told = {};
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
async function drive() {
  for (let i = 0; i < 300 && document.querySelectorAll("figure[data-drawn]").length < 3; i++) {
    await new Promise(requestAnimationFrame);
    await wait(10);
  }
  const figure = document.querySelector("figure.timeline");
  const plot = figure.querySelector(".plot");
  const axis = () => plot._fullLayout.xaxis.range.map((v) => plot._fullLayout.xaxis.d2c(v));
  const span = () => { const [a, b] = axis(); return Math.round((b - a) / 1000); };
  const points = () => plot.data[0].x.length;
  const traces = plot.data.filter((t) => t.customdata).reverse();
  told.looks = [...figure.querySelectorAll("[data-kind] .mark")].map((mark, i) => {
    const path = mark.querySelector("path");
    const style = getComputedStyle(path);
    return [mark.classList[1], path.getAttribute("d"),
      style.fill === "none" ? style.stroke : style.fill,
      traces[i].marker.color, traces[i].marker.symbol[0].replace("-open", "")];
  });
  told.drawn = document.querySelectorAll("figure[data-drawn]").length;
  told.span = span();
  told.pointsWide = points();
  figure.querySelector("[data-view=onset]").click();
  await wait(300);
  told.spanOnset = span();
  told.pointsClose = points();
  figure.querySelector("[data-move=closer]").click();
  await wait(300);
  told.spanCloser = span();
  const kind = figure.querySelector("[data-kind='6']");
  kind.click();
  await wait(300);
  told.pressed = kind.getAttribute("aria-pressed");
  told.hidden = plot.data.filter((t) => t.visible === false).length;
  document.querySelector("button[data-event='2']").click();
  await wait(300);
  told.spanEvent = span();
  told.rawFar = plot.data.filter((t) => t.name === "raw").length;
  const press = (target, key) => target.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  for (let i = 0; i < 8; i++) {
    press(figure.querySelector("[data-move]"), "+");
    await wait(100);
  }
  told.spanClosest = span();
  const raw = plot.data.find((t) => t.name === "raw");
  told.raw = raw.x.length > 50 && raw.x.length < 400;
  plot.emit("plotly_click", { points: [{ customdata: 2 }] });
  told.focused = document.activeElement.id;
  const dragged = ["2024-03-06 01:00", "2024-03-06 03:00"];
  Plotly.relayout(plot, { "xaxis.range[0]": dragged[0], "xaxis.range[1]": dragged[1] });
  await wait(300);
  told.spanDragged = span();
  told.pointsDragged = points();
  told.type = plot._fullLayout.xaxis.type;
  told.still = getComputedStyle(figure.querySelector(".still")).display;
  told.wide = document.documentElement.scrollWidth > innerWidth;
  const numbers = plot.data.find((t) => t.hovertext && t.customdata && t.customdata.includes(2));
  told.hover = numbers.hovertext[numbers.customdata.indexOf(2)];
}
drive().catch((error) => { told.error = String(error); }).finally(() => {
  document.body.dataset.told = JSON.stringify(told);
});
"""

REVIEW = """
"use strict";
const told = {};
const bar = document.querySelector(".event-tools");
const cards = () => [...document.querySelectorAll("article.event")];
const shown = () => cards().filter((card) => card.getClientRects().length).length;
const press = (key) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const pick = (name, value) => {
  const select = bar.querySelector(`select[name=${name}]`);
  select.value = value;
  select.dispatchEvent(new Event("change"));
};
async function drive() {
  localStorage.clear();
  told.cards = cards().length;
  pick("confidence", "high");
  told.high = shown();
  told.said = bar.querySelector(".shown").textContent;
  pick("confidence", "");
  pick("counted", "no");
  told.near = shown();
  const near = cards().find((card) => card.getClientRects().length);
  told.why = near.querySelector(".reason").textContent;
  pick("counted", "");
  bar.querySelector("[data-begin]").click();
  told.first = document.activeElement.id;
  press("k");
  press("ArrowRight");
  press("r");
  press("ArrowDown");
  press("u");
  press("u");
  told.third = document.activeElement.id;
  press("ArrowLeft");
  told.back = document.activeElement.id;
  told.progress = bar.querySelector(".said-of-review").textContent;
  let blob = null;
  URL.createObjectURL = (made) => { blob = made; return "blob:made"; };
  HTMLAnchorElement.prototype.click = function click() { told.file = this.download; };
  const out = bar.querySelector("[data-export]");
  out.click();
  told.asked = document.activeElement.name;
  const reviewer = bar.querySelector("input");
  reviewer.value = '=Ada, "A"';
  reviewer.dispatchEvent(new Event("input"));
  out.click();
  told.csv = await blob.text();
  told.kept = Object.keys(localStorage);
}
drive().catch((error) => { told.error = String(error); }).finally(() => {
  document.body.dataset.told = JSON.stringify(told);
});
"""

SORT = """
"use strict";
const table = document.querySelector("#nights table");
const head = table.querySelector("th[data-column=whole]");
const column = () => [...table.tBodies[0].rows].map((row) => row.cells[head.cellIndex].textContent);
const told = [column()];
const button = head.firstElementChild;
for (let i = 0; i < 2; i++) {
  button.click();
  told.push(column(), button.parentElement.getAttribute("aria-sort"));
}
document.body.dataset.told = JSON.stringify(told);
"""


def opened(path: Path, profile: Path) -> tuple[str, list[str]]:
    """The page as the browser has it at the end, and what its console said."""
    chromium = find_browser()
    assert chromium is not None
    done = subprocess.run(
        [chromium, *OPTIONS, f"--user-data-dir={profile}", path.as_uri()],
        check=True,
        capture_output=True,
        text=True,
        timeout=180,
        env={**os.environ, "TZ": "Asia/Kathmandu"},
    )
    return done.stdout, [line for line in done.stderr.splitlines() if ":CONSOLE:" in line]


def driven(path: Path, text: str, script: str, profile: Path) -> tuple[object, list[str]]:
    """What a script says that was put behind the page's own."""
    assets = next(p / "assets" for p in path.parents if (p / "assets").is_dir())
    (assets / "drive.js").write_text(script, encoding="utf-8")
    source = os.path.relpath(assets / "drive.js", path.parent)
    nonce = next(style.attributes["nonce"] for style in parse(text).all("style"))
    put_in = f'<script nonce="{nonce}" src="{source}"></script></body>'
    path.write_text(text.replace("</body>", put_in), encoding="utf-8")
    dom, console = opened(path, profile)
    told = re.search(r'data-told="([^"]*)"', dom)
    assert told, dom[-2000:]
    return json.loads(html.unescape(told[1])), console


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    write_assets(folder)
    (folder / "recordings" / "subject 01").mkdir(parents=True)
    return folder


def rgb(colour: str) -> str:
    """As a browser gives it back."""
    red, green, blue = bytes.fromhex(colour[1:])
    return f"rgb({red}, {green}, {blue})"


def test_a_recordings_page_opens_from_the_disk_and_can_be_used(out, tmp_path):
    path = out / "recordings" / "subject 01" / "report.html"
    told, console = driven(path, page_html(), DRIVE, tmp_path)
    assert console == []
    assert isinstance(told, dict)
    assert "error" not in told
    assert told["drawn"] == 3
    assert told["span"] == (30 + 42 + 410 + 30) * 60
    assert told["spanOnset"] == (57 + 30) * 60
    assert told["spanCloser"] == told["spanOnset"] / 2
    assert told["spanEvent"] == 240
    assert told["rawFar"] == 0
    assert told["spanClosest"] == 1
    assert told["raw"]
    assert told["pointsClose"] < told["pointsWide"] <= 2100
    assert told["focused"] == "event-2"
    assert told["spanDragged"] == 7200
    assert told["pointsDragged"] == 2 * 720 + 3
    assert told["type"] == "date"
    assert told["pressed"] == "false"
    assert told["hidden"] == 1
    assert told["still"] == "none"
    assert not told["wide"]
    assert len(told["looks"]) == 9
    assert told["looks"] == [
        [kind, look.path, rgb(look.colour), look.colour, look.symbol.replace("-open", "")]
        for kind, look in LOOKS.items()
        if kind in {kind for kind, *_ in told["looks"]}
    ]
    assert told["hover"].startswith(
        "<b>Sleep start</b>, counted<br>23:36:00, in the onset window"
        "<br>187.5 mg, 4.25 g/s, 0.46 s wide<br>confidence high<br>"
    )


def test_candidates_are_filtered_judged_by_keys_and_exported(out, tmp_path):
    path = out / "recordings" / "subject 01" / "review.html"
    told, console = driven(path, page_html(), REVIEW, tmp_path)
    assert console == []
    assert isinstance(told, dict)
    assert "error" not in told
    facts, nights = made_facts(), made_nights()
    rows = [cells(EVENTS, row) for row in event_rows(facts, nights[0], 0)]
    hash_ = facts.settings.fingerprint()
    starts = sum(int(np.isin(night.events.kind, SLEEP_STARTS).sum()) for night in nights)
    counted = sum(int(night.events.counted.sum()) for night in nights)
    assert (told["cards"], told["high"], told["near"]) == (starts, 3, starts - counted)
    assert told["said"] == f"3 of {starts} shown"
    assert told["why"] == sentence("outside_window")
    assert (told["first"], told["third"], told["back"]) == ("event-1", "event-4", "event-2")
    assert told["progress"] == f"2 of {starts} judged."
    assert told["asked"] == "reviewer"
    assert told["file"] == "labels.csv"
    assert told["kept"] == [f"hypnic:subject_01:{hash_}"]
    table = list(csv.DictReader(io.StringIO(told["csv"], newline="")))
    copied = ("night_date", "event_index", "start_time", "start_utc", "peak_utc", "kind")
    for row, place, label in zip(table, (1, 2), ("keep", "reject"), strict=True):
        assert list(row) == LABELS
        assert {name: row[name] for name in copied} == {name: rows[place][name] for name in copied}
        assert (row["label"], row["reviewer"]) == (label, '\'=Ada, "A"')
        assert row["config_hash"] == hash_
        assert row["algorithm_version"] == str(facts_row(facts)["algorithm_version"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", row["reviewed_utc"])


def test_without_its_scripts_a_page_still_shows_its_pictures(tmp_path):
    path = tmp_path / "alone.html"
    path.write_text(page_html(), encoding="utf-8")
    dom, _ = opened(path, tmp_path / "profile")
    assert 'class="live"' not in dom
    assert dom.count('<svg class="still"') == 3


def test_the_table_of_nights_sorts_with_unknown_values_last(out, tmp_path):
    facts = made_facts()
    nights = [night_row(facts, night) for night in made_nights()]
    nights[1] = {**nights[1], "sleep_starts_night": 12}
    text = cohort_html(nights, [{**facts_row(facts), "status": "ok"}])
    told, console = driven(out / "report.html", text, SORT, tmp_path)
    assert console == []
    assert told == [
        ["5", "12", ""],
        ["5", "12", ""],
        "ascending",
        ["12", "5", ""],
        "descending",
    ]
