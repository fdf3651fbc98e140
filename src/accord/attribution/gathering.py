"""From a creation to the parts of its shares: what is heard in it, what its model learned from, who made it (shell)."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from msgspec.structs import replace

from accord.attribution import bars, lineage, rules, similarity
from accord.attribution.records import Evidence, ShareKind
from accord.attribution.rules import Part
from accord.catalog.score import Score, from_midi
from accord.studio.records import Creation
from accord.training import mixture, tokens
from accord.training import queries as training
from accord.training.cards import RELIABILITY
from accord.training.records import Model, Seal
from accord.vault import actions as vault

LINEAGE = "exact lineage (seconds × gain)"
AUTHOR = "published split"


def parts(creation: Creation) -> tuple[dict[ShareKind, list[Part]], Evidence]:
    """The weights by kind, and the evidence for them."""
    found: dict[ShareKind, list[Part]] = {ShareKind.COCREATOR: [_cocreator(creation)]}
    evidence = Evidence()
    if creation.model is not None and creation.midi is not None:
        model = training.model(creation.model)
        found[ShareKind.MODEL] = [_itself(model)]
        found[ShareKind.SOURCE], evidence = _of_model(model, creation.midi)
    if creation.lineage:
        spans = [lineage.span(s.asset, s.from_s, s.to_s, s.gain) for s in creation.lineage]
        found[ShareKind.SOURCE] = _of_lineage(spans)
        evidence = replace(evidence, timeline=lineage.timeline(spans))
    return found, evidence


def _cocreator(creation: Creation) -> Part:
    deeds = ", ".join(dict.fromkeys(str(deed.kind) for deed in creation.made_by if deed.by != creation.model))
    return Part(creation.creator, Fraction(1), AUTHOR, f"made this creation{f' ({deeds})' if deeds else ''}")


def _itself(model: Model) -> Part:
    return Part(model.id, Fraction(1), AUTHOR, f"{model.id} wrote the notes")


def _of_lineage(spans: list[lineage.Span]) -> list[Part]:
    heard = lineage.seconds(spans)
    return [
        Part(
            asset, share, LINEAGE, f"heard for {float(heard[asset]):.3f} s of this creation, each moment shared by gain"
        )
        for asset, share in lineage.shares(spans).items()
    ]


def _of_model(model: Model, midi: str) -> tuple[list[Part], Evidence]:
    """Shares of the sealed set by similarity; by sealed notes when the model is not ours to look into."""
    seal = training.seal(model.seal)
    members = _members(seal)
    if model.method != mixture.KIND or not members:
        because = f"sealed in {seal.id}; output of {model.id} is not attributable here, so every work counts the same"
        return [Part(a, w, "pro rata over the set", because) for a, _, w in rules.pro_rata(members)], Evidence()
    score = from_midi(vault.read(midi))
    found = similarity.similarities(_index(seal.id, seal.digest), tokens.encode(score).ids[2:-1])
    evidence = Evidence(
        similarities=tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))),
        bars=bars.matches(_bars(seal.id, seal.digest), score),
        reliability=RELIABILITY,
    )
    shared = rules.within_clusters(found, members)
    if not shared:
        because = f"sealed in {seal.id}; no work of it is like this creation, so every work counts the same"
        return [Part(a, w, "pro rata over the set", because) for a, _, w in rules.pro_rata(members)], evidence
    return [Part(a, w, similarity.METHOD, _because(seal, found[c], c, members)) for a, c, w in shared], evidence


def _because(seal: Seal, value: float, cluster: str, members: dict[str, dict[str, int]]) -> str:
    others = len(members[cluster]) - 1
    divided = f", divided by notes among {others + 1} versions of the tune" if others else ""
    return f"similarity {value:.4f} to {cluster} in {seal.id}{divided}"


def _members(seal: Seal) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for item in training.scored(seal):
        found.setdefault(item.cluster, {})[item.asset] = item.note_tokens
    return found


@lru_cache(maxsize=4)
def _index(seal_id: str, digest: str) -> similarity.Index:
    clusters = {item.asset: item.cluster for item in training.scored(training.seal(seal_id))}
    sequences: dict[str, list[similarity.Ints]] = {}
    for asset, score in training.sealed_scores(seal_id).items():
        sequences.setdefault(clusters[asset], []).append(tokens.encode(score).ids[2:-1])
    return similarity.prepare(sequences)


@lru_cache(maxsize=4)
def _bars(seal_id: str, digest: str) -> bars.Index:
    scores: dict[str, Score] = training.sealed_scores(seal_id)
    return bars.prepare(scores)
