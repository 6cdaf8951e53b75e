"""Make a release: build it, look into it, install it in a clean environment, and use it there.

    python .ci/release.py          # what 'make release' does

What is released is what is committed. Both archives lie in ``dist/`` when everything has passed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = "recordings/samples/ax3_thigh25_short_night.cwa.gz"
PACKAGES = ("detector/", "recordings/")
BESIDE = ("docs/", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md")
"""What the source archive has beyond the packages; the tests need the repository."""


def main() -> None:
    """Do everything, or end with what is wrong."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        exported(folder / "source")
        archives = built(folder / "source", folder / "dist")
        for path, wanted in zip(archives, (wheel_files, source_files), strict=True):
            if faults := differences(held(path), wanted(folder / "source")):
                sys.exit(f"{path.name}: {', '.join(faults)}")
        used(archives[0], folder / "clean")
        (ROOT / "dist").mkdir(exist_ok=True)
        for path in archives:
            shutil.copy(path, ROOT / "dist")
            print(f"{sha256(path.read_bytes()).hexdigest()}  dist/{path.name}")


def exported(to: Path) -> None:
    """Write the committed files, and nothing that merely lies about."""
    if run("git", "status", "--porcelain", cwd=ROOT):
        sys.exit("something is not committed: a release is what is committed")
    to.mkdir()
    run("git", "archive", "-o", str(to / "all.tar"), "HEAD", cwd=ROOT)
    with tarfile.open(to / "all.tar") as archive:
        archive.extractall(to, filter="data")
    (to / "all.tar").unlink()


def built(source: Path, to: Path, *options: str) -> tuple[Path, Path]:
    """Build the source archive, and from that the wheel; return the wheel and the archive."""
    run(sys.executable, "-m", "build", "-o", str(to), *options, cwd=source)
    (wheel,) = to.glob("*.whl")
    (archive,) = to.glob("*.tar.gz")
    return wheel, archive


def held(path: Path) -> set[str]:
    """Names of the files in a wheel or source archive, but for what describes it."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return {name for name in wheel.namelist() if ".dist-info/" not in name}
    with tarfile.open(path) as archive:
        names = {member.name.partition("/")[2] for member in archive if member.isfile()}
    own = {"PKG-INFO", "setup.cfg", "MANIFEST.in", "pyproject.toml"}
    return {name for name in names - own if ".egg-info/" not in name}


def wheel_files(source: Path) -> set[str]:
    """Names of all files of the packages in a source tree."""
    return {name for name in files(source) if name.startswith(PACKAGES)}


def source_files(source: Path) -> set[str]:
    """Names of what belongs into the source archive."""
    return {name for name in files(source) if name.startswith((*PACKAGES, *BESIDE))}


def files(source: Path) -> Iterable[str]:
    """Names of the files of a source tree, without what building leaves there."""
    paths = (path.relative_to(source) for path in source.rglob("*") if path.is_file())
    left = ("build", ".egg-info", "__pycache__")
    return (path.as_posix() for path in paths if not any(p.endswith(left) for p in path.parts))


def differences(found: set[str], wanted: set[str]) -> list[str]:
    """Say what is missing and what is too much."""
    lost = [f"{name} is missing" for name in sorted(wanted - found)]
    return lost + [f"{name} does not belong there" for name in sorted(found - wanted)]


def used(wheel: Path, folder: Path) -> None:
    """Install the wheel where nothing else is, and use it as a newcomer would."""
    venv.create(folder / "venv", with_pip=True)
    programs = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    run(str(programs / "python"), "-m", "pip", "install", "-q", str(wheel), cwd=folder)
    hypnic = str(programs / "hypnic")
    print(run(hypnic, "--version", cwd=folder).strip())
    print(run(hypnic, "doctor", cwd=folder))
    print(run(hypnic, "demo", "-o", "demo", cwd=folder))
    (sample,) = (folder / "venv").rglob(SAMPLE)
    run(hypnic, "run", str(sample), "--tz", "Europe/London", "--site", "thigh", "-o", "out",
        cwd=folder)  # fmt: skip
    for name in ("demo/report.html", "out/report.html", "out/nights.csv", "out/METHODS.md"):
        if not (folder / name).is_file():
            sys.exit(f"{name} was not written")


def run(*words: str, cwd: Path) -> str:
    """Run a program and return what it said; end with it if it failed."""
    done = subprocess.run(words, cwd=cwd, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(words)}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
