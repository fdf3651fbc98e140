"""Reads: the queries of every room above it; usage segments through DuckDB.
Writes: nothing; a figure is computed when it is asked for.
Holds: the figures that say whether this works for the people in it, one module per question."""
