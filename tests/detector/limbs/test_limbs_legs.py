"""Movements of both legs as one, held against an obvious twin."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from made_limbs import Worn, moving_together, write_results

from detector.limbs import write_limbs
from detector.limbs.legs import combined
from detector.settings import Settings
from detector.tables import csvtext
from detector.tables.columns import LIMB_NIGHTS

SECOND_NS = 10**9

moves = st.lists(
    st.tuples(
        st.sampled_from((0.0, 0.4, 0.5, 0.6, 2.0, 8.0, 30.0)),  # since the one before began
        st.sampled_from((0.6, 1.0, 3.0, 9.0, 14.0)),  # length
        st.sampled_from((0, 1)),
        st.booleans(),
    ),
    max_size=20,
)


def naive(rows):
    """Gather groups one movement after the other; judge each when it is complete."""
    groups = []
    for begin, end, leg, fit in rows:
        if groups and any(begin < e + 0.5 for _, e, other, _ in groups[-1] if other != leg):
            groups[-1].append((begin, end, leg, fit))
        else:
            groups.append([(begin, end, leg, fit)])
    said = []
    for group in groups:
        fits = all(fit for *_, fit in group)
        if len(group) > 1:
            length = max(end for _, end, *_ in group) - group[0][0]
            fits = fits and len(group) <= 4 and length <= 15
        said.append((group[0][0], fits))
    return said


@given(moves)
def test_movements_of_two_legs_join_as_those_of_an_obvious_twin(moves):
    begins = np.cumsum([gap for gap, *_ in moves]).round(3).tolist()
    rows = [(b, b + n, leg, fit) for b, (_, n, leg, fit) in zip(begins, moves, strict=True)]
    start, end = (np.array([round(row[i] * SECOND_NS) for row in rows], np.int64) for i in (0, 1))
    leg, fit = np.array([r[2] for r in rows], int), np.array([r[3] for r in rows], bool)
    begin, fits = combined(start, end, leg, fit)
    expected = naive([(round(b, 3), round(e, 3), leg, fit) for b, e, leg, fit in rows])
    assert fits.tolist() == [fit for _, fit in expected]
    assert begin.tolist() == [round(b * SECOND_NS) for b, _ in expected]


def test_both_ankles_have_a_count_that_takes_what_moves_together_once(tmp_path):
    left, right = moving_together(
        4,
        Worn("l", site="ankle"),
        Worn("r", site="ankle", side="right", offset_s=31.0),
        shared=40,
        own=0,
        lag_s=0.05,
    )
    for k in range(8):
        for sensor in (left, right):
            sensor.sees(20_000.0 + 25 * k + (12.5 if sensor is right and k > 3 else 0), mg=90.0)
    write_limbs(tmp_path, Settings(), write_results(tmp_path, left, right))
    (row,) = csvtext.read(LIMB_NIGHTS, tmp_path / "limb_nights.csv")
    assert row["both_ankles_h"] == 7.0
    shared = sum(7200 <= e["t"] < 9 * 3600 for e in left.events)
    # four together, then eight that alternate
    assert row["lm_both_acc_n"] == shared + 4
    assert row["plm_both_acc_n"] >= 12
    assert row["plm_both_acc_per_h"] == round(row["plm_both_acc_n"] / 7, 2)


def test_one_ankle_is_not_both(tmp_path):
    sensors = moving_together(5, Worn("l", site="ankle"), Worn("w"))
    write_limbs(tmp_path, Settings(), write_results(tmp_path, *sensors))
    (row,) = csvtext.read(LIMB_NIGHTS, tmp_path / "limb_nights.csv")
    assert (row["both_ankles_h"], row["plm_both_acc_n"]) == (None, None)
