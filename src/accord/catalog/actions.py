"""The doors in. Deliveries and claims have their own modules; everything the room offers can be called from here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accord.catalog import claim_actions, deliveries, facts, queries, rules
from accord.catalog.linking import link
from accord.catalog.records import CREDIT_ROLES, AssetKind, Credit, Terms
from accord.catalog.score import from_midi
from accord.journal.actions import Writer, writing
from accord.parties import actions as party_actions
from accord.parties import queries as parties
from accord.parties.viewer import SYSTEM
from accord.terms.identifiers import icpn, isrc, iswc
from accord.terms.refusal import BadInput, NotThere
from accord.terms.territory import WORLD, TerritorySet
from accord.vault import actions as vault
from accord.vault import private

deliver = deliveries.deliver
deliver_ern = deliveries.deliver_ern
deliver_cwr = deliveries.deliver_cwr
assert_claim = claim_actions.assert_claim
evidence_claim = claim_actions.evidence_claim
accept_claim = claim_actions.accept_claim
reject_claim = claim_actions.reject_claim
withdraw_claim = claim_actions.withdraw_claim
dispute_claim = claim_actions.dispute_claim
resolve_dispute = claim_actions.resolve_dispute
resolve_conflict = claim_actions.resolve_conflict
confirm_deliveries = claim_actions.confirm_deliveries

Pairs = Sequence[tuple[str, str]]
CHECKED = {"isrc": isrc.validate, "iswc": iswc.validate}


def register_tune(
    title: str,
    evidence: str,
    territories: TerritorySet = WORLD,
    *,
    identifiers: Pairs = (),
    at: datetime,
    actor: str,
    demonstration: bool = False,
) -> str:
    """Register an old tune, with the evidence that nobody holds rights in it in these territories; returns the work.

    A tune known by one of `identifiers` is that one again. Raises: BadInput without evidence.
    """
    if not evidence.strip():
        raise BadInput(f"`{title}` is called public domain without evidence", do="give life dates or first publication")
    with writing(actor, at) as journal:
        known = _known(identifiers)
        if known:
            return known
        work = _new_work(journal, title, (), identifiers, demonstration=demonstration)
        journal.append(facts.PublicDomainStated(asset=work, territories=territories, evidence=evidence))
        return work


def state_public_domain(asset: str, territories: TerritorySet, evidence: str, *, at: datetime, actor: str) -> None:
    """State that nobody holds rights in a work in these territories, and why."""
    with writing(actor, at) as journal:
        if queries.asset(asset).kind is not AssetKind.WORK or not evidence.strip():
            raise BadInput(f"`{asset}` cannot be stated public domain", do="name a work and give the evidence")
        journal.append(facts.PublicDomainStated(asset=asset, territories=territories, evidence=evidence))


def end_public_domain(asset: str, territories: TerritorySet, because: str, *, at: datetime, actor: str) -> None:
    """A work is no longer nobody's in these territories: from here on it needs claims there as any other does.

    Raises: BadInput without a reason, and where nothing was stated public domain.
    """
    with writing(actor, at) as journal:
        free = [said.territories for said in queries.public_domain(asset_ids=[queries.asset(asset).id])]
        if not any(where & territories for where in free):
            raise BadInput(
                f"`{asset}` is stated public domain nowhere in {territories.text()}",
                do="`accord catalog show` says where it is",
            )
        if not because.strip():
            raise BadInput("a statement is ended for a reason", do="say why it no longer stands")
        journal.append(facts.PublicDomainEnded(asset=asset, territories=territories, because=because))


def register_work(
    title: str,
    writers: Sequence[str] = (),
    *,
    identifiers: Pairs = (),
    arranges: str | None = None,
    at: datetime,
    actor: str,
    demonstration: bool = False,
) -> str:
    """Register a work with its writers (party ids); returns its id. One known by an identifier is that one again."""
    with writing(actor, at) as journal:
        known = _known(identifiers)
        if known:
            return known
        credits = _credits([(writer, "writer") for writer in writers])
        work = _new_work(journal, title, credits, identifiers, arranges=arranges, demonstration=demonstration)
        link(journal, works=[work])
        return work


def register_encoding(
    work: str,
    title: str,
    midi: bytes,
    terms: Terms,
    *,
    identifiers: Pairs = (),
    at: datetime,
    actor: str,
    demonstration: bool = False,
) -> str:
    """Register somebody's encoding of a work, under its own terms; returns the score asset.

    Reserved or unclear terms, and a metadata owner other than the licensor, hold it with that sentence.
    Raises: BadInput when the MIDI cannot be read, NotThere for an unknown work.
    """
    return _register_score(
        work, title, midi, None, terms, (), None, identifiers, at=at, actor=actor, demonstration=demonstration
    )


def register_score(
    work: str,
    title: str,
    midi: bytes,
    source: str | None = None,
    *,
    credits: Pairs = (),
    label: str | None = None,
    identifiers: Pairs = (),
    at: datetime,
    actor: str,
    demonstration: bool = False,
) -> str:
    """Register a score of a work (such as an arrangement), made from the encoding `source`; returns the score asset.

    Holds and non-commercial terms of the source reach it, and through it the work. Raises: BadInput, NotThere.
    """
    return _register_score(
        work, title, midi, source, None, credits, label, identifiers, at=at, actor=actor, demonstration=demonstration
    )


def register_recording(
    title: str,
    *,
    works: Sequence[str] = (),
    credits: Pairs = (),
    label: str | None = None,
    identifiers: Pairs = (),
    audio: str | None = None,
    duration_s: float | None = None,
    at: datetime,
    actor: str,
    demonstration: bool = False,
) -> str:
    """Register a recording of works by hand; `credits` are (party, role), `audio` a vault digest. Returns its id."""
    with writing(actor, at) as journal:
        known = _known(identifiers)
        if known:
            return known
        asset = journal.mint("rec")
        fact = facts.RecordingRegistered(
            asset=asset,
            title=title,
            identifiers=_identifiers(identifiers),
            credits=_credits(credits),
            audio=audio,
            duration_s=duration_s,
            label=parties.party(label).id if label else None,
            demonstration=demonstration,
        )
        journal.append(fact)
        for work in works:
            _match(journal, asset, work, "stated")
        return asset


def register_stems(
    recording: str, stems: Sequence[tuple[str, str, float]], *, at: datetime, actor: str
) -> tuple[str, ...]:
    """Register the stems of a recording as (name, vault digest, seconds); returns their ids."""
    with writing(actor, at) as journal:
        if queries.asset(recording).kind is not AssetKind.RECORDING:
            raise BadInput(f"`{recording}` is not a recording", do="stems are of recordings")
        lines = tuple(
            facts.StemLine(asset=journal.mint("stm"), name=name, audio=digest, duration_s=seconds)
            for name, digest, seconds in stems
        )
        journal.append(facts.StemsRegistered(recording=recording, stems=lines))
        return tuple(line.asset for line in lines)


def register_release(
    title: str, tracks: Sequence[str], *, number: str | None = None, label: str | None = None, at: datetime, actor: str
) -> str:
    """Register a release of recordings, in order; `number` is its ICPN. Returns its id."""
    with writing(actor, at) as journal:
        known = queries.assets(tracks)
        if missing := [track for track in tracks if track not in known]:
            raise NotThere(f"there is no recording `{missing[0]}`")
        release = journal.mint("rel")
        named = (("icpn", icpn.validate(number)),) if number else ()
        fact = facts.ReleaseRegistered(
            release=release, title=title, identifiers=named, label=label, tracks=tuple(tracks)
        )
        journal.append(fact)
        return release


def match_work(recording: str, work: str, *, at: datetime, actor: str, method: str = "stated") -> None:
    """Say that a recording embodies a work. Saying it again changes nothing."""
    with writing(actor, at) as journal:
        _match(journal, recording, work, method)


def unmatch_work(recording: str, work: str, because: str, *, at: datetime, actor: str) -> None:
    """Say that a recording does not embody a work after all. Raises: NotThere when it was not matched."""
    with writing(actor, at) as journal:
        if work not in queries.asset(recording).parents:
            raise NotThere(f"`{recording}` is not matched to `{work}`")
        journal.append(facts.WorkUnmatched(recording=recording, work=work, because=because))


def match_arrangement(work: str, tune: str, *, at: datetime, actor: str, method: str = "stated") -> None:
    """Say that a work arranges a tune. Saying it again changes nothing."""
    with writing(actor, at) as journal:
        found = queries.asset(work)
        if {found.kind, queries.asset(tune).kind} != {AssetKind.WORK} or work == tune:
            raise BadInput(f"`{work}` cannot arrange `{tune}`", do="name two works")
        if tune not in found.parents:
            journal.append(facts.ArrangementMatched(work=work, tune=tune, method=method))


def place_intake_hold(asset: str, hold: str, *, at: datetime, actor: str) -> None:
    """Hold an asset back, with the reason."""
    with writing(actor, at) as journal:
        if hold not in queries.asset(asset).intake_holds:
            journal.append(facts.IntakeHoldPlaced(asset=asset, hold=hold))


def lift_intake_hold(asset: str, hold: str, because: str, *, at: datetime, actor: str) -> None:
    """Lift one reason for which an asset is held. Raises: NotThere when it is not among them."""
    with writing(actor, at) as journal:
        if hold not in queries.asset(asset).intake_holds:
            raise NotThere(f"`{asset}` is not held for that reason")
        journal.append(facts.IntakeHoldLifted(asset=asset, hold=hold, because=because))


def forget(party: str, *, at: datetime, actor: str) -> int:
    """Forget a party's personal data for good: its names and evidence, and the raw messages that may name it.

    Those are all messages of whoever delivered something it is credited on or claims; what was read from them stands.
    Returns how many private objects there were.
    """
    with writing(actor, at) as journal:
        erased = party_actions.erase(party, at=at, actor=actor)
        claimed = [claim.asset for claim in queries.claims() if claim.claimant == party]
        touched = queries.assets([*queries.credited(party), *claimed]).values()
        senders = {party, *(asset.delivered_by for asset in touched if asset.delivered_by)}
        named = [delivery.id for delivery in queries.deliveries(SYSTEM) if delivery.sender in senders]
        if named:
            erased += sum(private.erase(delivery) for delivery in named)
            journal.append(facts.MessagesErased(party=party, deliveries=tuple(sorted(named))))
        return erased


def _register_score(
    work: str,
    title: str,
    midi: bytes,
    source: str | None,
    terms: Terms | None,
    credits: Pairs,
    label: str | None,
    identifiers: Pairs,
    *,
    at: datetime,
    actor: str,
    demonstration: bool,
) -> str:
    duration_s = from_midi(midi).duration_s
    digest = vault.put(midi)
    with writing(actor, at) as journal:
        known = _known(identifiers)
        if known:
            return known
        if queries.asset(work).kind is not AssetKind.WORK:
            raise BadInput(f"`{work}` is not a work", do="a score is of a work")
        origin = queries.asset(source) if source else None
        asset = journal.mint("scr")
        fact = facts.ScoreRegistered(
            asset=asset,
            title=title,
            work=work,
            score=digest,
            duration_s=round(duration_s, 6),
            source=source,
            credits=_credits(credits),
            identifiers=_identifiers(identifiers),
            terms=terms,
            label=label,
            demonstration=demonstration,
            non_commercial=rules.non_commercial(terms, [origin] if origin else []),
            holds=rules.intake_holds(terms) if terms else rules.inherited_holds(origin),
        )
        journal.append(fact)
        return asset


def _new_work(
    journal: Writer,
    title: str,
    credits: tuple[Credit, ...],
    identifiers: Pairs,
    *,
    arranges: str | None = None,
    demonstration: bool = False,
) -> str:
    if not title.strip():
        raise BadInput("a work needs a title")
    if arranges is not None and queries.asset(arranges).kind is not AssetKind.WORK:
        raise BadInput(f"`{arranges}` is not a work", do="an arrangement is of a work")
    work = journal.mint("wrk")
    fact = facts.WorkRegistered(
        asset=work,
        title=title,
        identifiers=_identifiers(identifiers),
        credits=credits,
        arranges=arranges,
        demonstration=demonstration,
    )
    journal.append(fact)
    return work


def _match(journal: Writer, recording: str, work: str, method: str) -> None:
    found = queries.asset(recording)
    if found.kind is not AssetKind.RECORDING or queries.asset(work).kind is not AssetKind.WORK:
        raise BadInput(f"`{recording}` cannot embody `{work}`", do="name a recording and a work")
    if work not in found.parents:
        journal.append(facts.WorkMatched(recording=recording, work=work, method=method))


def _identifiers(pairs: Pairs) -> tuple[tuple[str, str], ...]:
    if long := [value for scheme, value in pairs if len(scheme) + len(value) > 180]:
        raise BadInput(f"the identifier `{long[0][:60]}…` is too long", do="identifiers end at 180 characters")
    return tuple((scheme, CHECKED[scheme](value) if scheme in CHECKED else value) for scheme, value in pairs)


def _known(pairs: Pairs) -> str | None:
    found = queries.find_many(f"{scheme}:{value}" for scheme, value in _identifiers(pairs))
    return next(iter(found.values()), None)


def _credits(pairs: Pairs) -> tuple[Credit, ...]:
    credits = tuple(dict.fromkeys(Credit(party, role) for party, role in pairs))
    if wrong := [credit.role for credit in credits if credit.role not in CREDIT_ROLES]:
        raise BadInput(f"`{wrong[0]}` is not a role in credits", do=f"choose from {', '.join(CREDIT_ROLES)}")
    known = parties.parties(credit.party for credit in credits)
    if missing := [credit.party for credit in credits if credit.party not in known]:
        raise NotThere(f"there is no party `{missing[0]}`")
    return credits
