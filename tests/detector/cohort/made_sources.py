"""Inputs of a run that nobody needs to read, and what became of them."""

from __future__ import annotations

from pathlib import Path

from made_results import made_facts, made_night

from detector.inputs.sources import Part, Source
from detector.job import Outcome
from detector.output import RecordingFolder
from detector.people.naming import Identity, Named

INPUT = {"bytes": 9, "sha256": "ab" * 32, "files": []}


class NoPage:
    """Nobody looks at it."""

    def add_night(self, night):
        """Take nothing."""

    def html(self, facts):
        return [facts.recording_id]


def made_source(name: str, *, skipped: str = "", folder: Path = Path("data")) -> Source:
    """An input of one file, which need not be there."""
    path = folder / f"{name}.cwa"
    named = Named(group=name, name=name, row=Identity(), found=Identity())
    return Source((Part(path, f"{name}.cwa"),), named, "" if skipped else name, skipped)


def made_done(out: Path, name: str, **run: object) -> Outcome:
    """Put the results of a recording of one night into an output folder."""
    facts = made_facts(recording_id=name, path=f"{name}.cwa")
    made_by = {"algorithm_version": "1", "config_hash": facts.settings.fingerprint(), **run}
    with RecordingFolder(out / "recordings" / name, facts, NoPage()) as folder:
        folder.add(made_night())
        return Outcome(folder.finish(facts, {"input": INPUT, **made_by}))
