"""What the command line says of tables that leave something open."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from detector.cli import main

OK, FAILED = 0, 1


def test_a_question_about_a_table_names_the_flags_that_answer_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "table.csv"
    rows = (f"05/03/2024 22:00:{s:05.2f},1,{s % 0.1:.2f},0.6,0.8" for s in np.arange(0, 60, 0.02))
    path.write_text("\n".join(["when,label,p,q,r", *rows]))
    assert main(["inspect", str(path)]) == FAILED
    assert "no columns for x, y and z among 'when'" in capsys.readouterr().out
    columns = ["--columns", "time=1,x=p,y=q,z=5"]
    assert main(["inspect", str(path), *columns]) == FAILED
    assert "first? state it: --date-order dmy|mdy" in capsys.readouterr().out
    assert main(["inspect", str(path), *columns, "--date-order", "mdy", "--json"]) == OK
    (one,) = json.loads(capsys.readouterr().out)["recordings"]
    assert one["start_time"] == "2024-05-03T22:00:00.000"
    assert one["notes"]["columns"] == "when, p, q, r"
    assert one["notes"]["dates"] == "month first (stated)"


def test_what_is_said_of_a_table_makes_a_done_recording_undone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (f"05/03/2024 22:00:{s:05.2f},{s % 0.1:.2f},0.6,0.8" for s in np.arange(0, 60, 0.02))
    (tmp_path / "table.csv").write_text("\n".join(["time,x,y,z", *rows]))
    words = ["run", str(tmp_path / "table.csv"), "-o", str(tmp_path / "out"), "--date-order"]
    for order, night in (("dmy", "2024-03-05"), ("mdy", "2024-05-03")):
        assert main([*words, order]) == OK
        assert "done before" not in capsys.readouterr().err
        [row] = csv.DictReader((tmp_path / "out" / "nights.csv").read_text().splitlines())
        assert row["night_date"] == night
    assert main([*words, "mdy", "--columns", "time=1,x=2,y=3,z=4"]) == OK
    assert "done before" not in capsys.readouterr().err
    assert main([*words, "mdy", "--columns", "time=1,x=2,y=3,z=4"]) == OK
    assert "done before" in capsys.readouterr().err
