"""Sums over the ledger's entries, exact beyond 64 bits (SQLite's own SUM stops there)."""

from __future__ import annotations

from django.db.models import F, QuerySet, Sum

from accord.payouts.models import EntryRow
from accord.terms.money import MICROS


def sums(rows: QuerySet[EntryRow], *by: str) -> dict[tuple[str, ...], int]:
    """The values of `by` → the sum of the entries, debits positive; sums of zero are left out. In the order of `by`."""
    units, rest = Sum(F("amount_micros") / MICROS), Sum(F("amount_micros") % MICROS)
    grouped = rows.values(*by).annotate(units=units, rest=rest).order_by(*by)
    found = {tuple(row[name] for name in by): int(row["units"]) * MICROS + int(row["rest"]) for row in grouped}
    return {key: amount for key, amount in found.items() if amount}
