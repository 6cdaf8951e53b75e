"""Every reader with its good files, and what it owes whatever it is given."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from random import Random

import edfio
import made_gt3x
import made_recordings as made
import numpy as np
from reader_cases import CASES, Case, pieces

from detector import config
from detector.inputs import places
from detector.parameter import SettingsError
from detector.people import participants
from detector.review import eventlists, labels, pairing
from detector.stated import diary_ggir, diary_table, hypnogram_file
from detector.tables.columns import LABELS
from recordings import ReadOptions, RecordingError, open_recording

from .damage import damaged
from .hostile import MAKERS

LONGEST_MESSAGE = 8000
"""A refusal that nobody would read to its end tells nobody what to do."""
TEXT_ROWS = 50
"""Tables of fewer rows than those of the suite: text is slow to parse, and damage to one row is
like damage to another."""

_SHARES = {"recordings sheet": 250, "hypnogram (EDF)": 500, "settings": 520}
"""Of 10,000 inputs; of other tables that people write there are more, for they are quick."""

PORTIONS = 100
"""Over which the cuts at every byte are spread."""

Make = Callable[[Random], bytes]
Attempt = Callable[[Path], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One reader."""

    name: str
    attempt: Attempt
    """Whether a file was read; False if it was refused as it must be."""
    make: Make
    """A bad file."""
    whole: bytes = b""
    """A good one, to be cut at every byte; empty if there is none."""
    share: int = 0
    """Of 10,000 inputs."""
    file: str = "damaged"

    def inputs(self, random: Random, portion: int) -> Iterator[bytes]:
        """Yield the inputs of a portion: a hundred of them together cut at every byte."""
        cuts = range(1 + portion % PORTIONS, len(self.whole), PORTIONS)
        for cut in cuts:
            yield self.whole[:cut]
        for _ in range(self.share - len(cuts)):
            yield self.make(random)


def targets() -> list[Target]:
    """Return all readers."""
    wholes = {case.name: _small(case) for case in CASES}
    tables = [_table(name, *of) for name, of in _TABLES.items()]
    return [
        *(_recording(case, wholes) for case in CASES),
        *(_hostile(name, list(wholes.values())) for name in MAKERS),
        *tables,
    ]


def _small(case: Case) -> bytes:
    return case.make(case.codes[:TEXT_ROWS]) if case.last_may_differ else case.content


def _recording(case: Case, wholes: dict[str, bytes]) -> Target:
    whole = wholes[case.name]
    sibling = case.make(case.codes[::-2][: TEXT_ROWS if case.last_may_differ else None])
    others = [sibling] * len(wholes) + list(wholes.values())
    mend = _MENDERS.get(case.name.partition("-")[0], _not)
    return Target(
        name=case.name,
        attempt=lambda path: _reads(path, case),
        make=lambda random: damaged(whole, random, others, mend),
        whole=whole,
        share=60 if case.last_may_differ else 220,
    )


def _hostile(name: str, wholes: list[bytes]) -> Target:
    plain = next(case for case in CASES if case.name == "csv-uniform")
    return Target(
        name=name,
        attempt=lambda path: _reads(path, plain),
        make=lambda random: MAKERS[name](random, wholes),
        share=10,
    )


def _reads(path: Path, case: Case) -> bool:
    try:
        for _ in pieces(open_recording(path, ReadOptions(**case.options))):
            pass  # a bomb's samples need not all be kept
    except RecordingError as error:
        if error.path != path or not error.problem or not error.remedy:
            raise AssertionError(f"no name, reason or remedy: {error}") from error
        _check(path, str(error))
        return False
    return True


def _check(path: Path, message: str) -> None:
    """Hold that a refusal can be read and names the file."""
    if path.name not in message:
        raise AssertionError(f"names no file: {message[:200]}")
    if len(message) > LONGEST_MESSAGE:
        raise AssertionError(f"{len(message)} characters: {message[:200]}")
    if not message.replace("\n  ", "").isprintable():
        raise AssertionError(f"cannot be shown: {message[:200]!r}")
    LAST.append(message)


LAST: list[str] = []
"""The refusals since somebody cleared it."""


def _not(content: bytes) -> bytes:
    return content


def _sealed_cwa(content: bytes) -> bytes:
    count = (len(content) - made.HEADER_BYTES) // made.SECTOR_BYTES
    if count < 1:
        return content
    content = content[: made.HEADER_BYTES + count * made.SECTOR_BYTES]
    return made.with_sectors(content, made.seal(made.sectors_of(content)))


def _sealed_gt3x(content: bytes) -> bytes:
    """Give the records of a log checksums that are right."""
    try:
        return made_gt3x.with_records(content, map(_sealed_record, made_gt3x.records_of(content)))
    except Exception:
        return content  # it is damaged too much to be mended


def _sealed_record(record: bytes) -> bytes:
    body = np.frombuffer(record[:-1], np.uint8)
    return record[:-1] + bytes([int(np.bitwise_xor.reduce(body)) ^ 0xFF])


_MENDERS = {"cwa": _sealed_cwa, "gt3x": _sealed_gt3x}


def _table(name: str, whole: bytes, use: Callable[[Path], object], file: str) -> Target:
    others = [of[0] for of in _TABLES.values()]

    def attempt(path: Path) -> bool:
        try:
            use(path)
        except SettingsError as error:
            _check(path, str(error))
            return False
        return True

    return Target(
        name=name,
        attempt=attempt,
        make=lambda random: damaged(whole, random, others, _not),
        whole=whole,
        share=_SHARES.get(name, 910),
        file=file,
    )


def _lines(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _hypnogram() -> bytes:
    notes = [
        edfio.EdfAnnotation(30.0 * k, 30.0, f"Sleep stage {s}")
        for k, s in enumerate(("W", "N2", "R"))
    ]
    file = edfio.Edf(
        [edfio.EdfSignal(np.zeros(200), 1, label="C3")],
        recording=edfio.Recording(startdate=date(2024, 3, 5)),
        starttime=time(23),
        annotations=notes,
    )
    with tempfile.NamedTemporaryFile(suffix=".edf") as made_file:
        file.write(made_file.name)
        return Path(made_file.name).read_bytes()


def _paired(path: Path) -> object:
    found = eventlists.read_list(path)
    return pairing.pair(found, found, 0.5)


def _converted(path: Path) -> object:
    return diary_ggir.converted(path, diary_table.Cells(), date(2024, 3, 5))


def _matched(path: Path) -> object:
    here = path.parent
    return participants.read(path).match(
        [here / "a.cwa", here / "b" / "1.bin", here / "d" / "c.gt3x"], [here]
    )


_RUN = "2024-03-05,{0},2024-03-05T23:0{0}:00+00:00,2024-03-05T23:0{0}:00Z,2024-03-05T23:0{0}:01Z,s"
_TABLES: dict[str, tuple[bytes, Callable[[Path], object], str]] = {
    "recordings sheet": (
        _lines(
            "file,participant_id,session,site,side,tz,device_tz,notes,recording",
            "a.cwa,P1,1,wrist,left,Europe/London,UTC,fine,",
            "b,P2,2,thigh,right,America/New_York,,,r2",
            "d\\c.gt3x,P3,,ankle,,,,,",
        ),
        _matched,
        "damaged",
    ),
    "diary": (
        _lines(
            "participant_id;night_date;in_bed;lights_off;sleep_onset;wake;out_of_bed;caffeine",
            "P1;2024-03-05;22:30;22:45;11:10 pm;2024-03-06 06:30;07:00;2",
            "P1;26.03.2024;22:30;;2024-03-26T23:10+01:00;06:30;;none",
            "P2;3/25/2024;;1:10;01:30;;;",
        ),
        diary_table.read,
        "damaged",
    ),
    "diary (GGIR)": (
        _lines(
            "ID,onset_N1,wakeup_N1,onset_N2,wakeup_N2,D1_date,D1_wake,D1_inbed,D2_date,D2_outbed",
            "P1,22:30:00,07:10:00,23:00:00,,2024-03-05,07:00,22:10,2024-03-06,07:50",
            "P2,00:30:00,07:10:00,,,,,,,",
        ),
        _converted,
        "damaged",
    ),
    "labels": (
        _lines(
            ",".join(column.name for column in LABELS),
            *(
                f"r1,{_RUN.format(k)},{word},ann,2024-04-01T09:00:0{k}.000Z,7,abc"
                for k, word in enumerate(("keep", "reject", "unsure", ""))
            ),
        ),
        lambda path: labels.read_labels([path]),
        "damaged",
    ),
    "event list": (
        _lines(
            "recording_id,night_date,peak_utc,kind,counted",
            "r1,2024-03-05,2024-03-05T23:01:00.250Z,sleep_start,true",
            "r1,2024-03-05,2024-03-05T23:02:00.250+01:00,sleep_start,false",
            "r2,,2024-03-06T23:02:00Z,other,true",
        ),
        _paired,
        "damaged",
    ),
    "hypnogram": (
        _lines(
            "start,stage,duration_s",
            "2024-03-05T23:00:00,W,30",
            "2024-03-05T23:00:30,N1,",
            "2024-03-05T23:01:00,REM,60.5",
        ),
        hypnogram_file.read,
        "damaged",
    ),
    "hypnogram (EDF)": (_hypnogram(), hypnogram_file.read, "damaged.edf"),
    "settings": (
        _lines(
            "[scan]",
            "on_factor = 3.5  # of the floor",
            "min_rate_hz = 25",
            "[window]",
            "before_min = 45.0",
            'night_start = "12:00"',
            "after_min = 1_0",
            '[sleep]\nguider = "hdcza"',
        ),
        config.load_toml,
        "damaged",
    ),
    "list": (
        _lines("# wave 1", "a.cwa", "b/", "dam*", "[d]a?aged", "c d.bin", "\ufeffé.cwa"),
        lambda path: places.expanded([f"@{path}"]),
        "damaged",
    ),
}
"""A good file, what is done with it, and what it must be called."""
