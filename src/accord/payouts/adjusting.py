"""What a closed period would give now, less what it gave: adjustments (pure).

A closed period is never edited. When usage, revenue or an attribution of it came in later, the next close computes it once
more, with the claims and deals that were known when it was closed, and the difference of each amount goes into that
close, with its because. What was given is what the last such computation gave, so nothing is adjusted twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import msgspec

from accord.payouts.lines import Lines
from accord.payouts.records import Account, Pool, Recipient

Place = tuple[str, str, str]  # feature, territory, currency
Key = tuple[Place, str, str, str, Fraction]  # place, kind, subject, the recipient's key and share


class Computed(msgspec.Struct, frozen=True):
    """A period's money as it was divided once: its pools and the lines of each, read from a file."""

    pools: tuple[Pool, ...]
    lines: Lines


class Adjustment(msgspec.Struct, frozen=True, kw_only=True):
    """A difference in what one recipient has of one subject in a pool of a closed period; `because` names the facts."""

    period: str
    feature: str
    territory: str
    currency: str
    kind: str
    subject: str
    recipient: Recipient
    plays_before: int = 0
    plays: int = 0
    given_micros: int = 0
    restated_micros: int = 0
    because: tuple[str, ...] = ()

    @property
    def amount_micros(self) -> int:
        """What is still to be given, or taken back."""
        return self.restated_micros - self.given_micros


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """How a pool of a closed period changed: its revenue, and every amount in it that did."""

    period: str
    place: Place
    revenue_micros: int
    adjustments: tuple[Adjustment, ...]


def differences(
    period: str, before: Computed, now: Computed, because: Mapping[tuple[str, str], Sequence[str]]
) -> tuple[Difference, ...]:
    """The pools that changed, in order; `because` is by feature and territory. The amounts of each add up to its revenue.

    The lines of one pool at a time are held in memory.
    """
    revenue_was, revenue_is = _revenue(before), _revenue(now)
    found = []
    for place in sorted({*revenue_was, *revenue_is}):
        was, becomes = _sums(before, place), _sums(now, place)
        keys = sorted({*was, *becomes})
        every = [_adjustment(period, key, was.get(key), becomes.get(key), because.get(place[:2], ())) for key in keys]
        changed = tuple(one for one in every if one.amount_micros)
        revenue = revenue_is.get(place, 0) - revenue_was.get(place, 0)
        if sum(one.amount_micros for one in changed) != revenue:
            raise ValueError(f"the adjustments of {period} in {place} are not what its revenue changed by")
        if changed:
            found.append(Difference(period=period, place=place, revenue_micros=revenue, adjustments=changed))
    return tuple(found)


class _Sum(msgspec.Struct):
    recipient: Recipient
    plays: int = 0
    micros: int = 0


def _sums(computed: Computed, place: Place) -> dict[Key, _Sum]:
    mine = [pool for pool in computed.pools if _place(pool) == place]
    sums: dict[Key, _Sum] = {}
    heard = set()
    for line in computed.lines.of([pool.number for pool in mine]):
        key = (place, line.kind, line.subject, line.recipient.key, line.recipient.share)
        one = sums.setdefault(key, _Sum(line.recipient))
        one.plays += line.plays
        one.micros += line.amount_micros
        heard.add(line.pool)
    for pool in mine:
        if pool.number not in heard:
            sums[place, "", "", NOBODY.key, NOBODY.share] = _Sum(NOBODY, 0, pool.revenue_micros)
    return sums


#: whose a pool's revenue is while nothing was heard in it
NOBODY = Recipient(
    rank=2, party="", claimed="", account=Account.PLATFORM, reason="nothing was heard", share=Fraction(1)
)


def _revenue(computed: Computed) -> dict[Place, int]:
    return {_place(pool): pool.revenue_micros for pool in computed.pools}


def _place(pool: Pool) -> Place:
    return (pool.feature, pool.territory, pool.currency)


def _adjustment(period: str, key: Key, was: _Sum | None, now: _Sum | None, because: Sequence[str]) -> Adjustment:
    (feature, territory, currency), kind, subject, _, _ = key
    one = now or was
    assert one is not None  # a key comes from one of the two
    return Adjustment(
        period=period,
        feature=feature,
        territory=territory,
        currency=currency,
        kind=kind,
        subject=subject,
        recipient=one.recipient,
        plays_before=was.plays if was else 0,
        plays=now.plays if now else 0,
        given_micros=was.micros if was else 0,
        restated_micros=now.micros if now else 0,
        because=tuple(because),
    )


def paid_elsewhere(
    differences: Iterable[Difference], released: Mapping[str, tuple[str, str]]
) -> tuple[Difference, ...]:
    """Changes of a share whose escrow was released go to whom it was released: escrow account → (party, deal)."""

    def moved(one: Adjustment) -> Adjustment:
        to = one.recipient
        if to.account is not Account.ESCROW or (there := released.get(to.escrow)) is None:
            return one
        party, deal = there
        due = msgspec.structs.replace(to, account=Account.DUE, party=party, deal=deal, reason="")
        return msgspec.structs.replace(one, recipient=due)

    return tuple(
        msgspec.structs.replace(change, adjustments=tuple(moved(one) for one in change.adjustments))
        for change in differences
    )
