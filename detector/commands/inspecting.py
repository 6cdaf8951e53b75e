"""``hypnic inspect``: what recordings are and how healthy."""

from __future__ import annotations

from detector.cache import load_numba, use_own_cache
from detector.options import Looking

from .answer import FAILED, NO_INPUT, OK, Answer, as_json
from .running import check_inputs

_NOTHING_SAID = Looking()


def inspect(*inputs: str, flags: Looking = _NOTHING_SAID) -> Answer:
    """Look at recordings.

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
    check_inputs(inputs)
    use_own_cache()
    load_numba()
    from detector.inspect import inspect_all
    from detector.inspection import described, listed
    from detector.job import RunOptions

    options = RunOptions(
        tz=flags.tz, device_tz=flags.device_tz, reading=flags.reading(), naming=flags.naming()
    )
    with console.progress("inspect") as bar:
        found = inspect_all(inputs, options, quick=flags.quick, advance=bar.update)
    names = [(one.title, one.subject.participant_source) for one in found if not one.skipped]
    for text in options.naming.remarks(names):
        console.problem(text)
    failed = sum(one.status == "failed" for one in found)
    recordings = sum(one.status != "skipped" for one in found)
    status = FAILED if failed else OK if recordings else NO_INPUT
    if flags.json:
        text = as_json({"exit_status": status, "recordings": [one.as_dict() for one in found]})
    elif len(found) > 1 and not flags.verbose:
        text = "\n".join(listed(found))
    else:
        text = "\n\n".join("\n".join(described(one)) for one in found)
    if status == OK:
        return Answer(text)
    return Answer(
        text, status, f"{failed} of {recordings} failed" if failed else "no recording found"
    )
