"""A sealed set as a Croissant data set (MLCommons Croissant 1.1), built and validated by mlcroissant (pure).

The set itself stays closed: the description names every item with its decision, deals, terms and content hash, so that
somebody entitled can check the content against it. It says nothing that a licensor's public terms do not say. Items are in
parts by the deals they rest on, and the `usageInfo` of each part is an `odrl:Offer` by its licensors: to train, in the
feature and the territories of the seal and in nothing else, until the first of the deals ends.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accord.terms.refusal import BadInput
from accord.terms.use import CROSSWALK, Use
from accord.training.records import Licence, Seal, SealedItem

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


def write(seal: Seal, licences: Sequence[Licence], published: datetime) -> bytes:
    """The set's Croissant JSON-LD. `licences` are the public parts of its deals.

    Raises: BadInput when mlcroissant finds a fault, which would be ours.
    """
    import mlcroissant as mlc  # imported late: it is slow to load, and most who read scores never write a card

    parts = _parts(seal)

    def field(part: str, name: str) -> Any:
        kind = mlc.DataType.INTEGER if name == "notes" else mlc.DataType.TEXT
        return mlc.Field(id=f"{part}/{name}", name=f"{part}/{name}", description=FIELDS[name], data_types=[kind])

    manifest = mlc.FileObject(
        id="manifest",
        name="manifest",
        description="items, decisions and exclusions in canonical JSON; its hash is the seal",
        content_url=f"urn:accord:vault:{seal.digest}",
        encoding_formats=["application/json"],
        sha256=seal.digest.removeprefix("sha256:"),
    )
    items = [
        mlc.RecordSet(
            id=part,
            name=part,
            description=f"items that rest on {', '.join(deals) or 'no deal'}, one line each",
            key=[f"{part}/asset"],
            fields=[field(part, name) for name in FIELDS],
            data=[{f"{part}/{name}": value for name, value in _row(item).items()} for item in held],
        )
        for part, deals, held in parts
    ]
    described = mlc.Metadata(
        name=f"accord-{seal.id}",
        description=_description(seal),
        license=[f"{one.deal}: {one.words}" for one in licences] or ["public domain and stated terms only"],
        url=f"urn:accord:seal:{seal.id}",
        version="1.0.0",
        date_published=published,
        creators=[mlc.Organization(name="the operator of this Accord instance", url="urn:accord:instance")],
        cite_as=f"{seal.id}, {seal.digest}",
        conforms_to=["http://mlcommons.org/croissant/1.1"],
        distribution=[manifest],
        record_sets=items,
        data_limitations=["made for one feature and the territories it names; a retrain is a new use"],
        personal_sensitive_information=["people appear by party id only"],
    )
    written = described.to_json()
    written["@context"] |= {"odrl": "http://www.w3.org/ns/odrl/2/", "usageInfo": "sc:usageInfo"}
    offers = {part: _offer(seal, [one for one in licences if one.deal in deals], part) for part, deals, _ in parts}
    for record_set in written["recordSet"]:
        record_set["usageInfo"] = offers[record_set["@id"]]
    return check(json.dumps(written, indent=1, sort_keys=True, default=str).encode())


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


def _parts(seal: Seal) -> list[tuple[str, tuple[str, ...], list[SealedItem]]]:
    """(id, deals, items): items that rest on the same deals stand together."""
    held: dict[tuple[str, ...], list[SealedItem]] = {}
    for item in seal.items:
        held.setdefault(tuple(sorted(item.deals)), []).append(item)
    return [(f"items-{number}", deals, held[deals]) for number, deals in enumerate(sorted(held), start=1)]


def _offer(seal: Seal, licences: Sequence[Licence], part: str) -> dict[str, Any]:
    """What may be done with a part, as the seal fixes it (ODRL 2.2 Information Model, Offer)."""
    ends = min((one.ends for one in licences if one.ends), default=None)
    limits = [("purpose", "eq", seal.feature), ("spatial", "isAnyOf", seal.territories.text())]
    limits += [("dateTime", "lt", ends.isoformat())] if ends else []
    return {
        "@type": "odrl:Offer",
        "odrl:uid": {"@id": f"urn:accord:seal:{seal.id}:{part}:offer"},
        "odrl:assigner": [{"@id": f"urn:accord:party:{who}"} for who in sorted({one.licensor for one in licences})],
        "odrl:permission": {
            "@type": "odrl:Permission",
            "odrl:action": {"@id": CROSSWALK[Use.TRAIN]["odrl"]},
            "odrl:target": {"@id": f"urn:accord:seal:{seal.id}:{part}"},
            "odrl:constraint": [
                {
                    "@type": "odrl:Constraint",
                    "odrl:leftOperand": {"@id": f"odrl:{what}"},
                    "odrl:operator": {"@id": f"odrl:{how}"},
                    "odrl:rightOperand": value,
                }
                for what, how, value in limits
            ],
        },
    }


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
