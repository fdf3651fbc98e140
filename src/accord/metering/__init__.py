"""Reads usage events as lines, CSV, Parquet or Python values, and the platform's reports of revenue and of all plays.
Writes segments (one Parquet file in the vault, one fact) and reports; keeps each event's key beside them.
Holds the promise that an event acknowledged is durable, and that the same (source, id) counts once.
"""
