"""The private store: personal data, encrypted with one key per subject, erasable, apart from facts and rebuilds.

A fact names an object by its reference, a salted hash of the content: it proves later what was stored, and tells nothing.
Erasing a subject destroys its key and objects here. A backup made before still holds both (the wrapped key lies beside the
objects), so backups of the private store must be short-lived.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from accord.journal.keys import secret

SCHEMA = """
CREATE TABLE IF NOT EXISTS subject (subject TEXT PRIMARY KEY, wrapped BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS object (ref TEXT PRIMARY KEY, subject TEXT NOT NULL, kind TEXT NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS object_subject ON object (subject, kind);
"""
_connections = threading.local()


def put(subject: str, kind: str, data: dict[str, Any] | bytes) -> str:
    """Store `data` about `subject`; returns the reference for a fact (`prv:<hex>`). Kept even if the fact is undone."""
    plain = data if isinstance(data, bytes) else json.dumps(data, sort_keys=True, ensure_ascii=False).encode()
    salt = os.urandom(16)
    ref = f"prv:{sha256(salt + plain).hexdigest()}"
    store = _store()
    with store:
        sealed = _seal(_subject_key(store, subject), salt + plain, ref)
        store.execute("INSERT OR REPLACE INTO object VALUES (?, ?, ?, ?)", (ref, subject, kind, sealed))
    return ref


def get_bytes(ref: str) -> bytes | None:
    """The content of `ref`, or None once its subject is erased."""
    return get_many_bytes([ref]).get(ref)


def get(ref: str) -> dict[str, Any] | None:
    """The record behind `ref`, or None once its subject is erased."""
    return get_many([ref]).get(ref)


def get_many(refs: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Reference → record, for those that still exist; one query for all of them."""
    return {ref: json.loads(plain) for ref, plain in get_many_bytes(refs).items()}


def get_many_bytes(refs: Iterable[str]) -> dict[str, bytes]:
    """Reference → content, for those that still exist."""
    wanted = list(dict.fromkeys(refs))
    store, found = _store(), {}
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        marks = ",".join("?" * len(some))
        rows = store.execute(
            f"SELECT ref, sealed, wrapped FROM object JOIN subject USING (subject) WHERE ref IN ({marks})",  # noqa: S608 - question marks only
            some,
        )
        for ref, sealed, wrapped in rows:
            found[ref] = _open(_open(_master(), wrapped, "subject"), sealed, ref)[16:]
    return found


def erase(subject: str) -> int:
    """Destroy the subject's key and objects; returns how many objects there were."""
    store = _store()
    with store:
        gone = store.execute("DELETE FROM object WHERE subject = ?", (subject,)).rowcount
        store.execute("DELETE FROM subject WHERE subject = ?", (subject,))
    return gone


def remove(ref: str) -> None:
    """Destroy one object; its subject's others stay. What is not there is gone already."""
    store = _store()
    with store:
        store.execute("DELETE FROM object WHERE ref = ?", (ref,))
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that no older page of the log holds it either


def _store() -> sqlite3.Connection:
    file = Path(settings.ACCORD_HOME) / "private" / "private.sqlite3"
    held: dict[str, sqlite3.Connection] = getattr(_connections, "held", {})
    _connections.held = held
    key = f"{os.getpid()}:{file}"
    if key not in held:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        store = sqlite3.connect(file, timeout=30)
        store.execute("PRAGMA journal_mode=WAL")
        store.execute("PRAGMA secure_delete=ON")
        store.executescript(SCHEMA)
        held[key] = store
    return held[key]


def _subject_key(store: sqlite3.Connection, subject: str) -> bytes:
    row = store.execute("SELECT wrapped FROM subject WHERE subject = ?", (subject,)).fetchone()
    if row is None:
        wrapped = _seal(_master(), AESGCM.generate_key(256), "subject")
        store.execute("INSERT OR IGNORE INTO subject VALUES (?, ?)", (subject, wrapped))
        row = store.execute("SELECT wrapped FROM subject WHERE subject = ?", (subject,)).fetchone()
    return _open(_master(), row[0], "subject")


def _master() -> bytes:
    return secret("private.key")


def _seal(key: bytes, plain: bytes, label: str) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, label.encode())


def _open(key: bytes, sealed: bytes, label: str) -> bytes:
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], label.encode())
