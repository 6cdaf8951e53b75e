"""What a sleep start is when several limbs are looked at.

Every sleep start of every sensor, counted or not, belongs to one joint event: with it go the
movements of the other sensors that begin within ``together_s`` of it on one clock, the nearest of
each. The first rule that applies gives the call:

1. ``shared_disturbance``: every sensor that observed the moment, two or more, has a movement in it,
   all peaks are below ``disturbance_mg`` and differ by ``disturbance_spread`` at most. Mattress,
   vehicle or partner: not a jerk.
2. Limbs that moved (a peak of ``kinds.accel_listed_mg`` or more, no knock, no ringing) are of
   several kinds: ``whole_body``; both sides of one kind: ``bilateral``.
3. One limb moved. No other observed the moment: ``unaligned`` if that is because clocks could not
   be aligned, else ``alone``. Another was moving already: ``unclear``. Else ``focal``.

What passes through body and mattress is weaker than ``kinds.accel_listed_mg`` and is stillness.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from detector.settings import Settings
from recordings import SECOND_NS

from .align import Times
from .group import Together
from .sensors import Place, holds

Call = Literal[
    "focal", "bilateral", "whole_body", "shared_disturbance", "alone", "unaligned", "unclear"
]
CALLS: tuple[Call, ...] = get_args(Call)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """One joint event."""

    call: Call
    reason: str
    """Code: why the call is one of those that say little; else empty."""
    start_ns: int
    """Of its first member, by the clock of sensor ``root``."""
    root: int
    observed: int
    """Aligned sensors that observed the moment, the one of the sleep start among them."""
    members: tuple[tuple[int, int], ...]
    """Sensor and number of its event, in the order in which they began."""
    after_s: tuple[float, ...]
    """From the first member's beginning to that of each."""
    moved: int
    """Members whose limb itself moved."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """Everything that sensors on one clock saw, on that clock, in order of time."""

    sensor: NDArray[np.int64]
    event: NDArray[np.int64]
    start_ns: Times
    end_ns: Times
    peak_mg: NDArray[np.float64]
    is_start: NDArray[np.bool_]
    """Sleep starts, counted or not."""
    is_own: NDArray[np.bool_]
    """What the limb itself made."""


def joint_events(group: Together, settings: Settings) -> list[Joint]:
    """Return the joint events of a group of sensors, in order of time."""
    found: list[Joint] = []
    for root in dict.fromkeys(clock.root for clock in group.clocks):
        found += _of_clock(group, root, settings)
    return sorted(found, key=lambda joint: (joint.start_ns, joint.root))


def _of_clock(group: Together, root: int, settings: Settings) -> Iterator[Joint]:
    on_it = [i for i, clock in enumerate(group.clocks) if clock.root == root]
    seen = _seen(group, on_it, settings)
    reach_ns = round(settings.limbs.together_s * SECOND_NS)
    used = np.zeros(len(seen.event), bool)
    seeds = np.flatnonzero(seen.is_start)
    # The largest first, so that the order of sensors does not decide what goes along.
    for seed in seeds[np.argsort(-seen.peak_mg[seeds], kind="stable")].tolist():
        if used[seed]:
            continue
        members = _members(seen, seed, used, reach_ns)
        used[members] = True
        yield _called(group, seen, on_it, seed, members, settings)


def _seen(group: Together, on_it: Sequence[int], settings: Settings) -> _Seen:
    parts = [
        (
            np.full(len(moved), i),
            np.arange(len(moved)),
            group.clocks[i](moved.start_ns),
            group.clocks[i](moved.end_ns),
            moved.peak_mg,
            moved.is_start,
            moved.is_of_limb(settings.kinds),
        )
        for i, moved in ((i, group.moved[i]) for i in on_it)
    ]
    columns = [np.concatenate(each) for each in zip(*parts, strict=True)]
    seen = _Seen(*columns)
    order = np.argsort(seen.start_ns, kind="stable")  # at one time in the order of sensors
    return _Seen(*(column[order] for column in columns))


def _members(seen: _Seen, seed: int, used: NDArray[np.bool_], reach_ns: int) -> list[int]:
    """Return the sleep start and the nearest beginning of every other sensor."""
    at_ns = seen.start_ns[seed]
    first, stop = np.searchsorted(seen.start_ns, (at_ns - reach_ns, at_ns + reach_ns + 1))
    nearest = {int(seen.sensor[seed]): seed}
    near = sorted(range(first, stop), key=lambda k: (abs(int(seen.start_ns[k] - at_ns)), k))
    for k in near:
        if not used[k]:
            nearest.setdefault(int(seen.sensor[k]), k)
    return sorted(nearest.values())


def _called(
    group: Together,
    seen: _Seen,
    on_it: Sequence[int],
    seed: int,
    members: list[int],
    settings: Settings,
) -> Joint:
    observing = _observing(group, on_it, seen, seed, settings)
    call, reason, moved = _call(group, seen, seed, members, observing, settings)
    first_ns = int(seen.start_ns[members[0]])
    return Joint(
        call=call,
        reason=reason,
        start_ns=first_ns,
        root=group.clocks[on_it[0]].root,
        observed=len(observing),
        members=tuple((int(seen.sensor[k]), int(seen.event[k])) for k in members),
        after_s=tuple((int(seen.start_ns[k]) - first_ns) / SECOND_NS for k in members),
        moved=moved,
    )


def _observing(
    group: Together, on_it: Sequence[int], seen: _Seen, seed: int, settings: Settings
) -> list[int]:
    """Return the sensors that observed all of the time in which a movement would go along."""
    reach_ns = round(settings.limbs.together_s * SECOND_NS)
    at_ns = int(seen.start_ns[seed])
    found = []
    for i in on_it:
        spans = group.clocks[i](group.sensors[i].observed.ravel()).reshape(-1, 2)
        if i == seen.sensor[seed] or holds(spans, at_ns - reach_ns, at_ns + reach_ns):
            found.append(i)
    return found


def _call(
    group: Together,
    seen: _Seen,
    seed: int,
    members: Sequence[int],
    observing: Sequence[int],
    settings: Settings,
) -> tuple[Call, str, int]:
    """Return call, reason, and how many sensors saw their limb move."""
    sized = [float(seen.peak_mg[k]) for k in members]
    limits = settings.limbs
    own = [k for k in members if seen.is_own[k]]
    seers = {int(seen.sensor[k]) for k in members}
    if len(observing) > 1 and seers.issuperset(observing):
        weak = max(sized) < limits.disturbance_mg
        if weak and max(sized) <= limits.disturbance_spread * min(sized):
            return "shared_disturbance", "", len(own)
    places = {group.sensors[seen.sensor[k]].place for k in own}
    several = _of_places(places)
    if several is not None:
        return *several, len(own)
    others = [i for i in observing if not _same_limb(group.sensors[i].place, places)]
    if not others:
        reason = group.reason(int(seen.sensor[seed]))
        return ("unaligned", reason, len(own)) if reason else ("alone", "not_observed", len(own))
    if _moving(seen, seed, others, settings):
        return "unclear", "other_moving", len(own)
    return "focal", "", len(own)


def _of_places(places: set[Place]) -> tuple[Call, str] | None:
    """Call what several limbs did; None if it was one limb."""
    if len({place.limb for place in places}) > 1:
        return "whole_body", ""
    sides = {place.side for place in places}
    if "unknown" in sides and len(places) > 1:
        return "unclear", "side_unknown"
    return ("bilateral", "") if len(sides) > 1 else None


def _same_limb(place: Place, places: set[Place]) -> bool:
    """Whether a sensor sits on the limb that moved, as far as is known."""
    return any(
        place.limb == each.limb
        and ("unknown" in (place.side, each.side) or place.side == each.side)
        for each in places
    )


def _moving(seen: _Seen, seed: int, others: Sequence[int], settings: Settings) -> bool:
    """Whether another limb was moving within ``together_s`` of the sleep start's beginning."""
    at_ns, reach_ns = seen.start_ns[seed], round(settings.limbs.together_s * SECOND_NS)
    longest_ns = round(settings.scan.longest_event_s * SECOND_NS)
    first, stop = np.searchsorted(
        seen.start_ns, (at_ns - longest_ns - reach_ns, at_ns + reach_ns + 1)
    )
    return any(
        seen.sensor[k] in others and seen.end_ns[k] >= at_ns - reach_ns and seen.is_own[k]
        for k in range(first, stop)
    )
