"""The files of a closed period: written once into the vault, read again by projectors and queries."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

import msgspec
import pyarrow as pa
import pyarrow.parquet as parquet

from accord.payouts.closing import Closing
from accord.payouts.facts import NamedFile
from accord.payouts.records import Pool, Posting
from accord.vault import actions as vault


def keep(closing: Closing, pools: Iterable[Pool]) -> tuple[NamedFile, ...]:
    """Put everything a close leaves into the vault. The same close leaves the same files, by name."""
    lines = {"pools": pools, "postings": closing.postings}
    named = {name: vault.put(_lines(records)) for name, records in lines.items()}
    named["statements"] = vault.put(b"".join(text + b"\n" for _, text in closing.statements))
    for name, table in closing.allocation.tables.items():
        named[name] = vault.put(_parquet(table))
    return tuple(NamedFile(name, digest) for name, digest in sorted(named.items()))


def table(files: Mapping[str, str], name: str) -> pa.Table:
    """A Parquet file of a close."""
    return parquet.read_table(vault.local_path(files[name]))


def pools(files: Mapping[str, str]) -> list[Pool]:
    """The pools of a close."""
    return [msgspec.json.decode(line, type=Pool) for line in vault.read(files["pools"]).splitlines()]


def postings(files: Mapping[str, str]) -> list[Posting]:
    """The postings of a close."""
    return [msgspec.json.decode(line, type=Posting) for line in vault.read(files["postings"]).splitlines()]


def _lines(records: Iterable[object]) -> bytes:
    return b"".join(msgspec.json.encode(record, order="sorted") + b"\n" for record in records)


def _parquet(rows: pa.Table) -> bytes:
    file = io.BytesIO()
    parquet.write_table(rows, file, compression="zstd")
    return file.getvalue()
