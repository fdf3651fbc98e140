"""What stands behind the sums of a statement, as its close knew it: deals, advances, guarantees, what was let go (shell)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from accord.journal.queries import facts_of
from accord.metering.periods import Span
from accord.payouts import files
from accord.payouts.dividing import agreed
from accord.payouts.explaining_sums import Ahead, Behind, Joined, Topped, deals_of
from accord.payouts.facts import EscrowReleased, LumpSumRecorded, MatchedLater, Redistributed
from accord.payouts.gathering import paid_under
from accord.payouts.guarantees import TERM, Guarantee
from accord.payouts.models import AdvanceRow, DealEarnedRow, PeriodRow, StatementRow
from accord.payouts.order import ORDERS, PPM
from accord.payouts.records import Pay
from accord.payouts.sheet import Document
from accord.terms.money import text
from accord.terms.share import percent

Pays = Mapping[str, Pay]  # deal → what it pays, as the close knew it


def behind(document: Document) -> Behind:
    """What the close of a statement knew of the party's money."""
    row = PeriodRow.objects.get(period=document["period"])
    pays = agreed(row.known).pays
    joined = tuple(_joined(document, row.known, pays))
    let_in = joined if ORDERS[document["order"]["version"]].artists_apart else ()
    mine = deals_of(document, paid_under(pays, row.known).get(document["party"], ()), let_in)
    return Behind(
        deals=tuple(pays[deal] for deal in sorted(mine)),
        before=_before(document),
        joined=joined,
        topped={name: _topped(document, name, row, pays) for name in document["guarantees"]},
        ahead=_ahead(document),
    )


def _before(document: Document) -> str:
    """The party's statement before this one, in the same currency."""
    closes = {row.period: row.position for row in PeriodRow.objects.all()}
    mine = StatementRow.objects.filter(party=document["party"], currency=document["currency"])
    earlier = [one for one in mine if closes[one.period] < closes[document["period"]]]
    return max(earlier, key=lambda one: closes[one.period]).statement if earlier else ""


def _joined(document: Document, known: int, pays: Pays) -> Iterator[Joined]:
    """What the close let in: facts since what the close before knew."""
    before = PeriodRow.objects.filter(known__lt=known).order_by("-known").first()
    since = before.known if before is not None else 0
    for kind in TOLD:
        for entry in facts_of(kind, since, known):
            if getattr(entry.fact, "currency", "") == document["currency"]:
                yield from TOLD[kind](entry.fact, document["party"], pays)


def _released(fact: EscrowReleased, party: str, pays: Pays) -> Iterator[Joined]:
    if fact.party == party:
        claims = fact.account.split(":")[1]
        said = f"it stood in escrow for {claims.replace('+', ', ')} and was released: {fact.because}"
        what = {"of": claims, "amount_micros": fact.amount_micros, "deal": fact.deal}
        yield Joined(kind="released", because=said, fact=fact.release, **what)


def _matched(fact: MatchedLater, party: str, pays: Pays) -> Iterator[Joined]:
    if fact.party == party:
        said = f"it waited for somebody to claim {fact.asset}, and was matched to the party: {fact.because}{_apart(fact, pays)}"
        what = {"of": fact.asset, "amount_micros": fact.amount_micros, "deal": fact.deal}
        yield Joined(kind="matched", because=said, fact=fact.match, **what)


def _apart(fact: MatchedLater, pays: Pays) -> str:
    """What of it went to featured artists, for the label whose deal says so; what an artist has is said by its amount."""
    pay = pays.get(fact.deal) if fact.whole_micros else None
    if pay is None or pay.licensor != fact.party:
        return ""
    direct, own_ppm = fact.whole_micros - fact.amount_micros, pay.featured_artist_ppm
    said = f"; {text(fact.whole_micros)} in all, {text(direct)} of it direct to its featured artists"
    if direct * PPM <= own_ppm * fact.whole_micros + PPM:  # rounding leaves them a micro more at most
        return said
    return f"{said} (its own part for them {percent(Fraction(own_ppm, PPM))} %, raised by its most-favoured clause)"


def _redistributed(fact: Redistributed, party: str, pays: Pays) -> Iterator[Joined]:
    for part in fact.shared:
        if part.party == party:
            taken = sum(
                one.amount_micros for one in fact.taken if (one.feature, one.period) == (part.feature, part.period)
            )
            said = f"a part of {text(taken)} of {part.feature}, {part.period}, that nobody claimed in time"
            said += f", by what was matched there (rule {fact.rule})"
            of = {"of": fact.redistribution, "fact": fact.redistribution}
            yield Joined(kind="redistributed", because=said, amount_micros=part.amount_micros, **of)


def _lump(fact: LumpSumRecorded, party: str, pays: Pays) -> Iterator[Joined]:
    whole = f"a {fact.kind} of {text(fact.amount_micros)}" if fact.kind == "settlement" else (
        f"{text(fact.amount_micros)} of an advance that is kept"
    )  # fmt: skip
    for part in fact.parts:
        if part.party == party:
            said = (
                f"{whole} under {fact.deal}, {percent(Fraction(fact.participants_ppm, PPM))} % of it to participants by"
            )
            said += f" {fact.by}: {fact.because}"
            of = {"of": fact.lump_sum, "fact": fact.lump_sum, "deal": fact.deal}
            yield Joined(kind="lump_sums", because=said, amount_micros=part.amount_micros, **of)


#: kind of fact → how it is told to a party
TOLD: Mapping[str, Callable[[Any, str, Pays], Iterator[Joined]]] = {
    "payouts.escrow-released": _released,
    "payouts.matched-later": _matched,
    "payouts.redistributed": _redistributed,
    "payouts.lump-sum-recorded": _lump,
}


def _topped(document: Document, name: str, row: PeriodRow, pays: Mapping[str, Pay]) -> Topped:
    """A guarantee as the close saw it: earned before, and by it; `name` is the deal's, or names an earlier quarter too."""
    deal, _, earlier = name.partition(", ")
    pay = pays[deal]
    of = earlier or (Span(row.period).quarter if pay.guarantee_per == "quarter" else TERM)
    due = Guarantee(deal=deal, of=of, least_micros=pay.minimum_guarantee_micros, now=not earlier)
    earned: Counter[str] = Counter()
    for one in DealEarnedRow.objects.filter(deal=deal, currency=pay.currency, position__lte=row.position):
        new = one.position == row.position and one.period == row.period
        if due.counts(Span(one.period)) and (due.now or not new):
            earned[one.period] += one.amount_micros
    closes = PeriodRow.objects.filter(position__lte=row.known).order_by("position")
    before = (one for close in closes for one in files.funded(files.named(close.files)))
    funded = sum(one.amount_micros for one in before if one.deal == deal and of in (TERM, one.of))
    by_period = tuple(sorted((period, amount) for period, amount in earned.items() if amount))
    return Topped(deal=deal, of=of, least_micros=due.least_micros, earned=by_period, funded_before_micros=funded)


def _ahead(document: Document) -> dict[str, Ahead]:
    """The advances that the statement names, each as it was open before the close."""
    open_before: defaultdict[str, int] = defaultdict(int)
    for name in ("still_to_recoup", "recouped"):
        for deal, amount in document[name].items():
            open_before[deal] += int(amount)
    wanted = {*open_before, *document["advances_paid"]}
    return {
        row.deal: Ahead(
            deal=row.deal,
            fact=row.advance,
            paid_micros=row.amount_micros,
            open_before_micros=open_before[row.deal],
        )
        for row in AdvanceRow.objects.filter(deal__in=sorted(wanted))
    }
