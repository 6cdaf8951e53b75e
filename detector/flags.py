"""Every setting as a command-line flag, made from the declarations in :mod:`detector.settings`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import time
from difflib import get_close_matches
from operator import getitem
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeVar, get_args

from cyclopts import CycloptsError, Group, MissingArgumentError, Token, UnknownOptionError
from cyclopts import Parameter as Flag

from recordings import ReadOptions

from .config import all_parameters, load_toml, nearest_key, with_values
from .parameter import Parameter, SettingsError, Value, did_you_mean
from .settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

_TYPES = {"number": float, "whole number": int, "choice": str, "time": str}


def with_settings(command: Command) -> Command:
    """Give a command that takes ``**settings`` one flag per setting (``--scan.on-factor 3``).

    The command receives those that the user gave, as ``{"scan.on_factor": "3"}``: still words, for
    :func:`chosen` to check, so that flags and TOML files are refused in the same words.
    """
    known = all_parameters().values()
    names = dict.fromkeys(p.group for p in known)
    groups = {n: Group(f"Settings: {n}", sort_key=10 + i) for i, n in enumerate(names)}
    flags = [_flag(p, groups[p.group]) for p in known]
    signature = inspect.signature(command, eval_str=True)
    own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    command.__signature__ = signature.replace(  # type: ignore[attr-defined]  # functions have it
        parameters=[*own, *flags]
    )
    return command


def chosen(flags: Mapping[str, str]) -> dict[str, Value]:
    """Return the values of the flags that were given.

    Raises
    ------
    SettingsError
        For a value that its setting cannot hold.
    """
    known = {_identifier(p): p for p in all_parameters().values()}
    return {known[name].key: known[name].parse(word) for name, word in flags.items()}


def one_of(hint: Any, tokens: Sequence[Token]) -> str:
    """Take a word that must be one of those of a ``Literal``."""
    known, word = get_args(hint), tokens[0].value
    if word not in known:
        allowed = f"{', '.join(known[:-1])} or {known[-1]}"
        raise ValueError(f"{word!r} is not {allowed}{did_you_mean(word, known)}")
    return word


def two_times(flag: str, text: str) -> tuple[time, time]:
    """Return the local times of a period such as ``23:10-06:45``.

    Raises
    ------
    SettingsError
        If it is none, or lasts no time.
    """
    first, _, second = text.partition("-")
    try:
        period = time.fromisoformat(first), time.fromisoformat(second)
    except ValueError:
        raise SettingsError(f"{flag} {text}: write a period like 23:10-06:45") from None
    if period[0] == period[1]:
        raise SettingsError(f"{flag} {text} begins and ends at the same time")
    return period


def stated_columns(text: str) -> dict[str, int | str]:
    """Return the columns that ``time=2,x=3,y=4,z=5`` names, by position or name.

    Raises
    ------
    SettingsError
        If they make no sense.
    """
    columns: dict[str, int | str] = {}
    for part in text.split(","):
        role, _, which = (word.strip() for word in part.partition("="))
        if not which:
            raise SettingsError(f"--columns {text}: {part.strip()!r} is not like x=3")
        if role in columns:
            raise SettingsError(f"--columns {text}: states {role} twice")
        columns[role] = int(which) if which.isdecimal() else which
    try:
        ReadOptions(columns=columns)
    except ValueError as error:
        raise SettingsError(f"--columns {text}: {error}") from error
    return columns


def explained(error: CycloptsError, words: Sequence[str]) -> str:
    """Return what is wrong with a command line, and what was probably meant.

    Parameters
    ----------
    error
        As found while parsing.
    words
        The command line.
    """
    error.verbose = False
    if isinstance(error, UnknownOptionError):
        word = error.token.keyword or error.token.value
        return f"{word} is no option{_nearest_option(error, word.partition('=')[0])}"
    if isinstance(error, MissingArgumentError) and error.argument:
        given = [name for name in error.argument.names if name in words]
        return f"{given[0]} needs a value" if given else f"{error.argument.name} is missing"
    return str(error)


def _nearest_option(error: UnknownOptionError, word: str) -> str:
    known = [name for argument in error.argument_collection for name in argument.names]
    setting = nearest_key(word.lstrip("-").replace("-", "_"))
    if setting and (flag := all_parameters()[setting].flag) in known:
        return f"; did you mean {flag}?"
    near = get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _flag(parameter: Parameter, group: Group) -> inspect.Parameter:
    flag = Flag(
        name=parameter.flag,
        help=f"{parameter.text} ({parameter.allowed})",
        group=group,
        converter=_word,
        show_default=parameter.shown,
    )
    return inspect.Parameter(
        _identifier(parameter),
        inspect.Parameter.KEYWORD_ONLY,
        default=parameter.default,
        # made at run time, which a type checker must not take for a type expression
        annotation=getitem(Annotated, (_TYPES[parameter.type], flag)),
    )


def _identifier(parameter: Parameter) -> str:
    return f"{parameter.group}__{parameter.name}"


def _word(_: type, tokens: Sequence[Token]) -> str:
    return tokens[0].value


def resolved_settings(
    config: Path | None, flags: Mapping[str, str] = MappingProxyType({})
) -> Settings:
    """Return the defaults, then the file, then the flags.

    Parameters
    ----------
    config
        A settings file.
    flags
        As the command line has them, by name.
    """
    settings = load_toml(config) if config else Settings()
    return with_values(settings, chosen(flags))
