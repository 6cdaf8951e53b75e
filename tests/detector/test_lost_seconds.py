"""A night of which a few seconds cannot be read is still that night."""

from __future__ import annotations

import gzip

from project import ROOT

from detector import analyse

SAMPLE = ROOT / "recordings" / "samples" / "ax3_thigh25_short_night.cwa.gz"
SECTOR_BYTES = 512


def test_the_sleep_period_survives_unreadable_sectors_every_twenty_minutes(tmp_path):
    content = bytearray(gzip.decompress(SAMPLE.read_bytes()))
    whole, lost = tmp_path / "whole.cwa", tmp_path / "lost.cwa"
    whole.write_bytes(content)
    bad = range(1000, len(content) // SECTOR_BYTES - 200, 240)
    for sector in bad:
        content[sector * SECTOR_BYTES + 100] ^= 0xFF
    lost.write_bytes(content)
    first, second = (analyse(p, tz="Europe/London", site="thigh") for p in (whole, lost))
    assert len(second.facts.health.segments) == len(bad) + 1 == 13
    sleep, found = (result.nights[0].sleep for result in (first, second))
    assert sleep
    assert found
    assert (found.onset_ns, found.wake_ns) == (sleep.onset_ns, sleep.wake_ns)
