"""The journal's tree: proofs hold for the right leaf and for no other; whatever was appended reads back.

Properties: inclusion · consistency · canonical text is stable.
"""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from accord.journal import tree
from accord.journal.facts import canonical

leaves = st.lists(st.binary(min_size=1, max_size=4), min_size=1, max_size=70)


def stored(data: list[bytes]) -> tree.Reader:
    """A reader over plain leaves."""
    hashes = [tree.leaf_hash(leaf) for leaf in data]
    return lambda level, index: tree.root_of(hashes[index << level : (index + 1) << level])


def plain_root(hashes: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word: the twin."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return tree.node_hash(plain_root(hashes[:split]), plain_root(hashes[split:]))


@given(leaves)
def test_law_6_the_root_is_that_of_the_specification(data: list[bytes]) -> None:
    """The fast root and the plain recursion agree."""
    hashes = [tree.leaf_hash(leaf) for leaf in data]
    assert tree.root_of(hashes) == plain_root(hashes) == tree.root(len(data), stored(data))


@given(leaves, st.data())
def test_law_6_a_proof_holds_for_its_leaf_and_no_other(data: list[bytes], draw: st.DataObject) -> None:
    """An audit path verifies at its own index, and a changed leaf does not."""
    index = draw.draw(st.integers(0, len(data) - 1))
    path, root = tree.inclusion(index, len(data), stored(data)), tree.root(len(data), stored(data))
    leaf = tree.leaf_hash(data[index])
    assert tree.included(leaf, index, len(data), path, root)
    assert not tree.included(tree.leaf_hash(data[index] + b"!"), index, len(data), path, root)


@given(leaves, st.data())
def test_law_6_nothing_can_be_changed_before_a_checkpoint(data: list[bytes], draw: st.DataObject) -> None:
    """A consistency proof holds between two sizes, and not once an early leaf was changed."""
    old = draw.draw(st.integers(1, len(data)))
    proof = tree.consistency(old, len(data), stored(data))
    old_root, new_root = tree.root(old, stored(data)), tree.root(len(data), stored(data))
    assert tree.consistent(old, len(data), old_root, new_root, proof)
    changed = [data[0] + b"!", *data[1:]]
    assert not tree.consistent(old, len(data), tree.root(old, stored(changed)), new_root, proof)


@settings(max_examples=50)
@given(st.dictionaries(st.text(max_size=5), st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8), max_size=6))
def test_law_6_canonical_text_does_not_depend_on_order(body: dict[str, object]) -> None:
    """The commitment is to the fact, not to the order its fields were given in."""
    at = datetime(2026, 7, 1, tzinfo=UTC)
    assert canonical("k", 1, "a", at, body) == canonical("k", 1, "a", at, dict(reversed(body.items())))
