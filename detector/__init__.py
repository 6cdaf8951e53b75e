"""From samples to candidates and epochs, to nights, to a report.

>>> import detector
>>> result = detector.analyse("night.cwa", tz="Europe/London")  # doctest: +SKIP
>>> result.nights_frame()  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .pipeline import analyse, analyse_samples
    from .result import Result
    from .scan import Scan
    from .settings import Settings, SettingsError
    from .signal.stream import Stream

__all__ = [
    "Result",
    "Scan",
    "Settings",
    "SettingsError",
    "Stream",
    "analyse",
    "analyse_samples",
]

_HOMES = {
    "Result": "result",
    "Scan": "scan",
    "Settings": "settings",
    "SettingsError": "settings",
    "Stream": "signal.stream",
    "analyse": "pipeline",
    "analyse_samples": "pipeline",
}


def __getattr__(name: str) -> Any:
    """Import on first use: ``import detector`` alone takes no time."""
    if name not in _HOMES:
        raise AttributeError(f"module 'detector' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
