"""How far two lists agree, in words, as JSON, and as a table of the disagreements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from .. import files
from ..tables import csvtext
from ..tables.columns import DISAGREEMENTS
from ..tables.columns.review import LABEL_WORDS
from ..tables.csvtext import Row, utc_text
from .agreement import Estimate
from .compare import FEWEST_NIGHTS, Agreement
from .eventlists import EventList, Listed
from .pairing import Pair, Paired

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHOWN_NAMES = 3
_NO_KAPPA = "unknown: only where both lists are labels do both say what was no event"


def described(agreement: Agreement) -> list[str]:
    """Return lines for people."""
    paired = agreement.paired
    return [*_lists(paired), *_left_out(paired), "", *_measures(agreement)]


def _lists(paired: Paired) -> Iterator[str]:
    for name, each in (("a", paired.a), ("b", paired.b)):
        yield f"{name}  {each.path}: events are {each.rule}, their time is {each.time_column}"
    recordings, nights = paired.recordings, len(paired.nights)
    yield (
        f"   {recordings} recording{'s'[: recordings != 1]}, {nights} night{'s'[: nights != 1]}; "
        f"pairs are at most {paired.tolerance_s:g} s apart"
    )


def _left_out(paired: Paired) -> Iterator[str]:
    for name, only in (("a", paired.only_in_a), ("b", paired.only_in_b)):
        if only:
            more = f" and {len(only) - _SHOWN_NAMES} more" if len(only) > _SHOWN_NAMES else ""
            yield f"   left out, only {name} names them: {', '.join(only[:_SHOWN_NAMES])}{more}"
    if n := paired.nights_left_out:
        yield f"   left out, without a count: {n} night{'s'[: n != 1]}"
    for name, other, n in (("a", "b", paired.unseen_a), ("b", "a", paired.unseen_b)):
        if n:
            yield f"   left out, {other} does not judge them: {n} event{'s'[: n != 1]} of {name}"


def _measures(agreement: Agreement) -> Iterator[str]:
    both, only_a, only_b = agreement.counts
    how = "resampled nights" if agreement.by_nights else f"fewer than {FEWEST_NIGHTS} nights"
    yield f"{'':<30} {'value':>7}   95 % interval ({how})"
    yield f"{'events in both':<30} {both:>7}"
    yield f"{'only in a':<30} {only_a:>7}"
    yield f"{'only in b':<30} {only_b:>7}"
    yield _line("sensitivity (b found in a)", agreement.sensitivity)
    yield _line("PPV (a found in b)", agreement.ppv)
    yield _line("F1", agreement.f1)
    if agreement.median_lag_s is not None:
        yield f"{'median time, a minus b, s':<30} {agreement.median_lag_s:>+7.3f}"
    yield _line("events a night, a minus b", agreement.bias, sign="+")
    if agreement.limits is not None and agreement.limits.low is not None:
        low, high = agreement.limits.low, agreement.limits.high
        yield f"{'  limits of agreement':<30} {'':>7}   {low:+.2f} to {high:+.2f}"
    equal, share = agreement.equal
    yield _line(f"  equal in {equal} of {len(agreement.paired.nights)}", share)
    yield _line("  concordance (Lin)", agreement.ccc)
    if agreement.paired.judged:
        yield _line(f"kappa of {int(agreement.table.sum())} candidates", agreement.kappa)
    else:
        yield f"{'kappa':<30} {'':>7}   {_NO_KAPPA}"


def _line(name: str, found: Estimate, sign: str = "") -> str:
    if found.value is None:
        return f"{name:<30} {'unknown':>7}"
    line = f"{name:<30} {found.value:>{sign}7.2f}"
    if found.low is None or found.high is None:
        return line
    return f"{line}   {found.low:{sign}.2f} to {found.high:{sign}.2f}"


def as_dict(agreement: Agreement) -> dict[str, Any]:
    """Return all of it for programs; None is unknown."""
    paired, limits = agreement.paired, agreement.limits
    both, only_a, only_b = agreement.counts
    a_counts, b_counts = (each.astype(int).tolist() for each in agreement.night_counts)
    nights = zip(paired.nights, a_counts, b_counts, strict=True)
    return {
        "a": _list_dict(paired.a, paired.only_in_a, paired.unseen_a),
        "b": _list_dict(paired.b, paired.only_in_b, paired.unseen_b),
        "tolerance_s": paired.tolerance_s,
        "recordings": paired.recordings,
        "nights_left_out": paired.nights_left_out,
        "intervals": "resampled_nights" if agreement.by_nights else "few_nights",
        "both": both,
        "only_a": only_a,
        "only_b": only_b,
        "sensitivity": _rounded(agreement.sensitivity),
        "ppv": _rounded(agreement.ppv),
        "f1": _rounded(agreement.f1),
        "median_lag_s": agreement.median_lag_s,
        "nights": {
            "n": len(paired.nights),
            "bias": _rounded(agreement.bias),
            "limits_of_agreement": None
            if limits is None or limits.low is None or limits.high is None
            else {"low": round(limits.low, 4), "high": round(limits.high, 4)},
            "equal": agreement.equal[0],
            "equal_share": _rounded(agreement.equal[1]),
            "ccc": _rounded(agreement.ccc),
            "counts": [
                {"recording_id": name or None, "night_date": date, "a": a, "b": b}
                for (name, date), a, b in nights
            ],
        },
        "kappa": _rounded(agreement.kappa) if paired.judged else None,
        "labels": list(LABEL_WORDS) if paired.judged else None,
        "label_table": agreement.table.tolist() if paired.judged else None,
    }


def _list_dict(one: EventList, left_out: tuple[str, ...], unseen: int) -> dict[str, Any]:
    return {
        "path": str(one.path),
        "time_column": one.time_column,
        "events_are": one.rule,
        "recordings_left_out": list(left_out),
        "not_judged_by_the_other": unseen,
    }


def _rounded(found: Estimate) -> dict[str, float | None]:
    return {k: None if v is None else round(v, 4) for k, v in found._asdict().items()}


def write_disagreements(paired: Paired, path: Path) -> None:
    """Write the events on which the lists differ, by recording and time."""
    rows = [_disagreement(each) for each in paired.pairs if each.sort]
    files.write(path, csvtext.table(DISAGREEMENTS, rows))


def _disagreement(each: Pair) -> Row:
    recording_id, night_date = each.night
    return {
        "recording_id": recording_id or None,
        "night_date": night_date,
        "sort": each.sort,
        "time_a_utc": _utc(each.a),
        "time_b_utc": _utc(each.b),
        "row_a": each.a.number if each.a else None,
        "row_b": each.b.number if each.b else None,
        "label_a": each.a.label or None if each.a else None,
        "label_b": each.b.label or None if each.b else None,
    }


def _utc(row: Listed | None) -> str | None:
    return None if row is None else utc_text(_EPOCH + timedelta(microseconds=row.time_ns // 1_000))
