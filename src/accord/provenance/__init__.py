"""Provenance: credits, labels, content credentials, release, and verification by anyone.

Reads   the studio's creations, attribution, the catalogue, deals, choices, clearance, the journal's proofs.
Writes  releases, that one was withdrawn, and where they are found by sound.
Holds   the signed files of every release, and the test certificates that sign them.
"""
