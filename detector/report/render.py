"""The templates, and what they all share."""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined
from markupsafe import Markup

from detector.cache import VARIABLE, is_writable
from detector.nights.night import SLEEP_STARTS
from detector.version import ALGORITHM_VERSION, VERSION

from .words import CONFIDENCE, CONTEXT, LOOKS, style


def render(template: str, **values: Any) -> str:
    """Return a page; every value that is not this package's own markup is escaped.

    Scripts and styles run only if they carry the page's password. It is made of the page itself:
    the same each time, and not to be known by whoever wrote a name or a note that stands in it.
    """
    blank = secrets.token_hex(16)
    parts = _environment().get_template(template).render(nonce=blank, **values).split(blank)
    content = hashlib.sha256()
    for part in parts:  # one after the other: a month's page is large
        content.update(part.encode("utf-8", "backslashreplace"))
    return content.hexdigest()[:32].join(parts)


SCRIPTS = ("common", "timeline", "tables", "listing", "cohort", "filters", "review", "start")
"""Parts of the pages' script, in the order in which they run."""


@cache
def script() -> str:
    """Return the pages' own script: its parts in one scope, for pages open from disk."""
    parts = "\n".join(read(f"scripts/{name}.js") for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


@cache
def script_name() -> str:
    """Name of the script beside the pages: by its content, so that old pages keep theirs."""
    return f"page-{hashlib.sha256(script().encode()).hexdigest()[:8]}.js"


def read(name: str) -> str:
    """Return a file of this package."""
    return (files(__package__) / name).read_text("utf-8")


def _bytecode_cache() -> FileSystemBytecodeCache | None:
    """Keep compiled templates where compiled kernels are kept: a tenth of a second in each run."""
    folder = os.environ.get(VARIABLE)
    return FileSystemBytecodeCache(folder) if folder and is_writable(Path(folder)) else None


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("detector.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=_bytecode_cache(),
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    environment.globals.update(
        version=VERSION,
        algorithm_version=ALGORITHM_VERSION,
        script=script_name(),
        style=Markup(read("style.css") + style()),  # noqa: S704 (words of this package)
        looks=LOOKS,
        starts=SLEEP_STARTS,
        words={
            "kinds": [(kind, look.name) for kind, look in LOOKS.items()],
            "contexts": list(CONTEXT.items()),
            "confidences": [(word, word) for word in CONFIDENCE],
        },
        loop_kind={kind: i for i, kind in enumerate(LOOKS)},
    )
    return environment
