"""Unmatched money: how old it is, and how it is given out when nobody was found for it in time (pure).

A rule is data and has a version. Version 1 follows what mechanical licensing in the United States does: money waits three
years at least, and is then shared by what was matched in the same kind of pool over the same period.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from accord.payouts.sharing import share_out
from accord.terms.instant import Instant

#: what follows a recording's id where the works in it are meant, which nobody knows yet
WORKS = "/works"


def works_in(recording: str) -> str:
    """What waits for the works in a recording in which none is known: a name as an asset's, of an account of its own."""
    return f"{recording}{WORKS}"


def recording_of(asset: str) -> str:
    """The recording whose works are meant by such a name; empty for an asset itself."""
    return asset.removesuffix(WORKS) if asset.endswith(WORKS) else ""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """When unmatched money is given out (whole years after the close that put it there), and by what it is shared."""

    version: str
    years: int
    by: str


RULES = {"1": Rule(version="1", years=3, by="what was matched in the same feature and period")}
CURRENT = RULES["1"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What one posting did to an asset's unmatched account: put money there (above zero), or took some out."""

    asset: str
    currency: str
    feature: str
    period: str
    at: Instant
    amount_micros: int


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Money of one close that waits for somebody to claim an asset, since when, and from when it may be given out."""

    asset: str
    currency: str
    feature: str
    period: str
    since: Instant
    until: Instant
    amount_micros: int


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What a party gets of the unmatched money of a feature and period."""

    party: str
    feature: str
    period: str
    amount_micros: int


def waiting(entries: Iterable[Entry], rule: Rule) -> list[Waiting]:
    """What waits, oldest first; `entries` are in the order of their postings, and what was taken out was the oldest."""
    by_account: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        by_account[entry.asset, entry.currency].append(entry)
    found = [one for mine in by_account.values() for one in _left(mine, rule)]
    return sorted(found, key=lambda one: (one.since, one.period, one.asset, one.currency, one.feature))


def _left(entries: Sequence[Entry], rule: Rule) -> list[Waiting]:
    taken = -sum(min(0, entry.amount_micros) for entry in entries)
    found = []
    for entry in entries:
        if entry.amount_micros <= 0:
            continue
        gone = min(taken, entry.amount_micros)
        taken -= gone
        if left := entry.amount_micros - gone:
            found.append(
                Waiting(
                    asset=entry.asset,
                    currency=entry.currency,
                    feature=entry.feature,
                    period=entry.period,
                    since=entry.at,
                    until=_after(entry.at, rule.years),
                    amount_micros=left,
                )
            )
    return found


def _after(at: Instant, years: int) -> Instant:
    """The same day and time some years later; the 29th of February becomes the 1st of March."""
    try:
        return at.replace(year=at.year + years)
    except ValueError:
        return at.replace(year=at.year + years, month=3, day=1)


def redistribute(
    old: Iterable[Waiting], matched: Mapping[tuple[str, str], Mapping[str, int]]
) -> tuple[list[Waiting], list[Part]]:
    """What is given out, and to whom: by each party's share of what was matched in (feature, period), in one currency.

    What waits where nothing was matched goes on waiting.
    """
    groups: defaultdict[tuple[str, str], list[Waiting]] = defaultdict(list)
    for one in old:
        groups[one.feature, one.period].append(one)
    taken: list[Waiting] = []
    parts: list[Part] = []
    for (feature, period), mine in sorted(groups.items()):
        shares = {party: amount for party, amount in matched.get((feature, period), {}).items() if amount > 0}
        if not shares:
            continue
        whole = sum(one.amount_micros for one in mine)
        taken += mine
        for party, amount in sorted(share_out(whole, shares, lambda party: party).items()):
            if amount:
                parts.append(Part(party=party, feature=feature, period=period, amount_micros=amount))
    return taken, parts
