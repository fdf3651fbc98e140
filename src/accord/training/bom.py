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
from accord.training.cards import reliability
from accord.training.records import Licence, Model, Score, Seal

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
            "quantitativeAnalysis": {"performanceMetrics": _metrics(model)},
            "considerations": {
                "useCases": [f"feature {model.feature} in {model.territories.text()}, and nowhere else"],
                "technicalLimitations": limits,
            },
            "properties": [
                {"name": "accord:state", "value": model.state.value},
                {"name": "accord:sunset", "value": text(model.sunset) if model.sunset else "none set"},
                {"name": "accord:parameters", "value": str(model.parameters)},
                {"name": "accord:attribution", "value": reliability(model)},
            ],
        },
    }


def _metrics(model: Model) -> list[dict[str, Any]]:
    """Held-out losses, and how right the attribution of its output is, where that was measured."""
    found: list[dict[str, Any]] = []
    if model.losses:
        parts = (("mixture", model.losses.mixture), ("network", model.losses.network))
        found = [{"type": "nats a token, held-out works", "value": f"{v:.6f}", "slice": part} for part, v in parts]
    if (measured := model.calibration) is not None:
        scores = [("linear datamodelling score of attribution", m.lds, m.name) for m in measured.methods]
        scores += [("the same within one style", m.within, m.name) for m in measured.methods]
        scores.append(("money error of paying by attribution", measured.money_error, "as it pays"))
        scores.append(("money error of paying by attribution", measured.money_error_pro_rata, "by sealed tokens alone"))
        found += [_measured(*one) for one in scores]
    return found


def _measured(what: str, score: Score, of: str) -> dict[str, Any]:
    interval = {"lowerBound": f"{score.low:.4f}", "upperBound": f"{score.high:.4f}"}
    return {"type": what, "value": f"{score.value:.4f}", "slice": of, "confidenceInterval": interval}


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
