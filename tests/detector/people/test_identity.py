from __future__ import annotations

import random
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.people.identity import recording_ids, stem
from recordings import DEVICE_ENDINGS, GENERAL_ENDINGS

names = st.text(min_size=1, max_size=40).filter(lambda name: "/" not in name)
paths = st.lists(names, min_size=1, max_size=4).map("/".join)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("subject_01.cwa", "subject_01"),
        ("wave1/sub.01.ses.2.CWA.gz", "sub.01.ses.2"),
        ("my night.bin", "my_night"),
        ("Zoë-Müller.csv", "Zoë-Müller"),
        ("患者.parquet", "患者"),
        ("a.b.dat", "a.b.dat"),
        ("=1+2.csv", "1_2"),
        (".cwa", "cwa"),
    ],
)
def test_a_harmless_name_is_its_own_id(path, expected):
    assert recording_ids([path]) == [expected]


def test_sessions_told_apart_by_dots_stay_apart():
    assert recording_ids(["sub.01.ses.2.cwa", "sub.01.ses.3.cwa"]) == [
        "sub.01.ses.2",
        "sub.01.ses.3",
    ]


@pytest.mark.parametrize(
    "paths",
    [
        ["left/night.cwa", "right/night.cwa"],
        ["night.cwa", "night.bin"],
        ["Night.cwa", "night.cwa"],
        ["night 1.cwa", "night_1.cwa"],
        ["é.cwa", "e\u0301.cwa"],
    ],
)
def test_names_that_would_be_one_folder_get_a_hash_each(paths):
    first, second = recording_ids(paths)
    assert first.casefold() != second.casefold()
    assert first[-9] == second[-9] == "-"
    assert recording_ids(paths[::-1]) == [second, first]


def test_a_name_that_imitates_a_hashed_id_changes_nothing_for_the_others():
    left, right = recording_ids(["a/night.cwa", "b/night.cwa"])
    ids = recording_ids(["a/night.cwa", "b/night.cwa", f"{left}.cwa"])
    assert ids[1] == right
    assert len(set(ids)) == 3


@pytest.mark.parametrize("name", ["con", "NUL.cwa", "com1.bin", "aux.b.csv"])
def test_names_that_windows_keeps_for_itself_are_not_used(name):
    assert not PureWindowsPath(recording_ids([name])[0]).is_reserved()


@pytest.mark.parametrize("path", ["...", "---.cwa", "\u200b.cwa", "(.cwa", "../../..cwa"])
def test_a_name_of_which_nothing_is_left_still_has_an_id(path):
    (found,) = recording_ids([path])
    assert found
    assert found[0] not in ".-"


@given(st.lists(paths, unique=True, min_size=1, max_size=8))
def test_any_names_give_different_folders_inside_the_output_folder(paths):
    ids = recording_ids(paths)
    assert len({name.casefold() for name in ids}) == len(paths)
    for name in ids:
        assert PurePosixPath(name).parts == (name,)
        assert PureWindowsPath(name).parts == (name,)
        assert name[0] not in ".-=+@"
        assert not name.endswith((".", " "))
        assert name.isprintable()
        assert len(name.encode()) <= 120


@given(st.lists(paths, unique=True, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_ids_do_not_depend_on_the_order(paths, rng: random.Random):
    mixed = paths.copy()
    rng.shuffle(mixed)
    assert dict(zip(paths, recording_ids(paths), strict=True)) == dict(
        zip(mixed, recording_ids(mixed), strict=True)
    )


def test_a_very_long_name_is_cut_between_characters():
    (found,) = recording_ids(["ü" * 200 + ".cwa"])
    assert found.startswith("ü" * 40 + "-")


def test_the_stem_is_the_name_without_the_endings_of_recordings():
    assert stem("wave 1/sub 01.a.cwa.gz") == "sub 01.a"
    assert stem("gz.cwa") == "gz"
    assert {stem(f"night{ending}") for ending in DEVICE_ENDINGS | GENERAL_ENDINGS} == {"night"}
    assert stem("night") == "night"
