"""The pages of the repository as a site: ``make site``. The extra ``docs`` has what it needs."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import detector
import recordings
from detector.version import VERSION

for package in (detector, recordings):  # names that are loaded at their first use are shown, too
    for name in package.__all__:
        setattr(package, name, getattr(package, name))

project = "hypnic"
author = "the authors of hypnic"
version = release = VERSION
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "docs/index"
include_patterns = ["*.md", "docs/*.md", "docs/**/*.md", "recordings/samples/*.md"]
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
suppress_warnings = ["toc.not_included"]  # decisions and SOURCES.md are reached by links
autodoc_typehints = "description"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
html_theme = "alabaster"
html_theme_options = {"description": "Counts sleep starts in recordings of accelerometers"}
html_copy_source = False
