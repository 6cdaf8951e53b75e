"""Settings from and to TOML files, command-line flags and the documentation.

Precedence: defaults, then the file, then the flags. Nothing else is consulted.
"""

from __future__ import annotations

import json
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from .given import content
from .parameter import Parameter, SettingsError, Value, did_you_mean, parameters
from .settings import Settings
from .version import ALGORITHM_VERSION, VERSION

_COMMENT_WIDTH = 96
_MOST_BYTES = 1 << 20


def all_parameters() -> dict[str, Parameter]:
    """Return every parameter by its key (``scan.on_factor``), in order of declaration."""
    return {p.key: p for _, group in _groups(Settings()) for p in parameters(type(group))}


def load_toml(path: Path) -> Settings:
    """Read settings from a TOML file; what it does not name keeps its default.

    Raises
    ------
    SettingsError
        The file cannot be read, is not TOML, names something unknown (the message offers the
        nearest valid name), or holds a value of the wrong type or out of its bounds.
    """
    data = content(path, _MOST_BYTES)
    try:
        tables = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path}: is not UTF-8 text (at byte {error.start}); save it as such"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is not valid TOML: {error}") from error
    except (ValueError, RecursionError) as error:
        what = "holds a number of thousands of digits or is nested too deep"
        raise SettingsError(f"{path}: {what}; 'hypnic config show' writes a sound one") from error
    try:
        return with_values(Settings(), dict(_flattened(tables)))
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None


def with_values(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """Return settings with some values replaced, given as ``{"scan.on_factor": 3}``.

    Raises
    ------
    SettingsError
        Unknown key, wrong type, out of bounds, or values that do not go together.
    """
    known = all_parameters()
    for key in values:
        if key not in known:
            raise SettingsError(f"{key} is not a setting{_nearest(key)}")
    groups = {}
    for name, group in _groups(settings):
        own = {p.name: values[p.key] for p in parameters(type(group)) if p.key in values}
        groups[name] = replace(group, **own)
    return Settings(**groups)


def nearest_key(key: str) -> str | None:
    """Return the parameter of the same name in another group, else the one named most alike.

    Parameters
    ----------
    key
        With or without its group: ``scan.on_facter``, ``on_factor``.
    """
    known = all_parameters()
    wanted = key.rpartition(".")[2]
    alike = get_close_matches(wanted, [p.name for p in known.values()], n=1, cutoff=0.7)
    near = [k for k, p in known.items() if [p.name] == alike]
    return get_close_matches(key, near, n=1, cutoff=0)[0] if near else None


def dump_toml(settings: Settings) -> str:
    """Return all settings as TOML, each with its meaning, bounds, default and source."""
    head = (
        f"Settings of hypnic {VERSION} (algorithm {ALGORITHM_VERSION}). "
        f"Hash of all values: {settings.fingerprint()}"
    )
    text = "\n".join([_comment(head), *_toml_lines(settings)]) + "\n"
    # plain ASCII, so that it survives being redirected by a shell that speaks another encoding
    return text.replace("°C", "C").replace("°", "deg")


def settings_reference() -> str:
    """Return a Markdown table of every setting for the documentation."""
    lines: list[str] = []
    for name, group in _groups(Settings()):
        lines += [f"## {name}", "", _summary(group), ""]
        lines += ["| setting | default | allowed | meaning | source |", "|---|---|---|---|---|"]
        lines += [
            f"| `{p.name}` | {p.shown(p.default)} | {p.allowed} | {p.text} | {p.source} |"
            for p in parameters(type(group))
        ]
        lines.append("")
    return "\n".join(lines)


def _groups(settings: Settings) -> tuple[tuple[str, Any], ...]:
    return tuple((each.name, getattr(settings, each.name)) for each in fields(settings))


def _summary(group: object) -> str:
    return (type(group).__doc__ or "").splitlines()[0]


def _flattened(tables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    names = [name for name, _ in _groups(Settings())]
    for name, table in tables.items():
        if name not in names:
            hint = _nearest(name) if not isinstance(table, dict) else did_you_mean(name, names)
            one_of = f"the groups are {', '.join(names)}"
            raise SettingsError(f"{name} is not a group of settings{hint or f'; {one_of}'}")
        if not isinstance(table, dict):
            raise SettingsError(f"{name} is a group of settings: write [{name}] and its settings")
        for key, value in table.items():
            yield f"{name}.{key}", value


def _nearest(key: str) -> str:
    near = nearest_key(key)
    return f"; did you mean {near}?" if near else "; 'hypnic config show' lists them all"


def _toml_lines(settings: Settings) -> Iterator[str]:
    for name, group in _groups(settings):
        yield from ("", _comment(_summary(group)), f"[{name}]")
        for p in parameters(type(group)):
            yield from ("", _comment(p.text))
            yield _comment(f"{p.allowed}; default {p.shown(p.default)}; source: {p.source}")
            yield f"{p.name} = {_toml_value(getattr(group, p.name))}"


def _toml_value(value: Value) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)


def _comment(text: str) -> str:
    lines = textwrap.wrap(text, _COMMENT_WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"# {line}" for line in lines)
