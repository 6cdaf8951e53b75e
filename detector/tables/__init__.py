"""Results as tables: every column once, rows, CSV, Arrow."""
