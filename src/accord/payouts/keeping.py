"""Reserves: a share of what was due under a deal, kept back for as many closes as its terms say (pure)."""

from __future__ import annotations

import msgspec


class Reserve(msgspec.Struct, frozen=True, kw_only=True):
    """What was kept back of one party under one deal at the close of `of`; `released`: this close lets it go."""

    deal: str
    party: str
    of: str
    currency: str
    amount_micros: int
    released: bool = False

    @property
    def account(self) -> str:
        """The account it stands in."""
        return f"reserve:{self.deal}:{self.party}:{self.of}"

    @property
    def name(self) -> str:
        """How statements and postings call it."""
        return f"{self.deal}, {self.of}"


def long_enough(closes_since: int, periods: int) -> bool:
    """Whether a close lets go what was kept back; `closes_since` counts the closes after it, this one included."""
    return closes_since >= periods
