"""Which events of two lists are the same one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def matched(
    a_ns: NDArray[np.int64], b_ns: NDArray[np.int64], tolerance_ns: int
) -> NDArray[np.intp]:
    """Return for each event of the first list the index of its partner, -1 for none.

    Every event has one partner at most. The nearest pairs are made first, so that an event between
    two others goes to the nearer one; among equally near pairs the earlier ones come first, so that
    the order of the rows decides nothing but which of two events at one instant is taken.

    Parameters
    ----------
    a_ns, b_ns
        Times of the events, in any order.
    tolerance_ns
        How far apart the two events of a pair may be; this far still is a pair.
    """
    partner = np.full(len(a_ns), -1, np.intp)
    order = np.argsort(b_ns, kind="stable")
    first = np.searchsorted(b_ns[order], a_ns - tolerance_ns, "left")
    last = np.searchsorted(b_ns[order], a_ns + tolerance_ns, "right")
    i = np.repeat(np.arange(len(a_ns)), last - first)
    within = np.arange(len(i)) - np.repeat(np.cumsum(last - first) - (last - first), last - first)
    k = order[np.repeat(first, last - first) + within]
    taken = np.zeros(len(b_ns), bool)
    nearest_first = np.lexsort((b_ns[k], a_ns[i], np.abs(a_ns[i] - b_ns[k])))
    for one, other in zip(i[nearest_first].tolist(), k[nearest_first].tolist(), strict=True):
        if partner[one] < 0 and not taken[other]:
            partner[one], taken[other] = other, True
    return partner
