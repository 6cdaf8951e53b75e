"""``hypnic review`` and ``hypnic compare``: what people judged, and how far lists agree."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App
from cyclopts import Parameter as Flag

from detector.files import writing
from detector.parameter import SettingsError

from .answer import Answer, as_json

if TYPE_CHECKING:
    from detector.review.applied import Reviewed

_LONGEST_TOLERANCE_S = 60.0

review = App(name="review")


@review.command(
    name="apply", usage="Usage: hypnic review apply RESULTS --labels FILE [--labels FILE]"
)
def apply_labels(
    results: Path,
    /,
    *,
    labels: Annotated[
        list[Path],
        Flag(
            help="labels.csv of one or more reviewers; again for each further file",
            negative="",
        ),
    ],
) -> Answer:
    """Write reviewed counts (reviewed_nights.csv, reviewed_events.csv) beside the automatic ones.

    All reviewers' labels are given at once; the tables of the run are not changed.

    Parameters
    ----------
    results
        Output folder of 'hypnic run'.
    """
    from detector.review.applied import apply

    with writing(results):
        reviewed = apply(results, labels)
    return Answer("\n".join(map(_described, reviewed)))


def _described(one: Reviewed) -> str:
    return (
        f"{one.reviewer}: {one.judged} of {one.candidates} candidates judged: {one.kept} kept, "
        f"{one.rejected} rejected, {one.unsure} unsure; "
        f"{one.added} of {one.others} other events judged are added; "
        f"{one.complete} of {one.nights} nights with a count are complete"
    )


@Flag(name="*")
@dataclass(frozen=True, kw_only=True)
class Comparing:
    """How two lists are to be understood, and what is to be written."""

    tolerance_s: Annotated[float, Flag(help="how far apart the times of one event may be")] = 0.5
    nights: Annotated[
        Path | None,
        Flag(help="nights.csv of the run: compares its nights with a count, and no others"),
    ] = None
    kinds: Annotated[
        str | None,
        Flag(help="kinds that are events, such as sleep_start,sleep_start_with_arousal"),
    ] = None
    time_a: Annotated[str | None, Flag(help="column of the time in the first list")] = None
    time_b: Annotated[str | None, Flag(help="column of the time in the second list")] = None
    out: Annotated[
        Path | None, Flag(alias="-o", help="table (CSV) of the disagreements to write")
    ] = None
    json: Annotated[
        bool, Flag(negative="", help="write the result as JSON", show_default=False)
    ] = False

    def check(self, a: Path, b: Path) -> None:
        """Refuse what cannot be meant, before any file is opened."""
        if not 0 <= self.tolerance_s <= _LONGEST_TOLERANCE_S:
            raise SettingsError(
                f"--tolerance-s {self.tolerance_s:g} is outside 0 to {_LONGEST_TOLERANCE_S:g} s"
            )
        if self.out is not None and self.out.resolve() in {a.resolve(), b.resolve()}:
            raise SettingsError(f"--out {self.out} is one of the lists; name another file")

    @property
    def kinds_named(self) -> list[str]:
        """The kinds one by one."""
        return [word.strip() for word in (self.kinds or "").split(",") if word.strip()]


_AS_THE_LISTS_SAY = Comparing()


def compare(a: Path, b: Path, /, *, flags: Comparing = _AS_THE_LISTS_SAY) -> Answer:
    """Compare two lists of events.

    Parameters
    ----------
    a
        List (CSV) that is examined.
    b
        List that is the reference.
    """
    flags.check(a, b)
    from detector.review.compare import Agreement
    from detector.review.comparison import as_dict, described, write_disagreements
    from detector.review.eventlists import read_list
    from detector.review.pairing import pair, within
    from detector.tables.stored import has_count

    first = read_list(a, time=flags.time_a, kinds=flags.kinds_named, ask="--time-a")
    second = read_list(b, time=flags.time_b, kinds=flags.kinds_named, ask="--time-b")
    paired = pair(first, second, flags.tolerance_s)
    if flags.nights is not None:
        paired = within(paired, has_count(flags.nights))
    agreement = Agreement(paired)
    if flags.out is not None:
        with writing(flags.out.parent):
            write_disagreements(paired, flags.out)
    text = as_json(as_dict(agreement)) if flags.json else "\n".join(described(agreement))
    return Answer(text)
