"""Which part of what waited for a recording is its featured artists', place by place, as a close would have paid it (shell).

A deal's own part holds everywhere. One that a most-favoured clause raised holds where the better deal reaches and from its
first day on, so it is asked of the files of the closes where, and when, what waits was earned.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from accord.catalog.records import Asset
from accord.deals import queries as deals
from accord.governance import queries as governance
from accord.journal.queries import head
from accord.metering.periods import parse
from accord.payouts import files, queries, tables
from accord.payouts.dividing import agreed
from accord.payouts.gathering import gather
from accord.payouts.order import ORDERS, PPM
from accord.payouts.raising import raised
from accord.payouts.reading_rooms import uses_of
from accord.payouts.records import Account, Epoch, Pool
from accord.payouts.unmatched import Waiting
from accord.terms.instant import Instant

#: feature, currency, territory, and the beginning of a stretch in which no deal changes there
Place = tuple[str, str, str, Instant]


class Earned:
    """Where and when what waits for an asset was earned, by the close that put it there. Closes do not change: each is read once."""

    def __init__(self, asset: str) -> None:
        self._asset = asset
        self._closes: dict[str, Mapping[Place, Fraction]] = {}

    def of(self, one: Waiting) -> list[tuple[Place, Fraction]]:
        """The places of what waits, each with what was put there."""
        if one.period not in self._closes:
            self._closes[one.period] = places(one.period, self._asset)
        return [
            (place, amount)
            for place, amount in self._closes[one.period].items()
            if place[:2] == (one.feature, one.currency) and amount > 0
        ]


def artists_part(asset: Asset, deal: str, waits: Sequence[Waiting], earned: Earned) -> Fraction:
    """Which part of what waits for a recording a deal pays its featured artists direct."""
    own = Fraction(deals.terms(deal).featured_artist_ppm, PPM)
    under = agreed(head())
    raises = [one for one in under.raises if one.deal == deal and one.term == "featured_artist_ppm"]
    if not raises:
        return own
    features = governance.features()

    def part(place: Place) -> Fraction:
        feature, _, territory, at = place
        uses = uses_of(features[feature], asset) if feature in features else frozenset()
        there = raised(under.pays[deal], raises, feature, uses, territory, at)
        return Fraction(there.featured_artist_ppm, PPM)

    whole = sum(one.amount_micros for one in waits)
    return sum((one.amount_micros * _mean(earned.of(one), part, own) for one in waits), Fraction(0)) / whole


def _mean(places: Iterable[tuple[Place, Fraction]], part: Any, own: Fraction) -> Fraction:
    """The part of all places together; the deal's own where none is known."""
    some = list(places)
    whole = sum((amount for _, amount in some), Fraction(0))
    return sum((amount * part(place) for place, amount in some), Fraction(0)) / whole if whole else own


def places(period: str, asset: str) -> dict[Place, Fraction]:
    """What the close of a period put into an asset's unmatched account, by place.

    What it added to an earlier period's is, by territory, what that came to more; in time it is as all of it there is now.
    """
    closed = queries.closed(period)
    given = gather(parse(period), closed.known, ORDERS[closed.order])
    found = _by_place(closed.files, given.pools, given.epochs, asset)
    for again in given.restatements:
        now = _by_place(files.part(closed.files, again.span.text), again.pools, again.epochs, asset)
        before: Counter[tuple[str, ...]] = Counter()
        numbered = {pool.number: pool for pool in again.before.pools}
        for row in tables.rows(again.before.lines.path, **_waiting(asset)):
            pool = numbered[row["pool"]]
            before[pool.feature, pool.currency, pool.territory] += row["amount_micros"]
        whole: Counter[tuple[str, ...]] = Counter()
        for place, amount in now.items():
            whole[place[:3]] += amount
        for place, amount in now.items():
            more = Fraction(whole[place[:3]] - before[place[:3]], whole[place[:3]])
            found[place] = found.get(place, Fraction(0)) + amount * more
    return found


def _by_place(
    named: Mapping[str, str], pools: Iterable[Pool], epochs: Iterable[Epoch], asset: str
) -> dict[Place, Fraction]:
    """The same of one division, from its own files."""
    numbered, begins = {pool.number: pool for pool in pools}, {epoch.number: epoch.start for epoch in epochs}
    found: dict[Place, Fraction] = {}
    for line in files.rows(named, "lines", **_waiting(asset)):
        pool = numbered[line["pool"]]
        if not line["amount_micros"]:  # too little for a micro puts nothing there
            continue
        for epoch, part in _by_epoch(named, line, "weight_ppb" if pool.weighs.cap else "plays").items():
            place = (pool.feature, pool.currency, pool.territory, begins[epoch])
            found[place] = found.get(place, Fraction(0)) + line["amount_micros"] * part
    return found


def _by_epoch(named: Mapping[str, str], line: Mapping[str, Any], weighs: str) -> dict[int, Fraction]:
    """Which part of a line each stretch of its period gave, by what its listens weigh (`weighs`: the column that says it): one
    line is of all in which nothing differed for it."""
    of = {"kind": line["kind"], "subject": line["subject"]}
    read = files.rows(named, "readings", ["epoch"], pool=line["pool"], reading=line["reading"], **of)
    epochs = sorted({row["epoch"] for row in read})
    if len(epochs) == 1:
        return {epochs[0]: Fraction(1)}
    heard: dict[int, Fraction] = {}
    where: dict[str, Any] = {"pool": line["pool"], "epoch": epochs}
    if "units" in files.names(named, "credits"):
        units: defaultdict[str, Fraction] = defaultdict(Fraction)  # until version 9 one row for each way it earned by
        for row in files.rows(named, "credits", **of):
            units[row["creation"]] += Fraction(row["units"], row["whole_units"])
        rows = files.rows(named, "creations", creation=sorted(units), **where)
        amounts = ((row["epoch"], row[weighs] * units[row["creation"]]) for row in rows)
    else:  # versions 1 to 3 gave each creation's part of the money itself
        rows = files.rows(named, "credits", **of, **where)
        amounts = ((row["epoch"], Fraction(row["part_micros"])) for row in rows)
    for epoch, amount in amounts:
        heard[epoch] = heard.get(epoch, Fraction(0)) + amount
    whole = sum(heard.values(), Fraction(0))
    if not whole and weighs != "plays":  # so little of its pool that its weights are kept as nothing
        return _by_epoch(named, line, "plays")
    return {epoch: amount / whole for epoch, amount in heard.items()} if whole else {epochs[0]: Fraction(1)}


def _waiting(asset: str) -> dict[str, Any]:
    return {"account": Account.UNMATCHED.value, "claimed": asset}
