"""The C2PA manifest of a released file, as the JSON that c2pa-rs reads. Pure.

C2PA 2.x: `c2pa.actions.v2` with IPTC digital source types, ingredients (`componentOf`), and three assertions more:
`cawg.training-mining` (CAWG 1.1; nobody gave leave to train on a creation), `org.accord.proof` (the release fact, its
salt and its inclusion proof under a signed checkpoint) and `org.accord.credits` (label, credits, and the names and titles
of the fact's parties and assets when the file was made).

What binds what: the fact names the digest of each file's sound. The journal proves the fact. The file carries fact and
proof, and the credentials' signature binds file, sound and proof together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from accord.provenance.facts import ReleaseIssued
from accord.provenance.payload import MIME
from accord.provenance.records import MadeWith, Outside, Source, Written

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
PROOF, CREDITS = "org.accord.proof", "org.accord.credits"
NOT_ALLOWED = ("cawg.data_mining", "cawg.ai_training", "cawg.ai_generative_training", "cawg.ai_inference")
LATER = (
    "what this file proves stands as of its checkpoint: who agreed until then. A yes taken back later is not in it; "
    "ask the instance for that"
)


class Shown(NamedTuple):
    """What a file shows beside ids: lines of credits, party id → name, asset id → title."""

    credits: tuple[str, ...]
    names: Mapping[str, str]
    titles: Mapping[str, str]


def manifest(
    release: ReleaseIssued,
    form: str,
    proof: Mapping[str, Any],
    shown: Shown,
    edits: tuple[str, ...] = (),
    generator: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The manifest of `release`'s file of format `form`; `proof` as the journal hands it out, `edits` in words."""
    ingredients = [_ingredient(number, source) for number, source in enumerate(_heard(release), start=1)]
    ingredients += [_piece(number, one) for number, one in enumerate(release.written, start=1)]
    ingredients += [_creation(number, made) for number, made in enumerate(release.made_with, start=1)]
    return {
        "claim_generator_info": [dict(generator or {"name": "Accord"})],
        "title": release.title,
        "format": MIME[form],
        "ingredients": ingredients,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": _actions(release, ingredients, edits)}},
            {
                "label": "cawg.training-mining",
                "data": {"entries": {entry: {"use": "notAllowed"} for entry in NOT_ALLOWED}},
            },
            {"label": PROOF, "kind": "Json", "data": {"version": 1, "later": LATER, **proof}},
            {
                "label": CREDITS,
                "kind": "Json",
                "data": {
                    "label": release.label,
                    "credits": list(shown.credits),
                    "names": dict(sorted(shown.names.items())),
                    "titles": dict(sorted(shown.titles.items())),
                },
            },
        ],
    }


def source_type(release: ReleaseIssued) -> str:
    """The IPTC digital source type: a model's work, a person's and a model's, or a composite of recordings."""
    if release.model is None:
        return IPTC + (
            "compositeWithTrainedAlgorithmicMedia" if release.disclosure.contains_ai == "Partly" else "composite"
        )
    if release.disclosure.contains_ai == "Partly":
        return IPTC + "compositeWithTrainedAlgorithmicMedia"
    return IPTC + "trainedAlgorithmicMedia"


def _actions(release: ReleaseIssued, ingredients: list[dict[str, Any]], edits: tuple[str, ...]) -> list[dict[str, Any]]:
    created = {"action": "c2pa.created", "digitalSourceType": source_type(release), "description": _how(release)}
    placed = [
        {"action": "c2pa.placed", "description": one["description"], "parameters": {"ingredientIds": [one["label"]]}}
        for one in ingredients
    ]
    edited = [
        {"action": "c2pa.edited", "digitalSourceType": IPTC + "humanEdits", "description": text} for text in edits
    ]
    return [created, *placed, *edited]


def _ingredient(number: int, source: Source) -> dict[str, Any]:
    heard = "; ".join(f"{start:.2f} to {end:.2f} s at gain {gain:g}" for start, end, gain in source.spans)
    return {
        "title": source.title,
        "relationship": "componentOf",
        "instance_id": f"accord:{source.asset}",
        "label": f"source{number}",
        "description": f"{source.asset}, heard {heard}; cleared by decision {source.decision}",
    }


def _piece(number: int, one: Written) -> dict[str, Any]:
    heard = "; ".join(f"{start:.2f} to {end:.2f} s at gain {gain:g}" for start, end, gain in one.spans)
    return {
        "title": f"what model {one.model} wrote",
        "relationship": "componentOf",
        "instance_id": f"accord:{one.model}",
        "label": f"model{number}",
        "description": f"{_wrote(one.model, one.seal, one.outside)}, heard {heard}",
    }


def _creation(number: int, made: MadeWith) -> dict[str, Any]:
    agreed = f", who agreed by {made.leave}" if made.leave else ""
    return {
        "title": made.title,
        "relationship": "componentOf",
        "instance_id": f"accord:{made.creation}",
        "label": f"creation{number}",
        "description": f"{made.creation}, made by {made.maker}{agreed}",
    }


def _heard(release: ReleaseIssued) -> list[Source]:
    return [source for source in release.sources if source.spans]


def _how(release: ReleaseIssued) -> str:
    if release.model is None:
        of = ["recordings"] if _heard(release) or not release.written else []
        of += ["what a model wrote"] if release.written else []
        return f"mixed from {' and '.join(of)}, stretched to one tempo and shifted to one key"
    return _wrote(release.model, release.seal, release.outside)


def _wrote(model: str, seal: str | None, outside: Outside | None) -> str:
    if outside is not None:
        named = f"{outside.name} {outside.version}"
        return f"made by {named} ({model}), an outside model: what it learned from is not known here"
    return f"written by model {model}, trained on set {seal}, and rendered"
