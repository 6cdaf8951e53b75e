"""Nights that never were, of which everything is known.

A :class:`Recipe` says what kind of recording, :func:`plan` draws one with its truth, and
:func:`samples` lets a device sample it::

    night = plan(7, Recipe(device="ax3", rate_hz=50))
    for raw, times_ns in samples(night):
        ...
    night.truth[night.truth["kind"] == "sleep_start"]["peak_ns"]

The underlying night is a function of continuous time: another device or rate sees the same one.
The physics and its sources are in :mod:`.draws` and :mod:`.movements`; no published recording has
labelled sleep starts, so nothing here proves how a detector does on people.
"""

from .devices import DEVICES, Device
from .files import write
from .plan import NightTruth, Plan, plan
from .recipe import (
    DEMO,
    DEVELOPMENT_SEEDS,
    LOOK_ALIKES,
    QUIET,
    RESTLESS,
    USUAL_LOOK_ALIKES,
    VALIDATION_SEEDS,
    LookAlike,
    Recipe,
)
from .render import acceleration, samples, synthesise
from .several import JOINT, Sensor, Several, several
from .truth import KINDS, TRUTH

DEMO_SEED = 15


def demo_night() -> Plan:
    """Plan the night of the demonstration: found against planted."""
    return plan(DEMO_SEED, DEMO)


__all__ = [
    "DEMO",
    "DEMO_SEED",
    "DEVELOPMENT_SEEDS",
    "DEVICES",
    "JOINT",
    "KINDS",
    "LOOK_ALIKES",
    "QUIET",
    "RESTLESS",
    "TRUTH",
    "USUAL_LOOK_ALIKES",
    "VALIDATION_SEEDS",
    "Device",
    "LookAlike",
    "NightTruth",
    "Plan",
    "Recipe",
    "Sensor",
    "Several",
    "acceleration",
    "demo_night",
    "plan",
    "samples",
    "several",
    "synthesise",
    "write",
]
