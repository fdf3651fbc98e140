"""The command line: one module per verb.

Reads   the command line, files named on it, the clock.
Writes  through the rooms' actions only.
Holds   nothing.
"""
