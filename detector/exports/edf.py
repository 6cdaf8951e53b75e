"""EDF+: the events of a recording as annotations, on the clock of its device.

The device's clock is that of the recording's other exports, so that the annotations lie on the
signal when both are opened together. A slash sets what is counted apart (``sleep_start/counted``),
as programs that group annotations by tags expect.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from detector import files
from detector.parameter import SettingsError
from detector.tables.csvtext import Row

from .done import Done, done

if TYPE_CHECKING:
    from edfio import EdfAnnotation

_FIRST_YEAR, _LAST_YEAR = 1985, 2084
"""What two digits of the header can mean."""


def write_edf(out: Path, to: Path) -> list[Path]:
    """Write an annotations-only EDF+ file per recording.

    Raises
    ------
    SettingsError
        If edfio is not installed, or a date cannot be written.
    """
    try:
        import edfio  # noqa: F401 (whether it is there, before anything is written)
    except ImportError as error:
        raise SettingsError("--to edf needs edfio: pip install edfio") from error
    recordings, paths = done(out), list[Path]()
    to.mkdir(parents=True, exist_ok=True)
    for recording in recordings:
        path = to / f"{recording.recording_id}.edf"
        files.write(path, _content(recording))
        paths.append(path)
    return paths


def _content(recording: Done) -> bytes:
    from edfio import Edf, EdfAnnotation, Recording

    start = recording.device_start
    if not _FIRST_YEAR <= start.year <= _LAST_YEAR:
        raise SettingsError(
            f"{recording.recording_id} begins in {start.year}: EDF knows the years "
            f"{_FIRST_YEAR} to {_LAST_YEAR}"
        )
    # a file without any annotation would be none
    marks = [EdfAnnotation(0.0, None, "Recording starts")]
    marks += [_annotation(onset_s, row) for onset_s, row in recording.events()]
    content = BytesIO()
    file = Edf(
        [],
        starttime=start.time(),
        recording=Recording(startdate=start.date()),
        annotations=marks,
    )
    file.write(content)
    return content.getvalue()


def _annotation(onset_s: float, row: Row) -> EdfAnnotation:
    from edfio import EdfAnnotation

    text = f"{row['kind']}/counted" if row["counted"] else str(row["kind"])
    return EdfAnnotation(onset_s, float(row["duration_s"] or 0.0), text)
