"""Faults of a machine, and runs of ``hypnic`` that meet them; ``benchmarks/faults.py`` counts them.

- ``runs``: a run, warm or cold, and what it ended with;
- ``verdict``: whether that was right or honest;
- ``disk``, ``inputs``, ``process``, ``surroundings``, ``power``: the faults.
"""
