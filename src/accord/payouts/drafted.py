"""What a draft is made of, for finance before it approves: its statements and lines, read where the draft keeps them.

Nothing is written by looking. The bytes are those that a lock makes statements of, and once it is locked they are those
statements; a party reads its own there, and is answered here as if there were none.
"""

from __future__ import annotations

from typing import Any

import msgspec

from accord.metering.periods import parse
from accord.parties.viewer import Viewer
from accord.payouts import files
from accord.payouts.facts import PeriodDrafted
from accord.payouts.heads import head_of
from accord.payouts.models import DraftRow
from accord.payouts.queries import OFFICE, Period, explained
from accord.payouts.records import StatementHead, Step
from accord.terms.refusal import NotThere


def statements(viewer: Viewer, period: str, party: str | None = None) -> list[StatementHead]:
    """The heads of what would be statements. Raises: NotThere without a draft, and for who is not of finance."""
    found = (head_of(text) for text in files.statements(basis(viewer, period).files))
    return [head for head in found if party in (None, head.party)]


def statement_text(viewer: Viewer, period: str, statement_id: str) -> bytes:
    """The bytes that a statement will have if the draft is locked as it is. Raises: NotThere."""
    for text in files.statements(basis(viewer, period).files):
        if f'"{statement_id}"'.encode() in text and head_of(text).id == statement_id:
            return text
    raise NotThere(f"the draft of `{period}` has no statement `{statement_id}`")


def statement(viewer: Viewer, period: str, statement_id: str) -> dict[str, Any]:
    """The same as a document (`accord.statement/1`). Raises: NotThere."""
    found: dict[str, Any] = msgspec.json.decode(statement_text(viewer, period, statement_id))
    return found


def statements_of(viewer: Viewer, party: str, period: str) -> list[dict[str, Any]]:
    """What a party would be told, one document per currency. Raises: NotThere when that is nothing."""
    found = [statement(viewer, period, head.id) for head in statements(viewer, period, party)]
    if not found:
        raise NotThere(f"the draft of `{period}` has no statement of `{party}`")
    return found


def explain(viewer: Viewer, period: str, statement_id: str, line: int) -> list[Step]:
    """A line walked back to its listens, as `queries.explain` does it of a locked one. Raises: NotThere."""
    return explained(statement(viewer, period, statement_id), line, basis(viewer, period))


def basis(viewer: Viewer, period: str) -> Period:
    """What the newest draft of a period rests on. Raises: NotThere, as `statements`."""
    span = parse(period)
    row = DraftRow.objects.filter(period=span.text).first() if viewer.has(*OFFICE) else None
    if row is None:
        raise NotThere(f"there is no draft of `{period}`")
    fact = msgspec.json.decode(row.body, type=PeriodDrafted)
    return Period(
        period=row.period,
        position=row.position,
        known=fact.known,
        at=row.at,
        order=fact.order,
        events=fact.events,
        files={one.name: one.file for one in fact.files},
        rules={one.name: one.digest for one in fact.rules},
    )
