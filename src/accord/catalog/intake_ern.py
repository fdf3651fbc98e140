"""An ERN message as a plan for the catalogue (pure).

- A `Deal` becomes a platform permission. Only `ResourceRightsController`s make claims, to the master alone.
- Declarations about AI that contradict each other refuse the message: nothing can be trusted to say who was in it.
- Other faults that leave it readable are findings on the delivery; an identifier whose check digit is wrong is not used.
- What `WorkRightsController`s say about works is not used: a works' sender says it, by CWR.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from accord.catalog.ern import checks
from accord.catalog.ern.records import Contributor, Delegation, ErnMessage, MessagingParty, Resource, RightsController
from accord.catalog.ern.records import Party as ErnParty
from accord.catalog.ern.records import Release as ErnRelease
from accord.catalog.facts import WorkHint
from accord.catalog.intake import (
    ClaimGiven,
    FileGiven,
    PermissionGiven,
    Plan,
    RecordingGiven,
    ReleaseGiven,
    StemGiven,
)
from accord.catalog.records import FIRST_DAY, Credit, Disclosure
from accord.parties.records import Given, Identifier, PartyKind
from accord.terms import share
from accord.terms.identifiers import dpid, grid, icpn, ipi, isni
from accord.terms.refusal import BadInput
from accord.terms.right import Right
from accord.terms.territory import EMPTY, WORLD, TerritorySet

#: AVS ContributorRole values by what they are in Accord's credits. Engineers and designers are none of them.
WRITERS = frozenset({
    "Composer", "Lyricist", "ComposerLyricist", "Author", "Writer", "Songwriter", "Librettist", "NonLyricAuthor",
    "Adapter", "Arranger", "SubArranger", "SubLyricist", "Translator",
})  # fmt: skip
FEATURED = frozenset({
    "MainArtist", "FeaturedArtist", "Artist", "PrimaryMusician", "LeadPerformer", "Soloist", "Band", "MusicGroup",
})  # fmt: skip
PERFORMERS = frozenset({
    "Accompanist", "AssociatedPerformer", "BackgroundVocalist", "Choir", "ChoirMember", "Conductor", "Ensemble",
    "EnsembleMember", "Musician", "Orchestra", "OrchestraMember", "Performer", "Rapper", "SessionMusician",
    "StudioMusician", "StudioVocalist", "Instrumentalist",
})  # fmt: skip
#: Use types of a delegation under which the whole master is controlled; any other limits it to that use.
WHOLE_MASTER = frozenset({"AsPerContract", "UserDefined", "UseForTrainingGenerativeAI"})


def plan(message: ErnMessage) -> Plan:
    """The plan. Raises: BadInput for contradictory declarations about AI, and for references that lead nowhere."""
    found = checks.findings(message)
    _refuse_contradictions(found)
    labels, stems = _labels(message), _stems(message)
    recordings = tuple(
        _recording(resource, labels.get(resource.reference), stems.get(resource.reference, ()))
        for resource in message.recordings
    )
    return Plan(
        kind="ern",
        message=message.header.message,
        created=message.header.created,
        test=message.header.control == "TestMessage",
        sender=_messaging_party(message.header.sender),
        parties=tuple(_parties(message)),
        recordings=recordings,
        releases=tuple(_releases(message)),
        permissions=tuple(_permissions(message)),
        findings=(*(f"{f.where}: {f.sentence}" for f in found), *_remarks(message)),
        counts=_counts(message),
    )


def _refuse_contradictions(found: tuple[checks.Finding, ...]) -> None:
    for finding in found:
        if finding.code.startswith("ern.ai-"):
            raise BadInput(
                "the message contradicts itself about AI", finding.where, finding.sentence, "correct one of them"
            )
        if finding.code in ("ern.unknown-party", "ern.unknown-resource", "ern.unknown-release"):
            raise BadInput(
                "the message refers to what it does not hold", finding.where, finding.sentence, "send it whole"
            )


def _counts(message: ErnMessage) -> tuple[tuple[str, int], ...]:
    return (
        ("parties", len(message.parties)),
        ("resources", len(message.resources)),
        ("recordings", len(message.recordings)),
        ("stems", len(message.stems)),
        ("releases", len(message.releases)),
        ("deals", len(message.deals)),
        ("rights controllers", sum(len(r.rights) for r in message.resources)),
        ("AI declarations", sum(part.contains_ai is not None for part in _parts(message))),
    )


def _parts(message: ErnMessage) -> list[Resource | ErnRelease]:
    return [*message.resources, *message.releases]


def _messaging_party(party: MessagingParty) -> Given:
    identifiers = (Identifier("dpid", party.dpid),) if dpid.is_valid(party.dpid) else ()
    return Given(name=party.name or party.dpid, kind=PartyKind.ORGANISATION, identifiers=identifiers)


def _parties(message: ErnMessage) -> Iterator[tuple[str, Given]]:
    labels = {c.party for r in message.resources for c in r.rights} | {x for r in message.releases for x in r.labels}
    demonstration = any("demonstration" in part.marks for part in _parts(message))
    for party in message.parties:
        yield (
            party.reference,
            Given(
                name=party.name or party.reference,
                kind=PartyKind.LABEL if party.reference in labels else PartyKind.PERSON,
                identifiers=tuple(_identifiers(message, party)),
                also=party.other_names,
                demonstration=demonstration,
            ),
        )


def _identifiers(message: ErnMessage, party: ErnParty) -> Iterator[Identifier]:
    for scheme, value, valid in (
        ("dpid", party.dpid, dpid.is_valid),
        ("isni", party.isni, isni.is_valid),
        ("ipi", party.ipi, ipi.is_valid),
    ):
        if value and valid(value):
            yield Identifier(scheme, value)
    sender = message.header.sender.dpid
    for own in party.proprietary:
        if own.namespace == sender and sender and 0 < len(own.value) <= 120:  # a sender speaks for its own numbers only
            yield Identifier(f"own:{sender}", own.value)


def _labels(message: ErnMessage) -> dict[str, str]:
    """Resource → the label of the first release that holds it and names one."""
    found: dict[str, str] = {}
    for release in message.releases:
        for reference in release.resources if release.labels else ():
            found.setdefault(reference, release.labels[0])
    return found


def _stems(message: ErnMessage) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for stem in message.stems:
        found.setdefault(stem.part_of, []).append(stem)
    return found


def _recording(resource: Resource, label: str | None, stems: Iterable[Resource]) -> RecordingGiven:
    controllers = sorted(resource.rights, key=lambda controller: -(controller.share or 0))
    return RecordingGiven(
        reference=resource.reference,
        title=resource.title or resource.reference,
        isrc=resource.isrc,
        credits=tuple(dict.fromkeys(_credits(resource))),
        label=label or (controllers[0].party if controllers else None),
        works=_works(resource),
        disclosure=_disclosure(resource),
        file=_file(resource),
        stems=tuple(StemGiven(name=s.title or s.reference, file=f) for s in stems if (f := _file(s)) is not None),
        claims=tuple(_claims(resource)),
        demonstration="demonstration" in resource.marks,
    )


def _credits(resource: Resource) -> Iterator[Credit]:
    yield from (Credit(artist.party, "featured") for artist in resource.artists if artist.party)
    for contributor in resource.contributors:
        if contributor.party:
            yield from (Credit(contributor.party, role) for role in _roles(contributor) if role != "writer")


def _roles(contributor: Contributor) -> Iterator[str]:
    roles, vocal = set(contributor.roles), any("Vocal" in i for i in contributor.instruments)
    if roles & WRITERS:
        yield "writer"
    if any(role.endswith("Producer") for role in roles):
        yield "producer"
    behind = any("Background" in name for name in (*roles, *contributor.instruments))
    if (vocal or any("Vocal" in role or role in ("Singer", "Rapper") for role in roles)) and not behind:
        yield "vocalist"
    if contributor.featured or roles & FEATURED:
        yield "featured"
    elif behind or roles & PERFORMERS or (contributor.instruments and not vocal):
        yield "non-featured"


def _works(resource: Resource) -> tuple[WorkHint, ...]:
    writers = tuple(dict.fromkeys(c.party for c in resource.contributors if c.party and set(c.roles) & WRITERS))
    numbered = [work.iswc for work in resource.works if work.iswc]
    if len(numbered) > 1:
        return tuple(WorkHint(iswc=iswc) for iswc in numbered)
    if numbered or writers:
        return (WorkHint(iswc=numbered[0] if numbered else None, title=resource.title, writers=writers),)
    return ()


def _disclosure(resource: Resource) -> Disclosure:
    said = [
        (
            c.party or c.special,
            "+".join(c.roles),
            c.ai.value if c.ai else "All" if c.special == checks.GENERATIVE else "",
        )
        for c in resource.contributors
        if c.ai is not None or c.special == checks.GENERATIVE
    ]
    return Disclosure(
        contains_ai=resource.contains_ai.value if resource.contains_ai else None, contributions=tuple(said)
    )


def _file(resource: Resource) -> FileGiven | None:
    named = [file for file in resource.files if file.uri]
    if not named:
        return None
    return FileGiven(uri=named[0].uri, algorithm=named[0].algorithm, digest=named[0].digest)


def _claims(resource: Resource) -> Iterator[ClaimGiven]:
    """Claims of the controllers that state a share; shares are made a whole where they all reach (`share.RULE`)."""
    stated = [c for c in resource.rights if c.share and _controls(c)]
    everywhere = all(not c.delegations for c in stated)
    shares = tuple(c.share for c in stated if c.share)
    for controller, part in zip(stated, share.normalise(shares) if everywhere else shares, strict=True):
        for place in controller.delegations or (Delegation(),):
            if _whole_master(place):
                yield ClaimGiven(
                    right=Right.MASTER,
                    party=controller.party,
                    share=part,
                    territories=WORLD if place.territories is None else place.territories,
                    starts=place.start or FIRST_DAY,
                    ends=_day_after(place.end),
                )


def _day_after(last: date | None) -> date | None:
    """DDEX end dates are the last day; the calendar's own last day is how senders write that there is none."""
    return None if last in (None, date.max) else last + timedelta(days=1)


def _controls(controller: RightsController) -> bool:
    return not controller.roles or bool(set(controller.roles) & set(checks.OWNING_ROLES))


def _whole_master(place: Delegation) -> bool:
    return not place.uses or bool(set(place.uses) & WHOLE_MASTER)


def _remarks(message: ErnMessage) -> Iterator[str]:
    """What the plan leaves out, said aloud: lost stems, missing shares, narrower delegations, statements about works."""
    recordings = {resource.reference for resource in message.recordings}
    for stem in message.stems:
        if stem.part_of not in recordings:
            yield f"{stem.element} {stem.reference}: it is part of no recording of the message, so it is left out"
    for resource in message.recordings:
        where = f"{resource.element} {resource.reference}"
        if not resource.rights:
            yield f"{where}: no rights controller is named, so nothing is claimed"
        for controller in resource.rights:
            if controller.share is None:
                yield f"{where}: controller `{controller.party}` states no share, so it claims nothing"
            elif not _controls(controller):
                roles = ", ".join(controller.roles)
                yield f"{where}: controller `{controller.party}` is {roles}, which is no claim to the master"
            elif narrow := [p for p in controller.delegations if not _whole_master(p)]:
                uses = ", ".join(narrow[0].uses)
                yield f"{where}: controller `{controller.party}` holds {uses} only, which is no claim to the master"
        if resource.work_rights:
            yield f"{where}: what it says about rights in the work is not used; works come by CWR"


def _releases(message: ErnMessage) -> Iterator[ReleaseGiven]:
    recordings = {resource.reference for resource in message.recordings}
    for release in message.releases:
        if release.element != "ClipRelease":
            yield _release(release, message.header.sender.dpid, recordings)


def _release(release: ErnRelease, sender: str, recordings: set[str]) -> ReleaseGiven:
    own = [p.value for p in release.proprietary if p.namespace == sender]
    return ReleaseGiven(
        reference=release.reference,
        title=release.title or release.reference,
        icpn=release.icpn if release.icpn and icpn.is_valid(release.icpn) else None,
        grid=release.grid if release.grid and grid.is_valid(release.grid) else None,
        number=own[0] if own else release.catalog_number or None,
        label=release.labels[0] if release.labels else None,
        tracks=tuple(reference for reference in release.resources if reference in recordings),
    )


def _permissions(message: ErnMessage) -> Iterator[PermissionGiven]:
    for deal in message.deals:
        for release in deal.releases:
            for period in deal.periods or (None,):
                yield PermissionGiven(
                    release=release,
                    territories=_territories(deal.territories),
                    commercial_models=deal.models,
                    uses=deal.uses,
                    starts=period.start[:40] or None if period else None,
                    ends=period.end[:40] or None if period else None,
                )


def _territories(stated: TerritorySet | None) -> TerritorySet:
    return EMPTY if stated is None else stated
