"""The doors in: ask, choose, take back. Each decides under the writer's lock on what stands then."""

from __future__ import annotations

from typing import Any

from accord.catalog import queries as catalog
from accord.deals import queries as deals
from accord.governance import queries as governance
from accord.governance.records import Feature
from accord.journal.actions import Writer, writing
from accord.participation import facts, rules
from accord.participation import queries as participation
from accord.participation.records import Choice, Source
from accord.parties import queries as parties
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, Refusal, Refused
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use


def ask(person: str, feature: str, use: Use | str, at: Instant, actor: str = "accord") -> None:
    """Record that a person was asked about a use of a feature. Raises: NotThere, BadInput, Refused before it opens."""
    with writing(actor=actor, at=at) as journal:
        parties.party(person)
        _check_open(_feature(feature, _use(use)))
        journal.append(facts.PersonAsked(person=person, feature=feature, use=_use(use)))


def choose(
    person: str,
    spoken_by: str,
    use: Use | str,
    feature: str,
    territories: TerritorySet | str = WORLD,
    asset: str | None = None,
    answer: str = "yes",
    source: str = Source.PERSON,
    mandate: str | None = None,
    *,
    at: Instant,
    actor: str,
) -> str:
    """Record an answer and return its id. From here on it counts.

    `mandate` is a mandate's id (source `representative`; found by itself when there is one) or `DEAL/CLAUSE` (source
    `label-clause`). Raises: NotThere for an unknown person, feature or asset; BadInput; Refused when the source does
    not hold up or the feature's controls are not open yet.
    """
    where = TerritorySet.parse(territories) if isinstance(territories, str) else territories
    saying = rules.Saying(
        person=person,
        spoken_by=spoken_by,
        use=_use(use),
        feature=feature,
        territories=where,
        asset=asset,
        answer=answer,
        source=source,
        mandate=mandate,
        at=at,
    )
    with writing(actor=actor, at=at) as journal:
        standing_feature = _feature(feature, saying.use)
        if answer == "yes":
            _check_open(standing_feature)
        if asset is not None:
            _check_theirs(person, asset)
        grade, evidence = rules.weigh(saying, _ground(saying, actor))
        return _say(journal, saying, grade, evidence)


def revoke(
    person: str,
    spoken_by: str,
    use: Use | str,
    feature: str,
    territories: TerritorySet | str = WORLD,
    asset: str | None = None,
    source: str = Source.PERSON,
    mandate: str | None = None,
    *,
    at: Instant,
    actor: str,
) -> str:
    """Take a yes back: the no stands from here on. Raises: Refused when there is no yes there to take back."""
    where = TerritorySet.parse(territories) if isinstance(territories, str) else territories
    with writing(actor=actor, at=at):
        standing = participation.choices([person], feature=feature, use=_use(use))
        said = [c for c in standing if c.answer == "yes" and c.territories & where and asset in (None, c.asset)]
        said += [c for c in standing if c.answer == "yes" and c.territories & where and c.asset is None]
        if not said:
            raise Refused(
                Refusal(
                    code="participation.nothing-to-take-back",
                    because=f"`{person}` has said no yes to {use} in {feature} there",
                    hint="say no with `accord choose`",
                    subject=person,
                )
            )
        return choose(person, spoken_by, use, feature, where, asset, "no", source, mandate, at=at, actor=actor)


def _say(journal: Writer, saying: rules.Saying, grade: int, evidence: str | None) -> str:
    standing = participation.choices([saying.person], feature=saying.feature, use=saying.use)
    rules.check_order(saying, grade, standing)
    done = rules.effect(saying, grade, standing)
    choice = journal.mint("cho")
    said: dict[str, Any] = {
        "choice": choice,
        "person": saying.person,
        "spoken_by": saying.spoken_by,
        "use": saying.use,
        "feature": saying.feature,
        "territories": saying.territories,
        "asset": saying.asset,
        "source": saying.source,
        "grade": grade,
        "mandate": evidence,
        "closes": done.closes,
    }
    if done.withdraws:
        journal.append(facts.ConsentWithdrawn(**said))
    else:
        journal.append(facts.ChoiceMade(**said, answer=saying.answer))
    for left, territories in done.remainders:
        _go_on(journal, left, territories)
    return choice


def _go_on(journal: Writer, left: Choice, territories: TerritorySet) -> None:
    """What a later answer did not reach goes on standing there, with the same source and grade."""
    journal.append(
        facts.ChoiceMade(
            choice=journal.mint("cho"),
            person=left.person,
            spoken_by=left.spoken_by,
            use=left.use,
            feature=left.feature,
            territories=territories,
            asset=left.asset,
            answer=left.answer,
            source=left.source,
            grade=left.grade,
            mandate=left.mandate,
            remainder_of=left.id,
        )
    )


def _ground(saying: rules.Saying, actor: str) -> rules.Ground:
    uses: frozenset[Use] = frozenset()
    clause_known = False
    if saying.source == Source.LABEL_CLAUSE:
        deal, _, clause = (saying.mandate or "").partition("/")
        for grant in deals.grants():
            if (grant.deal, grant.clause, grant.licensor) == (deal, clause, saying.spoken_by) and grant.active_at(
                saying.at
            ):
                clause_known = True
                uses |= grant.uses if saying.feature in grant.features else frozenset()
    return rules.Ground(
        verified=parties.in_person(actor, saying.person),
        mandates=tuple(parties.mandates(people=[saying.person])),
        clause_uses=uses,
        clause_known=clause_known,
    )


def _check_theirs(person: str, asset: str) -> None:
    """A choice about one asset is made by somebody credited on it or on what it is made of, in person or as one of a
    group, or by somebody who claims it."""
    found = catalog.assets(ids=[asset])
    together = {person} | {membership.collective for membership in parties.memberships(member=person)}
    todo, seen = [asset], dict(found)
    while todo:
        for one in found.values():
            if any(credit.party in together for credit in one.credits):
                return
        todo = [parent for one in found.values() for parent in one.parents if parent not in seen]
        found = catalog.assets(ids=todo) if todo else {}
        seen |= found
    if not any(claim.claimant == person for claim in catalog.claims(asset_ids=list(seen))):
        # the same sentence for what is not there and what is not theirs (law 10)
        raise BadInput(
            f"`{person}` has no part in an asset `{asset}`", do="a choice is made about one's own recordings and works"
        )


def _feature(feature: str, use: Use) -> Feature:
    found = governance.feature(feature)
    if use not in found.uses:
        raise BadInput(f"`{feature}` does not {use}", do="its uses: " + ", ".join(sorted(found.uses)))
    return found


def _check_open(feature: Feature) -> None:
    if feature.state == "proposed":
        raise Refused(
            Refusal(
                code="participation.not-open",
                because=f"the controls of `{feature.id}` are not open yet",
                hint="a yes names a feature that can be read about first",
                subject=feature.id,
            )
        )


def _use(use: Use | str) -> Use:
    try:
        return Use(use)
    except ValueError:
        raise BadInput(f"`{use}` is not a use", do="uses: " + ", ".join(Use)) from None
