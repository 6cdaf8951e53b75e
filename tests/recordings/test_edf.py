"""EDF, EDF+ and BDF: samples, axes, units and the clock."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import edfio
import made_recordings as made
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_edf import beginning, edf, stating, stating_of
from reading import read, remarks_of

from recordings import SECOND_NS, ReadOptions, RecordingError, open_recording
from recordings.formats import edf as edf_format
from recordings.writers import EdfLayout, write_edf

REAL = Path(__file__).parents[1] / "data" / "faros_25hz.edf"
CODES = made.resting(1500, step=1)
SECOND = made.T0_NS // SECOND_NS * SECOND_NS
"""T0 without its quarter of a second, which EDF cannot state."""


def by_edfio(path, *, bdf=False):
    """Codes and values in the file's unit, by another decoder."""
    file = (edfio.read_bdf if bdf else edfio.read_edf)(path)
    signals = [s for s in file.signals if s.label.startswith("Accelerometer")]
    return [np.column_stack([getattr(s, what) for s in signals]) for what in ("digital", "data")]


# -- the real file


def test_the_real_file_is_decoded_as_by_another_reader():
    samples, times, segments, recording = read(REAL)
    codes, values_mg = by_edfio(REAL)
    np.testing.assert_array_equal(samples, codes)
    (scale,) = {chunk.scale for chunk in recording.chunks()}
    np.testing.assert_allclose(scale.to_g(samples) * 1000, values_mg, rtol=0, atol=1e-9)
    assert segments == [("start", 1950)]
    assert set(np.diff(times)) == {40_000_000}
    assert times[0] == np.datetime64("2018-10-12T16:54:12", "ns").astype(int)
    assert recording.health.remarks == []


def test_the_header_of_the_real_file():
    header = open_recording(REAL).header
    assert (header.format, header.device, header.serial) == ("edf", "Faros180", "1621280")
    assert (header.firmware, header.nominal_hz, header.range_g) == ("3.5.1", 25, 4)
    assert header.notes == {
        "signals": "Accelerometer_X, Accelerometer_Y, Accelerometer_Z",
        "unit": "mg (named)",
    }


def test_the_offset_that_a_faros_states_is_shown_but_not_believed():
    header = open_recording(REAL).header
    assert (header.utc_offset_s, header.known_offset_s) == (7200, None)


# -- samples


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bits=st.sampled_from([16, 24]),
    plus=st.sampled_from(["", "C", "D"]),
    rate_hz=st.integers(1, 300),
    record_s=st.integers(1, 4),
    seed=st.integers(0, 99),
)
def test_what_is_written_is_read_back_and_decoded_alike_by_another_reader(
    tmp_path, bits, plus, rate_hz, record_s, seed
):
    ends = -(1 << bits - 1), (1 << bits - 1) - 1
    codes = np.random.default_rng(seed).integers(*ends, (5 * rate_hz, 3), endpoint=True)
    codes[0] = ends[0], ends[1], -1
    layout = EdfLayout(
        rate_hz=rate_hz, record_s=record_s, bits=bits, plus=plus, digital=ends, physical=(-4, 4)
    )
    times_ns = made.T0_NS + np.arange(len(codes)) * SECOND_NS // rate_hz
    path = tmp_path / "written"
    written = write_edf(path, [(codes, times_ns)], layout)
    assert written == 5 // record_s * record_s * rate_hz
    samples, times, segments, recording = read(path)
    np.testing.assert_array_equal(samples, codes[:written])
    np.testing.assert_array_equal(samples, by_edfio(path, bdf=bits == 24)[0])
    begun = made.T0_NS if plus else SECOND
    np.testing.assert_allclose(times - begun, np.arange(written) * 1e9 / rate_hz, atol=1)
    assert segments == [("start", written)]
    assert recording.header.nominal_hz == rate_hz
    (scale,) = {chunk.scale for chunk in recording.chunks()}
    assert (scale.lowest, scale.highest) == ends
    np.testing.assert_allclose(scale.to_g(np.array([ends] * 3).T), [[-4] * 3, [4] * 3])


@pytest.mark.parametrize("kind", [edfio.EdfSignal, edfio.BdfSignal])
def test_a_file_of_another_writer_is_read(tmp_path, kind):
    accel_g = made.resting(1000, step=1) / 256
    axes = [
        kind(accel_g[:, k], 50, label=f"ACC {axis}", physical_dimension="g", physical_range=(-4, 4))
        for k, axis in enumerate("xyz")
    ]
    eeg = kind(np.zeros(4000), 200, label="EEG Fpz-Cz", physical_dimension="uV")
    file = edfio.Edf if kind is edfio.EdfSignal else edfio.Bdf
    whole = file(
        [axes[2], eeg, axes[0], axes[1]],
        recording=edfio.Recording(startdate=dt.date(2024, 3, 5)),
        starttime=dt.time(22, 0, 1, 500_000),
        annotations=[],
    )
    path = tmp_path / "other"
    whole.write(path)
    samples, times, segments, recording = read(path)
    (scale,) = {chunk.scale for chunk in recording.chunks()}
    step_g = 8 / (2**16 if kind is edfio.EdfSignal else 2**24)
    np.testing.assert_allclose(scale.to_g(samples), accel_g, atol=step_g)
    assert segments == [("start", 1000)]
    assert times[0] == np.datetime64("2024-03-05T22:00:01.5", "ns").astype(int)


def test_a_record_that_holds_the_whole_recording_is_cut_into_blocks(saved):
    codes = made.resting(60_000, step=1)
    path = saved(edf(codes, record_s=600, digital=(-2048, 2048)))
    samples, times, segments, recording = read(path)
    np.testing.assert_array_equal(samples, codes)
    assert set(np.diff(times)) == {10_000_000}
    assert segments == [("start", 60_000)]
    assert max(len(chunk) for chunk in recording.chunks()) <= edf_format.BLOCK_SAMPLES


# -- which signals


@pytest.mark.parametrize(
    "labels",
    [
        ("ACC X", "ACC Y", "ACC Z"),
        ("Acceleration x", "Acceleration y", "Acceleration z"),
        ("X-axis", "Y-axis", "Z-axis"),
        ("X Axis", "Y Axis", "Z Axis"),
        ("ACM_X", "ACM_Y", "ACM_Z"),
        ("accX", "accY", "accZ"),
        ("dX", "dY", "dZ"),
    ],
    ids=lambda labels: labels[0],
)
def test_axes_are_told_by_their_labels(saved, labels):
    samples, _, _, recording = read(saved(edf(CODES, labels=labels)))
    np.testing.assert_array_equal(samples, CODES)
    assert recording.header.notes["signals"] == ", ".join(labels)


@pytest.mark.parametrize(
    ("unit", "one_g"), [("g", 1), ("mg", 1000), ("mG", 1000), ("m/s^2", 9.80665), ("m/s2", 9.80665)]
)
def test_units_are_those_of_the_header(saved, unit, one_g):
    path = saved(edf(CODES, unit=unit, physical=(-8000, 8000)))
    accel_g = next(iter(open_recording(path).chunks())).scale.to_g(np.array([[256, 256, 256]]))
    np.testing.assert_allclose(accel_g, 1000 / one_g, rtol=1e-12)


@pytest.mark.parametrize(("physical", "unit"), [(8, "g"), (8000, "mg"), (78, "m/s2")])
def test_a_unit_that_is_not_stated_is_told_by_gravity(saved, physical, unit):
    path = saved(edf(CODES, unit="", physical=(-physical, physical)))
    accel_g = next(iter(open_recording(path).chunks())).scale.to_g(CODES)
    assert np.median(np.linalg.norm(accel_g, axis=1)) == pytest.approx(1, abs=0.02)
    assert open_recording(path).header.notes["unit"].startswith(f"{unit} (")


def test_a_unit_that_gravity_does_not_tell_is_asked_for(saved):
    path = saved(edf(CODES, unit="", physical=(-2048, 2048)))
    with pytest.raises(RecordingError, match=r"does not state its unit.*256 at rest"):
        open_recording(path)
    scale = next(iter(open_recording(path, ReadOptions(unit="mg")).chunks())).scale
    assert scale.gain_g == (0.001,) * 3


@pytest.mark.parametrize(
    ("labels", "unit", "named"),
    [
        (("Leg", "Chin", "Snore"), "mV", r"no three axes of acceleration .* 'Leg' \(mV\)"),
        (("ACC X", "ACC Y", "ACC Z"), "mV", "no three axes"),
        (("ACC X", "ACC Y", "Position"), "g", "no three axes"),
        (("Body Position X", "Body Position Y", "Body Position Z"), "", "no three axes"),
        (("Gyro X", "Gyro Y", "Gyro Z"), "", "no three axes"),
        (("Pulse", "Resp", "Flow"), "", "no three axes"),
    ],
)
def test_a_file_without_an_accelerometer_is_refused_with_what_it_has(saved, labels, unit, named):
    with pytest.raises(RecordingError, match=named):
        open_recording(saved(edf(CODES, labels=labels, unit=unit)))


def test_two_accelerometers_are_not_chosen_between(tmp_path):
    rows = np.ones(100)
    signals = [
        edfio.EdfSignal(rows, 50, label=f"{side} acc {axis}", physical_dimension="g")
        for side in ("left", "right")
        for axis in "xyz"
    ]
    edfio.Edf(signals).write(tmp_path / "two")
    with pytest.raises(RecordingError, match="more than one accelerometer"):
        open_recording(tmp_path / "two")


@pytest.mark.parametrize(
    ("field", "text", "named"),
    [
        ("samples", "50", "different rates or units"),
        ("dimension", "mg", "different rates or units"),
        ("physical_min", "8", "empty range of 'Accelerometer_X'"),
        ("digital_max", "-2048", "empty range"),
        ("digital_min", "low", "no range of 'Accelerometer_X' in numbers"),
        ("physical_max", "nan", "no range"),
        ("physical_max", "1E308", "no range"),
        ("digital_max", "-2047.9", "empty range"),
        ("samples", "-1", "states '-1' as number of samples of 'Accelerometer_X'"),
        ("samples", "99999999", "states records of"),
    ],
)
def test_axes_that_do_not_fit_together_are_refused(saved, field, text, named):
    path = saved(stating_of(edf(CODES), 1, **{field: text}))
    with pytest.raises(RecordingError, match=named):
        open_recording(path)


def test_a_decimal_comma_is_understood(saved):
    content = edf(CODES)
    for axis in (1, 2, 3):
        content = stating_of(content, axis, physical_min="-8,0", physical_max="8,0")
    assert open_recording(saved(content)).header.range_g == 8


def test_an_axis_may_run_the_other_way(saved):
    content = stating_of(edf(CODES), 3, physical_min="8", physical_max="-8")
    scale = next(iter(open_recording(saved(content)).chunks())).scale
    assert scale.gain_g == (1 / 256, 1 / 256, -1 / 256)


def test_missing_gravity_is_said(saved):
    recording = open_recording(saved(edf(CODES - np.array([0, 0, 256], np.int16))))
    list(recording.chunks())
    assert list(remarks_of(recording)) == ["without_gravity"]


# -- the clock


@pytest.mark.parametrize(
    ("fields", "first", "remark"),
    [
        ({"date": "05.03.24", "time": "22.59.58"}, "2024-03-05T22:59:58", None),
        ({"date": "05/03/24", "time": "22:59:58"}, "2024-03-05T22:59:58", None),
        ({"date": "31.12.85", "time": "00.00.00"}, "1985-12-31T00:00:00", None),
        ({"date": "31.12.84", "time": "00.00.00"}, "2084-12-31T00:00:00", None),
        ({"date": "01.01.85", "time": "22.59.58"}, "1985-01-01T22:59:58", "date_unknown"),
        ({"date": "30.02.24", "time": "22.59.58"}, "1985-01-01T22:59:58", "date_unknown"),
        ({"date": "xx.xx.xx", "time": "22.59.58"}, "1985-01-01T22:59:58", "date_unknown"),
        ({"date": "05.03.24", "time": "25.00.00"}, "1970-01-01T00:00:00", "time_relative"),
        ({"date": "05.03.24", "time": ""}, "1970-01-01T00:00:00", "time_relative"),
    ],
)
def test_the_start_has_two_digits_for_the_year(saved, fields, first, remark):
    content = stating(edf(CODES), recording="Startdate X X X X", **fields)
    _, times, _, recording = read(saved(content))
    assert times[0] == np.datetime64(first, "ns").astype(int)
    assert list(remarks_of(recording)) == ([remark] if remark else [])


@pytest.mark.parametrize(
    ("recording", "first"),
    [
        ("Startdate 05-MAR-2024 X X X", "2024-03-05T21:59:59"),
        ("Startdate 5-mar-2124 X X X", "2124-03-05T21:59:59"),
        ("Startdate 05-MRZ-2024 X X X", "2023-01-02T21:59:59"),
        ("Startdate 31-FEB-2024 X X X", "2023-01-02T21:59:59"),
        ("Startdate 05-MAR-9999 X X X", "2023-01-02T21:59:59"),
        ("night 1", "2023-01-02T21:59:59"),
    ],
)
def test_a_year_of_four_digits_counts_more(saved, recording, first):
    content = stating(edf(CODES), recording=recording, date="02.01.23")
    assert read(saved(content))[1][0] == np.datetime64(first, "ns").astype(int)


@pytest.mark.parametrize(
    ("duration", "rate_hz"),
    [("1", 100), ("2", 50), ("0.5", 200), ("0,8", 125), ("1.024", 97.65625)],
)
def test_the_rate_is_samples_by_duration(saved, duration, rate_hz):
    samples, times, _, recording = read(saved(stating(edf(CODES), duration=duration)))
    assert recording.header.nominal_hz == rate_hz
    np.testing.assert_allclose(times - times[0], np.arange(len(samples)) * (1e9 / rate_hz), atol=1)


def test_an_interrupted_recording_has_gaps_where_its_records_say_so(saved):
    content = edf(CODES, plus="D", skip_records=frozenset({2, 3, 9}))
    samples, times, segments, recording = read(saved(content))
    kept = np.r_[0:200, 400:900, 1000:1500]
    np.testing.assert_array_equal(samples, CODES[kept])
    np.testing.assert_array_equal(times, made.T0_NS + kept * 10_000_000)
    assert segments == [("start", 200), ("gap", 500), ("gap", 500)]
    assert recording.health.gap_ns == 3 * SECOND_NS
    assert recording.health.remarks == []


def test_a_recorder_whose_seconds_are_long_is_followed(saved):
    _, times, segments, recording = read(saved(edf(CODES, plus="D", true_hz=99.6)))
    assert segments == [("start", 1500)]
    np.testing.assert_allclose(times, made.sample_times(1500, 99.6), atol=2)
    assert recording.header.nominal_hz == 100


@pytest.mark.parametrize(("onset", "reason"), [(b"+20", "gap"), (b"+0.5", "clock_backwards")])
def test_a_last_record_at_another_time_opens_a_segment(saved, onset, reason):
    content = beginning(edf(CODES, plus="D"), b"+14.25", onset)
    _, _, segments, _ = read(saved(content))
    assert segments == [("start", 1400), (reason, 100)]


@pytest.mark.parametrize("onset", [b"+20", b"+0.5"])
def test_a_record_that_is_alone_at_another_time_is_put_right(saved, onset):
    content = beginning(edf(CODES, plus="D"), b"+7.25", onset)
    _, times, segments, recording = read(saved(content))
    assert segments == [("start", 700), ("clock_jumped", 100), ("clock_jumped", 700)]
    assert set(np.diff(times)) == {10_000_000}
    assert list(remarks_of(recording)) == ["clock_jumped"]


def test_records_of_a_continuous_recording_follow_each_other_whatever_they_say(saved):
    content = beginning(edf(CODES, plus="C"), b"+7.25", b"+9.25")
    _, times, segments, _ = read(saved(content))
    assert segments == [("start", 1500)]
    assert set(np.diff(times)) == {10_000_000}


# -- the rest of the header


@pytest.mark.parametrize(
    ("equipment", "device", "serial"),
    [
        ("X", None, None),
        ("Xsens_Dot", "Xsens_Dot", None),
        ("SER=12_DEVTYPE=Faros360", "Faros360", "12"),
    ],
)
def test_the_equipment_is_shown(saved, equipment, device, serial):
    header = open_recording(saved(edf(CODES, equipment=equipment))).header
    assert (header.device, header.serial) == (device, serial)


def test_who_was_recorded_stays_in_the_file(saved):
    content = edf(CODES).replace(b"X X X X  ", b"NAME 1970", 1)
    assert "NAME" not in repr(open_recording(saved(content)).header)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"signals": "0"}, "states '0' as number of signals"),
        ({"signals": "many"}, "states 'many' as number of signals"),
        ({"signals": "9999"}, "ends inside its header"),
        ({"signals": "3"}, "as length of the header"),
        ({"duration": "0"}, "states '0' s as duration"),
        ({"duration": "-1"}, "duration"),
        ({"duration": "nan"}, "duration"),
        ({"duration": "1E999999"}, "duration"),
        ({"duration": "1E-99"}, "duration"),
        ({"duration": "1000"}, "acceleration at 0.1 Hz"),
        ({"duration": "0.0001"}, "acceleration at 1e"),
        ({"records": "none"}, "number of records"),
        ({"reserved": "EDF+D"}, "interrupted recording .* without the annotations"),
    ],
    ids=str,
)
def test_a_header_that_cannot_be_used_is_refused(saved, fields, named):
    path = saved(stating(edf(CODES), **fields))
    with pytest.raises(RecordingError, match=named) as refused:
        open_recording(path)
    assert refused.value.path == path


def test_text_that_begins_like_an_edf_is_a_table(saved):
    rows = [f"{k % 3 / 100:<8},{k % 5 / 100:<8},1.0" for k in range(100)]
    path = saved("\n".join(["0       ,0.0     ,1.0", *rows]).encode())
    assert open_recording(path, ReadOptions(rate_hz=50)).header.format == "csv"
