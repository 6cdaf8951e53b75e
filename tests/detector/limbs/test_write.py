"""Which participants have a page, and where it is."""

from __future__ import annotations

from dataclasses import replace

from made_limbs import Worn, moving_together, write_results

from detector.limbs import write_limbs
from detector.settings import Settings


def test_who_wore_several_sensors_at_a_time_is_told_with_the_link_to_their_page(tmp_path):
    both = moving_together(1, Worn("wl"), Worn("wr", side="right"))
    people = [
        replace(s, name=f"{who[0]}{s.name}", person=who) for who in ("zoe", "ann a") for s in both
    ]
    alone = Worn("b", person="bert")
    said = write_limbs(tmp_path, Settings(), write_results(tmp_path, *people, alone))
    assert [person for person, _ in said] == ["ann a", "zoe"]
    for _, link in said:
        assert (tmp_path / link).is_file()
        assert link.startswith("participants/")
        assert link.endswith("/report.html")


def test_nobody_has_a_page_where_nobody_wore_several(tmp_path):
    rows = write_results(tmp_path, Worn("a"), Worn("b", person="bert"))
    assert write_limbs(tmp_path, Settings(), rows) == []
