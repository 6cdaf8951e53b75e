"""``hypnic run`` and ``hypnic merge``: recordings analysed, and the tables over all of them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detector.cache import use_own_cache
from detector.console import Console
from detector.files import writing
from detector.flags import resolved_settings, two_times, with_settings
from detector.options import Merging, Running
from detector.parameter import SettingsError
from detector.paths import is_folder, is_there

from .answer import NO_INPUT, OK, Answer, as_json

if TYPE_CHECKING:
    from detector.cohort import Summary
    from detector.job import RunOptions

_NOTHING_MIXED = Merging()


@with_settings
def run(*inputs: str, flags: Running, **settings: str) -> Answer:
    """Analyse recordings.

    Parameters
    ----------
    inputs
        Recorded files, folders that are searched for them, patterns
        ('data/**/*.cwa'), URLs of any of these (s3://, sftp://, https://),
        @list.txt with one of these in a line, or - for such a list on the
        standard input.
    """
    flags.check()
    console = flags.console()
    period = None if flags.sleep_period is None else two_times("--sleep-period", flags.sleep_period)
    resolved = resolved_settings(flags.config, settings)
    check_inputs(inputs)
    check_out(flags.out, inputs)
    diary, hypnogram = flags.diary_table(resolved), flags.scored()
    use_own_cache()
    from detector.job import RunOptions

    options = RunOptions(
        settings=resolved,
        tz=flags.tz,
        device_tz=flags.device_tz,
        site=flags.site or "unknown",
        side=flags.side or "unknown",
        sleep_period=period,
        diary=diary,
        hypnogram=hypnogram,
        use_diary_onset=flags.diary_onset == "use",
        reading=flags.reading(),
        naming=flags.naming(),
        anonymise=flags.anonymise,
    )
    changed = [f"{key} = {value}" for key, value in resolved.changed().items()]
    console.detail(f"settings {resolved.fingerprint()}: {', '.join(changed) or 'all defaults'}")
    if flags.dry_run:
        return _dry_run(inputs, options, flags)
    summary = watched_run(inputs, flags.out, options, console, **flags.cohort())
    if flags.anonymise and summary.exit_status != NO_INPUT:
        from detector.anonymise import key_path

        key = key_path(flags.out)
        console.note(f"the key to the pseudonyms is {key}: keep it apart from the results")
    told = {"exit_status": summary.exit_status, "recordings": summary.rows}
    return Answer(as_json(told) if flags.json else "", summary.exit_status, summary.sentence())


def merge(out: Path, *, flags: Merging = _NOTHING_MIXED) -> Answer:
    """Write what is over all recordings.

    Parameters
    ----------
    out
        Output folder of 'hypnic run'.
    """
    from detector.cohort import merge as merged

    flags.console()
    with writing(out):
        summary = merged(out, mixed=flags.mixed)
    return Answer("", summary.exit_status, summary.sentence())


def watched_run(
    inputs: Sequence[Path | str], out: Path, options: RunOptions, console: Console, **cohort: Any
) -> Summary:
    """Analyse recordings and show how far that is."""
    from detector.cohort import run
    from detector.narrator import Narrator

    with writing(out), console.progress("run") as bar:
        return run(inputs, out, options, Narrator(console, bar, out), **cohort)


def check_inputs(inputs: Sequence[str]) -> None:
    """Refuse a command line without inputs."""
    if not inputs:
        raise SettingsError("no INPUT given: name recorded files or folders")


def check_out(out: Path, inputs: Sequence[str] = ()) -> None:
    """Refuse a folder for results that cannot be one."""
    there = next(path for path in (out, *out.absolute().parents) if is_there(path))
    if not is_folder(there):
        raise SettingsError(f"--out {out}: {there} is a file; name a folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise SettingsError(f"--out {out}: you may not write into {there}; name another folder")
    if any(is_folder(path) and path.resolve() == out.resolve() for path in map(Path, inputs)):
        raise SettingsError(f"--out {out} is the folder of the recordings; name another")


def _dry_run(inputs: Sequence[str], options: RunOptions, flags: Running) -> Answer:
    """Say of every input whether it would be analysed, and why."""
    from detector.cohort import Shard, found, planned

    sources, remarks = found(inputs, flags.out, options)
    for text in remarks:
        flags.console().problem(text)
    shard = Shard.parse(flags.shard) if flags.shard else None
    plan = planned(sources, flags.out, options, shard=shard, force=flags.force)
    lines = list(plan.lines())
    status = OK if any(each.what != "skip" for each in lines) else NO_INPUT
    text = "\n".join(f"{each.what:<5} {each.path}{each.why and f': {each.why}'}" for each in lines)
    if flags.json:
        text = as_json({"exit_status": status, "inputs": [each._asdict() for each in lines]})
    counts = Counter[str](each.what for each in lines)
    words = {"run": "to analyse", "done": "done", "skip": "skipped"}
    said = ", ".join(f"{counts[what]} {word}" for what, word in words.items())
    return Answer(text, status, said if status == OK else "no recording found")
