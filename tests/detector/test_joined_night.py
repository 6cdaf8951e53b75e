"""A night in several files has the events of the night in one file."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from detector.pipeline import Analysis, Subject
from detector.result import Result
from detector.settings import Settings
from recordings import open_parts

SAMPLE = Path(__file__).parents[2] / "recordings" / "samples" / "ax3_thigh25_short_night.cwa.gz"
CONTENT = gzip.decompress(SAMPLE.read_bytes())
HEADER_BYTES, SECTOR_BYTES = 1024, 512
SUBJECT = Subject(recording_id="night", tz="Europe/London", site="thigh")


@pytest.fixture
def parts(tmp_path):
    """Write sectors [a, b) of a real night into one file each, with the header in front."""

    def write(*ranges):
        paths = []
        for number, (a, b) in enumerate(ranges):
            span = slice(HEADER_BYTES + a * SECTOR_BYTES, HEADER_BYTES + b * SECTOR_BYTES)
            paths.append(tmp_path / f"part{number}.cwa")
            paths[-1].write_bytes(CONTENT[:HEADER_BYTES] + CONTENT[span])
        return paths

    return write


def analysed(paths):
    analysis = Analysis(open_parts(paths), SUBJECT, Settings())
    nights = tuple(analysis.nights())
    return Result(facts=analysis.facts, nights=nights)


@pytest.fixture(scope="module")
def whole():
    return analysed([SAMPLE])


def test_contiguous_parts_give_exactly_the_events_and_the_night_of_the_whole(parts, whole):
    joined = analysed(parts((0, 700), (700, 1501), (1501, 4025)))
    assert joined.events_table().to_pylist() == whole.events_table().to_pylist()
    assert joined.nights_table().to_pylist() == whole.nights_table().to_pylist()
    assert len(whole.events_table()) > 600


def test_a_lost_stretch_between_parts_costs_that_stretch_and_the_blanked_seconds(parts, whole):
    cut, lost = 1500, 20
    joined = analysed(parts((0, cut), (cut + lost, 4025)))
    (segment, after) = joined.facts.health.segments
    assert after.reason == "next_part"
    (night,) = joined.nights
    (full,) = whole.nights
    assert night.gap_min == pytest.approx(lost * 120 / 24.395 / 60, rel=0.01)
    floor_s = 2 * Settings().scan.floor_s

    def away(result):
        """Events that neither end near the border nor begin in what is blanked behind it."""
        utc_s = {row["start_utc"]: row for row in result.events_table().to_pylist()}
        zone = result.facts.zone
        before, behind = (
            zone.local(ns).timestamp()
            for ns in (segment.end_ns - 30 * 10**9, after.start_ns + int(floor_s * 1e9))
        )
        return {
            time: (row["kind"], row["peak_jerk_g_per_s"])
            for time, row in utc_s.items()
            if not before < time.timestamp() < behind
        }

    assert away(joined) == away(whole)
    assert full.observed_h - night.observed_h < (lost * 120 / 24.395 + floor_s) / 3600
