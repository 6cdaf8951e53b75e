"""Results that name nobody: no secret in any byte, and the same nights on other dates."""

from __future__ import annotations

import csv
import json
import re
import shutil
import zipfile
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from detector.anonymise import check, key_of, key_path
from detector.cohort import Watcher, run
from detector.job import CRASH_LOG, RunOptions
from detector.parameter import SettingsError
from detector.people.naming import Naming, compiled
from detector.people.participants import read as read_table
from detector.people.veil import Veil
from detector.tables.columns import RECORDINGS
from detector.tables.csvtext import read
from recordings import SECOND_NS, Header, Health, open_recording
from recordings.writers import CwaLayout, GeneactivLayout, write_cwa, write_geneactiv

RATE_HZ = 25
EVENING = "2024-10-26T20:00:00"
"""Before the night in which clocks are set back."""

SECRETS = (
    *("wiedemann", "zoë", "müller", "wave1", "teil", "hospital", "strap came off", "night_one"),
    *("424242", "067676", "left wrist of", "geheim", "2024", "172997", "17300"),
)
"""Of names of files and folders, of headers, of the table, and of times; in lower case."""

OPTIONS = RunOptions(tz="Europe/Berlin", site="wrist", anonymise=True)


def pieces(start, hours, rate_hz, seed):
    """A sensor at rest that is moved once a minute."""
    n = round(hours * 3600 * rate_hz)
    codes = np.random.default_rng(seed).normal((10, -20, 255), 1.2, (n, 3))
    codes[:: 60 * rate_hz] += 90
    start_ns = int(np.datetime64(start, "ns").astype(np.int64))
    return [(np.rint(codes).astype(np.int16), start_ns + np.arange(n) * (SECOND_NS // rate_hz))]


def cwa(path, start=EVENING, hours=0.05, seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    notes = {"_p": "left wrist of Wiedemann", "_so": "geheim"}
    layout = CwaLayout(packed=False, rate_hz=RATE_HZ, device_id=424242, notes=notes)
    write_cwa(path, pieces(start, hours, RATE_HZ, seed), layout)
    return path


@pytest.fixture
def study(tmp_path):
    """Recordings of three people; one in two parts, one that cannot be read, one stray table."""
    data = tmp_path / "hospital"
    cwa(data / "wave1" / "Zoë Wiedemann.cwa")
    cwa(data / "wave1" / "Zoë Wiedemann again.cwa", "2024-11-20T20:00:00")
    cwa(data / "müller_teil1.cwa", seed=1)
    cwa(data / "müller_teil2.cwa", "2024-10-26T20:30:00", seed=2)
    layout = GeneactivLayout(serial="067676", location="left wrist of Wiedemann")
    write_geneactiv(data / "Wiedemann.bin", pieces(EVENING, 0.05, 50, 3), layout)
    (data / "Wiedemann empty.cwa").touch()
    (data / "müller ages.csv").write_text("name,age\nmüller,40\n")
    (data / "who.csv").write_text(
        "file,participant_id,session,notes,recording\n"
        "wave1,P7,S1,Zoë's strap came off,\n"
        "müller_teil1.cwa,P8,,,night one\nmüller_teil2.cwa,,,,night one\n",
        encoding="utf-8",
    )
    return data


def options_of(study, **more):
    return replace(OPTIONS, naming=Naming(participants=read_table(study / "who.csv")), **more)


def texts(out):
    """Everything in an output folder but the scripts of the pages, unpacked, in lower case."""
    for path in sorted(out.rglob("*")):
        yield path.name, path.name.encode()
        if path.is_file() and path.parent.name != "assets":
            yield path.name, path.read_bytes()
            if path.suffix == ".npz":
                with zipfile.ZipFile(path) as archive:
                    yield from ((member, archive.read(member)) for member in archive.namelist())


def leaks(out, secrets=SECRETS):
    found = []
    for name, content in texts(out):
        text = content.decode("utf-8", "replace").lower()
        text = re.sub(r"montini\s+2024", "", text)  # a reference
        text = re.sub(r"\b[0-9a-f]{32,}\b", "", text)  # a digest may hold any four digits
        found += [(name, secret) for secret in secrets if secret in text]
    return found


def rows_of(out):
    return {row["recording_id"]: row for row in read(RECORDINGS, out / "recordings.csv")}


def content(out):
    return {p.relative_to(out): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


# ------------------------------------------------------------------ no secret


def test_the_secrets_are_found_where_names_are_not_left_out(study, tmp_path):
    run([study], tmp_path / "out", options_of(study, anonymise=False))
    missed = set(SECRETS) - {secret for _, secret in leaks(tmp_path / "out")}
    assert missed <= {"hospital", "172997", "17300"}, "a secret that is nowhere proves nothing"


def test_no_byte_of_the_results_holds_a_secret(study, tmp_path):
    out = tmp_path / "out"
    summary = run([study], out, options_of(study))
    assert leaks(out) == []
    assert summary.counts["failed"] == 1
    assert summary.counts["skipped"] == 1
    for row in summary.rows:
        assert row["anonymised"] is True
        assert (row["path"], row.get("serial"), row.get("input_sha256")) == (None, None, None)
    told = {row["message"] for row in summary.rows if row["status"] in {"failed", "skipped"}}
    assert told == {"left out by --anonymise, because it may name somebody"}
    key = key_path(out).read_text().strip()
    assert leaks(out, (key, str(tmp_path).lower())) == []


class Crash(Watcher):
    def progress(self, _index, progress):
        if progress.phase == "reading":
            raise RuntimeError("Zoë Wiedemann of wave1")


def test_a_bug_is_said_without_what_it_happened_to(study, tmp_path):
    out = tmp_path / "out"
    summary = run([study], out, options_of(study), Crash())
    logs = list((out / "recordings").glob(f"*/{CRASH_LOG}"))
    assert summary.counts["failed"] == 5
    assert len(logs) == 4
    assert leaks(out, (*SECRETS, str(tmp_path).lower())) == []
    log = logs[0].read_text()
    assert log.startswith("RuntimeError\n")
    assert re.search(r"^detector/job.py:\d+ in _analysed$", log, re.MULTILINE)


def test_results_say_that_their_dates_are_moved(study, tmp_path):
    out = tmp_path / "out"
    run([study], out, options_of(study))
    assert "moved by a whole number of weeks" in (out / "METHODS.md").read_text().replace("\n", " ")
    assert "Dates are moved by whole weeks." in (out / "report.html").read_text()
    for page in (out / "recordings").glob("*/report.html"):
        assert "dates moved by whole weeks" in page.read_text()
        facts = json.loads(page.with_name("result.json").read_text())["facts"]
        assert facts["anonymised"] is True


def test_an_output_folder_with_names_in_it_is_refused(study, tmp_path):
    out = tmp_path / "out"
    run([study], out, options_of(study, anonymise=False))
    before = content(out)
    with pytest.raises(SettingsError, match=r"holds results with names, such as .*another folder"):
        run([study], out, options_of(study))
    assert content(out) == before
    assert not key_path(out).exists()


@pytest.mark.parametrize("name", ["Zoë", ".Zoë.partial", "rec-zoe", ".rec-0123456789ab.other"])
def test_any_folder_that_is_no_pseudonym_may_be_a_name(tmp_path, name):
    (tmp_path / "out" / "recordings" / ".rec-0123456789ab.0123abcd.partial").mkdir(parents=True)
    check(tmp_path / "out")
    (tmp_path / "out" / "recordings" / name).mkdir()
    with pytest.raises(SettingsError, match="holds results with names"):
        check(tmp_path / "out")


# ------------------------------------------------------------------ pseudonyms


def test_who_is_named_by_the_table_keeps_that_code_and_others_get_one(study, tmp_path):
    naming = options_of(study).naming
    pattern = compiled(r"^(?P<participant_id>\w+)\.bin$")
    out = tmp_path / "out"
    run([study], out, replace(OPTIONS, naming=replace(naming, pattern=pattern)))
    people = {row["participant_id"]: row for row in rows_of(out).values() if row["participant_id"]}
    assert {"P7", "P8"} < set(people)
    assert people["P7"]["session"] == "S1"
    others = {who: row["participant_source"] for who, row in people.items() if who[0] == "p"}
    assert all(re.fullmatch(r"p-[0-9a-f]{12}", who) for who in others)
    assert set(others.values()) == {"id_regex", "file_name"}


def test_rows_are_in_an_order_that_says_nothing(study, tmp_path):
    out = tmp_path / "out"
    run([study], out, options_of(study))
    ids = [row["recording_id"] for row in read(RECORDINGS, out / "recordings.csv")]
    assert ids == [*sorted(filter(None, ids)), None]
    assert all(re.fullmatch("rec-[0-9a-f]{12}", name) for name in filter(None, ids))


def test_the_key_lies_beside_the_results_and_gives_the_same_again(study, tmp_path):
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    run([study], first, options_of(study))
    key = tmp_path / "first.key"
    assert key == key_path(first)
    assert key.stat().st_mode & 0o077 == 0
    shutil.copy(key, key_path(second))
    run([study], second, options_of(study))
    assert content(second) == content(first)
    run([study], third, options_of(study))
    assert not set(rows_of(third)) & (set(rows_of(first)) - {None})


def test_what_is_done_is_found_again_and_what_has_changed_is_not(study, tmp_path):
    out = tmp_path / "out"
    run([study], out, options_of(study))
    before = content(out)
    assert run([study], out, options_of(study)).resumed == 4
    assert content(out) == before
    assert run([study], out, options_of(study, site="ankle")).resumed == 0
    run([study], out, options_of(study))
    cwa(study / "müller_teil2.cwa", "2024-10-26T20:31:00", seed=5)
    assert run([study], out, options_of(study)).resumed == 3


@pytest.mark.parametrize("text", ["", "key", "ab" * 31, "xy" * 32])
def test_a_key_that_is_none_is_refused_before_anything_is_done(tmp_path, text):
    out = tmp_path / "out"
    key_path(out).write_text(text)
    with pytest.raises(SettingsError, match=r"out.key is no key"):
        run([tmp_path], out, OPTIONS)
    assert not out.exists()


def test_a_key_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="cannot be written"):
        key_of(tmp_path / "file" / "out")


def test_beside_the_root_there_is_no_place_for_a_key():
    with pytest.raises(SettingsError, match="no place for its key"):
        check(Path("/"))


# ------------------------------------------------------------------ dates


def nights_of(out):
    with (out / "nights.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("start", ["2024-10-26T20:00:00", "2024-03-30T20:00:00"])
def test_nights_are_the_same_on_other_dates_though_clocks_change_in_them(tmp_path, start):
    data = tmp_path / "data"
    cwa(data / "night.cwa", start, hours=9.0)
    named, hidden = tmp_path / "named", tmp_path / "hidden"
    run([data], named, replace(OPTIONS, anonymise=False))
    run([data], hidden, OPTIONS)
    shifts = set()
    for name in ("nights.csv", "events.csv"):
        real, moved = ((out / name).read_text().splitlines() for out in (named, hidden))
        assert len(real) == len(moved)
        for row, other in zip(csv.DictReader(real), csv.DictReader(moved), strict=True):
            for column, text in row.items():
                if re.match(r"\d{4}-\d\d-\d\d", text):
                    assert text[10:] == other[column][10:]
                    days = [datetime.fromisoformat(t[:10]) for t in (text, other[column])]
                    shifts.add((days[1] - days[0]).days)
                elif column not in {"recording_id", "participant_id"}:
                    assert text == other[column], column
    (shift,) = shifts
    assert shift % 7 == 0
    assert shift < 0
    times = [row["start_time"] for row in csv.DictReader(moved)]
    assert {time[-6:] for time in times} == {"+01:00", "+02:00"}


def test_recordings_of_one_person_are_moved_by_the_same_weeks(study, tmp_path):
    out = tmp_path / "out"
    run([study], out, options_of(study))
    starts = {}
    for row in rows_of(out).values():
        if row.get("start_utc"):
            moment = datetime.fromisoformat(str(row["start_utc"]))
            starts.setdefault(row["participant_id"], []).append(moment)
    (one, two) = sorted(starts["P7"])
    assert (two - one).days == 25
    firsts = [min(times).date() for times in starts.values()]
    assert len(set(firsts)) == len(firsts) == 3
    assert {day.strftime("%A") for day in firsts} == {"Saturday"}


def test_a_recording_whose_offsets_no_shift_keeps_is_not_analysed(tmp_path):
    cwa(tmp_path / "data" / "night.cwa", "2015-08-14T20:00:00", hours=6)
    options = replace(OPTIONS, tz="Asia/Pyongyang")
    summary = run([tmp_path / "data"], tmp_path / "out", options)
    (row,) = summary.rows
    assert (row["status"], row["reason"]) == ("failed", "no_date_shift")
    assert "no shift by whole weeks keeps" in str(row["message"])
    assert not (tmp_path / "out" / "recordings").exists()


def test_without_a_zone_dates_are_moved_too(tmp_path):
    cwa(tmp_path / "data" / "night.cwa")
    run([tmp_path / "data"], tmp_path / "out", replace(OPTIONS, tz=None))
    assert leaks(tmp_path / "out") == []
    ((night),) = nights_of(tmp_path / "out")
    assert night["night_date"] < "2024"


# ------------------------------------------------------------------ the veil


def test_a_veiled_recording_moves_all_that_is_a_time_and_keeps_all_that_is_a_number(tmp_path):
    path = cwa(tmp_path / "night.cwa")
    plain, shift_ns = open_recording(path), -7 * 86_400 * SECOND_NS
    veiled = Veil(b"x", shift_ns).over(open_recording(path))
    for one, two in zip(plain.chunks(), veiled.chunks(), strict=True):
        np.testing.assert_array_equal(two.knots - one.knots, np.full_like(one.knots, [0, shift_ns]))
    moved = [
        replace(s, start_ns=s.start_ns + shift_ns, end_ns=s.end_ns + shift_ns)
        for s in plain.health.segments
    ]
    assert veiled.health == replace(plain.health, segments=moved)
    assert (veiled.header.serial, veiled.header.notes) == (None, {})


def test_a_device_of_an_unknown_format_is_not_believed_to_be_a_model():
    said = Header(format="edf", device="Anna's", serial="1", firmware="of Anna", nominal_hz=50.0)
    recording = SimpleNamespace(path=Path("x"), header=said)
    header = Veil(b"x", 0).over(recording).header
    assert header == Header(format="edf", nominal_hz=50.0)
    assert "b'x'" not in repr(Veil(b"x", 0))


def test_every_field_of_health_is_known_to_hold_no_time_of_its_own():
    counts = {"blocks", "blocks_bad", "bytes_read", "bytes_skipped", "stamps_repaired"}
    rates = {"lowest_hz", "highest_hz"}
    assert {f.name for f in fields(Health)} == counts | rates | {"segments", "remarks"}
