"""The studio: people and models making music; rendering, remixing, takes, creations.

Reads   the catalogue, clearance, training's models, integrity's checks, features, parties.
Writes  sessions, takes with who did what, choices, creations.
Holds   in the vault: sound, stems and MIDI of every take.
"""
