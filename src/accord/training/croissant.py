"""A sealed set as a Croissant data set (MLCommons Croissant 1.0), built and validated by mlcroissant (pure).

The set itself stays closed: the description names every item with its decision, deals, terms and content hash, so that
somebody entitled can check the content against it. It says nothing that a licensor's public terms do not say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accord.terms.refusal import BadInput
from accord.training.records import Seal

FIELDS = {
    "asset": "id in the catalogue",
    "title": "title of the asset",
    "kind": "score or recording",
    "work": "the composition it is of",
    "cluster": "shared by near-duplicates",
    "digest": "SHA-256 of the content that may be learned from",
    "decision": "the clearance decision it stands on",
    "deals": "the licences that decision rests on",
    "terms": "the terms its encoding states",
    "notes": "notes it holds",
}


def write(seal: Seal, licences: Mapping[str, str], published: datetime) -> bytes:
    """The set's Croissant JSON-LD. `licences` says for each deal, in words, what of it is public.

    Raises: BadInput when mlcroissant finds a fault, which would be ours.
    """
    import mlcroissant as mlc  # imported late: it is slow to load, and most who read scores never write a card

    def field(name: str) -> Any:
        kind = mlc.DataType.INTEGER if name == "notes" else mlc.DataType.TEXT
        return mlc.Field(id=f"items/{name}", name=f"items/{name}", description=FIELDS[name], data_types=[kind])

    manifest = mlc.FileObject(
        id="manifest",
        name="manifest",
        description="items, decisions and exclusions in canonical JSON; its hash is the seal",
        content_url=f"urn:accord:vault:{seal.digest}",
        encoding_formats=["application/json"],
        sha256=seal.digest.removeprefix("sha256:"),
    )
    items = mlc.RecordSet(
        id="items",
        name="items",
        description="what the set holds, one line an item",
        key=["items/asset"],
        fields=[field(name) for name in FIELDS],
        data=[{f"items/{name}": value for name, value in _row(item).items()} for item in seal.items],
    )
    described = mlc.Metadata(
        name=f"accord-{seal.id}",
        description=_description(seal),
        license=[f"{deal}: {words}" for deal, words in sorted(licences.items())]
        or ["public domain and stated terms only"],
        url=f"urn:accord:seal:{seal.id}",
        version="1.0.0",
        date_published=published,
        creators=[mlc.Organization(name="the operator of this Accord instance", url="urn:accord:instance")],
        cite_as=f"{seal.id}, {seal.digest}",
        conforms_to=["http://mlcommons.org/croissant/1.0"],
        distribution=[manifest],
        record_sets=[items],
        data_limitations=["made for one feature and the territories it names; a retrain is a new use"],
        personal_sensitive_information=["people appear by party id only"],
    )
    return check(json.dumps(described.to_json(), indent=1, sort_keys=True, default=str).encode())


def check(data: bytes) -> bytes:
    """The same bytes, when mlcroissant reads them as a data set without a fault. Raises: BadInput."""
    import mlcroissant as mlc

    try:
        found = mlc.Dataset(jsonld=json.loads(data))
    except (mlc.ValidationError, ValueError, AssertionError) as error:  # an empty graph is an assertion there
        raise BadInput("this is not a Croissant data set", why=str(error).strip().splitlines()[0]) from error
    if found.metadata.issues.errors:
        raise BadInput("this Croissant data set has faults", why="; ".join(sorted(found.metadata.issues.errors)))
    return data


def _row(item: Any) -> dict[str, Any]:
    return {
        "asset": item.asset,
        "title": item.title,
        "kind": item.kind,
        "work": item.work,
        "cluster": item.cluster,
        "digest": item.digest or "",
        "decision": item.decision,
        "deals": ", ".join(item.deals),
        "terms": item.licence,
        "notes": item.note_tokens,
    }


def _description(seal: Seal) -> str:
    return (
        f"Training set {seal.id}, sealed for feature {seal.feature} in {seal.territories.text()}: {len(seal.items)} items in "
        f"{len(seal.clusters)} de-duplicated works, {len(seal.excluded)} candidates left out with their reasons."
    )
