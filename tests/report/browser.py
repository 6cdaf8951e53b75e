"""A browser for the tests of the pages: that of the machine, or one from the system's packages."""

from __future__ import annotations

import os
import shutil
import subprocess

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """Path of a browser that can be driven, None if the machine has none."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def install_browser() -> None:
    """Install Chromium where the system's packages have it and this user may."""
    apt_get = shutil.which("apt-get")
    if apt_get is None or os.geteuid() != 0:
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--no-install-recommends", "chromium"]):
        done = subprocess.run(
            [apt_get, "-qq", *command], env=quiet, capture_output=True, timeout=600, check=False
        )
        if done.returncode:
            return


def must_have_browser() -> bool:
    """Whether a missing browser is a failure: where every change is checked."""
    return "1" in os.environ.get("HYPNIC_REQUIRE_BROWSER", "") or os.environ.get("CI") == "true"
