"""Addresses in stores: which are one, how they are shown, and what of them nobody may see."""

from __future__ import annotations

from pathlib import Path

import pytest

from recordings import Remote, place_of

# ------------------------------------------------------------------ paths and URLs


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("night.cwa", Path("night.cwa")),
        ("C://night.cwa", Path("C://night.cwa")),
        ("s3:night.cwa", Path("s3:night.cwa")),
        ("3s://night.cwa", Path("3s://night.cwa")),
        ("s3://bucket/night.cwa", Remote("s3://bucket/night.cwa")),
        ("S3://bucket/night.cwa", Remote("s3://bucket/night.cwa")),
        ("git+ssh://h/x", Remote("git+ssh://h/x")),
        ("file:///data/a%20b.cwa", Path("/data/a b.cwa")),
        ("FILE:///data/b.cwa", Path("/data/b.cwa")),
        (Path("s3://bucket/x"), Path("s3://bucket/x")),
    ],
    ids=str,
)
def test_a_text_is_a_path_or_the_url_of_a_store(text, place):
    assert place_of(text) == place
    assert type(place_of(text)) is type(place)


def test_a_place_is_itself():
    remote = Remote("s3://bucket/x")
    assert place_of(remote) is remote
    assert remote.absolute() is remote


# ------------------------------------------------------------------ names


@pytest.mark.parametrize(
    ("url", "name", "stem", "suffix"),
    [
        ("s3://bucket/wave1/n.cwa.gz", "n.cwa.gz", "n.cwa", ".gz"),
        ("s3://bucket/wave1/", "wave1", "wave1", ""),
        ("s3://bucket/.hidden", ".hidden", ".hidden", ""),
        ("s3://bucket", "", "", ""),
        ("s3://bucket/", "", "", ""),
        ("https://h/a%20b.csv?v=1#part", "a b.csv", "a b", ".csv"),
        ("s3://bucket/a%20b.csv?v=1", "a%20b.csv?v=1", "a%20b", ".csv?v=1"),
    ],
)
def test_a_name_is_the_last_piece_of_a_url(url, name, stem, suffix):
    remote = Remote(url)
    assert (remote.name, remote.stem, remote.suffix) == (name, stem, suffix)


@pytest.mark.parametrize(
    ("url", "parent"),
    [
        ("s3://key:secret@bucket/a/b.cwa", "s3://key:secret@bucket/a"),
        ("s3://bucket/a/", "s3://bucket"),
        ("s3://bucket/a", "s3://bucket"),
        ("s3://bucket", "s3://bucket"),
        ("https://h/a/b.csv?token=1", "https://h/a"),
    ],
)
def test_the_folder_of_a_place_keeps_what_gives_access(url, parent):
    assert Remote(url).parent.url == parent


def test_the_top_of_a_store_has_nothing_above():
    assert list(Remote("s3://bucket").parents) == []
    assert [str(each) for each in Remote("s3://bucket/a/b").parents] == [
        *("s3://bucket/a", "s3://bucket"),
    ]


@pytest.mark.parametrize(
    ("folder", "url"),
    [
        ("s3://bucket/a", "s3://bucket/a/x 1?.cwa"),
        ("s3://bucket/a/", "s3://bucket/a/x 1?.cwa"),
        ("https://h/a?token=1", "https://h/a/x%201%3F.cwa"),
    ],
)
def test_what_is_in_a_folder_is_written_as_its_store_writes_names(folder, url):
    assert (Remote(folder) / "x 1?.cwa").url == url
    assert (Remote(folder) / "x 1?.cwa").name == "x 1?.cwa"


# ------------------------------------------------------------------ which are one


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTTPS://Host.ORG/n.cwa", "https://host.org/n.cwa"),
        ("https://h/a%20b.cwa", "https://h/a b.cwa"),
        ("https://h/n.cwa#part", "https://h/n.cwa"),
        ("s3://bucket/a//b/../n.cwa", "s3://bucket/a/n.cwa"),
        ("s3://a:b@bucket/n.cwa", "s3://c:d@bucket/n.cwa"),
        *(
            (f"https://h/n.cwa?{name}=1", f"https://h/n.cwa?{name}=2")
            for name in (
                *("X-Amz-Signature", "x-goog-date", "X-Oss-Credential", "x-cos-token"),
                *("AWSAccessKeyId", "GoogleAccessId", "OSSAccessKeyId", "Key-Pair-Id", "Policy"),
                *("Signature", "Expires", "token", "access_token", "auth-token", "security_token"),
                *("apikey", "api_key", "api-key", "access_key", "sig"),
            )
        ),
        *(
            (f"https://h/n.cwa?sig=1&{name}=1", f"https://h/n.cwa?sig=2&{name}=2")
            for name in ("sv", "se", "sp", "sr", "st", "ss", "srt", "spr", "sip", "skt", "ske")
        ),
    ],
)
def test_what_only_gives_access_makes_no_other_file(one, other):
    assert Remote(one) == Remote(other)
    assert hash(Remote(one)) == hash(Remote(other))
    assert str(Remote(one)) == str(Remote(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://h/get?id=7", "https://h/get?id=8"),
        ("https://h/get?id=7", "https://h/get"),
        ("https://h/get?id=", "https://h/get"),
        ("https://h/get?sv=1", "https://h/get?sv=2"),
        ("https://h/get?tokens=1", "https://h/get?tokens=2"),
        ("https://h/N.cwa", "https://h/n.cwa"),
        ("s3://Bucket/n.cwa", "s3://bucket/n.cwa"),
        ("s3://bucket/n.cwa?token=1", "s3://bucket/n.cwa?token=2"),
        ("s3://bucket/n#1.cwa", "s3://bucket/n#2.cwa"),
        ("s3://bucket/n.cwa", "gs://bucket/n.cwa"),
    ],
)
def test_everything_else_makes_another_file(one, other):
    assert Remote(one) != Remote(other)
    assert str(Remote(one)) != str(Remote(other))


def test_places_are_in_the_order_of_what_is_shown():
    urls = ["s3://z:z@bucket/a", "gs://bucket/b", "s3://a:a@bucket/b"]
    assert [str(each) for each in sorted(map(Remote, urls))] == [
        *("gs://bucket/b", "s3://bucket/a", "s3://bucket/b"),
    ]
    assert Remote("s3://bucket/a") != "s3://bucket/a"


# ------------------------------------------------------------------ what nobody may see


@pytest.mark.parametrize(
    ("url", "text", "told"),
    [
        ("s3://key:secret@b/x", "no secret for key", "no *** for key"),
        ("s3://key:secret@b/x", "key:secret", "***"),
        ("s3://key:ab@b/x", "an able ab", "an able ab"),
        ("s3://key:abc@b/x", "abc", "***"),
        ("https://h/x?token=t0ps&v=12", "t0ps and v=12", "*** and v=12"),
        ("https://h/x?token=t0ps", "at token=t0ps", "at ***"),
        ("https://u:pw1@h/x", "see https://u:pw1@h/x and http://other/y", "see https://h/x and "
         "https://h/x"),
        ("https://u:pw1@h/x", "'https://h/x?sig=1'", "'https://h/x'"),
        ("s3://bucket/x", "nothing to hide", "nothing to hide"),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_store_says_is_told_without_secrets(url, text, told):
    assert Remote(url).without_secrets(text) == told
