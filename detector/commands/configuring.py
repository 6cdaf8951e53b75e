"""``hypnic config``: settings shown and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App
from cyclopts import Parameter as Flag

from detector.config import dump_toml, load_toml
from detector.flags import resolved_settings, with_settings
from detector.parameter import SettingsError

from .answer import Answer

config = App(name="config")


@config.command
@with_settings
def show(
    *, config: Annotated[Path | None, Flag(help="settings file (TOML)")] = None, **settings: str
) -> Answer:
    """Print all settings as TOML, with their meaning, bounds and source.

    The output can be edited and given to 'hypnic run --config'.
    """
    return Answer(dump_toml(resolved_settings(config, settings)).rstrip("\n"))


@config.command(usage="Usage: hypnic config validate FILE...")
def validate(*files: Annotated[Path, Flag(help="settings files (TOML)")]) -> Answer:
    """Check settings files without opening any recording."""
    if not files:
        raise SettingsError("config validate needs a settings file")
    lines = []
    for path in files:
        settings = load_toml(path)
        changed = [f"{key} = {value}" for key, value in settings.changed().items()]
        what = ", ".join(changed) or "all settings have their defaults"
        lines.append(f"{path}: ok ({settings.fingerprint()}): {what}")
    return Answer("\n".join(lines))
