"""The commands, each loaded when it is asked for: it returns its answer, which ``cli`` prints.

What the help says of a command stands in :mod:`detector.cli`, what it says of arguments here.
"""
