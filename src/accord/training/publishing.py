"""Writes a model's cards into the vault (shell): the deals' public terms come from the deals room."""

from __future__ import annotations

from msgspec.structs import replace

from accord.deals import queries as deals
from accord.terms.use import Use
from accord.training import cards, croissant
from accord.training.records import Cards, Model, Seal
from accord.vault import actions as vault


def write(model: Model, seal: Seal) -> Cards:
    """Model card, data card and Croissant of a model, stored; returns their digests."""
    words = {deal: _licence(deal) for deal in seal.licences}
    return Cards(
        model=vault.put(cards.model_card(model, seal, words).encode()),
        data=vault.put(cards.data_card(seal, words).encode()),
        croissant=vault.put(croissant.write(seal, words, seal.at)),
    )


def again(model: Model, seal: Seal) -> Cards:
    """The cards after something about the model changed: its own is written anew, those of its set stay."""
    if model.cards is None:
        return write(model, seal)
    words = {deal: _licence(deal) for deal in seal.licences}
    return replace(model.cards, model=vault.put(cards.model_card(model, seal, words).encode()))


def _licence(deal: str) -> str:
    """The clauses on training, in words; a clause that does not make its uses public is shown too."""
    terms = deals.terms_public(deal)
    ends = terms.ends.isoformat() if terms.ends else None
    clauses = [clause for clause in terms.clauses if Use.TRAIN in clause.get("uses", [Use.TRAIN])]
    return cards.licence_words(terms.licensor, clauses, terms.starts.isoformat(), ends)
