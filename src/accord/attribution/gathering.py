"""From a creation to the layers of its shares: what is heard in it, what its model learned from, who made it (shell)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, reduce
from itertools import chain

from msgspec.structs import replace

from accord.attribution import bars, effect, human, lineage, makers, mixing, passages, rules, similarity
from accord.attribution.records import BY_TOKENS, Evidence, ShareKind
from accord.attribution.rules import Layer, Part
from accord.catalog.score import Score, from_midi
from accord.studio import queries as studio
from accord.studio.descent import creations_in, pieces_in
from accord.studio.own import rest
from accord.studio.records import Creation, DeedKind, Take
from accord.training import mixture, outside, outsiders, tokens
from accord.training import queries as training
from accord.training.cards import reliability
from accord.training.grammar import alphabet
from accord.training.records import Model, Seal
from accord.vault import actions as vault

AUTHOR = "published split"
OWN_NOTES = "own notes, counted"


def layers(creation: Creation) -> tuple[list[Layer], Evidence]:
    """What fills the creation, recordings and pieces by the seconds they are heard, and the evidence for it."""
    maker = _cocreator(creation)
    if creation.model is not None:
        layer, evidence = _piece(creation, [maker])
        return [layer], replace(evidence, human=human.share(creation))
    return _mixed(creation, maker) if creation.lineage else _alone(creation, maker)


def _alone(creation: Creation, maker: Part) -> tuple[list[Layer], Evidence]:
    """What nothing is heard in: all its maker's."""
    return [Layer(Fraction(1), {ShareKind.COCREATOR: [maker]})], Evidence(human=human.share(creation))


def _mixed(creation: Creation, maker: Part) -> tuple[list[Layer], Evidence]:
    """Recordings and what models wrote, each moment shared by gain among what is heard in it."""
    heard = creation.lineage
    if not mixing.shares(heard):
        return _alone(creation, maker)
    takes = studio.takes(pieces_in(heard))
    pieces = {name: _piece(take, [maker]) for name, take in takes.items()}
    evidence = reduce(_together, (about for _, about in pieces.values()), Evidence())
    timeline = lineage.timeline([lineage.span(s.asset, s.from_s, s.to_s, s.gain) for s in heard])
    found = mixing.layers(heard, {name: layer for name, (layer, _) in pieces.items()}, _cocreators(creation, maker))
    return found, replace(evidence, timeline=timeline, human=human.share(creation, takes))


def _piece(made: Creation | Take, makers: Sequence[Part]) -> tuple[Layer, Evidence]:
    """What a model wrote: notes that the person brought are theirs, for the rest the model's set, the model and the makers.

    Of sound that an outside model made nobody knows whose music it learned from.
    """
    elsewhere = outsiders.find(made.model)
    if elsewhere is not None:
        unknown = Part(elsewhere.id, Fraction(1), outside.METHOD, outside.unknown(elsewhere))
        parts = {ShareKind.COCREATOR: makers, ShareKind.OUTSIDE: [unknown]}
        return Layer(Fraction(1), parts), Evidence(reliability=outside.NOT_ATTRIBUTABLE)
    model, own, author = training.model(str(made.model)), Fraction(0), None
    piece = from_midi(vault.read(str(made.midi)))
    if made.own is not None:
        own = Fraction(made.own.notes, made.own.of)
        what = f"{'played' if made.own.played else 'wrote'} {made.own.notes} of {made.own.of} notes of {_called(made)}"
        author = Part(made.creator, Fraction(1), OWN_NOTES, what)
        piece = rest(piece, from_midi(vault.read(made.own.midi)))
    written: dict[ShareKind, Sequence[Part]] = {ShareKind.COCREATOR: makers, ShareKind.MODEL: [_itself(model)]}
    evidence = Evidence()
    if own < 1:
        written[ShareKind.SOURCE], evidence = _of_model(model, piece)
    return Layer(Fraction(1), written, own, author), evidence


def _called(made: Creation | Take) -> str:
    return "this creation" if isinstance(made, Creation) else "a piece that is heard in it"


def _together(one: Evidence, other: Evidence) -> Evidence:
    """What there is to look at of several pieces in one creation: of a work, what it is to the piece that it is most to."""
    said = dict.fromkeys(words for words in (one.reliability, other.reliability) if words)
    return Evidence(
        similarities=_ranked(_most(one.similarities, other.similarities)),
        effects=_ranked(_most(one.effects, other.effects)),
        bars=(*one.bars, *other.bars),
        reliability=" ".join(said) or None,
    )


def _most(*told: tuple[tuple[str, float], ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for work, value in chain(*told):
        found[work] = max(value, found.get(work, value))
    return found


def _cocreator(creation: Creation) -> Part:
    done = (deed.kind for deed in creation.made_by if deed.kind is not DeedKind.MODEL)
    deeds = ", ".join(dict.fromkeys(map(str, done)))
    return Part(creation.creator, Fraction(1), AUTHOR, f"made this creation{f' ({deeds})' if deeds else ''}")


def _cocreators(creation: Creation, maker: Part) -> dict[str, list[Part]]:
    """Piece ("" for all recordings) → the maker, and the makers of the creations of others that it came through, by what of
    theirs is heard."""
    made_by = {one.id: one.creator for one in studio.creations(creations_in(creation.lineage))}
    shared = makers.pieces(creation.lineage, creation.creator, made_by)
    if not made_by:
        return {piece: [maker] for piece in shared}
    heard = makers.seconds(creation.lineage, made_by)
    return {
        piece: [
            Part(party, part, makers.METHOD, maker.because if party == maker.subject else _made(heard[party]))
            for party, part in of.items()
        ]
        for piece, of in shared.items()
    }


def _made(heard: Mapping[str, Fraction]) -> str:
    pieces = " and ".join(
        f"{creation}, heard for {float(length):.3f} s of this creation" for creation, length in heard.items()
    )
    return f"made {pieces}"


def _itself(model: Model) -> Part:
    return Part(model.id, Fraction(1), AUTHOR, f"{model.id} wrote the notes")


def _of_model(model: Model, score: Score) -> tuple[list[Part], Evidence]:
    """Shares of the sealed set: as much by predicted effect as the calibration supports, the rest by sealed tokens."""
    seal = training.seal(model.seal)
    held = _held(seal.id, seal.digest)
    effects, evidence = _looked_into(model, seal, score) if model.method == mixture.KIND else ({}, Evidence())
    followed = model.followed_ppm if any(value > 0 for value in effects.values()) else 0
    parts = rules.mixed(effects, held, followed)
    method = _method(followed)
    shared = rules.within_clusters(parts, _members(seal))
    because = {cluster: _because(model, seal, held, effects, cluster, followed) for cluster in held}
    return [Part(asset, weight, method, because[cluster]) for asset, cluster, weight in shared], evidence


def _looked_into(model: Model, seal: Seal, score: Score) -> tuple[dict[str, float], Evidence]:
    """The predicted effect of each de-duplicated work where the model is calibrated, and what there is to look at."""
    ids = tokens.encode(score).ids
    likeness = similarity.similarities(_index(seal.id, seal.digest), ids[2:-1])
    effects = effect.of(model, ids, likeness, _held(seal.id, seal.digest)) if model.followed_ppm else {}
    return effects, Evidence(
        similarities=_ranked(likeness),
        effects=_ranked(effects),
        bars=bars.matches(_bars(seal.id, seal.digest), score),
        reliability=reliability(model),
    )


def _ranked(found: dict[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _method(followed: int) -> str:
    if not followed:
        return BY_TOKENS
    return f"{followed / 10_000:.1f} % {effect.METHOD}, {100 - followed / 10_000:.1f} % {BY_TOKENS}"


def _because(
    model: Model, seal: Seal, held: dict[str, int], effects: dict[str, float], cluster: str, followed: int
) -> str:
    part = f"{held[cluster]:,} of {sum(held.values()):,} sealed tokens in {seal.id}, as {cluster}"
    if followed:
        return f"predicted effect {max(0.0, effects[cluster]):.6f} nats; {part}"
    if model.method == mixture.KIND and model.followed_ppm:
        return f"{part}; no work of it has an effect on this creation"
    return f"{part}; the output of {model.id} is not attributable"


def _members(seal: Seal) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for item in training.scored(seal):
        found.setdefault(item.cluster, {})[item.asset] = item.note_tokens
    return found


@lru_cache(maxsize=4)
def _held(seal_id: str, digest: str) -> dict[str, int]:
    """De-duplicated work → its sealed tokens."""
    bar = alphabet().bar
    return {c: passages.tokens([ids[2:-1] for ids in of], bar) for c, of in training.sequences(seal_id).items()}


@lru_cache(maxsize=4)
def _index(seal_id: str, digest: str) -> similarity.Index:
    return similarity.prepare({c: [ids[2:-1] for ids in of] for c, of in training.sequences(seal_id).items()})


@lru_cache(maxsize=4)
def _bars(seal_id: str, digest: str) -> bars.Index:
    scores: dict[str, Score] = training.sealed_scores(seal_id)
    return bars.prepare(scores)
