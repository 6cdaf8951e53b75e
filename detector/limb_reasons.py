"""Codes of ``limbs.csv`` and ``alignments.csv`` with the sentences that explain them."""

from __future__ import annotations

from .reasons import Reason

CALLS: dict[str, Reason] = {
    code: Reason(code, text, "limbs")
    for code, text in (
        ("focal", "One limb moved, while at least one other was observed and lay still."),
        ("bilateral", "Both sides of one kind of limb moved together."),
        ("whole_body", "Arm and leg moved together."),
        (
            "shared_disturbance",
            "Weak and nearly equal on every sensor: it came from outside (mattress, partner, "
            "vehicle) and is no jerk.",
        ),
        ("alone", "No other sensor observed the moment: it may have been focal or not."),
        (
            "unaligned",
            "Other sensors were worn, but their clocks could not be aligned: what happened "
            "together is unknown.",
        ),
        ("unclear", "Other sensors observed it, but what they saw does not decide."),
    )
}
"""What a sleep start is called where several limbs are looked at."""

WHY: dict[str, Reason] = {
    code: Reason(code, text, "limbs")
    for code, text in (
        ("not_observed", "No other sensor recorded, was worn and was quiet at the moment."),
        ("other_moving", "Another limb had been moving already."),
        ("side_unknown", "Of a sensor on the same kind of limb the side is unknown."),
        ("few_shared", "The sensors share too few movements to align their clocks."),
        (
            "no_clear_peak",
            "No offset between the clocks stands out above chance: they may have been worn by "
            "two people, or be further apart than was searched.",
        ),
        ("uncertain", "The offset between the clocks is too uncertain for what must be told."),
        ("drift", "The clocks would have to drift apart more than clocks do."),
    )
}
"""Why a call says little, or why two clocks are not aligned."""
