"""When a period may be drafted and closed: after its end, once, in its turn, as it is reported, and once approved."""

from __future__ import annotations

from accord.metering import queries as metering
from accord.metering.periods import Span
from accord.payouts.models import PeriodRow, RedistributedRow
from accord.payouts.unmatched import WORKS, recording_of
from accord.terms.instant import Instant
from accord.terms.refusal import Refusal, Refused


def refuse_early(span: Span, at: Instant) -> None:
    """A period is drafted and closed after its last instant."""
    if at < span.end:
        raise Refused(
            Refusal(
                code="payouts.period-not-over",
                because=f"{span.text} is not over before {span.end:%d %B %Y}",
                hint="close it then, when late events are in",
                subject=span.text,
            )
        )


def refuse_twice(span: Span) -> None:
    """What is locked stays as it is."""
    for text in PeriodRow.objects.order_by("period").values_list("period", flat=True):
        if Span(text).overlaps(span):
            raise Refused(
                Refusal(
                    code="payouts.period-closed",
                    because=f"{span.text} shares time with {text}, which is closed and is never edited",
                    hint="what came in late goes into a later statement",
                    subject=span.text,
                )
            )


def refuse_out_of_turn(span: Span) -> None:
    """Balances, guarantees of a quarter and advances go on from one period to the next, so none may be left out."""
    closed = [Span(text) for text in PeriodRow.objects.values_list("period", flat=True)]
    last = max(closed, key=lambda one: one.end, default=None)
    if last is not None and span.start != last.end:
        because = f"{last.text} was closed last, and periods are closed in their order: {last.after.text} comes next"
    elif last is None and (open_before := _first_revenue(span)):
        because = f"revenue is reported for {open_before}, which comes before {span.text} and is not closed"
    else:
        return
    hint = "close what comes first; a period without revenue pays nothing and says so"
    raise Refused(Refusal(code="payouts.out-of-turn", because=because, hint=hint, subject=span.text))


def _first_revenue(span: Span) -> str | None:
    reported = {one.period for one in metering.revenue() if one.amount_micros}
    before = sorted(text for text in reported if Span(text).end <= span.start)
    return before[0] if before else None


def refuse_a_part(span: Span) -> None:
    """Revenue reported for a whole quarter cannot be divided among its months."""
    if span.text == span.quarter:
        return
    reported = [one for one in metering.revenue(Span(span.quarter)) if one.amount_micros]
    whole = sorted(one.feature for one in reported if one.period == span.quarter)
    if whole:
        raise Refused(
            Refusal(
                code="payouts.reported-by-quarter",
                because=f"revenue of {whole[0]} is reported for {span.quarter} and not by month",
                hint=f"close {span.quarter}, or report 0.00 for it and each month's revenue instead",
                subject=span.text,
            )
        )


def refuse_unapproved(span: Span, approved_by: str) -> None:
    """A draft is locked once finance has approved it."""
    if approved_by:
        return
    raise Refused(
        Refusal(
            code="payouts.not-approved",
            because=f"the draft of {span.text} waits for finance to approve it",
            hint=f"look at it, then `accord pay approve {span.text}`",
            subject=span.text,
        )
    )


def refuse_another(span: Span, draft: str, looked_at: str) -> None:
    """What is approved is what was looked at: it may have been drafted again meanwhile."""
    if looked_at in ("", draft):
        return
    raise Refused(
        Refusal(
            code="payouts.another-draft",
            because=f"{span.text} was drafted again since",
            hint="look at the draft that stands now, and approve that",
            subject=span.text,
        )
    )


def refuse_given_out_since(span: Span, known: int) -> None:
    """A draft that was made before money of unknown works was given out may pay that money to a work: it is drafted again."""
    row = RedistributedRow.objects.filter(asset__endswith=WORKS, position__gt=known).order_by("position").first()
    if row is not None:
        raise Refused(
            Refusal(
                code="payouts.given-out-since",
                because=f"what waited for the works in {recording_of(row.asset)} was given out after {span.text} was drafted",
                hint=f"draft it again with `accord pay draft {span.text}`, and approve that",
                subject=span.text,
            )
        )
