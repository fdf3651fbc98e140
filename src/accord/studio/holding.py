"""What a hold reaches: the take it stands on, what that was edited to or handed in as, and what either is laid into (shell)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from accord.clearance import queries as clearance
from accord.studio import queries
from accord.studio.descent import is_creation
from accord.studio.models import CreationRow
from accord.studio.records import Take
from accord.studio.rules import may
from accord.terms.refusal import Refusal, Refused


def check(takes: Iterable[str], creator: str) -> None:
    """Raises: Refused when one of `takes` is held; whose it is hears why, everybody else that it is (law 10)."""
    wanted = tuple(dict.fromkeys(takes))
    for name, refusal in held(wanted).items():
        own = queries.takes([name])[name].creator == creator
        raise Refused(refusal if own else withheld("something in it that somebody else made", name))


def held(takes: Iterable[str]) -> dict[str, Refusal]:
    """Those of some takes that a case or a hold stands against, or against what they were edited from or handed in as, each with
    the refusal as its maker hears it."""
    wanted = tuple(dict.fromkeys(takes))
    known = queries.takes(wanted)
    while before := {take.parent for take in known.values() if take.parent} - known.keys():
        known |= queries.takes(before)
    subjects = {name: [name] for name in known}
    for take, creation in CreationRow.objects.filter(take__in=list(known)).values_list("take", "id"):
        subjects[take].append(creation)
    reasons: dict[str, list[str]] = defaultdict(list)
    for hold in clearance.holds() if known else ():
        reasons[hold.subject].append(hold.reason)
    against = {name: may("edit", known[name], [r for one in subjects[name] for r in reasons[one]]) for name in known}
    return {name: refusal for name in wanted if (refusal := _first(known, name, against)) is not None}


def withheld(what: str, subject: str) -> Refusal:
    """What others hear of a hold: that there is one. What is said against it is its maker's to know (law 10)."""
    return Refusal(
        code="studio.take-held",
        because=f"{what} is held for now, and nothing is made with it until the hold is lifted",
        hint="lay in something else, or try again later",
        subject=subject if is_creation(subject) else "",
    )


def _first(known: Mapping[str, Take], name: str | None, against: Mapping[str, Refusal | None]) -> Refusal | None:
    """What stands against a take, or the nearest one that it was edited from."""
    while name is not None:
        if (refusal := against[name]) is not None:
            return refusal
        name = known[name].parent
    return None
