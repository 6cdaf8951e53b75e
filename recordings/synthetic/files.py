"""A plan as a file of its device."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import assert_never

from ..writers import (
    CwaLayout,
    GeneactivLayout,
    Gt3xLayout,
    write_cwa,
    write_geneactiv,
    write_gt3x,
)
from .plan import Plan
from .render import samples


def write(plan: Plan, path: Path | str, *, utc_offset: timedelta = timedelta(0)) -> int:
    """Write a plan in the format of its device, in bounded memory.

    Parameters
    ----------
    plan
        What to write. On an AX3 or AX6 its nominal rate must be 3200 divided by a power of two, on
        an ActiGraph a whole number.
    path
        Where to. The name does not decide the format.
    utc_offset
        Stated in the header of a GENEActiv or ActiGraph; no other format has it.

    Returns
    -------
    int
        Samples written: an incomplete last block is left out, as on the device.
    """
    device, place = plan.device, f"left {plan.recipe.site}"
    utc_offset_min = int(utc_offset.total_seconds() // 60)
    match device.hardware:
        case "ax3" | "ax6":
            cwa = CwaLayout(
                hardware=device.hardware,
                packed=device.bits_dropped > 0,
                rate_hz=plan.recipe.nominal_hz,
                range_g=round(device.range_g),
                notes={"_p": place},
                temperature_c=device.temperature_c,
            )
            return write_cwa(path, samples(plan), cwa)
        case "geneactiv":
            geneactiv = GeneactivLayout(
                rate_hz=plan.recipe.nominal_hz,
                utc_offset_min=utc_offset_min,
                location=place,
                temperature_c=device.temperature_c,
            )
            return write_geneactiv(path, samples(plan), geneactiv)
        case "actigraph":
            gt3x = Gt3xLayout(
                rate_hz=int(plan.recipe.nominal_hz),
                utc_offset_min=utc_offset_min,
                limb=plan.recipe.site.capitalize(),
            )
            return write_gt3x(path, samples(plan), gt3x)
        case _:  # pragma: no cover (for the type checker: there are no others)
            assert_never(device.hardware)
