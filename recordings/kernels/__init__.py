"""Compiled loops: bytes to counts, checksums, and the sifting of clock stamps."""
