"""Reads: parties; deliveries (DDEX ERN, CISAC CWR) and the audio beside them; the journal and the vault.
Writes: works, recordings, scores, stems, releases, claims and their conflicts, public domain, platform permissions.
Holds: the catalogue, versioned by journal position, and the intake that reads it in."""
