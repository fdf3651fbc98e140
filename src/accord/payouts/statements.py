"""Statements as documents: canonical JSON, named by their content, made of ids alone, written one after the other.

The same period closed again gives the same bytes. Amounts are decimal strings of micros; keys are sorted; there is no
number that a reader of JSON could round (RFC 8785 form: our keys are ASCII and our only numbers are small integers).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
import pyarrow as pa

from accord.engine.running import open_engine, rule
from accord.payouts.adjusting import Adjustment
from accord.payouts.allocation import Leak
from accord.payouts.books import Books, Tally
from accord.payouts.fees import USE, Fee
from accord.payouts.lines import Lines
from accord.payouts.order import PPM, Order
from accord.payouts.records import SUMMARY, Account, Pay, Pool
from accord.terms.money import text
from accord.terms.share import percent

FORMAT = "accord.statement/1"
Row = dict[str, Any]
#: accounts whose lines stand on a party's statement
ON_STATEMENT = (Account.DUE, Account.DIRECT, Account.CREATOR, Account.ESCROW)

#: sums that are there since the order has the step
BY_STEP = {
    **dict.fromkeys(("fees", "matched", "redistributed", "lump_sums"), "fees"),
    "reserved": "reserve",
    "reserve_released": "reserve",
}
#: what a line says as the table of lines does
AS_THEY_ARE = (
    *("account", "kind", "reading", "subject", "claimed", "deal", "clause", "plays"),
    *("side", "claim_share", "rate_ppm", "share", "reason"),
)


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What every statement of a close says about how it came about."""

    period: str
    known: int  # the journal position up to which facts were taken into account
    order: str
    rules: tuple[tuple[str, str], ...]  # SQL file → hash
    attribution: Mapping[str, Sequence[Row]] = {}  # feature → how far what its models wrote followed attribution


def statement_id(period: str, currency: str, party: str) -> str:
    """`stm-2026-Q3-EUR-par_000001`."""
    return f"stm-{period}-{currency}-{party}"


def render(document: Mapping[str, Any]) -> bytes:
    """Canonical bytes."""
    return msgspec.json.encode(document, order="sorted")


def documents(basis: Basis, books: Books, pools: Sequence[Pool], lines: Lines) -> Iterator[bytes]:
    """One statement per party with anything to say, in the order of party ids; one at a time is held in memory."""
    adjusted, fees = _adjustments(books), _fees(books)
    pool_of = {pool.number: pool for pool in pools}
    with closing(_by_party(lines, pools)) as every:
        by_party = Each(groupby(every, itemgetter("party")))
        for party in sorted(books.tallies):
            tally = books.tallies[party]
            shown = _Shown(books.order)
            for row in by_party.of(party):
                shown.add(row, pool_of[row["pool"]], books.deals.get(row["deal"]))
            said = (
                shown.count,
                adjusted[party],
                tally.guarantees,
                tally.opening_micros,
                tally.open_advances,
                tally.advances,
                tally.released,
                tally.reserve_released,
                fees[party],
                tally.joined,
            )
            if any(said):
                changes = [_adjustment(n, one) for n, one in enumerate(adjusted[party], shown.count + 1)]
                charged = [
                    _fee(n, one, books.order, books.deals.get(one.deal))
                    for n, one in enumerate(fees[party], shown.count + len(changes) + 1)
                ]
                yield render(_document(basis, books, tally, shown, changes, charged))
        if by_party.left:
            raise Leak("lines of a party stand on no statement: it has no account in the books")


class Each:
    """Groups in the order of their keys, each asked for by its key, in that order; some keys have no group."""

    def __init__(self, groups: Iterator[tuple[str, Iterator[Row]]]) -> None:
        self._groups = groups
        self._next = next(groups, None)

    @property
    def left(self) -> bool:
        """Whether a group was not asked for."""
        return self._next is not None

    def of(self, key: str) -> Iterator[Row]:
        """The rows of a key; to be read to their end."""
        if self._next is not None and self._next[0] == key:
            yield from self._next[1]
            self._next = next(self._groups, None)


def _by_party(lines: Lines, pools: Sequence[Pool]) -> Generator[Row, None, None]:
    """The lines that stand on statements, by party, and of each as its statement lists them. Sorted by the engine that is
    always there, which spills what does not fit; the pools are of one currency.
    """
    placed = sorted(pools, key=lambda pool: (pool.feature, pool.territory))
    numbers = {"pool": [pool.number for pool in placed], "place": list(range(len(placed)))}
    schema = pa.schema([("pool", pa.int64()), ("place", pa.int64())])
    with open_engine("duckdb") as engine:
        engine.table("lines", [lines.path])
        engine.table("placed", pa.table(numbers, schema=schema))
        capped = "capped_micros" if lines.capped else "0"
        engine.run(rule("payouts/shown"), "shown", {"capped": capped})
        for part in engine.parts("shown", "party, place, subject, reading, told"):
            yield from part.to_pylist()


class _Shown:
    """The lines of one statement, written as they come."""

    def __init__(self, order: Order) -> None:
        self.count = 0
        self.cut: set[str] = set()
        self.raised: set[tuple[str, str, str]] = set()
        self._order = order
        self.features: set[str] = set()
        self._texts: list[bytes] = []

    def add(self, row: Row, pool: Pool, pay: Pay | None) -> None:
        """One more line."""
        self.count += 1
        self.features.add(pool.feature)
        line = _line(self.count, row, pool, pay)
        if "capped_micros" in line:
            self.cut.add(line["deal"])
        if "raised_from_ppm" in line:
            self.raised.add((line["deal"], "rate", _from_to(line["raised_from_ppm"], line["rate_ppm"])))
        artists_ppm = _artists_ppm(row, pay) if self._order.says_raised else None
        if pay is not None and artists_ppm is not None:
            line["artists_raised_from_ppm"] = pay.featured_artist_ppm
            words = "featured artists’ direct part"
            self.raised.add((line["deal"], words, _from_to(pay.featured_artist_ppm, artists_ppm)))
        self._texts.append(render(line))

    def text(self) -> msgspec.Raw:
        """All of them, as a list."""
        return msgspec.Raw(b"[" + b",".join(self._texts) + b"]")


def _adjustments(books: Books) -> defaultdict[str, list[Adjustment]]:
    found: defaultdict[str, list[Adjustment]] = defaultdict(list)
    for change in books.changes:
        for one in change.adjustments:
            if one.recipient.account in ON_STATEMENT:
                found[one.recipient.party].append(one)
    return found


def _fees(books: Books) -> defaultdict[str, list[Fee]]:
    found: defaultdict[str, list[Fee]] = defaultdict(list)
    for one in sorted(books.fees, key=lambda fee: (fee.of, fee.key)):
        found[one.recipient.party].append(one)
    return found


def _fee(number: int, one: Fee, order: Order, pay: Pay | None) -> dict[str, Any]:
    """A line about a fee: how often, what for each time, and the recipient's share of what its deal is paid there."""
    to = one.recipient
    of = {"of": one.of} if one.of else {}
    own = (pay.fee_per_use_micros if one.kind == USE else pay.fee_per_training_run_micros) if pay else one.each_micros
    if order.says_raised and own < one.each_micros:
        of["raised_from_micros"] = str(own)
    return of | {
        "line": number,
        "account": to.account.value,
        "kind": one.kind,
        "feature": one.feature,
        "territory": one.territory,
        "about": one.about,
        "subject": one.subject,
        "claimed": to.claimed,
        "claims": list(to.claims),
        "deal": to.deal,
        "clause": to.clause,
        "plays": 0,
        "times": one.times,
        "each_micros": str(one.each_micros),
        "side": _fraction(to.side),
        "claim_share": _fraction(to.claim_share),
        "share": _fraction(one.share),
        "amount_micros": str(one.amount_micros),
        "reason": to.reason,
    }


def _artists_ppm(row: Row, pay: Pay | None) -> int | None:
    """The direct part that a label's line leaves its featured artists, where a better deal raised it above the deal's own."""
    whole = Fraction(row["side"]) * Fraction(row["claim_share"]) * Fraction(row["rate_ppm"], PPM)
    if pay is None or row["account"] not in (Account.DUE, Account.ESCROW) or row["party"] != pay.licensor or not whole:
        return None
    direct = (1 - Fraction(row["share"]) / whole) * PPM
    return int(direct) if direct > pay.featured_artist_ppm else None


def _line(number: int, row: Row, pool: Pool, pay: Pay | None) -> dict[str, Any]:
    cut: dict[str, Any] = {"capped_micros": str(row["capped_micros"])} if row["capped_micros"] else {}
    if pay is not None and pay.rate_ppm < row["rate_ppm"]:
        cut["raised_from_ppm"] = pay.rate_ppm
    return {
        "line": number,
        **cut,
        "feature": pool.feature,
        "territory": pool.territory,
        "pool": pool.number,
        **({} if pool.model is msgspec.UNSET else {"pool_model": pool.weighs.name}),
        "claims": row["claims"].split("+") if row["claims"] else [],
        **{name: row[name] for name in AS_THEY_ARE},
        **{name: str(row[name]) for name in ("earned_micros", "amount_micros", "left_over_micros")},
    }


def _adjustment(number: int, one: Adjustment) -> dict[str, Any]:
    """A line about a period that was closed before: what it gave, what it would give, the difference, and why."""
    to = one.recipient
    return {
        "line": number,
        "of": one.period,
        "account": to.account.value,
        "kind": one.kind,
        "feature": one.feature,
        "territory": one.territory,
        "subject": one.subject,
        "claimed": to.claimed,
        "claims": list(to.claims),
        "deal": to.deal,
        "clause": to.clause,
        "plays_before": one.plays_before,
        "plays": one.plays,
        "share": _fraction(to.share),
        "given_micros": str(one.given_micros),
        "restated_micros": str(one.restated_micros),
        "amount_micros": str(one.amount_micros),
        "reason": to.reason,
        "because": list(one.because),
    }


def _document(
    basis: Basis,
    books: Books,
    tally: Tally,
    shown: _Shown,
    adjustments: list[dict[str, Any]],
    fees: list[dict[str, Any]],
) -> dict[str, Any]:
    extra: dict[str, Any] = {"adjustments": adjustments} if books.order.adjusts else {}
    if books.order.does("fees"):
        extra |= {"fees": fees}
        names = {"matched": "matched_later", "redistributed": "redistributed", "lump": "lump_sums"}
        extra |= {name: _amounts(tally.joined.get(kind, {})) for kind, name in names.items()}
    if books.order.does("reserve"):
        extra |= {"reserved": _amounts(tally.reserved), "reserve_released": _amounts(tally.reserve_released)}
    if books.order.says_attribution:
        about = sorted(shown.features | {one["feature"] for one in adjustments})
        extra["attribution"] = [one for feature in about for one in basis.attribution.get(feature, ())]
    return {
        "format": FORMAT,
        "statement": statement_id(basis.period, books.currency, tally.party),
        "party": tally.party,
        "period": basis.period,
        "currency": books.currency,
        "known": basis.known,
        "order": {"version": basis.order, "steps": list(books.order.steps)},
        "rules": dict(basis.rules),
        "lines": shown.text(),
        **extra,
        "advances_paid": _amounts(tally.advances),
        "released_from_escrow": _amounts(tally.released),
        "guarantees": _amounts(tally.guarantees),
        "recouped": _amounts(tally.recouped),
        "still_to_recoup": _amounts(tally.open_advances),
        "summary": {f"{name}_micros": str(getattr(tally, f"{name}_micros")) for name in _summed(books.order)},
        "notes": _notes(tally) + _cut(shown.cut) + _raised(shown.raised | _charged(fees, books.currency)),
    }


def _summed(order: Order) -> tuple[str, ...]:
    """The sums of a summary; what an order's version does not do is not among them."""
    without = set() if order.adjusts else {"adjusted"}
    without |= {name for name, step in BY_STEP.items() if not order.does(step)}
    return tuple(name for name in SUMMARY if name not in without)


def _notes(tally: Tally) -> list[str]:
    notes = []
    if tally.waiting and tally.balance_micros:
        notes.append("the balance is below the threshold and is carried forward")
    if tally.escrow_micros:
        notes.append("the share in dispute stands in escrow until the dispute is resolved")
    if tally.released_micros:
        notes.append("a dispute has ended: what stood in escrow is in this statement")
    if tally.adjusted_micros:
        notes.append("earlier statements stay as they were: what came in since is adjusted here")
    if tally.guarantee_micros > 0:
        notes.append("the guarantee is funded by the platform")
    if tally.matched_micros:
        notes.append(
            "it turned out whose money it was that waited unmatched: it is in this statement, at the rate it waited at"
        )
    if tally.redistributed_micros:
        notes.append(
            "nobody claimed some money in time: it is shared by what was matched in the same feature and period"
        )
    if "lump" in tally.joined:
        notes.append("a lump sum under a deal is shared as the deal says")
    if tally.fees_micros:
        notes.append("fees per use and per training run are funded by the platform")
    if tally.reserved:
        notes.append("part of what was earned is kept back for some periods, as the deal says, and then released")
    if tally.reserve_released:
        notes.append("what was kept back of earlier periods is in this statement")
    if tally.advances:
        notes.append("the advance is funded by the platform and goes against what its deal earns")
    return notes


def _cut(deals: set[str]) -> list[str]:
    return [f"{deal} earned its cap: what was above it is the platform's" for deal in sorted(deals)]


def _raised(found: set[tuple[str, str, str]]) -> list[str]:
    """What most-favoured clauses raised, by deal, term and by how much."""
    return [
        f"{deal} is most favoured: its {term} of {how_far}, which was agreed elsewhere"
        for deal, term, how_far in sorted(found)
    ]


def _from_to(own_ppm: int, ppm: int) -> str:
    return f"{percent(Fraction(own_ppm, PPM))} % is raised to {percent(Fraction(ppm, PPM))} %"


def _charged(fees: Iterable[Row], currency: str) -> set[tuple[str, str, str]]:
    """The fees that most-favoured clauses raised."""
    return {
        (
            one["deal"],
            one["kind"].replace("-", " "),
            f"{text(int(one['raised_from_micros']))} {currency} is raised to {text(int(one['each_micros']))} {currency}",
        )
        for one in fees
        if "raised_from_micros" in one
    }


def _fraction(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _amounts(by_name: Mapping[str, int]) -> dict[str, str]:
    """By deal, or by the claims that were in dispute."""
    return {name: str(amount) for name, amount in sorted(by_name.items())}
