"""What ``benchmarks/quality.py`` is made of: nights of known truth, and figures held against it."""
