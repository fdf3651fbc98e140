"""What an edition or encoding may be used for, by its own words (pure).

An old tune is nobody's; whoever typed it in has terms of their own. Accord reads them as they stand and never guesses in its
own favour: what is reserved or unclear is held, with the sentence that says so, until somebody settles it.
"""

from __future__ import annotations

from collections.abc import Iterable

from accord.catalog.records import Asset, Terms
from accord.parties.rules import folded

RESERVED = ("derivative", "no derivatives", "all rights reserved", "by-nd", "-nd ")
COMMERCE_EXCLUDED = ("non-commercial", "noncommercial", "non commercial", "not for profit", "by-nc")
PERMITTED = (
    "public domain",
    "cc0",
    "cc by",
    "creative commons attribution",
    "freely",
    "licensed for use",
    "bsd",
    "mit ",
)
DOUBT = ("unclear", "permission of", "by permission", "by his permission", "by her permission", "please contact")


def read_terms(
    source: str,
    statement: str,
    *,
    transcriber: str | None = None,
    owner: str | None = None,
    licence: str | None = None,
    licensor: str | None = None,
) -> Terms:
    """The terms that a file or its folder states in words. Doubt beats permission, a reservation beats both."""
    words = f"{folded(licence or '')} {folded(statement)} "
    reserved = any(phrase in words for phrase in RESERVED)
    doubtful = any(phrase in words for phrase in DOUBT)
    permitted = any(phrase in words for phrase in PERMITTED)
    return Terms(
        source=source,
        transcriber=transcriber,
        owner=owner,
        licence=licence,
        licensor=licensor,
        statement=" ".join(statement.split()),
        non_commercial=any(phrase in words for phrase in COMMERCE_EXCLUDED),
        derivatives="reserved" if reserved else "allowed" if permitted and not doubtful else "unclear",
    )


def intake_holds(terms: Terms) -> tuple[str, ...]:
    """The reasons why an encoding under these terms must not be used yet; empty when there are none."""
    said = f': "{terms.statement}"' if terms.statement else ", for it states none"
    holds = []
    if terms.derivatives == "reserved":
        holds.append(f"the terms of `{terms.source}` reserve what is derived from it{said}")
    elif terms.derivatives != "allowed":
        holds.append(f"the terms of `{terms.source}` are unclear{said}")
    if terms.owner and terms.licensor and folded(terms.owner) != folded(terms.licensor):
        holds.append(
            f"`{terms.source}` names `{terms.owner}` as its owner, and its licence comes from `{terms.licensor}`"
        )
    return tuple(holds)


def inherited_holds(source: Asset | None) -> tuple[str, ...]:
    """What is made from a held encoding is held for the same reasons."""
    return tuple(f"made from `{source.title}`: {hold}" for hold in source.intake_holds) if source else ()


def non_commercial(terms: Terms | None, sources: Iterable[Asset]) -> bool:
    """Terms that forbid commerce reach everything made from what they cover."""
    return bool(terms and terms.non_commercial) or any(source.non_commercial for source in sources)
