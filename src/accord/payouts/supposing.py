"""What if terms that nobody has signed had been in force: a period divided by them, beside what it gave."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from fractions import Fraction

import msgspec

from accord.deals import queries as deals
from accord.deals.favoured import mfn_affected
from accord.deals.records import Ratchet, Terms
from accord.engine.running import open_engine
from accord.journal.queries import head
from accord.metering.periods import Span, parse
from accord.parties import queries as parties
from accord.parties.viewer import Viewer
from accord.payouts.closing import Closing
from accord.payouts.closing import close as close_from
from accord.payouts.dividing import Agreed, agreed, pay_of
from accord.payouts.gathering import gather
from accord.payouts.models import PeriodRow
from accord.payouts.order import CURRENT, ORDERS, PPM
from accord.payouts.queries import OFFICE
from accord.payouts.records import StatementHead
from accord.terms.money import text
from accord.terms.refusal import NotNow, NotThere
from accord.terms.share import percent

OFFERED = "offered"
PLATFORM, UNMATCHED = "", "unmatched"
_alone = threading.Lock()


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """What one party has of a period: earned (what is in escrow included), its guarantee, and what is payable."""

    earned_micros: int = 0
    guarantee_micros: int = 0
    payable_micros: int = 0


class Supposed(msgspec.Struct, frozen=True, kw_only=True):
    """A party's money as it is and as it would be, in one currency; beside the parties the platform (no name) and what is unmatched."""

    party: str
    currency: str
    got: Side
    would: Side


class WhatIf(msgspec.Struct, frozen=True, kw_only=True):
    """A period under other terms. `instead_of` names the licensor's deals that they stand in the place of."""

    period: str
    licensor: str
    closed: bool
    instead_of: tuple[str, ...]
    rows: tuple[Supposed, ...]
    raises: tuple[str, ...]


def what_if(terms: Terms, period: str) -> WhatIf:
    """Divide a period as if terms had been in force all through it, in the place of their licensor's own deals.

    What those deals earned and were topped up by before counts towards a guarantee of the terms, and their open advance
    goes against what the terms earn; an advance of the terms themselves is not paid. A closed period is taken as the
    journal stood then, and by the order it was closed by. Nothing is kept. `raises` says
    which most-favoured deals the terms would touch; their own rates stay as they are here. Raises: NotThere for a licensor
    that there is not, BadInput for what is no period, NotNow while this process works another out: each is two closes.
    """
    if not _alone.acquire(blocking=False):
        raise NotNow("another period is being divided under other terms", after_s=60)
    try:
        return _what_if(terms, period)
    finally:
        _alone.release()


def _what_if(terms: Terms, period: str) -> WhatIf:
    span = parse(period)
    parties.party(terms.licensor)
    row = PeriodRow.objects.filter(period=span.text).first()
    known, order = (row.known, ORDERS[row.order]) if row else (head(), CURRENT)
    stood = agreed(known)
    with open_engine() as engine:
        is_now = close_from(gather(span, known, order), engine)
    with open_engine() as engine:
        would = close_from(gather(span, known, order, _instead(stood, terms, span, known)), engine)
    return WhatIf(
        period=span.text,
        licensor=terms.licensor,
        closed=row is not None,
        instead_of=tuple(sorted({one.deal for one in stood.grants if one.licensor == terms.licensor})),
        rows=tuple(_rows(is_now, would)),
        raises=tuple(_raise(one, terms.remuneration.currency) for one in mfn_affected(terms, deals.in_force())),
    )


def _raise(one: Ratchet, currency: str) -> str:
    what = one.term.rsplit("_", 1)[0].replace("_", " ").replace("featured artist", "featured artists’ direct part")
    if one.term.endswith("_ppm"):
        now, better = (f"{percent(Fraction(ppm, PPM))} %" for ppm in (one.now, one.better))
    else:
        now, better = (f"{text(micros)} {currency}" for micros in (one.now, one.better))
    return f"{one.deal} is most favoured: its {what} of {now} would be raised to {better}"


def of_deal(viewer: Viewer, deal_id: str, period: str) -> WhatIf:
    """The same by the terms that a deal has on the table: for finance all of it, for its licensor what itself would have got.

    A licensor asks of closed periods alone, and is told no other deal. Raises: NotThere for a deal that is not the viewer's,
    and for its licensor while the period is not closed.
    """
    terms = may_ask(viewer, deal_id, period)
    found = what_if(terms, period)
    if viewer.has(*OFFICE):
        return found
    own = tuple(row for row in found.rows if row.party == terms.licensor)
    return msgspec.structs.replace(found, rows=own, raises=())


def may_ask(viewer: Viewer, deal_id: str, period: str) -> Terms:
    """The terms that a deal has on the table, for who may ask about them. Raises: NotThere as `of_deal`."""
    span, terms = parse(period), deals.terms_of(deal_id)
    if viewer.has(*OFFICE):
        return terms
    if not viewer.acts_for(terms.licensor):
        raise NotThere(f"there is no deal `{deal_id}` with terms")
    if not PeriodRow.objects.filter(period=span.text).exists():
        raise NotThere(f"`{period}` is not closed")
    return terms


def _instead(stood: Agreed, terms: Terms, span: Span, known: int) -> Agreed:
    first, after = span.start.date(), span.end.date()
    ends = terms.ends if terms.ends is None or terms.ends > after else None
    through = msgspec.structs.replace(terms, starts=min(terms.starts, first), ends=ends)
    offered = deals.grants_if(through, OFFERED, span.start, known)
    others = [one for one in stood.grants if one.licensor != terms.licensor]
    pays = {one.deal: stood.pays[one.deal] for one in others}
    pays[OFFERED] = pay_of(OFFERED, terms.licensor, terms.remuneration)
    raises = tuple(one for one in stood.raises if one.deal in pays)
    mine = {one.deal: OFFERED for one in stood.grants if one.licensor == terms.licensor}
    return Agreed(grants=(*others, *offered), pays=dict(sorted(pays.items())), raises=raises, instead=mine)


def _rows(is_now: Closing, would: Closing) -> Iterable[Supposed]:
    got, other = _sides(is_now), _sides(would)
    for currency, party in sorted({*got, *other}):
        key = (currency, party)
        yield Supposed(party=party, currency=currency, got=got.get(key, Side()), would=other.get(key, Side()))


def _sides(closing: Closing) -> dict[tuple[str, str], Side]:
    """(currency, party) → its money; the platform has its residual, less what it adds for guarantees."""
    found = {(one.currency, one.party): _side(one) for one, _ in closing.statements}
    for report in closing.reports:
        platform = Side(earned_micros=report.residual_micros, guarantee_micros=-report.funded_micros)
        found[report.currency, PLATFORM] = platform
        found[report.currency, UNMATCHED] = Side(earned_micros=report.unmatched_micros)
    return found


def _side(one: StatementHead) -> Side:
    return Side(
        earned_micros=one.earned_micros + one.escrow_micros,
        guarantee_micros=one.guarantee_micros,
        payable_micros=one.payable_micros,
    )
