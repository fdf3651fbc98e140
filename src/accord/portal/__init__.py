"""Pages that cross rooms: where each role starts, what a revocation would touch, what would unlock most.

Reads   every room's queries, on behalf of a viewer.
Writes  nothing of its own; a confirmed revocation goes through participation's actions.
Holds   nothing.
"""
