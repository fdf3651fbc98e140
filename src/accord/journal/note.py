"""Signed notes and checkpoints in the C2SP formats (signed-note, tlog-checkpoint), with Ed25519 keys.

A checkpoint is the note `origin`, `size`, `base64(root)`; its signature lines begin with `—` (U+2014). There is room
for several signatures, so that witnesses can add theirs.
"""

from __future__ import annotations

import base64
import binascii
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from accord.terms.refusal import BadInput

ED25519 = b"\x01"


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


def open_checkpoint(note: str, verifier: str) -> Checkpoint:
    """The checkpoint in `note`, if the key named by `verifier` signed it.

    Raises: BadInput when the note is not a checkpoint, or is not signed by that key.
    """
    try:
        name, _, encoded = verifier.split("+", 2)
        public = base64.b64decode(encoded, validate=True)[1:]
        text, _, signatures = note.rpartition("\n\n")
        origin, size, root = (text + "\n").split("\n")[:3]
        checkpoint = Checkpoint(origin, int(size), base64.b64decode(root, validate=True), note)
    except (ValueError, binascii.Error):
        raise BadInput("the checkpoint cannot be read", why="it is not a signed note of three lines") from None
    for line in signatures.splitlines():
        if _signed(line, name, public, (text + "\n").encode()):
            return checkpoint
    raise BadInput(
        "the checkpoint is not signed by the journal's key", do="use the trust file of the instance that made it"
    )


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
