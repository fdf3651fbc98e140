"""What an artist who takes part earned: paid direct and attributed gross apart."""

from __future__ import annotations

from collections.abc import Iterable

from accord.insights.participant_revenue import ATTRIBUTED_GROSS, PAID_DIRECT, Row, figures
from accord.insights.records import Figure

DEFINITION = f"{PAID_DIRECT} {ATTRIBUTED_GROSS}"
DENOMINATOR = "Artists (featured performers and vocalists) with a yes that stood at any time in the closed periods."


def compute(rows: Iterable[Row], currency: str = "EUR") -> tuple[Figure, Figure]:
    """(paid direct, attributed gross) per participating artist."""
    return figures(rows, "artist", "artist_revenue", currency)
