"""A model as a bill of materials: CycloneDX 1.6 with a model card, its sealed set, and the licences it rests on (pure).

A licence says licensor, licensee, and when it ends; parties appear by id. The file is canonical JSON, so that the same
facts give the same bytes. The library has no classes for model cards; its schema holds this file in the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import rfc8785

from accord.terms.instant import text
from accord.training import mixture
from accord.training.records import Licence, Model, Seal

LICENSEE = "the operator of this Accord instance"


def write(model: Model, seal: Seal, licences: Sequence[Licence]) -> bytes:
    """The model's bill of materials as bytes."""
    return rfc8785.dumps(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, f'urn:accord:{model.id}:{model.weights}')}",
            "version": 1,
            "metadata": {"timestamp": text(model.at), "component": _model(model, seal, licences)},
            "components": [_set(seal)],
            "dependencies": [{"ref": model.id, "dependsOn": [seal.id]}],
        }
    )


def _model(model: Model, seal: Seal, licences: Sequence[Licence]) -> dict[str, Any]:
    embedded = model.method == mixture.KIND
    metrics = [
        {"type": "nats a token, held-out works", "value": f"{value:.6f}", "slice": part}
        for part, value in (("mixture", model.losses.mixture), ("network", model.losses.network))
    ] if model.losses else []  # fmt: skip
    limits = ["writes scores, not sound; knows no lyrics, no names and no styles by name"] if embedded else []
    return {
        "type": "machine-learning-model",
        "bom-ref": model.id,
        "name": model.name,
        "version": model.id,
        "hashes": [{"alg": "SHA-256", "content": model.weights.removeprefix("sha256:")}],
        "licenses": [_licence(one) for one in licences],
        "modelCard": {
            "modelParameters": {
                "approach": {"type": "self-supervised"},
                "task": "symbolic music generation",
                "architectureFamily": "transformer and n-gram, mixed" if embedded else f"runs through {model.method}",
                "datasets": [{"ref": seal.id}],
            },
            "quantitativeAnalysis": {"performanceMetrics": metrics},
            "considerations": {
                "useCases": [f"feature {model.feature} in {model.territories.text()}, and nowhere else"],
                "technicalLimitations": limits,
            },
            "properties": [
                {"name": "accord:state", "value": model.state.value},
                {"name": "accord:sunset", "value": text(model.sunset) if model.sunset else "none set"},
                {"name": "accord:parameters", "value": str(model.parameters)},
            ],
        },
    }


def _licence(one: Licence) -> dict[str, Any]:
    """A deal: who licenses whom, and its last day, which ends at midnight UTC here (the territory's own in the deal)."""
    terms: dict[str, Any] = {
        "altIds": [one.deal],
        "licensor": {"organization": {"name": one.licensor}},
        "licensee": {"organization": {"name": LICENSEE}},
    }
    if one.ends is not None:
        terms["expiration"] = datetime.combine(one.ends, time()).isoformat() + "Z"
    return {"license": {"name": f"{one.deal}: {one.words}", "licensing": terms}}


def _set(seal: Seal) -> dict[str, Any]:
    return {
        "type": "data",
        "bom-ref": seal.id,
        "name": seal.id,
        "hashes": [{"alg": "SHA-256", "content": seal.digest.removeprefix("sha256:")}],
        "description": f"{len(seal.items)} items in {len(seal.clusters)} de-duplicated works, {len(seal.excluded)} left out",
    }
