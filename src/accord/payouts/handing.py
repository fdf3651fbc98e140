"""A statement in the form that whoever is paid takes it in: (file name, content), always for a viewer (shell)."""

from __future__ import annotations

from accord.parties.viewer import Viewer
from accord.payouts import bound, paper, queries
from accord.payouts import dsr as flat


def pdf(viewer: Viewer, statement_id: str) -> tuple[str, bytes]:
    """To print or send on. Raises: NotThere when it is not the viewer's."""
    text, document = queries.statement_text(viewer, statement_id), queries.statement(viewer, statement_id)
    closed_at = queries.closed(document["period"]).at
    return f"{statement_id}.pdf", paper.pdf(bound.printed(document, text, closed_at))


def dsr(viewer: Viewer, statement_id: str) -> tuple[str, bytes]:
    """As a DDEX sales report. Raises: NotThere when it is not the viewer's, BadInput while the sender has no DPID."""
    document = queries.statement(viewer, statement_id)
    report = bound.report(document, queries.closed(document["period"]).at)
    return flat.name(report), flat.dsr(report)
