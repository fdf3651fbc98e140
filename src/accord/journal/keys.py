"""The journal's signing key and its folder on disk (shell). The key is made on first use and never leaves the folder."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from accord.journal.note import verifier_key


def keys_folder() -> Path:
    """Where secrets live: readable by the owner alone."""
    folder = Path(settings.ACCORD_HOME) / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def log_folder() -> Path:
    """Where tiles and the checkpoint are published."""
    folder = Path(settings.ACCORD_HOME) / "log"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def secret(name: str, length: int = 32) -> bytes:
    """The secret called `name`, made on first use. Two processes that make it at once end with the same one."""
    file = keys_folder() / name
    if file.exists():
        return file.read_bytes()
    draft = keys_folder() / f".{name}.{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(os.urandom(length))
        out.flush()
        os.fsync(out.fileno())
    with suppress(FileExistsError):  # another process was first: theirs is then the secret
        os.link(draft, file)
    draft.unlink()
    return file.read_bytes()


def journal_key() -> Ed25519PrivateKey:
    """The key that signs checkpoints."""
    return Ed25519PrivateKey.from_private_bytes(secret("journal.key"))


def origin() -> str:
    """The journal's name: it contains a hash of its key, so that two instances never share one."""
    public = journal_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"accord/{sha256(public).hexdigest()[:16]}"


def journal_verifier() -> str:
    """The text that goes into trust files."""
    return verifier_key(origin(), journal_key())
