"""A change of bank account waits: by which rule, and which of a party's accounts is paid at an instant (pure).

Who gets into somebody's sign-in can give another account, and what is paid to it at once is gone. So a change waits, those
who can tell are told, and somebody other than who gave it says that it is right. A rule is data and has a version.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import msgspec

from accord.terms.instant import Instant

#: Where payments go while a change waits: to the account before, or nowhere.
OLD, HOLD = "old", "hold"


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """How many days a change waits after it was given, and where payments go in the meantime. A first account waits for
    nothing: there is none before it to be paid by mistake."""

    version: str
    days: int
    meanwhile: str

    @property
    def said(self) -> str:
        """The rule in one sentence."""
        until = "payments go to the account before" if self.meanwhile == OLD else "nothing is paid"
        return (
            f"a change counts {self.days} days after it was given, once somebody other than who gave it has confirmed it; "
            f"until then {until}"
        )


RULES = {"1": Rule(version="1", days=7, meanwhile=OLD)}
CURRENT = RULES["1"]


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """An account as it was given, and what became of it. `rule`: empty for one that was given before changes waited."""

    party: str
    details: str
    at: Instant
    by: str
    rule: str = ""
    confirmed_at: Instant | None = None
    confirmed_by: str = ""
    stopped_at: Instant | None = None
    because: str = ""  # it was stopped

    @property
    def until(self) -> Instant:
        """The first instant from which it may be paid, as a change."""
        return self.at + timedelta(days=RULES[self.rule].days if self.rule else 0)

    @property
    def counts_from(self) -> Instant | None:
        """The instant from which a change is paid; None as long as nobody has confirmed it, or where it was stopped."""
        if not self.rule:
            return self.at
        if self.stopped_at is not None or self.confirmed_at is None:
            return None
        return max(self.until, self.confirmed_at)


class Accounts(msgspec.Struct, frozen=True, kw_only=True):
    """A party's accounts at an instant: the one that counts, the change that waits, and the last that was stopped."""

    counts: Given | None = None
    waiting: Given | None = None
    stopped: Given | None = None

    @property
    def paid(self) -> Given | None:
        """The account that payments go to; None where none is known, or where they wait for the change."""
        held = self.waiting is not None and RULES[self.waiting.rule].meanwhile == HOLD
        return None if held else self.counts


def accounts(given: Iterable[Given], at: Instant) -> Accounts:
    """A party's accounts at an instant, from all it was given until then in the order it was.

    A change that still waits when another is given never counts: the newer one took its place.
    """
    counts: Given | None = None
    waiting: Given | None = None
    stopped: Given | None = None
    for one in given:
        stopped = one if one.stopped_at is not None else stopped
        counts, waiting = _matured(counts, waiting, one.at)
        if counts is None or not one.rule:
            counts, waiting = one, None
        else:
            waiting = one
    counts, waiting = _matured(counts, waiting, at)
    waits = waiting is not None and waiting.stopped_at is None
    return Accounts(counts=counts, waiting=waiting if waits else None, stopped=stopped)


def _matured(counts: Given | None, waiting: Given | None, at: Instant) -> tuple[Given | None, Given | None]:
    if waiting is None or waiting.counts_from is None or waiting.counts_from > at:
        return counts, waiting
    return waiting, None
