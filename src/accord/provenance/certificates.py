"""A TEST certificate chain for content credentials, made on first use and kept with the instance's keys.

Root and signer are ECDSA P-256; the signer's extended key usage is emailProtection, which the C2PA specification (2.x,
"Certificate profile") accepts. No public trust list knows this root: it proves only that a file comes from the instance
whose trust file names it. To sign for the world, put a key and chain from an authority of the C2PA trust list into the
same file (private key, signer, intermediates, root); the trust file then names that root.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FILE = "credential.pem"
END = "-----END CERTIFICATE-----\n"
VALID_FROM, VALID_UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)


class Chain(msgspec.Struct, frozen=True):
    """PEM texts: the root that others trust, the signer's certificate with the root, and the signer's private key."""

    root: str
    certificates: str
    key: str


def chain(folder: Path) -> Chain:
    """The chain kept in `folder`, made there on first use; two processes that make it at once end with the same one."""
    file = folder / FILE
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _keep(file, made())
    text = file.read_text()
    start = text.index("-----BEGIN CERTIFICATE")
    certificates = text[start:]
    root = certificates.split(END)[-2].lstrip() + END
    return Chain(root, certificates, text[:start])


def made(owner: str = "Accord test instance") -> Chain:
    """A new chain. The root's private key is not kept: nothing else will ever be signed by it."""
    root_key, key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    root_name, name = _name(owner, "Accord TEST root"), _name(owner, "Accord TEST signer")
    root = _root(root_name, root_key)
    signer = _signer(name, key, root_name, root_key)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    root_pem, signer_pem = (c.public_bytes(Encoding.PEM).decode() for c in (root, signer))
    return Chain(root_pem, signer_pem + root_pem, secret.decode())


def _root(name: x509.Name, key: EllipticCurvePrivateKey) -> x509.Certificate:
    return (
        _certificate(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signing=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _signer(
    name: x509.Name, key: EllipticCurvePrivateKey, root_name: x509.Name, root_key: EllipticCurvePrivateKey
) -> x509.Certificate:
    return (
        _certificate(name, root_name, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signing=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )


def _certificate(name: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_UNTIL)
    )


def _name(owner: str, common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, owner), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _usage(signing: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signing, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=not signing, crl_sign=not signing, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _keep(file: Path, new: Chain) -> None:
    """Write beside, then link: if another process was first, its chain stays."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(new.key + new.certificates)
        out.flush()
        os.fsync(out.fileno())
    with suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()
