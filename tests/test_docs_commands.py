"""Every command of the pages does what it is shown for, one after the other, beside such files."""

from __future__ import annotations

import shlex
from pathlib import Path

import made_recordings as made
import pytest
from made_avro import embraceplus
from made_tables import iso, stamps, table, values
from project import ROOT
from test_docs import BLOCK, COMMANDS, name_of

from detector.cli import main

PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]
SAMPLE = "recordings/samples/ax3_thigh25_short_night.cwa.gz"
ELSEWHERE = {
    "://": "tests/cli/test_inputs_by_url.py has a server",
    "--local-cluster": "tests/detector/cohort/test_cluster.py has a cluster",
    "doctor": "tests/detector/test_doctor.py",
    "stages.csv": "tests/detector/stated has hypnograms",
    "labels.csv": "tests/cli/test_review_commands.py has judgements",
    "scoring.csv": "tests/cli/test_review_commands.py has what was scored",
    "review.md": "tests/cli/test_review_commands.py has results with judgements",
}
"""What a command has in it, or its page's name, and which test runs such ones."""

ASKS = {"inspect night.csv": "--rate", "merge out": "have not finished; run them"}
"""What fails beside these files, and what it asks for."""


def commands(path: Path) -> list[tuple[list[str], str]]:
    """Words behind ``hypnic``, and the file that takes what is printed, of a page's commands."""
    found = []
    for block in BLOCK.finditer(path.read_text(encoding="utf-8")):
        for line in block["text"].splitlines() if block["language"] == "sh" else ():
            command = line.rpartition(" && ")[2]
            words = shlex.split(command, comments=True)
            words, to = (words[:-2], words[-1]) if ">" in words else (words, "")
            if words and Path(words[0]).name == "hypnic":
                found.append((words[1:], to))
    return found


def here(path: Path) -> list[tuple[list[str], str]]:
    """Return the commands of a page that are run here."""
    return [
        (words, to)
        for words, to in commands(path)
        if not any(part in f"{' '.join(words)} {path.name}" for part in ELSEWHERE)
    ]


WITH_COMMANDS = [path for path in PAGES if here(path)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with everything that the pages speak of, each as small as can be."""
    monkeypatch.chdir(tmp_path)
    night = made.cwa(made.resting(6000))
    for name in (
        "night.cwa",
        "more/a.cwa",
        "recordings/P7.cwa",
        "data/P01_2_left.cwa",
        "data/2.cwa",
    ):
        put(name, night)
    put("night1/1.cwa", night)
    put("avro/P3_1709676000.avro", embraceplus(made.resting(2000)))
    lines = table(iso(stamps(4000)), values(4000))
    put("phones/1.csv", lines)
    put("night.csv", "x,y,z\n" + "\n".join("10,-20,1000" for _ in range(6000)) + "\n")
    rows = (
        f"{i};05/03/2024 22:{i // 3000:02}:{i / 50 % 60:06.3f};0.0;0.0;1.0" for i in range(6000)
    )
    put("export.txt", "\n".join(rows) + "\n")
    put("list.txt", "night.cwa\n")
    who = "file,participant_id,site\ndata/P01_2_left.cwa,P01,wrist\n"
    for name in ("participants.csv", "codes.csv"):
        put(name, who)
    put("data/participants.csv", who.replace("data/", ""))
    put("diary.csv", "participant_id,night_date,sleep_onset,wake\nP7,2024-03-05,23:20,06:45\n")
    put("sleeplog.csv", "ID,D1_date,D1_wakeup,D1_inbed\nP7,2024-03-06,06:45,22:30\n")
    return tmp_path


def put(name: str, content: str | bytes) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name_of)
def test_the_commands_of_a_page_work_in_their_order(page, folder, capsys):
    (folder / "recordings" / "samples").symlink_to(ROOT / "recordings" / "samples")
    for words, to in here(page):
        status = main(words)
        said = capsys.readouterr()
        asks = shlex.join(words) in ASKS
        assert (status != 0) == asks, f"hypnic {shlex.join(words)}: {said.err}"
        assert not asks or ASKS[shlex.join(words)] in said.out + said.err
        if to:
            put(to, said.out)


def test_what_is_not_run_here_is_run_elsewhere():
    """Each reason is needed by a command; what console blocks show, test_docs.py runs."""
    said = [f"{' '.join(words)} {Path(page).name}" for page, words in COMMANDS]
    assert [part for part in ELSEWHERE if not any(part in each for each in said)] == []
    assert sum(len(here(page)) for page in PAGES) >= 35
