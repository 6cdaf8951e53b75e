"""The templates, and what they all share."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from detector.cache import VARIABLE
from detector.nights.night import SLEEP_STARTS
from detector.version import ALGORITHM_VERSION, VERSION

from .words import CONFIDENCE, CONTEXT, LOOKS, style


def render(template: str, **values: Any) -> str:
    """Return a page; see :func:`pieces`."""
    return "".join(pieces(template, **values))


def pieces(template: str, **values: Any) -> Iterator[str]:
    """Yield a page piece by piece; every value that is not this package's own markup is escaped.

    Scripts and styles run only if they carry the page's password. It is made of the page itself:
    the same each time, and not to be known by whoever wrote a name or a note that stands in it.
    So the page is made twice, that a month's is never held as a whole; no value may be used up.
    """
    made = _environment().get_template(template)
    content = hashlib.sha256()
    for piece in made.generate(nonce="", **values):
        content.update(piece.encode("utf-8", "backslashreplace"))
    yield from made.generate(nonce=content.hexdigest()[:32], **values)


class Packed:
    """A template's macro filled in, kept small until the page is written.

    Parameters
    ----------
    template, macro
        Which macro of which template.
    values
        Its arguments.
    """

    def __init__(self, template: str, macro: str, *values: object) -> None:
        markup = getattr(_environment().get_template(template).module, macro)(*values)
        self._packed = zlib.compress(markup.encode("utf-8", "surrogatepass"), 1)

    def __html__(self) -> str:
        return zlib.decompress(self._packed).decode("utf-8", "surrogatepass")


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


class _KeptTemplates(FileSystemBytecodeCache):
    """Compiled templates beside the compiled kernels: a tenth of a second in each run."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template where that is possible; it is compiled again where not."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("detector.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=_KeptTemplates(folder) if (folder := os.environ.get(VARIABLE)) else None,
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
