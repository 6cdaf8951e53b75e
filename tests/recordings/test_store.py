"""What stores are asked, and what becomes of what they say or refuse."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta, timezone

import fsspec
import pytest
from made_server import serving
from made_store import saying

from recordings import RecordingError, Remote, Stamp, files_in, look_up, stamp_of
from recordings.store import asking, exists

MEMORY = fsspec.filesystem("memory")
AT = datetime(2024, 3, 5, 22, 30, 0, 250_000, tzinfo=UTC)
AT_NS = 1_709_677_800_250_000_000


@pytest.fixture
def store():
    """Some files in memory."""
    for name in ("b.cwa", "wave1/a.cwa", "wave1/.h.cwa", ".git/x.cwa", "wave2/deep/c.cwa"):
        MEMORY.pipe_file(f"/data/{name}", b"anything")
    yield Remote("memory://data")
    MEMORY.store.clear()


# ------------------------------------------------------------------ stamps


def test_a_file_here_is_known_by_size_and_time(tmp_path):
    (tmp_path / "a").write_bytes(b"one")
    status = (tmp_path / "a").stat()
    assert stamp_of(tmp_path / "a") == Stamp(3, status.st_mtime_ns)
    with pytest.raises(FileNotFoundError):
        stamp_of(tmp_path / "gone")


@pytest.mark.parametrize("name", ["ETag", "etag"])
def test_a_stores_own_name_of_a_state_is_taken(name):
    with saying(**{name: '"3f9"'}) as remote:
        assert stamp_of(remote) == Stamp(3, None, '"3f9"')


@pytest.mark.parametrize(
    "name", ["LastModified", "last_modified", "Last-Modified", "mtime", "updated", "modified"]
)
def test_stores_call_the_time_of_change_in_many_ways(name):
    with saying(**{name: AT}) as remote:
        assert stamp_of(remote) == Stamp(3, AT_NS)


@pytest.mark.parametrize(
    ("said", "ns"),
    [
        (AT, AT_NS),
        (AT.replace(tzinfo=None), AT_NS),
        (AT.astimezone(timezone(timedelta(hours=2))), AT_NS),
        (AT_NS / 1e9, AT_NS),
        (1_709_677_800, AT_NS - 250_000_000),
        ("Tue, 05 Mar 2024 22:30:00 GMT", AT_NS - 250_000_000),
        ("2024-03-05T22:30:00.250Z", AT_NS),
        ("2024-03-05T23:30:00.250+01:00", AT_NS),
        ("2024-03-05T22:30:00.250", AT_NS),
        ("some days ago", None),
        ([2024], None),
    ],
    ids=str,
)
def test_a_time_is_understood_as_stores_write_it(said, ns):
    with saying(mtime=said) as remote:
        found = stamp_of(remote).mtime_ns
    assert found is None if ns is None else abs(found - ns) < 200  # seconds as a float


@pytest.mark.parametrize(
    ("apart", "ns"),
    [(AT, AT_NS), (None, None), ("x", None), (NotImplementedError(), None)],
    ids=str,
)
def test_a_store_that_leaves_the_time_out_is_asked_for_it_apart(apart, ns):
    with saying(apart=apart) as remote:
        assert stamp_of(remote) == Stamp(3, ns)


def test_who_has_a_name_of_the_state_is_not_asked_for_its_time():
    with saying(apart=AT, etag="x") as remote:
        assert stamp_of(remote) == Stamp(3, None, "x")


def test_a_size_that_is_not_said_is_unknown():
    with saying(size=None, etag="x") as remote:
        assert stamp_of(remote) == Stamp(None, None, "x")


# ------------------------------------------------------------------ what a URL names


def found(url):
    return [(str(place), folder) for place, folder in look_up(Remote(url))]


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("memory://data", [("memory://data", True)]),
        ("memory://data/", [("memory://data/", True)]),
        ("memory://data/b.cwa", [("memory://data/b.cwa", False)]),
        ("memory://data/gone.cwa", [("memory://data/gone.cwa", False)]),
        ("memory://data/gone/", [("memory://data/gone", True)]),
        ("memory://data/*", [("memory://data/b.cwa", False), ("memory://data/wave1", True),
                             ("memory://data/wave2", True)]),
        ("memory://data/*/*.cwa", [("memory://data/wave1/a.cwa", False)]),
        ("memory://data/[a-b].cwa", [("memory://data/b.cwa", False)]),
        ("memory://data/?.cwa", [("memory://data/b.cwa", False)]),
        ("memory://data/*.bin", []),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("store")
def test_a_url_is_a_file_a_folder_or_all_that_a_pattern_matches(url, named):
    assert found(url) == named


def test_what_exists_is_no_pattern(store):
    MEMORY.pipe_file("/data/n[1].cwa", b"anything")
    assert found("memory://data/n[1].cwa") == [("memory://data/n[1].cwa", False)]
    assert exists(Remote("memory://data/n[1].cwa"))
    assert not exists(Remote("memory://data/n1.cwa"))
    assert list(map(str, files_in(store))).count("memory://data/n[1].cwa") == 1


def test_a_pattern_needs_a_place_to_begin():
    with pytest.raises(RecordingError) as caught:
        look_up(Remote("memory://da*/b.cwa"))
    assert str(caught.value) == (
        "memory://da*/b.cwa: has a pattern where the store or its server is named; "
        "use patterns behind the next /"
    )


def test_all_files_below_a_folder_are_listed_by_name(store):
    assert [str(place).removeprefix("memory://data/") for place in files_in(store)] == [
        *(".git/x.cwa", "b.cwa", "wave1/.h.cwa", "wave1/a.cwa", "wave2/deep/c.cwa"),
    ]


def test_whether_something_is_there_is_asked_here_and_in_stores(store, tmp_path):
    (tmp_path / "a").touch()
    assert [exists(tmp_path / name) for name in ("a", "b", "x" * 5000)] == [True, False, False]
    assert [exists(store / name) for name in ("b.cwa", "wave1", "c")] == [True, True, False]


def test_a_store_that_cannot_be_told_what_to_do_with_errors_is_listed_all_the_same(
    store, monkeypatch
):
    real = type(MEMORY).find

    def find(system, path, *, detail):
        return real(system, path, detail=detail)

    monkeypatch.setattr(type(MEMORY), "find", find)
    assert len(files_in(store)) == 5


PAGE = (
    '<a href="?C=N;O=D">Name</a> <a href="#top">top</a> <a href="/data/">here</a> '
    '<a href="a.cwa">a</a> <a href="b%20c.cwa">b c</a> <a href="deep/">deep</a>'
)


@pytest.fixture
def web(tmp_path):
    """A folder on the web whose page lists two files, a folder, itself and ways to sort it."""
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "data" / "index.html").write_text(PAGE)
    (tmp_path / "data" / "deep" / "index.html").write_text('<a href="d.cwa">d</a>')
    for name in ("a.cwa", "b c.cwa", "deep/d.cwa"):
        (tmp_path / "data" / name).write_bytes(b"anything")
    with serving(tmp_path) as server:
        yield server


def test_a_folder_on_the_web_is_what_its_page_lists(web):
    found = [
        str(place).removeprefix(web.shown("data/")) for place in files_in(Remote(web.url("data")))
    ]
    assert found == ["a.cwa", "b c.cwa", "deep/d.cwa"]


def test_a_pattern_on_the_web_is_held_against_what_its_page_lists(web):
    found = [str(place) for place, _ in look_up(Remote(web.url("data/*.cwa")))]
    assert found == [web.shown("data/a.cwa"), web.shown("data/b c.cwa")]


def test_a_question_mark_on_the_web_is_no_sign_of_a_pattern(web):
    ((place, folder),) = look_up(Remote(web.url("data/a.cwa?part=1")))
    assert place.url == web.url("data/a.cwa?part=1")
    assert not folder


def test_a_folder_that_is_not_there_has_no_files():
    assert files_in(Remote("memory://none/at/all")) == []


# ------------------------------------------------------------------ what may be missing


def test_without_fsspec_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(RecordingError) as caught:
        look_up(Remote("s3://bucket/x"))
    assert str(caught.value) == (
        "s3://bucket/x: cannot be reached; install the extra 'cohort', which has fsspec: "
        "pip install '.[cohort]'"
    )


def test_a_kind_of_store_that_nobody_knows_is_told_with_some_that_are():
    with pytest.raises(RecordingError) as caught:
        look_up(Remote("nope://bucket/x"))
    assert str(caught.value) == (
        "nope://bucket/x: cannot be reached; nope:// is no kind of store that fsspec knows, "
        "such as az, gs, https, s3, sftp"
    )


# ------------------------------------------------------------------ what stores refuse


class AnsweredError(Exception):
    """As libraries of web servers raise it."""

    def __init__(self, status, text="no"):
        super().__init__(text)
        self.status = status


def caused(error, cause):
    error.__cause__ = cause
    return error


PLACE = Remote("https://alice:s3cr3t@host/n.cwa")
AGAIN = "run again when the store answers"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError("x"), "does not exist; check the URL"),
        (caused(FileNotFoundError("x"), AnsweredError(404)), "does not exist; check the URL"),
        (
            caused(FileNotFoundError("x"), AnsweredError(403)),
            "may not be read; check the access that this computer has to the store",
        ),
        (
            caused(FileNotFoundError("x"), AnsweredError(500, "busy")),
            f"AnsweredError: busy; {AGAIN}",
        ),
        (AnsweredError(401), "may not be read; check the access that this computer has to the "
         "store"),
        (PermissionError("x"), "may not be read; check the access that this computer has to the "
         "store"),
        (AnsweredError(503, ""), f"AnsweredError; {AGAIN}"),
        (TimeoutError("for alice:s3cr3t"), f"TimeoutError: for ***; {AGAIN}"),
        (caused(OSError("outside"), ValueError("inside")), f"OSError: outside; {AGAIN}"),
        (ImportError("aiohttp"), "cannot be reached; install the extra 'cohort', which has "
         "fsspec: pip install '.[cohort]'"),
    ],
    ids=repr,
)  # fmt: skip
def test_whatever_a_store_raises_is_told_with_what_can_be_done(error, said):
    with pytest.raises(RecordingError) as caught, asking(PLACE):
        raise error
    assert str(caught.value) == f"https://host/n.cwa: {said}"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_where_reading_failed_is_told():
    with pytest.raises(RecordingError) as caught, asking(PLACE, 700):
        raise TimeoutError
    assert caught.value.offset == 700
    assert str(caught.value) == (
        f"https://host/n.cwa: reading failed: TimeoutError (at byte 700); {AGAIN}"
    )


def test_what_is_told_already_stays_as_it_is():
    error = RecordingError(PLACE, "is empty", remedy="copy it again")
    with pytest.raises(RecordingError) as caught, asking(PLACE, 700):
        raise error
    assert caught.value is error
