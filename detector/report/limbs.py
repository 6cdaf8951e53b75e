"""The page of a participant who wore several sensors at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from markupsafe import Markup

from detector.limb_reasons import CALLS, WHY
from detector.tables.columns import ALIGNMENTS, LIMB_NIGHTS, LIMBS
from detector.tables.csvtext import Row

from .cells import Cells, cells
from .render import render
from .svg import picture

NAMES = {
    "focal": "One limb",
    "bilateral": "Both sides",
    "whole_body": "Arm and leg",
    "shared_disturbance": "From outside, no jerk",
    "alone": "Not observed elsewhere",
    "unaligned": "Clocks not aligned",
    "unclear": "Unclear",
}
"""What the calls are called."""
_MARKS = {
    "focal": "m0-5 5 5-5 5-5-5z",
    "bilateral": "m0-5 5 5-5 5-5-5z",
    "whole_body": "m-4.5-4.5h9v9h-9z",
    "shared_disturbance": "m-4-4l8 8m0-8l-8 8",
}
_ALWAYS = ("focal", "bilateral", "whole_body")
"""Shown where there were none, too."""
_OTHER_MARK = "m-3 0h6"
_LEFT, _LANE, _WIDTH = 190, 28, 620


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One sensor's part in a joint event."""

    recording_id: str
    link: str
    place: str
    peak_mg: str
    after_ms: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JointView:
    """One joint event."""

    cells: Cells
    name: str
    clock: str
    why: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimbNight:
    """One night of one set of sensors."""

    cells: Cells
    calls: tuple[tuple[str, str], ...]
    """Names and numbers."""
    drawing: Markup | None
    events: tuple[JointView, ...]


def limbs_page(limbs: Sequence[Row], nights: Sequence[Row], alignments: Sequence[Row]) -> str:
    """Return the page of one participant.

    Parameters
    ----------
    limbs, nights, alignments
        The rows of ``limbs.csv``, ``limb_nights.csv`` and ``alignments.csv``: all of the one
        participant, at least one alignment.
    """
    pairs = [cells(ALIGNMENTS, row) for row in alignments]
    place = {p["recording_id"]: p["place"] for p in pairs}
    place |= {p["other_recording_id"]: p["other_place"] for p in pairs}
    joints = [_joint(cells(LIMBS, row)) for row in limbs]
    shown = [_night(cells(LIMB_NIGHTS, row), joints, place) for row in nights]
    return render(
        "limbs.html",
        participant=pairs[0]["participant_id"],
        pairs=pairs,
        place={name: text.removesuffix(" unknown") for name, text in place.items()},
        nights=shown,
        names=NAMES,
        sentences={code: reason.sentence for code, reason in (CALLS | WHY).items()},
        page_of=_page_of,
    )


def _page_of(recording_id: str) -> str:
    return f"../../recordings/{quote(recording_id)}/report.html"


def _joint(row: Cells) -> JointView:
    columns = ("recording_ids", "sites", "sides", "peaks_accel_mg", "afters_s")
    members = zip(*(row[name].split(";") for name in columns), strict=True)
    return JointView(
        cells=row,
        name=NAMES[row["call"]],
        clock=row["start_time"][11:19],
        why=WHY[row["reason"]].sentence if row["reason"] else "",
        members=tuple(
            Member(
                recording_id=name,
                link=_page_of(name),
                place=site if side == "unknown" else f"{side} {site}",
                peak_mg=peak,
                after_ms=f"{1000 * float(after):.0f}",
            )
            for name, site, side, peak, after in members
        ),
    )


def _night(row: Cells, joints: Sequence[JointView], place: dict[str, str]) -> LimbNight:
    worn = row["recording_ids"].split(";")
    mine = tuple(
        joint
        for joint in joints
        if joint.cells["night_date"] == row["night_date"] and joint.members[0].recording_id in worn
    )
    return LimbNight(
        cells=row,
        calls=tuple(
            (name, n)
            for call, name in NAMES.items()
            if (n := row[f"n_{call}"]) != "0" or call in _ALWAYS
        ),
        drawing=_drawing(row["night_date"], worn, mine, place) if mine else None,
        events=mine,
    )


def _drawing(
    date: str, worn: Sequence[str], joints: Sequence[JointView], place: dict[str, str]
) -> Markup:
    """Draw every joint event over a lane for each sensor, joined where several took part."""
    hours = [_hour(date, joint.cells["start_time"]) for joint in joints]
    first, last = int(min(hours)), int(max(hours)) + 1
    per_h = _WIDTH / (last - first)
    height = _LANE * len(worn)
    parts = [
        Markup('<text x="0" y="{}">{} {}</text>').format(
            _LANE * (lane + 0.5) + 4, place[name].removesuffix(" unknown"), _short(name)
        )
        for lane, name in enumerate(worn)
    ]
    for tick in range(first, last + 1, -(-(last - first) // 10)):
        x = _LEFT + (tick - first) * per_h
        parts.append(
            Markup(
                '<path class="grid" d="M{0:.1f} 0V{1}"/>'
                '<text x="{0:.1f}" y="{2}" text-anchor="middle">{3:02d}:00</text>'
            ).format(x, height, height + 14, tick % 24)
        )
    for joint, hour in zip(joints, hours, strict=True):
        lanes = sorted(worn.index(m.recording_id) for m in joint.members)
        parts.append(_mark(joint, _LEFT + (hour - first) * per_h, lanes))
    label = f"Sleep starts of the night from {date} on {len(worn)} sensors, by call"
    return picture("chart limbs", _LEFT + _WIDTH + 30, height + 20, label, parts)


def _mark(joint: JointView, x: float, lanes: Sequence[int]) -> Markup:
    call = joint.cells["call"]
    y = [_LANE * (lane + 0.5) for lane in lanes]
    path = "".join(f"M{x:.1f} {each:g}{_MARKS.get(call, _OTHER_MARK)}" for each in y)
    return Markup(
        '<g class="{}"><title>{} {}</title><path class="join" d="M{:.1f} {:g}V{:g}"/>'
        '<path d="{}"/></g>'
    ).format(call, joint.clock, joint.name, x, y[0], y[-1], path)


def _short(name: str) -> str:
    return name if len(name) <= 16 else f"{name[:15]}…"


def _hour(date: str, wall_time: str) -> float:
    since = datetime.fromisoformat(wall_time[:19]) - datetime.fromisoformat(date)
    return since.total_seconds() / 3600
