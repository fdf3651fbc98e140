"""Which minimum guarantees fall due with the close of a period (pure).

A guarantee per quarter falls due with the quarter's last month, of every deal that was in force at some instant of the
quarter; one per term with the month of the deal's last day, if the deal was in force until then. A deal that is
terminated before its last day leaves the question to its parties: the close names it and pays nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from itertools import pairwise

import msgspec

from accord.deals.records import DealState, Grant
from accord.metering.periods import Span
from accord.payouts.records import Pay
from accord.terms.instant import Instant

FAR = datetime(3000, 1, 1, tzinfo=UTC)
TERM = "term"


class Guarantee(msgspec.Struct, frozen=True, kw_only=True):
    """A minimum that a deal's earnings of a quarter, or of its term, are topped up to.

    `of` is the quarter or `term`. `earned_before_micros` and `funded_before_micros` are what earlier closes gave it. `now`:
    it falls due with this close, so what the deal earns in it counts; else only what adjustments change.
    """

    deal: str
    of: str
    least_micros: int
    earned_before_micros: int = 0
    funded_before_micros: int = 0
    now: bool = True

    @property
    def name(self) -> str:
        """How statements and postings call it."""
        return self.deal if self.now else f"{self.deal}, {self.of}"

    def counts(self, span: Span) -> bool:
        """Whether what is earned in a period counts towards it."""
        return self.of in (TERM, span.quarter)


class Funded(msgspec.Struct, frozen=True, kw_only=True):
    """What the platform added for a guarantee at a close, or took back."""

    deal: str
    of: str
    currency: str
    amount_micros: int


def open_again(
    span: Span, restated: Iterable[Span], pays: Mapping[str, Pay], grants: Iterable[Grant]
) -> dict[tuple[str, str], int]:
    """(deal, of what) → minimum, of guarantees that fell due before `span` and that changes to these periods touch."""
    every, found = list(grants), {}
    by_deal = {grant.deal: grant for grant in every}
    for quarter in sorted({one.quarter for one in restated} - {span.quarter}):
        for deal, least in due(Span(quarter), pays, every).items():
            if pays[deal].guarantee_per == "quarter":
                found[deal, quarter] = least
    for deal, pay in pays.items() if list(restated) else ():
        over = pay.minimum_guarantee_micros and _last(by_deal[deal]) <= span.start
        if (
            over
            and pay.guarantee_per != "quarter"
            and any(b == _last(by_deal[deal]) for _, b in in_force(by_deal[deal]))
        ):
            found[deal, TERM] = pay.minimum_guarantee_micros
    return found


def due(span: Span, pays: Mapping[str, Pay], grants: Iterable[Grant]) -> dict[str, int]:
    """Deal → the minimum that its earnings must reach with this close."""
    by_deal = {grant.deal: grant for grant in grants}
    quarter = Span(span.quarter)
    found = {}
    for deal, pay in pays.items():
        if not pay.minimum_guarantee_micros:
            continue
        stretches = in_force(by_deal[deal])
        if pay.guarantee_per == "quarter":
            owed = span.end == quarter.end and any(a < quarter.end and quarter.start < b for a, b in stretches)
        else:
            last = _last(by_deal[deal])
            owed = span.start < last <= span.end and any(b == last for _, b in stretches)
        if owed:
            found[deal] = pay.minimum_guarantee_micros
    return found


def left_open(span: Span, pays: Mapping[str, Pay], grants: Iterable[Grant]) -> tuple[str, ...]:
    """Sentences about guarantees per term whose deal was terminated in the period."""
    by_deal = {grant.deal: grant for grant in grants}
    return tuple(
        f"{deal} was terminated before its guarantee per term fell due: whether it is owed is for its parties to settle"
        for deal, pay in pays.items()
        if pay.minimum_guarantee_micros
        and pay.guarantee_per != "quarter"
        and any(state == DealState.TERMINATED and span.start <= at < span.end for at, state in by_deal[deal].states)
    )


def in_force(grant: Grant) -> list[tuple[Instant, Instant]]:
    """The half-open stretches of time in which a deal stood active within its period (days by UTC)."""
    first, last = _midnight(grant.period.start), _last(grant)
    edges = [*grant.states, (FAR, "")]
    stretches = [
        (max(first, at), min(last, until)) for (at, state), (until, _) in pairwise(edges) if state == DealState.ACTIVE
    ]
    return [(start, end) for start, end in stretches if start < end]


def _last(grant: Grant) -> Instant:
    return FAR if grant.period.end is None else _midnight(grant.period.end)


def _midnight(day: date) -> Instant:
    return datetime.combine(day, time(), UTC)
