"""The trust file: what a stranger needs to check an instance's files and payments, and nothing secret.

JSON: `accord_trust` (the version, 1), `origin` and `journal` (the journal's name and C2SP verifier key),
`credential_root` (PEM, the root of the content credentials; several, where an instance changed its root), `witnesses`
(verifier keys of those who cosign checkpoints).
"""

from __future__ import annotations

from typing import Any

import msgspec
from cryptography.x509 import load_pem_x509_certificates

from accord.journal.note import read_verifier
from accord.terms.refusal import BadInput


class Trust(msgspec.Struct, frozen=True):
    """An instance's public keys."""

    origin: str
    journal: str
    credential_root: str
    witnesses: tuple[str, ...] = ()
    accord_trust: int = 1

    def document(self) -> dict[str, Any]:
        """The trust file as plain JSON values."""
        return dict(msgspec.to_builtins(self))


def dumps(trust: Trust) -> bytes:
    """The trust file's bytes: indented JSON, keys in order."""
    return msgspec.json.format(msgspec.json.encode(trust, order="sorted"), indent=2) + b"\n"


def loads(data: bytes, name: str = "the trust file") -> Trust:
    """Read a trust file. Raises: BadInput when it is not one, or names a key that cannot be used."""
    do = "make one with `accord trust`"
    try:
        trust = msgspec.json.decode(data, type=Trust)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"`{name}` is not a trust file", why=str(error).lower(), do=do) from None
    if trust.accord_trust != 1:
        raise BadInput(f"`{name}` is a trust file of version {trust.accord_trust}", why="this program reads 1", do=do)
    try:
        read_verifier(trust.journal)
        if not load_pem_x509_certificates(trust.credential_root.encode()):
            raise ValueError("no certificate")
    except BadInput as bad:
        raise BadInput(f"`{name}` is not a trust file that can be used", why=bad.sentence(), do=do) from None
    except ValueError:
        why = "its credential root is not a certificate"
        raise BadInput(f"`{name}` is not a trust file that can be used", why=why, do=do) from None
    return trust
