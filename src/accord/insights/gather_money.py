"""Rows about money: what each participant's own claims brought, and what the assets with their name on earned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind
from accord.insights.attribution_completeness import Money
from accord.insights.participant_revenue import Row
from accord.metering.periods import Span
from accord.payouts import queries as payouts
from accord.payouts.records import Account
from accord.terms.instant import Instant
from accord.terms.money import allocate

ARTISTS = frozenset({"featured", "vocalist"})
WRITERS = frozenset({"writer"})
Line = dict[str, Any]  # a line of a close with its period and currency


def closed(at: Instant) -> list[payouts.Period]:
    """The periods that were closed by an instant."""
    return [one for one in payouts.periods() if one.at <= at]


def span(closed: Iterable[payouts.Period]) -> tuple[Instant, Instant] | None:
    """From the first to the last instant of these periods, half-open; None of none."""
    spans = [Span(one.period) for one in closed]
    return (min(one.start for one in spans), max(one.end for one in spans)) if spans else None


def main_currency(closed: Iterable[payouts.Period]) -> str:
    """The currency most money was earned in; euros before there is any."""
    earned: Counter[str] = Counter()
    for period in closed:
        for report in payouts.reports(period.period):
            earned[report.currency] += report.revenue_micros
    return max(earned, key=lambda currency: (earned[currency], currency)) if earned else "EUR"


class Earnings(msgspec.Struct, frozen=True, kw_only=True):
    """What closed periods say in one currency: per participating artist and songwriter, and over all sources."""

    artists: tuple[Row, ...]
    songwriters: tuple[Row, ...]
    sources: Money


def earnings(participants: Iterable[str], currency: str, closed: Iterable[payouts.Period], at: Instant) -> Earnings:
    """The lines of closed periods, adjusted by ``at``, read once. Who takes part and earned nothing is there with zeros."""
    lines = [line for line in _lines(closed, at) if line["currency"] == currency]
    return from_lines(lines, catalog.assets(), frozenset(participants))


def from_lines(lines: list[Line], assets: dict[str, Asset], participants: frozenset[str]) -> Earnings:
    """The earnings that a close's lines hold; each line also carries its `period`."""
    direct, by_subject = _paid_direct(lines), _earned(lines)
    rows = {}
    for name, roles in (("artists", ARTISTS), ("songwriters", WRITERS)):
        credited = {credit.party for asset in assets.values() for credit in asset.credits if credit.role in roles}
        gross = attributed_gross(by_subject, assets, roles)
        rows[name] = tuple(
            Row(person=person, paid_direct_micros=direct[person], attributed_gross_micros=gross[person])
            for person in sorted(credited & participants)
        )
    return Earnings(**rows, sources=_where_it_stands(lines))


def _where_it_stands(lines: list[Line]) -> Money:
    sums: Counter[str] = Counter()
    for line in lines:
        if line["kind"] == "source":
            sums[line["account"]] += line["amount_micros"]
    due = sums[Account.DUE] + sums[Account.DIRECT]
    return Money(due_micros=due, escrow_micros=sums[Account.ESCROW], unmatched_micros=sums[Account.UNMATCHED])


def _paid_direct(lines: list[Line]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for line in lines:
        if line["account"] in (Account.DUE, Account.DIRECT):
            sums[line["party"]] += line["amount_micros"]
    return sums


def _earned(lines: list[Line]) -> dict[str, int]:
    """Asset → what it earned. Every line of a reading repeats what its subject earned there: it counts once."""
    once = {
        (line["period"], line["pool"], line["reading"], line["subject"]): line["earned_micros"]
        for line in lines
        if line["kind"] == "source"
    }
    sums: Counter[str] = Counter()
    for (_, _, _, subject), amount in once.items():
        sums[subject] += amount
    return dict(sums)


def attributed_gross(earned: dict[str, int], assets: dict[str, Asset], roles: frozenset[str]) -> Counter[str]:
    """What each asset earned, divided equally among the people credited on it in these roles; the parts are whole."""
    sums: Counter[str] = Counter()
    for subject, amount in earned.items():
        people = credited_on(subject, assets, roles)
        if people:
            sums.update(allocate(amount, dict.fromkeys(sorted(people), 1)))
    return sums


def credited_on(asset_id: str, assets: dict[str, Asset], roles: frozenset[str]) -> frozenset[str]:
    """The people credited in these roles on an asset, and on what it was made from (a stem's recording, its works)."""
    found, waiting, seen = set[str](), [asset_id], set[str]()
    while waiting:
        asset = assets.get(waiting.pop())
        if asset is None or asset.id in seen:
            continue
        seen.add(asset.id)
        found |= {credit.party for credit in asset.credits if credit.role in roles}
        # a tune behind an arrangement is another work: its writers are not this one's
        waiting += [] if asset.kind is AssetKind.WORK else asset.parents
    return frozenset(found)


def _lines(closed: Iterable[payouts.Period], at: Instant) -> Iterable[Line]:
    for period in closed:
        divided = payouts.divided(period.period, at)
        currencies = {pool.number: pool.currency for pool in divided.pools}
        for line in divided.rows():
            yield {**line, "period": period.period, "currency": currencies[line["pool"]]}
