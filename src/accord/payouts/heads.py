"""Statements as bytes: the file that a close writes them to, one a line, and the head of each, read from its bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

import msgspec

from accord.payouts.records import StatementHead
from accord.payouts.tables import Folder

SUMS = tuple(name for name in StatementHead.__struct_fields__ if name.endswith("_micros"))


class Statements:
    """The statements of a close in a file, one a line, in the order of currency and party; only their heads are held."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder  # which goes when nobody holds it
        self.path = folder.path / "statements.jsonl"
        self.path.write_bytes(b"")
        self.heads: list[StatementHead] = []

    def __iter__(self) -> Iterator[tuple[StatementHead, bytes]]:
        """Each head with the statement's bytes."""
        with open(self.path, "rb") as file:
            for head, text in zip(self.heads, file, strict=True):
                yield head, text.rstrip(b"\n")

    def __len__(self) -> int:
        return len(self.heads)

    def add(self, texts: Iterable[bytes]) -> int:
        """Write more of them; returns how many."""
        before = len(self.heads)
        with open(self.path, "ab") as file:
            for text in texts:
                file.write(text + b"\n")
                self.heads.append(head_of(text))
        return len(self.heads) - before


class _Said(msgspec.Struct):
    """What a head says of a statement's document."""

    statement: str
    party: str
    period: str
    currency: str
    summary: dict[str, str]


def head_of(text: bytes) -> StatementHead:
    """The head of a statement from its bytes alone, so that whoever holds the bytes holds all there is."""
    said = msgspec.json.decode(text, type=_Said)
    return StatementHead(
        id=said.statement,
        party=said.party,
        period=said.period,
        currency=said.currency,
        digest=f"sha256:{sha256(text).hexdigest()}",
        **{name: int(said.summary[name]) for name in SUMS},
    )
