"""Writes a model's cards into the vault (shell): the deals' public terms come from the deals room."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from accord.deals import queries as deals
from accord.journal.actions import Writer
from accord.terms.use import Use
from accord.training import bom, cards, croissant, disclosure, facts, queries
from accord.training.records import Cards, Licence, Model, Seal
from accord.vault import actions as vault


def write(model: Model, seal: Seal) -> Cards:
    """All the cards of a model, stored; returns their digests."""
    licences = _licences(seal)
    of_set = Cards(
        model="",
        data=vault.put(cards.data_card(seal, _words(licences)).encode()),
        croissant=vault.put(croissant.write(seal, licences, seal.at)),
    )
    return _of_model(of_set, model, seal, licences)


def anew(journal: Writer, *models: str) -> None:
    """What is published of models after something about them changed: their own cards as they are now, those of their sets stay."""
    for name in models:
        model = queries.model(name)
        seal = queries.seal(model.seal)
        now = write(model, seal) if model.cards is None else _of_model(model.cards, model, seal, _licences(seal))
        journal.append(facts.CardsPublished(model=name, cards=now))


def _of_model(now: Cards, model: Model, seal: Seal, licences: Sequence[Licence]) -> Cards:
    return replace(
        now,
        model=vault.put(cards.model_card(model, seal, _words(licences)).encode()),
        bom=vault.put(bom.write(model, seal, licences)),
        eu=vault.put(disclosure.europe(model, seal, licences).encode()),
        california=vault.put(disclosure.california(model, seal, licences).encode()),
    )


def _words(licences: Sequence[Licence]) -> dict[str, str]:
    return {one.deal: one.words for one in licences}


def _licences(seal: Seal) -> tuple[Licence, ...]:
    return tuple(_licence(deal) for deal in sorted(seal.licences))


def _licence(deal: str) -> Licence:
    """The clauses on training, in words; a clause that does not make its uses public is shown too."""
    terms = deals.terms_public(deal)
    ends = terms.ends.isoformat() if terms.ends else None
    clauses = [clause for clause in terms.clauses if Use.TRAIN in clause.get("uses", [Use.TRAIN])]
    words = cards.licence_words(terms.licensor, clauses, terms.starts.isoformat(), ends)
    return Licence(deal=deal, licensor=terms.licensor, starts=terms.starts, ends=terms.ends, words=words)
