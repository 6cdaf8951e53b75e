"""Which columns of a table hold the time and the three axes, by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...model import RecordingError
from ...place import Place
from ..units import unit_named

SHAPE_REMEDY = (
    "a table has one row per sample with columns time, x, y, z (or x, y, z and --rate HZ), "
    "separated by comma, semicolon or tab, or is a Parquet file with such columns"
)

COLUMNS_REMEDY = (
    "state them by position or name, such as --columns time=1,x=2,y=3,z=4 (without time: --rate HZ)"
)

TIME_UNITS_NS = {
    "s": 1_000_000_000,
    "sec": 1_000_000_000,
    "seconds": 1_000_000_000,
    "ms": 1_000_000,
    "msec": 1_000_000,
    "millis": 1_000_000,
    "milliseconds": 1_000_000,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "micros": 1_000,
    "microseconds": 1_000,
    "ns": 1,
    "nanos": 1,
    "nanoseconds": 1,
}
"""Units of time as headings and Arrow call them."""
_OTHER_SENSOR = re.compile(
    r"gyr|rot|angular|magn|quat|orient|euler|attitude|gps|position|veloc|speed|\b[gmq]\b"
)
_GRAVITY = re.compile(r"\bgrav")
_WITHOUT_GRAVITY = re.compile(r"linear|user|without|\bdyn")
_TIME = re.compile(r"time|date|stamp|elapsed|epoch|\bunix|^ts?$|^seconds$")
_NOT_TIME = re.compile(r"zone|offset|update")
_BRACKET = re.compile(r"[(\[]([^)\]]*)[)\]]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Positions of the columns to read, and what their names say of units."""

    axes: tuple[int, int, int]
    time: int | None
    gravity: tuple[int, int, int] | None = None
    """Gravity, where it stands apart: to be added if the axes turn out to be without it."""
    unit: str | None = None
    """A key of :data:`recordings.formats.units.UNIT_GAIN_G`, None if the names do not say."""
    time_unit_ns: int | None = None
    without_gravity: bool = False
    """Whether the names say that gravity was removed."""


@dataclass(frozen=True, slots=True)
class Axes:
    """Three names that differ only in x, y, z."""

    columns: tuple[int, int, int]
    unit: str | None
    """As in :class:`Columns`."""
    rank: int
    """Order of preference, smallest first."""
    without_gravity: bool


@dataclass(frozen=True, slots=True)
class _AxisName:
    stem: str
    axis: str
    unit: str | None


def find_columns(path: Place, names: Sequence[str]) -> Columns:
    """Find time and axes among the names of a table's columns.

    Axes are three names that differ only in x, y, z; a total acceleration is preferred over any
    other, one without gravity taken last.

    Raises
    ------
    RecordingError
        If there are no three axes, or more than one choice of them.
    """
    chosen = best_axes(names)
    if not chosen:
        raise RecordingError(
            path, f"has no columns for x, y and z among {_listed(names)}", remedy=SHAPE_REMEDY
        )
    if len(chosen) > 1:
        raise RecordingError(
            path, f"has more than one acceleration among {_listed(names)}", remedy=COLUMNS_REMEDY
        )
    axes = chosen[0]
    gravity = _gravity(path, names, axes) if axes.rank > 0 else None
    time = _time_column(names, axes.columns)
    return Columns(
        axes=axes.columns,
        time=time,
        gravity=gravity,
        unit=axes.unit,
        time_unit_ns=None if time is None else _time_unit_ns(names[time]),
        without_gravity=axes.without_gravity,
    )


def stated_columns(path: Place, names: Sequence[str], stated: Mapping[str, int | str]) -> Columns:
    """Find the columns that the user states, by position from 1 or by name.

    Raises
    ------
    RecordingError
        If one of them is not there.
    """
    places = {role: _place(path, names, which) for role, which in stated.items()}
    if len(set(places.values())) < len(places):
        raise RecordingError(
            path,
            "has not that many columns: --columns names one of them twice",
            remedy=COLUMNS_REMEDY,
        )
    axes, time = (places["x"], places["y"], places["z"]), places.get("time")
    units = {None if found is None else found.unit for found in map(_axis_name, _at(names, axes))}
    unit = units.pop() if len(units) == 1 else None
    return Columns(
        axes=axes,
        time=time,
        unit=unit or None,
        time_unit_ns=None if time is None else _time_unit_ns(names[time]),
        without_gravity=any(_WITHOUT_GRAVITY.search(_tokens(n)[0]) for n in _at(names, axes)),
    )


def _at(names: Sequence[str], places: Sequence[int]) -> list[str]:
    return [names[place] for place in places]


def _place(path: Place, names: Sequence[str], which: int | str) -> int:
    """Return the position of a column, from 0."""
    if isinstance(which, int) and which <= len(names):
        return which - 1
    found = [place for place, name in enumerate(names) if name == which]
    if len(found) == 1:
        return found[0]
    raise RecordingError(
        path,
        f"has {'more than one' if found else 'no'} column {which!r} among {_listed(names)}",
        remedy=COLUMNS_REMEDY,
    )


def _gravity(path: Place, names: Sequence[str], axes: Axes) -> tuple[int, int, int] | None:
    """Return the columns of gravity beside an acceleration; None if there are none."""
    groups = _groups(name if _GRAVITY.search(_tokens(name)[0]) else "" for name in names)
    triples = [
        (group["x"], group["y"], group["z"])
        for (_, unit), group in groups.items()
        if len(group) == 3 and unit == axes.unit
    ]
    if len(triples) == 1:
        return triples[0]
    if not groups:
        return None
    raise RecordingError(
        path,
        f"has acceleration and gravity apart among {_listed(names)}, but not three axes of each",
        remedy="write their sum as columns x, y, z",
    )


def best_axes(names: Sequence[str]) -> list[Axes]:
    """Return the acceleration of the best rank; more than one if the names do not tell which."""
    found = [
        Axes(
            columns=(group["x"], group["y"], group["z"]),
            unit=unit,
            rank=_rank(stem),
            without_gravity=bool(_WITHOUT_GRAVITY.search(stem)),
        )
        for (stem, unit), group in _groups(names).items()
        if len(group) == 3 and not _OTHER_SENSOR.search(stem) and not _GRAVITY.search(stem)
    ]
    return [axes for axes in found if axes.rank == min(each.rank for each in found)]


def _groups(names: Iterable[str]) -> dict[tuple[str, str | None], dict[str, int]]:
    """Return the columns of x, y and z of all names that differ in these only, by stem and unit."""
    groups: dict[tuple[str, str | None], dict[str, int]] = {}
    for column, name in enumerate(names):
        if axis := _axis_name(name):
            groups.setdefault((axis.stem, axis.unit), {}).setdefault(axis.axis, column)
    return groups


def _rank(stem: str) -> int:
    """Order of preference, smallest first."""
    if "total" in stem:
        return 0
    if _WITHOUT_GRAVITY.search(stem):
        return 3
    return 1 if "acc" in stem or stem == "a" else 2


def _axis_name(name: str) -> _AxisName | None:
    """Take a name such as ``Accelerometer X``, ``accel_x_mg`` or ``Ax(g)`` apart."""
    text, unit = _tokens(name)
    tokens = [token.removesuffix("axis") for token in text.split()]
    tokens = [token for token in tokens if token]
    if len(tokens) > 1 and unit is None and (last := unit_named(tokens[-1])):
        unit = last
        tokens.pop()
        if tokens[-1] == "m" and unit == "m/s2":
            tokens.pop()
    if not tokens or unit == "":
        return None
    if tokens[-1] in ("x", "y", "z"):
        return _AxisName(" ".join(tokens[:-1]), tokens[-1], unit)
    if tokens[0] in ("x", "y", "z"):
        return _AxisName(" ".join(tokens[1:]), tokens[0], unit)
    if tokens[-1][-1] in "xyz" and tokens[-1] != "gravity":
        return _AxisName(" ".join([*tokens[:-1], tokens[-1][:-1]]), tokens[-1][-1], unit)
    return None


def _tokens(name: str) -> tuple[str, str | None]:
    """Return the words of a name, lower case, and the unit in its brackets ("" if unknown)."""
    unit = None
    if bracket := _BRACKET.search(name):
        unit = unit_named(bracket[1]) or ""
        name = name[: bracket.start()] + " " + name[bracket.end() :]
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"[\W_]+", " ", split.lower()).strip(), unit


def _time_column(names: Sequence[str], axes: tuple[int, int, int]) -> int | None:
    """Return the column of the time; a name that is only that is preferred, elapsed taken last."""
    found = []
    for column, name in enumerate(names):
        text = _tokens(name)[0]
        if column not in axes and _TIME.search(text) and not _NOT_TIME.search(text):
            rank = 0 if text in ("time", "timestamp", "datetime") else 1
            found.append((2 if "elapsed" in text else rank, column))
    return min(found)[1] if found else None


def _time_unit_ns(name: str) -> int | None:
    """Return the unit that the name of the time column states."""
    if bracket := _BRACKET.search(name):
        return TIME_UNITS_NS.get(bracket[1].strip().lower())
    words = _tokens(name)[0].split()
    return next((TIME_UNITS_NS[word] for word in words[::-1] if word in TIME_UNITS_NS), None)


def _listed(names: Sequence[str]) -> str:
    """Return names for a message, the first few."""
    shown = [repr(name) for name in names[:12]]
    return ", ".join(shown + ["..."] * (len(names) > 12))
