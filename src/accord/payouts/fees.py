"""Fees per use and per training run: what a deal is paid by count, beside its part of a pool (pure).

A use is a creation that was made, remixed or exported while a source of it was paid for under the deal; the deal's fee is
due once for it, however many of its assets are in the creation. A training run pays its fee once to each deal whose
assets were in the sealed set. The fee is divided among the deal's own parts of what was used: by attribution, claim and
side, as the split would divide a deal's money, to the micro by largest remainder. Its rate plays no part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

import msgspec

from accord.payouts.readings import tie
from accord.payouts.records import Account, Attributed, Pay, Recipient
from accord.payouts.sharing import share_out

USE, RUN = "fee-per-use", "fee-per-training-run"
#: kinds of events that are uses, as `uses.sql` counts them
USES = ("create", "remix", "export")
#: accounts a fee can go to: those of a party, and escrow while its claim is in dispute
PAID = (Account.DUE, Account.DIRECT, Account.ESCROW)

#: (place, epoch, kind, subject) → recipients with the parts that rates of one would give them
Reader = Callable[[int, int, str, str], tuple[Recipient, ...]]


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """How often a creation was used in a place (feature and territory, by number) during an epoch."""

    place: int
    creation: str
    epoch: int
    uses: int


class Trained(msgspec.Struct, frozen=True, kw_only=True):
    """A training run: its model, the assets in its set with their weights by attribution, and where and when they were read.

    `read_at`: (place, epoch, how many territories it stands for).
    """

    model: str
    feature: str
    weights: Mapping[str, Fraction]
    read_at: tuple[tuple[int, int, int], ...]


class Fee(msgspec.Struct, frozen=True, kw_only=True):
    """One recipient's part of a deal's fees in a place. `of`: a closed period that this changes by `amount_micros`.

    `times` × `each_micros` is what the deal is paid there in all, `share` the recipient's part of it.
    """

    kind: str
    deal: str
    currency: str
    feature: str
    territory: str
    subject: str
    recipient: Recipient
    times: int
    each_micros: int
    share: Fraction
    amount_micros: int
    about: str = ""
    of: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What it is about, whatever it amounts to."""
        names = (self.kind, self.deal, self.currency, self.feature, self.territory, self.about, self.subject)
        return (*names, self.recipient.key)

    @property
    def account(self) -> str:
        """The account that funds it."""
        return f"fees:{'use' if self.kind == USE else 'training-run'}"


def use_fees(
    places: Sequence[tuple[str, str]],
    used: Iterable[Used],
    attributions: Iterable[Attributed],
    reader: Reader,
    pays: Mapping[str, Pay],
) -> tuple[Fee, ...]:
    """The fees for uses, by place, deal and recipient."""
    sources: defaultdict[str, list[Attributed]] = defaultdict(list)
    for row in attributions:
        if row.kind == "source" and row.units:
            sources[row.creation].append(row)
    times: defaultdict[tuple[int, str], int] = defaultdict(int)
    parts: defaultdict[tuple[int, str], _Parts] = defaultdict(_Parts)
    for one in used:
        found = _by_deal(
            ((row.subject, Fraction(row.units), reader(one.place, one.epoch, row.kind, row.subject)))
            for row in sources[one.creation]
        )
        for deal, mine in found.items():
            if deal in pays and pays[deal].fee_per_use_micros:
                times[one.place, deal] += one.uses
                parts[one.place, deal].add(mine, one.uses)
    made: list[Fee] = []
    for (place, deal), count in sorted(times.items()):
        feature, territory = places[place]
        where = {"feature": feature, "territory": territory}
        made += _fees(USE, pays[deal], pays[deal].fee_per_use_micros, count, parts[place, deal], **where)
    return tuple(made)


def run_fees(runs: Iterable[Trained], reader: Reader, pays: Mapping[str, Pay]) -> tuple[Fee, ...]:
    """The fees for training runs, by run, deal and recipient; over the set's works equally, or by attribution."""
    made: list[Fee] = []
    for run in runs:
        for by in ("equal", "attribution"):
            parts: defaultdict[str, _Parts] = defaultdict(_Parts)
            for asset, weight in sorted(run.weights.items()):
                whole = Fraction(1) if by == "equal" else weight
                for place, epoch, territories in run.read_at:
                    found = _by_deal([(asset, Fraction(1), reader(place, epoch, "source", asset))])
                    for deal, mine in found.items():
                        parts[deal].add(mine, whole * territories)
                        parts[deal].add_equal(mine, territories)
            for deal, whole_set in sorted(parts.items()):
                pay = pays.get(deal)
                if pay is not None and pay.fee_per_training_run_micros and pay.training_fee_by == by:
                    where = {"feature": run.feature, "territory": "", "about": run.model}
                    made += _fees(RUN, pay, pay.fee_per_training_run_micros, 1, whole_set, **where)
    return tuple(made)


def differences(of: str, before: Iterable[Fee], now: Iterable[Fee]) -> tuple[Fee, ...]:
    """What a closed period's fees are now, less what was given: one fee per recipient whose amount changed."""
    was, becomes = _sums(before), _sums(now)
    found = []
    for key in sorted({*was, *becomes}):
        one = becomes.get(key) or was[key]
        amount = (becomes[key].amount_micros if key in becomes else 0) - (was[key].amount_micros if key in was else 0)
        if amount:
            found.append(msgspec.structs.replace(one, of=of, amount_micros=amount))
    return tuple(found)


def _sums(fees: Iterable[Fee]) -> dict[tuple[str, ...], Fee]:
    return {one.key: one for one in fees}


class _Parts(msgspec.Struct):
    """(asset, the recipient's key) → its exact part of all that was used, and the recipients themselves."""

    shares: dict[tuple[str, str], Fraction] = msgspec.field(default_factory=dict)
    equal: dict[tuple[str, str], Fraction] = msgspec.field(default_factory=dict)
    recipients: dict[tuple[str, str], Recipient] = msgspec.field(default_factory=dict)

    def add(self, mine: Mapping[tuple[str, str], tuple[Recipient, Fraction]], times: int | Fraction) -> None:
        """One deal's parts of a use, so many times; they sum to one use."""
        for key, (recipient, part) in mine.items():
            self.recipients[key] = recipient
            self.shares[key] = self.shares.get(key, Fraction(0)) + part * times

    def add_equal(self, mine: Mapping[tuple[str, str], tuple[Recipient, Fraction]], times: int) -> None:
        """What counts where attribution gave nothing to anything of the deal."""
        for key, (_, part) in mine.items():
            self.equal[key] = self.equal.get(key, Fraction(0)) + part * times

    def weights(self) -> dict[tuple[str, str], Fraction]:
        """The parts, or the equal ones where the parts are all nothing."""
        return self.shares if any(self.shares.values()) else self.equal


def _by_deal(
    rows: Iterable[tuple[str, Fraction, tuple[Recipient, ...]]],
) -> dict[str, dict[tuple[str, str], tuple[Recipient, Fraction]]]:
    """Deal → (asset, the recipient's key) → its part of one use; a deal's parts sum to one."""
    found: defaultdict[str, dict[tuple[str, str], tuple[Recipient, Fraction]]] = defaultdict(dict)
    for asset, units, recipients in rows:
        for one in recipients:
            if one.deal and one.account in PAID:
                found[one.deal][asset, one.key] = (one, units * one.share)
    for mine in found.values():
        whole = sum((part for _, part in mine.values()), Fraction(0))
        for key, (one, part) in mine.items():
            mine[key] = (one, part / whole)
    return found


def _fees(kind: str, pay: Pay, each: int, times: int, parts: _Parts, **where: str) -> list[Fee]:
    weights = parts.weights()
    whole = sum(weights.values(), Fraction(0))
    amounts = share_out(each * times, weights, lambda at: (tie(parts.recipients[at]), *at))
    return [
        Fee(
            kind=kind,
            deal=pay.deal,
            currency=pay.currency,
            subject=at[0],
            recipient=parts.recipients[at],
            times=times,
            each_micros=each,
            share=weights[at] / whole,
            amount_micros=amounts[at],
            **where,
        )
        for at in sorted(weights)
        if weights[at]
    ]
