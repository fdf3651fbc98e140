"""The card of an outside model, from what is known of it: in Hugging Face's form, and as a CycloneDX bill of materials (pure).

It is written from the facts whenever it is asked for: nothing about such a model was measured here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import rfc8785

from accord.terms.instant import text
from accord.training.outside import NOT_ATTRIBUTABLE, OutsideModel


def markdown(model: OutsideModel, names: Mapping[str, str]) -> str:
    """The card: YAML head, licence, where it is admitted, and what is not known. `names` are what parties are called."""
    held = model.licence
    other = held.spdx.startswith("LicenseRef-")
    return "\n".join(
        [
            "---",
            f"license: {'other' if other else held.spdx.lower()}",
            *([f"license_name: {held.spdx}"] if other else []),
            f"library_name: {'diffusers' if model.adapter == 'ace-step' else 'transformers'}",
            "pipeline_tag: text-to-audio",
            "tags: [music, outside-model, not-attributable]",
            "---",
            "",
            f"# {_line(model.called)}",
            "",
            f"`{model.id}`, an outside model: it was trained elsewhere and registered here on {text(model.at)[:10]} by {model.by}. "
            f"It runs through the adapter `{model.adapter}`.",
            "",
            "## Its weights",
            "",
            f"- digest of their folder: `{model.weights}`, {model.size_bytes:,} bytes; they stand on the machine that runs it, "
            "not in the vault, and are read through before they are opened",
            f"- licence: {_line(held.words(dict(names)))}",
            "",
            "## Where it may serve",
            "",
            *(
                [f"- feature `{a.feature}` in {a.territories.text()}, admitted {text(a.at)[:10]} by {a.by}" for a in model.admissions]
                or ["Nowhere: it is admitted to no feature."]
            ),
            "",
            "## Attribution",
            "",
            f"{NOT_ATTRIBUTABLE[0].upper()}{NOT_ATTRIBUTABLE[1:]}. Of what its creations earn, the part of sources and model "
            "waits as unmatched money; the creator has theirs by the feature's split.",
            "",
            "## What is not known",
            "",
            "What it learned from, and whether those in that agreed. No set of it was sealed here, nothing of it was retrained "
            "or measured here, and nothing here keeps it from writing by heart but the comparison of each output with the catalogue.",
            "",
        ]
    )  # fmt: skip


def bom(model: OutsideModel) -> bytes:
    """CycloneDX 1.6 as canonical JSON: the component with its hash and licence, and no data set."""
    spdx = model.licence.spdx
    known = {"name": spdx} if spdx.startswith("LicenseRef-") else {"id": spdx}
    component: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": model.id,
        "name": model.name,
        "version": model.version,
        "hashes": [{"alg": "SHA-256", "content": model.weights.removeprefix("sha256:")}],
        "licenses": [{"license": known}],
        "modelCard": {
            "modelParameters": {"task": "music from words", "architectureFamily": f"runs through {model.adapter}"},
            "considerations": {
                "useCases": [f"feature {a.feature} in {a.territories.text()}" for a in model.admissions],
                "technicalLimitations": [NOT_ATTRIBUTABLE],
            },
            "properties": [{"name": "accord:licensor", "value": model.licence.licensor}],
        },
    }
    return rfc8785.dumps(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, f'urn:accord:{model.id}:{model.weights}')}",
            "version": 1,
            "metadata": {"timestamp": text(model.at), "component": component},
        }
    )


def _line(words: str) -> str:
    return " ".join(words.split())
