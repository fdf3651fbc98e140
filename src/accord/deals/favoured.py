"""Most favoured nations: which deals in force hold the clause and are touched by better terms elsewhere.

Compared are the terms that mean the same for a catalogue of any size: rates and fees. Advances and guarantees depend on
how much is licensed and are left to people. Amounts are compared within one currency only.
"""

from __future__ import annotations

from collections.abc import Iterable

from accord.deals.records import Clause, Ratchet, Terms

RATES = ("rate_ppm", "featured_artist_ppm")
FEES = ("fee_per_use_micros", "fee_per_training_run_micros")


def mfn_affected(new: Terms, existing: Iterable[tuple[str, Terms]]) -> list[Ratchet]:
    """The ratchets that ``new`` sets off in ``existing`` (deal id, terms in force), by deal and term.

    A deal is touched when it holds the clause, is of another licensor, and both grant some use in some feature and
    territory in common while both run. Master and publishing are compared alike: that is what the clause is for.
    """
    found = []
    for deal, terms in existing:
        if not terms.remuneration.most_favoured or terms.licensor == new.licensor or not _overlap(new, terms):
            continue
        same_currency = terms.remuneration.currency == new.remuneration.currency
        for term in RATES + (FEES if same_currency else ()):
            now, better = getattr(terms.remuneration, term), getattr(new.remuneration, term)
            if better > now:
                found.append(
                    Ratchet(
                        deal=deal,
                        licensor=terms.licensor,
                        term=term,
                        now=now,
                        better=better,
                        because=f"`{deal}` is most favoured: {term} {now} against {better} agreed with {new.licensor}",
                    )
                )
    return sorted(found, key=lambda ratchet: (ratchet.deal, ratchet.term))


def _overlap(one: Terms, other: Terms) -> bool:
    if (one.ends is not None and one.ends <= other.starts) or (other.ends is not None and other.ends <= one.starts):
        return False
    return any(_meet(mine, theirs) for mine in one.clauses for theirs in other.clauses)


def _meet(mine: Clause, theirs: Clause) -> bool:
    return bool(
        set(mine.uses) & set(theirs.uses)
        and set(mine.features) & set(theirs.features)
        and mine.territories & theirs.territories
    )
