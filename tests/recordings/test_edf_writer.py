"""EDF and BDF files are written as the format wants them, however the samples come."""

from __future__ import annotations

import datetime as dt
import io
from itertools import pairwise

import edfio
import made_recordings as made
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_edf import edf

from recordings.writers import EdfLayout, write_edf

CODES = made.resting(1050, step=1)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cuts=st.lists(st.integers(0, 1050), max_size=8),
    layout=st.builds(
        EdfLayout,
        bits=st.sampled_from([16, 24]),
        plus=st.sampled_from(["", "C", "D"]),
        skip_records=st.sampled_from([frozenset(), frozenset({0, 4})]),
    ),
)
def test_the_cutting_into_pieces_does_not_change_a_file(tmp_path, cuts, layout):
    times_ns = made.sample_times(1050, 99.7)
    whole, pieces = tmp_path / "whole", tmp_path / "pieces"
    write_edf(whole, [(CODES, times_ns)], layout)
    edges = [0, *sorted(cuts), 1050]
    cut = ((CODES[a:b], times_ns[a:b]) for a, b in pairwise(edges))
    assert write_edf(pieces, cut, layout) == 1000
    assert pieces.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("plus", ["", "C", "D"])
def test_another_reader_finds_every_field_in_its_place(plus):
    file = edfio.read_edf(io.BytesIO(edf(CODES, plus=plus, equipment="SER=12")))
    assert file.reserved == (f"EDF+{plus}" if plus else "")
    assert (file.num_data_records, file.data_record_duration) == (10, 1)
    assert file.startdate == dt.date(2024, 3, 5)
    assert file.starttime.replace(microsecond=0) == dt.time(21, 59, 59)
    assert file.recording.equipment_code == "SER=12"
    assert file.signals[0].label == "Marker"
    axis = file.get_signal("Accelerometer_Y")
    assert (axis.physical_dimension, axis.sampling_frequency) == ("g", 100)
    assert (axis.physical_range, axis.digital_range) == ((-8, 8), (-2048, 2048))


def test_a_file_that_was_not_finished_states_no_number_of_records():
    assert edf(CODES, counts_records=False)[236:244] == b"-1      "
    assert edf(CODES)[236:244] == b"10      "


def test_less_than_a_record_is_refused():
    with pytest.raises(ValueError, match="not one whole record of 100 samples"):
        edf(CODES[:99])


def test_text_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="does not fit into 16 characters"):
        edf(CODES, labels=("Accelerometer of X", "y", "z"))


def test_codes_of_24_bits_keep_all_their_bits(tmp_path):
    codes = np.array([[-(2**23), 2**23 - 1, 1]] * 100)
    layout = EdfLayout(bits=24, digital=(-(2**23), 2**23 - 1))
    write_edf(tmp_path / "wide", [(codes, made.sample_times(100, 100))], layout)
    assert (tmp_path / "wide").read_bytes().endswith(b"\x01\0\0" * 100)
