"""Write the parts of the documentation that are made by the program itself.

    python docs/generate.py

A part stands between ``<!-- made from NAME -->`` and ``<!-- end -->``; below a command in a console
block stands what it writes to the standard output. A test compares.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

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


def _reason(reason: Reason) -> tuple[str, str]:
    return f"`{reason.code}`", reason.sentence


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


PARTS: dict[str, Callable[[], str]] = {
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
