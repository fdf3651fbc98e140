"""From the catalogue to candidates for a set: each asset's notes, its people, its terms, and its near-duplicates (shell)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind, Terms
from accord.catalog.score import Score, from_midi
from accord.training import dedupe, tokens
from accord.training.records import SealedItem
from accord.vault import actions as vault

#: What the model could learn from, when nobody says which assets: everything that has notes.
LEARNABLE = (AssetKind.SCORE, AssetKind.RECORDING)


def learnable() -> tuple[str, ...]:
    """Every score and recording of the catalogue that has notes."""
    found = (catalog.assets(kind=kind) for kind in LEARNABLE)
    return tuple(sorted(a.id for some in found for a in some.values() if a.score is not None))


def candidates(assets: Sequence[str]) -> tuple[SealedItem, ...]:
    """The assets as items, not yet decided on. Unknown ids are left to the decision, which names them."""
    held = with_ancestors(assets)
    scores = {a: from_midi(vault.read(d)) for a in assets if a in held and (d := held[a].score) is not None}
    works = {a: _work(a, held) for a in assets if a in held}
    roots = {a: _root(works[a], held) for a in works}
    cluster = dedupe.clusters({a: _runs(scores.get(a)) for a in works}, _same(roots))
    terms = catalog.encodings(held)
    return tuple(
        SealedItem(
            asset=a,
            title=held[a].title,
            kind=held[a].kind.value,
            work=works[a],
            cluster=cluster[a],
            digest=held[a].score or held[a].audio,
            decision="",
            note_tokens=tokens.note_tokens(tokens.encode(scores[a]).ids) if a in scores else 0,
            people=_people(a, held),
            licence="; ".join(dict.fromkeys(_stated(terms[p].terms) for p in _ancestry(a, held) if p in terms)),
            non_commercial=held[a].non_commercial,
            demonstration=held[a].demonstration,
        )
        for a in works
    )


def with_ancestors(assets: Iterable[str]) -> dict[str, Asset]:
    """The assets and everything they are made of, by id."""
    found: dict[str, Asset] = {}
    wanted = set(assets)
    while wanted:
        found |= catalog.assets(ids=sorted(wanted))
        wanted = {p for a in found.values() for p in a.parents} - found.keys() - (wanted - found.keys())
    return found


def _ancestry(asset: str, held: Mapping[str, Asset]) -> tuple[str, ...]:
    order: dict[str, None] = {}
    todo = [asset]
    while todo:
        here = todo.pop(0)
        if here in held and here not in order:
            order[here] = None
            todo.extend(held[here].parents)
    return tuple(order)


def _stated(terms: Terms) -> str:
    """The terms of an encoding: the licence that it names, and its own words."""
    return ": ".join(dict.fromkeys(filter(None, (terms.licence, terms.statement)))) or f"{terms.source} states none"


def _work(asset: str, held: Mapping[str, Asset]) -> str:
    """The nearest work; the asset itself when it names none."""
    return next((a for a in _ancestry(asset, held) if held[a].kind is AssetKind.WORK), asset)


def _root(work: str, held: Mapping[str, Asset]) -> str:
    """The tune at the bottom of arrangements."""
    return [a for a in _ancestry(work, held) if held[a].kind is AssetKind.WORK or a == work][-1]


def _same(roots: Mapping[str, str]) -> list[tuple[str, str]]:
    first: dict[str, str] = {}
    return [(first.setdefault(root, asset), asset) for asset, root in sorted(roots.items())]


def _people(asset: str, held: Mapping[str, Asset]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(credit.party for part in _ancestry(asset, held) for credit in held[part].credits))


def _runs(score: Score | None) -> dedupe.Runs:
    return dedupe.runs(score) if score is not None else frozenset()
