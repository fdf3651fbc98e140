"""The files of a closed period: written once into the vault, read again by projectors and queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from hashlib import sha256
from typing import Any

import msgspec
import pyarrow as pa

from accord.metering.periods import Span
from accord.payouts import tables
from accord.payouts.adjusting import Adjustment
from accord.payouts.closing import Closing
from accord.payouts.exchanging import Exchanged
from accord.payouts.facts import NamedFile
from accord.payouts.fees import Fee
from accord.payouts.guarantees import Funded
from accord.payouts.lines import Lines, line_of
from accord.payouts.order import ORDERS
from accord.payouts.records import Account, Pool, Posting, Recipient
from accord.vault import actions as vault


def keep(closing: Closing, pools: Iterable[Pool]) -> tuple[NamedFile, ...]:
    """Put everything a close leaves into the vault. The same close leaves the same files, by name."""
    lines = {"pools": pools, "postings": closing.postings}
    named = {name: vault.put(_lines(records)) for name, records in lines.items()}
    named["statements"] = vault.put(closing.statements.path)
    for name, path in closing.allocation.tables.items():
        named[name] = vault.put(path)
    named |= _restated(closing)
    if ORDERS[closing.basis.order].adjusts:
        named["guarantees"] = vault.put(_lines(closing.funded))
    if closing.exchanged:
        named["exchanged"] = vault.put(_lines(closing.exchanged))
    if closing.fees:
        named["fees"] = vault.put(_lines(closing.fees))
    return tuple(NamedFile(name, digest) for name, digest in sorted(named.items()))


def _restated(closing: Closing) -> dict[str, str]:
    """How closed periods are divided now, under `<period>/<file>`, and the differences that went into this close."""
    named = {}
    for period, (pools, allocation) in closing.restated.items():
        named[f"{period}/pools"] = vault.put(_lines(pools))
        for name, path in allocation.tables.items():
            named[f"{period}/{name}"] = vault.put(path)
    for period, converted in closing.exchanged_restated.items():
        if converted:
            named[f"{period}/exchanged"] = vault.put(_lines(converted))
    for period, fees in closing.fees_restated.items():
        named[f"{period}/fees"] = vault.put(_lines(fees))
    if closing.changes:
        every = (one for change in closing.changes for one in change.adjustments)
        named["adjustments"] = vault.put(_lines(map(_flat, every)))
    return named


def _flat(one: Adjustment) -> dict[str, object]:
    to = one.recipient
    return {
        "period": one.period,
        "currency": one.currency,
        "account": to.account.value,
        "party": to.party,
        "deal": to.deal,
        "claims": list(to.claims),
        "amount": str(one.amount_micros),
    }


def named(text: str) -> dict[str, str]:
    """Lines of `name hash`, as a period's row keeps them."""
    pairs = (line.partition(" ") for line in text.splitlines())
    return {name: file for name, _, file in pairs}


def of_another(name: str) -> bool:
    """Whether a file is of a period that was divided again, and not of the close itself."""
    return "/" in name


def part(files: Mapping[str, str], period: str) -> dict[str, str]:
    """The files of a period that was divided again at a later close."""
    prefix = f"{period}/"
    return {name.removeprefix(prefix): file for name, file in files.items() if name.startswith(prefix)}


def adjustments(files: Mapping[str, str]) -> list[dict[str, Any]]:
    """What a close changed of closed periods: period, currency, account, party, deal, claims, amount (micros)."""
    if "adjustments" not in files:
        return []
    rows: list[dict[str, Any]] = [msgspec.json.decode(line) for line in vault.read(files["adjustments"]).splitlines()]
    return [row | {"amount": int(row["amount"])} for row in rows]


def fees(files: Mapping[str, str]) -> list[Fee]:
    """The fees of a close, and what they changed of closed periods."""
    if "fees" not in files:
        return []
    return [msgspec.json.decode(line, type=Fee, dec_hook=_fraction) for line in vault.read(files["fees"]).splitlines()]


def exchanged(files: Mapping[str, str]) -> list[Exchanged]:
    """What of the revenue of a close was reported in another currency."""
    if "exchanged" not in files:
        return []
    lines = vault.read(files["exchanged"]).splitlines()
    return [msgspec.json.decode(line, type=Exchanged, dec_hook=_fraction) for line in lines]


def _fraction(kind: type, value: object) -> object:
    if kind is Fraction:
        return Fraction(str(value))
    raise TypeError(f"a {kind.__name__} is not read here")


def digest(kept: Iterable[NamedFile]) -> str:
    """The hash of a draft: of the names and hashes of its files."""
    return "sha256:" + sha256("\n".join(f"{one.name} {one.file}" for one in kept).encode()).hexdigest()


def escrowed(files: Mapping[str, str]) -> Iterable[tuple[Recipient, str, int]]:
    """(recipient, currency, amount) of a close's lines and adjustments that went into escrow."""
    currencies = {pool.number: pool.currency for pool in pools(files)}
    for row in rows(files, "lines", account=Account.ESCROW.value):
        line = line_of(row)
        if line.amount_micros:
            yield line.recipient, currencies[line.pool], line.amount_micros
    for one in adjustments(files):
        if one["account"] == Account.ESCROW:
            names = {"party": one["party"], "deal": one["deal"], "claims": tuple(one["claims"])}
            yield Recipient(rank=0, claimed="", account=Account.ESCROW, **names), one["currency"], one["amount"]
    for fee in fees(files):
        if fee.recipient.account is Account.ESCROW:
            yield fee.recipient, fee.currency, fee.amount_micros


def funded(files: Mapping[str, str]) -> list[Funded]:
    """What a close added for guarantees; closes of order version 1 say it in their statements alone."""
    if "guarantees" in files:
        return [msgspec.json.decode(line, type=Funded) for line in vault.read(files["guarantees"]).splitlines()]
    documents = (msgspec.json.decode(text) for text in statements(files))
    return [
        Funded(deal=deal, of=Span(one["period"]).quarter, currency=one["currency"], amount_micros=int(amount))
        for one in documents
        for deal, amount in one["guarantees"].items()
    ]


def table(files: Mapping[str, str], name: str, names: Iterable[str] | None = None, **equal: Any) -> pa.Table:
    """A Parquet file of a close: the columns asked for, and of the rows those with these values (`tables.parts`)."""
    return tables.read(vault.checked_path(files[name]), names, **equal)


def names(files: Mapping[str, str], name: str) -> list[str]:
    """The columns of such a file."""
    return tables.names(vault.checked_path(files[name]))


def rows(
    files: Mapping[str, str], name: str, names: Iterable[str] | None = None, **equal: Any
) -> Iterator[dict[str, Any]]:
    """The same row by row, a part of them in memory at a time."""
    return tables.rows(vault.checked_path(files[name]), names, **equal)


def sums(
    files: Mapping[str, str], name: str, by: tuple[str, ...], of: str, **equal: Any
) -> Mapping[tuple[Any, ...], int]:
    """Sums of a column of such a file (`tables.sums`)."""
    return tables.sums(vault.checked_path(files[name]), by, of, **equal)


def lines(files: Mapping[str, str]) -> Lines:
    """The lines of a close."""
    return Lines(vault.checked_path(files["lines"]))


def statements(files: Mapping[str, str]) -> Iterator[bytes]:
    """The statements of a close, one after the other."""
    with open(vault.checked_path(files["statements"]), "rb") as file:
        for line in file:
            yield line.rstrip(b"\n")


def piece(file: str, start: int, length: int) -> bytes:
    """A piece of a file, such as one statement of many; whoever asks checks it by its own hash."""
    with open(vault.local_path(file), "rb") as content:
        content.seek(start)
        return content.read(length)


def pools(files: Mapping[str, str]) -> list[Pool]:
    """The pools of a close."""
    return [msgspec.json.decode(line, type=Pool) for line in vault.read(files["pools"]).splitlines()]


def postings(files: Mapping[str, str]) -> list[Posting]:
    """The postings of a close."""
    return [msgspec.json.decode(line, type=Posting) for line in vault.read(files["postings"]).splitlines()]


def _lines(records: Iterable[object]) -> bytes:
    return b"".join(msgspec.json.encode(record, order="sorted", enc_hook=str) + b"\n" for record in records)
