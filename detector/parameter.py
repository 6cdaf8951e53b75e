"""How a parameter is declared, described and checked; :mod:`detector.settings` lists them all."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import Field, dataclass, field, fields
from difflib import get_close_matches
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, cast, get_args, get_origin, get_type_hints

from recordings import legible

LONGEST_LINE = 5000
"""Of a message: a path, and what is said of it."""

Value = float | int | str
"""What a parameter can hold."""

CLOCK_TIME = "HH:MM"
"""The one form of text that is not a choice among words: a local time of day."""

_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_UNITS = {
    "_g_per_s": "g/s",
    "_hz": "Hz",
    "_mg": "mg",
    "_deg": "°",
    "_pct": "%",
    "_ppm": "ppm",
    "_min": "min",
    "_h": "h",
    "_s": "s",
    "_c": "°C",
}


class SettingsError(ValueError):
    """A setting that cannot be used: says its name and value, and its bounds or what is near it."""

    def __init__(self, message: str) -> None:
        super().__init__("\n".join(legible(line, LONGEST_LINE) for line in message.split("\n")))


def setting(
    default: Any, text: str, *, low: float | None = None, high: float | None = None, source: str
) -> Any:
    """Declare one parameter: inclusive bounds, meaning, and where its value comes from."""
    return field(
        default=default, metadata={"text": text, "low": low, "high": high, "source": source}
    )


Type = Literal["number", "whole number", "choice", "time"]

_TYPES: dict[type, Type] = {float: "number", int: "whole number", str: "time"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Everything known about one parameter."""

    group: str
    name: str
    type: Type
    default: Value
    text: str
    """Its meaning."""
    source: str
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """As in TOML and in messages: ``scan.on_factor``."""
        return f"{self.group}.{self.name}"

    @property
    def flag(self) -> str:
        """On the command line: ``--scan.on-factor``."""
        return f"--{self.group}.{self.name.replace('_', '-')}"

    @property
    def unit(self) -> str:
        """Unit told by the name's suffix; empty for factors, shares and counts."""
        if self.type != "number":
            return ""
        return next((unit for end, unit in _UNITS.items() if self.name.endswith(end)), "")

    @property
    def allowed(self) -> str:
        """What it may hold, with unit: ``1.5 to 6``, ``20 to 100 Hz``, ``auto, hdcza or fixed``."""
        if self.type == "choice":
            return f"{', '.join(self.choices[:-1])} or {self.choices[-1]}"
        if self.type == "time":
            return CLOCK_TIME
        return f"{self.low:g} to {self.high:g} {self.unit}".rstrip()

    def shown(self, value: Value) -> str:
        """Return a value with its unit, for reading."""
        number = isinstance(value, float | int)
        return f"{value:g} {self.unit}".rstrip() if number else str(value)

    def check(self, value: object) -> Value:
        """Return the value in its one form (a number as float), or refuse it.

        Raises
        ------
        SettingsError
            Wrong type, out of bounds, or not one of the choices.
        """
        is_flag = isinstance(value, bool)  # which Python takes for a number
        if self.type == "number" and isinstance(value, Real) and not is_flag:
            return self._within_bounds(_as_float(cast(float, value)))
        if self.type == "whole number" and isinstance(value, Integral) and not is_flag:
            return self._within_bounds(int(value))
        if self.type == "choice" and value in self.choices:
            return str(value)
        if self.type == "time" and isinstance(value, str) and _CLOCK_TIME.fullmatch(value):
            return value
        raise SettingsError(f"{self.key} = {_shown(value)} is not {self._wanted(value)}")

    def parse(self, text: str) -> Value:
        """Return the value that a word on the command line stands for, or refuse it.

        Raises
        ------
        SettingsError
            As :meth:`check`.
        """
        try:
            value = {"number": float, "whole number": int}.get(self.type, str)(text)
        except ValueError:
            value = text
        return self.check(value)

    def _within_bounds(self, value: float) -> float:
        if not self.low <= value <= self.high:
            raise SettingsError(f"{self.key} = {_as_float(value):g} is outside {self.allowed}")
        return value

    def _wanted(self, value: object) -> str:
        if self.type == "choice":
            near = did_you_mean(value, self.choices) if isinstance(value, str) else ""
            return f"{self.allowed}{near}"
        if self.type == "time":
            return f'a time of day in quotes, as "{CLOCK_TIME}"'
        return f"a {self.type} ({self.allowed})"


def _shown(value: object) -> str:
    """Return a value as TOML has it; of whole numbers Python writes those of 4300 digits."""
    if isinstance(value, int):
        return str(value) if abs(value) < 1 << 64 else f"{_as_float(value):g}"
    return repr(value) if isinstance(value, str) else str(value)


def _as_float(value: float) -> float:
    """Return a number, infinity for one that is too large."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'X'?`` for the nearest known word, or nothing if none is near."""
    near = get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


class Group:
    """Base of the frozen dataclasses that declare parameters: refuses what cannot be used."""

    __slots__ = ()

    GROUP: ClassVar[str]
    """Name of the group in TOML, flags and messages."""

    BELOW: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Pairs of parameters of which the first must be less than the second."""

    AT_MOST: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Pairs of parameters of which the first must not be more than the second."""

    def __post_init__(self) -> None:
        for parameter in parameters(type(self)):
            value = parameter.check(getattr(self, parameter.name))
            object.__setattr__(self, parameter.name, value)
        for lower, upper in self.BELOW:
            if getattr(self, lower) >= getattr(self, upper):
                self._refuse(lower, "must be less than", upper)
        for lower, upper in self.AT_MOST:
            if getattr(self, lower) > getattr(self, upper):
                self._refuse(lower, "must not be more than", upper)

    def _refuse(self, first: str, relation: str, second: str) -> None:
        left, right = (f"{self.GROUP}.{n} = {getattr(self, n):g}" for n in (first, second))
        raise SettingsError(f"{left} {relation} {right}")


def parameters(group: type[Any]) -> tuple[Parameter, ...]:
    """Return all parameters of a :class:`Group` in the order of their declaration."""
    hints = get_type_hints(group)
    return tuple(_parameter(group.GROUP, f, hints[f.name]) for f in fields(group))


def _parameter(group: str, f: Field[Any], hint: Any) -> Parameter:
    bounds = {end: f.metadata[end] for end in ("low", "high") if f.metadata[end] is not None}
    return Parameter(
        group=group,
        name=f.name,
        type="choice" if get_origin(hint) is Literal else _TYPES[hint],
        default=cast(Value, f.default),
        text=f.metadata["text"],
        source=f.metadata["source"],
        choices=get_args(hint),
        **bounds,
    )
