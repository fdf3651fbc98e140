"""The Merkle tree of RFC 6962 / RFC 9162, section 2.1: hashes, roots, inclusion and consistency proofs.

A *stored hash* (level, index) is the root of the complete subtree over leaves [index·2^level, (index+1)·2^level). Proofs
are made from stored hashes handed in by a reader, so that a tree of any size is proven from a few tiles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

Reader = Callable[[int, int], bytes]
EMPTY_ROOT = sha256(b"").digest()


def commitment(salt: bytes, fact: bytes) -> bytes:
    """The salted commitment to a fact: what a leaf holds, so that the public tree tells no one a deal."""
    return sha256(salt + fact).digest()


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962: SHA-256(0x00 ‖ data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The tree hash over leaf hashes, from nothing but the leaves."""
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        stack.append((0, leaf))
        while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
            (level, left), (_, right) = stack[-2:]
            stack[-2:] = [(level + 1, node_hash(left, right))]
    return _fold([digest for _, digest in stack])


def root(size: int, read: Reader) -> bytes:
    """The tree hash of the first `size` leaves, from stored hashes."""
    return _fold([read(level, index) for level, index in _complete_subtrees(0, size)])


def inclusion(index: int, size: int, read: Reader) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError("the leaf is not in a tree of this size")
    return _path(index, 0, size, read)


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether `path` proves leaf hash `leaf` at `index` under `root_hash` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, digest = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            digest = node_hash(sibling, digest)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and digest == root_hash


def consistency(old: int, new: int, read: Reader) -> list[bytes]:
    """The proof that the tree of `old` leaves is a prefix of the tree of `new` leaves (RFC 9162, 2.1.4.1)."""
    if not 0 < old <= new:
        raise ValueError("a consistency proof needs 0 < old <= new")
    return _subproof(old, 0, new, True, read)


def consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that nothing before `old` was changed (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new or not proof:
        return False
    steps = list(proof) if old & (old - 1) else [old_root, *proof]
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = steps[0]
    for digest in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(digest, first), node_hash(digest, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, digest)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _fold(subtrees: list[bytes]) -> bytes:
    """Join complete subtrees, largest first, into one root."""
    if not subtrees:
        return EMPTY_ROOT
    digest = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        digest = node_hash(left, digest)
    return digest


def _complete_subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """The fewest stored hashes that cover leaves [start, end), where start is aligned to the first."""
    found = []
    while start < end:
        level = min((start & -start).bit_length() - 1 if start else 64, (end - start).bit_length() - 1)
        found.append((level, start >> level))
        start += 1 << level
    return found


def _span_hash(start: int, end: int, read: Reader) -> bytes:
    return _fold([read(level, index) for level, index in _complete_subtrees(start, end)])


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _path(index: int, start: int, end: int, read: Reader) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, read), _span_hash(middle, end, read)]
    return [*_path(index, middle, end, read), _span_hash(start, middle, read)]


def _subproof(old: int, start: int, end: int, whole: bool, read: Reader) -> list[bytes]:
    if old == end:
        return [] if whole else [_span_hash(start, end, read)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_subproof(old, start, middle, whole, read), _span_hash(middle, end, read)]
    return [*_subproof(old, middle, end, False, read), _span_hash(start, middle, read)]
