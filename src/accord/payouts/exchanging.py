"""Exchange: pools reported in another currency than the deals in play count in, by a period's rate table (pure).

A pool is counted in one currency. Where a deal in play names a rate table, the pool is converted into that deal's
currency before it is split, by the table's exact rate; all pools of one currency are converted together, so that what
comes out is the whole part of their sum times the rate, and each has its part by largest remainder.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

import msgspec

from accord.payouts.records import Pay, Pool
from accord.payouts.sharing import share_out
from accord.terms.money import text
from accord.terms.refusal import Refusal, Refused

Where = tuple[str, str]  # feature, territory


class Rate(msgspec.Struct, frozen=True):
    """What one unit of a currency is worth in the table's currency, exactly."""

    currency: str
    rate: Fraction


class RateTable(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a table's rates for a period: where they are from, and of which day."""

    id: str
    table: str
    period: str
    version: int
    currency: str
    source: str
    on: date
    rates: tuple[Rate, ...]

    def rate(self, currency: str) -> Fraction | None:
        """The rate of a currency; None when the table has none."""
        return next((one.rate for one in self.rates if one.currency == currency), None)


class Exchanged(msgspec.Struct, frozen=True, kw_only=True):
    """Revenue of a place that was converted: from what, into what, at which rate of which table (`rates`: its version's id).

    As a change of a closed period it may be below zero.
    """

    feature: str
    territory: str
    from_currency: str
    from_micros: int
    currency: str
    amount_micros: int
    table: str
    rates: str
    rate: Fraction

    @property
    def account(self) -> str:
        """The account that stands between the two currencies."""
        return f"exchange:{self.table}"


def exchange(
    pools: Sequence[Pool],
    in_play: Mapping[Where, Sequence[Pay]],
    tables: Mapping[str, Sequence[RateTable]],
    period: str,
) -> tuple[tuple[Pool, ...], tuple[Exchanged, ...]]:
    """The pools in the currencies that their deals count in, and what was converted; `tables` are the period's, by name: the first
    version that has a rate counts.

    Raises: Refused when a rate is missing, or the deals in play in one place do not count in one currency.
    """
    groups: defaultdict[tuple[str, str, str], list[Pool]] = defaultdict(list)
    kept = []
    for pool in pools:
        wanted = _wanted(pool, in_play.get((pool.feature, pool.territory), ()))
        if wanted is None:
            kept.append(pool)
        else:
            groups[(*wanted, pool.currency)].append(pool)
    found: list[Exchanged] = []
    for (table, currency, from_currency), mine in sorted(groups.items()):
        found += _converted(mine, _table(tables, table, currency, from_currency, mine[0], period), from_currency)
    return _merged(kept, found, {_place(pool): pool.reports for pool in pools}), tuple(found)


def _wanted(pool: Pool, in_play: Sequence[Pay]) -> tuple[str, str] | None:
    """(table, currency) that a pool is converted by and into; None where it stays as it is."""
    naming = [pay for pay in in_play if pay.rate_table]
    wanted = sorted({(pay.rate_table or "", pay.currency) for pay in naming if pay.currency != pool.currency})
    if not wanted:
        return None
    currencies = {pay.currency: pay.deal for pay in reversed(in_play)}
    if len(wanted) == 1 and len(currencies) == 1:
        return wanted[0]
    told = sorted(
        {f"{pay.deal} counts in {pay.currency}{f' by {pay.rate_table}' if pay.rate_table else ''}" for pay in in_play}
    )
    raise Refused(
        Refusal(
            code="payouts.no-one-currency",
            because=f"{pool.feature} in {pool.territory} is reported in {pool.currency}, and {', '.join(told)}",
            hint="a pool is counted in one currency: agree with the licensors on one currency and one rate table",
            subject=f"{pool.feature} in {pool.territory}",
        )
    )


def _table(
    tables: Mapping[str, Sequence[RateTable]], name: str, currency: str, from_currency: str, pool: Pool, period: str
) -> RateTable:
    for one in tables.get(name, ()):
        if one.currency == currency and one.rate(from_currency):
            return one
    raise Refused(
        Refusal(
            code="payouts.no-rate",
            because=f"{text(pool.revenue_micros)} {from_currency} of {pool.feature} in {pool.territory} cannot be converted:"
            f" rate table `{name}` has no rate from {from_currency} to {currency} for {period}",
            hint=f"declare it: accord pay rates {name} {period} {from_currency}=… --to {currency} --source … --on …",
            subject=f"{name} {period}",
        )
    )


def _converted(pools: Sequence[Pool], table: RateTable, from_currency: str) -> list[Exchanged]:
    rate = table.rate(from_currency)
    assert rate is not None  # `_table` looked
    whole = int(sum(pool.revenue_micros for pool in pools) * rate)
    weights = {pool.number: pool.revenue_micros for pool in pools}
    parts = share_out(whole, weights, lambda number: number)
    return [
        Exchanged(
            feature=pool.feature,
            territory=pool.territory,
            from_currency=from_currency,
            from_micros=pool.revenue_micros,
            currency=table.currency,
            amount_micros=parts[pool.number],
            table=table.table,
            rates=table.id,
            rate=rate,
        )
        for pool in pools
    ]


def _place(pool: Pool) -> tuple[str, str, str]:
    return (pool.feature, pool.territory, pool.currency)


def _merged(
    kept: Iterable[Pool], found: Iterable[Exchanged], reports: Mapping[tuple[str, str, str], tuple[str, ...]]
) -> tuple[Pool, ...]:
    """One pool per place and currency, numbered in their order."""
    amounts: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    named: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for pool in kept:
        amounts[_place(pool)] += pool.revenue_micros
        named[_place(pool)].update(pool.reports)
    for one in found:
        place = (one.feature, one.territory, one.currency)
        amounts[place] += one.amount_micros
        named[place].update((*reports[one.feature, one.territory, one.from_currency], one.rates))
    return tuple(
        Pool(
            number=number,
            feature=place[0],
            territory=place[1],
            currency=place[2],
            revenue_micros=amount,
            reports=tuple(sorted(named[place])),
        )
        for number, (place, amount) in enumerate(sorted(amounts.items()))
    )


def differences(before: Iterable[Exchanged], now: Iterable[Exchanged]) -> tuple[Exchanged, ...]:
    """What a closed period's converted revenue is now, less what it was, by place, currency and rates."""
    sums: dict[tuple[str, ...], Exchanged] = {}
    for sign, those in ((-1, before), (1, now)):
        for one in those:
            key = (one.feature, one.territory, one.from_currency, one.currency, one.rates)
            was = sums.get(key)
            from_micros = sign * one.from_micros + (was.from_micros if was else 0)
            amount = sign * one.amount_micros + (was.amount_micros if was else 0)
            sums[key] = msgspec.structs.replace(one, from_micros=from_micros, amount_micros=amount)
    return tuple(one for _, one in sorted(sums.items()) if one.from_micros or one.amount_micros)
