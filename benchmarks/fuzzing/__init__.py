"""Damaged and hostile files, and those who must bear them: the parts of ``benchmarks/fuzz.py``."""
