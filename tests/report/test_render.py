"""Templates filled in: what is escaped, what may run, what is kept small until it is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from made_results import made_facts, made_night
from markupsafe import Markup

from detector.report import cohort_page, render
from detector.report.render import SCRIPTS, Packed, pieces, read, script, script_name
from detector.report.view import night_view

NONCE = re.compile(r"nonce=\"(.*?)\"")


def packed(text: str) -> Packed:
    """A macro of two words, one of them from a file."""
    return Packed("night.html", "count", 2, text, text)


def test_a_page_is_the_same_each_time_and_all_its_scripts_carry_its_password():
    page = cohort_page([], [], [])
    assert page == cohort_page([], [], [])
    (password,) = set(NONCE.findall(page))
    assert re.fullmatch(r"[0-9a-f]{32}", password)
    assert f"'nonce-{password}'" in page


def test_another_page_has_another_password():
    one, other = (cohort_page([], [], [], [(name, "x")]) for name in ("a", "b"))
    assert set(NONCE.findall(one)).isdisjoint(NONCE.findall(other))


def test_a_value_that_was_forgotten_is_a_mistake_and_no_empty_place():
    with pytest.raises(UndefinedError, match="'participant' is undefined"):
        list(pieces("limbs.html"))


def test_what_a_macro_is_given_is_escaped():
    assert packed("<b>").__html__().strip() == "2 &lt;b&gt;"
    assert packed(Markup("<b>")).__html__().strip() == "2 <b>"


def test_what_is_packed_comes_out_as_it_went_in():
    text = "Zoë \udce9 " * 500
    whole = packed(text)
    assert whole.__html__().strip() == f"2 {text}".strip()
    assert len(whole._packed) < len(text) / 10


def test_a_night_of_a_page_can_be_packed():
    view = night_view(made_facts(), made_night(), 0)
    shown = Packed("night.html", "night_section", view, "Times are local").__html__()
    assert shown.count("<article") == 5
    assert "Times are local" in shown


def test_the_script_holds_all_its_parts_in_one_scope_in_their_order():
    text = script()
    assert text.startswith('"use strict";\n(() => {\n')
    assert text.endswith("})();\n")
    places = [text.index(read(f"scripts/{name}.js")) for name in SCRIPTS]
    assert places == sorted(places)


def test_the_script_is_called_by_its_content(monkeypatch):
    name = script_name()
    assert re.fullmatch(r"page-[0-9a-f]{8}\.js", name)
    monkeypatch.setattr(render, "script", lambda: "other")
    assert render.script_name.__wrapped__() != name


@pytest.fixture
def templates(tmp_path, monkeypatch):
    """Make the templates anew, compiled ones kept in a folder."""

    def fresh(folder: Path | None):
        if folder is None:
            monkeypatch.delenv(render.VARIABLE, raising=False)
        else:
            monkeypatch.setenv(render.VARIABLE, str(folder))
        environment = render._environment.__wrapped__()
        return environment.get_template("meaning.html").render()

    return fresh


def test_compiled_templates_are_kept_where_kernels_are(templates, tmp_path):
    text = templates(tmp_path)
    assert list(tmp_path.glob("*.cache"))
    assert templates(tmp_path) == text == templates(None)


def test_where_they_cannot_be_kept_they_are_compiled_each_time(templates, tmp_path):
    assert templates(tmp_path / "nowhere") == templates(None)
    assert list(tmp_path.iterdir()) == []
