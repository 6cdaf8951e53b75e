"""What a recording's page says of the recording: origin, quality, stretches, settings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_results import (
    EVENING_NS,
    HOUR_NS,
    made_asleep_night,
    made_empty_night,
    made_facts,
    made_night,
    made_unanalysable_night,
)
from report.html_tree import Element
from report.pages import page

from detector.nights.calibration import Calibration
from detector.report.page import MOST_SEGMENTS
from detector.settings import KindSettings, Settings, WindowSettings
from recordings import Health, Segment, Zone

FACTS = made_facts()
BARE = [made_empty_night()]


def section(tree: Element, name: str) -> Element:
    return next(s for s in tree.all("section") if s.attributes.get("id") == name)


def lead(*nights) -> str:
    return page(list(nights)).one("p", "lead").text


def origin(**changes) -> list[str]:
    return page(BARE, replace(FACTS, **changes)).all("p", "meta")[0].text.split(" · ")


def quality(**changes) -> dict[str, str]:
    return section(page(BARE, replace(FACTS, **changes)), "quality").all("dl")[0].pairs()


# ------------------------------------------------------------------ the first sentences


@pytest.mark.parametrize(
    ("nights", "said"),
    [
        ([], "No night was found in it."),
        ([made_unanalysable_night(0)], "Its night has no count."),
        ([made_unanalysable_night(0), made_asleep_night(1)], "None of its nights has a count."),
        ([made_night(0)], "One night, with a count."),
        ([made_night(0), made_night(1)], "2 nights: 2 with a count."),
        (
            [made_night(0), made_unanalysable_night(1), made_unanalysable_night(2)],
            "3 nights: 1 with a count, 2 without.",
        ),
    ],
)
def test_the_first_sentence_says_how_many_nights_have_a_count(nights, said):
    assert lead(*nights) == said


def test_a_page_without_nights_says_so_and_has_no_pictures_of_all():
    tree = page([])
    assert tree.one("p", "empty").text == "The recording holds no night."
    assert not tree.all("svg", "raster")


def test_pictures_of_all_nights_need_two_and_the_one_by_onset_two_with_an_onset():
    def rasters(*nights):
        labels = [svg.attributes["aria-label"] for svg in page(list(nights)).all("svg", "raster")]
        return [label.split()[2] for label in labels]

    assert rasters(made_night(0)) == []
    assert rasters(made_night(0), made_asleep_night(1)) == ["by"]
    assert rasters(made_night(0), made_night(1)) == ["by", "aligned"]


# ------------------------------------------------------------------ origin


def test_the_origin_tells_who_what_where_and_when():
    assert origin() == [
        *("AX3 012345", "worn at the left wrist", "wave1/subject_01.cwa"),
        *("2024-03-05 20:00 to 2024-03-08 08:00", "Europe/Berlin"),
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"participant_id": "P7"}, "participant P7"),
        ({"session": "2"}, "session 2"),
        ({"side": "unknown"}, "worn at the wrist"),
        ({"site": "unknown"}, "worn at the left"),
        ({"parts": 2, "path": "wave1/P7"}, "wave1/P7 (2 files)"),
        ({"anonymised": True}, "dates moved by whole weeks"),
        ({"path": "/srv/x/a.cwa"}, "a.cwa"),
    ],
)
def test_the_origin_tells_what_is_known_besides(changes, told):
    assert told in origin(**changes)


def test_what_is_not_known_is_not_in_the_origin():
    told = origin(site="unknown", side="unknown", path="", health=Health())
    assert told == ["AX3 012345", "Europe/Berlin"]
    header = replace(FACTS.header, device=None, serial=None)
    assert origin(header=header)[0] == "axivity-cwa"
    assert origin(header=replace(header, serial="9"))[0] == "9"


def test_a_clock_in_another_zone_and_an_unknown_one_are_told():
    away = Zone.of("Europe/Berlin", FACTS.probe.start_ns, device_tz="Asia/Tokyo")
    assert origin(zone=away)[-1] == "clock set to Asia/Tokyo"
    unknown = made_facts(tz=None)
    told = origin(zone=unknown.zone, tz_name=None, tz_source="unknown")
    assert told[-1] == "device clock, time zone unknown"


# ------------------------------------------------------------------ quality


def test_what_is_known_of_the_sensor_stands_with_its_unit():
    told = quality()
    assert told["Measured rate"] == "100 Hz"
    assert told["Rate by the header"] == "100 Hz"
    assert told["Range"] == "8 g"
    assert told["Length"] == "60 h"
    assert (told["Gaps"], told["Time in gaps"]) == ("1", "1.5 min")
    assert (told["Format"], told["Firmware"], told["Clock"]) == (
        *("axivity-cwa", "45", "Europe/Berlin"),
    )
    assert "Lowest rate of an hour" not in told  # unknown


def test_an_unknown_zone_and_a_sensor_never_at_rest_are_said():
    unknown = made_facts(tz=None)
    assert quality(zone=unknown.zone, tz_name=None)["Clock"] == "time zone unknown"
    unseen = replace(FACTS.quality, calibration=Calibration(status="not_possible", postures=0))
    assert quality(quality=unseen)["Gravity at rest"] == "unknown (never seen at rest)"


def test_what_somebody_remarked_stands_under_its_own_heading():
    tree = section(page(BARE, replace(FACTS, notes="strap was loose")), "quality")
    assert "What is remarked of it strap was loose" in tree.text
    assert "What is remarked of it" not in section(page(BARE), "quality").text


def test_what_the_file_says_of_itself_stands_in_the_order_of_its_names():
    tree = section(page(BARE, made_facts(notes={"z": "1", "a": "2"})), "quality")
    told = next(d for d in tree.all("details") if "says of itself" in d.text)
    assert list(told.pairs()) == ["a", "z"]
    assert "says of itself" not in section(page(BARE, made_facts(notes={})), "quality").text


# ------------------------------------------------------------------ stretches


def stretches(*hours: tuple[int, int], reason: str = "clock_jumped") -> Health:
    """Uninterrupted stretches by their first hour and their number of samples."""
    return Health(
        segments=[
            Segment(EVENING_NS + at * HOUR_NS, EVENING_NS + (at + 1) * HOUR_NS, samples, reason)
            for at, samples in hours
        ]
    )


def rows_of(health: Health) -> list[list[str]]:
    tree = section(page(BARE, replace(FACTS, health=health)), "quality")
    tables = tree.all("table")
    return [[td.text for td in tr.all("td")] for tr in tables[0].all("tr")[1:]] if tables else []


def test_one_stretch_needs_no_list():
    assert rows_of(stretches((0, 100))) == []


def test_every_stretch_is_told_with_its_times_and_why_it_begins():
    assert rows_of(stretches((0, 100), (5, 200))) == [
        [
            "2024-03-05T00:00:00.000+01:00",
            "2024-03-05T01:00:00.000+01:00",
            "100",
            "clock jumped",
        ],
        [
            "2024-03-05T05:00:00.000+01:00",
            "2024-03-05T06:00:00.000+01:00",
            "200",
            "clock jumped",
        ],
    ]


@pytest.mark.parametrize("n", [MOST_SEGMENTS, MOST_SEGMENTS + 1])
def test_of_too_many_stretches_the_longest_are_told_in_the_order_of_time(n):
    shown = [row[2] for row in rows_of(stretches(*((k, 1000 + k) for k in range(n))))]
    assert shown == [str(1000 + k) for k in range(n - MOST_SEGMENTS, n)]


# ------------------------------------------------------------------ settings


def test_every_changed_setting_stands_with_its_default_and_its_meaning():
    settings = Settings(
        kinds=KindSettings(accel_min_mg=90), window=WindowSettings(night_start="18:00")
    )
    rows = section(page(BARE, made_facts(settings=settings)), "methods").one("table").all("tr")[1:]
    told = {row.all("td")[0].text: [td.text for td in row.all("td")[1:3]] for row in rows}
    assert told == {
        "window.night_start": ["18:00", "12:00"],
        "kinds.accel_min_mg": ["90 mg", "75 mg"],
    }
