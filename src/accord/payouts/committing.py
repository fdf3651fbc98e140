"""A period's statements as a Merkle tree, so that each can be proven without the others (RFC 9162, section 2.1). Pure.

The leaves are salted commitments (as in the journal), in the order of the statements' file: the tree tells nobody what
another party is owed, not even to who guesses it. What is kept is 64 bytes a statement: its salt, then its commitment.
"""

from __future__ import annotations

from collections.abc import Iterable

from accord.journal import tree

SALT_BYTES = 32
KEPT_BYTES = SALT_BYTES + 32


def committed(statements: Iterable[tuple[bytes, bytes]]) -> bytes:
    """What is kept of (salt, statement) pairs. Raises: ValueError when a salt has not 32 bytes."""
    kept = []
    for salt, statement in statements:
        if len(salt) != SALT_BYTES:  # else bytes of the salt could be told as the beginning of the statement
            raise ValueError("a salt has 32 bytes")
        kept.append(salt + tree.commitment(salt, statement))
    return b"".join(kept)


def root(kept: bytes) -> bytes:
    """The root over all statements."""
    return tree.root_of(_leaves(kept))


def opening(kept: bytes, index: int) -> tuple[bytes, list[bytes]]:
    """The salt of statement `index` (from 0) and its path to the root. Raises: ValueError when there is none."""
    leaves = _leaves(kept)

    def read(level: int, place: int) -> bytes:
        return tree.root_of(leaves[place << level : (place + 1) << level])

    return kept[index * KEPT_BYTES :][:SALT_BYTES], tree.inclusion(index, len(leaves), read)


def stands(statement: bytes, salt: bytes, index: int, size: int, path: list[bytes], root_hash: bytes) -> bool:
    """Whether a statement is number `index` of the `size` statements under `root_hash`."""
    if len(salt) != SALT_BYTES:
        return False
    return tree.included(tree.leaf_hash(tree.commitment(salt, statement)), index, size, path, root_hash)


def _leaves(kept: bytes) -> list[bytes]:
    return [tree.leaf_hash(kept[at + SALT_BYTES : at + KEPT_BYTES]) for at in range(0, len(kept), KEPT_BYTES)]
