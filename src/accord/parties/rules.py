"""Who may speak for whom (pure).

- An identifier belongs to one party; its check digit holds.
- A mandate names its uses one by one and rests on evidence; voice and likeness are covered only when named.
- A delivery speaks for the sender, for those that joined the sender, and for nobody else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime

from accord.parties.records import Identifier, Mandate, Membership
from accord.terms.identifiers import dpid, ipi, isni
from accord.terms.refusal import BadInput
from accord.terms.use import INWARD, Use

_CHECKS: dict[str, Callable[[str], str]] = {"dpid": dpid.validate, "isni": isni.validate, "ipi": ipi.validate}
SCHEMES = ("dpid", "isni", "ipi", "ipn")
#: Controls, line ends, halves of characters, and what turns the direction of the text around it. Joiners are letters' own.
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def identifier(scheme: str, value: str) -> Identifier:
    """The identifier in its compact form. Raises: BadInput for an unknown scheme or a wrong check digit."""
    scheme = scheme.lower()
    if len(scheme) > 60 or len(value) > 120 or not (scheme + value).isprintable():
        raise BadInput(f"an identifier of {len(value)} characters, or of signs that cannot be shown", do="shorten it")
    if scheme in _CHECKS:
        return Identifier(scheme, _CHECKS[scheme](value))
    if (scheme == "ipn" or scheme.startswith("own:")) and value.strip():
        return Identifier(scheme, value.strip())
    raise BadInput(f"`{scheme}` is not a scheme of party identifiers", do=f"use one of {', '.join(SCHEMES)}")


def folded(name: str) -> str:
    """A name as it is compared: compatibility forms, case and spacing folded. Look-alike letters stay apart."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def clean_name(name: str) -> str:
    """A name as it is kept. Raises: BadInput when nothing is left, or when it is too long to be one."""
    kept = " ".join(unicodedata.normalize("NFC", name).split())
    if not kept:
        raise BadInput("a party needs a name", do="give the name it goes by")
    if _UNSHOWN.search(kept):
        raise BadInput(f"the name `{ascii(kept)[:60]}` has signs that cannot be shown", do="write it in plain letters")
    if len(kept) > 500:
        raise BadInput(f"the name that begins `{kept[:40]}` has {len(kept)} characters", do="names end at 500")
    return kept


def says(evidence: object) -> bool:
    """Whether evidence says anything at all."""
    return bool(evidence.strip() if isinstance(evidence, str) else evidence)


def check_mandate(
    representative: str, person: str, uses: Iterable[Use], starts: date, ends: date | None, evidence: object
) -> tuple[Use, ...]:
    """The uses a mandate may name, in order. Raises: BadInput when it says too little to be relied on."""
    named = tuple(sorted(set(uses)))
    if representative == person:
        raise BadInput(f"`{person}` cannot hold a mandate from itself", do="a person's own yes needs no mandate")
    if not named:
        raise BadInput("a mandate names at least one use", do=f"choose from {', '.join(sorted(INWARD))}")
    if outside := [use for use in named if use not in INWARD]:
        raise BadInput(f"`{outside[0]}` is not a use that a person is asked for", do=f"use {', '.join(sorted(INWARD))}")
    if not says(evidence):
        raise BadInput("a mandate needs its evidence", do="give the signed document or say where it is kept")
    check_days(starts, ends)
    return named


def check_days(starts: date, ends: date | None) -> None:
    """Raises: BadInput when the first day after the period is not after its first day."""
    if ends is not None and ends <= starts:
        raise BadInput(f"a period from {starts} to {ends} holds no day", do="the end is the first day after it")


def mandate_covers(mandate: Mandate, representative: str, person: str, use: Use, at: datetime) -> bool:
    """Whether the representative may say yes for the person to this use at this instant.

    The day is UTC's, and the stricter way at both ends: a whole day inside the period.
    """
    if (mandate.representative, mandate.person) != (representative, person) or use not in mandate.uses:
        return False
    day = at.date()
    return mandate.period.start <= day and (mandate.period.end is None or day < mandate.period.end)


def speaks_for(sender: str, memberships: Iterable[Membership], at: datetime) -> frozenset[str]:
    """The parties whose rights a delivery by `sender` states with authority: itself, and who joined it by that day."""
    day = at.date()
    joined = {
        m.member
        for m in memberships
        if m.collective == sender and m.period.start <= day and (m.period.end is None or day < m.period.end)
    }
    return frozenset({sender, *joined})
