"""Write the parts of the documentation that are made by the program itself.

    python docs/generate.py

A part stands between ``<!-- made from NAME -->`` and ``<!-- end -->``; below a command in a console
block stands what it writes to the standard output. A test compares.
"""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, redirect_stdout
from io import StringIO
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

from cyclopts import App, Argument
from docstring_parser import parse

from detector.cli import app
from detector.cli import main as hypnic
from detector.config import settings_reference
from detector.limb_reasons import CALLS, WHY
from detector.reasons import FOUND, REASONS, REMARKS, UNDONE, Reason
from detector.tables.rows import TABLES

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))

_PART = re.compile(r"(<!-- made from (?P<name>[\w.]+) -->\n).*?(?=<!-- end -->)", re.DOTALL)
_CONSOLE = re.compile(
    r"(?<=^```console\n)(?P<command>\$ hypnic (?P<words>[^\n]+)\n).*?(?=^```$)",
    re.DOTALL | re.MULTILINE,
)
_LEVELS = {
    "event": "Events",
    "stops": "Nights without a count",
    "limits": "Nights with a limited count",
    "note": "Nights: worth knowing",
    "file": "Recordings",
    "file_note": "Recordings: worth knowing",
    "undone": "Inputs without results",
    "limbs": "Several sensors on one person",
}


def tables() -> str:
    """Return every column of every table."""
    parts = []
    for name, columns in TABLES.items():
        rows = [
            (f"`{c.name}`", c.unit or "", c.shown_type, c.definition, c.source) for c in columns
        ]
        heads = ("column", "unit", "type", "meaning", "source")
        parts.append(f"### {name}\n\n{_table(heads, rows)}")
    return "\n\n".join(parts)


def reasons() -> str:
    """Return every reason code with its sentence."""
    several = [*CALLS.values(), *WHY.values()]
    known = [*REASONS.values(), *REMARKS.values(), *FOUND.values(), *UNDONE.values(), *several]
    parts = []
    for level, title in _LEVELS.items():
        rows = [_reason(each) for each in known if each.level == level]
        parts.append(f"## {title}\n\n{_table(('code', 'meaning'), rows)}")
    return "\n\n".join(parts)


def commands() -> str:
    """Return every command with its arguments and options."""
    return "\n\n".join(
        _command(names, each) for names, each in sorted(_commands(app), key=itemgetter(0))
    )


def _commands(above: App, *above_names: str) -> Iterator[tuple[tuple[str, ...], App]]:
    for name in above:
        if not name.startswith("-"):
            each, names = above[name], (*above_names, name)
            if each.default_command is not None:
                yield names, each
            yield from _commands(each, *names)


def _command(names: Sequence[str], command: App) -> str:
    takes = parse(inspect.getdoc(command.default_command) or "").params
    rows = [(f"`{p.arg_name.upper()}`", _one_line(p.description or "")) for p in takes]
    rows += [
        (" ".join(f"`{name}`" for name in each.names), _option(each))
        for each in command.assemble_argument_collection()
        if each.show and each.parameter.help and "." not in each.names[0]
    ]
    told = parse(inspect.cleandoc(command.help))
    usage = command.usage or f"Usage: hypnic {' '.join(names)} [OPTIONS]"
    parts = [f"## hypnic {' '.join(names)}", *filter(None, (told.short_description,))]
    parts += filter(None, (_one_line(told.long_description or ""),))
    parts.append(f"`{usage.removeprefix('Usage: ')}`")
    return "\n\n".join([*parts, _table(("option", "meaning"), rows)] if rows else parts)


def _option(option: Argument) -> str:
    choices = option.get_choices()
    default = option.field_info.default
    said = _one_line(option.parameter.help or "")
    said += f": {', '.join(choices)}" if choices else ""
    said += " (required)" if option.required else ""
    shown = isinstance(default, int | float | str) and not isinstance(default, bool)
    return f"{said} (default {default})" if shown else said


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("**/*", r"\*\*/\*")


def _reason(reason: Reason) -> tuple[str, str]:
    return f"`{reason.code}`", reason.sentence


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


PARTS: dict[str, Callable[[], str]] = {
    "detector.cli": commands,
    "detector.config": settings_reference,
    "detector.tables.rows": tables,
    "detector.reasons": reasons,
}


def output(words: Sequence[str]) -> str:
    """Return what a command writes to the standard output, run beside the bundled recordings."""
    written = StringIO()
    with TemporaryDirectory() as folder, chdir(folder), redirect_stdout(written):
        Path("recordings").symlink_to(ROOT / "recordings")
        if hypnic(words) != 0:
            raise RuntimeError(f"hypnic {shlex.join(words)} did not succeed")
    return written.getvalue()


def with_parts(text: str) -> str:
    """Return a page with its made parts as the program makes them now."""
    return _PART.sub(lambda part: f"{part.group(1)}\n{PARTS[part['name']]().strip()}\n\n", text)


def with_outputs(text: str) -> str:
    """Return a page with what its commands write now."""
    return _CONSOLE.sub(lambda shown: shown["command"] + output(shlex.split(shown["words"])), text)


def main() -> None:
    """Write every page that has changed."""
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        if (new := with_outputs(with_parts(text))) != text:
            path.write_text(new, encoding="utf-8")
            print(f"{path.name} written")


if __name__ == "__main__":
    main()
