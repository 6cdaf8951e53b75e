"""Many recordings: who analyses them, what is left to do, and what became of each.

:func:`run` finds the inputs, lets a *crew* analyse those that no earlier run has done, and puts the
tables of the output folder together. A crew is this process (:class:`Here`), processes of their own
(:class:`Workers`), any executor (:class:`Executing`) or a Dask cluster (:mod:`.cluster`).
"""

from ..job import RunOptions
from .crews import Crew, Executing, Here
from .merging import merge
from .planning import Plan, found, planned
from .running import run
from .shards import Shard
from .summary import Summary
from .watching import Watcher
from .workers import Workers

__all__ = [
    "Crew",
    "Executing",
    "Here",
    "Plan",
    "RunOptions",
    "Shard",
    "Summary",
    "Watcher",
    "Workers",
    "found",
    "merge",
    "planned",
    "run",
]
