"""What was worked out before signing, kept to be looked at again without dividing the period twice once more (shell).

A result is of the terms as they were on the table, a period, and who asked: the office, or the licensor for itself. It lies in
the work folder, which may be emptied at any time: what is missing there is worked out again.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import msgspec
from django.conf import settings

from accord.deals import document
from accord.deals import queries as deals
from accord.journal.durable import write_durably
from accord.metering.periods import parse
from accord.parties.viewer import Viewer
from accord.payouts import supposing
from accord.payouts.models import PeriodRow
from accord.payouts.queries import OFFICE
from accord.payouts.supposing import WhatIf
from accord.terms.instant import Instant


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A result, and when it was worked out."""

    at: Instant
    found: WhatIf


def work_out(viewer: Viewer, deal: str, period: str, at: Instant) -> Kept:
    """Divide the period twice and keep the result. Raises: as `supposing.of_deal`."""
    kept = Kept(at=at, found=supposing.of_deal(viewer, deal, period))
    write_durably(_path(viewer, deal, period), msgspec.json.encode(kept))
    return kept


def kept(viewer: Viewer, deal: str, period: str) -> Kept | None:
    """The last result, or None where there is none. Raises: NotThere as `supposing.of_deal`; nothing is worked out."""
    supposing.may_ask(viewer, deal, period)
    try:
        found = msgspec.json.decode(_path(viewer, deal, period).read_bytes(), type=Kept)
    except (FileNotFoundError, msgspec.DecodeError):  # never worked out, or by code that wrote it otherwise
        return None
    closed = PeriodRow.objects.filter(period=parse(period).text).exists()
    return found if found.found.closed == closed else None  # closed since, it is of what it was closed by


def _path(viewer: Viewer, deal: str, period: str) -> Path:
    asked = (
        deal,
        document.digest(deals.terms_of(deal)),
        parse(period).text,
        "office" if viewer.has(*OFFICE) else "own",
    )
    return Path(settings.ACCORD_HOME) / "work" / "what-if" / f"{sha256('|'.join(asked).encode()).hexdigest()}.json"
