"""Which minimum guarantees fall due with the close of a period (pure).

A guarantee per quarter falls due with the quarter's last month, of every deal that was in force at some instant of the
quarter; one per term with the month of the deal's last day, if the deal was in force until then. A deal that is
terminated before its last day leaves the question to its parties: the close names it and pays nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from itertools import pairwise

from accord.deals.records import DealState, Grant
from accord.metering.periods import Span
from accord.payouts.records import Pay
from accord.terms.instant import Instant

FAR = datetime(3000, 1, 1, tzinfo=UTC)


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
