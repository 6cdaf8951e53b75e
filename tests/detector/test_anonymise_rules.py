"""Which folders pseudonyms may go into, the key to them, and what they are made of."""

from __future__ import annotations

import os
import re
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from detector.anonymise import _make_key, _spans, check, key_of, key_path, veiled
from detector.inputs.sources import Part, Source
from detector.job import RunOptions
from detector.parameter import SettingsError
from detector.people.identity import Identity
from detector.people.naming import Named
from detector.people.veil import HIDDEN
from detector.stated.diary import Diary, Entry
from detector.stated.hypnogram import Hypnogram, Stage

KEY = bytes(32)
OPTIONS = RunOptions(anonymise=True)


def refused(ask, *given):
    with pytest.raises(SettingsError) as caught:
        ask(*given)
    return str(caught.value)


# ------------------------------------------------------------------ folders


@pytest.mark.parametrize(
    "name",
    ["rec-0123456789ab", "rec-0123456789abcdef0123", ".rec-0123456789ab.0a1b2c3d.partial",
     ".rec-0123456789ab.old"],
)  # fmt: skip
def test_a_folder_that_holds_only_pseudonyms_is_taken(tmp_path, name):
    (tmp_path / "out" / "recordings" / name).mkdir(parents=True)
    check(tmp_path / "out")
    check(tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]  # no key is made by asking


@pytest.mark.parametrize(
    "name",
    ["anna", "rec-0123456789a", "rec-0123456789AB", "rec-0123456789ab-anna", "xrec-0123456789ab",
     ".rec-0123456789ab.partial"],
)  # fmt: skip
def test_a_folder_that_holds_a_name_is_refused_with_it(tmp_path, name):
    out = tmp_path / "out"
    (out / "recordings" / name).mkdir(parents=True)
    assert refused(check, out) == (
        f"--anonymise: {out} holds results with names, such as {name}; name another folder"
    )


def test_where_no_key_can_lie_nothing_is_done():
    root = Path(Path.cwd().anchor)
    assert refused(check, root) == f"--anonymise: beside {root} there is no place for its key"


# ------------------------------------------------------------------ keys


def test_the_key_lies_beside_the_folder_and_only_its_owner_may_read_it(tmp_path):
    key = key_of(tmp_path / "out")
    path = tmp_path / "out.key"
    assert key_path(tmp_path / "x" / ".." / "out") == path
    assert re.fullmatch(r"[0-9a-f]{64}\n", path.read_text())
    assert key == bytes.fromhex(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "text",
    ["", "no key", "ab" * 31, "ab" * 33, "ä" * 64],
    ids=["empty", "words", "short", "long", "no text"],
)
def test_what_is_no_key_is_refused(tmp_path, text):
    path = tmp_path / "out.key"
    path.write_text(text, encoding="utf-8")
    assert refused(key_of, tmp_path / "out") == f"--anonymise: {path} is no key to pseudonyms"
    assert refused(check, tmp_path / "out") == f"--anonymise: {path} is no key to pseudonyms"


def test_a_folder_for_the_key_that_is_not_there_is_told(tmp_path):
    out = tmp_path / "gone" / "out"
    assert refused(key_of, out) == (
        f"--anonymise: {tmp_path / 'gone' / 'out.key'} cannot be written: No such file or directory"
    )


def test_where_a_file_can_have_no_second_name_the_key_is_moved_into_its_place(
    tmp_path, monkeypatch
):
    def refused(_path, _target):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    key = key_of(tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out.key"]
    assert key_of(tmp_path / "out") == key


def test_a_key_is_on_the_disk_before_it_has_its_name_and_the_name_afterwards(tmp_path, monkeypatch):
    put_on_disk, told = os.fsync, []

    def noting(handle):
        told.append((os.fstat(handle).st_ino, os.fstat(handle).st_size, key_path(out).exists()))
        put_on_disk(handle)

    out = tmp_path / "out"
    monkeypatch.setattr(os, "fsync", noting)
    key_of(out)
    (file, size, before), (folder, _, after) = told
    assert (file, size, before) == (key_path(out).stat().st_ino, 65, False)
    assert (folder, after) == (tmp_path.stat().st_ino, True)


def test_of_two_processes_that_make_a_key_the_first_one_s_counts(tmp_path):
    path = tmp_path / "out.key"
    _make_key(path)
    first = path.read_bytes()
    _make_key(path)
    assert path.read_bytes() == first
    assert list(tmp_path.iterdir()) == [path]


# ------------------------------------------------------------------ pseudonyms


def source(name, group=None, row=None, found=None, **more):
    named = Named(group=group or name, name=name, row=row or Identity(), found=found or Identity())
    return Source((Part(Path(name), name),), named, **{"recording_id": name, **more})


def test_a_pseudonym_is_made_of_key_and_file_and_of_nothing_else():
    (one,) = veiled([source("a")], KEY, OPTIONS)
    (again,) = veiled([source("a", row=Identity(participant_id="x"))], KEY, OPTIONS)
    (other,) = veiled([source("b")], KEY, OPTIONS)
    (elsewhere,) = veiled([source("a")], bytes(31) + b"1", OPTIONS)
    assert re.fullmatch("rec-[0-9a-f]{12}", one.recording_id)
    assert one.recording_id == again.recording_id
    assert len({one.recording_id, other.recording_id, elsewhere.recording_id}) == 3


def test_recordings_of_one_person_have_one_pseudonym():
    sources = [source("a", row=Identity(participant_id="anna")), source("anna"), source("bert")]
    found = veiled(sources, KEY, OPTIONS)
    by = {each.paths[0].name: each.named.participant_id for each in found}
    assert re.fullmatch("p-[0-9a-f]{12}", by["anna"])
    assert by["anna"] != by["bert"]
    assert by["a"] == "anna"  # that the table says is a code already


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            {"row": Identity(participant_id="P1", notes="Anna", recording="x")},
            ("P1", "participants"),
        ),
        ({"found": Identity(participant_id="Anna")}, (None, "id_regex")),
        ({}, (None, "file_name")),
    ],
    ids=["the table", "the pattern", "the file"],
)
def test_only_codes_of_the_table_are_kept_and_from_where_a_name_was_is_told(said, kept):
    (one,) = veiled([source("a", **said)], KEY, OPTIONS)
    code, named_by = kept
    assert one.named.named_by == named_by
    assert (one.named.participant_id == code) is (code is not None)
    assert (one.named.said.notes, one.named.said.recording, one.named.group) == (None, None, "")


def test_where_it_was_worn_is_no_name():
    found = Identity(participant_id="Anna", site="wrist", side="left", session="Anna's")
    (one,) = veiled([source("a", found=found)], KEY, OPTIONS)
    assert (one.named.said.site, one.named.said.side) == ("wrist", "left")
    assert one.named.said.session is None


def test_what_is_no_recording_is_last_and_says_nothing():
    sources = [source("notes", recording_id="", skipped="Anna's notes"), source("a"), source("b")]
    found = veiled(sources, KEY, OPTIONS)
    assert [bool(each.skipped) for each in found] == [False, False, True]
    assert (found[-1].skipped, found[-1].recording_id) == (HIDDEN, "")


def test_the_order_of_inputs_does_not_show():
    names = [f"n{k}" for k in range(9)]
    found = [
        [each.recording_id for each in veiled([source(n) for n in order], KEY, OPTIONS)]
        for order in (names, names[::-1])
    ]
    assert found[0] == found[1] == sorted(found[0])


def test_a_diary_moves_by_whole_weeks_with_its_recording():
    diary = Diary(("stress",), (Entry(2, date(2024, 3, 5), {}, ("3",)),))
    (one,) = veiled([source("a", diary=diary)], KEY, OPTIONS)
    moved = one.diary.entries[0].night_date
    assert timedelta(microseconds=one.veil.shift_ns / 1000) == moved - date(2024, 3, 5)
    assert (moved - date(2024, 3, 5)).days % 7 == 0
    assert moved < date(2024, 3, 5)


def test_how_far_the_dating_is_is_told():
    told = []
    sources = [source("a"), source("b")]
    veiled(sources, KEY, OPTIONS, lambda share, one: told.append((share, one.title)))
    assert told == [(0.0, "a"), (0.5, "b")]


def test_a_hypnogram_moves_as_the_diary_does():
    begin = datetime(2024, 3, 5, 23)
    hypnogram = Hypnogram(begin, (Stage(0.0, 30.0, "W"),))
    (one,) = veiled([source("a", hypnogram=hypnogram)], KEY, OPTIONS)
    moved = timedelta(microseconds=one.veil.shift_ns / 1000)
    assert moved < timedelta(0)
    assert one.hypnogram == Hypnogram(begin + moved, hypnogram.stages)


# ------------------------------------------------------------------ which offsets must stay

DAYS = timedelta(days=2)


def table(path, *beginnings):
    """Write ten seconds at 20 Hz from each of the times on."""
    rows = (
        f"{datetime.fromisoformat(begins) + timedelta(milliseconds=50 * k)},0.0,0.0,1.{k % 2}"
        for begins in beginnings
        for k in range(200)
    )
    path.write_text("\n".join(["time,x,y,z", *rows, ""]), encoding="utf-8")
    return Source((Part(path, path.name),), source("a").named, "a")


def spans(*given, **options):
    found = _spans(table(*given), RunOptions(anonymise=True, **options))
    return [(str(s.zone), utc(s.start_ns), utc(s.end_ns)) for s in found]


def utc(ns):
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=round(ns / 1000))


def at(text):
    return datetime.fromisoformat(f"{text}+00:00")


def test_offsets_must_stay_from_two_days_before_a_recording_to_two_days_behind_it(tmp_path):
    found = spans(tmp_path / "a.csv", "2024-03-05 22:00:00", tz="America/New_York")
    start, end = at("2024-03-06T03:00:00"), at("2024-03-06T03:00:10")
    assert found == [
        ("America/New_York", start - DAYS, end + DAYS),
        ("America/New_York", start - DAYS, start + DAYS),  # the clock is set at the beginning alone
    ]


def test_the_zone_of_the_clock_matters_where_it_was_set(tmp_path):
    given = {"tz": "Asia/Tokyo", "device_tz": "Europe/London"}
    found = spans(tmp_path / "a.csv", "2024-03-05 22:00:00", "2024-03-07 22:00:00", **given)
    start, end = at("2024-03-05T22:00:00"), at("2024-03-07T22:00:10")
    assert found == [
        ("Asia/Tokyo", start - DAYS, end + DAYS),
        ("Europe/London", start - DAYS, start + DAYS),
    ]


def test_where_time_runs_backwards_all_of_it_counts(tmp_path):
    found = spans(tmp_path / "a.csv", "2024-03-07 22:00:00", "2024-03-05 22:00:00", tz="UTC")
    first, last = at("2024-03-05T22:00:00"), at("2024-03-07T22:00:10")
    assert found[0] == ("UTC", first - DAYS, last + DAYS)


@pytest.mark.parametrize("options", [{}, {"tz": "UTC"}], ids=["no zone", "no recording"])
def test_nothing_must_stay_where_nothing_is_known(tmp_path, options):
    assert list(_spans(source(str(tmp_path / "gone")), RunOptions(**options))) == []
