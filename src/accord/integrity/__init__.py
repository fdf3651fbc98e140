"""Reads:  recordings and claims (catalog), choices (participation), audio from the vault, uploads and prompts from outside.
Writes: fingerprint segments, checks, refused prompts, uploads, cases and their decisions; holds through clearance.
Holds:  nothing is heard that copies a recording without saying so; no case is closed on appeal by its first reader."""
