"""Who agreed to what a creation contains, under which deals, put together from the rooms that know (shell).

Only what is public goes in: party ids, the parts of a deal that its terms call public, the grade of each choice. Money,
exclusions and everything about other assets stay where they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from accord.attribution.records import Attribution
from accord.catalog import queries as catalog
from accord.catalog.records import Asset, Claim, ClaimStatus
from accord.clearance.needs import NEEDS
from accord.deals import queries as deals
from accord.deals.records import Clause, Terms
from accord.governance import queries as governance
from accord.participation import queries as participation
from accord.participation.records import GRADES, Choice
from accord.parties import queries as parties
from accord.provenance import label as labelling
from accord.provenance.credits import embodied, standing
from accord.provenance.records import Agreed, Disclosure, MadeWith, Outside, PublicDeal, Source, Written
from accord.studio import leave
from accord.studio import queries as studio
from accord.studio.descent import creations_in, models_in, models_of, recordings
from accord.studio.permission import Allowed
from accord.studio.records import Creation
from accord.terms.instant import Instant
from accord.terms.right import Right
from accord.terms.use import Use
from accord.training import gathering, outsiders
from accord.training import queries as training
from accord.training.outside import OutsideModel
from accord.training.records import Seal

MOST_SOURCES = 40
MADE_IT = "maker"


@dataclass(frozen=True)
class Agreement:
    """What a release says about its sources: all of it public. `caps` are the deals' monthly caps, kept inside."""

    sources: tuple[Source, ...]
    deals: tuple[PublicDeal, ...]
    agreed: tuple[Agreed, ...]
    label: str
    disclosure: Disclosure
    seal: Seal | None = None
    outside: Outside | None = None
    made_with: tuple[MadeWith, ...] = ()
    written: tuple[Written, ...] = ()
    caps: Mapping[str, int] = field(default_factory=dict)


def of(creation: Creation, shares: Attribution, allowed: Allowed, at: Instant) -> Agreement:
    """The agreement that `creation` stands on, as of `at`."""
    named = _sources(creation, shares)
    asked = _asked(creation, named)
    assets = gathering.with_ancestors(named)
    known = {deal: deals.terms_of(deal) for deal in allowed.deals}
    public = tuple(p for deal, terms in known.items() for p in _public(deal, terms, asked, creation.feature))
    declared = {asset: assets[asset].disclosure.contains_ai for asset in named if asset in assets}
    made_with = _made_with(creation, allowed)
    disclosed = labelling.disclosure(creation, declared, [one.maker for one in made_with])
    feature = governance.feature(creation.feature)
    heard = [assets[asset].title for asset in recordings(creation.lineage) if asset in assets]
    elsewhere = outsiders.find(creation.model)
    sealed = creation.model is not None and elsewhere is None
    seal = training.seal(training.model(str(creation.model)).seal) if sealed else None
    written = tuple(_written(model, creation) for model in models_in(creation.lineage))
    lines = [line for deal in public for line in (deal.label_text, deal.credit_line) if line]
    lines = [feature.policy.release_label if feature.policy else "", *lines]
    yes = (one for use, of in asked.items() for one in _agreed(of, assets, known, use, creation.feature, at))
    return Agreement(
        sources=_spans(creation, named, assets, allowed),
        deals=public,
        agreed=(*dict.fromkeys(yes), *_by_makers(made_with)),
        label=labelling.label(
            creation,
            disclosed,
            feature.name,
            heard,
            lines,
            [_learned(model) for model in models_of(creation)],
            [one.title for one in made_with],
        ),
        disclosure=disclosed,
        seal=seal,
        outside=_outside(elsewhere) if elsewhere else None,
        made_with=made_with,
        written=written,
        caps=_caps(known, asked, creation.feature),
    )


def _asked(creation: Creation, named: list[str]) -> dict[Use, list[str]]:
    """What each of these sources was asked for: recordings that are heard for a remix, what models learned from for training."""
    heard = set(recordings(creation.lineage))
    learned = {Use.TRAIN: [asset for asset in named if asset not in heard]} if models_of(creation) else {}
    return ({Use.REMIX: [asset for asset in named if asset in heard]} if heard or not learned else {}) | learned


def _written(model: str, creation: Creation) -> Written:
    """What of a mix this model wrote, and from what it had learned to."""
    spans = tuple((s.from_s, s.to_s, s.gain) for s in creation.lineage if s.piece is not None and s.asset == model)
    elsewhere = outsiders.find(model)
    if elsewhere is not None:
        return Written(model=model, spans=spans, outside=_outside(elsewhere))
    seal = training.seal(training.model(model).seal)
    return Written(model=model, spans=spans, seal=seal.id, seal_digest=seal.digest, learned_works=works_in(seal))


def _learned(model: str) -> int | str:
    """From how many works that were agreed to a model learned; of one that was trained elsewhere, what it is called."""
    elsewhere = outsiders.find(model)
    return elsewhere.called if elsewhere else works_in(training.seal(training.model(model).seal))


def _made_with(creation: Creation, allowed: Allowed) -> tuple[MadeWith, ...]:
    """The creations of others that are heard in it, each with the yes of its maker that was just asked."""
    said = {one.creation: one.id for one in leave.leaves(creations_in(creation.lineage)) if one.id in allowed.leaves}
    return tuple(
        MadeWith(creation=one.id, maker=one.creator, title=one.title, leave=said.get(one.id))
        for one in studio.creations(creations_in(creation.lineage))
    )


def _by_makers(made_with: Iterable[MadeWith]) -> Iterable[Agreed]:
    return (Agreed(one.maker, one.creation, MADE_IT, one.leave) for one in made_with if one.leave)


def _sources(creation: Creation, shares: Attribution) -> list[str]:
    """Assets heard, then assets with a share, largest first, up to MOST_SOURCES."""
    ranked = sorted((row for row in shares.rows if row.kind == "source"), key=lambda row: (-row.units, row.subject))
    found = dict.fromkeys(recordings(creation.lineage))
    found.update(dict.fromkeys(row.subject for row in ranked if row.units > 0))
    return list(found)[:MOST_SOURCES]


def _spans(creation: Creation, named: list[str], assets: Mapping[str, Asset], allowed: Allowed) -> tuple[Source, ...]:
    return tuple(
        Source(
            asset=asset,
            title=assets[asset].title if asset in assets else asset,
            spans=tuple((s.from_s, s.to_s, s.gain) for s in creation.lineage if s.asset == asset),
            decision=allowed.by_asset.get(asset),
        )
        for asset in named
    )


def _agreed(
    named: list[str], assets: Mapping[str, Asset], known: Mapping[str, Terms], use: Use, feature: str, at: Instant
) -> Iterable[Agreed]:
    """Each yes once: those who hold a right that this use needs, by their deals, and the people by their choices."""
    needs = NEEDS[use]
    rights = {*needs.work_rights, *((Right.MASTER,) if needs.master else ())}
    standing_claims = catalog.claims(asset_ids=sorted(assets))
    claims = [one for one in standing_claims if one.status is ClaimStatus.ACCEPTED and one.right in rights]
    licensors = {terms.licensor: deal for deal, terms in known.items()}
    through = {m.member: licensors[m.collective] for m in parties.memberships() if m.collective in licensors}
    people = {credit.party for asset in assets.values() for credit in asset.credits}
    said = [c for c in participation.choices(people=sorted(people), feature=feature, use=use) if c.answer == "yes"]
    seen: set[tuple[str, str, str]] = set()
    for asset in named:
        for inside in embodied(asset, assets):
            yes = [*_by_deal(inside, claims, {**through, **licensors}), *_by_choice(assets[inside], asset, said)]
            for one in yes:
                if (one.party, one.asset, one.standing) not in seen:
                    seen.add((one.party, one.asset, one.standing))
                    yield one


def _by_deal(asset: str, claims: Iterable[Claim], deal_of: Mapping[str, str]) -> Iterable[Agreed]:
    for claim in claims:
        if claim.asset == asset and claim.claimant in deal_of:
            yield Agreed(claim.claimant, asset, standing(claim), deal_of[claim.claimant])


def _by_choice(asset: Asset, heard: str, said: Iterable[Choice]) -> Iterable[Agreed]:
    for choice in said:
        roles = [credit.role for credit in asset.credits if credit.party == choice.person]
        if roles and choice.asset in (None, asset.id, heard):
            yield Agreed(choice.person, asset.id, " and ".join(dict.fromkeys(roles)), choice.id, GRADES[choice.source])


def _public(deal: str, terms: Terms, uses: Collection[Use], feature: str) -> Iterable[PublicDeal]:
    """The clauses of `deal` that give one of these uses in this feature, less what its terms keep private."""
    shown = set(terms.public)
    for clause in _giving(terms, uses, feature):
        conditions = clause.conditions
        yield PublicDeal(
            deal=deal,
            clause=clause.number,
            licensor=terms.licensor,
            uses=tuple(u.value for u in clause.uses) if "uses" in shown else (),
            features=clause.features if "features" in shown else (),
            territories=clause.territories if "territories" in shown else None,
            starts=terms.starts.isoformat() if "period" in shown else None,
            ends=terms.ends.isoformat() if terms.ends and "period" in shown else None,
            credit_line=conditions.credit_line,
            label_text=conditions.label_text,
            no_export=conditions.no_export,
            non_commercial=conditions.non_commercial,
        )


def _giving(terms: Terms, uses: Collection[Use], feature: str) -> list[Clause]:
    return [one for one in terms.clauses if not set(uses).isdisjoint(one.uses) and feature in one.features]


def _caps(known: Mapping[str, Terms], uses: Collection[Use], feature: str) -> dict[str, int]:
    caps: dict[str, int] = {}
    for deal, terms in known.items():
        for clause in _giving(terms, uses, feature):
            if clause.conditions.monthly_cap is not None:
                caps[deal] = min(clause.conditions.monthly_cap, caps.get(deal, clause.conditions.monthly_cap))
    return caps


def _outside(found: OutsideModel) -> Outside:
    return Outside(
        name=found.name,
        version=found.version,
        adapter=found.adapter,
        weights=found.weights,
        spdx=found.licence.spdx,
        licensor=found.licence.licensor,
    )


def works_in(seal: Seal | None) -> int:
    """How many works a sealed set holds."""
    return len({item.work for item in seal.items}) if seal is not None else 0
