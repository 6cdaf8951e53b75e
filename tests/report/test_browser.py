"""The pages in a real browser, opened from the disk."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from made_results import made_facts, made_nights
from report.pages import page_html

from detector.report import cohort_page, write_assets
from detector.tables import facts_row, night_row

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = next((path for name in BROWSERS if (path := shutil.which(name))), None)
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-quic"),
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--hide-scrollbars"),
    *("--window-size=1400,9000", "--virtual-time-budget=8000", "--dump-dom"),
)

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="NO CHROMIUM FOUND: the pages were not tried in a real browser"
)

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

SORT = """
"use strict";
const table = document.querySelector("#nights table");
const column = () => [...table.tBodies[0].rows].map((row) => row.cells[9].textContent);
const told = [column()];
const button = table.querySelectorAll("th button")[9];
for (let i = 0; i < 2; i++) {
  button.click();
  told.push(column(), button.parentElement.getAttribute("aria-sort"));
}
document.body.dataset.told = JSON.stringify(told);
"""


def opened(path: Path, profile: Path) -> tuple[str, list[str]]:
    """The page as the browser has it at the end, and what its console said."""
    assert BROWSER is not None
    done = subprocess.run(
        [BROWSER, *OPTIONS, f"--user-data-dir={profile}", path.as_uri()],
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
    path.write_text(
        text.replace("</body>", f'<script src="{source}"></script></body>'), encoding="utf-8"
    )
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
    assert told["pointsClose"] < told["pointsWide"] <= 2100
    assert told["focused"] == "event-2"
    assert told["spanDragged"] == 7200
    assert told["pointsDragged"] == 2 * 720 + 3
    assert told["type"] == "date"
    assert told["pressed"] == "false"
    assert told["hidden"] == 1
    assert told["still"] == "none"
    assert not told["wide"]
    assert told["hover"].startswith(
        "<b>Sleep start</b>, counted<br>23:36:00, in the onset window"
        "<br>187.5 mg, 4.25 g/s, 0.46 s wide<br>confidence high<br>"
    )


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
    text = cohort_page(nights, [{**facts_row(facts), "status": "ok"}])
    told, console = driven(out / "report.html", text, SORT, tmp_path)
    assert console == []
    assert told == [
        ["5", "12", ""],
        ["5", "12", ""],
        "ascending",
        ["12", "5", ""],
        "descending",
    ]
