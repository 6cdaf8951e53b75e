"""The order of CWA sectors: which are delivered, where a run is broken and why, what is counted."""

from __future__ import annotations

import numpy as np
import pytest

from recordings import Health
from recordings.formats.cwa_sectors import (
    TEMPERATURE_SECTORS,
    Batch,
    Continuity,
    Losses,
    Thermometer,
)
from recordings.kernels import cwa

LAYOUT = 0x4A_30_00


class Reading:
    """Sectors that are taken batch by batch."""

    def __init__(self):
        self.health = Health()
        self.losses = Losses(self.health)
        self.continuity = Continuity(LAYOUT, self.losses)
        self.offset = 1024

    def take(self, *sectors, after_loss=False):
        """Numbers of the sectors delivered, and where among them the run is broken."""
        info = np.array([list(sector) for sector in sectors]).T.reshape(cwa.INFO_ROWS, -1)
        n = info.shape[1]
        batch = Batch(
            self.offset,
            np.zeros((n, 256), np.uint16),
            np.zeros((n, 128), np.uint32),
            info,
            after_loss,
        )
        self.offset += 512 * n
        chosen, breaks = self.continuity.take(batch)
        return chosen.tolist(), breaks

    def remarks(self):
        self.losses.conclude()
        return {note.code: note.message for note in self.health.remarks}


def sector(number, **changes):
    """What inspection finds of a sector; numbers follow each other."""
    fields = {
        "status": cwa.GOOD,
        "sequence": number,
        "session": 7,
        "time": number * 10**9,
        "anchor": 130,
        "samples": 120,
        "layout": LAYOUT,
        "temperature": 270,
        "events": 0,
    }
    return tuple({**fields, **changes}.values())


BAD = sector(0, status=cwa.BAD_SUM)
FOREIGN = sector(0, status=cwa.FOREIGN)
OTHER = sector(0, layout=0x49_30_00)


# -- breaks


@pytest.mark.parametrize(
    ("sectors", "delivered", "breaks"),
    [
        ([sector(0), sector(1), sector(2)], [0, 1, 2], {0: "start"}),
        ([sector(5), sector(6)], [0, 1], {0: "start"}),
        ([sector(0), sector(2)], [0, 1], {0: "start", 1: "lost_block"}),
        ([sector(3), sector(0)], [0, 1], {0: "start", 1: "restart"}),
        ([sector(0), sector(1, session=8)], [0, 1], {0: "start", 1: "restart"}),
        ([sector(0), sector(5, session=8)], [0, 1], {0: "start", 1: "restart"}),
        ([sector(0), BAD, sector(2)], [0, 2], {0: "start", 1: "bad_block"}),
        ([sector(0), BAD, sector(1)], [0, 2], {0: "start"}),  # it was no sector of the run
        ([sector(0), OTHER, sector(2)], [0, 2], {0: "start", 1: "other_configuration"}),
        ([sector(0), OTHER, BAD, sector(3)], [0, 3], {0: "start", 1: "other_configuration"}),
        ([sector(0), FOREIGN, sector(1)], [0, 2], {0: "start"}),
        ([sector(0), FOREIGN, sector(4)], [0, 2], {0: "start", 1: "lost_block"}),
        ([BAD, sector(4)], [1], {0: "start"}),
        ([sector(0), sector(0, time=5), sector(1)], [0, 1, 2], {0: "start", 1: "restart"}),
    ],
)
def test_a_run_is_broken_where_numbers_do_not_follow_or_the_session_changes(
    sectors, delivered, breaks
):
    assert Reading().take(*sectors) == (delivered, breaks)


@pytest.mark.parametrize(
    "changes",
    [{"session": 8}, {"time": 9}, {"anchor": 131}],
    ids=str,
)
def test_a_copy_has_number_session_and_stamp_of_the_one_before(changes):
    reading = Reading()
    assert reading.take(sector(0), sector(0), sector(0), sector(1)) == ([0, 3], {0: "start"})
    assert reading.remarks()["duplicate_block"] == (
        "2 repeated blocks skipped, the first at byte 1536"
    )
    assert Reading().take(sector(0), sector(0, **changes))[0] == [0, 1]


def test_a_copy_is_one_over_the_border_of_batches():
    reading = Reading()
    reading.take(sector(0), sector(1))
    assert reading.take(sector(1), sector(2)) == ([1], {})
    assert reading.health.blocks_bad == 1


@pytest.mark.parametrize(
    ("first", "second", "breaks"),
    [
        ([sector(0)], [sector(1)], {}),
        ([sector(0)], [sector(2)], {0: "lost_block"}),
        ([sector(0)], [sector(1, session=8)], {0: "restart"}),
        ([sector(0), BAD], [sector(2)], {0: "bad_block"}),
        ([sector(0), OTHER], [sector(2)], {0: "other_configuration"}),
        ([sector(0)], [BAD, sector(2)], {0: "bad_block"}),
        ([sector(0), FOREIGN], [FOREIGN, sector(1)], {}),
    ],
)
def test_the_border_of_batches_does_not_matter(first, second, breaks):
    reading = Reading()
    reading.take(*first)
    assert reading.take(*second)[1] == breaks


def test_what_was_lost_is_remembered_over_a_batch_without_any_good_sector():
    reading = Reading()
    reading.take(sector(0))
    assert reading.take(OTHER, OTHER) == ([], {})
    assert reading.take(BAD) == ([], {})
    assert reading.take(sector(4)) == ([0], {0: "other_configuration"})
    assert reading.take(sector(6)) == ([0], {0: "lost_block"})  # and then forgotten


def test_bytes_lost_before_a_batch_are_a_bad_block():
    reading = Reading()
    reading.take(sector(0))
    assert reading.take(sector(3), after_loss=True) == ([0], {0: "bad_block"})


# -- counts


def test_everything_that_is_left_out_is_counted_with_its_first_place():
    reading = Reading()
    reading.take(
        sector(0),
        FOREIGN,
        BAD,
        sector(0, status=cwa.BAD_STAMP),
        OTHER,
        sector(0, status=cwa.BAD_LAYOUT),
        sector(1),
        sector(1),
    )
    reading.take(OTHER, FOREIGN, sector(2))
    health = reading.health
    assert (health.blocks, health.blocks_bad, health.bytes_skipped) == (9, 6, 8 * 512)
    assert reading.remarks() == {
        "bad_block": "3 damaged blocks skipped, the first at byte 2048 (wrong checksum)",
        "other_configuration": "2 blocks with another rate, range or packing than the first block"
        " skipped, the first at byte 3072",
        "duplicate_block": "1 repeated blocks skipped, the first at byte 4608",
        "foreign_block": "2 blocks that hold no samples skipped, the first at byte 1536",
    }


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (cwa.BAD_SUM, "wrong checksum"),
        (cwa.BAD_STAMP, "impossible date"),
        (cwa.BAD_LAYOUT, "impossible packing or sample count"),
        (cwa.LOST, "no block begins here"),
    ],
)
def test_the_first_damage_is_named(status, why):
    reading = Reading()
    reading.take(sector(0), sector(0, status=status), BAD)
    assert reading.remarks()["bad_block"] == (
        f"2 damaged blocks skipped, the first at byte 1536 ({why})"
    )


@pytest.mark.parametrize(
    ("events", "times"), [(0x00, 0), (0x01, 0), (0x06, 0), (0x10, 1), (0x20, 1), (0x31, 1)]
)
def test_samples_that_the_device_lost_are_told(events, times):
    reading = Reading()
    reading.take(sector(0), sector(1, events=events), sector(2))
    said = reading.remarks()
    assert list(said) == (["overflow"] if times else [])
    if times:
        assert said["overflow"] == (
            "1 times the device says that it lost samples, first in the block at byte 1536"
        )
    assert reading.health.blocks_bad == 0


# -- temperature


def degrees(*batches):
    thermometer = Thermometer()
    return np.concatenate([thermometer.read(np.array(batch)) for batch in batches])


def test_a_reading_becomes_degrees_by_the_makers_formula():
    assert degrees([270])[0] == pytest.approx(270 * 75 / 256 - 50)  # 29.1
    assert degrees([1])[0] == pytest.approx(75 / 256 - 50)
    assert np.isnan(degrees([0])[0])


def test_a_group_has_the_first_temperature_that_was_measured_in_it():
    n = TEMPERATURE_SECTORS
    raw = [*[0] * 3, 260, *[300] * (n - 4), 0, 280, *[290] * 10]
    expected = (
        [np.nan] * 3 + [260 * 75 / 256 - 50] * (n - 3) + [np.nan] + [280 * 75 / 256 - 50] * 11
    )
    np.testing.assert_allclose(degrees(raw), expected)
    np.testing.assert_allclose(degrees(raw[:2], raw[2:5], raw[5:n], raw[n:]), expected)
