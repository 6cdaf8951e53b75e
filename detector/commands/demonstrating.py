"""``hypnic demo``: a made night, and what is found in it."""

from __future__ import annotations

from detector.cache import use_own_cache
from detector.files import writing
from detector.options import Demonstrating

from .answer import OK, Answer
from .running import check_out, watched_run


def demo(*, flags: Demonstrating) -> Answer:
    """Show found against planted."""
    console = flags.console()
    check_out(flags.out)
    use_own_cache()
    from detector import demo as demonstration
    from detector.job import RunOptions

    console.note("making a night as a GENEActiv would record it")
    with writing(flags.out):
        planned, path = demonstration.make(flags.out, flags.seed)
    options = RunOptions(tz=demonstration.TZ, site="wrist", side="left")
    summary = watched_run([path], flags.out, options, console)
    if summary.exit_status != OK:
        return Answer("", summary.exit_status, summary.sentence())
    console.note(f"the report is {flags.out / 'report.html'}")
    compared = demonstration.compare(planned, flags.out)
    return Answer("\n".join(demonstration.described(compared)), OK, summary.sentence())
