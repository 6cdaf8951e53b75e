"""The one failure of this package: a file that cannot be read."""

from __future__ import annotations

from .place import Place, place_of


class RecordingError(Exception):
    """A file that cannot be read: says which, where, and what can be done.

    Parameters
    ----------
    path
        The file.
    problem
        What is wrong, in words of the file's format.
    offset
        Byte offset (in the decompressed content) where it shows, if known.
    remedy
        What the user can do about it.
    """

    def __init__(
        self, path: Place | str, problem: str, *, offset: int | None = None, remedy: str = ""
    ) -> None:
        self.path = place_of(path)
        self.problem = problem
        self.offset = offset
        self.remedy = remedy
        where = "" if offset is None else f" (at byte {offset})"
        super().__init__(f"{path}: {problem}{where}{'; ' + remedy if remedy else ''}")

    def __reduce__(self) -> tuple[object, ...]:
        """Survive pickling between processes with all parts."""
        return _rebuild_error, (self.path, self.problem, self.offset, self.remedy)


def _rebuild_error(path: Place, problem: str, offset: int | None, remedy: str) -> RecordingError:
    return RecordingError(path, problem, offset=offset, remedy=remedy)
