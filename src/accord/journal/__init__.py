"""What happened, once, in one gapless order: an append-only signed journal of facts.

Reads   nothing.
Writes  the journal's entries, tiles and checkpoints; calls each room's projectors.
Holds   facts, commitments, the Merkle tree and its proofs. It knows no music.
"""
