"""Who moves when: no two movements of a sleeper at the same time."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable


class Agenda:
    """Time taken by movements, in s since the recording's start."""

    def __init__(self) -> None:
        self._taken: list[tuple[float, float]] = []
        self._longest_s = 0.0

    def is_free(self, start_s: float, end_s: float) -> bool:
        """Whether nothing has been reserved within the stretch."""
        i = bisect_left(self._taken, (start_s - self._longest_s, start_s - self._longest_s))
        while i < len(self._taken) and self._taken[i][0] < end_s:
            if self._taken[i][1] > start_s:
                return False
            i += 1
        return True

    def reserve(self, start_s: float, end_s: float) -> None:
        """Take a stretch."""
        insort(self._taken, (start_s, end_s))
        self._longest_s = max(self._longest_s, end_s - start_s)

    def place(
        self,
        length_s: float,
        draw_s: Callable[[], float],
        *,
        before_s: float,
        after_s: float,
        tries: int = 60,
    ) -> float | None:
        """Draw start times until one has room before and after it, and reserve that.

        Returns
        -------
        float or None
            The start, None if every draw fell on something else.
        """
        for _ in range(tries):
            start = draw_s()
            if self.is_free(start - before_s, start + length_s + after_s):
                self.reserve(start - before_s, start + length_s + after_s)
                return start
        return None
