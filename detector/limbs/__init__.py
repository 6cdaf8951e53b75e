"""Several sensors on one person: clocks aligned, sleep starts called by the limbs that took part.

Everything is read from the finished folders of the recordings, one participant after the other, so
that it depends on nothing else and memory holds one participant.
"""

from .write import write_limbs

__all__ = ["write_limbs"]
