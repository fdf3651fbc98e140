"""A party's statement with the proof of it and of what was paid, as a file for a stranger to check (shell)."""

from __future__ import annotations

import msgspec

from accord.journal import queries as journal
from accord.journal.note import Checkpoint
from accord.parties.viewer import Viewer
from accord.payouts import queries
from accord.payouts.committing import opening
from accord.payouts.models import AdvanceRow, PaymentRow, StatementRow
from accord.payouts.proofs import FORMAT, PaymentProof
from accord.provenance.carried import Proof
from accord.terms.refusal import NotThere
from accord.vault import actions as vault


def proof(viewer: Viewer, statement_id: str) -> tuple[str, bytes]:
    """(file name, content) for the party and finance.

    Raises: NotThere when it is not the viewer's, or the period was locked before statements were committed to one by one.
    """
    text = queries.statement_text(viewer, statement_id)
    row = StatementRow.objects.get(statement=statement_id)
    period = queries.closed(row.period)
    if not period.committed:
        what = f"{row.period} was locked before statements could be proven one by one"
        raise NotThere(
            what, do=f"`accord journal prove {period.position}` proves all of the period's statements at once"
        )
    index = StatementRow.objects.filter(file=row.file, period=row.period, start__lt=row.start).count()
    salt, path = opening(vault.read(period.commitments), index)
    checkpoint = journal.latest_checkpoint()
    made = PaymentProof(
        format=FORMAT,
        statement=text.decode(),
        salt=salt.hex(),
        index=index,
        path=tuple(digest.hex() for digest in path),
        committed=_proof(period.committed, checkpoint),
        payments=tuple(_proof(one, checkpoint) for one in _paid(row.party, row.currency, checkpoint.size)),
    )
    return f"{statement_id}.proof.json", msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n"


def _paid(party: str, currency: str, size: int) -> list[int]:
    """Where a party's payments and advances stand among the first `size` facts, oldest first."""
    covered = {"party": party, "currency": currency, "position__lte": size}
    positions = [kind.objects.filter(**covered).values_list("position", flat=True) for kind in (PaymentRow, AdvanceRow)]
    return sorted(place for found in positions for place in found)


def _proof(position: int, checkpoint: Checkpoint) -> Proof:
    found = journal.inclusion(position, checkpoint)
    return Proof(found.canonical, found.salt, found.position, found.path, found.checkpoint)
