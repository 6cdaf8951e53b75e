"""Where the project's own files are, for the tests that read them."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("recordings", "detector")


def project_files(*patterns: str) -> list[Path]:
    """Files that are or will be in the repository, deleted and ignored ones left out."""
    options = ["-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(
        ["git", "ls-files", *options, "--", *patterns],  # noqa: S607 (whichever git there is)
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    found = {ROOT / name for name in listed.stdout.split("\0") if name}
    return sorted(path for path in found if path.is_file())


def module_name(path: Path) -> str:
    """Dotted name of a module of the project."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package_modules() -> dict[str, Path]:
    """Every module of the packages by its dotted name."""
    files = project_files(*(f"{name}/**.py" for name in PACKAGES))
    return {module_name(path): path for path in files}
