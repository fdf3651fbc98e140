"""Where each period stands: open → grace → draft → locked, with who did what when."""

from __future__ import annotations

import msgspec

from accord.journal.queries import head
from accord.metering import queries as metering
from accord.metering.periods import Span, parse
from accord.payouts import files
from accord.payouts.facts import PeriodDrafted
from accord.payouts.heads import head_of
from accord.payouts.models import DraftRow, PeriodRow
from accord.payouts.records import CloseReport, PeriodStanding, PeriodState, StatementHead
from accord.payouts.restating import Standing, changes
from accord.terms.instant import Instant
from accord.terms.refusal import NotThere


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a period would leave if it were locked as drafted: reports per currency, and a head per statement."""

    draft: str
    period: str
    reports: tuple[CloseReport, ...]
    heads: tuple[StatementHead, ...]


def standings(at: Instant) -> list[PeriodStanding]:
    """Every closed period, and those after them that are next or have revenue, in their order, as of an instant."""
    return [standing(span.text, at) for span in _spans()]


def standing(period: str, at: Instant) -> PeriodStanding:
    """Where one period stands. Raises: BadInput for what is no period."""
    span = parse(period)
    row = DraftRow.objects.filter(period=span.text).first()
    closed = PeriodRow.objects.filter(period=span.text).first()
    if row is None and closed is None:
        over = at >= span.end
        since = span.end if over else span.start
        return PeriodStanding(period=span.text, state=PeriodState.GRACE if over else PeriodState.OPEN, since=since)
    drafted = {} if row is None else _drafted(row)
    if closed is not None:
        by = row.locked_by if row is not None else ""
        return PeriodStanding(period=span.text, state=PeriodState.LOCKED, since=closed.at, by=by, **drafted)
    assert row is not None  # either of the two is there
    came_in = tuple(sorted({words for said in changes(_as_drafted(row), head()).values() for words in said}))
    return PeriodStanding(
        period=span.text, state=PeriodState.DRAFT, since=row.at, by=row.actor, came_in=came_in, **drafted
    )


def draft(period: str) -> Draft:
    """The draft of a period. Raises: NotThere when nothing is drafted, BadInput for what is no period."""
    row = DraftRow.objects.filter(period=parse(period).text).first()
    if row is None:
        raise NotThere(f"there is no draft of `{period}`")
    found = _fact(row)
    named = {one.name: one.file for one in found.files}
    heads = tuple(head_of(text) for text in files.statements(named))
    return Draft(draft=row.draft, period=row.period, reports=found.reports, heads=heads)


def _spans() -> list[Span]:
    closed = [Span(text) for text in PeriodRow.objects.values_list("period", flat=True)]
    last = max(closed, key=lambda one: one.end, default=None)
    named = {*DraftRow.objects.values_list("period", flat=True), *(one.period for one in metering.revenue())}
    later = {Span(text) for text in named if last is None or Span(text).start >= last.end}
    if last is not None and not any(one.overlaps(last.after) for one in later):
        later.add(last.after)
    return sorted({*closed, *later}, key=lambda one: (one.start, one.end))


def _drafted(row: DraftRow) -> dict[str, object]:
    return {
        "draft": row.draft,
        "drafted_by": row.actor,
        "approved_by": row.approved_by,
        "approved_at": row.approved_at,
    }


def _fact(row: DraftRow) -> PeriodDrafted:
    return msgspec.json.decode(row.body, type=PeriodDrafted)


def _as_drafted(row: DraftRow) -> Standing:
    """A draft as if it were closed: what came in since is what its lock would leave to the next close."""
    found = _fact(row)
    named = {one.name: one.file for one in found.files}
    own = {name: file for name, file in named.items() if not files.of_another(name)}
    return Standing(
        span=Span(row.period), closed_known=found.known, since=found.known, order=found.order, files=own, done="drafted"
    )
