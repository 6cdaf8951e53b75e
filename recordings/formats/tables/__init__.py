"""The parts of the table readers: what a table says, what its rows are, and when they were.

``text`` finds the dialect, ``vendors`` who wrote the table (``facts``), ``names`` what its columns
are; ``csv_table`` and ``parquet_table`` read rows. From the first of them ``look``, ``clock`` and
``times`` decide what the times mean, and ``values`` what the numbers are. ``joiner``, ``repairs``,
``pace`` and ``fills`` turn rows into runs of samples with gaps.
"""
