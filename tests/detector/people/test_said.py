"""What can be said of a file, word by word, and what is answered to what cannot be meant."""

from __future__ import annotations

import hashlib

import pytest

from detector.parameter import SettingsError
from detector.people.identity import FACTS, Identity, recording_ids
from detector.people.naming import Named

# ------------------------------------------------------------------ one fact


@pytest.mark.parametrize(
    ("name", "text", "meant"),
    [
        ("participant_id", "P 01", "P 01"),
        ("session", "Wave 1", "Wave 1"),
        ("site", "WRIST", "wrist"),
        ("site", "other", "other"),
        ("side", "Left", "left"),
        ("tz", "Europe/London", "Europe/London"),
        ("device_tz", "UTC", "UTC"),
        ("notes", "slept badly", "slept badly"),
        ("recording", "Night 1", "Night 1"),
    ],
)
def test_a_fact_is_taken_as_it_is_and_words_in_any_case(name, text, meant):
    said = Identity.of(name, text)
    assert getattr(said, name) == meant
    assert [fact for fact in FACTS if getattr(said, fact) is not None] == [name]


@pytest.mark.parametrize(
    ("name", "text", "answer"),
    [
        ("site", "wirst", "'wirst' is not wrist, ankle, thigh or other; did you mean 'wrist'?"),
        ("site", "unknown", "'unknown' is not wrist, ankle, thigh or other"),
        ("side", "both", "'both' is not left or right"),
        ("side", "lef", "'lef' is not left or right; did you mean 'left'?"),
        ("tz", "Londn", "'Londn' is not an IANA time zone"),
        ("device_tz", "GMT+1", "time zone 'GMT+1' does not say when clocks change"),
    ],
)
def test_what_cannot_be_meant_is_answered_with_what_can(name, text, answer):
    with pytest.raises(SettingsError) as caught:
        Identity.of(name, text)
    assert str(caught.value).startswith(answer)


# ------------------------------------------------------------------ several sources


def test_the_first_who_says_a_fact_is_believed_and_nobodys_silence_hides_another():
    table = Identity(participant_id="P1", site="ankle")
    pattern = Identity(participant_id="P2", side="left")
    assert table.or_else(pattern) == Identity(participant_id="P1", site="ankle", side="left")
    assert pattern.or_else(table) == Identity(participant_id="P2", site="ankle", side="left")
    assert Identity().or_else(table) == table
    assert table.or_else(Identity()) == table


def named(row=None, found=None, name="night", group="night.cwa"):
    return Named(group, name, row or Identity(), found or Identity())


@pytest.mark.parametrize(
    ("row", "found", "who", "by"),
    [
        ("P1", "P2", "P1", "participants"),
        (None, "P2", "P2", "id_regex"),
        (None, None, "night", "file_name"),
    ],
)
def test_who_wore_it_is_from_the_table_then_the_pattern_then_the_file(row, found, who, by):
    one = named(Identity(participant_id=row), Identity(participant_id=found))
    assert (one.participant_id, one.named_by) == (who, by)


def test_a_recording_of_parts_is_what_its_parts_say_together():
    parts = [
        named(Identity(site="wrist", notes="first")),
        named(Identity(participant_id="P1", notes="second"), Identity(side="left")),
        named(Identity(notes="first"), Identity(session="2")),
    ]
    whole = Named.joined(parts)
    assert whole.row == Identity(participant_id="P1", site="wrist", notes="first; second")
    assert whole.found == Identity(side="left", session="2")
    assert (whole.group, whole.name) == ("night.cwa", "night")
    assert Named.joined(parts[:1]) == parts[0]
    assert Named.joined([named(), named()]).row.notes is None


# ------------------------------------------------------------------ ids


def hashed(path: str, digits: int = 8) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:digits]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a" * 80 + ".cwa", "a" * 80),
        ("a" * 81 + ".cwa", "a" * 80 + "-"),
        ("a..b....c.cwa", "a.b.c"),
        ("a b\tc!d.cwa", "a_b_c_d"),
        ("_-.a-_.cwa", "a-_"),
        ("con.cwa", "recording-con-"),
        ("LPT9.x.cwa", "recording-LPT9.x-"),
        ("com10.cwa", "com10"),
        ("com\u00b9.cwa", "recording-com\u00b9-"),
        ("console.cwa", "console"),
        ("!.cwa", "recording-"),
    ],
)
def test_an_id_is_the_stem_made_harmless_with_a_hash_where_that_will_not_do(path, expected):
    (found,) = recording_ids([path])
    assert found == expected + (hashed(path) if expected.endswith("-") else "")


def test_a_hash_is_that_of_the_path_as_shown_whatever_its_name():
    paths = ["left/night.cwa", "right/night.cwa", "noon.cwa"]
    assert recording_ids(paths) == [f"night-{hashed(path)}" for path in paths[:2]] + ["noon"]


def test_ids_can_be_made_of_other_names():
    assert recording_ids(["a.cwa", "b.cwa"], ["P1", "P2"]) == ["P1", "P2"]
    same = recording_ids(["a.cwa", "b.cwa"], ["P1", "p1"])
    assert same == [f"P1-{hashed('a.cwa')}", f"p1-{hashed('b.cwa')}"]


def test_a_hash_that_is_somebodys_name_is_made_longer():
    left, right = "left/night.cwa", "right/night.cwa"
    imitation = f"night-{hashed(left)}.cwa"
    found = recording_ids([left, right, imitation])
    assert found == [
        f"night-{hashed(left, 16)}",
        f"night-{hashed(right)}",
        f"night-{hashed(left)}-{hashed(imitation)}",
    ]
