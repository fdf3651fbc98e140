"""Which closed periods something came in for since, and what they are divided by now: usage, revenue, attribution, assets.

Claims, deals and memberships stay as they were known when the period was closed: they decided whom its money reached. Only
an asset that was not in the catalogue then is read with what is known of it now, and so are the works in a recording in
which none was known.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from accord.attribution import queries as attribution
from accord.catalog import queries as catalog
from accord.journal.queries import facts_of
from accord.metering import queries as metering
from accord.metering.periods import Span
from accord.metering.records import Segment
from accord.payouts import files
from accord.payouts.adjusting import Computed
from accord.payouts.charging import charges, fees
from accord.payouts.closing import Restatement
from accord.payouts.converting import converted
from accord.payouts.dividing import agreed, assets_of, attributed, divided_by, modelled, pools_of
from accord.payouts.fees import USES
from accord.payouts.linking import linked, works_of
from accord.payouts.models import PeriodRow
from accord.payouts.order import CURRENT, ORDERS, Order
from accord.payouts.reading_rooms import NOT_IN_CATALOGUE
from accord.payouts.readings import NO_WORK
from accord.payouts.unmatched import recording_of

Place = tuple[str, str]  # feature, territory
EVERYWHERE = ("", "")
LISTENS = {"listen": "listen"}
MATCHES = ("catalog.work-matched", "catalog.work-unmatched")


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A closed period as it was divided last: when it was closed, and up to which position it has been looked at."""

    span: Span
    closed_known: int
    since: int
    order: str
    files: dict[str, str]
    done: str = "closed"


def restatements(known: int, order: Order) -> tuple[Restatement, ...]:
    """The closed periods that something came in for, as of a journal position, ready to be divided again by a close of `order`."""
    return tuple(_restatement(one, why, known) for one in standing(known) if (why := changes(one, known, order)))


def standing(known: int) -> list[Standing]:
    """The closed periods, each as the last close that divided it left it."""
    found: dict[str, Standing] = {}
    for row in PeriodRow.objects.filter(position__lte=known).order_by("position"):
        named = files.named(row.files)
        for one in list(found.values()):
            again = files.part(named, one.span.text)
            if again:
                found[one.span.text] = msgspec.structs.replace(one, since=row.known, files=again)
        own = {name: file for name, file in named.items() if not files.of_another(name)}
        found[row.period] = Standing(
            span=Span(row.period), closed_known=row.known, since=row.known, order=row.order, files=own
        )
    return list(found.values())


def changes(one: Standing, known: int, order: Order = CURRENT) -> dict[Place, tuple[str, ...]]:
    """(feature, territory) → what came in since, in sentences; empty strings stand for all of them."""
    found: defaultdict[Place, list[str]] = defaultdict(list)
    for sentence in _usage(one, known, order):
        found[EVERYWHERE].append(sentence)
    for report in metering.revenue(one.span, known):
        if report.known_from > one.since:
            place = (report.feature, report.territory)
            found[place].append(f"revenue was reported after {one.span.text} was {one.done} ({report.report})")
    for asset, places in _delivered_since(one, known):
        for place in places:
            found[place].append(f"{asset} came into the catalogue after {one.span.text} was {one.done}")
    for sentence, places in (*_linked_since(one, known), *_linked_otherwise(one, known)):
        for place in places:
            found[place].append(sentence)
    for creation, places in _attributed_anew(one, known):
        for place in places:
            found[place].append(f"{creation} was attributed after {one.span.text} was {one.done}")
    return {place: tuple(sentences) for place, sentences in found.items()}


def _usage(one: Standing, known: int, order: Order) -> Iterable[str]:
    """Sentences about events of the period that came in since, or were corrected; those of other periods say nothing here."""
    span = one.span
    late = [segment for segment in metering.segments(None, known) if segment.known_from > one.since]
    if not late:
        return
    kinds = _counted(one)
    for segment in late:
        if segment.first_at < span.end and segment.last_at >= span.start:
            for what, count in sorted(_heard_in(segment, span, kinds).items()):
                yield f"{_plural(count, what)} came in after {span.text} was {one.done} ({segment.id})"
    for segment in late:
        if order.everywhere and segment.corrections:
            yield f"{_were(segment.corrections, 'event')} corrected or taken back ({segment.id})"
        if order.everywhere:
            continue
        replaced = sum(n for kind, n in metering.corrected(segment, span, known).items() if kind in kinds)
        if replaced:
            yield f"{_were(replaced, 'event', f' of {span.text}')} corrected or taken back ({segment.id})"


def _counted(one: Standing) -> dict[str, str]:
    """Kinds of events that money depends on, each with what it is called: listens, and uses where a deal asks a fee for them."""
    if ORDERS[one.order].does("fees") and charges(agreed(one.closed_known).pays):
        return LISTENS | dict.fromkeys(USES, "use")
    return LISTENS


def _were(count: int, what: str, of: str = "") -> str:
    return f"{_plural(count, what)}{of} {'was' if count == 1 else 'were'}"


def _plural(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"


def _heard_in(segment: Segment, span: Span, kinds: Mapping[str, str]) -> Counter[str]:
    """What an event is called → how many of them a segment has in a period."""
    table = metering.events_of([segment])
    start, end = (pa.scalar(at.replace(tzinfo=None), table["at"].type) for at in (span.start, span.end))
    inside = table.filter(pc.and_(pc.greater_equal(table["at"], start), pc.less(table["at"], end)))["kind"]
    found: Counter[str] = Counter()
    for row in pc.value_counts(inside).to_pylist():
        if row["values"] in kinds:
            found[kinds[row["values"]]] += row["counts"]
    return found


def _attributed_anew(one: Standing, known: int) -> Iterable[tuple[str, list[Place]]]:
    anew = {row.creation for row in attribution.rows(known) if row.known_from > one.since}
    if not anew:
        return
    places = {pool.number: (pool.feature, pool.territory) for pool in files.pools(one.files)}
    heard = defaultdict(set)
    for row in files.rows(one.files, "creations", ["creation", "pool"], creation=sorted(anew)):
        heard[row["creation"]].add(places[row["pool"]])
    for creation, where in sorted(heard.items()):
        yield creation, sorted(where)


def _delivered_since(one: Standing, known: int) -> Iterable[tuple[str, list[Place]]]:
    """Assets that earned while they were not in the catalogue, and are in it now."""
    missing = list(files.rows(one.files, "lines", ["subject", "pool"], reason=NOT_IN_CATALOGUE))
    if not missing:
        return
    places = _places(one, ((row["subject"], row["pool"]) for row in missing))
    for asset in sorted(catalog.assets(sorted(places), known=known)):
        yield asset, places[asset]


def _linked_since(one: Standing, known: int) -> Iterable[tuple[str, list[Place]]]:
    """Sentences about recordings whose works' side waited while no work was known in them, and in which some are known now."""
    rows = files.rows(one.files, "lines", ["claimed", "pool"], reason=NO_WORK)
    waits = [(recording, row["pool"]) for row in rows if (recording := recording_of(row["claimed"]))]
    if not waits:
        return
    asked, places = sorted({recording for recording, _ in waits}), _places(one, waits)
    then, now = assets_of(asked, one.since), assets_of(asked, known)
    for key, recording in sorted(linked(one.span, then, now, known).items()):
        works = ", ".join(works_of(recording, now))
        yield f"{key} was found to hold {works} after {one.span.text} was {one.done}", places[key]


def _linked_otherwise(one: Standing, known: int) -> Iterable[tuple[str, list[Place]]]:
    """Sentences about recordings whose works were found and divided by before, and are others now, or none."""
    if one.since == one.closed_known or not ORDERS[one.order].works_apart:  # nothing was divided by what was found
        return
    facts = (entry.fact for kind in MATCHES for entry in facts_of(kind, one.since, known))
    asked = sorted({fact.recording for fact in facts})
    first, then, now = (assets_of(asked, at) for at in (one.closed_known, one.since, known))
    found = linked(one.span, first, then, known)
    anew = {
        key: works_of(now[key], now) for key in sorted(found) if works_of(now[key], now) != works_of(then[key], then)
    }
    if not anew:
        return
    rows = files.rows(one.files, "lines", ["claimed", "pool"], claimed=list(anew))
    places = _places(one, ((row["claimed"], row["pool"]) for row in rows))
    for key, works in anew.items():
        what = f"to hold {', '.join(works)}" if works else f"not to hold {', '.join(works_of(then[key], then))}"
        yield f"{key} was found {what} after {one.span.text} was {one.done}", places.get(key, [])


def _places(one: Standing, pools: Iterable[tuple[str, int]]) -> dict[str, list[Place]]:
    """Asset → where it earned, of pairs of an asset and the number of a pool."""
    of = {pool.number: (pool.feature, pool.territory) for pool in files.pools(one.files)}
    found: defaultdict[str, set[Place]] = defaultdict(set)
    for asset, number in pools:
        found[asset].add(of[number])
    return {asset: sorted(places) for asset, places in found.items()}


def _restatement(one: Standing, why: dict[Place, tuple[str, ...]], known: int) -> Restatement:
    before = Computed(tuple(files.pools(one.files)), files.lines(one.files))
    order, under = ORDERS[one.order], agreed(one.closed_known)
    shares = attributed(attribution.rows(known), order.once)
    pools, exchanged = converted(one.span, one.closed_known, known, order, pools_of(one.span, known), under)
    pools = modelled(pools, one.span, one.closed_known, order)
    epochs, reader = divided_by(one.span, one.closed_known, known, order, pools, shares, under)
    places = {(pool.feature, pool.territory) for pool in (*before.pools, *pools)}
    return Restatement(
        span=one.span,
        before=before,
        events=metering.countable(one.span, known),
        pools=pools,
        epochs=epochs,
        attributions=shares,
        reader=reader,
        order=order,
        deals=under.pays,
        exchanged_before=tuple(files.exchanged(one.files)),
        exchanged=exchanged,
        fees_before=tuple(one for one in files.fees(one.files) if not one.of),
        fees=fees(one.span, one.closed_known, known, order, shares, under),
        because={place: (*why.get(EVERYWHERE, ()), *why.get(place, ())) for place in places},
    )
