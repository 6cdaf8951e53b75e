"""What a person at a terminal is told while a run goes on."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from detector.console import NORMAL, QUIET, VERBOSE, Console, Silence
from detector.inputs.sources import Part, Source
from detector.job import Outcome, Progress
from detector.narrator import Narrator
from detector.people.identity import Identity
from detector.people.naming import Named
from detector.people.veil import Veil

ROW = {
    "status": "ok",
    "format": "axivity-cwa",
    "device": "Axivity AX3",
    "measured_hz": 99.8764,
    "duration_h": 8.04,
    "gaps": 2,
}
HEAD = "night_date,reasons,sleep_starts_onset,onset_window_usable_min\n"
TOO_SHORT = "Too little of this night was recorded to look for sleep."
FRAGMENT = "Only a part of this night was recorded."


class Clock:
    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


class Shown(Silence):
    """A bar that remembers."""

    def __init__(self):
        self.all = []

    def update(self, share, text):
        self.all.append((share, text))


class Scene:
    """A narrator before a console, a bar and a clock that all can be looked at."""

    def __init__(self, out, level=NORMAL, count=1, veil=None):
        self.stream, self.bar, self.clock, self.out = io.StringIO(), Shown(), Clock(), out
        self.narrator = Narrator(Console(self.stream, level), self.bar, out, self.clock)
        self.sources = [source(f"{chr(97 + k)}.cwa", veil) for k in range(count)]
        self.narrator.found(self.sources)

    def nights(self, index, *lines):
        folder = self.out / "recordings" / self.sources[index].recording_id
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "nights.csv").write_text(HEAD + "".join(f"{line}\n" for line in lines))

    def done(self, index=0, *, resumed=False, problem="", **row):
        folder = self.out / "recordings" / self.sources[index].recording_id
        if not folder.exists():
            self.nights(index)
        self.narrator.done(index, Outcome({**ROW, **row}, resumed, problem))

    @property
    def said(self):
        return self.stream.getvalue().splitlines()


def source(name, veil=None):
    named = Named(group=name, name=name, row=Identity(), found=Identity())
    return Source((Part(Path(name), name),), named, name.removesuffix(".cwa"), veil=veil)


@pytest.fixture
def scene(tmp_path):
    def make(**how):
        return Scene(tmp_path / "out", **how)

    return make


# ------------------------------------------------------------------ at the beginning


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, []), (1, []), (2, ["2 recordings found"]), (30, ["30 recordings found"])],
)
def test_how_many_were_found_is_said_of_several(scene, count, said):
    assert scene(count=count).said == said
    assert scene(count=count, level=QUIET).said == []


def test_remarks_are_never_left_out(scene):
    one = scene(level=QUIET)
    one.narrator.remark("diary.csv: no row for 'anna'")
    assert one.said == ["diary.csv: no row for 'anna'"]


# ------------------------------------------------------------------ a recording


@pytest.mark.parametrize(
    ("resumed", "line"), [(False, "a.cwa: ok"), (True, "a.cwa: ok (done before)")]
)
def test_a_recording_that_is_done_has_a_line(scene, resumed, line):
    one = scene()
    one.done(resumed=resumed)
    assert one.said == [line]


@pytest.mark.parametrize("level", [QUIET, NORMAL])
def test_warnings_are_never_left_out(scene, level):
    one = scene(level=level)
    one.done(status="ok_with_warnings", message="2 gaps; a stuck axis")
    assert one.said == ["a.cwa: ok with warnings: 2 gaps; a stuck axis"]


def test_a_warning_of_what_was_done_before_says_both(scene):
    one = scene()
    one.done(status="ok_with_warnings", message="a gap", resumed=True)
    assert one.said == ["a.cwa: ok with warnings: a gap (done before)"]


def test_what_is_well_is_not_said_to_who_wants_quiet(scene):
    one = scene(level=QUIET)
    one.nights(0, "2024-03-05,,1,40")
    one.done()
    assert one.said == []


@pytest.mark.parametrize(
    ("gaps", "device", "line"),
    [
        (0, "Axivity AX3", "axivity-cwa, Axivity AX3, 99.876 Hz, 8.0 h, 0 gaps; took 2.5 s"),
        (1, "Axivity AX3", "axivity-cwa, Axivity AX3, 99.876 Hz, 8.0 h, 1 gap; took 2.5 s"),
        (2, None, "axivity-cwa, device unknown, 99.876 Hz, 8.0 h, 2 gaps; took 2.5 s"),
    ],
)
def test_who_wants_more_is_told_what_it_was_and_how_long_it_took(scene, gaps, device, line):
    one = scene(level=VERBOSE)
    one.narrator.progress(0, Progress("opening"))
    one.clock.now_s += 2.5
    one.done(gaps=gaps, device=device)
    assert one.said == ["a.cwa: ok", f"  {line}"]


@pytest.mark.parametrize("level", [QUIET, NORMAL, VERBOSE])
def test_a_failure_is_told_with_its_problem(scene, level):
    one = scene(level=level)
    one.done(status="failed", problem="is empty (0 bytes); copy it again")
    assert one.said == ["a.cwa: failed: is empty (0 bytes); copy it again"]


def test_a_bug_is_told_with_its_log(scene):
    one = scene()
    one.done(status="failed", problem="KeyError: 'x'", log="recordings/a/crash.log")
    assert one.said == [
        "a.cwa: failed: KeyError: 'x'",
        f"  this is a bug; please report {one.out / 'recordings' / 'a' / 'crash.log'}",
    ]


def test_of_who_is_not_named_the_pseudonym_stands_beside_the_file(scene):
    one = scene(veil=Veil(b"key", 0))
    one.done()
    one.done(status="failed", problem="is empty")
    assert one.said == ["a.cwa (a): ok", "a.cwa (a): failed: is empty"]


# ------------------------------------------------------------------ its nights


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("2024-03-05,,0,44.6", "0 sleep starts near sleep onset, in 45 min observed."),
        ("2024-03-05,,1,40", "1 sleep start near sleep onset, in 40 min observed."),
        ("2024-03-05,,2,40.4", "2 sleep starts near sleep onset, in 40 min observed."),
        ("2024-03-05,too_short,,", f"no count. {TOO_SHORT}"),
        ("2024-03-05,too_short;fragment,,", f"no count. {TOO_SHORT} {FRAGMENT}"),
        (
            "2024-03-05,fragment;gaps_in_sleep,3,40",
            f"3 sleep starts near sleep onset, in 40 min observed. {FRAGMENT}",
        ),
    ],
)
def test_each_night_has_a_line_with_its_count_or_why_it_has_none(scene, row, line):
    one = scene()
    one.nights(0, row)
    one.done()
    assert one.said[1:] == [f"  night of 2024-03-05: {line}"]


@pytest.mark.parametrize(
    ("count", "level", "nights", "last"),
    [
        (10, NORMAL, 10, "night of 2024-03-10"),
        (11, NORMAL, 10, "and 1 more night"),
        (12, NORMAL, 10, "and 2 more nights"),
        (12, VERBOSE, 12, "night of 2024-03-12"),
    ],
)
def test_of_many_nights_ten_are_told_and_the_others_counted(scene, count, level, nights, last):
    one = scene(level=level)
    one.nights(0, *(f"2024-03-{day:02d},,1,40" for day in range(1, count + 1)))
    one.done()
    assert sum(line.startswith("  night of") for line in one.said) == nights
    assert one.said[-1].strip().startswith(last)


# ------------------------------------------------------------------ many recordings


@pytest.mark.parametrize(
    ("count", "level", "told"), [(20, NORMAL, True), (21, NORMAL, False), (21, VERBOSE, True)]
)
def test_beyond_twenty_recordings_only_failures_are_told_one_by_one(scene, count, level, told):
    one = scene(count=count, level=level)
    one.done(0)
    one.done(1, status="failed", problem="is empty")
    assert ("a.cwa: ok" in one.said) is told
    assert "b.cwa: failed: is empty" in one.said


# ------------------------------------------------------------------ the bar


def test_of_one_recording_the_bar_says_what_is_done_with_it(scene):
    one = scene()
    one.narrator.progress(0, Progress("opening"))
    one.narrator.progress(0, Progress("reading", 0.25))
    one.narrator.progress(0, Progress("reading"))
    one.narrator.progress(0, Progress("writing", 1.0))
    one.done()
    assert one.bar.all == [
        (0.0, "opening a.cwa"),
        (0.25, "reading a.cwa"),
        (0.25, "reading a.cwa"),
        (1.0, "writing a.cwa"),
        (1.0, "reading a.cwa"),
    ]


def test_of_several_it_says_how_far_all_are_and_which_are_read_now(scene):
    one = scene(count=4)
    one.narrator.progress(2, Progress("reading", 0.5))
    one.narrator.progress(0, Progress("reading", 0.5))
    assert one.bar.all[-1] == (0.25, "0 of 4 done, 0 failed; now c.cwa, a.cwa")
    one.clock.now_s += 10
    one.done(2)
    share, text = one.bar.all[-1]
    assert share == 0.375
    assert text == "1 of 4 done, 0 failed; 6.0 files/min, 1 h/s; 17 s left; now a.cwa"


def test_while_recordings_are_dated_the_bar_says_which(scene):
    one = scene()
    one.narrator.dating(0.5, one.sources[0])
    assert one.bar.all == [(0.5, "dating a.cwa")]
