"""The scripts that all pages of a run share, written once beside them."""

from __future__ import annotations

from pathlib import Path

from detector.files import write

from .render import script, script_name


def write_assets(out_dir: Path) -> None:
    """Write ``assets/plotly.min.js`` and the pages' own script into a run's output folder."""
    from plotly import offline

    assets = out_dir / "assets"
    assets.mkdir(parents=True, exist_ok=True)
    plotly: str = offline.get_plotlyjs()  # type: ignore[attr-defined,no-untyped-call]  # untyped
    write(assets / "plotly.min.js", plotly.encode())
    write(assets / script_name(), script().encode())
