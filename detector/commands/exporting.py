"""``hypnic export``: results for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter as Flag

from detector.files import writing
from detector.flags import one_of

from .answer import Answer


def export(
    results: Path,
    /,
    *,
    to: Annotated[
        Literal["bids", "edf"],
        Flag(
            help="bids (events.tsv with side-car) or edf (EDF+ annotations on the device's clock)",
            converter=one_of,
        ),
    ],
    out: Annotated[Path, Flag(alias="-o", help="folder for the files")],
) -> Answer:
    """Write results for other programs.

    Parameters
    ----------
    results
        Output folder of 'hypnic run'.
    """
    from detector.exports import EXPORTS

    with writing(out):
        paths = EXPORTS[to](results, out)
    return Answer("\n".join(str(path) for path in paths))
