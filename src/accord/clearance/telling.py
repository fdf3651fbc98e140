"""The causes of a change as sentences, with the ids of whom and what they are about; names are bound when they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from accord.clearance.records import Cause
from accord.journal import queries as journal
from accord.journal.registry import Entry

Say = Callable[[Any], str]

#: What the facts that move answers most often say; the others are told by their names.
SENTENCES: Final[dict[str, Say]] = {
    "participation.choice-made": lambda f: (
        f"{f.spoken_by} said {f.answer}{_for(f)} to {f.use.value} in {f.feature}, {f.territories.named()}{_of(f)}"
    ),
    "participation.consent-withdrawn": lambda f: (
        f"{f.spoken_by} took back the yes{_for(f)} to {f.use.value} in {f.feature}, {f.territories.named()}{_of(f)}"
    ),
    "parties.verification-withdrawn": lambda f: f"an account no longer counts as {f.party}: {f.because}",
    "parties.mandate-given": lambda f: f"{f.person} let {f.representative} speak ({f.mandate})",
    "parties.mandate-ended": lambda f: f"the mandate {f.mandate} ended: {f.because}",
    "parties.membership-began": lambda f: f"{f.member} joined {f.collective}",
    "parties.membership-ended": lambda f: f"the membership {f.membership} ended: {f.because}",
    "deals.activated": lambda f: f"the deal {f.deal} came into force",
    "deals.suspended": lambda f: f"the deal {f.deal} was suspended: {f.reason}",
    "deals.resumed": lambda f: f"the deal {f.deal} was resumed: {f.reason}",
    "deals.terminated": lambda f: f"the deal {f.deal} was terminated: {f.reason}",
    "deals.expired": lambda f: f"the deal {f.deal} expired",
    "catalog.claim-accepted": lambda f: f"the claim {f.claim} was accepted",
    "catalog.claim-rejected": lambda f: f"the claim {f.claim} was rejected: {f.because}",
    "catalog.claim-withdrawn": lambda f: f"the claim {f.claim} was withdrawn: {f.because}",
    "catalog.public-domain-stated": lambda f: f"{f.asset} is in the public domain, {f.territories.named()}",
    "clearance.hold-placed": lambda f: f"{f.subject} was put on hold: {f.reason}",
    "clearance.hold-lifted": lambda f: f"the hold {f.hold} was lifted: {f.because}",
    "governance.feature-launched": lambda f: f"{f.feature} was launched",
    "governance.feature-suspended": lambda f: f"{f.feature} was suspended: {f.reason}",
    "governance.feature-resumed": lambda f: f"{f.feature} was resumed",
}


def told(causes: Iterable[Cause]) -> dict[Cause, str]:
    """Cause → a sentence with its date and, of a fact, its position."""
    return {cause: _fact(journal.entry(cause.position)) if cause.position else _day(cause) for cause in set(causes)}


def _fact(entry: Entry) -> str:
    say = SENTENCES.get(entry.kind, lambda _: entry.kind.partition(".")[2].replace("-", " "))
    return f"{say(entry.fact)} ({entry.at:%-d %B %Y %H:%M} UTC, position {entry.position:,})"


def _day(cause: Cause) -> str:
    if len(cause.day) > len("2026-06-01"):
        return f"the instant from which {cause.of} counts came ({cause.day})"
    return f"{cause.day}, on which {cause.of} begins or ends, came somewhere"


def _for(f: Any) -> str:
    return "" if f.spoken_by == f.person else f" for {f.person}"


def _of(f: Any) -> str:
    return "" if f.asset is None else f", for {f.asset}"
