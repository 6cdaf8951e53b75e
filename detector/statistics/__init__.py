"""What the nights of one person amount to: rates, intervals, times of day, noted factors."""
