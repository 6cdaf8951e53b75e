"""The documentation says what the program does: made parts, numbers, commands, links."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from cyclopts import CycloptsError
from project import ROOT, project_files

from detector.cli import app, main
from detector.config import all_parameters
from detector.flags import chosen

PAGES = project_files("*.md")
DOCS = [path for path in PAGES if path.parent.name == "docs"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE)
PATH = re.compile(r"`((?:benchmarks|detector|docs|recordings|tests)/[\w./-]*\w)`")
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def blocks(path: Path, language: str) -> list[str]:
    """Text of the code blocks of one language."""
    text = path.read_text(encoding="utf-8")
    return [found["text"] for found in BLOCK.finditer(text) if found["language"] == language]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ------------------------------------------------------------------ parts made from the program


@pytest.mark.parametrize("path", DOCS, ids=name_of)
def test_made_parts_are_what_the_program_makes_now(path):
    text = path.read_text(encoding="utf-8")
    assert generator().with_parts(text) == text, "run: python docs/generate.py"


def test_every_made_part_stands_in_one_page():
    text = "".join(path.read_text(encoding="utf-8") for path in DOCS)
    made = re.findall(r"<!-- made from ([\w.]+) -->\n.*?<!-- end -->", text, re.DOTALL)
    assert sorted(made) == sorted(generator().PARTS)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_files_that_a_page_names_are_there(path):
    named = PATH.findall(path.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


# ------------------------------------------------------------------ numbers

SETTING = re.compile(
    r"`((?:scan|sleep|window|kinds|limbs)\.(?!csv)\w+)`"
    r"(?: = (\S+(?: (?:mg|g/s|Hz|ppm|min|h|s|%|°C?)(?!\w))?))?"
)


def settings_named() -> list[tuple[str, str, str]]:
    """Page, key and stated value of every setting that a page names with its group."""
    return [
        (name_of(path), *found)
        for path in PAGES
        for found in SETTING.findall(path.read_text(encoding="utf-8"))
    ]


def test_settings_named_in_the_pages_exist():
    known = all_parameters()
    assert [found for found in settings_named() if found[1] not in known] == []


def test_values_of_settings_in_the_pages_are_the_defaults():
    known = all_parameters()
    stated = [(page, key, value) for page, key, value in settings_named() if value]
    assert len(stated) > 30
    wrong = [
        (page, key, value, known[key].shown(known[key].default))
        for page, key, value in stated
        if value.rstrip(",.;:)") != known[key].shown(known[key].default)
    ]
    assert wrong == []


# ------------------------------------------------------------------ commands


def commands(path: Path) -> list[list[str]]:
    """Words behind ``hypnic`` of every command in a page's shell blocks."""
    lines = [line for text in blocks(path, "sh") for line in text.splitlines()]
    shown = [line for text in blocks(path, "console") for line in text.splitlines()]
    lines += [line[2:] for line in shown if line.startswith("$ ")]
    found = []
    for line in lines:
        for command in re.split(r" (?:&&|>) ", line):
            words = shlex.split(command, comments=True)
            if words and Path(words[0]).name == "hypnic":
                found.append(words[1:])
    return found


COMMANDS = [(name_of(path), words) for path in PAGES for words in commands(path)]


def test_there_are_commands_of_every_sort():
    assert {"run", "inspect", "demo", "review", "compare", "export", "config", "doctor"} <= {
        words[0] for _, words in COMMANDS
    }


@pytest.mark.parametrize(("page", "words"), COMMANDS, ids=lambda x: " ".join(x)[:60])
def test_commands_in_the_pages_are_understood(page, words):
    try:
        _, bound, *_ = app.parse_args(words, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        pytest.fail(f"{page}: {error}")
    flags = {k: v for k, v in bound.kwargs.items() if "__" in k}
    assert len(chosen(flags)) == len(flags)


@pytest.mark.parametrize(
    "words", [w for _, w in COMMANDS if w[:2] == ["config", "show"]], ids=" ".join
)
def test_settings_shown_in_the_pages_can_be_shown(words, capsys):
    assert main(words) == 0
    assert "[scan]" in capsys.readouterr().out


# ------------------------------------------------------------------ the README


def set_up() -> list[str]:
    """The two commands that do all the set-up."""
    lines = [line for text in blocks(ROOT / "README.md", "sh") for line in text.splitlines()]
    return [line for line in lines if line.startswith("python3 -m venv")]


def test_two_commands_do_all_the_set_up_and_ci_runs_the_second():
    assert len(set_up()) == 2
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert script[-1] == set_up()[1]
    assert [line for line in script if ".venv" in line] == [set_up()[1]]


def test_the_first_command_analyses_a_recording_that_is_here():
    words = shlex.split(set_up()[0])
    samples = [word for word in words if word.startswith("recordings/samples/")]
    assert len(samples) == 1
    assert (ROOT / samples[0]).is_file()
    assert (ROOT / "recordings" / "samples" / "SOURCES.md").is_file()


def test_outputs_shown_in_the_readme_are_real():
    """Word for word, and number for number but for last digits: processors differ in rounding."""
    number = re.compile(r"\d+(?:\.\d+)?")
    now = generator().with_outputs(README)
    assert number.sub("0", now).split() == number.sub("0", README).split()
    np.testing.assert_allclose(
        [float(n) for n in number.findall(now)],
        [float(n) for n in number.findall(README)],
        rtol=0.01,
        atol=1.0,
        err_msg="run: python docs/generate.py",
    )


def test_a_picture_of_the_report_is_within_the_first_screen():
    first = README.splitlines()[:25]
    assert any("docs/report.png" in line for line in first)


def test_python_in_the_readme_runs(tmp_path, monkeypatch, capsys):
    (tmp_path / "recordings").symlink_to(ROOT / "recordings")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    examples = blocks(ROOT / "README.md", "python")
    assert examples
    for example in examples:
        exec(compile(example, "README.md", "exec"), names)  # noqa: S102 (our own example)
    assert capsys.readouterr().out.startswith("2023-05-03 ")


# ------------------------------------------------------------------ links


def anchors(text: str) -> set[str]:
    """Anchors of a page's headings as a repository page makes them."""
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_lead_somewhere(path):
    lost = []
    for found in LINK.finditer(path.read_text(encoding="utf-8")):
        place, _, anchor = found["target"].partition("#")
        if place.startswith(("https://", "http://")):
            continue
        target = path.parent / place if place else path
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            lost.append(found["target"])
    assert lost == []


def test_every_page_of_the_documentation_is_linked_from_the_readme():
    linked = {match["target"].partition("#")[0] for match in LINK.finditer(README)}
    assert {name_of(path) for path in DOCS} - {"docs/index.md"} <= linked  # the site's own list
