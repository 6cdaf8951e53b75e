"""Who wore the sensor, where, and by which name; and how to hide it."""
