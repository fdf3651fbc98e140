"""Rate tables: declared by finance for a period, with their source and day; a later declaration is a new version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from accord.journal.actions import writing
from accord.metering.periods import parse
from accord.payouts.exchanging import Rate, RateTable
from accord.payouts.facts import DeclaredRate, RatesDeclared
from accord.payouts.models import RatesRow
from accord.terms.currency import checked
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
#: a rate as it is published: up to twelve decimals, or as a fraction
DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?|[0-9]{1,24}/[0-9]{1,24}")
LONGEST_SOURCE = 200
LONGEST_DECIMALS = 12


def declare(
    table: str, period: str, rates: Mapping[str, str], *, to: str, source: str, on: date, at: Instant, actor: str
) -> str:
    """What one unit of each currency is worth in `to` over a period; a later declaration replaces it for later closes.

    Rates are exact: decimals as published, or `n/d`. Returns the id of this version.
    Raises: BadInput for a name, currency, rate or source that cannot be.
    """
    span = parse(period)
    if not NAME.fullmatch(table):
        raise BadInput(
            f"`{table[:60]}` is not a name of a rate table", do="use small letters, digits and dashes, such as `ecb`"
        )
    if not 0 < len(source.strip()) <= LONGEST_SOURCE:
        raise BadInput("a rate table needs its source", f"table `{table}`", do="say who published the rates")
    if not rates:
        raise BadInput("no rate is given", f"table `{table}`", do="write them as USD=0.92")
    found = tuple(DeclaredRate(checked(currency), _exact(currency, rate)) for currency, rate in sorted(rates.items()))
    if checked(to) in rates:
        raise BadInput(f"{to} is worth one {to}", f"table `{table}`", do=f"leave {to} out of the rates")
    with writing(actor, at) as journal:
        before = RatesRow.objects.filter(table=table, period=span.text).count()
        declared = journal.mint("rat")
        journal.append(
            RatesDeclared(
                rates=declared,
                table=table,
                period=span.text,
                version=before + 1,
                currency=to,
                source=source.strip(),
                on=on.isoformat(),
                declared=found,
            )
        )
    return declared


def _exact(currency: str, text: str) -> str:
    if DECIMAL.fullmatch(text) and not text.endswith("/0") and (rate := Fraction(text)) > 0:
        return f"{rate.numerator}/{rate.denominator}"
    raise BadInput(f"`{text[:40]}` is not a rate", currency, do="write it as 0.0061 or as 61/10000, above zero")


def worth(rate: Fraction) -> str:
    """A rate as it is published where that is exact: `0.0061`; else `n/d`."""
    for places in range(LONGEST_DECIMALS + 1):
        scaled = rate * 10**places
        if scaled.denominator == 1:
            whole, part = divmod(scaled.numerator, 10**places)
            return f"{whole}.{part:0{places}d}" if places else str(whole)
    return str(rate)


def tables(period: str | None = None, known: int | None = None) -> dict[str, RateTable]:
    """Table → its newest version for a period, as known."""
    return {one.table: one for one in declared(period, known)}


def declared(period: str | None = None, known: int | None = None) -> list[RateTable]:
    """Every version of every table, oldest first; of one period, as known."""
    rows = RatesRow.objects.order_by("position")
    rows = rows.filter(period=period) if period is not None else rows
    rows = rows.filter(position__lte=known) if known is not None else rows
    return [
        RateTable(
            id=row.rates,
            table=row.table,
            period=row.period,
            version=row.version,
            currency=row.currency,
            source=row.source,
            on=date.fromisoformat(row.on),
            rates=tuple(Rate(*_read(line)) for line in row.body.splitlines()),
        )
        for row in rows
    ]


def _read(line: str) -> tuple[str, Fraction]:
    currency, _, rate = line.partition(" ")
    return currency, Fraction(rate)
