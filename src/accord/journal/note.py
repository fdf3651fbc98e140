"""Signed notes and checkpoints in the C2SP formats (signed-note, tlog-checkpoint), with Ed25519 keys.

A checkpoint is the note `origin`, `size`, `base64(root)`; its signature lines begin with `—` (U+2014). There is room
for several signatures, so that witnesses can add theirs.
"""

from __future__ import annotations

import base64
import binascii
import re
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from accord.terms.refusal import BadInput

ED25519 = b"\x01"
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class Checkpoint(msgspec.Struct, frozen=True):
    """A signed statement: the journal `origin` held `size` facts with this `root` (32 bytes). `note` is its text."""

    origin: str
    size: int
    root: bytes
    note: str


def key_id(name: str, public: bytes) -> bytes:
    """C2SP signed-note: the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key)."""
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def verifier_key(name: str, key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """`name+hash+base64`: the text that others put into their trust files."""
    public = _raw(key)
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def sign_checkpoint(origin: str, size: int, root: bytes, key: Ed25519PrivateKey) -> Checkpoint:
    """A checkpoint of `size` facts under `root`, signed by the journal's own key."""
    text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
    signature = key_id(origin, _raw(key)) + key.sign(text.encode())
    return Checkpoint(origin, size, root, f"{text}\n— {origin} {base64.b64encode(signature).decode()}\n")


def read_verifier(text: str) -> tuple[str, bytes]:
    """Name and Ed25519 public key (32 bytes) of a verifier key. Raises: BadInput when it is not one."""
    try:
        name, hashed, encoded = text.split("+", 2)
        key = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raise BadInput(f"`{text}` is not a verifier key", why="it is not of the form name+hash+key") from None
    if key[:1] != ED25519 or len(key) != 33:
        raise BadInput(f"`{text}` is not a verifier key that can be used", why="its key is not an Ed25519 key")
    if not name or key_id(name, key[1:]).hex() != hashed:
        raise BadInput(f"`{text}` is not a verifier key that can be used", why="its hash is not that of name and key")
    return name, key[1:]


def open_checkpoint(note: str, verifier: str) -> Checkpoint:
    """The checkpoint in `note`, if the key named by `verifier` signed it.

    Raises: BadInput when the note is not a checkpoint, or is not signed by that key.
    """
    name, public = read_verifier(verifier)
    text, _, signatures = note.rpartition("\n\n")
    checkpoint = _read(text, note)
    for line in signatures.split("\n"):
        if _signed(line, name, public, (text + "\n").encode()):
            return checkpoint
    raise BadInput(
        "the checkpoint is not signed by the journal's key", do="use the trust file of the instance that made it"
    )


def _read(text: str, note: str) -> Checkpoint:
    """Origin, size (decimal, no leading zero) and root of 32 bytes; further lines are extensions, which say nothing here."""
    try:
        origin, size, root = text.split("\n")[:3]
        digest = base64.b64decode(root, validate=True)
        if not origin or not SIZE.fullmatch(size) or len(digest) != 32:
            raise ValueError("not a checkpoint")
        return Checkpoint(origin, int(size), digest, note)
    except (ValueError, binascii.Error):
        raise BadInput("the checkpoint cannot be read", why="it is not a signed note of three lines") from None


def _signed(line: str, name: str, public: bytes, text: bytes) -> bool:
    prefix = f"— {name} "
    if not line.startswith(prefix):
        return False
    try:
        blob = base64.b64decode(line[len(prefix) :], validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(blob[4:], text)
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return blob[:4] == key_id(name, public)


def _raw(key: Ed25519PrivateKey | Ed25519PublicKey) -> bytes:
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)
