"""Reads creations (studio), sealed sets (training), a feature's published split (governance), the catalogue.
Writes CreationAttributed.
Holds for each creation who is in it and how much: shares over assets, model and co-creator that sum to exactly one.
"""
