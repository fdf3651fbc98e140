"""What went out: the payments that were made, the runs they were in, and which statements they paid."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from accord.payouts.models import PaymentRow, PeriodRow
from accord.payouts.paying import Due
from accord.payouts.records import StatementHead
from accord.terms.instant import Instant

MOST_ASKED = 500  # parties whose payments are asked for by name; of more, all are read


class Paid(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that was made. `run` is empty where it went by other means than the bank."""

    payment: str
    run: str
    at: Instant
    party: str
    currency: str
    amount_micros: int


def payments() -> list[Paid]:
    """Every payment, oldest first."""
    rows = PaymentRow.objects.order_by("position").values(*Paid.__struct_fields__)
    return [Paid(**row) for row in rows]


class Run(NamedTuple):
    """What went out by the bank at once, and its sums by currency."""

    run: str
    at: Instant
    payments: int
    sums: list[tuple[str, int]]


def runs(made: Iterable[Paid]) -> list[Run]:
    """The runs that these payments were in, oldest first; what went by other means than the bank is in none."""
    by_run: defaultdict[str, list[Paid]] = defaultdict(list)
    for one in made:
        if one.run:
            by_run[one.run].append(one)
    return [Run(run, mine[0].at, len(mine), sorted(sums(mine).items())) for run, mine in by_run.items()]


def sums(some: Iterable[Paid | Due]) -> Counter[str]:
    """Currency → what these come to."""
    found: Counter[str] = Counter()
    for one in some:
        found[one.currency] += one.amount_micros
    return found


def paid_on(heads: Iterable[StatementHead]) -> dict[str, Instant]:
    """Statement → when what it made payable went out; those of which nothing did are left out.

    A payment takes all that is payable to its party in its currency, so the first one after a close pays what that close
    made payable.
    """
    some = list(heads)
    closes = dict(PeriodRow.objects.values_list("period", "position"))
    mine, rows = {one.party for one in some}, PaymentRow.objects.order_by("position")
    rows = rows.filter(party__in=sorted(mine)) if len(mine) <= MOST_ASKED else rows
    made: defaultdict[tuple[str, str], list[tuple[int, Instant]]] = defaultdict(list)
    for party, currency, position, at in rows.values_list("party", "currency", "position", "at"):
        made[party, currency].append((position, at))
    found = {}
    for one in some:
        after = (at for position, at in made[one.party, one.currency] if position > closes.get(one.period, position))
        if one.payable_micros and (when := next(after, None)) is not None:
            found[one.id] = when
    return found


def standing(heads: Iterable[StatementHead]) -> list[tuple[str, int, int, int]]:
    """(currency, what is still to go out of what statements made payable, what they made payable in all, how many did)."""
    some = [one for one in heads if one.payable_micros]
    went, left, whole, count = paid_on(some), Counter[str](), Counter[str](), Counter[str]()
    for one in some:
        whole[one.currency] += one.payable_micros
        count[one.currency] += 1
        left[one.currency] += 0 if one.id in went else one.payable_micros
    return [(currency, left[currency], whole[currency], count[currency]) for currency in sorted(whole)]
