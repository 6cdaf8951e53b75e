"""A month costs hardly more memory than a day: measured in processes of their own."""

from __future__ import annotations

import memory
import pytest


@pytest.mark.parametrize("way", memory.WAYS)
def test_a_month_needs_at_most_twenty_megabytes_more_than_a_day(way, tmp_path):
    found = memory.peaks_mb(way, tmp_path)
    few, many = (found[days] for days in memory.DAYS)
    assert many[0] > few[0]  # nights
    assert many[1] - few[1] < 20
