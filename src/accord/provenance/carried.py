"""What a file's credentials carry: the release with its proof, and what its ids were called. Pure.

Anybody can sign a file that carries anything, so all of it is read strictly: what is not exactly a release of ours is
nothing.
"""

from __future__ import annotations

from typing import Any

import msgspec

from accord.journal import tree
from accord.journal.facts import NAMES, from_body, to_body
from accord.provenance.credentials import Found
from accord.provenance.facts import ReleaseIssued
from accord.provenance.manifest import CREDITS, PROOF
from accord.terms.refusal import BadInput

SALT_BYTES = 32


class Told(msgspec.Struct, frozen=True):
    """What a fact's canonical text says."""

    kind: str
    version: int
    actor: str
    at: str
    body: dict[str, Any]


class Proof(msgspec.Struct, frozen=True):
    """A fact's canonical text, and the way from its salted commitment to a checkpoint (salt and path in hex)."""

    canonical: str
    salt: str
    position: int
    path: tuple[str, ...]
    checkpoint: str

    def told(self) -> Told:
        """The fact as its text tells it. Raises: msgspec.MsgspecError, RecursionError."""
        return msgspec.json.decode(self.canonical, type=Told)

    def included(self, size: int, root: bytes) -> bool:
        """Whether the fact stands at its position in the tree of `size` facts under `root`. Raises: ValueError."""
        salt = bytes.fromhex(self.salt)
        if len(salt) != SALT_BYTES:  # else bytes of the salt could be told as the beginning of the fact
            raise ValueError("a salt has 32 bytes")
        leaf = tree.leaf_hash(tree.commitment(salt, self.canonical.encode()))
        return tree.included(leaf, self.position - 1, size, [bytes.fromhex(digest) for digest in self.path], root)


class Shown(msgspec.Struct, frozen=True):
    """Label and credits in words, and the names and titles of the release's ids when the file was made."""

    label: str
    credits: tuple[str, ...]
    names: dict[str, str]
    titles: dict[str, str]


class Carried(msgspec.Struct, frozen=True):
    """A release as a file carries it: its fact's body, when it was written, its proof, and its words."""

    release: dict[str, Any]
    at: str
    proof: Proof
    shown: Shown


def carried(found: Found) -> Carried | None:
    """The release that the credentials carry; None when they carry none, or one that cannot be read."""
    try:
        proof = msgspec.convert(found.assertion(PROOF), Proof)
        shown = msgspec.convert(found.assertion(CREDITS), Shown)
        text = proof.told()
        if (text.kind, text.version) != NAMES[ReleaseIssued]:
            return None
        body = to_body(from_body(text.kind, text.version, text.body))
    except (msgspec.MsgspecError, BadInput, ValueError, RecursionError):
        return None
    return Carried(body, text.at, proof, shown)
