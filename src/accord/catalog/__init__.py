"""Works, recordings, scores, stems and releases, who claims what in them, and the intake that reads them in.

Reads   parties; deliveries (DDEX ERN, CISAC CWR) and the audio beside them.
Writes  assets and releases, claims and their conflicts, public domain, what platforms were permitted; audio to the vault.
Holds   the catalogue, every version of it, as of any journal position.
"""
