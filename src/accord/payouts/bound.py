"""The names behind the ids of a statement, for whoever shows it (shell). Statements are made of ids alone."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from accord.catalog import queries as catalog
from accord.catalog.faces import faces
from accord.catalog.records import AssetKind
from accord.clearance import queries as clearance
from accord.deals import queries as deal_queries
from accord.governance import queries as governance
from accord.parties import queries as parties
from accord.parties.colour import colours
from accord.parties.records import Party, PartyKind
from accord.payouts import sheet
from accord.payouts.dsr import Heard, Report
from accord.payouts.paper import Printed
from accord.payouts.sheet import Document, SheetLine, Source, every, in_words, named_amounts, sources
from accord.payouts.unmatched import recording_of
from accord.studio import queries as studio
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput
from accord.training import outsiders
from accord.training import queries as training
from accord.training.cards import reliability, would_be_attributable

OWN_DEAL = "its own deal"
MADE = re.compile(r"\b(?:cre|mdl|omd|seal)_\d+\b")  # creations, models, sealed sets
DEAL = re.compile(r"\bdea_\d+\b")
#: what a line of a kind that says less leaves blank
BLANK = dict.fromkeys(("account", "feature", "territory", "deal", "clause", "plays", "share", "of"), "")


def titles(subjects: Iterable[str]) -> dict[str, str]:
    """Asset or creation → its title."""
    asked = set(subjects)
    wanted = sorted({recording_of(one) or one for one in asked})
    creations = {c.id: c.title for c in studio.creations(wanted)}
    found = {asset.id: asset.title for asset in catalog.assets(wanted).values()} | creations
    return found | {one: f"the works in {found[of]}" for one in asked if (of := recording_of(one)) and of in found}


def named(texts: Iterable[str], reader: str = "") -> list[str]:
    """Sentences of a statement with the names of parties, assets and creations in the place of their ids.

    For the statement's own party, the `reader`, deals are named too.
    """
    lines = list(clearance.named(texts))
    if reader:
        under = deals({one for line in lines for one in DEAL.findall(line)}, reader)
        lines = [DEAL.sub(lambda one: under[one[0]], line) for line in lines]
    spoken = {one for line in lines for one in MADE.findall(line)}
    titled = {one.id: f"“{one.title}”" for one in studio.creations(one for one in spoken if one.startswith("cre_"))}
    titled |= learners(spoken)
    return [MADE.sub(lambda one: titled.get(one[0], one[0]), line) for line in lines]


def learners(spoken: set[str]) -> dict[str, str]:
    """Model, or sealed set → what it is called where its feature is told: a set by the models that learned from it."""
    if not any(one.startswith(("mdl_", "omd_", "seal_")) for one in spoken):
        return {}
    names, sets = models(), defaultdict[str, list[str]](list)
    for one in training.models():
        sets[one.seal].append(names[one.id])
    return names | {seal: f"the set of {' and '.join(some)}" for seal, some in sets.items()}


def deals(ids: Iterable[str], reader: str) -> dict[str, str]:
    """A deal by its licensor's name: its title may say more than this reader may know."""
    licensors = {key: deal_queries.terms_of(key).licensor for key in set(ids)}
    names = parties.names(licensors.values())
    return {key: OWN_DEAL if by == reader else f"the deal with {names[by]}" for key, by in licensors.items()}


def features() -> dict[str, str]:
    """Feature → its name."""
    return {feature.id: feature.name for feature in governance.features().values()}


def rows(lines: Iterable[SheetLine], document: Document) -> list[dict[str, Any]]:
    """Lines with their names: what was heard or learned from, by which models, for what, whose colour it wears, under which
    deal."""
    some = list(lines)
    titled = titles(line[key] for line in some for key in ("subject", "claimed") if line.get(key))
    titled[document["party"]] = "what you made"
    worn = faces({line["subject"] for line in some if line.get("subject")})
    under = deals((line["deal"] for line in some if line.get("deal")), document["party"])
    held, names = learned(document, some), models()

    def by(line: SheetLine) -> str:
        if line.get("kind") != "source":
            return ""
        told = [one["model"] for one in document.get("attribution", ()) if one["feature"] == line["feature"]]
        return " and ".join(names[model] for model in told if line["subject"] in held.get(model, ()))

    return [_row(line, titled, worn, under) | {"learned": by(line)} for line in some]


def _row(line: SheetLine, titled: dict[str, str], worn: dict[str, str], under: dict[str, str]) -> dict[str, Any]:
    subject, claimed = line.get("subject", ""), line.get("claimed", "")
    title = titled.get(subject, subject) or line.get("kind", "").replace("-", " ")
    return {
        "line": BLANK | line,
        "title": title,
        "for": _differs(titled.get(claimed, ""), title),
        "who": worn.get(subject, subject),
        "deal": under.get(line.get("deal", ""), ""),
    }


def _differs(claimed: str, heard: str) -> str:
    """What the money is claimed for, where its title says more than that of what was heard."""
    return "" if claimed.casefold() == heard.casefold() else claimed


def attribution(document: Document) -> list[tuple[str, str]]:
    """(feature, how far its models' pieces followed attribution), as the statement says it; a model of ours is called by the day
    it was trained, another by its name."""
    return sheet.attribution(document, models()) if document.get("attribution") else []


def models() -> dict[str, str]:
    """Model → what it is called where its feature is told."""
    elsewhere = {one.id: f"“{one.name}”" for one in outsiders.models()}
    return called({one.id: one.at for one in training.models()}) | elsewhere


def called(trained: Mapping[str, Instant]) -> dict[str, str]:
    """Models by the day they were trained; by the minute and their ids only where that is needed to tell them apart (pure)."""
    found = {key: f"its model of {at:%Y-%m-%d}" for key, at in trained.items()}
    closer = {key: f"its model of {at:%Y-%m-%d, %H:%M}" for key, at in trained.items()}
    days, minutes = Counter(found.values()), Counter(closer.values())
    for key, day in found.items():
        if days[day] > 1:
            found[key] = closer[key] if minutes[closer[key]] == 1 else f"{closer[key]} ({key})"
    return found


def learned(document: Document, lines: Iterable[SheetLine]) -> dict[str, set[str]]:
    """Each model of ours that the statement tells of → what it learned from, of what its lines are about."""
    told = {one["model"] for one in document.get("attribution", ())}
    seals = {one.id: one.seal for one in training.models() if one.id in told}
    held = training.seals_holding({line["subject"] for line in lines if line.get("subject")}) if seals else {}
    return {model: {asset for asset, sets in held.items() if seal in sets} for model, seal in seals.items()}


def followed(features: Iterable[str], at: Instant) -> list[tuple[str, str, str]]:
    """(feature, how far attribution is followed, what would change that) for the features in which a model writes, as their
    models' cards say now."""
    called = {one.id: one.name for one in governance.features().values()}
    live = [(called[one], training.live_model(one, at)) for one in sorted(features) if one in called]
    return [(name, reliability(model), would_be_attributable(model)) for name, model in live if model is not None]


def came_from(document: Document, lines: Iterable[SheetLine]) -> tuple[list[Source], dict[str, str]]:
    """Where a statement's money came from, and the names of those it came through."""
    worn = faces({line["subject"] for line in lines if line.get("subject")})
    found = sources(document, worn)
    return found, parties.names({who for source in found for who, _ in source.parts if who})


def printed(document: Document, text: bytes, closed_at: Instant) -> Printed:
    """A statement with its names, to be drawn; `text` is its own bytes."""
    lines = every(document)
    found, names = came_from(document, lines)
    about = {about for _, about, _ in named_amounts(document)}
    under = deals((key for key in about if key.startswith("dea_")), document["party"])
    people: Counter[str] = Counter()
    for source in found:
        people.update({who: amount for who, amount in source.parts if who})
    return Printed(
        document=document,
        name=parties.names([document["party"]])[document["party"]],
        month=in_words(document["period"]),
        digest=f"sha256:{sha256(text).hexdigest()}",
        closed_at=closed_at,
        features=features(),
        names=names | under,
        colours=colours(who for who, _ in sorted(people.items(), key=lambda pair: (-pair[1], pair[0]))),
        sources=found,
        attribution=attribution(document),
        rows=rows(lines, document),
    )


def report(document: Document, closed_at: Instant) -> Report:
    """A statement as a sales report is made of it. Raises: BadInput while the platform has no DDEX party id."""
    lines = every(document)
    sender, recipient = _platform(), parties.party(document["party"])
    names = parties.names([sender.id, recipient.id])
    claims = catalog.claims({line["claimed"] for line in lines if line.get("claimed")})
    return Report(
        document=document,
        created=closed_at,
        sender=_dpid(sender),
        sender_name=names[sender.id],
        recipient=_dpid(recipient),
        recipient_name=names[recipient.id],
        assets=_heard({line[key] for line in lines for key in ("subject", "claimed") if line.get(key)}),
        rights={claim.id: claim.right.value for claim in claims},
        uses={key: tuple(sorted(one.uses)) for key, one in governance.features().items()},
    )


def _platform() -> Party:
    """Who sends reports and pays: the one party that is a platform. Raises: BadInput."""
    found = list(parties.parties(kind=PartyKind.PLATFORM).values())
    if len(found) != 1 or not _dpid(found[0]):
        raise BadInput(
            "a sales report names its sender by a DDEX party id, and there is none",
            why=f"{len(found)} parties are a platform" if len(found) != 1 else f"{found[0].id} has no DPID",
            do="register the platform with it: `accord party register platform NAME --identifier dpid:PADPIDA…`",
        )
    return found[0]


def _dpid(party: Party) -> str:
    return next((one.value for one in party.identifiers if one.scheme == "dpid"), "")


def _heard(ids: set[str]) -> dict[str, Heard]:
    assets = catalog.assets(ids)
    worn = faces(assets)
    names = parties.names(worn.values())
    found = {
        key: Heard(
            title=asset.title,
            artist=names.get(worn.get(key, ""), ""),
            isrc=asset.identifier("isrc") or "",
            iswc=asset.identifier("iswc") or "",
            seconds=asset.duration_s or 0.0,
            recording=asset.kind in (AssetKind.RECORDING, AssetKind.STEM),
        )
        for key, asset in assets.items()
    }
    made = (creation for creation in studio.creations(sorted(ids)) if creation.id not in found)
    return found | {one.id: Heard(title=one.title) for one in made}
