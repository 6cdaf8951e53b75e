"""How what was found in an input is shown, line by line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_results import made_facts

from detector.inspection import Inspection, described, listed
from detector.nights.calibration import Calibration
from detector.nights.quality import Quality
from detector.pipeline import Subject
from recordings import SECOND_NS, Header, Health, Probe, Segment, Zone

HOUR_NS = 3600 * SECOND_NS
FACTS = made_facts(nights=1)
START_NS = FACTS.probe.start_ns
"""2024-03-05 at 20:00 in Berlin."""
HEADER = Header(format="axivity-cwa", device="AX3", serial="7", firmware="45", nominal_hz=100.0,
                range_g=8.0)  # fmt: skip
QUALITY = Quality(calibration=Calibration(status="not_possible", postures=0), samples=0)
SUBJECT = Subject(recording_id="a", shown_path="a.cwa", participant_id="anna", tz="Europe/Berlin")


def sound(hours=8.0, rate_hz=100.0, blocks=4000, **more):
    """The health of a recording without any fault."""
    end_ns = START_NS + round(hours * HOUR_NS)
    segment = Segment(START_NS, end_ns, round(hours * 3600 * rate_hz), "start")
    return Health(blocks=blocks, segments=[segment], **more)


def read(**other):
    """An input that was read to its end, in a known zone."""
    known = {
        "title": "a.cwa",
        "subject": SUBJECT,
        "header": HEADER,
        "probe": Probe(rate_hz=100.0, step_g=1 / 256, start_ns=START_NS),
        "health": sound(),
        "quality": QUALITY,
        "zone": Zone.of("Europe/Berlin", START_NS),
    }
    return Inspection(**{**known, **other})


def opened(**other):
    return read(health=None, quality=None, **other)


def line(one, name):
    """What stands behind a name, None if it has no line."""
    found = [text for text in described(one) if text.startswith(f"  {name} ")]
    assert len(found) <= 1
    return found[0][11:] if found else None


# ------------------------------------------------------------------ what is made of it


def test_an_input_without_fault_is_ok_and_nothing_is_wrong():
    assert read().status == "ok"
    assert line(read(), "remark") == "nothing is wrong"


@pytest.mark.parametrize(
    ("one", "status"),
    [
        (read(error="is empty", health=None), "failed"),
        (read(error="a table", skipped=True, health=None), "skipped"),
        (opened(), "opened"),
    ],
)
def test_what_could_not_be_read_to_its_end_is_no_ok(one, status):
    assert one.status == status
    assert one.as_dict()["status"] == status


def test_a_loss_is_a_warning_and_what_is_worth_knowing_is_none():
    health = sound()
    health.remark("bad_block", "2 blocks with a wrong checksum were left out")
    assert read(health=health).status == "warning"
    health = sound()
    health.remark("diary_unrecorded", "a night of the diary was not recorded")
    assert read(health=health).status == "ok"


@pytest.mark.parametrize(
    ("code", "truncated"), [("truncated_gzip", True), ("truncated_zip", True), ("bad_block", False)]
)
def test_a_file_that_broke_off_is_told(code, truncated):
    health = sound()
    health.remark(code, "something")
    assert read(health=health).truncated is truncated
    assert opened().truncated is False
    assert opened().as_dict()["truncated"] is None


def test_why_it_failed_is_said_before_what_was_seen_until_then():
    health = sound()
    health.remark("bad_block", "2 blocks with a wrong checksum were left out")
    one = read(error="reading failed", health=health, quality=None)
    assert one.said == ["reading failed", "2 blocks with a wrong checksum were left out"]
    assert line(one, "failed") == "reading failed"
    assert line(one, "remark") is None


# ------------------------------------------------------------------ lines of one input


def test_a_description_has_a_line_for_everything_that_is_known():
    health = sound(lowest_hz=99.5, highest_hz=100.25)
    assert described(read(health=health)) == [
        "a.cwa",
        "  worn by  anna (by its name)",
        "  device   axivity-cwa, AX3, serial 7, firmware 45",
        "  time     2024-03-05T20:00:00.000+01:00 to 2024-03-06T04:00:00.000+01:00 (8.0 h)",
        "  zone     Europe/Berlin",
        "  rate     100.000 Hz measured, 100 Hz stated (+0.0%), 99.500 to 100.250 Hz by the hour",
        "  sensor   range ±8 g, step 3.91 mg (measured)",
        "  gravity  unknown (never seen at rest)",
        "  samples  2 880 000 in 4 000 blocks",
        "  remark   nothing is wrong",
    ]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({}, "anna (by its name)"),
        ({"participant_source": "participants"}, "anna (by --participants)"),
        ({"participant_source": "id_regex"}, "anna (by --id-regex)"),
        ({"session": "2", "site": "wrist", "side": "left"}, "anna, session 2, left wrist (by its "
         "name)"),
        ({"site": "ankle"}, "anna, ankle (by its name)"),
        ({"side": "right"}, "anna, right (by its name)"),
    ],
    ids=str,
)  # fmt: skip
def test_who_wore_it_in_which_session_and_where(said, shown):
    assert line(read(subject=replace(SUBJECT, **said)), "worn by") == shown


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        (Header(format="csv", nominal_hz=100.0), "csv"),
        (Header(format="edf", nominal_hz=100.0, device="Faros"), "edf, Faros"),
        (Header(format="edf", nominal_hz=100.0, serial="7"), "edf, serial 7"),
        (Header(format="edf", nominal_hz=100.0, firmware="1"), "edf, firmware 1"),
    ],
)
def test_of_a_device_only_what_is_known_is_shown(header, shown):
    assert line(read(header=header), "device") == shown


def test_notes_of_the_header_have_a_line_if_there_are_any():
    noted = replace(HEADER, notes={"subject": "01", "empty": "", "location": "left wrist"})
    assert line(read(header=noted), "header") == "subject: 01; location: left wrist"
    assert line(read(header=replace(HEADER, notes={"empty": ""})), "header") is None


@pytest.mark.parametrize(
    ("hours", "shown"),
    [(0.5, "(30.0 min)"), (0.99, "(59.4 min)"), (1.0, "(1.0 h)"), (47.9, "(47.9 h)"),
     (48.0, "(2.0 d)"), (240.0, "(10.0 d)")],
)  # fmt: skip
def test_a_length_is_told_in_minutes_hours_or_days(hours, shown):
    assert line(read(health=sound(hours)), "time").endswith(shown)


@pytest.mark.parametrize(
    ("stated_hz", "shown"),
    [
        (100.0, "97.600 Hz measured, 100 Hz stated (-2.4%)"),
        (62.5, "97.600 Hz measured, 62.5 Hz stated (+56.2%)"),
    ],
)
def test_the_rate_is_measured_and_held_against_the_one_stated(stated_hz, shown):
    header = replace(HEADER, nominal_hz=stated_hz)
    assert line(read(header=header, health=sound(rate_hz=97.6)), "rate") == shown


def test_a_range_that_is_not_stated_is_not_shown():
    assert line(read(header=replace(HEADER, range_g=None)), "sensor") == "step 3.91 mg (measured)"


@pytest.mark.parametrize(
    ("blocks", "shown"), [(1, "2 880 000 in 1 block"), (2, "2 880 000 in 2 blocks")]
)
def test_samples_are_counted_with_their_blocks(blocks, shown):
    assert line(read(health=sound(blocks=blocks)), "samples") == shown


NO_ZONE = "the clock's time zone is unknown (state it with --tz), so times have no offset"


@pytest.mark.parametrize(
    ("tz", "device_tz", "offset_s", "shown"),
    [
        ("Europe/Berlin", None, None, "Europe/Berlin"),
        ("Europe/Berlin", "Europe/Berlin", None, "Europe/Berlin"),
        ("Asia/Tokyo", "UTC", None, "Asia/Tokyo; the clock was set to UTC"),
        ("Europe/Berlin", None, 3600, "Europe/Berlin; the file says UTC+1 h"),
        ("Europe/Berlin", None, -12_600, "Europe/Berlin; the file says UTC-3.5 h"),
        (None, None, None, NO_ZONE),
    ],
    ids=str,
)
def test_where_it_was_worn_and_its_clock_set(tz, device_tz, offset_s, shown):
    one = read(
        subject=replace(SUBJECT, tz=tz, device_tz=device_tz),
        zone=Zone.of(tz, START_NS, device_tz=device_tz),
        header=replace(HEADER, utc_offset_s=offset_s),
    )
    assert line(one, "zone") == shown


def test_of_a_beginning_alone_nothing_is_said_of_the_rest():
    lines = described(opened())
    assert lines[3] == "  time     2024-03-05T20:00:00.000+01:00"
    assert lines[5] == "  rate     100.000 Hz measured, 100 Hz stated (+0.0%)"
    assert lines[-1] == (
        "  remark   opened: only the beginning was read, "
        "so that length, gaps and damage are unknown"
    )
    assert line(opened(), "samples") is None
    assert line(opened(), "gravity") is None


def test_what_cannot_be_opened_has_its_name_its_wearer_and_why():
    one = read(header=None, probe=None, health=None, quality=None, error="is empty (0 bytes)")
    assert described(one) == [
        *("a.cwa", "  worn by  anna (by its name)", "  failed   is empty (0 bytes)"),
    ]


def test_what_was_opened_and_holds_no_sample_has_its_device_but_no_times():
    one = read(probe=None, health=None, quality=None, error="holds not one readable sample")
    assert [text.split()[0] for text in described(one)] == ["a.cwa", "worn", "device", "failed"]


@pytest.mark.parametrize(
    ("tz", "device_tz", "shown"),
    [
        ("Asia/Tokyo", "UTC", ("Asia/Tokyo", "UTC")),
        ("Asia/Tokyo", None, ("Asia/Tokyo", "Asia/Tokyo")),
        (None, "UTC", ("UTC", "UTC")),
        (None, None, (None, None)),
    ],
)
def test_zones_that_were_named_are_shown_though_it_could_not_be_read(tz, device_tz, shown):
    one = read(subject=replace(SUBJECT, tz=tz, device_tz=device_tz), zone=Zone())
    assert (one.shown_tz, one.shown_device_tz) == shown


# ------------------------------------------------------------------ a table of several


def rows(*several):
    return [text.split("  ") for text in listed(several)]


def test_problems_come_first_and_else_the_order_stays():
    warned = sound()
    warned.remark("bad_block", "x")
    several = [
        read(title="skipped.csv", error="a table", skipped=True, header=None, probe=None),
        opened(title="opened.cwa"),
        read(title="z.cwa"),
        read(title="a.cwa"),
        read(title="warned.cwa", health=warned),
        read(title="failed.cwa", error="is empty", header=None, probe=None, health=None),
    ]
    assert [row.split()[:2] for row in listed(several)[:-1]] == [
        ["status", "file"],
        ["failed", "failed.cwa"],
        ["warning", "warned.cwa"],
        ["ok", "z.cwa"],
        ["ok", "a.cwa"],
        ["opened", "opened.cwa"],
        ["skipped", "skipped.csv"],
    ]
    assert listed(several)[-1].startswith("opened: only the beginning was read")


def test_a_row_has_what_there_is_to_compare():
    heading, row = listed([read()])
    assert heading.split() == [
        *("status", "file", "worn", "by", "format", "device", "rate", "start", "length", "remarks"),
    ]
    assert [cell.strip() for cell in row.split("  ") if cell.strip()] == [
        *("ok", "a.cwa", "anna", "axivity-cwa", "AX3 7", "100.00 Hz", "2024-03-05 20:00", "8.0 h"),
    ]
    assert heading.index("remarks") > row.index("8.0 h")


def test_columns_begin_below_each_other_and_no_line_ends_in_blanks():
    several = [read(title="a-long-name.cwa"), read(title="b.cwa")]
    lines = listed(several)
    assert len({text.index("anna") for text in lines[1:]}) == 1
    assert all(text == text.rstrip() for text in lines)


def test_remarks_of_one_input_stand_in_one_cell():
    health = sound()
    health.remark("bad_block", "one thing")
    health.remark("bad_stamp", "another thing")
    assert listed([read(health=health)])[1].endswith("one thing; another thing")


def test_a_table_that_is_no_recording_has_no_wearer():
    one = read(error="a table", skipped=True, header=None, probe=None)
    assert "anna" not in listed([one])[1]


@pytest.mark.parametrize(
    ("tz", "probe", "said"),
    [(None, FACTS.probe, True), ("Europe/Berlin", FACTS.probe, False), (None, None, False)],
    ids=["unknown", "known", "of what has no times"],
)
def test_a_zone_that_is_unknown_is_said_once_below(tz, probe, said):
    zone = Zone.of(tz, START_NS)
    several = [read(subject=replace(SUBJECT, tz=tz), zone=zone, probe=probe)] * 2
    assert listed(several).count(NO_ZONE) == said
    assert listed([read(), *several]).count(NO_ZONE) == said  # though it is known of another


# ------------------------------------------------------------------ plain values


def test_values_of_what_was_not_read_are_unknown_and_never_zero():
    facts = read(header=None, probe=None, health=None, quality=None, error="x").as_dict()
    unknown = {name for name, value in facts.items() if value is None}
    assert unknown == {
        *("format", "device", "serial", "firmware", "start_time", "start_utc", "end_time"),
        *("end_utc", "duration_h", "stated_utc_offset_s", "nominal_hz", "measured_hz", "lowest_hz"),
        *("highest_hz", "range_g", "step_mg", "samples", "gaps", "gap_min", "blocks", "blocks_bad"),
        *("stamps_repaired", "truncated", "bytes_skipped", "rate_bias_pct", "clipped_samples"),
        *("stuck_min", "calibration", "session"),
    }
    assert (facts["notes"], facts["reasons"], facts["remarks"]) == ({}, [], ["x"])


def test_values_of_what_was_read_are_told():
    second = Segment(START_NS + 9 * HOUR_NS, START_NS + 10 * HOUR_NS, 360_000, "start")
    health = sound(bytes_skipped=3, stamps_repaired=2, blocks_bad=1)
    health.segments.append(second)
    facts = read(health=health, quality=replace(QUALITY, clipped_samples=4)).as_dict()
    told = {
        "duration_h": 10.0,
        "gaps": 1,
        "gap_min": 60.0,
        "samples": 3_240_000,
        "blocks": 4000,
        "blocks_bad": 1,
        "bytes_skipped": 3,
        "stamps_repaired": 2,
        "clipped_samples": 4,
        "measured_hz": pytest.approx(100.0),
        "step_mg": pytest.approx(3.90625),
        "tz": "Europe/Berlin",
        "tz_source": "user",
        "path": "a.cwa",
        "recording_id": "a",
        "end_utc": "2024-03-06T05:00:00.000Z",
    }
    assert {name: facts[name] for name in told} == told


@pytest.mark.parametrize(
    ("said", "zone", "source"),
    [
        ({"tz": "UTC"}, Zone.of("UTC", 0), "user"),
        ({"tz": None, "device_tz": "UTC"}, Zone.of(None, 0, device_tz="UTC"), "user"),
        ({"tz": None}, Zone.of(None, 0, offset_s=3600), "file"),
        ({"tz": None}, Zone.of(None, 0), "unknown"),
    ],
    ids=["the wearer's", "the device's", "of the file", "none"],
)
def test_from_where_the_zone_is_known_is_told(said, zone, source):
    one = read(subject=replace(SUBJECT, **said), zone=zone)
    assert one.as_dict()["tz_source"] == source


def test_what_was_read_of_a_damaged_file_is_told_without_a_judgement_of_its_sensor():
    facts = read(quality=None, error="is damaged").as_dict()
    assert facts["samples"] == 2_880_000
    assert (facts["calibration"], facts["stuck_min"]) == (None, None)
