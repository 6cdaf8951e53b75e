"""Three plots, in one page that needs no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from . import figures as f
from .comparing import Held
from .psychometric import fitted

_PER_NIGHT = np.linspace(0.1, 6, 60)


def write(
    path: Path,
    nights: Mapping[str, Sequence[Held]],
    sizes: Mapping[str, tuple[np.ndarray, np.ndarray]],
) -> None:
    """Draw recall against size, PPV against base rate, and what likeness is worth.

    Parameters
    ----------
    path
        Of the page.
    nights
        By maker.
    sizes
        Sizes and whether found, by the name of the curve.
    """
    titles = (
        "Recall against size",
        "PPV against sleep starts a night",
        "Planted share by likeness",
    )
    page = make_subplots(1, 3, subplot_titles=titles)
    for name, (size_mg, found) in sizes.items():
        _recall(page, name, size_mg, found)
    for name, group in nights.items():
        _base_rate(page, name, group)
        _likeness(page, name, group)
    page.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line_dash="dot", name="even", row=1, col=3)
    page.update_xaxes(type="log", title_text="mg", row=1, col=1)
    page.update_xaxes(title_text="due a night", row=1, col=2)
    page.update_xaxes(title_text="likeness", row=1, col=3)
    page.update_yaxes(range=[0, 1.02])
    page.update_layout(width=1500, height=520, template="simple_white")
    page.write_html(path, include_plotlyjs=True)


def _recall(page: go.Figure, name: str, size_mg: np.ndarray, found: np.ndarray) -> None:
    """Shares in bands of size, and the fitted curve with its D50 and D95."""
    curve = fitted(size_mg, found)
    edges = np.geomspace(size_mg.min() * 0.99, size_mg.max() * 1.01, 11)
    band = np.digitize(size_mg, edges)
    bands = [k for k in range(1, 11) if (band == k).any()]
    middles = [float(np.exp(np.log(size_mg[band == k]).mean())) for k in bands]
    shares = [float(found[band == k].mean()) for k in bands]
    page.add_scatter(x=middles, y=shares, mode="markers", name=name, row=1, col=1)
    if curve is not None:
        x = np.geomspace(edges[0], edges[-1], 100)
        label = f"{name}: D50 {curve.size_mg(0.5)} mg, D95 {curve.size_mg(0.95)} mg"
        page.add_scatter(x=x, y=curve.at(x), mode="lines", name=label, row=1, col=1)


def _base_rate(page: go.Figure, name: str, nights: Sequence[Held]) -> None:
    """What the measured recall and false counts of healthy nights mean at any base rate."""
    healthy = [n for n in nights if n.case.context == "healthy"]
    recall, false = f.recall_counted(healthy).value or 0.0, f.false_counts(healthy).value or 0.0
    hits = _PER_NIGHT * recall
    page.add_scatter(x=_PER_NIGHT, y=hits / (hits + false + 1e-9), name=name, row=1, col=2)


def _likeness(page: go.Figure, name: str, nights: Sequence[Held]) -> None:
    """Share of planted ones in every tenth of likeness; on the diagonal it is what it says."""
    rows = {k: v for k, v in f.likeness_levels(nights).items() if v.value is not None}
    page.add_scatter(
        x=[float(k[:3]) + 0.05 for k in rows],
        y=[v.value for v in rows.values()],
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [(v.high or 0) - (v.value or 0) for v in rows.values()],
            "arrayminus": [(v.value or 0) - (v.low or 0) for v in rows.values()],
        },
        text=[f"{v.n} events" for v in rows.values()],
        name=name,
        row=1,
        col=3,
    )
