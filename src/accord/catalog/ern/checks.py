"""What an ERN message says that cannot be so: rules that its XML schema lets pass.

Declarations about AI (AVS ContainsAI, AiContribution; SpecialContributor GenerativeAI) are compared inside one resource,
between a recording and its stems, and between a release and its resources. What is not declared is not `None` and
contradicts nothing; one exception is the standard's own: the contribution of a `GenerativeAI` contributor that says nothing
is All. What the standard says besides (under All "only Contributors of type GenerativeAI shall be specified"; a person's
contribution is None or Partly) is named and refuses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

import msgspec

from accord.catalog.ern.records import AiUse, Contributor, ErnMessage, Release, Resource, RightsController
from accord.terms import share
from accord.terms.identifiers import dpid, grid, icpn, ipi, isni
from accord.terms.territory import SIZE, WORLD, TerritorySet

GENERATIVE = "GenerativeAI"
OWNING_ROLES = ("RightsController", "RightsHolder")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One contradiction: a stable `code`, the part of the message it stands in, and the sentence."""

    code: str
    where: str
    sentence: str


def findings(message: ErnMessage) -> tuple[Finding, ...]:
    """Every contradiction of the message, in its own order; none of them stopped it from being read."""
    resources = {resource.reference: resource for resource in message.resources}
    found = [f for resource in message.resources for f in _ai_of_resource(resource)]
    found += [f for resource in message.resources for f in _ai_of_people(resource)]
    found += [f for stem in message.stems for f in _ai_of_stem(stem, resources.get(stem.part_of))]
    found += [f for release in message.releases for f in _ai_of_release(release, resources)]
    found += _references(message)
    found += _identifiers(message)
    return tuple(found)


def contradictions(message: ErnMessage) -> tuple[Finding, ...]:
    """Those findings that concern the declarations about AI."""
    return tuple(f for f in findings(message) if f.code.startswith("ern.ai-"))


def over_claimed(controllers: tuple[RightsController, ...]) -> str | None:
    """The clause that says by how much and where controllers' shares pass 100 %, or None.

    Shares are added per role (controller, holder), per use that a delegation names, and per territory; a controller
    without a delegated territory counts everywhere, one without a role as controller. Tolerance: `share.TOLERANCE`.
    """
    if sum((c.share or Fraction(0) for c in controllers), Fraction(0)) <= 1 + share.TOLERANCE:
        return None
    sums: list[tuple[Fraction, TerritorySet, str]] = []
    for role in OWNING_ROLES:
        held = [c for c in controllers if c.share and (role in c.roles or (not c.roles and role == OWNING_ROLES[0]))]
        uses = sorted({u for c in held for d in c.delegations for u in d.uses} | {""})
        sums += [(*_highest(held, use), use) for use in uses]
    total, where, use = max(sums, key=lambda found: found[0])
    if total <= 1 + share.TOLERANCE:
        return None
    place = where.named() if len(where) * 2 > SIZE else f"in {where.named()}"
    return f"sum to {share.percent(total)} %{f' for `{use}`' if use else ''} {place}"


def _highest(controllers: list[RightsController], use: str) -> tuple[Fraction, TerritorySet]:
    """The highest sum of shares, and the territories that have it: sets are cut into pieces of equal sum."""
    pieces: list[tuple[TerritorySet, Fraction]] = [(WORLD, Fraction(0))]
    for controller in controllers:
        place, part = _place(controller, use), controller.share or Fraction(0)
        cut = [(where & place, total + part) for where, total in pieces] + [(w - place, total) for w, total in pieces]
        pieces = [(where, total) for where, total in cut if where]
    highest = max(total for _, total in pieces)
    place = TerritorySet()
    for where, total in pieces:
        place = place | where if total == highest else place
    return highest, place


def _place(controller: RightsController, use: str) -> TerritorySet:
    if not controller.delegations:
        return WORLD
    place = TerritorySet()
    for delegation in controller.delegations:
        if not delegation.uses or use in delegation.uses:
            place = place | (WORLD if delegation.territories is None else delegation.territories)
    return place


def _ai_of_resource(resource: Resource) -> Iterator[Finding]:
    where = f"{resource.element} {resource.reference}"
    for contributor in resource.contributors:
        who = f"contributor `{contributor.party or contributor.special}`"
        said = _contribution(contributor)
        if contributor.special == GENERATIVE and contributor.ai is AiUse.NONE:
            sentence = f"{who} is generative AI and declares AiContribution None"
            yield Finding(code="ern.ai-generative-none", where=where, sentence=sentence)
        elif resource.contains_ai is AiUse.ALL and said in (AiUse.NONE, AiUse.PARTLY):
            sentence = f"ContainsAI is All, but {who} declares AiContribution {said}"
            yield Finding(code="ern.ai-all-contradicted", where=where, sentence=sentence)
        elif resource.contains_ai is AiUse.NONE and said in (AiUse.ALL, AiUse.PARTLY):
            sentence = f"ContainsAI is None, but {who} declares AiContribution {said}"
            yield Finding(code="ern.ai-none-contradicted", where=where, sentence=sentence)
    if resource.contains_ai is AiUse.NONE and any(artist.special == GENERATIVE for artist in resource.artists):
        sentence = "ContainsAI is None, but its display artist is generative AI"
        yield Finding(code="ern.ai-none-contradicted", where=where, sentence=sentence)


def _ai_of_people(resource: Resource) -> Iterator[Finding]:
    """What the standard rules out and what is no contradiction in itself; nobody is refused for it."""
    where = f"{resource.element} {resource.reference}"
    for contributor in resource.contributors:
        who = f"contributor `{contributor.party or contributor.special}`"
        if contributor.special == GENERATIVE:
            if contributor.ai is AiUse.PARTLY:
                sentence = f"{who} is generative AI and declares AiContribution Partly, where All belongs"
                yield Finding(code="ern.generative-partly", where=where, sentence=sentence)
        elif contributor.ai is AiUse.ALL:
            sentence = f"{who} is not generative AI and declares AiContribution All, where None or Partly belongs"
            yield Finding(code="ern.person-all-ai", where=where, sentence=sentence)
        elif contributor.ai is None and resource.contains_ai is AiUse.ALL:
            sentence = f"ContainsAI is All, and {who} stands beside it, where only generative AI belongs"
            yield Finding(code="ern.person-beside-all-ai", where=where, sentence=sentence)


def _ai_of_stem(stem: Resource, whole: Resource | None) -> Iterator[Finding]:
    said, part = whole.contains_ai if whole else None, stem.contains_ai
    if said in (AiUse.ALL, AiUse.NONE) and part is not None and part is not said:
        where = f"{stem.element} {stem.reference}"
        sentence = f"ContainsAI is {part} for the stem, but {said} for its recording `{stem.part_of}`"
        yield Finding(code="ern.ai-stem-contradicted", where=where, sentence=sentence)


def _contribution(contributor: Contributor) -> AiUse | None:
    if contributor.ai is None and contributor.special == GENERATIVE:
        return AiUse.ALL
    return contributor.ai


def _ai_of_release(release: Release, resources: Mapping[str, Resource]) -> Iterator[Finding]:
    if release.contains_ai not in (AiUse.ALL, AiUse.NONE):
        return
    for reference in release.resources:
        resource = resources.get(reference)
        said = resource.contains_ai if resource else None
        if said is not None and said is not release.contains_ai:
            sentence = f"ContainsAI is {release.contains_ai} for the release, but {said} for its resource `{reference}`"
            yield Finding(
                code="ern.ai-release-contradicted", where=f"{release.element} {release.reference}", sentence=sentence
            )


def _references(message: ErnMessage) -> list[Finding]:
    parties = {p.reference for p in message.parties}
    resources = {r.reference for r in message.resources}
    releases = {r.reference for r in message.releases}
    named: list[tuple[str, str, set[str], str]] = []
    for resource in message.resources:
        where = f"{resource.element} {resource.reference}"
        people = [a.party for a in resource.artists] + [c.party for c in resource.contributors]
        people += [c.party for c in (*resource.rights, *resource.work_rights)]
        named += [(where, person, parties, "party") for person in people if person]
        named += [(where, related.resource, resources, "resource") for related in resource.related]
    for release in message.releases:
        where = f"{release.element} {release.reference}"
        named += [(where, artist.party, parties, "party") for artist in release.artists if artist.party]
        named += [(where, reference, resources, "resource") for reference in release.resources]
        named += [(where, label, parties, "label") for label in release.labels if message.version[0] != "3"]
    named += [("Deal", reference, releases, "release") for deal in message.deals for reference in deal.releases]
    missing = dict.fromkeys((where, kind, name) for where, name, known, kind in named if name not in known)
    return [
        Finding(code=f"ern.unknown-{kind}", where=where, sentence=f"the message lists no {kind} `{name}`")
        for where, kind, name in missing
    ]


def _identifiers(message: ErnMessage) -> list[Finding]:
    header = message.header
    asked: list[tuple[str, str, str, Callable[[str], bool]]] = [
        ("MessageHeader", "DPID", party.dpid, dpid.is_valid) for party in (header.sender, *header.recipients)
    ]
    for p in message.parties:
        where = f"Party {p.reference}"
        asked += [(where, "DPID", p.dpid, dpid.is_valid), (where, "ISNI", p.isni, isni.is_valid)]
        asked += [(where, "IPI name number", p.ipi, ipi.is_valid)]
    for r in message.releases:
        where = f"{r.element} {r.reference}"
        asked += [(where, "ICPN", r.icpn, icpn.is_valid), (where, "GRid", r.grid, grid.is_valid)]
    return [
        Finding(code="ern.identifier", where=where, sentence=f"`{value}` is not a valid {kind}")
        for where, kind, value, is_valid in asked
        if value and not is_valid(value)
    ]
