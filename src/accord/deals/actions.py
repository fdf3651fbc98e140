"""The doors into deals: each takes the writer's lock, reads, decides by the rules, and appends facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accord.catalog import queries as catalog
from accord.catalog.records import ClaimStatus
from accord.deals import document, facts, models, queries, rules, soundness
from accord.deals.favoured import mfn_affected
from accord.deals.records import DealState, Draft, Ratchet, Terms
from accord.governance import queries as governance
from accord.journal.actions import writing
from accord.parties import queries as parties
from accord.terms.instant import Instant
from accord.terms.period import DayPeriod
from accord.terms.refusal import BadInput, NotThere, Refusal, Refused
from accord.terms.territory import WORLD

#: Claims that make an asset part of somebody's catalogue; an assertion alone does not.
STANDING = (ClaimStatus.EVIDENCED, ClaimStatus.ACCEPTED)


def open_deal(licensor: str, title: str, at: Instant, actor: str, *, replaces: str | None = None) -> str:
    """Begin talks with a licensor (a party id). Returns the deal's id.

    Raises: NotThere for an unknown party, BadInput when the deal to replace is another licensor's.
    """
    with writing(actor=actor, at=at) as journal:
        parties.party(licensor)
        if replaces is not None:
            queries.standing(replaces)
            if models.DealRow.objects.get(id=replaces).licensor != licensor:
                raise BadInput(f"`{replaces}` is with another licensor", do="replace a deal of the same licensor")
        deal = journal.mint("dea")
        journal.append(facts.DealOpened(deal=deal, licensor=licensor, title=title or licensor, replaces=replaces))
    return deal


def negotiate(deal: str, terms: Terms | dict[str, Any] | str | bytes, at: Instant, actor: str) -> Draft:
    """Lay a version of the terms on the table; approvals and signatures given before no longer count.

    Raises: BadInput for terms that contradict themselves, Refused once the deal is signed.
    """
    offered = terms if isinstance(terms, Terms) else document.parse(terms)
    with writing(actor=actor, at=at) as journal:
        now = rules.after(deal, _standing(deal, at), "terms")
        licensor = models.DealRow.objects.get(id=deal).licensor
        if offered.licensor != licensor:
            raise BadInput(f"the terms are of `{offered.licensor}`, the deal is with `{licensor}`")
        _check(offered)
        digest = document.digest(offered)
        journal.append(facts.TermsDrafted(deal=deal, draft=now.draft, digest=digest, terms=offered))
    return Draft(deal=deal, number=now.draft, terms=offered, digest=digest, actor=actor, at=at)


def approve(deal: str, office: str, at: Instant, actor: str, *, read: int | None = None) -> None:
    """Record the approval of "legal" or "product" for the draft on the table; `read` is the number of the draft they saw.

    Raises: Refused when the step does not follow, or another draft lies there by now.
    """
    with writing(actor=actor, at=at) as journal:
        standing = _standing(deal, at)
        rules.check_read(deal, standing, read)
        now = rules.after(deal, standing, "approve", office)
        digest = _digest(deal, now.draft)
        journal.append(facts.DealApproved(deal=deal, office=office, draft=now.draft, digest=digest))


def sign(deal: str, party: str, at: Instant, actor: str, *, read: int | None = None) -> None:
    """Record a signature under the approved draft: "platform", or the licensor by its party id or as "licensor".

    `read` is the number of the draft they saw. Raises: Refused as `approve` does.
    """
    with writing(actor=actor, at=at) as journal:
        standing = _standing(deal, at)
        rules.check_read(deal, standing, read)
        licensor = models.DealRow.objects.get(id=deal).licensor
        side = "licensor" if party == licensor else party
        now = rules.after(deal, standing, "sign", side)
        journal.append(facts.DealSigned(deal=deal, side=side, draft=now.draft, digest=_digest(deal, now.draft)))


def activate(deal: str, at: Instant, actor: str) -> tuple[Ratchet, ...]:
    """Bring a signed deal into force; the deal it replaces ends at the same instant.

    Returns the most-favoured-nation clauses of other deals that this one touches; each is kept as a fact.
    Raises: Refused unless both approvals and both signatures stand, or when it names a feature that is live with a split
    it does not accept (one that is not live yet is stopped at its launch).
    """
    with writing(actor=actor, at=at) as journal:
        now = rules.after(deal, _standing(deal, at), "activate")
        terms = queries.terms_of(deal)
        _check(terms)
        _check_floors(deal, terms)
        others = [(other, held) for other, held in queries.in_force() if other != deal]
        touched = tuple(mfn_affected(terms, others))
        replaced = models.DealRow.objects.get(id=deal).replaces
        if replaced is not None and queries.standing(replaced).state in (DealState.ACTIVE, DealState.SUSPENDED):
            rules.check_order(replaced, queries.last_step_at(replaced), at)
            journal.append(facts.DealTerminated(deal=replaced, reason=f"replaced by {deal}"))
        journal.append(facts.DealActivated(deal=deal, draft=now.draft, digest=_digest(deal, now.draft)))
        for ratchet in touched:
            journal.append(
                facts.FavouredTouched(
                    deal=ratchet.deal,
                    by=deal,
                    term=ratchet.term,
                    now_text=str(ratchet.now),
                    better_text=str(ratchet.better),
                )
            )
    return touched


def suspend(deal: str, reason: str, at: Instant, actor: str) -> None:
    """Take an active deal out of force until it is resumed; nothing is cleared under it from this instant."""
    _reasoned(deal, "suspend", reason, at, actor)


def resume(deal: str, reason: str, at: Instant, actor: str) -> None:
    """Put a suspended deal back into force."""
    _reasoned(deal, "resume", reason, at, actor)


def terminate(deal: str, reason: str, at: Instant, actor: str) -> None:
    """End a deal before its period does, or end the talks. What its revocation terms demand follows from here."""
    _reasoned(deal, "terminate", reason, at, actor)


def expire(deal: str, at: Instant, actor: str) -> None:
    """Record that a deal's period has ended everywhere. Raises: Refused while it still runs in some territory."""
    with writing(actor=actor, at=at) as journal:
        rules.after(deal, _standing(deal, at), "expire")
        ends = queries.terms_of(deal).ends
        over = ends is not None and DayPeriod(ends).territories_at(at, WORLD) == WORLD
        if not over:
            because = f"the period of `{deal}` runs until {ends}" if ends else f"the period of `{deal}` has no end"
            raise Refused(Refusal(code="deals.still-running", because=because, subject=deal))
        journal.append(facts.DealExpired(deal=deal))


def _reasoned(deal: str, step: str, reason: str, at: Instant, actor: str) -> None:
    kinds = {"suspend": facts.DealSuspended, "resume": facts.DealResumed, "terminate": facts.DealTerminated}
    if not reason.strip():
        raise BadInput(f"to {step} a deal needs a reason", f"deal `{deal}`")
    with writing(actor=actor, at=at) as journal:
        rules.after(deal, _standing(deal, at), step)
        journal.append(kinds[step](deal=deal, reason=reason))


def name_sub_catalogue(licensor: str, name: str, assets: Iterable[str], at: Instant, actor: str) -> str:
    """Give a part of a licensor's catalogue a name, and put assets into it. Returns its id.

    It is the licensor's to name and to fill: what stands in it is granted by every deal in force that selects it.
    Raises: NotThere for an unknown licensor or an asset that is not of its catalogue, BadInput for no name.
    """
    with writing(actor=actor, at=at) as journal:
        parties.party(licensor)
        if not name.strip():
            raise BadInput("a sub-catalogue needs a name", f"licensor `{licensor}`")
        part = journal.mint("sub")
        journal.append(facts.SubCatalogueNamed(sub_catalogue=part, licensor=licensor, name=name))
        list_in_sub_catalogue(part, assets, (), at, actor)
    return part


def list_in_sub_catalogue(part: str, add: Iterable[str], remove: Iterable[str], at: Instant, actor: str) -> None:
    """Put assets into a sub-catalogue and take others out; what is there already, or not there, stays as it is.

    Raises: NotThere for an unknown sub-catalogue or an asset that is not of its licensor's catalogue, BadInput for an
    asset both put in and taken out.
    """
    added, removed = set(add), set(remove)
    if both := sorted(added & removed):
        raise BadInput(f"`{both[0]}` is both put in and taken out", f"sub-catalogue `{part}`")
    with writing(actor=actor, at=at) as journal:
        row = models.SubCatalogueRow.objects.filter(id=part).first()
        if row is None:
            raise NotThere(f"there is no sub-catalogue `{part}`")
        (standing,) = (one.assets for one in queries.sub_catalogues(licensor=row.licensor) if one.id == part)
        fresh, gone = added - standing, removed & standing
        named = (added | removed) - standing
        if foreign := sorted(named - _part_of_theirs(row.licensor, named)):
            raise NotThere(
                f"`{row.licensor}` has no part in an asset `{foreign[0]}`",
                do="a sub-catalogue holds what its licensor, or a member of it, claims or has on its label",
            )
        if fresh or gone:
            journal.append(
                facts.SubCatalogueListed(
                    sub_catalogue=part, licensor=row.licensor, added=tuple(sorted(fresh)), removed=tuple(sorted(gone))
                )
            )


def _part_of_theirs(licensor: str, assets: set[str]) -> set[str]:
    """Those of the assets that a licensor or a member of it claims on evidence, or that stand under its label."""
    theirs = {licensor} | {joined.member for joined in parties.memberships() if joined.collective == licensor}
    labelled = {one.id for one in catalog.assets(ids=assets).values() if one.label in theirs}
    claims = catalog.claims(asset_ids=assets - labelled)
    return labelled | {one.asset for one in claims if one.claimant in theirs and one.status in STANDING}


def _check(terms: Terms) -> None:
    """Raises: BadInput, Refused for terms that make no sense, or name what does not exist."""
    soundness.check(terms, governance.features())
    named = soundness.names(terms)
    known = soundness.Known(
        assets=frozenset(catalog.assets(ids=named)) if named else frozenset(),
        parties=frozenset(parties.parties(named)) if named else frozenset(),
        sub_catalogues={one.id: one.licensor for one in queries.sub_catalogues(licensor=terms.licensor)},
    )
    soundness.check_names(terms, known)


def _check_floors(deal: str, terms: Terms) -> None:
    """Raises: Refused when a feature that is live has a split that the deal does not accept."""
    features, pay = governance.features(), terms.remuneration
    for name in sorted({name for clause in terms.clauses for name in clause.features}):
        feature = features[name]
        if feature.live and feature.split is not None:
            gap = rules.unmet_floor(feature.split, deal, pay.split_version, pay.floor_sources_ppm)
            if gap is not None:
                raise Refused(gap)


def _standing(deal: str, at: Instant) -> rules.Standing:
    """Where the deal stands, for a step taken at ``at``."""
    standing = queries.standing(deal)
    rules.check_order(deal, queries.last_step_at(deal), at)
    return standing


def _digest(deal: str, draft: int) -> str:
    return models.DraftRow.objects.values_list("digest", flat=True).get(key=f"{deal}/{draft}")
