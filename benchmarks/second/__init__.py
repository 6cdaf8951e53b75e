"""A second maker of nights, of other physics than :mod:`recordings.synthetic`.

There a driven limb moves: discharges, muscle, oscillator, lever. Here movements are drawn shapes:
displacements of warped templates, two links that fold, a trunk that rolls, a body thrown as a
whole. Rules that were chosen on one maker can be judged on the other. Devices, sampling, breathing
and heartbeat, the course of a night and the measure of a movement's size are shared::

    night = second.plan(10_000, Recipe(device="ax3"))
    for raw, times_ns in recordings.synthetic.samples(night):
        ...
"""

from .plan import CAUSES, plan

__all__ = ["CAUSES", "plan"]
