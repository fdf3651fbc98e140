"""The figures that say whether this works for the people in it, one module per question.

Reads   the queries of every room above it; usage segments through the engine.
Writes  nothing but counts of steps from a creation to the people in it; a figure is computed when it is asked for.
Holds   each figure's definition, denominator and computation, and how a figure is drawn.
"""
