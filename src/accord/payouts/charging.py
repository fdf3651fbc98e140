"""What fees are counted by, asked of the other rooms: uses from metering, training runs from training."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from fractions import Fraction
from typing import Any

import msgspec
import pyarrow as pa

from accord.attribution import queries as attribution
from accord.catalog import queries as catalog
from accord.deals.favoured import FEES
from accord.deals.records import DealState
from accord.engine.running import run
from accord.metering import queries as metering
from accord.metering.periods import Span
from accord.parties import queries as parties
from accord.payouts.dividing import Agreed, attributed, divided_by
from accord.payouts.fees import Fee, Trained, Used, run_fees, use_fees
from accord.payouts.order import PPM, Order
from accord.payouts.reading_rooms import RoomReader
from accord.payouts.records import Attributed, Epoch, Pay, Pool
from accord.terms.instant import Instant
from accord.terms.territory import WORLD, TerritorySet
from accord.training import queries as training

RULES = ("payouts/places", "payouts/uses")
TIME = pa.timestamp("us")


def charges(pays: Mapping[str, Pay]) -> bool:
    """Whether any deal asks a fee, so that fees are looked for at all."""
    return any(pay.fee_per_use_micros or pay.fee_per_training_run_micros for pay in pays.values())


def fees(
    span: Span, closed_known: int, known: int, order: Order, shares: Sequence[Attributed], under: Agreed
) -> tuple[Fee, ...]:
    """The fees of a period: usage as of `known`; claims, deals and runs as of `closed_known`."""
    under = msgspec.structs.replace(under, pays=_raised(span, under, order))
    if not (order.does("fees") and charges(under.pays)):
        return ()
    whole = {deal: msgspec.structs.replace(pay, rate_ppm=PPM) for deal, pay in under.pays.items()}
    read = _Read(span, closed_known, known, order, shares, Agreed(grants=under.grants, pays=whole))
    found: tuple[Fee, ...] = ()
    if any(pay.fee_per_use_micros for pay in under.pays.values()):
        found += _uses(read, under.pays)
    if any(pay.fee_per_training_run_micros for pay in under.pays.values()):
        found += _runs(read, under.pays)
    return found


def _raised(span: Span, under: Agreed, order: Order) -> dict[str, Pay]:
    """The deals with the better fees that their most-favoured clauses gave them before the period began, in any feature."""
    pays = dict(under.pays)
    for one in under.raises if order.raises else ():
        stood = any(
            since <= span.start and state == DealState.ACTIVE for grant in one.grants for since, state in grant.states
        )
        begun = any(grant.period.start <= span.start.date() for grant in one.grants)
        if one.term in FEES and stood and begun and one.deal in pays and getattr(pays[one.deal], one.term) < one.better:
            pays[one.deal] = msgspec.structs.replace(pays[one.deal], **{one.term: one.better})
    return pays


class _Read(msgspec.Struct, frozen=True):
    """What a period's fees are read by; the deals in `under` pay all, so that a part is side × claim."""

    span: Span
    closed_known: int
    known: int
    order: Order
    shares: Sequence[Attributed]
    under: Agreed

    def at(
        self, places: Sequence[tuple[str, str]], shares: Sequence[Attributed]
    ) -> tuple[tuple[Epoch, ...], RoomReader]:
        """The epochs of some places (feature, territory), and who is paid for what in them."""
        pools = [
            Pool(number=number, feature=feature, territory=territory, currency="", revenue_micros=0)
            for number, (feature, territory) in enumerate(places)
        ]
        return divided_by(self.span, self.closed_known, self.known, self.order, pools, shares, self.under)


def _uses(read: _Read, pays: Mapping[str, Pay]) -> tuple[Fee, ...]:
    events = metering.countable(read.span, read.known)
    bounds = pa.table(
        {"from_at": pa.array([_plain(read.span.start)], TIME), "until_at": pa.array([_plain(read.span.end)], TIME)}
    )
    rows = run("payouts/places", {"events": events, "bounds": bounds}, order="feature, territory").to_pylist()
    places = [(row["feature"], row["territory"]) for row in rows]
    if not places:
        return ()
    epochs, reader = read.at(places, read.shares)
    counted = run(
        "payouts/uses", {"events": events, "epochs": _table(epochs)}, order="feature, territory, creation, epoch"
    )
    numbers = {place: number for number, place in enumerate(places)}
    used = [
        Used(
            place=numbers[row["feature"], row["territory"]],
            **{name: row[name] for name in ("creation", "epoch", "uses")},
        )
        for row in counted.to_pylist()
    ]
    return use_fees(places, used, read.shares, reader, pays)


def _runs(read: _Read, pays: Mapping[str, Pay]) -> tuple[Fee, ...]:
    found: list[Fee] = []
    weights = _by_attribution(attributed(attribution.rows(read.closed_known), once=True))
    for model in training.models():
        if not read.span.start <= model.at < read.span.end:
            continue
        seal = training.seal(model.seal)
        assets = sorted({item.asset for item in seal.items if not set(item.deals).isdisjoint(_charging(pays))})
        if not assets:
            continue
        classes = _alike(seal.territories, model.at, assets, read)
        places = [(seal.feature, territory) for territory, _ in classes]
        rows = [Attributed(creation=model.id, kind="source", subject=asset, units=1) for asset in assets]
        epochs, reader = read.at(places, rows)
        when = {one.territory: one.number for one in epochs if one.start <= model.at < one.end}
        stands = tuple((n, when[territory], count) for n, (territory, count) in enumerate(classes))
        given = {asset: weights.get(asset, Fraction(0)) for asset in assets}
        one = Trained(model=model.id, feature=seal.feature, weights=given, read_at=stands)
        found += run_fees([one], reader, pays)
    return tuple(found)


def _charging(pays: Mapping[str, Pay]) -> set[str]:
    return {deal for deal, pay in pays.items() if pay.fee_per_training_run_micros}


def _by_attribution(shares: Iterable[Attributed]) -> dict[str, Fraction]:
    """Asset → how many creations' worth of attribution it has, of all that were attributed."""
    wholes: defaultdict[str, int] = defaultdict(int)
    rows = list(shares)
    for row in rows:
        wholes[row.creation] += row.units
    found: defaultdict[str, Fraction] = defaultdict(Fraction)
    for row in rows:
        if row.kind == "source":
            found[row.subject] += Fraction(row.units, wholes[row.creation])
    return dict(found)


def _alike(territories: TerritorySet, at: Instant, assets: Sequence[str], read: _Read) -> list[tuple[str, int]]:
    """(territory, how many it stands for): territories that every claim, deal and membership treats alike at an instant."""
    sides = sorted({*assets, *(parent for one in catalog.assets(assets).values() for parent in one.parents)})
    sets = [claim.period.territories_at(at, claim.territories) for claim in catalog.claims(sides, read.closed_known)]
    sets += [grant.period.territories_at(at, grant.territories) for grant in read.under.grants]
    sets += [one.period.territories_at(at, WORLD) for one in parties.memberships(read.closed_known)]
    sets += [one.territories for one in catalog.public_domain(read.closed_known, sides)]
    distinct = [TerritorySet(bits) for bits in sorted({one.bits for one in sets})]
    found: dict[tuple[bool, ...], tuple[str, int]] = {}
    for territory in territories:
        signature = tuple(territory in one for one in distinct)
        first, count = found.get(signature, (territory, 0))
        found[signature] = (first, count + 1)
    return list(found.values())


def _table(epochs: Sequence[Epoch]) -> Any:
    columns = {
        "territory": pa.array([one.territory for one in epochs], pa.string()),
        "epoch": pa.array([one.number for one in epochs], pa.int64()),
        "from_at": pa.array([_plain(one.start) for one in epochs], TIME),
        "until_at": pa.array([_plain(one.end) for one in epochs], TIME),
    }
    return pa.table(columns)


def _plain(at: Instant) -> Any:
    """UTC without a zone, as the engines' timestamps are."""
    return at.astimezone(UTC).replace(tzinfo=None)
