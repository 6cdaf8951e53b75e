from __future__ import annotations

from pathlib import Path

from detector.report import write_assets
from detector.report.render import script, script_name


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted((folder / "assets").iterdir())}


def test_the_scripts_are_written_once_and_always_alike(tmp_path):
    write_assets(tmp_path)
    first = contents(tmp_path)
    write_assets(tmp_path)
    assert contents(tmp_path) == first
    assert set(first) == {"plotly.min.js", script_name()}
    assert first[script_name()].decode() == script()


def test_the_plot_library_is_whole(tmp_path):
    write_assets(tmp_path)
    library = contents(tmp_path)["plotly.min.js"]
    assert len(library) > 1_000_000
    assert b"Plotly" in library


def test_the_script_is_named_by_its_content():
    name = script_name()
    assert name.startswith("page-")
    assert name.endswith(".js")
    assert len(name) == len("page-01234567.js")
