"""One night in every form of file, unit, posture, zone and week: what must stay the same does.

From the files to the rows of the tables, of which all that is not named here must be equal. What
arrays show is in ``test_invariance.py``, rates in ``test_rates.py``.
"""

from __future__ import annotations

import gzip
import zipfile
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import detector
from recordings import Scale
from recordings.synthetic import DEVELOPMENT_SEEDS, Recipe, plan
from recordings.synthetic.render import Signal
from recordings.writers import (
    CwaLayout,
    EdfLayout,
    GeneactivLayout,
    Gt3xLayout,
    write_csv,
    write_cwa,
    write_edf,
    write_geneactiv,
    write_gt3x,
)

RATE_HZ = 50
UNIT = 256
"""Codes to 1 g: all devices can have it."""
RECIPE = Recipe(
    start="2024-03-05T22:00:00", hours=4.0, sleep_h=3.2, bed_time="22:20", sleep_starts=8
)
UNITS = {"g": 1.0, "mg": 1000.0, "m/s2": 9.80665}


@cache
def night() -> tuple[np.ndarray, np.ndarray]:
    """Codes (n, 3) and device times of a night."""
    made = plan(DEVELOPMENT_SEEDS[7], RECIPE)
    n = round(RECIPE.hours * 3600 * RATE_HZ)
    parts = np.array_split(np.arange(n) / RATE_HZ, 24)
    accel_g = np.concatenate([Signal(made).at(part) for part in parts])
    times_ns = made.start_ns + np.arange(n) * (1_000_000_000 // RATE_HZ)
    return np.rint(accel_g * UNIT).astype(np.int16), times_ns


def as_cwa(path: Path) -> None:
    write_cwa(path, [night()], CwaLayout(packed=False, rate_hz=RATE_HZ))


def as_ax6(path: Path) -> None:
    codes, times_ns = night()
    layout = CwaLayout(hardware="ax6", packed=False, rate_hz=RATE_HZ)
    write_cwa(path, [(codes * 16, times_ns)], layout)


def as_geneactiv(path: Path) -> None:
    gain = (100 * UNIT,) * 3
    write_geneactiv(path, [night()], GeneactivLayout(rate_hz=RATE_HZ, gain=gain, offset=(0, 0, 0)))


def as_gt3x(path: Path) -> None:
    write_gt3x(path, [night()], Gt3xLayout(rate_hz=RATE_HZ, counts_per_g=UNIT))


def as_edf(path: Path) -> None:
    write_edf(path, [night()], EdfLayout(rate_hz=RATE_HZ))


def as_csv(path: Path, unit: str = "g", shift: timedelta = timedelta()) -> None:
    codes, times_ns = night()
    times_ns = times_ns + np.timedelta64(shift).astype("m8[ns]").astype(np.int64)
    write_csv(path, [(codes, times_ns)], Scale(gain_g=(UNITS[unit] / UNIT,) * 3))


def as_packed_csv(path: Path) -> None:
    as_csv(path.with_suffix(".plain"))
    path.write_bytes(gzip.compress(path.with_suffix(".plain").read_bytes(), 1))


def as_zipped_csv(path: Path) -> None:
    as_csv(path.with_suffix(".plain"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path.with_suffix(".plain"), "night.csv")


def as_parquet(path: Path) -> None:
    codes, times_ns = night()
    axes = {name: codes[:, i] / UNIT for i, name in enumerate("xyz")}
    pq.write_table(pa.table({"time": times_ns.view("M8[ns]"), **axes}), path)


FORMS = (
    *(as_cwa, as_geneactiv, as_gt3x, as_edf),
    *(as_csv, as_packed_csv, as_zipped_csv, as_parquet),
)


def tables(result: detector.Result) -> tuple[list[dict], list[dict]]:
    return result.events_table().to_pylist(), result.nights_table().to_pylist()


def analysed(path: Path, tz: str = "UTC", device_tz: str | None = None) -> tuple:
    return tables(detector.analyse(path, tz=tz, device_tz=device_tz, site="wrist"))


def differing(one: tuple, other: tuple) -> set[str]:
    """The columns in which any row differs."""
    names = set()
    for rows, others in zip(one, other, strict=True):
        assert len(rows) == len(others)
        pairs = zip(rows, others, strict=True)
        names |= {name for a, b in pairs for name in a if a[name] != b[name]}
    return names


@pytest.fixture(scope="module")
def as_it_was(tmp_path_factory) -> tuple:
    path = tmp_path_factory.mktemp("same") / "night"
    as_csv(path)
    return analysed(path)


def test_the_night_has_something_to_lose(as_it_was):
    events, (night_row,) = as_it_was
    assert len(events) > 100
    assert night_row["sleep_starts_onset"] > 2
    assert night_row["reasons"] == "short_usable"


@pytest.mark.parametrize("write", FORMS, ids=lambda write: write.__name__)
def test_every_form_of_file_gives_the_same_rows(write, as_it_was, tmp_path):
    write(tmp_path / "night")
    # a table has no thermometer
    assert differing(as_it_was, analysed(tmp_path / "night")) <= {"temperature_c"}


def test_a_clock_that_is_a_microsecond_off_moves_no_event_by_more(as_it_was, tmp_path):
    as_ax6(tmp_path / "night")
    events, (row,) = analysed(tmp_path / "night")
    before, (row_before,) = as_it_was
    assert differing((before, []), (events, [])) <= {"peak_utc", "onset_offset_s"}
    for one, other in zip(before, events, strict=True):
        assert abs(one["peak_utc"] - other["peak_utc"]) <= timedelta(milliseconds=1)
    counts = [name for name in row if "sleep_starts" in name and "per_h" not in name]
    assert [row[name] for name in counts] == [row_before[name] for name in counts]
    assert row["usable_h"] == pytest.approx(row_before["usable_h"], abs=0.01)


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_gives_the_same_rows(unit, as_it_was, tmp_path):
    as_csv(tmp_path / "night", unit)
    assert differing(as_it_was, analysed(tmp_path / "night")) == set()


@pytest.mark.parametrize(
    ("axes", "signs"),
    [([1, 0, 2], (1, 1, -1)), ([2, 1, 0], (-1, 1, 1)), ([0, 2, 1], (1, -1, 1)),
     ([1, 2, 0], (-1, -1, 1)), ([2, 0, 1], (1, 1, 1)), ([0, 1, 2], (-1, -1, -1))],
)  # fmt: skip
def test_axes_that_change_places_or_signs_change_no_cell(axes, signs, as_it_was, tmp_path):
    codes, times_ns = night()
    turned = np.ascontiguousarray(codes[:, axes] * np.array(signs, np.int16))
    write_cwa(tmp_path / "night", [(turned, times_ns)], CwaLayout(packed=False, rate_hz=RATE_HZ))
    assert differing(as_it_was, analysed(tmp_path / "night")) <= {"temperature_c"}


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/St_Johns", "Pacific/Kiritimati"])
def test_to_what_zone_the_devices_clock_was_set_changes_no_cell(zone, as_it_was, tmp_path):
    shift = datetime(2024, 3, 5, tzinfo=ZoneInfo(zone)).utcoffset()
    as_csv(tmp_path / "night", shift=shift)
    assert differing(as_it_was, analysed(tmp_path / "night", device_tz=zone)) == set()


LOCAL = {"start_time", "sleep_onset", "wake", "night_start", "night_end"}


@pytest.mark.parametrize("zone", ["Europe/Athens", "America/Halifax", "Asia/Kathmandu"])
def test_where_the_wearer_was_changes_the_local_times_alone(zone, as_it_was, tmp_path):
    as_csv(tmp_path / "night")
    elsewhere = analysed(tmp_path / "night", tz=zone, device_tz="UTC")
    assert differing(as_it_was, elsewhere) <= LOCAL
    shift = datetime(2024, 3, 5, tzinfo=ZoneInfo(zone)).utcoffset()
    for here, there in zip(as_it_was[0], elsewhere[0], strict=True):
        times = [datetime.fromisoformat(str(e["start_time"])) for e in (here, there)]
        assert times[0] == times[1]
        assert times[1].utcoffset() == shift


TIMES = {*LOCAL, "start_utc", "peak_utc", "end_utc", "sleep_onset_utc", "wake_utc", "night_date"}
TIMES |= {"onset_window_start_utc", "onset_window_end_utc"}


@pytest.mark.parametrize(
    "shift", [timedelta(weeks=3), timedelta(days=-1500), timedelta(minutes=55)]
)
def test_when_the_night_was_moves_its_times_and_changes_nothing_else(shift, as_it_was, tmp_path):
    as_csv(tmp_path / "night", shift=shift)
    moved = analysed(tmp_path / "night")
    assert differing(as_it_was, moved) <= TIMES
    for rows, others in zip(as_it_was, moved, strict=True):
        for name in TIMES & rows[0].keys() - {"night_date"}:
            for before, after in zip(rows, others, strict=True):
                times = [datetime.fromisoformat(str(row[name])) for row in (before, after)]
                assert times[1] - times[0] == shift, name


def test_where_half_minutes_begin_moves_the_estimated_onset_alone(as_it_was, tmp_path):
    shift = timedelta(seconds=5)
    as_csv(tmp_path / "night", shift=shift)
    events, (row,) = analysed(tmp_path / "night")
    before, (row_before,) = as_it_was
    of_onset = {"onset_offset_s", "context", "counted", "confidence", "reason"}
    assert differing((before, []), (events, [])) <= TIMES | of_onset
    apart_s = (row["sleep_onset_utc"] - row_before["sleep_onset_utc"] - shift).total_seconds()
    assert abs(apart_s) < 60 * row_before["onset_uncertainty_min"]
