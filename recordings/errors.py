"""The one failure of this package: a file that cannot be read."""

from __future__ import annotations

from .place import Place, place_of
from .wording import legible

LONGEST_PATH = 4096


class RecordingError(Exception):
    """A file that cannot be read: says which, where, and what can be done.

    Parameters
    ----------
    path
        The file.
    problem
        What is wrong, in words of the file's format.
    remedy
        What the user can do about it.
    offset
        Byte offset (in the decompressed content) where it shows, if known.
    """

    def __init__(
        self, path: Place | str, problem: str, *, remedy: str, offset: int | None = None
    ) -> None:
        self.path = place_of(path)
        self.problem = legible(problem)
        self.offset = offset
        self.remedy = legible(remedy)
        where = "" if offset is None else f" (at byte {offset})"
        if where or not self.problem.endswith("?"):
            where += ";"
        name = legible(str(self.path), LONGEST_PATH)
        super().__init__(f"{name}: {self.problem}{where} {self.remedy}")

    def __reduce__(self) -> tuple[object, ...]:
        """Survive pickling between processes with all parts."""
        return _rebuild_error, (self.path, self.problem, self.offset, self.remedy)


def _rebuild_error(path: Place, problem: str, offset: int | None, remedy: str) -> RecordingError:
    return RecordingError(path, problem, offset=offset, remedy=remedy)
