"""What the demonstration says of a night whose truth is known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from detector.demo import TZ, compare, described
from detector.nights.night import SLEEP_STARTS
from detector.tables import csvtext
from detector.tables.columns import EVENTS, NIGHTS
from recordings import SECOND_NS, Zone
from recordings.synthetic import DEMO, plan

PLAN = plan(15, DEMO)
ZONE = Zone.of(TZ, PLAN.start_ns)
PLANTED = PLAN.rows(*SLEEP_STARTS)


def utc(device_ns):
    return (ZONE.local(device_ns) - timedelta(seconds=ZONE.device_offset_s)).strftime(
        "%Y-%m-%dT%H:%M:%S.%f"
    )[:23] + "Z"


def event(device_ns, kind="sleep_start", *, counted=True, reason="jerk", mg=210.0):
    return {
        "peak_utc": utc(device_ns),
        "kind": kind,
        "counted": counted,
        "reason": reason,
        "peak_accel_mg": mg,
    }


@pytest.fixture
def found(tmp_path):
    """Write results of a run and hold them against the truth; the lines that are said."""

    def say(*events, onset_ns=None):
        folder = tmp_path / "recordings" / "demo_night"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "events.csv").write_bytes(csvtext.table(EVENTS, events))
        onset = None if onset_ns is None else utc(onset_ns)
        (folder / "nights.csv").write_bytes(csvtext.table(NIGHTS, [{"sleep_onset_utc": onset}]))
        return described(compare(PLAN, tmp_path))

    return say


def test_a_sleep_start_that_was_found_stands_beside_the_one_planted(found):
    at_ns = int(PLANTED[0]["peak_ns"])
    lines = found(event(at_ns + 4_000_000))
    assert lines[0].split() == [
        *("planted", "size", "to", "onset", "found", "as", "size", "time", "error", "counted"),
    ]
    first = lines[1]
    assert first.startswith(f"{ZONE.local(at_ns):%H:%M:%S}  {PLANTED[0]['size_mg']:.0f} mg ")
    assert f"{PLANTED[0]['onset_offset_s'] / 60:+.1f} min" in first
    assert first.split()[-6:] == ["sleep_start", "210", "mg", "+4", "ms", "yes"]
    assert all(line.split()[-2:] == ["nothing", "no"] for line in lines[2 : 1 + len(PLANTED)])
    assert lines[-1].endswith("counted as sleep starts without being planted as such: 0")
    assert f"other movements in bed: {len(PLAN.truth) - len(PLANTED)} planted;" in lines[-1]


@pytest.mark.parametrize(
    ("apart_ms", "is_it"), [(-999, True), (999, True), (-1001, False), (1001, False)]
)
def test_an_event_within_a_second_is_the_one_planted(found, apart_ms, is_it):
    line = found(event(int(PLANTED[0]["peak_ns"]) + apart_ms * 1_000_000))[1]
    assert (f"{apart_ms:+d} ms" in line) is is_it
    assert ("nothing" in line) is not is_it


def test_of_several_events_the_nearest_is_the_one_planted(found):
    at_ns = int(PLANTED[0]["peak_ns"])
    lines = found(
        event(at_ns + 400_000_000, kind="impact", counted=False, reason="knock"),
        event(at_ns - 2_000_000),
    )
    assert "sleep_start" in lines[1]
    assert "-2 ms" in lines[1]


def test_why_it_was_not_counted_is_told(found):
    at_ns = int(PLANTED[0]["peak_ns"])
    lines = found(event(at_ns, counted=False, reason="outside_window"))
    assert lines[1].endswith("no: It lies outside the window around sleep onset.")
    assert found(event(at_ns, counted=False, reason=None))[1].endswith("  no")


def test_what_was_counted_and_not_planted_is_told_with_its_time(found):
    at_ns = int(PLANTED[0]["peak_ns"]) + 30 * SECOND_NS
    lines = found(event(at_ns), event(at_ns + 10 * SECOND_NS, counted=False))
    assert lines[-1].endswith(f"planted as such: 1 (at {ZONE.local(at_ns):%H:%M:%S})")


@pytest.mark.parametrize(
    ("late_s", "said"), [(90, "(+1.5 min)"), (-150, "(-2.5 min)"), (6, "(+0.1 min)")]
)
def test_how_far_off_sleep_onset_was_is_told(found, late_s, said):
    true_ns = PLAN.nights[0].onset_ns
    line = found(onset_ns=true_ns + late_s * SECOND_NS)[-2]
    assert line.startswith(f"sleep onset: planted {ZONE.local(true_ns):%H:%M:%S}, found ")
    assert line.endswith(said)


def test_a_sleep_onset_that_was_not_found_is_told(found):
    assert found()[-2].endswith(", not found")
