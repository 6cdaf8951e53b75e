"""Standard streams that nobody reads, that lead to a full disk, or that are not there."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from detector.cli import FAILED, OK, main
from detector.console import Console

SAMPLE = Path(__file__).parents[2] / "recordings/samples/ax3_thigh25_short_night.cwa.gz"
HYPNIC = [sys.executable, "-m", "detector"]
SAYING = pytest.mark.parametrize(
    "words", [["config", "show"], ["--help"], ["run", "--help"], ["--version"], []], ids=" ".join
)
"""Commands that write to the standard output: the answer, and what the parser writes itself."""

posix = pytest.mark.skipif(os.name != "posix", reason="closes descriptors as a shell does")


def unread() -> int:
    """A pipe whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


@posix
@SAYING
def test_a_reader_that_has_seen_enough_is_no_failure(words):
    writing = unread()
    done = subprocess.run([*HYPNIC, *words], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (OK, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full disk at hand")
@SAYING
def test_a_standard_output_that_takes_no_more_is_told(words):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*HYPNIC, *words], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == FAILED
    said = b"hypnic: the standard output cannot be written: No space left on device\n"
    assert done.stderr == said


@posix
def test_a_run_whose_messages_nobody_reads_goes_on_to_its_end(tmp_path):
    writing = unread()
    words = ["run", str(SAMPLE), "-o", str(tmp_path / "out"), "--tz", "Europe/London", "-v"]
    command = [sys.executable, "-m", "detector", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=writing, check=False)
    os.close(writing)
    assert done.returncode == OK
    assert (tmp_path / "out" / "report.html").exists()


@posix
def test_a_console_without_reader_is_no_failure():
    stream = os.fdopen(unread(), "w")
    Console(stream).problem("nobody reads this")
    with suppress(BrokenPipeError):  # of what is still in the buffer
        stream.close()


@posix
@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)])
def test_no_file_takes_the_place_of_a_stream_that_is_not_there(tmp_path, closed):
    code = (
        "import sys, detector.cli\n"
        "assert detector.cli.main(['config', 'show']) == 0\n"
        "with open(sys.argv[1], 'w') as file:\n"
        "    file.write(str(file.fileno()))\n"
        "sys.stdout.write('x'); sys.stdout.flush(); sys.stderr.write('x')\n"
    )
    place = tmp_path / "place"

    def close() -> None:
        for descriptor in closed:
            os.close(descriptor)

    done = subprocess.run(
        [sys.executable, "-c", code, str(place)],
        check=False,
        capture_output=True,
        preexec_fn=close,
    )
    assert done.returncode == 0, done.stderr
    assert int(place.read_text()) > 2
    assert place.read_text().isdecimal()


def test_what_a_command_says_is_still_there_for_who_reads_it(capsys):
    assert main(["config", "show"]) == OK
    assert "[scan]" in capsys.readouterr().out
