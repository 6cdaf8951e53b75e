"""Commands that work on results: each returns its answer, which the command line prints."""

from .answer import Answer, as_json
from .configuring import config
from .exporting import export
from .judging import compare, review

__all__ = ["Answer", "as_json", "compare", "config", "export", "review"]
