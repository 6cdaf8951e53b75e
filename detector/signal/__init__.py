"""From samples to candidates and epochs, in one pass."""
