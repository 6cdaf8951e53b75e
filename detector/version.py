"""The one place of the version numbers."""

VERSION = "0.1.0"
"""Version of the package."""

ALGORITHM_VERSION = "5"
"""Raised whenever the same input and settings may give other results."""
