"""The room where people and models make music.

Reads clearance, training, integrity and the catalogue.  Writes sessions, takes and creations.  Holds takes in the vault.
"""
